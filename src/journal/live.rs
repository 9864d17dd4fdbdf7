//! The canvases in use: what each is, and its published head.
//!
//! A head is published only after its entries are on stable storage. While the committer has entries of a canvas under
//! way it holds the canvas's [`Live`], so that nobody can load a head from records that are not durable yet.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::tags::TagsBefore;
use super::{Canvas, Head, JournalError};
use crate::canvas::{CanvasId, Name, Version};

/// A canvas in use.
#[derive(Debug)]
pub(super) struct Live {
    /// What it is.
    pub(super) canvas: Canvas,
    /// Snapshots that were found damaged: they are dropped, and the next one takes every tile anew.
    pub(super) damaged_snapshots: Mutex<Vec<Version>>,
    /// The number of the next staged data; 0 where it was not looked up yet.
    pub(super) next_data: AtomicU64,
    /// What tags named that are being changed.
    pub(super) tags_before: TagsBefore,
    is_deleted: AtomicBool,
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
            is_deleted: AtomicBool::new(false),
            head: Mutex::new(head),
            moved: Condvar::new(),
        }
    }

    /// The newest durable version.
    pub(super) fn head(&self) -> Head {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes a head whose entries are on stable storage.
    pub(super) fn publish(&self, head: Head) {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
        self.moved.notify_all();
    }

    /// The deletion is on stable storage.
    pub(super) fn mark_deleted(&self) {
        // Under the lock that waiting threads look under, so that none misses it.
        let _head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_deleted.store(true, Ordering::Release);
        self.moved.notify_all();
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

    /// Notes that the snapshot at `version` is damaged.
    pub(super) fn note_damage(&self, version: Version) {
        let mut damaged = self.damaged_snapshots.lock().unwrap_or_else(PoisonError::into_inner);
        if !damaged.contains(&version) {
            damaged.push(version);
        }
    }

    /// The snapshots noted as damaged since this was last asked.
    pub(super) fn take_damage(&self) -> Vec<Version> {
        std::mem::take(&mut *self.damaged_snapshots.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until the head is beyond `version` or the canvas is deleted, at most `timeout`; returns it either way.
    pub(super) fn wait_beyond(&self, version: Version, timeout: Duration) -> Head {
        let deadline = Instant::now() + timeout;
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        while head.version <= version && !self.is_deleted() {
            let Some(left) = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else {
                break;
            };
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
    clock: u64,
    deletions: u64,
}

impl LiveCache {
    /// A cache of about `max` canvases.
    pub(super) fn new(max: usize) -> Self {
        Self { lives: Mutex::new(Lives::default()), max: max.max(1) }
    }

    /// The canvas, where it is in use.
    pub(super) fn get(&self, id: CanvasId) -> Option<Arc<Live>> {
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives.clock += 1;
        let now = lives.clock;
        let (live, used) = lives.by_id.get_mut(&id)?;
        *used = now;
        Some(live.clone())
    }

    /// The number of the canvas of that name, where it is in use.
    pub(super) fn id_of(&self, name: &Name) -> Option<CanvasId> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).by_name.get(name).copied()
    }

    /// How many canvases were deleted. Asked before the records of a canvas are read, for [`Self::insert_read`].
    pub(super) fn deletions(&self) -> u64 {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).deletions
    }

    /// As [`Self::insert`], for what was read since there were so many deletions; `None` where there was another
    /// since: it may have been of this canvas.
    pub(super) fn insert_read(&self, live: Live, deletions: u64) -> Option<Arc<Live>> {
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        (lives.deletions == deletions).then(|| lives.insert(live, self.max))
    }

    /// Drops a canvas that was deleted.
    pub(super) fn remove(&self, id: CanvasId, name: &Name) {
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives.deletions += 1;
        lives.by_id.remove(&id);
        lives.by_name.remove(name);
    }

    /// Keeps `live`, or, where the canvas is in use already, returns that: its head may be newer.
    pub(super) fn insert(&self, live: Live) -> Arc<Live> {
        self.lives.lock().unwrap_or_else(PoisonError::into_inner).insert(live, self.max)
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
        if self.by_id.len() >= max {
            let idle = self.by_id.iter().filter(|(_, (live, _))| Arc::strong_count(live) == 1);
            if let Some(oldest) = idle.min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id)
                && let Some((gone, _)) = self.by_id.remove(&oldest)
            {
                self.by_name.remove(&gone.canvas.name);
            }
        }
        let live = Arc::new(live);
        self.by_name.insert(live.canvas.name.clone(), live.canvas.id);
        self.by_id.insert(live.canvas.id, (live.clone(), now));
        live
    }
}

/// The number for new staged data, counted up from what `last` finds in the store.
pub(super) fn next_data<E>(live: &Live, last: impl FnOnce() -> Result<u64, E>) -> Result<u64, E> {
    if live.next_data.load(Ordering::Acquire) == 0 {
        let next = last()? + 1;
        // Another thread may have been faster; its number is as good.
        let _ = live.next_data.compare_exchange(0, next, Ordering::AcqRel, Ordering::Acquire);
    }
    Ok(live.next_data.fetch_add(1, Ordering::AcqRel))
}
