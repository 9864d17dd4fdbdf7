//! What the threads of a journal share.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::canvas::{CanvasId, Name, Time};
use crate::format::{CanvasRecord, FormatError, NumberRecord, key};
use crate::store::Store;

use super::live::{Live, LiveCache};
use super::permits::Permits;
use super::request::{Reply, Request};
use super::snapshotter::SnapshotQueue;
use super::{Canvas, Current, JournalError, Options};

/// The most pixels that may wait for the committer, in all requests together: 8 bytes each.
const QUEUED_PIXELS_MAX: usize = 1 << 21;

/// What the threads of a journal share.
pub(super) struct Core {
    pub(super) store: Arc<dyn Store>,
    pub(super) options: Options,
    pub(super) permits: Permits,
    pub(super) lives: LiveCache,
    pub(super) snapshots: SnapshotQueue,
    pub(super) current: Mutex<Option<Current>>,
    pub(super) next_run: AtomicU64,
    pub(super) poison: OnceLock<String>,
    pub(super) closing: AtomicBool,
    pub(super) queued_pixels: AtomicUsize,
    pub(super) queue: SyncSender<Request>,
}

impl Core {
    /// Now, by the wall clock.
    pub(super) fn now() -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// Hands a request to the committer.
    pub(super) fn submit(&self, request: Request) -> Result<(), JournalError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(JournalError::Stopping);
        }
        let pixels = request.pixels();
        let waiting = self.queued_pixels.fetch_add(pixels, Ordering::AcqRel);
        // One request alone is always taken, whatever its size.
        let sent = if waiting > 0 && waiting + pixels > QUEUED_PIXELS_MAX {
            Err(JournalError::Overloaded)
        } else {
            self.queue.try_send(request).map_err(|error| match error {
                TrySendError::Full(_) => JournalError::Overloaded,
                TrySendError::Disconnected(_) => JournalError::Stopping,
            })
        };
        if sent.is_err() {
            self.queued_pixels.fetch_sub(pixels, Ordering::AcqRel);
        }
        sent
    }

    /// Hands a request to the committer, however long it takes until there is room in the queue.
    pub(super) fn submit_patiently(&self, request: Request) -> Result<(), JournalError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(JournalError::Stopping);
        }
        let pixels = request.pixels();
        self.queued_pixels.fetch_add(pixels, Ordering::AcqRel);
        self.queue.send(request).map_err(|_| {
            self.queued_pixels.fetch_sub(pixels, Ordering::AcqRel);
            JournalError::Stopping
        })
    }

    /// Hands a request to the committer and waits for its answer.
    pub(super) fn ask<T: Send + 'static>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, JournalError> {
        let (sender, receiver) = sync_channel(1);
        // The receiver waits right here, so that sending cannot fail or block.
        self.submit(request(Box::new(move |answer| drop(sender.send(answer)))))?;
        receiver.recv().unwrap_or(Err(JournalError::Stopping))
    }

    /// The canvas, from the cache or the store.
    pub(super) fn live(&self, id: CanvasId) -> Result<Arc<Live>, JournalError> {
        match self.lives.get(id) {
            Some(live) => Ok(live),
            None => super::open::load_live(self, id).map(|live| self.lives.insert(live)),
        }
    }

    /// The number of the canvas of that name.
    pub(super) fn id_of(&self, name: &Name) -> Result<CanvasId, JournalError> {
        if let Some(id) = self.lives.id_of(name) {
            return Ok(id);
        }
        let key = key::name(name);
        let Some(record) = self.store.get(&key)? else {
            return Err(JournalError::NoCanvas(name.to_string()));
        };
        let id = NumberRecord::decode(&key, &record).map_err(|problem| corrupt(CanvasId(0), &key, &problem))?;
        Ok(CanvasId(id.number))
    }

    /// What the canvas is, from its record.
    pub(super) fn canvas_record(&self, id: CanvasId) -> Result<Canvas, JournalError> {
        let key = key::canvas(id);
        let record = self.store.get(&key)?.ok_or(JournalError::NoCanvasId(id))?;
        canvas_from_record(id, &key, &record)
    }

    /// Ends all writing: a commit failed with its outcome unknown.
    pub(super) fn poison(&self, reason: String) {
        tracing::error!(%reason, "no more writes until a restart");
        let _ = self.poison.set(reason);
    }

    /// The current canvas and run.
    pub(super) fn current(&self) -> Option<Current> {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The canvas in `record`, read from under `key`.
pub(super) fn canvas_from_record(id: CanvasId, key: &[u8], record: &[u8]) -> Result<Canvas, JournalError> {
    let CanvasRecord { name, size, mode, background, created_at } =
        CanvasRecord::decode(key, record).map_err(|problem| corrupt(id, key, &problem))?;
    Ok(Canvas { id, name, size, mode, background, created_at })
}

/// The error for a damaged record.
pub(super) fn corrupt(canvas: CanvasId, key: &[u8], problem: &FormatError) -> JournalError {
    JournalError::Corrupt { record: key::describe(key), canvas, problem: problem.to_string() }
}

/// The error for a missing record.
pub(super) fn missing(canvas: CanvasId, key: &[u8]) -> JournalError {
    JournalError::Corrupt { record: key::describe(key), canvas, problem: "it is missing".to_owned() }
}
