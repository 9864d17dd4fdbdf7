//! The log of every canvas: append by group commit, read back any version, snapshots, live heads, recovery.
//!
//! One way in: [`Journal::append`]. One way out: [`Journal::image_at`]. Both are synchronous and may block on the disk.

mod api;
mod error;
mod types;

pub use api::{ImageReader, Journal};
pub use error::{JournalError, PixelProblem};
pub use types::{
    Append, Canvas, Committed, Current, EntryFilter, Expectation, Head, HistoryPage, HistoryQuery, Kind, NewCanvas,
    Options, Records, RowSource, StateCommitted, StateWrite, Stats,
};
