//! The image at a version, band by band: so that memory does not grow with the image.

use std::sync::Arc;

use crate::canvas::{DeltaNumber, Raster, Rect, TILE_SIDE, Version};

use super::core::Core;
use super::delta::{self, Use};
use super::live::Live;
use super::partition::{Bands, Partition, PartitionError};
use super::rebuild::{newest_manifest, pass_over, rebuild};
use super::snapshot::{self, Manifest};
use super::{JournalError, Options};

/// An image being rebuilt, band by band, from the top.
pub struct ImageReader {
    core: Arc<Core>,
    live: Arc<Live>,
    version: Version,
    bands: Bands,
    next_y: u32,
    plan: Plan,
}

/// How the bands are rebuilt.
enum Plan {
    /// Not decided yet: nothing was read.
    Undecided,
    /// Each from a snapshot and the log after it.
    Each,
    /// All from this snapshot, or from the background, and what came after it, sorted by tiles or by bands.
    Sorted(Option<Manifest>, Vec<Layer>),
}

/// A stretch of the log after a snapshot.
enum Layer {
    /// Sorted by tiles.
    Delta(DeltaNumber),
    /// Sorted by bands, in one pass.
    Log(Partition),
}

/// Layers of sorted log, each of which may keep some entries in memory. A log with more gaps between its deltas is
/// sorted as one.
const LOG_LAYERS_MAX: usize = 3;

impl std::fmt::Debug for ImageReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { version, bands, next_y, .. } = self;
        write!(f, "ImageReader({} at {version}, {bands:?}, next row {next_y})", self.live.canvas.name)
    }
}

impl ImageReader {
    /// A reader of `region`, which lies within the canvas, in bands of at most [`Options::band_bytes`], but at least
    /// one row.
    pub(super) fn new(core: Arc<Core>, live: Arc<Live>, version: Version, region: Rect) -> Self {
        let Options { band_bytes, .. } = core.options;
        let rows = rows_in(band_bytes, region, &live);
        let bands = Bands { region, origin: region.y, rows };
        Self { core, live, version, bands, next_y: region.y, plan: Plan::Undecided }.aligned()
    }

    /// The same, in bands that begin and end with rows of tiles, of at least one of these.
    pub(super) fn by_tiles(mut self) -> Self {
        self.bands.rows = self.bands.rows.max(TILE_SIDE);
        self.aligned()
    }

    /// Bands that hold whole rows of tiles begin with one, so that no tile is read for two bands.
    fn aligned(mut self) -> Self {
        if self.bands.rows >= TILE_SIDE {
            self.bands.rows = self.bands.rows / TILE_SIDE * TILE_SIDE;
            self.bands.origin = self.bands.region.y / TILE_SIDE * TILE_SIDE;
        }
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
    /// [`JournalError::Corrupt`], [`JournalError::Store`], [`JournalError::Deleted`].
    pub fn next_band(&mut self) -> Result<Option<Raster>, JournalError> {
        let band = self.read_band();
        self.live.unless_deleted(band)
    }

    fn read_band(&mut self) -> Result<Option<Raster>, JournalError> {
        if matches!(self.plan, Plan::Undecided) {
            self.plan = self.decide()?;
        }
        let Some(rect) = self.next_rect() else { return Ok(None) };
        if let Plan::Sorted(base, layers) = &self.plan {
            match self.read_sorted(base.as_ref(), layers, rect) {
                Ok(Some(raster)) => return Ok(Some(raster)),
                // A delta that was whole is not any more.
                Ok(None) => {}
                Err(PartitionError::Scratch(error)) => {
                    tracing::warn!(%error, "the temporary file failed; the log is read again for each band");
                    self.plan = Plan::Each;
                }
                Err(PartitionError::Journal(error)) => {
                    // Another snapshot, or the log alone, may still do for this band.
                    pass_over(&self.core, &self.live, base.as_ref().map(|base| base.version), error)?;
                }
            }
        }
        self.read_alone(rect).map(Some)
    }

    /// The rectangle of the next band, which is passed over by this call.
    pub(super) fn next_rect(&mut self) -> Option<Rect> {
        let Bands { region, origin, rows } = self.bands;
        let bottom = region.y + region.h;
        if self.next_y >= bottom {
            return None;
        }
        let end = origin + ((self.next_y - origin) / rows + 1).saturating_mul(rows);
        let rect = Rect { y: self.next_y, h: end.min(bottom) - self.next_y, ..region };
        self.next_y += rect.h;
        Some(rect)
    }

    /// With several bands to come, the log is sorted first.
    fn decide(&self) -> Result<Plan, JournalError> {
        if self.bands.count() <= 1 {
            return Ok(Plan::Each);
        }
        let base = newest_manifest(&self.core, &self.live, self.version)?;
        let after = base.as_ref().map_or(Version(0), |base| base.version);
        match self.layers(after) {
            Ok(layers) => Ok(Plan::Sorted(base, layers)),
            Err(PartitionError::Journal(error)) => Err(error),
            Err(PartitionError::Scratch(error)) => {
                tracing::warn!(%error, "no temporary file; the log is read again for each band");
                Ok(Plan::Each)
            }
        }
    }

    /// What came after version `after`: the log is sorted only where there are no deltas.
    fn layers(&self, after: Version) -> Result<Vec<Layer>, PartitionError> {
        let mut deltas = Vec::new();
        // Where the log must be read: after the first version, up to the second.
        let mut gaps: Vec<(Version, Version)> = Vec::new();
        let mut add_gap = |from: Version, to: Version| match gaps.last_mut() {
            Some((_, end)) if *end == from => *end = to,
            _ if from < to => gaps.push((from, to)),
            _ => {}
        };
        let mut reached = after;
        for number in delta::numbers(after, self.version) {
            let (_, end) = delta::versions(number);
            if delta::is_whole(&self.core, &self.live, number)? {
                deltas.push(number);
            } else {
                add_gap(reached, end);
            }
            reached = end;
        }
        add_gap(reached, self.version);
        if gaps.len() > LOG_LAYERS_MAX {
            deltas.clear();
            gaps = vec![(after, self.version)];
        }
        let mut layers = Vec::new();
        let mut deltas = deltas.into_iter().peekable();
        for (from, to) in gaps {
            while let Some(number) = deltas.next_if(|number| delta::versions(*number).1 <= from) {
                layers.push(Layer::Delta(number));
            }
            layers.push(Layer::Log(Partition::new(&self.core, &self.live.canvas, self.bands, from, to)?));
        }
        layers.extend(deltas.map(Layer::Delta));
        Ok(layers)
    }

    /// `None` where a delta cannot be read.
    fn read_sorted(
        &self,
        base: Option<&Manifest>,
        layers: &[Layer],
        rect: Rect,
    ) -> Result<Option<Raster>, PartitionError> {
        let mut raster = self.background(rect);
        if let Some(base) = base {
            snapshot::paste(&self.core, &self.live.canvas, base, &mut raster)?;
        }
        for layer in layers {
            match layer {
                Layer::Log(partition) => {
                    partition.replay(&self.core, &self.live, self.bands.of_row(rect.y), &mut raster)?;
                }
                Layer::Delta(number) => match delta::apply(&self.core, &self.live, *number, &mut raster)? {
                    Use::Done => {}
                    Use::ReadLog => return Ok(None),
                },
            }
        }
        Ok(Some(raster))
    }

    /// The cells of `rect`: the newest snapshot that is whole there, and what came after it.
    fn read_alone(&self, rect: Rect) -> Result<Raster, JournalError> {
        rebuild(&self.core, &self.live, self.version, || self.background(rect))
    }

    fn background(&self, rect: Rect) -> Raster {
        Raster::filled(rect, self.live.canvas.mode, self.live.canvas.background)
    }
}

/// Rows of `region` that fit in so many bytes; at least one.
fn rows_in(bytes: usize, region: Rect, live: &Live) -> u32 {
    let row_bytes = u64::from(region.w) * live.canvas.mode.channels() as u64;
    // Half the range of u32, so that sums do not overflow.
    u32::try_from((bytes as u64 / row_bytes).max(1)).unwrap_or(u32::MAX).min(u32::MAX / 2)
}
