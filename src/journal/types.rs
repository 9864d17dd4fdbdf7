//! What goes into the journal and what comes out of it.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::canvas::{
    Author, CanvasId, Colour, Entry, Label, Mode, Name, Palette, Pixel, Rect, RunId, Size, Source, Time, Version,
};
use crate::store::Order;

use super::JournalError;

/// How a journal behaves; every bound on memory stands here.
#[derive(Debug, Clone)]
pub struct Options {
    /// The longest side of a canvas, in cells.
    pub side_max: u32,
    /// The most cells of a canvas.
    pub cells_max: u32,
    /// The most pixels in one append.
    pub batch_pixels_max: usize,
    /// About how many bytes of image a read holds at once; a larger image is rebuilt in bands of rows (of at least one
    /// row, and of at least one row of tiles where tiles are written).
    pub band_bytes: usize,
    /// Entries from the first undone one to the head, at most: a bit each is kept, and each is read once a band.
    pub undo_entries_max: u64,
    /// About how many bytes of log, 8 an entry, are sorted by bands in memory; more go through a temporary file.
    pub sort_bytes: usize,
    /// Where a long stretch of log is sorted by bands, in a file without a name; the system's folder for temporary
    /// files where there is none.
    pub scratch: Option<PathBuf>,
    /// Appends that may wait for the committer before [`super::JournalError::Overloaded`].
    pub queue_max: usize,
    /// Canvases whose newest entries are kept in memory.
    pub canvases_cached_max: usize,
    /// About how many of the newest pixels of followed canvases are kept in memory, of all together: 8 bytes each.
    pub recent_pixels_max: usize,
    /// Threads that may read from the store at once.
    pub readers_max: usize,
    /// Whether snapshots are taken in the background.
    pub snapshots: bool,
    /// The fewest full blocks between two snapshots of a canvas.
    pub snapshot_blocks_min: u64,
    /// How long the outcome of a write with an idempotency key is remembered.
    pub idempotency_ttl: Duration,
    /// How many such outcomes are remembered; of more, the oldest are forgotten. They take disk, not memory.
    pub idempotency_keys_max: u64,
    /// Callers whose cooldowns are kept in memory; of more, those that end first are forgotten.
    pub cooldowns_max: usize,
    /// Records of the log that one page of history looks at, about; 8,192 take about 40 ms.
    pub page_records_max: u64,
    /// Whether deltas are taken in the background, and read.
    pub deltas: bool,
    /// The fewest bytes of image that a canvas with deltas has: on a smaller one snapshots are close together.
    pub delta_image_bytes_min: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            side_max: 16_384,
            cells_max: 1 << 26,
            batch_pixels_max: 65_536,
            band_bytes: 4 << 20,
            undo_entries_max: 1 << 26,
            sort_bytes: 4 << 20,
            scratch: None,
            queue_max: 4_096,
            canvases_cached_max: 256,
            recent_pixels_max: 1 << 18,
            readers_max: 2,
            snapshots: true,
            snapshot_blocks_min: 64,
            idempotency_ttl: Duration::from_secs(24 * 3_600),
            idempotency_keys_max: 1_000_000,
            cooldowns_max: 65_536,
            page_records_max: 8_192,
            deltas: true,
            delta_image_bytes_min: 2 << 20,
        }
    }
}

impl Options {
    /// A new file without a name, for sorting.
    pub(super) fn scratch_file(&self) -> io::Result<File> {
        match &self.scratch {
            Some(folder) => tempfile::tempfile_in(folder),
            None => tempfile::tempfile(),
        }
    }
}

/// What a canvas is made from.
#[derive(Debug, Clone)]
pub struct NewCanvas {
    /// Its name; without one, `canvas-N` is made.
    pub name: Option<Name>,
    /// Its size.
    pub size: Size,
    /// Its layout.
    pub mode: Mode,
    /// The colour of every cell at version 0.
    pub background: Colour,
}

/// What never changes about a canvas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canvas {
    /// Its number.
    pub id: CanvasId,
    /// Its name.
    pub name: Name,
    /// Its size.
    pub size: Size,
    /// Its layout.
    pub mode: Mode,
    /// The colour of every cell at version 0.
    pub background: Colour,
    /// When it was made.
    pub created_at: Time,
    /// What it is limited to.
    pub settings: Arc<Settings>,
}

/// What a canvas is limited to. It is given when the canvas is made and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The colours that may be written. The background need not be one of them: only restore and undo may then give it
    /// back to a cell. Cells that keep their colour are not asked about.
    pub palette: Option<Palette>,
    /// Milliseconds that a caller ([`super::Terms::caller`]) waits between two pixels; 0 where none are to be waited.
    pub cooldown_ms: u32,
}

/// A canvas, and what changes about it but its image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasNow {
    /// What never changes about it.
    pub canvas: Canvas,
    /// Its newest version.
    pub head: Head,
    /// What people call it, where they do.
    pub label: Option<Label>,
}

/// A page of canvases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasPage {
    /// The canvases, newest first. One whose newest records or whose label are damaged is left out.
    pub canvases: Vec<CanvasNow>,
    /// The next page is of those before this one.
    pub next: Option<CanvasId>,
}

/// The newest version that is on stable storage. Only what is, is visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The version.
    pub version: Version,
    /// The time of its entry; of the canvas's creation at version 0.
    pub time: Time,
}

/// What a writer requires of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// Nothing.
    Any,
    /// That it is this version.
    Head(Version),
}

impl Expectation {
    /// Whether the head is where the writer expects it.
    ///
    /// # Errors
    ///
    /// [`JournalError::HeadMoved`].
    pub const fn check(self, head: Version) -> Result<(), JournalError> {
        match self {
            Self::Head(expected) if expected.0 != head.0 => Err(JournalError::HeadMoved { expected, head }),
            _ => Ok(()),
        }
    }
}

/// Small records that are written together with something else, or alone by [`super::Journal::write_records`]. They
/// belong to the layer above; the journal keeps their bytes without reading them.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// The record of a run, at most [`Records::RUN_BYTES_MAX`] bytes.
    pub run: Option<(RunId, Vec<u8>)>,
    /// The new current canvas and run.
    pub current: Option<Current>,
}

impl Records {
    /// The most bytes of a run's record.
    pub const RUN_BYTES_MAX: usize = 6_000;

    /// Refuses what cannot be stored: it would fail the commit of everybody in the group.
    pub(super) fn check(&self) -> Result<(), JournalError> {
        match &self.run {
            Some((_, record)) if record.len() > Self::RUN_BYTES_MAX => {
                Err(JournalError::RecordTooLong { bytes: record.len(), max: Self::RUN_BYTES_MAX })
            }
            _ => Ok(()),
        }
    }
}

/// What the ping-pong surface is looking at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// The current canvas. [`CanvasId`] 0 in [`super::Journal::create_canvas`] stands for the canvas being made.
    pub canvas: CanvasId,
    /// The current run, where there is one.
    pub run: Option<RunId>,
}

/// Pixels to be appended, in order, all or none.
#[derive(Debug, Clone)]
pub struct Append {
    /// To which canvas.
    pub canvas: CanvasId,
    /// The pixels, at least one.
    pub pixels: Vec<Pixel>,
    /// By whom.
    pub author: Option<Author>,
    /// On which way.
    pub source: Source,
    /// What must hold for it to happen.
    pub expectation: Expectation,
    /// What else is written in the same commit.
    pub records: Records,
}

/// Entries that are on stable storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The version that the first of them made.
    pub first_version: Version,
    /// The version that the last of them made.
    pub version: Version,
    /// Their time.
    pub time: Time,
}

/// Rows of an image, top down, each the width of the region, [`Mode::channels`] bytes a cell.
pub trait RowSource {
    /// Fills `row` with the next row.
    ///
    /// # Errors
    ///
    /// What stopped the decoding; [`io::Error::other`] around the decoder's own error keeps its type.
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()>;
}

/// A rectangle to be replaced at once.
#[derive(Debug, Clone)]
pub struct StateWrite {
    /// On which canvas.
    pub canvas: CanvasId,
    /// Which rectangle.
    pub region: Rect,
    /// By whom.
    pub author: Option<Author>,
    /// On which way.
    pub source: Source,
    /// What must hold for it to happen.
    pub expectation: Expectation,
    /// What else is written in the same commit (also where nothing changed).
    pub records: Records,
}

/// What became of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCommitted {
    /// The head after it: the new entry's version, or the head it was equal to.
    pub version: Version,
    /// How many cells changed; with 0 no entry was made.
    pub changed: u32,
    /// The time of that version.
    pub time: Time,
}

/// The two kinds of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One cell took one colour.
    Pixel,
    /// A rectangle was replaced.
    State,
}

/// Which entries a history shows.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    /// Only of this kind.
    pub kind: Option<Kind>,
    /// Only by the author of this name.
    pub author: Option<String>,
    /// Only what lies within, or meets, this rectangle.
    pub region: Option<Rect>,
    /// Only from this time on.
    pub since: Option<Time>,
    /// Only up to this time.
    pub until: Option<Time>,
}

/// A page of history to be read.
#[derive(Debug, Clone)]
pub struct HistoryQuery {
    /// Newest or oldest first.
    pub order: Order,
    /// Only entries after this version.
    pub after: Option<Version>,
    /// Only entries before this version.
    pub before: Option<Version>,
    /// At most so many.
    pub limit: usize,
    /// Which.
    pub filter: EntryFilter,
}

/// A page of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// The head when the page was read.
    pub head: Version,
    /// The entries found, in the order asked for.
    pub entries: Vec<Entry>,
    /// Where the next page goes on: `after` this version when ascending, `before` it when descending. A page looks at a
    /// bounded number of entries, so one that is short or empty may have a next.
    pub next: Option<Version>,
}

/// What a canvas takes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Bytes of the log's own records: blocks, tails, authors' and times' columns, states.
    pub log_bytes: u64,
    /// Full blocks.
    pub blocks: u64,
    /// Bytes of snapshots.
    pub snapshot_bytes: u64,
    /// Snapshots.
    pub snapshots: u64,
    /// Bytes of deltas.
    pub delta_bytes: u64,
    /// Deltas.
    pub deltas: u64,
    /// Entries that are pixels.
    pub pixels: u64,
    /// Entries that are states.
    pub states: u64,
    /// Authors who are known by name.
    pub authors: u64,
}
