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

/// The palette and the cooldown of a canvas; one that has neither has no such record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SettingsRecord {
    /// Milliseconds that a caller waits between two pixels; 0 where none are to be waited.
    pub cooldown_ms: u32,
    /// The colours that may be written, red, green, blue, alpha.
    pub palette: Option<Vec<[u8; 4]>>,
}
small_record!(SettingsRecord);

/// What people call a canvas; one that nobody calls anything has no such record.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LabelRecord {
    /// The label.
    pub label: String,
}
small_record!(LabelRecord);

/// That a canvas was deleted; kept for ever, so that its name is not given out again.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TombstoneRecord {
    /// Its name.
    pub name: String,
    /// When it was deleted.
    pub deleted_at: i64,
}
small_record!(TombstoneRecord);

/// What became of a write that may be repeated, under the hash of its key.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OutcomeRecord {
    /// The hash of its body.
    pub body: [u8; 32],
    /// Its number in the order in which outcomes were remembered.
    pub number: u64,
    /// When it was remembered.
    pub time: i64,
    /// The outcome.
    pub kind: OutcomeKind,
}
small_record!(OutcomeRecord);

/// The kinds of outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum OutcomeKind {
    /// Pixels were appended.
    Appended {
        /// The version that the first of them made.
        first_version: u64,
        /// The version that the last of them made.
        version: u64,
        /// Their time.
        time: i64,
    },
    /// A state was put.
    State {
        /// The version after it.
        version: u64,
        /// How many cells changed.
        changed: u32,
        /// The time of that version.
        time: i64,
    },
    /// A canvas was made, of this number.
    Created(u64),
    /// Bytes of the layer above.
    Bytes(Vec<u8>),
    /// Entries were taken back.
    Undone {
        /// The version after it.
        version: u64,
        /// How many cells changed.
        changed: u32,
        /// How many cells others had written since.
        skipped: u32,
        /// The time of that version.
        time: i64,
    },
}

/// Which outcome was remembered as a number: what expires first comes first.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OutcomeOrderRecord {
    /// The hash of its key.
    pub hash: [u8; 32],
    /// When it was remembered.
    pub time: i64,
}
small_record!(OutcomeOrderRecord);

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
        let outcome = OutcomeRecord { body: [1; 32], number: 2, time: 3, kind: OutcomeKind::Bytes(vec![4; 4_096]) };
        let record = outcome.encode(b"k");
        assert!(record.len() <= crate::format::VALUE_BYTES_MAX, "{} bytes", record.len());
        assert_eq!(OutcomeRecord::decode(b"k", &record), Ok(outcome));
        let settings = SettingsRecord { cooldown_ms: 5, palette: Some(vec![[1, 2, 3, 4]; 1_024]) };
        let record = settings.encode(b"k");
        assert!(record.len() <= crate::format::VALUE_BYTES_MAX, "{} bytes", record.len());
        assert_eq!(SettingsRecord::decode(b"k", &record), Ok(settings));
        let label = LabelRecord { label: "é".repeat(128) };
        assert_eq!(LabelRecord::decode(b"k", &label.encode(b"k")), Ok(label));
        let store = StoreRecord { block_entries: 512, tile_side: 256 };
        assert_eq!(StoreRecord::decode(b"k", &store.encode(b"k")), Ok(store));
        assert_eq!(StoreRecord::decode(b"x", &store.encode(b"k")), Err(FormatError::Checksum));
    }

    /// The bodies, byte by byte, as docs/FORMAT.md has them.
    #[test]
    fn the_bytes_stay_what_they_are() {
        let body = |record: Vec<u8>| crate::format::open_frame(b"k", &record).map(<[u8]>::to_vec);
        let settings = SettingsRecord { cooldown_ms: 0x0102, palette: Some(vec![[9, 8, 7, 255]]) };
        assert_eq!(body(settings.encode(b"k")), Ok(vec![2, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 8, 7, 255]));
        let tombstone = TombstoneRecord { name: "ab".to_owned(), deleted_at: 3 };
        assert_eq!(body(tombstone.encode(b"k")), Ok(vec![2, 0, 0, 0, 0, 0, 0, 0, b'a', b'b', 3, 0, 0, 0, 0, 0, 0, 0]));
        let label = LabelRecord { label: "é".to_owned() };
        assert_eq!(body(label.encode(b"k")), Ok(vec![2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0xa9]));
        let order = OutcomeOrderRecord { hash: [7; 32], time: 1 };
        assert_eq!(body(order.encode(b"k")), Ok([&[7; 32][..], &[1, 0, 0, 0, 0, 0, 0, 0]].concat()));
        let kinds = [
            OutcomeKind::Appended { first_version: 1, version: 2, time: 3 },
            OutcomeKind::State { version: 1, changed: 2, time: 3 },
            OutcomeKind::Created(1),
            OutcomeKind::Bytes(vec![5]),
            OutcomeKind::Undone { version: 1, changed: 2, skipped: 3, time: 4 },
        ];
        let number = |n: u8| [n, 0, 0, 0, 0, 0, 0, 0];
        let bodies = [
            [&[0, 0, 0, 0][..], &number(1), &number(2), &number(3)].concat(),
            [&[1, 0, 0, 0][..], &number(1), &[2, 0, 0, 0], &number(3)].concat(),
            [&[2, 0, 0, 0][..], &number(1)].concat(),
            [&[3, 0, 0, 0][..], &number(1), &[5]].concat(),
            [&[4, 0, 0, 0][..], &number(1), &[2, 0, 0, 0], &[3, 0, 0, 0], &number(4)].concat(),
        ];
        for (kind, expected) in kinds.into_iter().zip(bodies) {
            let record = OutcomeRecord { body: [6; 32], number: 1, time: 2, kind };
            assert_eq!(body(record.encode(b"k")), Ok([&[6; 32][..], &number(1), &number(2), &expected].concat()));
        }
    }
}
