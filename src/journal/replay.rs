//! Reading the log: the records that hold a block's entries, and replaying them onto a raster.

use crate::canvas::{BlockNumber, Mode, Pixel, TileGrid, Version};
use crate::format::{
    BLOCK_ENTRIES, Blob, BlockView, PixelList, Slot, StateData, StateRecord, TileList, Who, decode_who, key,
};
use crate::store::{Order, Value};

use super::core::{Core, corrupt, missing};
use super::live::Live;
use super::surface::Surface;
use super::{Canvas, JournalError, staging};

/// Blocks read under one permit.
const BLOCKS_PER_PERMIT: u64 = 32;

/// Entries in a block, as versions count.
pub(super) const BLOCK: u64 = BLOCK_ENTRIES as u64;

/// A block, or a tail record, as it was read.
pub(super) struct LogRecord {
    /// The version of its first entry.
    pub(super) first: Version,
    pub(super) key: Vec<u8>,
    pub(super) who_key: Vec<u8>,
    pub(super) value: Value,
}

impl LogRecord {
    /// Checks it and takes it apart.
    pub(super) fn open(&self, canvas: &Canvas) -> Result<BlockView<'_>, JournalError> {
        BlockView::open(&self.key, &self.value, canvas.size, canvas.mode)
            .map_err(|problem| corrupt(canvas.id, &self.key, &problem))
    }

    /// Who wrote each of its entries, and when.
    pub(super) fn whos(&self, core: &Core, canvas: &Canvas, view: &BlockView<'_>) -> Result<Vec<Who>, JournalError> {
        let broken = |problem| corrupt(canvas.id, &self.who_key, &problem);
        if let Some(who) = view.uniform_who().map_err(|problem| corrupt(canvas.id, &self.key, &problem))? {
            return Ok(vec![who; view.count()]);
        }
        let record = core.store.get(&self.who_key)?.ok_or_else(|| missing(canvas.id, &self.who_key))?;
        let runs = decode_who(&self.who_key, &record, view.count()).map_err(broken)?;
        Ok(runs.iter().flat_map(|run| std::iter::repeat_n(run.who, run.count)).collect())
    }

    /// Its entries with their authors and times.
    pub(super) fn slots(&self, core: &Core, canvas: &Canvas) -> Result<Vec<Slot>, JournalError> {
        let view = self.open(canvas)?;
        let whos = self.whos(core, canvas, &view)?;
        Ok(whos.into_iter().enumerate().map(|(index, who)| Slot { pixel: view.pixel(index), who }).collect())
    }
}

/// The records that hold the entries of block `number` up to `upto`: the block itself, or the tail records in order.
pub(super) fn log_records(
    core: &Core,
    canvas: &Canvas,
    number: BlockNumber,
    upto: Version,
) -> Result<Vec<LogRecord>, JournalError> {
    let block_key = key::block(canvas.id, number);
    let start = number.0 * BLOCK;
    let mut hole = None;
    // A commit may turn the tail into a block between the two reads; then the block is there at the second look.
    for _ in 0..2 {
        if let Some(value) = core.store.get(&block_key)? {
            let who_key = key::block_who(canvas.id, number);
            return Ok(vec![LogRecord { first: Version(start + 1), key: block_key, who_key, value }]);
        }
        // Records beyond `upto` are not needed, so that their damage does no harm.
        let records = tail_records(core, canvas, Version(start + 1), upto.min(Version(start + BLOCK)))?;
        hole = first_hole(canvas, &records, Version(start), upto)?;
        if hole.is_none() {
            return Ok(records);
        }
    }
    match hole.filter(|hole| hole.0 > start + 1) {
        Some(hole) => Err(missing(canvas.id, &key::tail(canvas.id, hole))),
        None => Err(missing(canvas.id, &block_key)),
    }
}

/// The tail records whose first entries are from `first` to `last`.
pub(super) fn tail_records(
    core: &Core,
    canvas: &Canvas,
    first: Version,
    last: Version,
) -> Result<Vec<LogRecord>, JournalError> {
    let (from, to) = (key::tail(canvas.id, first), key::tail(canvas.id, last.after(1)));
    let found = core.store.scan(&from, &to, Order::Ascending, BLOCK_ENTRIES)?;
    let records = found.into_iter().filter_map(|(key, value)| {
        let first = Version(key::number(&key, 1)?);
        Some(LogRecord { first, who_key: key::tail_who(canvas.id, first), key, value })
    });
    Ok(records.collect())
}

/// The first version after `start`, up to `upto`, that the tail records do not hold one after another.
pub(super) fn first_hole(
    canvas: &Canvas,
    records: &[LogRecord],
    start: Version,
    upto: Version,
) -> Result<Option<Version>, JournalError> {
    let mut reached = start;
    for record in records {
        if record.first != reached.after(1) || reached >= upto {
            break;
        }
        reached = reached.after(record.open(canvas)?.count() as u64);
    }
    Ok((reached < upto).then(|| reached.after(1)))
}

/// Calls `visit` with each record that holds entries after `after` up to `upto`, in order, and with the range of its
/// entries (from 0) that do; stops early where it answers `false`.
pub(super) fn for_each_record(
    core: &Core,
    canvas: &Canvas,
    after: Version,
    upto: Version,
    visit: impl FnMut(&LogRecord, &BlockView<'_>, std::ops::Range<usize>) -> Result<bool, JournalError>,
) -> Result<(), JournalError> {
    walk(core, canvas, Order::Ascending, after, upto, visit)
}

/// As [`for_each_record`], the newest record first where `order` says so. The ranges always rise.
pub(super) fn walk(
    core: &Core,
    canvas: &Canvas,
    order: Order,
    after: Version,
    upto: Version,
    mut visit: impl FnMut(&LogRecord, &BlockView<'_>, std::ops::Range<usize>) -> Result<bool, JournalError>,
) -> Result<(), JournalError> {
    if after >= upto {
        return Ok(());
    }
    let mut permit = None;
    let (first, end) = (after.0 / BLOCK, upto.0.div_ceil(BLOCK));
    for step in 0..end - first {
        if step % BLOCKS_PER_PERMIT == 0 {
            // Given back before it is asked for again, so that others get their turn.
            drop(permit.take());
            permit = Some(core.permits.acquire());
        }
        let number = if order == Order::Ascending { first + step } else { end - 1 - step };
        let mut records = log_records(core, canvas, BlockNumber(number), upto)?;
        if order == Order::Descending {
            records.reverse();
        }
        for record in records {
            let view = record.open(canvas)?;
            let start = record.first.0 - 1;
            let index = |version: Version| usize::try_from(version.0.saturating_sub(start)).unwrap_or(usize::MAX);
            let range = index(after)..index(upto).min(view.count());
            if !range.is_empty() && !visit(&record, &view, range)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Applies the entries after `after` up to `upto` to `surface`.
pub(super) fn replay<S: Surface>(
    core: &Core,
    live: &Live,
    surface: &mut S,
    after: Version,
    upto: Version,
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    for_each_record(core, canvas, after, upto, |record, view, range| {
        if view.is_pixels_only() {
            if view.bounds().is_some_and(|bounds| bounds.intersection(surface.area()).is_some()) {
                match canvas.mode {
                    Mode::Rgb => surface.set_all::<3>(canvas.size, view, range),
                    Mode::Rgba => surface.set_all::<4>(canvas.size, view, range),
                }
            }
            return Ok(true);
        }
        for index in range {
            if let Some(pixel) = view.pixel(index) {
                surface.set(canvas.size, pixel);
            } else {
                let version = record.first.after(index as u64);
                apply_state(core, canvas, version, surface)?;
            }
        }
        Ok(true)
    })
}

/// What the state entry at `version` did.
pub(super) fn state_record(core: &Core, canvas: &Canvas, version: Version) -> Result<StateRecord, JournalError> {
    let key = key::state(canvas.id, version);
    let record = core.store.get(&key)?.ok_or_else(|| missing(canvas.id, &key))?;
    StateRecord::decode(&key, &record, canvas.size).map_err(|problem| corrupt(canvas.id, &key, &problem))
}

/// Applies the state entry at `version` to `surface`.
pub(super) fn apply_state<S: Surface>(
    core: &Core,
    canvas: &Canvas,
    version: Version,
    surface: &mut S,
) -> Result<(), JournalError> {
    let state = state_record(core, canvas, version)?;
    if state.region.intersection(surface.area()).is_none() {
        return Ok(());
    }
    let state_key = key::state(canvas.id, version);
    match &state.data {
        StateData::Inline(list) => for_each_pixel(canvas, &state_key, &list.0, |pixel| surface.set(canvas.size, pixel)),
        StateData::Staged { data, parts } => {
            for part in 0..*parts {
                let bytes = staging::read_part(core, canvas.id, *data, part)?;
                for_each_pixel(canvas, &state_key, &bytes, |pixel| surface.set(canvas.size, pixel))?;
            }
            Ok(())
        }
        StateData::Tiles(blob) => {
            let tiles = tile_list(core, canvas, *blob)?;
            let common = state.region.intersection(surface.area());
            for index in common.into_iter().flat_map(|rect| TileGrid::new(canvas.size).tiles_in(rect)) {
                if let Some(tile) = tiles.find(index) {
                    surface.paste(&staging::read_tile(core, canvas, index, tile)?);
                }
            }
            Ok(())
        }
    }
}

/// The tiles that a state stored.
pub(super) fn tile_list(core: &Core, canvas: &Canvas, blob: Blob) -> Result<TileList, JournalError> {
    let bytes = staging::read_blob(core, canvas.id, blob)?;
    TileList::decode(&bytes, blob.data)
        .map_err(|problem| corrupt(canvas.id, &key::data(canvas.id, blob.data, blob.part), &problem))
}

/// Calls `visit` with each pixel of a list that belongs to the record under `key`.
pub(super) fn for_each_pixel(
    canvas: &Canvas,
    key: &[u8],
    list: &[u8],
    mut visit: impl FnMut(Pixel),
) -> Result<(), JournalError> {
    let broken = |problem| corrupt(canvas.id, key, &problem);
    for pixel in PixelList::read(list, canvas.size, canvas.mode).map_err(broken)? {
        visit(pixel.map_err(broken)?);
    }
    Ok(())
}
