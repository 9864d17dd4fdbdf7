//! The canvases in use: what each is, and its published head.
//!
//! A head is published only after its entries are on stable storage. While the committer has entries of a canvas under
//! way it holds the canvas's [`Live`], so that nobody can load a head from records that are not durable yet.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Canvas, Head};
use crate::canvas::{CanvasId, DeltaNumber, Name, Version};

/// A canvas in use.
#[derive(Debug)]
pub(super) struct Live {
    /// What it is.
    pub(super) canvas: Canvas,
    /// Snapshots that were found damaged: they are dropped, and the next one takes every tile anew.
    pub(super) damaged_snapshots: Mutex<Vec<Version>>,
    /// The number of the next staged data; 0 where it was not looked up yet.
    pub(super) next_data: AtomicU64,
    /// Deltas that were asked for and not taken yet.
    wanted_deltas: Mutex<BTreeSet<DeltaNumber>>,
    head: Mutex<Head>,
    moved: Condvar,
}

impl Live {
    /// A canvas with its durable head.
    pub(super) const fn new(canvas: Canvas, head: Head) -> Self {
        Self {
            canvas,
            damaged_snapshots: Mutex::new(Vec::new()),
            next_data: AtomicU64::new(0),
            wanted_deltas: Mutex::new(BTreeSet::new()),
            head: Mutex::new(head),
            moved: Condvar::new(),
        }
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

    /// Waits until the head is beyond `version`, at most `timeout`; returns it either way.
    pub(super) fn wait_beyond(&self, version: Version, timeout: Duration) -> Head {
        let deadline = Instant::now() + timeout;
        let mut head = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        while head.version <= version {
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

    /// Keeps `live`, or, where the canvas is in use already, returns that: its head may be newer.
    pub(super) fn insert(&self, live: Live) -> Arc<Live> {
        let mut lives = self.lives.lock().unwrap_or_else(PoisonError::into_inner);
        lives.clock += 1;
        let now = lives.clock;
        if let Some((present, used)) = lives.by_id.get_mut(&live.canvas.id) {
            *used = now;
            return present.clone();
        }
        if lives.by_id.len() >= self.max {
            let idle = lives.by_id.iter().filter(|(_, (live, _))| Arc::strong_count(live) == 1);
            if let Some(oldest) = idle.min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id)
                && let Some((gone, _)) = lives.by_id.remove(&oldest)
            {
                lives.by_name.remove(&gone.canvas.name);
            }
        }
        let live = Arc::new(live);
        lives.by_name.insert(live.canvas.name.clone(), live.canvas.id);
        lives.by_id.insert(live.canvas.id, (live.clone(), now));
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
