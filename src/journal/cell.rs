//! One cell: its colour, the entry that gave it, and its history.

use std::sync::Arc;

use crate::canvas::{CellIndex, Change, Colour, Entry, Raster, Rect, TileGrid, Version};
use crate::format::{Blob, PixelList, StateData, StateRecord, key};
use crate::store::Order;

use super::core::{Core, corrupt};
use super::history::{Place, page_of};
use super::live::Live;
use super::rebuild::rebuild;
use super::replay::tile_list;
use super::{Canvas, EntryFilter, HistoryQuery, JournalError, staging};

/// Pages that the search for one entry goes through, at most.
const PAGES_MAX: usize = 4;

/// What it costs to compare a cell before and after a state, in records of the log.
const WORK_PER_COMPARISON: u64 = 256;

/// The colour of a cell at a version, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellColour {
    /// The colour.
    pub colour: Colour,
    /// The entry that gave it.
    pub origin: Origin,
}

/// Where the colour of a cell comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// No entry: it is the canvas's background.
    Background,
    /// The last entry that set it, whether or not the cell had that colour already.
    Entry(Entry),
    /// If any, an entry at or before this version: one call does not look further.
    AtOrBefore(Version),
}

/// The colour of a cell and the entry that gave it. See [`super::Journal::pixel_at`].
pub(super) fn at(core: &Core, live: &Arc<Live>, version: Version, cell: CellIndex) -> Result<CellColour, JournalError> {
    let mut before = Version(version.0.saturating_add(1));
    for _ in 0..PAGES_MAX {
        let query = HistoryQuery {
            order: Order::Descending,
            after: None,
            before: Some(before),
            limit: 1,
            filter: EntryFilter::default(),
        };
        let page = page_of(core, live, &query, Place::Cell(cell))?;
        if let Some(entry) = page.entries.into_iter().next() {
            let colour = match entry.change {
                Change::Pixel(pixel) => pixel.colour,
                Change::State { .. } => colour_at(core, live, version, cell)?,
            };
            return Ok(CellColour { colour, origin: Origin::Entry(entry) });
        }
        match page.next {
            Some(next) => before = next,
            None => return Ok(CellColour { colour: live.canvas.background, origin: Origin::Background }),
        }
    }
    let colour = colour_at(core, live, version, cell)?;
    Ok(CellColour { colour, origin: Origin::AtOrBefore(Version(before.0 - 1)) })
}

fn colour_at(core: &Core, live: &Arc<Live>, version: Version, cell: CellIndex) -> Result<Colour, JournalError> {
    let Canvas { size, mode, background, .. } = live.canvas;
    let (x, y) = size.position(cell);
    let raster = rebuild(core, live, version, || Raster::filled(Rect { x, y, w: 1, h: 1 }, mode, background))?;
    Ok(raster.colour(x, y).unwrap_or(background))
}

/// About what [`changed_by`] costs, in records of the log.
pub(super) fn work_of(state: &StateRecord, canvas: &Canvas, cell: CellIndex) -> u64 {
    let (x, y) = canvas.size.position(cell);
    match state.data {
        _ if !state.region.contains(x, y) => 0,
        StateData::Inline(_) => 1,
        StateData::Staged { parts, .. } => u64::from(parts.max(1)).ilog2().into(),
        StateData::Tiles(_) => WORK_PER_COMPARISON,
    }
}

/// Whether the state entry at `version` gave a cell another colour.
pub(super) fn changed_by(
    core: &Core,
    live: &Arc<Live>,
    version: Version,
    state: &StateRecord,
    cell: CellIndex,
) -> Result<bool, JournalError> {
    let canvas = &live.canvas;
    let (x, y) = canvas.size.position(cell);
    if !state.region.contains(x, y) {
        return Ok(false);
    }
    match &state.data {
        StateData::Inline(list) => is_listed(canvas, &key::state(canvas.id, version), &list.0, cell),
        StateData::Staged { data, parts } => {
            // Cells rise from part to part, all but the last of which are full.
            let part_of_first = |part: u32| -> Result<(Vec<u8>, Option<u32>), JournalError> {
                let _permit = core.permits.acquire();
                let bytes = staging::read_part(core, canvas.id, *data, part)?;
                let first = bytes.first_chunk::<4>().map(|cell| u32::from_le_bytes(*cell));
                Ok((bytes, first))
            };
            let (mut low, mut high) = (0, *parts);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if part_of_first(middle)?.1.is_some_and(|first| first <= cell.0) { low = middle } else { high = middle }
            }
            is_listed(canvas, &key::data(canvas.id, *data, low), &part_of_first(low)?.0, cell)
        }
        StateData::Tiles(blob) => {
            let after = tile_colour(core, canvas, *blob, cell)?;
            let before =
                version.0.checked_sub(1).map(|before| colour_at(core, live, Version(before), cell)).transpose()?;
            Ok(after.is_some() && after != before)
        }
    }
}

/// Whether a list of changed pixels, which belongs to the record under `key`, has one of `cell`.
fn is_listed(canvas: &Canvas, key: &[u8], list: &[u8], cell: CellIndex) -> Result<bool, JournalError> {
    let broken = |problem| corrupt(canvas.id, key, &problem);
    for pixel in PixelList::read(list, canvas.size, canvas.mode).map_err(broken)? {
        if pixel.map_err(broken)?.cell == cell {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The colour of a cell in the tiles that a state stored, where its tile is among them.
fn tile_colour(core: &Core, canvas: &Canvas, blob: Blob, cell: CellIndex) -> Result<Option<Colour>, JournalError> {
    let _permit = core.permits.acquire();
    let index = TileGrid::new(canvas.size).tile_of(cell);
    let Some(tile) = tile_list(core, canvas, blob)?.find(index) else { return Ok(None) };
    let (x, y) = canvas.size.position(cell);
    Ok(staging::read_tile(core, canvas, index, tile)?.colour(x, y))
}
