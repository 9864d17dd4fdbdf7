//! Small records: one fact each.

use bincode::{Decode, Encode};

use super::frame::{end_frame, put_header, start_frame, take_header};
use super::{FormatError, open_frame};

macro_rules! small_record {
    ($name:ident) => {
        impl $name {
            /// The record under `key`.
            #[must_use]
            pub fn encode(&self, key: &[u8]) -> Vec<u8> {
                let mut record = start_frame(64);
                put_header(&mut record, self);
                end_frame(key, record)
            }

            /// What `record` says, read from under `key`.
            ///
            /// # Errors
            ///
            /// [`FormatError`] where it is damaged.
            pub fn decode(key: &[u8], record: &[u8]) -> Result<Self, FormatError> {
                take_header(open_frame(key, record)?).map(|(header, _)| header)
            }
        }
    };
}

/// An author of a canvas.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AuthorRecord {
    /// The name.
    pub name: String,
    /// Whether a token vouched for it.
    pub authenticated: bool,
}
small_record!(AuthorRecord);

/// The current canvas and run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CurrentRecord {
    /// The canvas.
    pub canvas: u64,
    /// The run, where there is one.
    pub run: Option<u64>,
}
small_record!(CurrentRecord);

/// One number: the canvas of a name, the number of an author, the time at which staging began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct NumberRecord {
    /// The number.
    pub number: u64,
}
small_record!(NumberRecord);

/// What the store is: what must be the same for every program that opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoreRecord {
    /// Entries in a full block.
    pub block_entries: u32,
    /// Cells on a side of a tile.
    pub tile_side: u32,
}
small_record!(StoreRecord);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_records_round_trip() {
        let author = AuthorRecord { name: "é".repeat(128), authenticated: true };
        assert_eq!(AuthorRecord::decode(b"k", &author.encode(b"k")), Ok(author));
        let current = CurrentRecord { canvas: 7, run: Some(u64::MAX) };
        assert_eq!(CurrentRecord::decode(b"k", &current.encode(b"k")), Ok(current));
        let number = NumberRecord { number: 1 << 40 };
        assert_eq!(NumberRecord::decode(b"k", &number.encode(b"k")), Ok(number));
        let store = StoreRecord { block_entries: 512, tile_side: 256 };
        assert_eq!(StoreRecord::decode(b"k", &store.encode(b"k")), Ok(store));
        assert_eq!(StoreRecord::decode(b"x", &store.encode(b"k")), Err(FormatError::Checksum));
    }
}
