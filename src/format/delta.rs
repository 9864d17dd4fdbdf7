//! Deltas: the last colour that each cell got in a stretch of the log, sorted by tiles. Derived, like snapshots.
//!
//! A directory says where the bytes of each tile are within the delta; they follow one another and are cut into parts.
//! The bytes of a tile are the number of its cells less one, the gaps between these cells, then their colours. A gap is
//! the number of cells left out: as many bytes of 255 as it holds 255s, then one byte of what remains.

use super::{BLOCK_ENTRIES, FormatError, open_frame, seal_frame};
use crate::canvas::{Colour, Mode};

/// Full blocks in the stretch of a delta: delta k covers the blocks 512·k to 512·k + 511.
pub const DELTA_BLOCKS: u64 = 512;

/// Entries in the stretch of a delta.
pub const DELTA_ENTRIES: u64 = DELTA_BLOCKS * BLOCK_ENTRIES as u64;

/// Tiles in each part of a directory but the last.
pub const DIRECTORY_TILES: usize = 1_024;

const OFFSET_BYTES: usize = 4;

/// One part of the directory of a delta.
#[derive(Debug)]
pub enum Directory<'a> {
    /// Some entry of the stretch is a state, so that the log must be read instead. Only part 0 is there.
    States,
    /// Where the bytes of each tile are.
    Tiles(TileOffsets<'a>),
}

/// Where the bytes of each tile of one part of a directory are.
#[derive(Debug)]
pub struct TileOffsets<'a>(&'a [[u8; OFFSET_BYTES]]);

impl<'a> Directory<'a> {
    /// The record under `key` for a stretch with a state in it.
    #[must_use]
    pub fn encode_states(key: &[u8]) -> Vec<u8> {
        seal_frame(key, &[0])
    }

    /// The record under `key` for tiles whose bytes lie between each of `offsets` and the next.
    #[must_use]
    pub fn encode_tiles(key: &[u8], offsets: &[u32]) -> Vec<u8> {
        debug_assert!((2..=DIRECTORY_TILES + 1).contains(&offsets.len()));
        let mut body = Vec::with_capacity(1 + offsets.len() * OFFSET_BYTES);
        body.push(1);
        body.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
        seal_frame(key, &body)
    }

    /// The part in `record`, read from under `key`, which must be about `tiles` tiles.
    ///
    /// # Errors
    ///
    /// [`FormatError`] where it is damaged.
    pub fn decode(key: &[u8], record: &'a [u8], tiles: usize) -> Result<Self, FormatError> {
        match open_frame(key, record)? {
            [0] => Ok(Self::States),
            [1, rest @ ..] if rest.len() == (tiles + 1) * OFFSET_BYTES => {
                let offsets = rest.as_chunks().0;
                if offsets.is_sorted_by_key(|offset| u32::from_le_bytes(*offset)) {
                    Ok(Self::Tiles(TileOffsets(offsets)))
                } else {
                    Err(FormatError::Content("offset"))
                }
            }
            _ => Err(FormatError::Content("directory")),
        }
    }
}

impl TileOffsets<'_> {
    /// Where the bytes of the tile at `index` of this part are; an empty range where no cell of it was set. `None` beyond
    /// the last.
    #[must_use]
    pub fn range(&self, index: usize) -> Option<std::ops::Range<u64>> {
        let start = self.0.get(index)?;
        let end = self.0.get(index + 1)?;
        Some(u32::from_le_bytes(*start).into()..u32::from_le_bytes(*end).into())
    }
}

/// Appends the bytes of a tile to `bytes`: `cells` are its cells, numbered row by row within it, rising, each with its
/// colour. No cells: nothing is appended.
pub fn encode_delta_tile(bytes: &mut Vec<u8>, mode: Mode, cells: &[(u16, Colour)]) {
    debug_assert!(cells.is_sorted_by(|(a, _), (b, _)| a < b));
    let Some(last) = cells.len().checked_sub(1) else { return };
    bytes.extend_from_slice(&u16::try_from(last).unwrap_or(u16::MAX).to_le_bytes());
    let mut next = 0;
    for (cell, _) in cells {
        let mut gap = u32::from(*cell) - next;
        while gap >= 255 {
            bytes.push(255);
            gap -= 255;
        }
        bytes.push(u8::try_from(gap).unwrap_or(u8::MAX));
        next = u32::from(*cell) + 1;
    }
    for (_, colour) in cells {
        bytes.extend_from_slice(colour.bytes(mode));
    }
}

/// The bytes of a tile, taken apart.
#[derive(Debug)]
pub struct DeltaTile<'a> {
    count: usize,
    gaps: &'a [u8],
    colours: &'a [u8],
}

impl<'a> DeltaTile<'a> {
    /// The tile in `bytes`, which are not empty.
    ///
    /// # Errors
    ///
    /// [`FormatError`] where they are too short.
    pub fn open(bytes: &'a [u8], mode: Mode) -> Result<Self, FormatError> {
        let (count, rest) = bytes.split_first_chunk::<2>().ok_or(FormatError::Short)?;
        let count = usize::from(u16::from_le_bytes(*count)) + 1;
        let gap_bytes = rest.len().checked_sub(count * mode.channels()).ok_or(FormatError::Short)?;
        let (gaps, colours) = rest.split_at(gap_bytes);
        Ok(Self { count, gaps, colours })
    }

    /// Calls `visit` with each cell, numbered row by row within the tile, and its colour of `C` bytes, the channels of
    /// the mode it was opened with.
    ///
    /// # Errors
    ///
    /// [`FormatError::Content`] where a cell is not among the `cells` of the tile, or there are not as many cells as
    /// colours.
    #[inline]
    pub fn for_each<const C: usize>(
        &self,
        cells: u32,
        mut visit: impl FnMut(u32, &[u8; C]),
    ) -> Result<(), FormatError> {
        let mut rest = self.gaps;
        let mut next = 0;
        for colour in self.colours.as_chunks::<C>().0 {
            let cell = take_cell(&mut rest, next)?;
            if cell >= cells {
                return Err(FormatError::Content("cell"));
            }
            visit(cell, colour);
            next = cell + 1;
        }
        if rest.is_empty() { Ok(()) } else { Err(FormatError::Content("length")) }
    }

    /// Whether any of its cells, numbered as in [`Self::for_each`], `is_wanted`.
    ///
    /// # Errors
    ///
    /// [`FormatError::Short`] where there are fewer cells than colours.
    pub fn contains_any(&self, is_wanted: impl Fn(u32) -> bool) -> Result<bool, FormatError> {
        let mut rest = self.gaps;
        let mut next = 0;
        for _ in 0..self.count {
            let cell = take_cell(&mut rest, next)?;
            if is_wanted(cell) {
                return Ok(true);
            }
            next = cell.saturating_add(1);
        }
        Ok(false)
    }
}

/// The cell behind the next gap, which begins with cell `next`.
#[inline]
fn take_cell(gaps: &mut &[u8], next: u32) -> Result<u32, FormatError> {
    let mut cell = next;
    loop {
        let (gap, rest) = gaps.split_first().ok_or(FormatError::Short)?;
        *gaps = rest;
        cell = cell.saturating_add((*gap).into());
        if *gap < 255 {
            return Ok(cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8], mode: Mode, cells: u32) -> Result<Vec<(u32, Colour)>, FormatError> {
        let mut found = Vec::new();
        let tile = DeltaTile::open(bytes, mode)?;
        let mut add = |cell, colour: &[u8]| found.push((cell, Colour::from_cell(colour).expect("3 or 4 bytes")));
        match mode {
            Mode::Rgb => tile.for_each::<3>(cells, |cell, colour| add(cell, colour))?,
            Mode::Rgba => tile.for_each::<4>(cells, |cell, colour| add(cell, colour))?,
        }
        Ok(found)
    }

    proptest! {
        #[test]
        fn tiles_round_trip(
            cells in proptest::collection::btree_map(any::<u16>(), any::<[u8; 4]>(), 1..600),
            is_rgb in any::<bool>(),
        ) {
            let mode = if is_rgb { Mode::Rgb } else { Mode::Rgba };
            let cells: Vec<_> = cells
                .into_iter()
                .map(|(cell, [r, g, b, a])| (cell, if is_rgb { Colour::rgb(r, g, b) } else { Colour([r, g, b, a]) }))
                .collect();
            let mut bytes = Vec::new();
            encode_delta_tile(&mut bytes, mode, &cells);
            let wide: Vec<_> = cells.iter().map(|(cell, colour)| (u32::from(*cell), *colour)).collect();
            prop_assert_eq!(read(&bytes, mode, 1 << 16), Ok(wide));
            let last = u32::from(cells.last().expect("at least one").0);
            prop_assert_eq!(read(&bytes, mode, last), Err(FormatError::Content("cell")));
            let tile = DeltaTile::open(&bytes, mode).expect("just encoded");
            for cell in (0..300).chain([last, last + 1]) {
                let is_there = cells.iter().any(|(there, _)| u32::from(*there) == cell);
                prop_assert_eq!(tile.contains_any(|found| found == cell), Ok(is_there));
            }
            for cut in 0..bytes.len().min(40) {
                prop_assert!(read(&bytes[..cut], mode, 1 << 16).is_err(), "cut at {}", cut);
            }
            bytes.insert(2, 0);
            prop_assert!(read(&bytes, mode, 1 << 16).is_err());
        }
    }

    #[test]
    fn a_full_tile_and_an_empty_one() {
        let cells: Vec<_> = (0..=u16::MAX).map(|cell| (cell, Colour::rgb(1, 2, 3))).collect();
        let mut bytes = Vec::new();
        encode_delta_tile(&mut bytes, Mode::Rgb, &[]);
        assert!(bytes.is_empty());
        encode_delta_tile(&mut bytes, Mode::Rgb, &cells);
        assert_eq!(bytes.len(), 2 + 4 * cells.len());
        assert_eq!(read(&bytes, Mode::Rgb, 1 << 16).map(|cells| cells.len()), Ok(1 << 16));
    }

    /// What is written is, to the byte, what `docs/FORMAT.md` says.
    #[test]
    fn the_bytes_are_pinned() {
        let mut bytes = Vec::new();
        encode_delta_tile(
            &mut bytes,
            Mode::Rgb,
            &[(2, Colour::rgb(1, 2, 3)), (3, Colour::WHITE), (600, Colour::rgb(4, 5, 6))],
        );
        assert_eq!(bytes, [2, 0, 2, 0, 255, 255, 86, 1, 2, 3, 255, 255, 255, 4, 5, 6]);
        let record = Directory::encode_tiles(b"key", &[0, 16]);
        assert_eq!(record[..10], [1, 1, 0, 0, 0, 0, 16, 0, 0, 0]);
        assert_eq!(Directory::encode_states(b"key")[..2], [1, 0]);
    }

    #[test]
    fn directories_round_trip() {
        let record = Directory::encode_tiles(b"key", &[0, 0, 7, 9]);
        let Ok(Directory::Tiles(tiles)) = Directory::decode(b"key", &record, 3) else { panic!("tiles") };
        assert_eq!([0, 1, 2, 3].map(|index| tiles.range(index)), [Some(0..0), Some(0..7), Some(7..9), None]);
        assert_eq!(Directory::decode(b"key", &record, 2).err(), Some(FormatError::Content("directory")));
        let falling = Directory::encode_tiles(b"key", &[0, 9, 7]);
        assert_eq!(Directory::decode(b"key", &falling, 2).err(), Some(FormatError::Content("offset")));
        let states = Directory::encode_states(b"key");
        assert!(matches!(Directory::decode(b"key", &states, 3), Ok(Directory::States)), "a stretch with states");
        let widest: Vec<u32> = (0..=1_024).collect();
        assert!(Directory::encode_tiles(b"key", &widest).len() <= crate::format::VALUE_BYTES_MAX);
    }
}
