//! Writing a state: what it changes is found out at a version by the caller, and committed only if the head is still
//! there. After a few defeats the canvas is reserved, so that a large state cannot be starved by small writes.

use std::io;
use std::sync::Arc;

use crate::canvas::{Colour, Mode, Pixel, Raster, Rect, Source, TILE_SIDE, TileGrid, TileIndex, Version};
use crate::format::{PixelList, StateData, StateRecord, TileList, compress_tile, pixels_per_part};

use super::core::Core;
use super::image::ImageReader;
use super::live::Live;
use super::request::{Content, Keyed, Request, Token, Write};
use super::staging::{Stager, crop};
use super::{
    Answered, Canvas, Committed, Expectation, Head, JournalError, Outcome, Reservation, RowSource, StateCommitted,
    StateWrite,
};

/// Changed pixels that are kept as a list; a state that changes more is stored as tiles.
const LIST_PIXELS_MAX: usize = 1 << 20;

/// Tries before the canvas is reserved.
const DEFEATS_MAX: u32 = 3;

/// Opens the rows of the state, from the top.
pub(super) type Open<'a> = &'a mut dyn FnMut() -> io::Result<Box<dyn RowSource>>;

/// What lets a state in, and what is remembered of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Leave {
    /// The key that is held for it.
    pub(super) keyed: Option<Keyed>,
    /// The token of a reservation.
    pub(super) token: Option<Token>,
    /// Cells that an undo leaves as they are.
    pub(super) skipped: Option<u32>,
}

/// Replaces a rectangle.
pub(super) fn put(
    core: &Arc<Core>,
    write: &StateWrite,
    leave: Leave,
    open: Open<'_>,
) -> Result<StateCommitted, JournalError> {
    let live = core.live(write.canvas)?;
    persist(core, &live, write, leave, |leave| try_put(core, &live, write, open, leave))
}

/// Attempts what needs the head to stay where it is, again where another writer came between; after a few defeats the
/// others have to wait. A writer who named a head of its own is told at once.
pub(super) fn persist<T>(
    core: &Arc<Core>,
    live: &Live,
    write: &StateWrite,
    leave: Leave,
    mut attempt: impl FnMut(Leave) -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    let or_deleted = |error| live.unless_deleted(Err(error));
    for _ in 0..DEFEATS_MAX {
        match attempt(leave).or_else(or_deleted) {
            Err(JournalError::HeadMoved { .. }) if write.expectation == Expectation::Any => {}
            outcome => return outcome,
        }
    }
    let reservation = Reservation::new(core, write.canvas)?;
    attempt(Leave { token: Some(reservation.token()), ..leave }).or_else(or_deleted)
}

/// Replaces a rectangle, if the head stays where it is.
pub(super) fn try_put(
    core: &Arc<Core>,
    live: &Arc<Live>,
    write: &StateWrite,
    open: Open<'_>,
    leave: Leave,
) -> Result<StateCommitted, JournalError> {
    let head = live.head();
    write.expectation.check(head.version)?;
    if !write.region.fits(live.canvas.size) {
        return Err(JournalError::BadRegion);
    }
    let allowed = Allowed::by(write.source);
    let (record, stager) = prepare(core, live, head.version, (write.region, allowed), open)?;
    let changed = record.changed;
    if changed == 0 {
        return unchanged(core, write, head, leave);
    }
    let request = Write {
        canvas: write.canvas,
        content: Content::State(Box::new(record), stager.as_ref().map(Stager::id)),
        author: write.author.clone(),
        source: write.source,
        expectation: Expectation::Head(head.version),
        records: write.records.clone(),
        token: leave.token,
        every_second: None,
        caller: None,
        keyed: leave.keyed.map(Box::new),
        skipped: leave.skipped,
    };
    match core.ask_own(|reply| Request::Write(request, reply)) {
        Ok(Answered { outcome: Committed { version, time, .. }, .. }) => Ok(StateCommitted { version, changed, time }),
        Err(error) => {
            if let Some(stager) = stager {
                stager.discard_after(&error);
            }
            Err(error)
        }
    }
}

/// The record of a state that replaces `region` at `version`, and what was staged for it.
pub(super) fn prepare<'a>(
    core: &'a Arc<Core>,
    live: &Arc<Live>,
    version: Version,
    (region, allowed): (Rect, Allowed),
    open: Open<'_>,
) -> Result<(StateRecord, Option<Stager<'a>>), JournalError> {
    let difference = Difference::find(core, live, version, (region, allowed), open)?;
    let changed = difference.changed;
    let (data, stager) = difference.store(core, live, version, region, open)?;
    let stored_bytes = stager.as_ref().map_or(0, Stager::stored_bytes);
    Ok((StateRecord { region, changed, stored_bytes, data }, stager))
}

/// The image is that already: no entry, but the caller's records.
pub(super) fn unchanged(
    core: &Core,
    write: &StateWrite,
    head: Head,
    leave: Leave,
) -> Result<StateCommitted, JournalError> {
    let committed = StateCommitted { version: head.version, changed: 0, time: head.time };
    if let Some(keyed) = leave.keyed {
        let outcome = Outcome::of_state(committed, leave.skipped);
        let remembered = Box::new((keyed, outcome));
        core.ask(|reply| Request::Remember(write.records.clone(), remembered, reply))?;
    } else if write.records.run.is_some() || write.records.current.is_some() {
        core.ask(|reply| Request::Records(write.records.clone(), reply))?;
    }
    Ok(committed)
}

/// Which colours a state may bring on a canvas with a palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Allowed {
    /// What the palette has.
    Palette,
    /// What is brought back was there before, also the background.
    PaletteAndBackground,
    /// What another log had.
    All,
}

impl Allowed {
    const fn by(source: Source) -> Self {
        match source {
            Source::Restore | Source::Undo => Self::PaletteAndBackground,
            _ => Self::Palette,
        }
    }

    fn admits(self, canvas: &Canvas, colour: Colour) -> bool {
        let Some(palette) = &canvas.settings.palette else { return true };
        self == Self::All
            || palette.contains(colour)
            || (self == Self::PaletteAndBackground && colour == canvas.background)
    }
}

/// What a state changes.
struct Difference {
    changed: u32,
    /// The changed pixels, unless they are too many.
    list: Option<Vec<Pixel>>,
    touched: Vec<bool>,
}

impl Difference {
    /// Compares the rows that `open` brings with the image at `version`.
    fn find(
        core: &Arc<Core>,
        live: &Arc<Live>,
        version: Version,
        (region, allowed): (Rect, Allowed),
        open: Open<'_>,
    ) -> Result<Self, JournalError> {
        let canvas = &live.canvas;
        let tiles = TileGrid::new(canvas.size).tiles() as usize;
        let mut found = Self { changed: 0, list: Some(Vec::new()), touched: vec![false; tiles] };
        let mut rows = open().map_err(JournalError::Rows)?;
        let mut row = vec![0; region.w as usize * canvas.mode.channels()];
        let mut bands = ImageReader::new(core.clone(), live.clone(), version, region);
        while let Some(band) = bands.next_band()? {
            for y in band.rect().y..band.rect().y + band.rect().h {
                rows.read_row(&mut row).map_err(JournalError::Rows)?;
                if let Some(old) = band.span(region.x, y, region.w)
                    && old != row
                {
                    found.compare_row(canvas, allowed, (region.x, y), old, &row)?;
                }
            }
        }
        Ok(found)
    }

    fn compare_row(
        &mut self,
        canvas: &Canvas,
        allowed: Allowed,
        (x, y): (u32, u32),
        old: &[u8],
        new: &[u8],
    ) -> Result<(), JournalError> {
        let grid = TileGrid::new(canvas.size);
        let channels = canvas.mode.channels();
        for (column, (old, new)) in (x..).zip(old.chunks_exact(channels).zip(new.chunks_exact(channels))) {
            if old == new {
                continue;
            }
            let (Some(cell), Some(colour)) = (canvas.size.cell(column, y), Colour::from_cell(new)) else { continue };
            if !allowed.admits(canvas, colour) {
                return Err(JournalError::NotInPalette { x: column, y });
            }
            self.changed += 1;
            if let Some(touched) = self.touched.get_mut(grid.tile_of(cell).0 as usize) {
                *touched = true;
            }
            match &mut self.list {
                Some(list) if list.len() < LIST_PIXELS_MAX => list.push(Pixel { cell, colour }),
                list => *list = None,
            }
        }
        Ok(())
    }

    /// Stages what does not fit in one record, as pixels or as tiles, whichever is smaller.
    fn store<'a>(
        self,
        core: &'a Arc<Core>,
        live: &Arc<Live>,
        version: Version,
        region: Rect,
        open: Open<'_>,
    ) -> Result<(StateData, Option<Stager<'a>>), JournalError> {
        let mode = live.canvas.mode;
        let list_bytes = self.list.as_ref().map_or(usize::MAX, |list| list.len() * PixelList::pixel_bytes(mode));
        if let Some(list) = &self.list
            && list_bytes <= StateRecord::INLINE_BYTES_MAX
        {
            return Ok((StateData::Inline(pixel_list(list, mode)), None));
        }
        let tiles = Tiles { core, live, version, region, touched: &self.touched };
        let list = match &self.list {
            Some(list) if !tiles.are_smaller_than(list_bytes, open)? => Some(list),
            _ => None,
        };
        let mut stager = Stager::new(core, live)?;
        let outcome = match list {
            Some(list) => stage_list(&mut stager, list, mode),
            None => tiles.stage(&mut stager, open),
        };
        match outcome {
            Ok(data) => Ok((data, Some(stager))),
            Err(error) => {
                stager.discard_after(&error);
                Err(error)
            }
        }
    }
}

fn stage_list(stager: &mut Stager<'_>, list: &[Pixel], mode: Mode) -> Result<StateData, JournalError> {
    for piece in list.chunks(pixels_per_part(mode)) {
        stager.put_part(&pixel_list(piece, mode).0)?;
    }
    stager.flush()?;
    Ok(StateData::Staged { data: stager.id(), parts: stager.parts() })
}

fn pixel_list(pixels: &[Pixel], mode: Mode) -> PixelList {
    let mut list = PixelList::default();
    for pixel in pixels {
        list.push(*pixel, mode);
    }
    list
}

/// The touched tiles as they are after the state.
struct Tiles<'a> {
    core: &'a Arc<Core>,
    live: &'a Arc<Live>,
    version: Version,
    region: Rect,
    touched: &'a [bool],
}

impl Tiles<'_> {
    /// Whether they take fewer bytes, compressed, than `bytes`.
    fn are_smaller_than(&self, bytes: usize, open: Open<'_>) -> Result<bool, JournalError> {
        let mut total = 0;
        self.for_each(open, |_, raw| {
            total += compress_tile(&raw).len();
            Ok(total < bytes)
        })?;
        Ok(total < bytes)
    }

    fn stage(&self, stager: &mut Stager<'_>, open: Open<'_>) -> Result<StateData, JournalError> {
        let mut list = TileList::default();
        self.for_each(open, |index, raw| {
            list.0.push((index, stager.put_tile(&raw)?));
            Ok(true)
        })?;
        let blob = stager.put_blob(&list.encode())?;
        stager.flush()?;
        Ok(StateData::Tiles(blob))
    }

    /// Calls `visit` with the cells of each, in order of their numbers, until it answers `false`.
    fn for_each(
        &self,
        open: Open<'_>,
        mut visit: impl FnMut(TileIndex, Vec<u8>) -> Result<bool, JournalError>,
    ) -> Result<(), JournalError> {
        let canvas = &self.live.canvas;
        let grid = TileGrid::new(canvas.size);
        let mut rows = open().map_err(JournalError::Rows)?;
        let mut row = vec![0; self.region.w as usize * canvas.mode.channels()];
        let around = whole_tiles_around(self.region, canvas.size.rect());
        let bands = ImageReader::new(self.core.clone(), self.live.clone(), self.version, around);
        let mut bands = bands.by_tiles();
        while let Some(mut band) = bands.next_band()? {
            overlay(&mut band, self.region, &mut *rows, &mut row)?;
            for index in grid.tiles_in(band.rect()) {
                if self.touched.get(index.0 as usize) == Some(&true)
                    && let Some(rect) = grid.rect(index)
                    && !visit(index, crop(&band, rect))?
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// Writes the next rows of the state over those of `band` that it replaces.
fn overlay(band: &mut Raster, region: Rect, rows: &mut dyn RowSource, row: &mut [u8]) -> Result<(), JournalError> {
    let Some(common) = band.rect().intersection(region) else { return Ok(()) };
    for y in common.y..common.y + common.h {
        rows.read_row(row).map_err(JournalError::Rows)?;
        if let Some(span) = band.span_mut(region.x, y, region.w) {
            span.copy_from_slice(row);
        }
    }
    Ok(())
}

/// The smallest rectangle of whole tiles around `region`, cropped to the canvas.
pub(super) fn whole_tiles_around(region: Rect, canvas: Rect) -> Rect {
    let start = |at: u32| at / TILE_SIDE * TILE_SIDE;
    let end = |at: u32, side: u32| at.div_ceil(TILE_SIDE).saturating_mul(TILE_SIDE).min(side);
    let (x, y) = (start(region.x), start(region.y));
    let (right, bottom) = (end(region.x + region.w, canvas.w), end(region.y + region.h, canvas.h));
    Rect { x, y, w: right - x, h: bottom - y }
}
