//! The handle.

#![expect(clippy::needless_pass_by_value, clippy::unused_self, missing_debug_implementations, reason = "skeleton")]

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Append, Canvas, Committed, Current, Head, HistoryPage, HistoryQuery, JournalError, NewCanvas, Options, Records,
    RowSource, StateCommitted, StateWrite, Stats,
};
use crate::canvas::{CanvasId, Name, Raster, Rect, RunId, Time, Version};
use crate::store::Store;

/// The log of every canvas in one store. Cheap to clone; all clones share one committer.
#[derive(Clone)]
pub struct Journal {}

impl Journal {
    /// Opens the journal in `store`: checks the newest records, sweeps what nothing names, starts the committer.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`] where the store fails, [`JournalError::Corrupt`] where it holds another format.
    pub fn open(_store: Arc<dyn Store>, _options: Options) -> Result<Self, JournalError> {
        todo!()
    }

    /// The options it was opened with.
    #[must_use]
    pub fn options(&self) -> &Options {
        todo!()
    }

    /// Now, by the clock that stamps entries.
    #[must_use]
    pub fn now(&self) -> Time {
        todo!()
    }

    /// Makes a canvas and whatever `records` say, in one commit.
    ///
    /// # Errors
    ///
    /// [`JournalError::NameTaken`], [`JournalError::TooLarge`], [`JournalError::Transparent`] (its background), and
    /// what a commit can fail with.
    pub fn create_canvas(&self, _new: NewCanvas, _records: Records) -> Result<Canvas, JournalError> {
        todo!()
    }

    /// The canvas of that name.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvas`], [`JournalError::Deleted`].
    pub fn canvas_named(&self, _name: &Name) -> Result<Canvas, JournalError> {
        todo!()
    }

    /// The canvas of that number.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvasId`], [`JournalError::Deleted`].
    pub fn canvas(&self, _id: CanvasId) -> Result<Canvas, JournalError> {
        todo!()
    }

    /// At most `limit` canvases older than `before`, newest first.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`], [`JournalError::Corrupt`].
    pub fn canvases(&self, _before: Option<CanvasId>, _limit: usize) -> Result<Vec<Canvas>, JournalError> {
        todo!()
    }

    /// The newest durable version of a canvas.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvasId`], [`JournalError::Store`], [`JournalError::Corrupt`].
    pub fn head(&self, _canvas: CanvasId) -> Result<Head, JournalError> {
        todo!()
    }

    /// The time of a version (of the canvas's creation for version 0).
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`] and what reading can fail with.
    pub fn time_of(&self, _canvas: CanvasId, _version: Version) -> Result<Time, JournalError> {
        todo!()
    }

    /// Appends pixels and returns once they are on stable storage.
    ///
    /// # Errors
    ///
    /// [`JournalError::BatchSize`], [`JournalError::BadPixel`], [`JournalError::HeadMoved`],
    /// [`JournalError::Overloaded`], [`JournalError::Stopping`] or [`JournalError::Store`] with
    /// [`crate::store::StoreError::Full`]: nothing was written. Other store errors: unknown until a restart.
    pub fn append(&self, _append: Append) -> Result<Committed, JournalError> {
        todo!()
    }

    /// As [`Self::append`], but returns when it is queued; `reply` is called by the committer with the outcome, and
    /// must not block.
    ///
    /// # Errors
    ///
    /// What is known before it is queued; `reply` is then dropped without being called.
    pub fn append_then(
        &self,
        _append: Append,
        _reply: impl FnOnce(Result<Committed, JournalError>) + Send + 'static,
    ) -> Result<(), JournalError> {
        todo!()
    }

    /// Replaces a rectangle by the rows that `open` brings, as one entry; where nothing differs, no entry is made.
    /// `open` is called again when another writer came between.
    ///
    /// # Errors
    ///
    /// As [`Self::append`], and [`JournalError::BadRegion`], [`JournalError::Transparent`], [`JournalError::Rows`].
    pub fn put_state(
        &self,
        _write: StateWrite,
        _open: &mut dyn FnMut() -> io::Result<Box<dyn RowSource>>,
    ) -> Result<StateCommitted, JournalError> {
        todo!()
    }

    /// The image of `region` at `version`, to be read band by band.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::BadRegion`], and what reading can fail with.
    pub fn image_at(&self, _canvas: CanvasId, _version: Version, _region: Rect) -> Result<ImageReader, JournalError> {
        todo!()
    }

    /// A page of history.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn history(&self, _canvas: CanvasId, _query: &HistoryQuery) -> Result<HistoryPage, JournalError> {
        todo!()
    }

    /// Waits until the head of `canvas` is beyond `version`, at most `timeout`; returns the head either way.
    ///
    /// # Errors
    ///
    /// As [`Self::head`].
    pub fn wait_beyond(&self, _canvas: CanvasId, _version: Version, _timeout: Duration) -> Result<Head, JournalError> {
        todo!()
    }

    /// A number for a new run.
    #[must_use]
    pub fn new_run_id(&self) -> RunId {
        todo!()
    }

    /// Writes records that go with nothing else, durably.
    ///
    /// # Errors
    ///
    /// What a commit can fail with.
    pub fn write_records(&self, _records: Records) -> Result<(), JournalError> {
        todo!()
    }

    /// The record of a run.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoRun`], [`JournalError::Store`].
    pub fn run_record(&self, _run: RunId) -> Result<Vec<u8>, JournalError> {
        todo!()
    }

    /// At most `limit` records of runs older than `before`, newest first.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`].
    pub fn run_records(&self, _before: Option<RunId>, _limit: usize) -> Result<Vec<(RunId, Vec<u8>)>, JournalError> {
        todo!()
    }

    /// What the ping-pong surface is looking at, where it ever looked at anything.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`], [`JournalError::Corrupt`].
    pub fn current(&self) -> Result<Option<Current>, JournalError> {
        todo!()
    }

    /// What a canvas takes up.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn stats(&self, _canvas: CanvasId) -> Result<Stats, JournalError> {
        todo!()
    }

    /// Bytes that the store takes on disk.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`].
    pub fn disk_bytes(&self) -> Result<u64, JournalError> {
        todo!()
    }

    /// Reads every record of a canvas and compares every snapshot with its replay; calls `damaged` with each thing
    /// found wrong, in words, and `progress` with versions checked so far.
    ///
    /// # Errors
    ///
    /// What keeps it from going on at all.
    pub fn verify(
        &self,
        _canvas: CanvasId,
        _progress: &mut dyn FnMut(Version),
        _damaged: &mut dyn FnMut(String),
    ) -> Result<(), JournalError> {
        todo!()
    }

    /// Why nothing more can be written, where that is so: a commit failed with its outcome unknown.
    #[must_use]
    pub fn poisoned(&self) -> Option<String> {
        todo!()
    }

    /// Waits until no snapshot is being taken or due. For benchmarks and tests.
    pub fn settle(&self) {
        todo!()
    }

    /// Takes no more writes, finishes those that wait, stops the background threads. Called again it does nothing.
    pub fn close(&self) {
        todo!()
    }
}

/// An image being rebuilt, band by band, from the top.
pub struct ImageReader {}

impl ImageReader {
    /// The version it shows.
    #[must_use]
    pub fn version(&self) -> Version {
        todo!()
    }

    /// The next band: as wide as the region, as many rows as fit the budget; `None` after the last.
    ///
    /// # Errors
    ///
    /// [`JournalError::Corrupt`], [`JournalError::Store`].
    pub fn next_band(&mut self) -> Result<Option<Raster>, JournalError> {
        todo!()
    }
}
