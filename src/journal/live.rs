//! The canvases in use: what each is, and its published head.
//!
//! A head is published only after its entries are on stable storage. While the committer has entries of a canvas under
//! way it holds the canvas's [`Live`], so that nobody can load a head from records that are not durable yet.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::core::corrupt;
use super::labels::Known;
use super::tags::TagsBefore;
use super::waiters::Waiters;
use super::{Canvas, CanvasNow, Head, JournalError};
use crate::canvas::{CanvasId, DeltaNumber, Label, Name, Version};
use crate::format::key;

/// A snapshot that was found damaged: the next one takes every tile anew, then it is dropped.
#[derive(Debug)]
struct DamagedSnapshot {
    version: Version,
    /// Whether a replacement was tried: where the log is damaged too, there is none, and trying at every read would
    /// replay the log over and over.
    is_tried: bool,
}

/// A canvas in use.
#[derive(Debug)]
pub(super) struct Live {
    /// What it is.
    pub(super) canvas: Canvas,
    damaged_snapshots: Mutex<Vec<DamagedSnapshot>>,
    /// The number of the next staged data; 0 where it was not looked up yet.
    pub(super) next_data: AtomicU64,
    /// What tags named that are being changed.
    pub(super) tags_before: TagsBefore,
    label: Mutex<Known>,
    is_deleted: AtomicBool,
    /// Who waits for it to change without blocking.
    pub(super) waiters: Waiters,
    /// Deltas that were asked for and not taken yet.
    wanted_deltas: Mutex<BTreeSet<DeltaNumber>>,
    head: Mutex<Head>,
    moved: Condvar,
}

impl Live {
    /// A canvas with its durable head.
    pub(super) fn new(canvas: Canvas, head: Head) -> Self {
        Self {
            canvas,
            damaged_snapshots: Mutex::new(Vec::new()),
            next_data: AtomicU64::new(0),
            tags_before: TagsBefore::default(),
            label: Mutex::new(Ok(None)),
            is_deleted: AtomicBool::new(false),
            waiters: Waiters::default(),
            wanted_deltas: Mutex::new(BTreeSet::new()),
            head: Mutex::new(head),
            moved: Condvar::new(),
        }
    }

    /// The same with the label that is durable.
    pub(super) fn labelled(self, label: Known) -> Self {
        Self { label: Mutex::new(label), ..self }
    }

    /// Publishes a label that is on stable storage.
    pub(super) fn publish_label(&self, label: Option<Label>) {
        *self.label.lock().unwrap_or_else(PoisonError::into_inner) = Ok(label);
    }

    /// The durable label.
    pub(super) fn label(&self) -> Result<Option<Label>, JournalError> {
        let label = self.label.lock().unwrap_or_else(PoisonError::into_inner).clone();
        label.map_err(|problem| corrupt(self.canvas.id, &key::label(self.canvas.id), &problem))
    }

    /// What the canvas is now.
    pub(super) fn now(&self) -> Result<CanvasNow, JournalError> {
        Ok(CanvasNow { canvas: self.canvas.clone(), head: self.head(), label: self.label()? })
    }

    /// Notes that a delta is wanted; whether that is new. One that cannot be taken stays noted, so that it is not tried
    /// at every read.
    pub(super) fn want_delta(&self, number: DeltaNumber) -> bool {
        self.wanted_deltas.lock().unwrap_or_else(PoisonError::into_inner).insert(number)
    }

    /// Notes that a delta was taken.
    pub(super) fn has_delta(&self, number: DeltaNumber) {
        self.wanted_deltas.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// The newest durable version.
    pub(super) fn head(&self) -> Head {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes a head whose entries are on stable storage.
    pub(super) fn publish(&self, head: Head) {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
        self.moved.notify_all();
        self.waiters.wake_all();
    }

    /// The deletion is on stable storage.
    pub(super) fn mark_deleted(&self) {
        // Under the lock that waiting threads look under, so that none misses it.
        let _head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_deleted.store(true, Ordering::Release);
        self.moved.notify_all();
        self.waiters.wake_all();
    }

    /// Whether it was deleted.
    pub(super) fn is_deleted(&self) -> bool {
        self.is_deleted.load(Ordering::Acquire)
    }

    /// The outcome of a read that ends here. Where the canvas was deleted meanwhile, the read may have met the purge, and
    /// nothing that it found counts.
    pub(super) fn unless_deleted<T>(&self, outcome: Result<T, JournalError>) -> Result<T, JournalError> {
        if self.is_deleted() { Err(JournalError::Deleted(self.canvas.name.clone())) } else { outcome }
    }

    /// Notes that the snapshot at `version` is damaged; whether that is new.
    pub(super) fn note_damage(&self, version: Version) -> bool {
        let mut damaged = self.damaged_snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = damaged.iter().all(|known| known.version != version);
        if is_new {
            damaged.push(DamagedSnapshot { version, is_tried: false });
        }
        is_new
    }

    /// The snapshots noted as damaged for which no replacement was tried yet; one is, now.
    pub(super) fn try_damage(&self) -> Vec<Version> {
        let mut damaged = self.damaged_snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        let try_now = |known: &mut DamagedSnapshot| {
            let is_tried = std::mem::replace(&mut known.is_tried, true);
            (!is_tried).then_some(known.version)
        };
        damaged.iter_mut().filter_map(try_now).collect()
    }

    /// Forgets the damage of snapshots that are there no more.
    pub(super) fn forget_damage(&self, versions: &[Version]) {
        let mut damaged = self.damaged_snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        damaged.retain(|known| !versions.contains(&known.version));
    }

    /// Waits until the head is beyond `version` or the canvas is deleted, at most `timeout`; returns it either way.
    pub(super) fn wait_beyond(&self, version: Version, timeout: Duration) -> Head {
        let start = Instant::now();
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        while head.version <= version && !self.is_deleted() {
            let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { break };
            head = self.moved.wait_timeout(head, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        *head
    }
}

/// The canvases in use, the least recently used given up first, never one that somebody holds.
#[derive(Debug)]
pub(super) struct LiveCache {
    lives: Mutex<Lives>,
    max: usize,
}

#[derive(Debug, Default)]
struct Lives {
    by_id: HashMap<CanvasId, (Arc<Live>, u64)>,
    by_name: HashMap<Name, CanvasId>,
    /// Canvases that are being loaded, and by how many threads. They are not given up meanwhile: a thread that read
    /// their records before a commit must find the newer head here, not put its older one in place.
    loading: HashMap<CanvasId, usize>,
    /// Canvases that are never given up: a commit of theirs failed, so the store may show what is not durable.
    pinned: Vec<Arc<Live>>,
    clock: u64,
    deletions: u64,
}

/// A canvas is being loaded, until this is dropped.
#[derive(Debug)]
pub(super) struct Loading<'a> {
    cache: &'a LiveCache,
    id: CanvasId,
}

impl Drop for Loading<'_> {
    fn drop(&mut self) {
        let mut lives = self.cache.lock();
        if let Some(threads) = lives.loading.get_mut(&self.id) {
            *threads -= 1;
            if *threads == 0 {
                lives.loading.remove(&self.id);
            }
        }
    }
}

impl LiveCache {
    /// A cache of about `max` canvases.
    pub(super) fn new(max: usize) -> Self {
        Self { lives: Mutex::new(Lives::default()), max: max.max(1) }
    }

    /// The canvas, where it is in use.
    pub(super) fn get(&self, id: CanvasId) -> Option<Arc<Live>> {
        let mut lives = self.lock();
        lives.clock += 1;
        let now = lives.clock;
        let (live, used) = lives.by_id.get_mut(&id)?;
        *used = now;
        Some(live.clone())
    }

    /// The number of the canvas of that name, where it is in use.
    pub(super) fn id_of(&self, name: &Name) -> Option<CanvasId> {
        self.lock().by_name.get(name).copied()
    }

    /// Says that this thread is about to read the records of a canvas.
    pub(super) fn begin_loading(&self, id: CanvasId) -> Loading<'_> {
        *self.lock().loading.entry(id).or_default() += 1;
        Loading { cache: self, id }
    }

    /// Never gives up `live`.
    pub(super) fn pin(&self, live: Arc<Live>) {
        self.lock().pinned.push(live);
    }

    fn lock(&self) -> MutexGuard<'_, Lives> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many canvases were deleted. Asked before the records of a canvas are read, for [`Self::insert_read`].
    pub(super) fn deletions(&self) -> u64 {
        self.lock().deletions
    }

    /// As [`Self::insert`], for what was read since there were so many deletions; `None` where there was another
    /// since: it may have been of this canvas.
    pub(super) fn insert_read(&self, live: Live, deletions: u64) -> Option<Arc<Live>> {
        let mut lives = self.lock();
        (lives.deletions == deletions).then(|| lives.insert(live, self.max))
    }

    /// Drops a canvas that was deleted.
    pub(super) fn remove(&self, id: CanvasId, name: &Name) {
        let mut lives = self.lock();
        lives.deletions += 1;
        lives.by_id.remove(&id);
        lives.by_name.remove(name);
    }

    /// Keeps `live`, or, where the canvas is in use already, returns that: its head may be newer.
    pub(super) fn insert(&self, live: Live) -> Arc<Live> {
        self.lock().insert(live, self.max)
    }
}

impl Lives {
    fn insert(&mut self, live: Live, max: usize) -> Arc<Live> {
        self.clock += 1;
        let now = self.clock;
        if let Some((present, used)) = self.by_id.get_mut(&live.canvas.id) {
            *used = now;
            return present.clone();
        }
        // More than one where many were held at once before.
        while self.by_id.len() >= max && self.give_up_oldest() {}
        let live = Arc::new(live);
        self.by_name.insert(live.canvas.name.clone(), live.canvas.id);
        self.by_id.insert(live.canvas.id, (live.clone(), now));
        live
    }
}

impl Lives {
    /// Gives up the least recently used canvas that nobody holds or loads; whether there was one.
    fn give_up_oldest(&mut self) -> bool {
        let idle = |(id, (live, _)): &(&CanvasId, &(Arc<Live>, u64))| {
            Arc::strong_count(live) == 1 && !self.loading.contains_key(id)
        };
        let oldest = self.by_id.iter().filter(idle).min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
        let Some((gone, _)) = oldest.and_then(|id| self.by_id.remove(&id)) else { return false };
        self.by_name.remove(&gone.canvas.name);
        true
    }
}

/// The number for new staged data, counted up from what `last` finds in the store, at least `fresh`: where all records
/// under the last number are lost, that number must not be given out again, as a state or a snapshot may still name it.
pub(super) fn next_data<E>(live: &Live, fresh: u64, last: impl FnOnce() -> Result<u64, E>) -> Result<u64, E> {
    if live.next_data.load(Ordering::Acquire) == 0 {
        let next = (last()? + 1).max(fresh);
        // Another thread may have been faster; its number is as good.
        let _ = live.next_data.compare_exchange(0, next, Ordering::AcqRel, Ordering::Acquire);
    }
    Ok(live.next_data.fetch_add(1, Ordering::AcqRel))
}
