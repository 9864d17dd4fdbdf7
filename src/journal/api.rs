//! The handle that everything above the journal works with.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::canvas::{Author, CanvasId, Mode, Name, Rect, RunId, Time, Version};
use crate::format::{key, open_frame};
use crate::store::{Order, Store, StoreError};

use super::core::{Core, corrupt, missing};
use super::request::{Content, Reply, Request, Write};
use super::{
    Append, Canvas, Committed, Current, Head, HistoryPage, HistoryQuery, ImageReader, JournalError, Metrics, NewCanvas,
    Options, PixelProblem, Records, Reservation, RowSource, StateCommitted, StateWrite, Stats, Terms, committer,
    history, open, snapshotter, state, stats, verify,
};

/// The log of every canvas in one store. Cheap to clone; all clones share one committer.
#[derive(Clone)]
pub struct Journal(Arc<Threads>);

/// The journal's threads, which end with its last handle.
struct Threads {
    core: Arc<Core>,
    committer: Mutex<Option<JoinHandle<()>>>,
    snapshotter: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").field("options", self.options()).finish_non_exhaustive()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.close();
    }
}

impl Threads {
    fn close(&self) {
        self.core.closing.store(true, Ordering::Release);
        self.core.snapshots.close();
        // The last handle may go with a reply that the committer called: it cannot wait for itself. It ends when it has
        // worked through its queue, and the other thread with it.
        if is_current(&self.committer) {
            return;
        }
        join(&self.snapshotter);
        // A plain send waits for room in the queue; the committer answers all that came before. It has ended already
        // where it found the queue empty after the closing began.
        let _ = self.core.queue.send(Request::Close);
        join(&self.committer);
    }
}

fn is_current(thread: &Mutex<Option<JoinHandle<()>>>) -> bool {
    let handle = thread.lock().unwrap_or_else(PoisonError::into_inner);
    handle.as_ref().is_some_and(|handle| handle.thread().id() == std::thread::current().id())
}

fn join(thread: &Mutex<Option<JoinHandle<()>>>) {
    let handle = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
    if handle.is_some_and(|handle| handle.join().is_err()) {
        tracing::error!("a thread of the journal panicked");
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<Mutex<Option<JoinHandle<()>>>, JournalError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    let thread = thread.map_err(|source| StoreError::Io { action: "starting a thread", source })?;
    Ok(Mutex::new(Some(thread)))
}

impl Journal {
    /// Opens the journal in `store`: checks the newest records, sweeps what nothing names, starts the committer.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`] where the store fails, [`JournalError::Corrupt`] where it holds another format.
    pub fn open(store: Arc<dyn Store>, options: Options) -> Result<Self, JournalError> {
        let (core, requests) = open::open(store, options)?;
        let (for_commits, for_snapshots) = (core.clone(), core.clone());
        let committer = spawn("committer", move || {
            let core = for_commits.clone();
            // Whatever it was doing then has an unknown outcome.
            if catch_unwind(AssertUnwindSafe(|| committer::run(for_commits, &requests))).is_err() {
                core.poison("the committer panicked".to_owned());
            }
        })?;
        let snapshotter = spawn("snapshotter", move || snapshotter::run(&for_snapshots))?;
        Ok(Self(Arc::new(Threads { core, committer, snapshotter })))
    }

    /// The options it was opened with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.core.options
    }

    /// What it counts of its own work.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.core.metrics
    }

    /// Now, by the clock that stamps entries.
    #[must_use]
    pub fn now(&self) -> Time {
        Core::now()
    }

    /// Makes a canvas and whatever `records` say, in one commit.
    ///
    /// # Errors
    ///
    /// [`JournalError::NameTaken`], [`JournalError::TooLarge`], [`JournalError::Transparent`] (its background), and
    /// what a commit can fail with.
    pub fn create_canvas(&self, new: NewCanvas, records: Records) -> Result<Canvas, JournalError> {
        self.create_canvas_with(new, move |canvas| Records {
            current: records.current.map(|current| match current.canvas {
                CanvasId(0) => Current { canvas, ..current },
                _ => current,
            }),
            ..records
        })
    }

    /// As [`Self::create_canvas`], for records that must name the new canvas: `records` is called by the committer with
    /// its number, and must not block.
    ///
    /// # Errors
    ///
    /// As [`Self::create_canvas`].
    pub fn create_canvas_with(
        &self,
        new: NewCanvas,
        records: impl FnOnce(CanvasId) -> Records + Send + 'static,
    ) -> Result<Canvas, JournalError> {
        let Options { side_max, cells_max, .. } = *self.options();
        let (width, height) = (new.size.width(), new.size.height());
        if width > side_max || height > side_max || new.size.cells() > cells_max {
            return Err(JournalError::TooLarge { width, height, side_max, cells_max });
        }
        if new.mode == Mode::Rgb && !new.background.is_opaque() {
            return Err(JournalError::Transparent { x: 0, y: 0 });
        }
        self.0.core.ask(|reply| Request::Create(new, Box::new(records), reply))
    }

    /// The canvas of that name.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvas`], [`JournalError::Deleted`].
    pub fn canvas_named(&self, name: &Name) -> Result<Canvas, JournalError> {
        self.0.core.live_named(name).map(|live| live.canvas.clone())
    }

    /// The canvas of that number.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvasId`], [`JournalError::Deleted`].
    pub fn canvas(&self, id: CanvasId) -> Result<Canvas, JournalError> {
        self.0.core.live(id).map(|live| live.canvas.clone())
    }

    /// At most `limit` canvases older than `before`, newest first.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`], [`JournalError::Corrupt`].
    pub fn canvases(&self, before: Option<CanvasId>, limit: usize) -> Result<Vec<Canvas>, JournalError> {
        open::canvases(&self.0.core, before, limit)
    }

    /// The newest durable version of a canvas.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvasId`], [`JournalError::Store`], [`JournalError::Corrupt`].
    pub fn head(&self, canvas: CanvasId) -> Result<Head, JournalError> {
        self.0.core.live(canvas).map(|live| live.head())
    }

    /// The time of a version (of the canvas's creation for version 0).
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`] and what reading can fail with.
    pub fn time_of(&self, canvas: CanvasId, version: Version) -> Result<Time, JournalError> {
        history::time_of(&self.0.core, &*self.0.core.live(canvas)?, version)
    }

    /// Appends pixels and returns once they are on stable storage.
    ///
    /// # Errors
    ///
    /// [`JournalError::BatchSize`], [`JournalError::BadPixel`], [`JournalError::HeadMoved`],
    /// [`JournalError::Overloaded`], [`JournalError::Stopping`] or [`JournalError::Store`] with
    /// [`crate::store::StoreError::Full`]: nothing was written. Other store errors: unknown until a restart.
    pub fn append(&self, append: Append) -> Result<Committed, JournalError> {
        let core = &self.0.core;
        self.check(&append)?;
        core.ask(|reply| Request::Write(write(append, Terms::default()), reply))
    }

    /// As [`Self::append`], but returns when it is queued; `reply` is called by the committer with the outcome, and
    /// must not block.
    ///
    /// # Errors
    ///
    /// What is known before it is queued; `reply` is then dropped without being called.
    pub fn append_then(
        &self,
        append: Append,
        reply: impl FnOnce(Result<Committed, JournalError>) + Send + 'static,
    ) -> Result<(), JournalError> {
        self.append_on(append, Terms::default(), reply)
    }

    /// As [`Self::append_then`], on other terms than usual.
    ///
    /// # Errors
    ///
    /// As [`Self::append_then`].
    pub fn append_on(
        &self,
        append: Append,
        terms: Terms<'_>,
        reply: impl FnOnce(Result<Committed, JournalError>) + Send + 'static,
    ) -> Result<(), JournalError> {
        self.check(&append)?;
        let reply: Reply<Committed> = Box::new(reply);
        self.0.core.submit(Request::Write(write(append, terms), reply))
    }

    /// Keeps a canvas for the holder of what is returned: others' writes wait until that is dropped. For a writer whose
    /// expectation of the head was disappointed again and again.
    ///
    /// # Errors
    ///
    /// What queueing can fail with.
    pub fn reserve(&self, canvas: CanvasId) -> Result<Reservation, JournalError> {
        Reservation::new(&self.0.core, canvas)
    }

    /// Replaces a rectangle by the rows that `open` brings, as one entry; where nothing differs, no entry is made.
    /// `open` is called again when another writer came between.
    ///
    /// # Errors
    ///
    /// As [`Self::append`], and [`JournalError::BadRegion`], [`JournalError::Transparent`], [`JournalError::Rows`].
    #[expect(clippy::needless_pass_by_value, reason = "a request is given away, as in `append`")]
    pub fn put_state(
        &self,
        write: StateWrite,
        open: &mut dyn FnMut() -> io::Result<Box<dyn RowSource>>,
    ) -> Result<StateCommitted, JournalError> {
        write.records.check()?;
        check_author(write.author.as_ref())?;
        state::put(&self.0.core, &write, open)
    }

    /// The image of `region` at `version`, to be read band by band.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::BadRegion`], and what reading can fail with.
    pub fn image_at(&self, canvas: CanvasId, version: Version, region: Rect) -> Result<ImageReader, JournalError> {
        let live = self.0.core.live(canvas)?;
        let head = live.head().version;
        if version > head {
            return Err(JournalError::NoVersion { asked: version, head });
        }
        if !region.fits(live.canvas.size) {
            return Err(JournalError::BadRegion);
        }
        Ok(ImageReader::new(self.0.core.clone(), live, version, region))
    }

    /// A page of history.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn history(&self, canvas: CanvasId, query: &HistoryQuery) -> Result<HistoryPage, JournalError> {
        history::page(&self.0.core, &*self.0.core.live(canvas)?, query)
    }

    /// Waits until the head of `canvas` is beyond `version`, at most `timeout`; returns the head either way.
    ///
    /// # Errors
    ///
    /// As [`Self::head`].
    pub fn wait_beyond(&self, canvas: CanvasId, version: Version, timeout: Duration) -> Result<Head, JournalError> {
        self.0.core.live(canvas).map(|live| live.wait_beyond(version, timeout))
    }

    /// A number for a new run.
    #[must_use]
    pub fn new_run_id(&self) -> RunId {
        RunId(self.0.core.next_run.fetch_add(1, Ordering::AcqRel))
    }

    /// Writes records that go with nothing else, durably.
    ///
    /// # Errors
    ///
    /// What a commit can fail with.
    pub fn write_records(&self, records: Records) -> Result<(), JournalError> {
        records.check()?;
        self.0.core.ask(|reply| Request::Records(records, reply))
    }

    /// The record of a run.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoRun`], [`JournalError::Store`].
    pub fn run_record(&self, run: RunId) -> Result<Vec<u8>, JournalError> {
        let key = key::run(run);
        let record = self.0.core.store.get(&key)?.ok_or(JournalError::NoRun(run))?;
        let body = open_frame(&key, &record).map_err(|problem| corrupt(CanvasId(0), &key, &problem))?;
        Ok(body.to_vec())
    }

    /// At most `limit` records of runs older than `before`, newest first.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`].
    pub fn run_records(&self, before: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Vec<u8>)>, JournalError> {
        let to = key::run(before.unwrap_or(RunId(u64::MAX)));
        let found = self.0.core.store.scan(&key::runs(), &to, Order::Descending, limit)?;
        found
            .into_iter()
            .map(|(key, record)| {
                let run = RunId(key::number(&key, 0).ok_or_else(|| missing(CanvasId(0), &key))?);
                let body = open_frame(&key, &record).map_err(|problem| corrupt(CanvasId(0), &key, &problem))?;
                Ok((run, body.to_vec()))
            })
            .collect()
    }

    /// What the ping-pong surface is looking at, where it ever looked at anything.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`], [`JournalError::Corrupt`].
    pub fn current(&self) -> Result<Option<Current>, JournalError> {
        self.0.core.current()
    }

    /// What a canvas takes up.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn stats(&self, canvas: CanvasId) -> Result<Stats, JournalError> {
        stats::stats(&self.0.core, &*self.0.core.live(canvas)?)
    }

    /// Bytes that the store takes on disk.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`].
    pub fn disk_bytes(&self) -> Result<u64, JournalError> {
        Ok(self.0.core.store.disk_bytes()?)
    }

    /// Reads every record of a canvas and compares every snapshot with its replay; calls `damaged` with each thing
    /// found wrong, in words, and `progress` with versions checked so far.
    ///
    /// # Errors
    ///
    /// What keeps it from going on at all.
    pub fn verify(
        &self,
        canvas: CanvasId,
        progress: &mut dyn FnMut(Version),
        damaged: &mut dyn FnMut(String),
    ) -> Result<(), JournalError> {
        verify::verify(&self.0.core, &self.0.core.live(canvas)?, progress, damaged)
    }

    /// Why nothing more can be written, where that is so: a commit failed with its outcome unknown.
    #[must_use]
    pub fn poisoned(&self) -> Option<String> {
        self.0.core.poison.get().cloned()
    }

    /// Waits until no snapshot is being taken or due. For benchmarks and tests.
    pub fn settle(&self) {
        self.0.core.snapshots.settle();
    }

    /// Takes no more writes, finishes those that wait, stops the background threads. Called again it does nothing.
    pub fn close(&self) {
        self.0.close();
    }

    /// What can be told of an append before it is queued: the canvas never changes.
    fn check(&self, append: &Append) -> Result<(), JournalError> {
        append.records.check()?;
        check_author(append.author.as_ref())?;
        let max = self.options().batch_pixels_max;
        let count = append.pixels.len();
        if count == 0 || count > max {
            return Err(JournalError::BatchSize { count, max });
        }
        let live = self.0.core.live(append.canvas)?;
        let Canvas { size, mode, .. } = live.canvas;
        for (index, pixel) in append.pixels.iter().enumerate() {
            if pixel.cell.0 >= size.cells() {
                return Err(JournalError::BadPixel { index, problem: PixelProblem::OutOfBounds });
            }
            if mode == Mode::Rgb && !pixel.colour.is_opaque() {
                return Err(JournalError::BadPixel { index, problem: PixelProblem::Transparent });
            }
        }
        Ok(())
    }
}

/// An author that is too long for a record would fail the commit of everybody in the group.
fn check_author(author: Option<&Author>) -> Result<(), JournalError> {
    let fits = |name: &str| {
        !name.is_empty() && name.chars().count() <= Author::NAME_CHARS_MAX && !name.chars().any(char::is_control)
    };
    if author.is_none_or(|author| fits(&author.name)) { Ok(()) } else { Err(JournalError::BadAuthor) }
}

fn write(append: Append, terms: Terms<'_>) -> Write {
    let Append { canvas, pixels, author, source, expectation, records } = append;
    let token = terms.reservation.map(Reservation::token);
    let every_second = terms.every_second;
    Write { canvas, content: Content::Pixels(pixels), author, source, expectation, records, token, every_second }
}
