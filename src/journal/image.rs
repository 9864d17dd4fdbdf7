//! The image at a version, band by band: so that memory does not grow with the image.

use std::sync::Arc;

use crate::canvas::{Raster, Rect, TILE_SIDE, Version};

use super::core::Core;
use super::live::Live;
use super::replay::replay;
use super::{JournalError, snapshot};

/// An image being rebuilt, band by band, from the top.
pub struct ImageReader {
    core: Arc<Core>,
    live: Arc<Live>,
    version: Version,
    region: Rect,
    next_y: u32,
    band_rows: u32,
}

impl std::fmt::Debug for ImageReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { version, region, next_y, .. } = self;
        write!(f, "ImageReader({} at {version}, {region:?} from row {next_y})", self.live.canvas.name)
    }
}

impl ImageReader {
    /// A reader of `region`, which lies within the canvas, in bands of at most `band_bytes`, but at least one row.
    pub(super) fn new(core: Arc<Core>, live: Arc<Live>, version: Version, region: Rect) -> Self {
        let row_bytes = u64::from(region.w) * live.canvas.mode.channels() as u64;
        let rows = (core.options.band_bytes as u64 / row_bytes).clamp(1, u64::from(u32::MAX));
        let band_rows = whole_tiles(u32::try_from(rows).unwrap_or(u32::MAX));
        Self { core, live, version, region, next_y: region.y, band_rows }
    }

    /// The same, in bands that begin and end with rows of tiles, of about `band_bytes`.
    pub(super) fn by_tiles(mut self, band_bytes: usize) -> Self {
        let row_bytes = u64::from(self.region.w) * self.live.canvas.mode.channels() as u64;
        let rows = u32::try_from(band_bytes as u64 / row_bytes).unwrap_or(u32::MAX);
        self.band_rows = whole_tiles(rows.max(TILE_SIDE));
        self
    }

    /// The version it shows.
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The next band: as wide as the region, as many rows as fit the budget; `None` after the last.
    ///
    /// # Errors
    ///
    /// [`JournalError::Corrupt`], [`JournalError::Store`].
    pub fn next_band(&mut self) -> Result<Option<Raster>, JournalError> {
        let Some(rect) = self.next_rect() else { return Ok(None) };
        read_rect(&self.core, &self.live, self.version, rect).map(Some)
    }

    /// The rectangle of the next band, which is passed over by this call.
    pub(super) fn next_rect(&mut self) -> Option<Rect> {
        let bottom = self.region.y + self.region.h;
        if self.next_y >= bottom {
            return None;
        }
        // The first band ends where a row of tiles does, so that no tile is read for two bands.
        let end = if self.band_rows >= TILE_SIDE {
            self.next_y / TILE_SIDE * TILE_SIDE + self.band_rows
        } else {
            self.next_y + self.band_rows
        };
        let rect = Rect { y: self.next_y, h: end.min(bottom) - self.next_y, ..self.region };
        self.next_y += rect.h;
        Some(rect)
    }
}

/// Rows rounded down to whole tiles, where there is at least one. Half the range of u32, so that sums do not overflow.
fn whole_tiles(rows: u32) -> u32 {
    let rows = rows.min(u32::MAX / 2);
    if rows >= TILE_SIDE { rows / TILE_SIDE * TILE_SIDE } else { rows }
}

/// The cells of `rect` at `version`: the newest snapshot before it that is whole, and the log after that.
pub(super) fn read_rect(core: &Core, live: &Live, version: Version, rect: Rect) -> Result<Raster, JournalError> {
    let canvas = &live.canvas;
    let mut before = version;
    while let Some(found) = snapshot::newest_version(core, canvas.id, before)? {
        let mut raster = Raster::filled(rect, canvas.mode, canvas.background);
        let manifest = snapshot::read_manifest(core, canvas, found);
        match manifest.and_then(|manifest| snapshot::paste(core, canvas, &manifest, &mut raster)) {
            Ok(()) => return replay(core, live, &mut raster, found, version).map(|()| raster),
            Err(error @ JournalError::Corrupt { .. }) => {
                tracing::warn!(%error, snapshot = %found, "a damaged snapshot is passed over");
                live.note_damage(found);
                core.snapshots.request_for(canvas.id);
            }
            Err(error) => return Err(error),
        }
        let Some(older) = found.0.checked_sub(1) else { break };
        before = Version(older);
    }
    let mut raster = Raster::filled(rect, canvas.mode, canvas.background);
    replay(core, live, &mut raster, Version(0), version).map(|()| raster)
}
