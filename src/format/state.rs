//! State entries: what a rectangle replaced at once became, as changed pixels or as whole tiles, whichever is smaller.

use bincode::{Decode, Encode};

use super::frame::{end_frame, put_header, start_frame, take_header};
use super::{FormatError, PART_BYTES_MAX, TileRef, open_frame};
use crate::canvas::{CellIndex, Colour, Mode, Pixel, Rect, Size, StateId, TileIndex};

/// Bytes over one or more parts of staged data, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blob {
    /// Under which id.
    pub data: StateId,
    /// The first part.
    pub part: u32,
    /// How many bytes.
    pub bytes: u32,
}

/// How the new cells of a state are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateData {
    /// The changed pixels, in the record itself.
    Inline(PixelList),
    /// The changed pixels, in `parts` parts of staged data, each a [`PixelList`].
    Staged {
        /// Under which id.
        data: StateId,
        /// How many parts, from part 0 on.
        parts: u32,
    },
    /// The touched tiles, whole, as they were after the entry; the blob is a [`TileList`].
    Tiles(Blob),
}

/// What a state entry did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRecord {
    /// The rectangle that was sent.
    pub region: Rect,
    /// How many cells have another colour than before.
    pub changed: u32,
    /// Bytes stored for it beside this record.
    pub stored_bytes: u64,
    /// The new cells.
    pub data: StateData,
}

#[derive(Encode, Decode)]
struct Header {
    region: [u32; 4],
    changed: u32,
    stored_bytes: u64,
    data: Where,
}

#[derive(Encode, Decode)]
enum Where {
    Inline,
    Staged { data: u64, parts: u32 },
    Tiles { data: u64, part: u32, bytes: u32 },
}

impl StateRecord {
    /// Bytes that an inline list may have at most.
    pub const INLINE_BYTES_MAX: usize = PART_BYTES_MAX - 64;

    /// The record under `key`.
    #[must_use]
    pub fn encode(&self, key: &[u8]) -> Vec<u8> {
        let Rect { x, y, w, h } = self.region;
        let (place, inline): (_, &[u8]) = match &self.data {
            StateData::Inline(list) => (Where::Inline, &list.0),
            StateData::Staged { data, parts } => (Where::Staged { data: data.0, parts: *parts }, &[]),
            StateData::Tiles(Blob { data, part, bytes }) => {
                (Where::Tiles { data: data.0, part: *part, bytes: *bytes }, &[])
            }
        };
        let mut record = start_frame(64 + inline.len());
        let (changed, stored_bytes) = (self.changed, self.stored_bytes);
        put_header(&mut record, &Header { region: [x, y, w, h], changed, stored_bytes, data: place });
        record.extend_from_slice(inline);
        end_frame(key, record)
    }

    /// The state in `record`, read from under `key`, of a canvas of `size`.
    ///
    /// # Errors
    ///
    /// [`FormatError`] where it is damaged.
    pub fn decode(key: &[u8], record: &[u8], size: Size) -> Result<Self, FormatError> {
        let (header, rest): (Header, _) = take_header(open_frame(key, record)?)?;
        let [x, y, w, h] = header.region;
        let region = Rect { x, y, w, h };
        if !region.fits(size) {
            return Err(FormatError::Content("region"));
        }
        let data = match header.data {
            Where::Inline => StateData::Inline(PixelList(rest.to_vec())),
            Where::Staged { data, parts } => StateData::Staged { data: StateId(data), parts },
            Where::Tiles { data, part, bytes } => StateData::Tiles(Blob { data: StateId(data), part, bytes }),
        };
        Ok(Self { region, changed: header.changed, stored_bytes: header.stored_bytes, data })
    }
}

/// Pixels one after another: four bytes of cell, little-endian, then 3 or 4 of colour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PixelList(pub Vec<u8>);

impl PixelList {
    /// Bytes of one pixel in `mode`.
    #[must_use]
    pub const fn pixel_bytes(mode: Mode) -> usize {
        4 + mode.channels()
    }

    /// Adds a pixel.
    pub fn push(&mut self, pixel: Pixel, mode: Mode) {
        self.0.extend_from_slice(&pixel.cell.0.to_le_bytes());
        self.0.extend_from_slice(pixel.colour.bytes(mode));
    }

    /// The pixels in `bytes`, of a canvas of `size` and `mode`.
    ///
    /// # Errors
    ///
    /// [`FormatError::Content`] where they do not end with a pixel or a cell is not on the canvas.
    pub fn read(
        bytes: &[u8],
        size: Size,
        mode: Mode,
    ) -> Result<impl Iterator<Item = Result<Pixel, FormatError>>, FormatError> {
        let chunks = bytes.chunks_exact(Self::pixel_bytes(mode));
        if !chunks.remainder().is_empty() {
            return Err(FormatError::Content("length"));
        }
        Ok(chunks.map(move |pixel| {
            let (cell, colour) = pixel.split_first_chunk::<4>().ok_or(FormatError::Short)?;
            let cell = u32::from_le_bytes(*cell);
            let colour = Colour::from_cell(colour).ok_or(FormatError::Short)?;
            if cell >= size.cells() {
                return Err(FormatError::Content("cell"));
            }
            Ok(Pixel { cell: CellIndex(cell), colour })
        }))
    }
}

/// Pixels that fit in one part of staged data.
#[must_use]
pub const fn pixels_per_part(mode: Mode) -> usize {
    PART_BYTES_MAX / PixelList::pixel_bytes(mode)
}

/// The tiles of a state: number, first part, bytes, 12 bytes each, in order of the numbers; all under the id of the blob
/// that holds the list itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TileList(pub Vec<(TileIndex, TileRef)>);

impl TileList {
    const ENTRY_BYTES: usize = 12;

    /// The list as the bytes of a blob.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * Self::ENTRY_BYTES);
        for (index, tile) in &self.0 {
            for number in [index.0, tile.part, tile.bytes] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        bytes
    }

    /// The list in the bytes of a blob under `data`.
    ///
    /// # Errors
    ///
    /// [`FormatError::Content`] where they are not whole or not in order.
    pub fn decode(bytes: &[u8], data: StateId) -> Result<Self, FormatError> {
        let mut tiles: Vec<(TileIndex, TileRef)> = Vec::with_capacity(bytes.len() / Self::ENTRY_BYTES);
        let chunks = bytes.chunks_exact(Self::ENTRY_BYTES);
        if !chunks.remainder().is_empty() {
            return Err(FormatError::Content("length"));
        }
        for entry in chunks {
            let mut numbers = entry.chunks_exact(4).map(|n| n.iter().rev().fold(0, |n, b| n << 8 | u32::from(*b)));
            let (Some(index), Some(part), Some(bytes)) = (numbers.next(), numbers.next(), numbers.next()) else {
                return Err(FormatError::Short);
            };
            if tiles.last().is_some_and(|(last, _)| last.0 >= index) {
                return Err(FormatError::Content("order"));
            }
            tiles.push((TileIndex(index), TileRef { data, part, bytes }));
        }
        Ok(Self(tiles))
    }

    /// Where `tile` is, if it is among them.
    #[must_use]
    pub fn find(&self, tile: TileIndex) -> Option<TileRef> {
        let at = self.0.binary_search_by_key(&tile, |(index, _)| *index).ok()?;
        self.0.get(at).map(|(_, tile)| *tile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn size() -> Size {
        Size::new(100, 100).expect("small")
    }

    #[test]
    fn states_round_trip() {
        let mut list = PixelList::default();
        let pixel = Pixel { cell: CellIndex(9_999), colour: Colour::rgb(1, 2, 3) };
        list.push(pixel, Mode::Rgb);
        let pixels: Vec<_> = PixelList::read(&list.0, size(), Mode::Rgb).expect("whole").collect();
        assert_eq!(pixels, [Ok(pixel)]);
        let region = Rect { x: 1, y: 2, w: 3, h: 4 };
        for data in [
            StateData::Inline(list),
            StateData::Staged { data: StateId(7), parts: 3 },
            StateData::Tiles(Blob { data: StateId(8), part: 9, bytes: 10 }),
        ] {
            let state = StateRecord { region, changed: 5, stored_bytes: 6, data };
            let record = state.encode(b"key");
            assert_eq!(StateRecord::decode(b"key", &record, size()), Ok(state));
            let small = Size::new(3, 3).expect("small");
            assert_eq!(StateRecord::decode(b"key", &record, small), Err(FormatError::Content("region")));
            for at in 0..record.len() {
                let mut damaged = record.clone();
                damaged[at] ^= 0x10;
                assert_eq!(StateRecord::decode(b"key", &damaged, size()), Err(FormatError::Checksum));
            }
        }
    }

    #[test]
    fn the_largest_inline_list_fits_one_value() {
        let bytes = StateRecord::INLINE_BYTES_MAX;
        let data = StateData::Inline(PixelList(vec![0; bytes]));
        let state = StateRecord { region: size().rect(), changed: 5, stored_bytes: 6, data };
        assert!(state.encode(b"key").len() <= crate::format::VALUE_BYTES_MAX);
    }

    proptest! {
        #[test]
        fn tile_lists_round_trip(tiles in proptest::collection::btree_map(any::<u32>(), any::<(u32, u32)>(), 0..300)) {
            let list = TileList(
                tiles
                    .into_iter()
                    .map(|(index, (part, bytes))| (TileIndex(index), TileRef { data: StateId(3), part, bytes }))
                    .collect(),
            );
            let decoded = TileList::decode(&list.encode(), StateId(3)).expect("just encoded");
            for (index, tile) in &list.0 {
                prop_assert_eq!(decoded.find(*index), Some(*tile));
            }
            prop_assert_eq!(decoded, list);
        }
    }
}
