//! Where the tiles of a snapshot are: fixed-width entries, one a tile of the canvas, in parts of equal length.

use super::frame::{end_frame, start_frame};
use super::{FormatError, open_frame};
use crate::canvas::StateId;

/// Tiles in each part of a manifest but the last.
pub const MANIFEST_PART_TILES: usize = 256;

const ENTRY_BYTES: usize = 16;

/// Where the stored form of a tile is: so many bytes from the start of a part on. [`TileRef::BACKGROUND`] is a tile in
/// which nothing was ever written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileRef {
    /// Under which id; 0 for none.
    pub data: StateId,
    /// The first part that holds it.
    pub part: u32,
    /// Its bytes, codec byte included.
    pub bytes: u32,
}

impl TileRef {
    /// A tile in which every cell has the canvas's background.
    pub const BACKGROUND: Self = Self { data: StateId(0), part: 0, bytes: 0 };

    /// Whether nothing is stored for it.
    #[must_use]
    pub fn is_background(self) -> bool {
        self == Self::BACKGROUND
    }
}

/// The record of one part of a manifest: at most [`MANIFEST_PART_TILES`] tiles.
#[must_use]
pub fn encode_manifest_part(key: &[u8], tiles: &[TileRef]) -> Vec<u8> {
    debug_assert!(tiles.len() <= MANIFEST_PART_TILES);
    let mut record = start_frame(tiles.len() * ENTRY_BYTES);
    for tile in tiles {
        record.extend_from_slice(&tile.data.0.to_le_bytes());
        record.extend_from_slice(&tile.part.to_le_bytes());
        record.extend_from_slice(&tile.bytes.to_le_bytes());
    }
    end_frame(key, record)
}

/// The tiles of a part, read from under `key`, which must hold `count` of them.
///
/// # Errors
///
/// [`FormatError`] where it is damaged or holds another number of tiles.
pub fn decode_manifest_part(key: &[u8], record: &[u8], count: usize) -> Result<Vec<TileRef>, FormatError> {
    let body = open_frame(key, record)?;
    if body.len() != count * ENTRY_BYTES {
        return Err(FormatError::Content("length"));
    }
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    body.chunks_exact(ENTRY_BYTES)
        .map(|entry| {
            let (data, rest) = entry.split_at(8);
            let (part, bytes) = rest.split_at(4);
            let narrow = |bytes| u32::try_from(number(bytes)).map_err(|_| FormatError::Content("integer"));
            Ok(TileRef { data: StateId(number(data)), part: narrow(part)?, bytes: narrow(bytes)? })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn manifests_round_trip(tiles in proptest::collection::vec(any::<(u64, u32, u32)>(), 0..=256)) {
            let tiles: Vec<_> = tiles
                .into_iter()
                .map(|(data, part, bytes)| TileRef { data: StateId(data), part, bytes })
                .collect();
            let record = encode_manifest_part(b"key", &tiles);
            prop_assert!(record.len() <= crate::format::VALUE_BYTES_MAX);
            prop_assert_eq!(decode_manifest_part(b"key", &record, tiles.len()), Ok(tiles.clone()));
            prop_assert!(decode_manifest_part(b"key", &record, tiles.len() + 1).is_err());
        }
    }
}
