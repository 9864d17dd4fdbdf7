//! Who waits, without a thread of its own, for a canvas to change.
//!
//! Each waiter leaves a [`Waker`], which is called once, by the committer, after the head was published. A waiter that
//! looks at the head after leaving its waker misses nothing: either it sees the new head, or the waker is called.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// The waiters of one canvas, each known by a number of its own.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    wakers: Mutex<HashMap<u64, Waker>>,
    followers: AtomicUsize,
}

impl Waiters {
    /// Somebody begins to follow the canvas.
    pub(super) fn begin(&self) {
        self.followers.fetch_add(1, Ordering::AcqRel);
    }

    /// The follower of this number follows no more.
    pub(super) fn end(&self, number: u64) {
        self.wakers().remove(&number);
        self.followers.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether anybody follows the canvas.
    pub(super) fn are_some(&self) -> bool {
        self.followers.load(Ordering::Acquire) > 0
    }

    /// Lets the waiter of this number be woken by the next change.
    pub(super) fn register(&self, number: u64, waker: &Waker) {
        let mut wakers = self.wakers();
        match wakers.get_mut(&number) {
            Some(present) => present.clone_from(waker),
            None => drop(wakers.insert(number, waker.clone())),
        }
    }

    /// Wakes everybody who waits.
    pub(super) fn wake_all(&self) {
        // Called without the lock, so that whoever is woken can wait again at once.
        let woken = std::mem::take(&mut *self.wakers());
        woken.into_values().for_each(Waker::wake);
    }

    fn wakers(&self) -> MutexGuard<'_, HashMap<u64, Waker>> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
