//! The log of every canvas: append by group commit, read back any version, snapshots, live heads, recovery.
//!
//! One way in: [`Journal::append`]. One way out: [`Journal::image_at`]. Both are synchronous and may block on the disk.
//!
//! Writing: [`queue`](self) → `committer` gathers requests → `group` turns them into one batch → the store makes it
//! durable → `live` publishes the heads → the requests are answered. Reading: `image` cuts a region into bands, each
//! rebuilt by `replay` from the newest snapshot before the version and the log after that.

mod api;
mod committer;
mod core;
mod error;
mod group;
mod history;
mod image;
mod live;
mod metrics;
mod open;
mod partition;
mod permits;
mod replay;
mod request;
mod reservation;
mod snapshot;
mod snapshotter;
mod staging;
mod state;
mod stats;
mod types;
mod verify;
mod writer;

pub use api::Journal;
pub use error::{JournalError, PixelProblem};
pub use image::ImageReader;
pub use metrics::{Histogram, HistogramReading, Metrics, MetricsReading};
pub use reservation::{Reservation, Terms};
pub use types::{
    Append, Canvas, Committed, Current, EntryFilter, Expectation, Head, HistoryPage, HistoryQuery, Kind, NewCanvas,
    Options, Records, RowSource, StateCommitted, StateWrite, Stats,
};
