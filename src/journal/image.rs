//! The image at a version, band by band: so that memory does not grow with the image.

use std::sync::Arc;

use crate::canvas::{Raster, Rect, TILE_SIDE, Version};

use super::core::Core;
use super::live::Live;
use super::partition::{Bands, Partition, PartitionError};
use super::replay::replay;
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
    /// All from this snapshot, or from the background, and the log after it, sorted by bands in one pass.
    Sorted(Option<Manifest>, Partition),
}

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
        if let Plan::Sorted(base, partition) = &self.plan {
            match self.read_sorted(base.as_ref(), partition, rect) {
                Ok(raster) => return Ok(Some(raster)),
                Err(PartitionError::Scratch(error)) => {
                    tracing::warn!(%error, "the temporary file failed; the log is read again for each band");
                    self.plan = Plan::Each;
                }
                Err(PartitionError::Journal(error)) => {
                    // Another snapshot, or the log alone, may still do for this band.
                    self.pass_over(base.as_ref().map(|base| base.version), error)?;
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
        let base = self.newest_manifest(self.version)?;
        let after = base.as_ref().map_or(Version(0), |base| base.version);
        match Partition::new(&self.core, &self.live.canvas, self.bands, after, self.version) {
            Ok(partition) => Ok(Plan::Sorted(base, partition)),
            Err(PartitionError::Journal(error)) => Err(error),
            Err(PartitionError::Scratch(error)) => {
                tracing::warn!(%error, "no temporary file; the log is read again for each band");
                Ok(Plan::Each)
            }
        }
    }

    /// The newest snapshot at or before `version` whose manifest is whole.
    fn newest_manifest(&self, version: Version) -> Result<Option<Manifest>, JournalError> {
        let canvas = &self.live.canvas;
        let mut before = Some(version);
        while let Some(at) = before {
            let Some(found) = snapshot::newest_version(&self.core, canvas.id, at)? else { return Ok(None) };
            match snapshot::read_manifest(&self.core, canvas, found) {
                Ok(manifest) => return Ok(Some(manifest)),
                Err(error) => self.pass_over(Some(found), error)?,
            }
            before = found.0.checked_sub(1).map(Version);
        }
        Ok(None)
    }

    fn read_sorted(
        &self,
        base: Option<&Manifest>,
        partition: &Partition,
        rect: Rect,
    ) -> Result<Raster, PartitionError> {
        let mut raster = self.background(rect);
        if let Some(base) = base {
            snapshot::paste(&self.core, &self.live.canvas, base, &mut raster)?;
        }
        partition.replay(&self.core, &self.live, self.bands.of_row(rect.y), &mut raster)?;
        Ok(raster)
    }

    /// The cells of `rect`: the newest snapshot that is whole there, and the log after that.
    fn read_alone(&self, rect: Rect) -> Result<Raster, JournalError> {
        let mut before = Some(self.version);
        while let Some(base) = before.map(|before| self.newest_manifest(before)).transpose()?.flatten() {
            let mut raster = self.background(rect);
            match snapshot::paste(&self.core, &self.live.canvas, &base, &mut raster) {
                Ok(()) => {
                    replay(&self.core, &self.live, &mut raster, base.version, self.version)?;
                    return Ok(raster);
                }
                Err(error) => self.pass_over(Some(base.version), error)?,
            }
            before = base.version.0.checked_sub(1).map(Version);
        }
        let mut raster = self.background(rect);
        replay(&self.core, &self.live, &mut raster, Version(0), self.version).map(|()| raster)
    }

    fn background(&self, rect: Rect) -> Raster {
        Raster::filled(rect, self.live.canvas.mode, self.live.canvas.background)
    }

    /// Goes on without a snapshot that is damaged, and has it replaced; any other error ends the read.
    fn pass_over(&self, snapshot: Option<Version>, error: JournalError) -> Result<(), JournalError> {
        match (snapshot, error) {
            (Some(version), error @ JournalError::Corrupt { .. }) if !self.live.is_deleted() => {
                tracing::warn!(%error, snapshot = %version, "a damaged snapshot is passed over");
                if self.live.note_damage(version) {
                    self.core.snapshots.request(&self.live);
                }
                Ok(())
            }
            (_, error) => Err(error),
        }
    }
}

/// Rows of `region` that fit in so many bytes; at least one.
fn rows_in(bytes: usize, region: Rect, live: &Live) -> u32 {
    let row_bytes = u64::from(region.w) * live.canvas.mode.channels() as u64;
    // Half the range of u32, so that sums do not overflow.
    u32::try_from((bytes as u64 / row_bytes).max(1)).unwrap_or(u32::MAX).min(u32::MAX / 2)
}
