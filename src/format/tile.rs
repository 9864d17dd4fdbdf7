//! Tiles: the cells of one rectangle, compressed by LZ4 where that makes them smaller.

use super::FormatError;

/// How the bytes of a tile are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum TileCodec {
    /// As they are.
    Raw = 0,
    /// As one LZ4 block.
    Lz4 = 1,
}

/// The stored form of the cells `raw`: a codec byte and what it says follows.
#[must_use]
pub fn compress_tile(raw: &[u8]) -> Vec<u8> {
    let mut stored = vec![0; 1 + lz4_flex::block::get_maximum_output_size(raw.len())];
    let compressed = stored.get_mut(1..).and_then(|room| lz4_flex::block::compress_into(raw, room).ok());
    match compressed {
        Some(length) if length < raw.len() => {
            stored.truncate(1 + length);
            if let Some(codec) = stored.first_mut() {
                *codec = TileCodec::Lz4 as u8;
            }
        }
        _ => {
            stored.clear();
            stored.push(TileCodec::Raw as u8);
            stored.extend_from_slice(raw);
        }
    }
    stored
}

/// Puts the cells that `stored` holds into `raw`, which has just their length.
///
/// # Errors
///
/// [`FormatError`] where they are damaged or of another length.
pub fn decompress_tile(stored: &[u8], raw: &mut [u8]) -> Result<(), FormatError> {
    let (codec, data) = stored.split_first().ok_or(FormatError::Short)?;
    match *codec {
        codec if codec == TileCodec::Raw as u8 && data.len() == raw.len() => {
            raw.copy_from_slice(data);
            Ok(())
        }
        codec if codec == TileCodec::Lz4 as u8 => match lz4_flex::block::decompress_into(data, raw) {
            Ok(length) if length == raw.len() => Ok(()),
            _ => Err(FormatError::Content("tile")),
        },
        _ => Err(FormatError::Content("tile codec")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tiles_round_trip(raw in proptest::collection::vec(any::<u8>(), 1..2_000), repeat in 1usize..40) {
            let raw = raw.repeat(repeat);
            let stored = compress_tile(&raw);
            prop_assert!(stored.len() <= raw.len() + 1);
            let mut back = vec![0; raw.len()];
            prop_assert_eq!(decompress_tile(&stored, &mut back), Ok(()));
            prop_assert_eq!(&back, &raw);
            let mut longer = vec![0; raw.len() + 1];
            prop_assert!(decompress_tile(&stored, &mut longer).is_err());
        }
    }
}
