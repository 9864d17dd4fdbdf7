//! Reading any moment: times, cells, tiles, differences, frames, rows.

use crate::canvas::{CanvasId, CellIndex, Raster, Sampled, TileGrid, TileIndex, Time, Version, When};

use super::Journal;
use crate::journal::cell::{self, CellColour};
use crate::journal::diff::{self, DiffPage, DiffQuery, DiffReader};
use crate::journal::frames::{FrameReader, FramesQuery};
use crate::journal::history::{Place, page_of};
use crate::journal::live::Live;
use crate::journal::rebuild::rebuild;
use crate::journal::rows::{self, LogRows};
use crate::journal::timeline::{self, Timeline};
use crate::journal::touched::touched_tiles;
use crate::journal::{HistoryPage, HistoryQuery, JournalError, times};
#[cfg(doc)]
use crate::journal::{Options, Origin};

impl Journal {
    /// The last version at or before `time`; 0 before the canvas's creation.
    ///
    /// Costs about log2(blocks) look-ups.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn version_at(&self, canvas: CanvasId, time: Time) -> Result<Version, JournalError> {
        let live = self.0.core.live(canvas)?;
        live.unless_deleted(times::version_at(&self.0.core, &live.canvas, live.head(), time))
    }

    /// The version that is meant; a number is not looked at.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoTag`], and what reading can fail with.
    pub fn version_when(&self, canvas: CanvasId, when: &When) -> Result<Version, JournalError> {
        match when {
            When::Head => self.head(canvas).map(|head| head.version),
            When::Version(version) => Ok(*version),
            When::Tag(tag) => self.tag(canvas, tag),
            When::At(time) => self.version_at(canvas, *time),
        }
    }

    /// The colour of the cell at column `x` of row `y`, and the entry that gave it.
    ///
    /// Looks backwards from `version`: a few records for each 262,144 entries where deltas are kept, else each block
    /// whose bounds hold the cell. After four times [`Options::page_records_max`] records, by default 16 million entries
    /// without deltas, it gives up: [`Origin::AtOrBefore`] says how far it came, and the colour is read from the image.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::BadRegion`], and what reading can fail with.
    pub fn pixel_at(&self, canvas: CanvasId, version: Version, x: u32, y: u32) -> Result<CellColour, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, version)?;
        let cell = cell_at(&live, x, y)?;
        live.unless_deleted(cell::at(&self.0.core, &live, version, cell))
    }

    /// A page of the entries that set the cell at column `x` of row `y`: pixels that name it, whether or not it had that
    /// colour already, and states that gave it another colour. The region of the filter is not looked at.
    ///
    /// One page looks at about [`Options::page_records_max`] records; see [`HistoryPage::next`]. On a canvas of 16 million
    /// random entries that is all it takes, where deltas are kept.
    ///
    /// # Errors
    ///
    /// [`JournalError::BadRegion`], and what reading can fail with.
    pub fn pixel_history(
        &self,
        canvas: CanvasId,
        x: u32,
        y: u32,
        query: &HistoryQuery,
    ) -> Result<HistoryPage, JournalError> {
        let live = self.0.core.live(canvas)?;
        let place = Place::Cell(cell_at(&live, x, y)?);
        live.unless_deleted(page_of(&self.0.core, &live, query, place))
    }

    /// A page of the cells that differ between two versions, row by row.
    ///
    /// Reads both images of the region, band by band, but only of the rectangle that the entries between the versions
    /// lie in, where these are at most a million. Without [`DiffQuery::is_counted`] it reads from the row of
    /// [`DiffQuery::after`] on, until the page is full.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::BadRegion`], and what reading can fail with.
    pub fn diff(&self, canvas: CanvasId, query: &DiffQuery) -> Result<DiffPage, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, query.from.max(query.to))?;
        if !query.region.fits(live.canvas.size) {
            return Err(JournalError::BadRegion);
        }
        live.unless_deleted(diff::page(&self.0.core, &live, query))
    }

    /// The whole of what [`Self::diff`] shows by pages: the images of the region at two versions, side by side.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::BadRegion`], and what reading can fail with.
    pub fn diff_bands(&self, canvas: CanvasId, query: &DiffQuery) -> Result<DiffReader, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, query.from.max(query.to))?;
        if !query.region.fits(live.canvas.size) {
            return Err(JournalError::BadRegion);
        }
        Ok(DiffReader::new(&self.0.core, &live, query.from, query.to, query.region))
    }

    /// The tiles of full size that an entry after version `since` lies in, and the version up to which that was looked
    /// at: the head.
    ///
    /// # Errors
    ///
    /// As [`Self::tiles_changed_between`].
    pub fn tiles_changed(&self, canvas: CanvasId, since: Version) -> Result<(Version, Vec<TileIndex>), JournalError> {
        let head = self.head(canvas)?.version;
        Ok((head, self.tiles_changed_between(canvas, since, head)?))
    }

    /// The tiles of full size that an entry after version `from` up to `to` lies in, row by row; none where `to` is not
    /// after `from`. A state counts for the
    /// tiles that it wrote, or where its region lies.
    ///
    /// Reads one record for each 262,144 entries where deltas are kept, else each block; ends early once all tiles are
    /// found.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], and what reading can fail with.
    pub fn tiles_changed_between(
        &self,
        canvas: CanvasId,
        from: Version,
        to: Version,
    ) -> Result<Vec<TileIndex>, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, from.max(to))?;
        if from >= to {
            return Ok(Vec::new());
        }
        let touched = live.unless_deleted(touched_tiles(&self.0.core, &live, from, to))?;
        let tiles = (0..).map(TileIndex).zip(touched).filter_map(|(tile, is_touched)| is_touched.then_some(tile));
        Ok(tiles.collect())
    }

    /// The tile in column `x` and row `y` of zoom `z`, of at most 256×256 cells, in its own coordinates; see
    /// [`TileGrid::zoomed`].
    ///
    /// Holds the picture and one tile. At the highest zoom it reads one tile of a snapshot, what the deltas after that
    /// hold of it, and at most 512 blocks; each zoom below that, four times as many tiles.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::BadRegion`] where there is no such tile, and what reading can fail
    /// with.
    pub fn tile(&self, canvas: CanvasId, version: Version, z: u32, x: u32, y: u32) -> Result<Raster, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, version)?;
        let grid = TileGrid::new(live.canvas.size);
        let sampling = grid.zoomed(z, x, y).ok_or(JournalError::BadRegion)?;
        let (mode, background) = (live.canvas.mode, live.canvas.background);
        if z == grid.max_zoom() {
            let read = rebuild(&self.0.core, &live, version, || Raster::filled(sampling.source(), mode, background));
            let read = live.unless_deleted(read)?;
            return Ok(Raster::from_data(sampling.size().rect(), mode, read.into_data()).unwrap_or_else(|| {
                // Every cell is shown, so that both have the same size.
                Raster::filled(sampling.size().rect(), mode, background)
            }));
        }
        let blank = || Sampled::filled(sampling.clone(), mode, background);
        live.unless_deleted(rebuild(&self.0.core, &live, version, blank)).map(Sampled::into_raster)
    }

    /// The entries after version `from` up to `to` in at most `buckets` buckets of as many versions each.
    ///
    /// Reads at most about 16,384 blocks, whole ones without looking at their slots; a longer history is sampled, and
    /// the answer says so.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], and what reading can fail with.
    pub fn timeline(
        &self,
        canvas: CanvasId,
        from: Version,
        to: Version,
        buckets: u32,
    ) -> Result<Timeline, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, from.max(to))?;
        live.unless_deleted(timeline::read(&self.0.core, &live, from, to, buckets))
    }

    /// Frames of a time-lapse, to be made one after another.
    ///
    /// Rebuilds the first frame, then reads the entries from `from` to `to` once; holds one frame.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`].
    pub fn frames(&self, canvas: CanvasId, query: FramesQuery) -> Result<FrameReader, JournalError> {
        let live = self.0.core.live(canvas)?;
        check_version(&live, query.from.max(query.to))?;
        Ok(FrameReader::new(self.0.core.clone(), live, query))
    }

    /// At most `limit` pixels after version `after` as rows of bytes, up to the next state. Takes up to 8 bytes a pixel
    /// of memory.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], and what reading can fail with.
    pub fn log_rows(&self, canvas: CanvasId, after: Version, limit: usize) -> Result<LogRows, JournalError> {
        let live = self.0.core.live(canvas)?;
        live.unless_deleted(rows::read(&self.0.core, &live, after, limit))
    }
}

/// The head of the canvas, which `version` must not be beyond.
fn check_version(live: &Live, version: Version) -> Result<Version, JournalError> {
    let head = live.head().version;
    if version > head { Err(JournalError::NoVersion { asked: version, head }) } else { Ok(head) }
}

fn cell_at(live: &Live, x: u32, y: u32) -> Result<CellIndex, JournalError> {
    live.canvas.size.cell(x, y).ok_or(JournalError::BadRegion)
}
