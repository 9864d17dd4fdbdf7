//! Taking deltas from the log, and comparing them with it.

use crate::canvas::{Colour, DeltaNumber, TileGrid, Version};
use crate::format::{DELTA_ENTRIES, DIRECTORY_TILES, Directory, PART_BYTES_MAX, encode_delta_tile, key, seal_frame};
use crate::store::Batch;

use super::{directory_parts, numbers, tiles_in_part, versions};
use crate::journal::core::{Core, missing};
use crate::journal::live::Live;
use crate::journal::replay::for_each_record;
use crate::journal::request::Request;
use crate::journal::{Canvas, JournalError};

/// Bytes of a delta in one commit; larger ones stall readers.
const COMMIT_BYTES: usize = 256 << 10;

/// A key, and what stands under it.
type Record = (Vec<u8>, Vec<u8>);

/// The records of a delta: of its bytes, then of its directory, which makes it valid.
fn records(core: &Core, canvas: &Canvas, number: DeltaNumber) -> Result<Vec<Record>, JournalError> {
    let part_key = |part: usize| key::delta(canvas.id, number, u32::try_from(part).unwrap_or(u32::MAX));
    let Some(sorted) = Sorted::new(core, canvas, number)? else {
        let key = part_key(0);
        let record = Directory::encode_states(&key);
        return Ok(vec![(key, record)]);
    };
    let (offsets, bytes) = sorted.encode(canvas);
    let first_part = directory_parts(canvas) as usize;
    let pieces = (first_part..).zip(bytes.chunks(PART_BYTES_MAX)).map(|(part, piece)| {
        let key = part_key(part);
        let record = seal_frame(&key, piece);
        (key, record)
    });
    let directory = (0..first_part).filter_map(|part| {
        let first = part * DIRECTORY_TILES;
        let offsets = offsets.get(first..=first + tiles_in_part(canvas, part))?;
        let key = part_key(part);
        let record = Directory::encode_tiles(&key, offsets);
        Some((key, record))
    });
    Ok(pieces.chain(directory).collect())
}

/// Takes the delta of a whole stretch, over whatever is there. A crash leaves at most parts that no directory names; the
/// next one to take it writes the same bytes over them.
pub(in crate::journal) fn take(core: &Core, live: &Live, number: DeltaNumber) -> Result<(), JournalError> {
    let mut batch = Batch::new();
    for (key, record) in records(core, &live.canvas, number)? {
        batch.put(key, record);
        if batch.bytes() >= COMMIT_BYTES {
            let full = std::mem::take(&mut batch);
            core.ask_own(|reply| Request::Stage(live.canvas.id, full, reply))?;
        }
    }
    if batch.is_empty() { Ok(()) } else { core.ask_own(|reply| Request::Stage(live.canvas.id, batch, reply)) }
}

/// Compares each delta that is there with the log; calls `damaged` with what is wrong, in words.
pub(in crate::journal) fn verify(
    core: &Core,
    live: &Live,
    head: Version,
    damaged: &mut dyn FnMut(String),
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    for number in numbers(Version(0), head) {
        let get = |key: &[u8]| {
            let _permit = core.permits.acquire();
            core.store.get(key)
        };
        if get(&key::delta(canvas.id, number, 0))?.is_none() {
            continue;
        }
        let records = match records(core, canvas, number) {
            Ok(records) => records,
            // Damage of the log is found where the log is read.
            Err(JournalError::Corrupt { .. }) => continue,
            Err(error) => return Err(error),
        };
        for (key, record) in records {
            match get(&key)? {
                Some(found) if *found == *record => continue,
                Some(_) => damaged(format!("{} of canvas {} is not what its log says", key::describe(&key), canvas.id)),
                None => damaged(missing(canvas.id, &key).to_string()),
            }
            break;
        }
    }
    Ok(())
}

/// The entries of a stretch without states, sorted by tile, cell within the tile, place in the stretch.
struct Sorted {
    /// Tile, 16 bits of cell within it, 18 bits of place.
    places: Vec<u64>,
    /// By place.
    colours: Vec<Colour>,
}

const PLACE_BITS: u32 = DELTA_ENTRIES.trailing_zeros();
const CELL_BITS: u32 = 16;

impl Sorted {
    /// `None` where there is a state among them.
    fn new(core: &Core, canvas: &Canvas, number: DeltaNumber) -> Result<Option<Self>, JournalError> {
        let (after, upto) = versions(number);
        let grid = TileGrid::new(canvas.size);
        let entries = usize::try_from(DELTA_ENTRIES).unwrap_or(usize::MAX);
        let mut sorted = Self { places: Vec::with_capacity(entries), colours: Vec::with_capacity(entries) };
        let mut is_whole = true;
        for_each_record(core, canvas, after, upto, |_, view, range| {
            is_whole = view.is_pixels_only();
            for pixel in range.filter(|_| is_whole).filter_map(|index| view.pixel(index)) {
                let (x, y) = canvas.size.position(pixel.cell);
                let tile = grid.tile_of(pixel.cell);
                let cell = grid.rect(tile).map_or(0, |rect| (y - rect.y) * rect.w + x - rect.x);
                let place = sorted.colours.len() as u64;
                sorted
                    .places
                    .push(u64::from(tile.0) << (CELL_BITS + PLACE_BITS) | u64::from(cell) << PLACE_BITS | place);
                sorted.colours.push(pixel.colour);
            }
            Ok(is_whole)
        })?;
        sorted.places.sort_unstable();
        Ok(is_whole.then_some(sorted))
    }

    /// Where the bytes of each tile begin, and where the last one's end; and the bytes. Of several entries of one cell
    /// the last stays.
    fn encode(&self, canvas: &Canvas) -> (Vec<u32>, Vec<u8>) {
        let tiles = TileGrid::new(canvas.size).tiles();
        let (mut offsets, mut bytes) = (Vec::with_capacity(tiles as usize + 1), Vec::new());
        let mut rest = self.places.as_slice();
        let mut cells: Vec<(u16, Colour)> = Vec::new();
        let end = |bytes: &Vec<u8>| u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        for tile in 0..u64::from(tiles) {
            offsets.push(end(&bytes));
            let count = rest.partition_point(|place| place >> (CELL_BITS + PLACE_BITS) <= tile);
            let (these, others) = rest.split_at(count);
            rest = others;
            cells.clear();
            for place in these {
                let [low, high, ..] = (place >> PLACE_BITS).to_le_bytes();
                let cell = u16::from_le_bytes([low, high]);
                let index = usize::try_from(place & (DELTA_ENTRIES - 1)).unwrap_or(usize::MAX);
                let colour = self.colours.get(index).copied().unwrap_or(Colour::WHITE);
                match cells.last_mut() {
                    Some((last, last_colour)) if *last == cell => *last_colour = colour,
                    _ => cells.push((cell, colour)),
                }
            }
            encode_delta_tile(&mut bytes, canvas.mode, &cells);
        }
        offsets.push(end(&bytes));
        (offsets, bytes)
    }
}
