//! The handle that everything above the journal works with.

mod reads;

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
use super::request::{Content, Request, Write};
use super::{
    Append, CallerId, Canvas, Committed, CreateTerms, Current, Expectation, Head, HistoryPage, HistoryQuery,
    ImageReader, JournalError, Metrics, NewCanvas, Options, PixelProblem, Records, Reservation, RowSource,
    StateCommitted, StateWrite, Stats, Terms, committer, deletion, history, open, snapshotter, stats, times, verify,
};

/// The log of every canvas in one store. Cheap to clone; all clones share one committer.
#[derive(Clone)]
pub struct Journal(Arc<Threads>);

/// The journal's threads, which end with its last handle.
struct Threads {
    core: Arc<Core>,
    committer: Mutex<Option<JoinHandle<()>>>,
    snapshotter: Mutex<Option<JoinHandle<()>>>,
    purger: Mutex<Option<JoinHandle<()>>>,
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
        self.core.purges.close();
        // The last handle may go with a reply that the committer called: it cannot wait for itself. It ends when it has
        // worked through its queue, and the other thread with it.
        if is_current(&self.committer) {
            return;
        }
        join(&self.snapshotter);
        join(&self.purger);
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
        let (for_commits, for_snapshots, for_purges) = (core.clone(), core.clone(), core.clone());
        let committer = spawn("committer", move || {
            let core = for_commits.clone();
            // Whatever it was doing then has an unknown outcome.
            if catch_unwind(AssertUnwindSafe(|| committer::run(for_commits, &requests))).is_err() {
                core.poison("the committer panicked".to_owned());
            }
        })?;
        let snapshotter = spawn("snapshotter", move || snapshotter::run(&for_snapshots))?;
        let purger = spawn("purger", move || deletion::run(&for_purges))?;
        Ok(Self(Arc::new(Threads { core, committer, snapshotter, purger })))
    }

    /// What its threads share.
    pub(super) fn core(&self) -> &Arc<Core> {
        &self.0.core
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
        self.create_canvas_once(new, CreateTerms::default(), records).map(|answered| answered.outcome)
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
        let live = self.0.core.live(canvas)?;
        live.unless_deleted(times::time_of(&self.0.core, &live, version))
    }

    /// Appends pixels and returns once they are on stable storage.
    ///
    /// # Errors
    ///
    /// [`JournalError::BatchSize`], [`JournalError::BadPixel`], [`JournalError::HeadMoved`],
    /// [`JournalError::Overloaded`], [`JournalError::Stopping`] or [`JournalError::Store`] with
    /// [`crate::store::StoreError::Full`]: nothing was written. Other store errors: unknown until a restart.
    pub fn append(&self, append: Append) -> Result<Committed, JournalError> {
        self.append_once(append, Terms::default()).map(|answered| answered.outcome)
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
        self.append_once_then(append, terms, move |answer| reply(answer.map(|answered| answered.outcome)))
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
    pub fn put_state(
        &self,
        write: StateWrite,
        open: &mut dyn FnMut() -> io::Result<Box<dyn RowSource>>,
    ) -> Result<StateCommitted, JournalError> {
        self.put_state_once(write, Terms::default(), open).map(|answered| answered.outcome)
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
        let live = self.0.core.live(canvas)?;
        live.unless_deleted(history::page(&self.0.core, &live, query))
    }

    /// Waits until the head of `canvas` is beyond `version`, at most `timeout`; returns the head either way.
    ///
    /// # Errors
    ///
    /// As [`Self::head`], and [`JournalError::Deleted`] as soon as that happens.
    pub fn wait_beyond(&self, canvas: CanvasId, version: Version, timeout: Duration) -> Result<Head, JournalError> {
        let live = self.0.core.live(canvas)?;
        let head = live.wait_beyond(version, timeout);
        live.unless_deleted(Ok(head))
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

    /// What the ping-pong surface is looking at, where it ever looked at anything that was not deleted.
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
        let live = self.0.core.live(canvas)?;
        live.unless_deleted(stats::stats(&self.0.core, &live))
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
        let live = self.0.core.live(canvas)?;
        live.unless_deleted(verify::verify(&self.0.core, &live, progress, damaged))
    }

    /// Why nothing more can be written, where that is so: a commit failed with its outcome unknown.
    #[must_use]
    pub fn poisoned(&self) -> Option<String> {
        self.0.core.poison.get().cloned()
    }

    /// Waits until no snapshot is being taken or due, and nothing is left to be purged, unless that is put off. For benchmarks and tests.
    pub fn settle(&self) {
        self.0.core.snapshots.settle();
        self.0.core.purges.settle();
    }

    /// Takes no more writes, finishes those that wait, stops the background threads. Called again it does nothing.
    pub fn close(&self) {
        self.0.close();
    }

    /// The request for an append. What is wrong with its content is told at once, or, where something comes before
    /// that, in its turn.
    pub(super) fn prepare(&self, append: Append, terms: Terms<'_>) -> Result<Write, JournalError> {
        let checked = self.check(&append, terms.caller);
        let Append { canvas, pixels, author, source, expectation, records } = append;
        let keyed = terms.keyed().map(Box::new);
        let content = match checked {
            Ok(()) => Content::Pixels(pixels),
            Err(error) if keyed.is_none() && terms.caller.is_none() && expectation == Expectation::Any => {
                return Err(error);
            }
            Err(error) => Content::Wrong(error),
        };
        let Terms { every_second, caller, .. } = terms;
        let token = terms.reservation.map(Reservation::token);
        Ok(Write {
            canvas,
            content,
            author,
            source,
            expectation,
            records,
            token,
            every_second,
            caller,
            keyed,
            skipped: None,
        })
    }

    /// What can be told of an append before it is queued: the canvas never changes.
    fn check(&self, append: &Append, caller: Option<CallerId>) -> Result<(), JournalError> {
        append.records.check()?;
        check_author(append.author.as_ref())?;
        let live = self.0.core.live(append.canvas)?;
        let Canvas { size, mode, ref settings, .. } = live.canvas;
        let one_by_one = caller.is_some() && settings.cooldown_ms > 0;
        let max = if one_by_one { 1 } else { self.options().batch_pixels_max };
        let count = append.pixels.len();
        if count == 0 || count > max {
            return Err(JournalError::BatchSize { count, max });
        }
        for (index, pixel) in append.pixels.iter().enumerate() {
            if pixel.cell.0 >= size.cells() {
                return Err(JournalError::BadPixel { index, problem: PixelProblem::OutOfBounds });
            }
            if mode == Mode::Rgb && !pixel.colour.is_opaque() {
                return Err(JournalError::BadPixel { index, problem: PixelProblem::Transparent });
            }
        }
        let Some(palette) = &settings.palette else { return Ok(()) };
        let foreign = append.pixels.iter().position(|pixel| !palette.contains(pixel.colour));
        foreign.map_or(Ok(()), |index| Err(JournalError::BadPixel { index, problem: PixelProblem::NotInPalette }))
    }
}

/// An author that is too long for a record would fail the commit of everybody in the group.
pub(super) fn check_author(author: Option<&Author>) -> Result<(), JournalError> {
    let fits = |name: &str| {
        !name.is_empty() && name.chars().count() <= Author::NAME_CHARS_MAX && !name.chars().any(char::is_control)
    };
    if author.is_none_or(|author| fits(&author.name)) { Ok(()) } else { Err(JournalError::BadAuthor) }
}
