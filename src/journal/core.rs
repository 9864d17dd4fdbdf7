//! What the threads of a journal share.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::canvas::{CanvasId, Name, Time};
use crate::format::{CanvasRecord, FormatError, NumberRecord, SettingsRecord, key};
use crate::store::{Store, StoreError};

use super::deletion::{PurgeQueue, deleted};
use super::live::{Live, LiveCache};
use super::metrics::Metrics;
use super::permits::Permits;
use super::recent::Recent;
use super::request::{Reply, Request};
use super::snapshotter::SnapshotQueue;
use super::{Canvas, Current, JournalError, Options, Settings};

/// The most pixels that may wait for the committer, in all requests together: 8 bytes each.
const QUEUED_PIXELS_MAX: usize = 1 << 21;

/// What the threads of a journal share.
pub(super) struct Core {
    pub(super) store: Arc<dyn Store>,
    pub(super) options: Options,
    pub(super) permits: Permits,
    pub(super) lives: LiveCache,
    pub(super) recent: Recent,
    pub(super) snapshots: SnapshotQueue,
    pub(super) metrics: Metrics,
    pub(super) purges: PurgeQueue,
    /// The current canvas and run, or why their record cannot be read.
    pub(super) current: Mutex<Result<Option<Current>, FormatError>>,
    pub(super) next_run: AtomicU64,
    pub(super) poison: OnceLock<String>,
    pub(super) closing: AtomicBool,
    pub(super) queued_pixels: AtomicUsize,
    /// Requests that the committer has put aside while their canvas is reserved.
    pub(super) deferred: AtomicUsize,
    /// The newest canvas that is on stable storage: a later one that the store shows already is not visible yet.
    pub(super) newest_canvas: AtomicU64,
    /// Canvases that nobody sees before they are complete.
    pub(super) hidden: Mutex<HashSet<CanvasId>>,
    pub(super) queue: SyncSender<Request>,
}

impl Core {
    /// Now, by the wall clock.
    pub(super) fn now() -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// A number that no earlier process was given, as long as the clock is not set back: nanoseconds since 1970.
    pub(super) fn fresh_number() -> u64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(1).max(1)
    }

    /// Hands a client's request to the committer, unless too much is waiting.
    pub(super) fn submit(&self, request: Request) -> Result<(), JournalError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(JournalError::Stopping);
        }
        if self.deferred.load(Ordering::Acquire) >= self.options.queue_max {
            return Err(JournalError::Overloaded);
        }
        let pixels = request.pixels();
        self.metrics.request_waits();
        let waiting = self.queued_pixels.fetch_add(pixels, Ordering::AcqRel);
        // One request alone is always taken, whatever its size.
        let sent = if pixels > 0 && waiting > 0 && waiting + pixels > QUEUED_PIXELS_MAX {
            Err(JournalError::Overloaded)
        } else {
            self.queue.try_send(request).map_err(|error| match error {
                TrySendError::Full(_) => JournalError::Overloaded,
                TrySendError::Disconnected(_) => self.ended(),
            })
        };
        if sent.is_err() {
            self.metrics.request_waited();
            self.queued_pixels.fetch_sub(pixels, Ordering::AcqRel);
        }
        sent
    }

    /// Hands a request of the journal's own to the committer, waiting for room in the queue: it works on until there is.
    pub(super) fn submit_own(&self, request: Request) -> Result<(), JournalError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(JournalError::Stopping);
        }
        self.metrics.request_waits();
        self.queue.send(request).map_err(|_| self.ended())
    }

    /// Why nobody takes requests any more.
    fn ended(&self) -> JournalError {
        if self.poison.get().is_some() { StoreError::Poisoned.into() } else { JournalError::Stopping }
    }

    /// Hands a client's request to the committer and waits for its answer.
    pub(super) fn ask<T: Send + 'static>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, JournalError> {
        self.answer(|reply| self.submit(request(reply)))
    }

    /// Hands a request of the journal's own to the committer and waits for its answer.
    pub(super) fn ask_own<T: Send + 'static>(
        &self,
        request: impl FnOnce(Reply<T>) -> Request,
    ) -> Result<T, JournalError> {
        self.answer(|reply| self.submit_own(request(reply)))
    }

    fn answer<T: Send + 'static>(
        &self,
        submit: impl FnOnce(Reply<T>) -> Result<(), JournalError>,
    ) -> Result<T, JournalError> {
        let (sender, receiver) = sync_channel(1);
        // The receiver waits right here, so that sending cannot fail or block.
        submit(Box::new(move |answer| drop(sender.send(answer))))?;
        receiver.recv().unwrap_or_else(|_| Err(self.ended()))
    }

    /// Whether a canvas of this number, if there is one, is on stable storage and complete.
    pub(super) fn is_visible(&self, id: CanvasId) -> bool {
        id.0 <= self.newest_canvas.load(Ordering::Acquire) && !self.hidden().contains(&id)
    }

    /// The canvases that nobody sees yet.
    pub(super) fn hidden(&self) -> MutexGuard<'_, HashSet<CanvasId>> {
        self.hidden.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The canvas, from the cache or the store.
    pub(super) fn live(&self, id: CanvasId) -> Result<Arc<Live>, JournalError> {
        loop {
            if let Some(live) = self.lives.get(id) {
                return Ok(live);
            }
            if !self.is_visible(id) {
                return Err(JournalError::NoCanvasId(id));
            }
            let deletions = self.lives.deletions();
            let _loading = self.lives.begin_loading(id);
            match super::open::load_live(self, id) {
                Ok(live) => {
                    if let Some(live) = self.lives.insert_read(live, deletions) {
                        return Ok(live);
                    }
                }
                // Records that changed while they were read: then the canvas came into use, and what is in use is right.
                // So it is where the canvas's deletion is under way and not durable yet.
                Err(error) => return self.lives.get(id).ok_or(error),
            }
        }
    }

    /// The canvas of that name.
    pub(super) fn live_named(&self, name: &Name) -> Result<Arc<Live>, JournalError> {
        if let Some(id) = self.lives.id_of(name) {
            return self.live(id);
        }
        let key = key::name(name);
        let Some(record) = self.store.get(&key)? else {
            return Err(JournalError::NoCanvas(name.to_string()));
        };
        let found = NumberRecord::decode(&key, &record).map_err(|problem| corrupt(CanvasId(0), &key, &problem))?;
        let id = CanvasId(found.number);
        if !self.is_visible(id) {
            return Err(JournalError::NoCanvas(name.to_string()));
        }
        match self.live(id) {
            Ok(live) if live.canvas.name == *name => Ok(live),
            Ok(_) => Err(corrupt(id, &key, &FormatError::Content("canvas"))),
            Err(JournalError::NoCanvasId(_)) => Err(missing(id, &key::canvas(id))),
            Err(error) => Err(error),
        }
    }

    /// What the canvas is, from its record.
    pub(super) fn canvas_record(&self, id: CanvasId) -> Result<Canvas, JournalError> {
        let key = key::canvas(id);
        match self.store.get(&key)? {
            Some(record) => self.canvas_from(id, &key, &record),
            None => Err(deleted(self, id)?.map_or(JournalError::NoCanvasId(id), JournalError::Deleted)),
        }
    }

    /// The canvas in `record`, read from under `key`, with its settings.
    pub(super) fn canvas_from(&self, id: CanvasId, key: &[u8], record: &[u8]) -> Result<Canvas, JournalError> {
        let CanvasRecord { name, size, mode, background, created_at } =
            CanvasRecord::decode(key, record).map_err(|problem| corrupt(id, key, &problem))?;
        let key = key::settings(id);
        let settings = match self.store.get(&key)? {
            Some(record) => SettingsRecord::decode(&key, &record)
                .and_then(Settings::from_record)
                .map_err(|problem| corrupt(id, &key, &problem))?,
            None => Settings::default(),
        };
        Ok(Canvas { id, name, size, mode, background, created_at, settings: Arc::new(settings) })
    }

    /// Ends all writing: a commit failed with its outcome unknown.
    pub(super) fn poison(&self, reason: String) {
        tracing::error!(%reason, "no more writes until a restart");
        let _ = self.poison.set(reason);
    }

    /// The current canvas and run; none where the canvas was deleted.
    pub(super) fn current(&self) -> Result<Option<Current>, JournalError> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let current = current.map_err(|problem| corrupt(CanvasId(0), &key::current(), &problem))?;
        Ok(current.filter(|current| !matches!(self.live(current.canvas), Err(JournalError::Deleted(_)))))
    }
}

/// The error for a damaged record.
pub(super) fn corrupt(canvas: CanvasId, key: &[u8], problem: &FormatError) -> JournalError {
    JournalError::Corrupt { record: key::describe(key), canvas, problem: problem.to_string() }
}

/// The error for a missing record.
pub(super) fn missing(canvas: CanvasId, key: &[u8]) -> JournalError {
    JournalError::Corrupt { record: key::describe(key), canvas, problem: "it is missing".to_owned() }
}
