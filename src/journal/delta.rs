//! Deltas: a stretch of the log sorted by tiles, so that a read of a few tiles need not read all of the log after its
//! snapshot, and a search for a cell or a region skips the stretches that never touched it.
//!
//! Random pixels touch nearly every tile in nearly every block, so that no summary of a block can rule it out; a read of
//! one tile would replay as much log as a read of the whole image. Like snapshots, deltas are derived: where one is not
//! there or damaged, the log is read instead and the delta is taken again in the background. A stretch with a state in
//! it has a delta that only says so.

mod take;

pub(super) use take::{take, verify};

use crate::canvas::{CellIndex, DeltaNumber, Mode, Rect, TileGrid, TileIndex, Version};
use crate::format::{
    DELTA_ENTRIES, DIRECTORY_TILES, DeltaTile, Directory, FormatError, PART_BYTES_MAX, key, open_frame,
};
use crate::store::Value;

use super::core::{Core, corrupt, missing};
use super::live::Live;
use super::surface::Surface;
use super::{Canvas, JournalError, Options};

/// What the log says in its stead, where a delta cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The delta was read.
    Done,
    /// The log must be read.
    ReadLog,
}

/// Whether deltas of a canvas are kept: where snapshots are far apart, so that there is much to skip.
pub(super) fn are_kept(options: &Options, canvas: &Canvas) -> bool {
    options.deltas && canvas.size.bytes(canvas.mode) >= options.delta_image_bytes_min
}

/// The versions of a stretch: after the first, up to the second.
pub(super) const fn versions(number: DeltaNumber) -> (Version, Version) {
    (Version(number.0 * DELTA_ENTRIES), Version((number.0 + 1) * DELTA_ENTRIES))
}

/// The stretches that end within the versions after `after` up to `upto`, in order.
pub(super) fn numbers(after: Version, upto: Version) -> impl DoubleEndedIterator<Item = DeltaNumber> {
    (after.0 / DELTA_ENTRIES..upto.0 / DELTA_ENTRIES).map(DeltaNumber)
}

/// The stretches of a canvas that end at or before its head, where deltas of it are kept.
pub(super) fn numbers_kept(core: &Core, live: &Live) -> impl Iterator<Item = DeltaNumber> {
    let head = if are_kept(&core.options, &live.canvas) { live.head().version } else { Version(0) };
    numbers(Version(0), head)
}

/// Brings `surface`, which shows a version within or right before the stretch, to the end of the stretch. After
/// [`Use::ReadLog`] the log must be applied all the same, from wherever `surface` was.
pub(super) fn apply<S: Surface>(
    core: &Core,
    live: &Live,
    number: DeltaNumber,
    surface: &mut S,
) -> Result<Use, JournalError> {
    let canvas = &live.canvas;
    let grid = TileGrid::new(canvas.size);
    let tiles = grid.tiles_in(surface.area());
    read(core, live, number, tiles, |index, tile| {
        let rect = grid.rect(index).ok_or(FormatError::Content("tile number"))?;
        match canvas.mode {
            Mode::Rgb => surface.set_tile::<3>(canvas.size, rect, tile)?,
            Mode::Rgba => surface.set_tile::<4>(canvas.size, rect, tile)?,
        }
        Ok(true)
    })
}

/// Whether the delta is there and says what became of each tile.
pub(super) fn is_whole(core: &Core, live: &Live, number: DeltaNumber) -> Result<bool, JournalError> {
    let first = std::iter::once(TileIndex(0));
    visit_ranges(core, live, number, first, |_, _| Ok(false)).map(|used| used == Use::Done)
}

/// Whether an entry of the stretch is a pixel within `region`; `None` where only the log can tell.
pub(super) fn has_region(
    core: &Core,
    live: &Live,
    number: DeltaNumber,
    region: Rect,
) -> Result<Option<bool>, JournalError> {
    let grid = TileGrid::new(live.canvas.size);
    let mut is_there = false;
    let used = read(core, live, number, grid.tiles_in(region), |index, tile| {
        let rect = grid.rect(index).ok_or(FormatError::Content("tile number"))?;
        is_there = tile.contains_any(|cell| region.contains(rect.x + cell % rect.w, rect.y + cell / rect.w))?;
        Ok(!is_there)
    })?;
    Ok((used == Use::Done).then_some(is_there))
}

/// Calls `visit` with each tile that an entry of the stretch lies in, until it answers `false`.
pub(super) fn for_each_touched(
    core: &Core,
    live: &Live,
    number: DeltaNumber,
    mut visit: impl FnMut(TileIndex) -> bool,
) -> Result<Use, JournalError> {
    let tiles = (0..TileGrid::new(live.canvas.size).tiles()).map(TileIndex);
    visit_ranges(core, live, number, tiles, |index, _| Ok(visit(index)))
}

/// Whether an entry of the stretch is a pixel of `cell`; `None` where only the log can tell.
pub(super) fn has_cell(
    core: &Core,
    live: &Live,
    number: DeltaNumber,
    cell: CellIndex,
) -> Result<Option<bool>, JournalError> {
    let grid = TileGrid::new(live.canvas.size);
    let (x, y) = live.canvas.size.position(cell);
    let mut is_there = false;
    let used = read(core, live, number, std::iter::once(grid.tile_of(cell)), |index, tile| {
        let rect = grid.rect(index).ok_or(FormatError::Content("tile number"))?;
        let wanted = (y - rect.y) * rect.w + x - rect.x;
        is_there = tile.contains_any(|cell| cell == wanted)?;
        Ok(!is_there)
    })?;
    Ok((used == Use::Done).then_some(is_there))
}

/// Calls `visit` with each of `tiles` that was touched, until it answers `false`.
fn read(
    core: &Core,
    live: &Live,
    number: DeltaNumber,
    tiles: impl Iterator<Item = TileIndex>,
    mut visit: impl FnMut(TileIndex, &DeltaTile<'_>) -> Result<bool, FormatError>,
) -> Result<Use, JournalError> {
    let canvas = &live.canvas;
    let mut parts = Parts { core, canvas, number, last: None };
    let first_key = key::delta(canvas.id, number, 0);
    let mut bytes = Vec::new();
    visit_ranges(core, live, number, tiles, |index, range| {
        parts.read(range, &mut bytes)?;
        let visited = DeltaTile::open(&bytes, canvas.mode).and_then(|tile| visit(index, &tile));
        visited.map_err(|problem| corrupt(canvas.id, &first_key, &problem))
    })
}

/// Calls `visit` with each of `tiles` that was touched and where its bytes are, until it answers `false`. A damaged
/// delta is asked for again, and the log must be read.
fn visit_ranges(
    core: &Core,
    live: &Live,
    number: DeltaNumber,
    tiles: impl Iterator<Item = TileIndex>,
    mut visit: impl FnMut(TileIndex, std::ops::Range<u64>) -> Result<bool, JournalError>,
) -> Result<Use, JournalError> {
    if !are_kept(&core.options, &live.canvas) {
        return Ok(Use::ReadLog);
    }
    match try_visit_ranges(core, &live.canvas, number, tiles, &mut visit) {
        Ok(Some(used)) => Ok(used),
        Ok(None) => {
            core.snapshots.request_delta(live, number);
            Ok(Use::ReadLog)
        }
        Err(error @ JournalError::Corrupt { .. }) if !live.is_deleted() => {
            tracing::warn!(%error, "a damaged delta is passed over");
            core.snapshots.request_delta(live, number);
            Ok(Use::ReadLog)
        }
        Err(error) => Err(error),
    }
}

fn try_visit_ranges(
    core: &Core,
    canvas: &Canvas,
    number: DeltaNumber,
    tiles: impl Iterator<Item = TileIndex>,
    visit: &mut impl FnMut(TileIndex, std::ops::Range<u64>) -> Result<bool, JournalError>,
) -> Result<Option<Use>, JournalError> {
    let mut held: Option<(usize, Vec<u8>, Value)> = None;
    for index in tiles {
        let part = index.0 as usize / DIRECTORY_TILES;
        if held.as_ref().is_none_or(|(held, ..)| *held != part) {
            let key = key::delta(canvas.id, number, u32::try_from(part).unwrap_or(u32::MAX));
            let _permit = core.permits.acquire();
            let Some(record) = core.store.get(&key)? else { return Ok(None) };
            held = Some((part, key, record));
        }
        let Some((_, key, record)) = &held else { continue };
        let count = tiles_in_part(canvas, part);
        match Directory::decode(key, record, count).map_err(|problem| corrupt(canvas.id, key, &problem))? {
            Directory::States => return Ok(Some(Use::ReadLog)),
            Directory::Tiles(offsets) => {
                let range = offsets.range(index.0 as usize % DIRECTORY_TILES);
                let range = range.ok_or_else(|| corrupt(canvas.id, key, &FormatError::Content("tile number")))?;
                if !range.is_empty() && !visit(index, range)? {
                    break;
                }
            }
        }
    }
    Ok(Some(Use::Done))
}

fn tiles_in_part(canvas: &Canvas, part: usize) -> usize {
    let tiles = TileGrid::new(canvas.size).tiles() as usize;
    tiles.saturating_sub(part * DIRECTORY_TILES).min(DIRECTORY_TILES)
}

/// Parts that the directory of a delta takes; those of its bytes are numbered from there on.
fn directory_parts(canvas: &Canvas) -> u32 {
    TileGrid::new(canvas.size).tiles().div_ceil(u32::try_from(DIRECTORY_TILES).unwrap_or(u32::MAX))
}

/// The parts of a delta, the last one read kept: the next tile often begins in it.
struct Parts<'a> {
    core: &'a Core,
    canvas: &'a Canvas,
    number: DeltaNumber,
    last: Option<(u64, Vec<u8>)>,
}

impl Parts<'_> {
    /// Puts the bytes in `range` into `bytes`.
    fn read(&mut self, range: std::ops::Range<u64>, bytes: &mut Vec<u8>) -> Result<(), JournalError> {
        bytes.clear();
        let size = PART_BYTES_MAX as u64;
        for part in range.start / size..range.end.div_ceil(size) {
            let start = range.start.saturating_sub(part * size);
            let end = (range.end - part * size).min(size);
            let body = self.part(part)?;
            let within = usize::try_from(start).ok().zip(usize::try_from(end).ok());
            let Some(piece) = within.and_then(|(start, end)| body.get(start..end)) else {
                let key = self.key(part);
                return Err(corrupt(self.canvas.id, &key, &FormatError::Short));
            };
            bytes.extend_from_slice(piece);
        }
        Ok(())
    }

    fn key(&self, part: u64) -> Vec<u8> {
        let part = u32::try_from(part).unwrap_or(u32::MAX).saturating_add(directory_parts(self.canvas));
        key::delta(self.canvas.id, self.number, part)
    }

    fn part(&mut self, part: u64) -> Result<&[u8], JournalError> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != part) {
            let key = self.key(part);
            let _permit = self.core.permits.acquire();
            let record = self.core.store.get(&key)?.ok_or_else(|| missing(self.canvas.id, &key))?;
            let body = open_frame(&key, &record).map_err(|problem| corrupt(self.canvas.id, &key, &problem))?;
            self.last = Some((part, body.to_vec()));
        }
        Ok(self.last.as_ref().map_or(&[], |(_, body)| body))
    }
}

/// Deltas of a canvas, and the bytes of their records without the frames around their parts.
pub(super) fn sizes(core: &Core, live: &Live) -> Result<(u64, u64), JournalError> {
    let canvas = &live.canvas;
    let (mut count, mut bytes) = (0, 0);
    for number in numbers(Version(0), live.head().version) {
        for part in 0..directory_parts(canvas) {
            let key = key::delta(canvas.id, number, part);
            let _permit = core.permits.acquire();
            let Some(record) = core.store.get(&key)? else { break };
            let tiles = tiles_in_part(canvas, part as usize);
            bytes += record.len() as u64;
            if let Ok(Directory::Tiles(offsets)) = Directory::decode(&key, &record, tiles) {
                bytes +=
                    (0..tiles).filter_map(|tile| offsets.range(tile)).map(|range| range.end - range.start).sum::<u64>();
            }
            count += u64::from(part == 0);
        }
    }
    Ok((count, bytes))
}
