//! Deleting a canvas: it is hidden by one commit, and what it leaves behind is deleted afterwards, in the background.
//!
//! The first commit takes the canvas's record away and writes a tombstone, which stays for ever, so that its number and
//! name are not given out again, and a purge mark. The purge goes through the committer in batches, takes the mark away
//! last, and begins anew after a restart where the mark is still there. It begins when the canvas is marked as deleted
//! for all who are reading it: whatever a read met that the purge had begun on is answered with
//! [`JournalError::Deleted`].

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::canvas::{CanvasId, Name, Time, Version};
use crate::format::{FormatError, NumberRecord, TombstoneRecord, key};
use crate::store::{Batch, Order};

use super::core::{Core, corrupt};
use super::live::Live;
use super::request::Request;
use super::{Expectation, JournalError};

/// Keys deleted by one commit of a purge.
const PURGE_KEYS: usize = 1_000;

/// How long a purge that failed is left alone.
const RETRY: Duration = Duration::from_secs(10);

/// The longest pause between two commits of a purge. It pauses as long as it worked, so that others get their turn.
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// A canvas that a group under way deletes.
pub(super) struct Deletion {
    pub(super) id: CanvasId,
    name: Name,
    /// Held until the deletion is durable, so that nobody looks into the store for the canvas before. `None` where its
    /// newest records are damaged, so that it cannot be used anyhow.
    live: Option<Arc<Live>>,
}

impl Deletion {
    /// Deletes a canvas whose head the committer has at `head`, where it has.
    pub(super) fn decide(
        core: &Core,
        batch: &mut Batch,
        (id, head): (CanvasId, Option<Version>),
        expectation: Expectation,
        now: Time,
    ) -> Result<Self, JournalError> {
        let (name, live) = match core.live(id) {
            Ok(live) => (live.canvas.name.clone(), Some(live)),
            Err(JournalError::Corrupt { .. }) if expectation == Expectation::Any => {
                (core.canvas_record(id)?.name, None)
            }
            Err(error) => return Err(error),
        };
        if let Some(live) = &live {
            expectation.check(head.unwrap_or_else(|| live.head().version))?;
        }
        batch.delete(key::canvas(id));
        let (tombstone, mark) = (key::tombstone(id), key::purge(id));
        let record = TombstoneRecord { name: name.to_string(), deleted_at: now.0 }.encode(&tombstone);
        batch.put(tombstone, record);
        let record = NumberRecord { number: now.0.cast_unsigned() }.encode(&mark);
        batch.put(mark, record);
        Ok(Self { id, name, live })
    }

    /// The error for whoever comes after it.
    pub(super) fn error(&self) -> JournalError {
        JournalError::Deleted(self.name.clone())
    }

    /// The canvas, where it can be used.
    pub(super) fn live(&self) -> Option<Arc<Live>> {
        self.live.clone()
    }

    /// The deletion is durable.
    pub(super) fn publish(&self, core: &Core) {
        core.lives.remove(self.id, &self.name);
        if let Some(live) = &self.live {
            live.mark_deleted();
        }
        core.purges.wake();
    }
}

/// The name of a canvas that was deleted.
pub(super) fn deleted(core: &Core, id: CanvasId) -> Result<Option<Name>, JournalError> {
    let key = key::tombstone(id);
    let Some(record) = core.store.get(&key)? else { return Ok(None) };
    let broken = |problem| corrupt(id, &key, &problem);
    let TombstoneRecord { name, .. } = TombstoneRecord::decode(&key, &record).map_err(broken)?;
    name.parse().map(Some).map_err(|_| broken(FormatError::Content("name")))
}

/// Tells the purger that there is something to do.
#[derive(Debug)]
pub(super) struct PurgeQueue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    is_due: bool,
    is_busy: bool,
    is_closed: bool,
}

impl Default for PurgeQueue {
    /// At the start there may be a purge that was broken off.
    fn default() -> Self {
        Self { state: Mutex::new(State { is_due: true, is_busy: false, is_closed: false }), changed: Condvar::new() }
    }
}

impl PurgeQueue {
    fn wake(&self) {
        self.lock().is_due = true;
        self.changed.notify_all();
    }

    /// Ends the thread after the batch it is deleting.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Lets a purge that failed wait; nobody waits for it meanwhile.
    fn put_off(&self, duration: Duration) {
        self.lock().is_busy = false;
        self.changed.notify_all();
        self.pause(duration);
        self.wake();
    }

    /// Waits until nothing is left to be purged, or that is put off.
    pub(super) fn settle(&self) {
        let mut state = self.lock();
        while !state.is_closed && (state.is_due || state.is_busy) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until there is something to do; `false` once it is closed.
    fn next(&self) -> bool {
        let mut state = self.lock();
        state.is_busy = false;
        self.changed.notify_all();
        while !state.is_closed && !state.is_due {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_busy = !state.is_closed;
        state.is_due = false;
        state.is_busy
    }

    /// Waits, unless it is closed.
    fn pause(&self, duration: Duration) {
        let state = self.lock();
        let wait = self.changed.wait_timeout_while(state, duration, |state| !state.is_closed);
        drop(wait.unwrap_or_else(PoisonError::into_inner));
    }

    fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Purges what is marked until the queue is closed.
pub(super) fn run(core: &Core) {
    while core.purges.next() {
        match purge_all(core) {
            Ok(()) | Err(JournalError::Stopping) => {}
            // Nothing is written any more until the next start, which takes it up again.
            Err(_) if core.poison.get().is_some() => {}
            Err(error) => {
                tracing::warn!(%error, "a purge is put off");
                core.purges.put_off(RETRY);
            }
        }
    }
}

fn purge_all(core: &Core) -> Result<(), JournalError> {
    let (marks, end) = (key::purges(), key::purge(CanvasId(u64::MAX)));
    while let Some((mark, _)) = core.store.scan(&marks, &end, Order::Ascending, 1)?.pop() {
        let id = key::number(&mark, 0).ok_or_else(|| corrupt(CanvasId(0), &mark, &FormatError::Short))?;
        tracing::info!(canvas = id, "purging a deleted canvas");
        for (from, to) in key::purged(CanvasId(id)) {
            purge_range(core, from, &to)?;
        }
        let mut batch = Batch::new();
        batch.delete(mark);
        commit(core, batch)?;
    }
    Ok(())
}

fn purge_range(core: &Core, mut from: Vec<u8>, to: &[u8]) -> Result<(), JournalError> {
    loop {
        let began = Instant::now();
        let found = {
            let _permit = core.permits.acquire();
            core.store.scan(&from, to, Order::Ascending, PURGE_KEYS)?
        };
        let Some((last, _)) = found.last() else { return Ok(()) };
        from.clone_from(last);
        from.push(0);
        let is_last = found.len() < PURGE_KEYS;
        let mut batch = Batch::new();
        for (key, _) in found {
            batch.delete(key);
        }
        commit(core, batch)?;
        if is_last {
            return Ok(());
        }
        core.purges.pause(began.elapsed().min(PAUSE_MAX));
    }
}

/// Has a batch committed, in its turn.
fn commit(core: &Core, batch: Batch) -> Result<(), JournalError> {
    if core.purges.is_closed() {
        return Err(JournalError::Stopping);
    }
    core.ask_own(|reply| Request::Purge(batch, reply))
}

#[cfg(test)]
mod tests {
    use crate::canvas::{Colour, Mode, Size, StateId};
    use crate::journal::{Journal, NewCanvas, Options, Records};
    use crate::store::MemoryStore;

    use super::*;

    /// Staged for a state or a snapshot that was begun before: the purge may be past it already.
    #[test]
    fn nothing_is_staged_past_a_deletion() {
        let store = MemoryStore::new();
        let journal = Journal::open(Arc::new(store.clone()), Options::default()).expect("an empty store");
        let new =
            NewCanvas { name: None, size: Size::new(3, 4).expect("small"), mode: Mode::Rgb, background: Colour::WHITE };
        let id = journal.create_canvas(new, Records::default()).expect("it is new").id;
        let stage = || {
            let mut batch = Batch::new();
            batch.put(key::data(id, StateId(1), 0), [1]);
            journal.core().ask_own(|reply| Request::Stage(id, batch, reply))
        };
        stage().expect("the canvas is there");
        journal.delete_canvas(id, Expectation::Any).expect("the canvas is there");
        let Err(JournalError::Deleted(name)) = stage() else { panic!("it was staged") };
        assert_eq!(name.as_str(), "canvas-1");
        journal.settle();
        assert!(!store.keys().iter().any(|key| key.first() == Some(&b'd')));
    }
}
