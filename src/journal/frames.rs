//! Frames of a time-lapse: small pictures of evenly spaced versions, each made from the one before it.

use std::sync::Arc;

use crate::canvas::{Raster, Sampled, Sampling, Version};

use super::JournalError;
use super::core::Core;
use super::live::Live;
use super::rebuild::{advance, rebuild};

/// Which frames are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FramesQuery {
    /// The version of the first frame.
    pub from: Version,
    /// The version of the last frame, not before the first.
    pub to: Version,
    /// How many, evenly by version; fewer where there are not so many versions.
    pub count: u32,
    /// The most cells on the longer side of a frame.
    pub side_max: u32,
}

/// Frames being made, in order. It holds one frame and no more of the image, whatever the size of the canvas.
pub struct FrameReader {
    core: Arc<Core>,
    live: Arc<Live>,
    query: FramesQuery,
    made: u32,
    shown: Option<(Version, Sampled)>,
}

impl std::fmt::Debug for FrameReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FrameReader({}, {:?}, {} made)", self.live.canvas.name, self.query, self.made)
    }
}

/// One frame, until the next one is made from it.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The version that it shows.
    pub version: Version,
    /// The picture, in its own coordinates.
    pub raster: &'a Raster,
}

impl FrameReader {
    /// The frames of `query`, whose versions exist.
    pub(super) fn new(core: Arc<Core>, live: Arc<Live>, query: FramesQuery) -> Self {
        let versions = query.to.0.saturating_sub(query.from.0).saturating_add(1);
        let count = query.count.min(u32::try_from(versions).unwrap_or(u32::MAX));
        Self { core, live, query: FramesQuery { count, ..query }, made: 0, shown: None }
    }

    /// What the frames show: their size is its.
    #[must_use]
    pub fn sampling(&self) -> Sampling {
        Sampling::fit(self.live.canvas.size.rect(), self.query.side_max)
    }

    /// How many frames there are in all.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.query.count
    }

    /// The next frame; `None` after the last. The first is rebuilt from a snapshot, each other by the entries since the
    /// one before.
    ///
    /// # Errors
    ///
    /// [`JournalError::Corrupt`], [`JournalError::Store`]. There is no next frame after an error.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, JournalError> {
        let FramesQuery { from, to, count, .. } = self.query;
        if self.made >= count {
            return Ok(None);
        }
        let index = std::mem::replace(&mut self.made, count);
        let steps = u128::from(count.saturating_sub(1).max(1));
        let step = u128::from(to.0.saturating_sub(from.0)) * u128::from(index) / steps;
        let version = from.after(u64::try_from(step).unwrap_or(u64::MAX));
        let picture = match self.shown.take() {
            Some((shown, mut picture)) => {
                advance(&self.core, &self.live, &mut picture, shown, version).map(|()| picture)
            }
            None => rebuild(&self.core, &self.live, version, || {
                Sampled::filled(self.sampling(), self.live.canvas.mode, self.live.canvas.background)
            }),
        };
        let picture = self.live.unless_deleted(picture)?;
        self.made = index + 1;
        let (version, picture) = self.shown.insert((version, picture));
        Ok(Some(Frame { version: *version, raster: picture.raster() }))
    }
}
