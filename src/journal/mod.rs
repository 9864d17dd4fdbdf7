//! The log of every canvas: append by group commit, read back any version, snapshots, live heads, recovery.
//!
//! One way in: [`Journal::append`]. One way out: [`Journal::image_at`]. Both are synchronous and may block on the disk.
//!
//! Writing: [`queue`](self) → `committer` gathers requests → `group` turns them into one batch → the store makes it
//! durable → `live` publishes the heads → the requests are answered. Reading: `image` cuts a region into bands, each
//! rebuilt by `replay` from the newest snapshot before the version and the log after that.
//!
//! Each write is decided in one order: its idempotency key (`keys`), the expected head, the cooldown (`cooldown`), its
//! content. `tags` names versions, `labels` canvases; `deletion` hides a canvas at once and purges it in the background.

mod api;
mod authors;
mod cell;
mod committer;
mod cooldown;
mod core;
mod deletion;
mod delta;
mod diff;
mod error;
mod export;
mod follow;
mod frames;
mod group;
mod hidden;
mod history;
mod image;
mod import;
mod import_file;
mod keys;
mod labels;
mod live;
mod metrics;
mod open;
mod partition;
mod permits;
mod rebuild;
mod recent;
mod replay;
mod request;
mod reservation;
mod restore;
mod roster;
mod rows;
mod settings;
mod snapshot;
mod snapshotter;
mod staging;
mod state;
mod stats;
mod surface;
mod tags;
mod terms;
mod timeline;
mod times;
mod touched;
mod types;
mod undo;
mod verify;
mod waiters;
mod without;
mod writer;
mod writes;

pub use api::Journal;
pub use cell::{CellColour, Origin};
pub use diff::{DiffCount, DiffPage, DiffQuery, DiffReader, Difference};
pub use error::{JournalError, PixelProblem};
pub use follow::{ChangeLimits, Changed, Changes, Followed, Follower, Glance};
pub use frames::{Frame, FrameReader, FramesQuery};
pub use image::ImageReader;
pub use import::{Fork, ImportBuilder, ImportTerms};
pub use labels::LabelWrite;
pub use metrics::{Histogram, HistogramReading, Metrics, MetricsReading};
pub use reservation::Reservation;
pub use rows::LogRows;
pub use tags::{TagPage, TagWrite};
pub use terms::{Answered, CallerId, Claim, CreateTerms, Idempotency, Outcome, Recalled, Terms};
pub use timeline::{Bucket, Timeline};
pub use types::{
    Append, Canvas, CanvasNow, CanvasPage, Committed, Current, EntryFilter, Expectation, Head, HistoryPage,
    HistoryQuery, Kind, NewCanvas, Options, Records, RowSource, Settings, StateCommitted, StateWrite, Stats,
};
pub use undo::{Undo, UndoCommitted, UndoEntries};
