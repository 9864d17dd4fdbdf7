//! Bytes on disk: keys, and the records under them. Pure functions, no I/O; `docs/FORMAT.md` shows the tables.
//!
//! Every record is framed by a version byte before and a CRC-32C behind it that also covers its key, so that a record
//! found in another's place is as damaged as one with a flipped bit. Numbers are fixed-width little-endian within
//! records and big-endian within keys, so that keys sort by number.

mod authors;
mod block;
mod canvas;
mod delta;
mod error;
mod export;
mod frame;
pub mod key;
mod manifest;
mod run;
mod small;
mod state;
mod tile;
mod who;

pub use authors::{
    AUTHOR_INDEX_ENTRIES, author_bytes, author_checksum, decode_author_index, decode_author_list, encode_author_index,
    encode_author_list, put_author, take_authors,
};
pub use block::{BlockView, Slot, encode_block};
pub use canvas::CanvasRecord;
pub use delta::{DELTA_BLOCKS, DELTA_ENTRIES, DIRECTORY_TILES, DeltaTile, Directory, TileOffsets, encode_delta_tile};
pub use error::FormatError;
pub use export::{
    EXPORT_SIGNATURE, EXPORT_VERSION, ExportError, ExportedCanvas, ExportedCells, ExportedState, ExportedTotals,
    SECTION_BYTES_MAX, SectionKind, decode_authors, decode_exported_tile, decode_pixels, decode_tags, encode_authors,
    encode_exported_tile, encode_pixels, encode_tags,
};
pub use frame::{open_frame, seal_frame};
pub use manifest::{MANIFEST_PART_TILES, TileRef, decode_manifest_part, encode_manifest_part};
pub use run::RunRecord;
pub use small::{
    AuthorRecord, CurrentRecord, LabelRecord, NumberRecord, OutcomeKind, OutcomeOrderRecord, OutcomeRecord,
    SettingsRecord, StoreRecord, TombstoneRecord,
};
pub use state::{Blob, PixelList, StateData, StateRecord, TileList, pixels_per_part};
pub use tile::{TileCodec, compress_tile, decompress_tile};
pub use who::{Who, WhoRun, decode_who, encode_who};

/// The version byte of every record.
pub const FORMAT_VERSION: u8 = 1;

/// Entries in a full block: block k holds the versions 512·k + 1 to 512·(k + 1).
pub const BLOCK_ENTRIES: usize = 512;

/// The largest value of a record, frame included. Above about 6.8 KiB sled 0.34 may move a page into a file under
/// `blobs/`, which it never syncs.
pub const VALUE_BYTES_MAX: usize = 6_144;

/// Bytes that the frame adds to a record.
pub const FRAME_BYTES: usize = 5;

/// The most bytes in one part of staged data, before the frame.
pub const PART_BYTES_MAX: usize = VALUE_BYTES_MAX - FRAME_BYTES;
