//! Following canvases: first what the log holds, then what happens, without a gap and without anything twice.
//!
//! A follower remembers the version it has reached and nothing else. A slow one holds no memory and never slows the
//! committer: it goes on from where it is, out of the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crate::canvas::{CanvasId, Pixel, Rect, Version};

use super::core::Core;
use super::live::Live;
use super::replay::{for_each_record, state_record};
use super::{Canvas, Journal, JournalError};

/// Entries whose bounds are added up; beyond that the whole canvas is said to have changed.
const BOUNDED_MAX: u64 = 1 << 20;

/// Numbers for followers.
static NEXT_FOLLOWER: AtomicU64 = AtomicU64::new(0);

/// How much one change may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeLimits {
    /// Pixels, at least 1.
    pub pixels_max: usize,
    /// Entries: where the head is further ahead, it is reached in one step, by a region.
    pub entries_max: u64,
    /// Whether the change must reach the head: where the pixels do not, it is a region.
    pub to_head: bool,
    /// Whether a change that begins with a state must: many states in a row are then one region.
    pub states_to_head: bool,
}

impl Default for ChangeLimits {
    fn default() -> Self {
        Self { pixels_max: 1_024, entries_max: 65_536, to_head: false, states_to_head: false }
    }
}

/// What happened to a canvas from one version to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The version before the first entry of it.
    pub from: Version,
    /// The version after the last.
    pub version: Version,
    /// What happened.
    pub what: Changed,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// These pixels, one an entry, in order.
    Pixels(Vec<Pixel>),
    /// Nothing outside of this rectangle: read it again, at [`Changes::version`] or later.
    Region(Rect),
}

/// What a follower comes to know next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// A canvas has changed.
    Changed(CanvasId, Changes),
    /// A canvas was deleted, and is followed no more.
    Deleted(CanvasId),
}

/// What a follower comes to know without reading the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Glance {
    /// This.
    Followed(Followed),
    /// Nothing: every head is reached.
    Idle,
    /// Something that stands in the log only: [`Follower::next`] reads it.
    InLog,
}

/// Somebody who follows some canvases.
pub struct Follower {
    core: Arc<Core>,
    number: u64,
    watched: Vec<Watched>,
    /// Which canvas is looked at first, so that a busy one does not keep the others back.
    turn: usize,
}

struct Watched {
    live: Arc<Live>,
    reached: Version,
}

impl Watched {
    fn is_ahead(&self) -> bool {
        self.live.head().version > self.reached || self.live.is_deleted()
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.reached()).finish()
    }
}

impl Journal {
    /// Follows canvases, each from after a version on.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`] where a version is beyond the head, [`JournalError::NoCanvasId`],
    /// [`JournalError::Deleted`].
    pub fn follow(&self, canvases: &[(CanvasId, Version)]) -> Result<Follower, JournalError> {
        let number = NEXT_FOLLOWER.fetch_add(1, Ordering::Relaxed);
        let mut follower = Follower { core: self.core().clone(), number, watched: Vec::new(), turn: 0 };
        for (canvas, after) in canvases {
            let live = self.core().live(*canvas)?;
            check_reached(&live, *after)?;
            live.waiters.begin();
            follower.watched.push(Watched { live, reached: *after });
        }
        Ok(follower)
    }

    /// What happened to a canvas after `after`; `None` where that is the head.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`] and what reading can fail with.
    pub fn changes_since(
        &self,
        canvas: CanvasId,
        after: Version,
        limits: &ChangeLimits,
    ) -> Result<Option<Changes>, JournalError> {
        let live = self.core().live(canvas)?;
        check_reached(&live, after)?;
        changes(self.core(), &live, after, limits)
    }
}

impl Follower {
    /// The versions that were reached, in the order in which the canvases were named.
    pub fn reached(&self) -> impl Iterator<Item = (CanvasId, Version)> {
        self.watched.iter().map(|watched| (watched.live.canvas.id, watched.reached))
    }

    /// Whether nothing is left to be followed.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.watched.is_empty()
    }

    /// Ready where there is something to come to know; else the waker is called as soon as there is. Never blocks.
    pub fn poll_moved(&mut self, context: &mut Context<'_>) -> Poll<()> {
        for watched in &self.watched {
            watched.live.waiters.register(self.number, context.waker());
        }
        // Looked at after the wakers are in place, so that no change falls in between.
        if self.is_over() || self.watched.iter().any(Watched::is_ahead) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Blocks until there is something to come to know, at most `timeout`; whether there is.
    pub fn wait(&mut self, timeout: Duration) -> bool {
        let start = Instant::now();
        let waker = Waker::from(Arc::new(Parked(std::thread::current())));
        while self.poll_moved(&mut Context::from_waker(&waker)).is_pending() {
            let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { return false };
            std::thread::park_timeout(left);
        }
        true
    }

    /// What comes next, as far as that is in memory. Never reads the store, and never blocks for long.
    pub fn glance(&mut self, limits: &ChangeLimits) -> Glance {
        let Some(index) = self.next_ahead() else { return Glance::Idle };
        if let Some(deleted) = self.drop_if_deleted(index) {
            return Glance::Followed(deleted);
        }
        let Some(Watched { live, reached }) = self.watched.get_mut(index) else { return Glance::Idle };
        let (id, head) = (live.canvas.id, live.head().version);
        let Some(changes) = self.core.recent.since(id, *reached, head, limits) else { return Glance::InLog };
        *reached = changes.version;
        self.turn = index + 1;
        Glance::Followed(Followed::Changed(id, changes))
    }

    /// What comes next, out of memory or the log; `None` where every head is reached.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn next(&mut self, limits: &ChangeLimits) -> Result<Option<Followed>, JournalError> {
        let Some(index) = self.next_ahead() else { return Ok(None) };
        if let Some(deleted) = self.drop_if_deleted(index) {
            return Ok(Some(deleted));
        }
        let Some(Watched { live, reached }) = self.watched.get_mut(index) else { return Ok(None) };
        let id = live.canvas.id;
        match changes(&self.core, live, *reached, limits) {
            Ok(Some(changes)) => {
                *reached = changes.version;
                self.turn = index + 1;
                Ok(Some(Followed::Changed(id, changes)))
            }
            Ok(None) => Ok(None),
            // The read may have met the purge.
            Err(error) => self.drop_if_deleted(index).map(Some).ok_or(error),
        }
    }

    /// The canvas that has something to come to know next, and the version reached in it.
    #[must_use]
    pub fn ahead(&self) -> Option<(CanvasId, Version)> {
        let watched = self.watched.get(self.next_ahead()?)?;
        Some((watched.live.canvas.id, watched.reached))
    }

    /// Notes that a version was reached by other means, at most the head; whether the canvas is followed and was not
    /// there yet.
    pub fn reach(&mut self, canvas: CanvasId, version: Version) -> bool {
        let found = self.watched.iter_mut().enumerate().find(|(_, watched)| watched.live.canvas.id == canvas);
        let Some((index, watched)) = found else { return false };
        let is_ahead = !watched.live.is_deleted() && (watched.reached..=watched.live.head().version).contains(&version);
        if is_ahead {
            watched.reached = version;
            self.turn = index + 1;
        }
        is_ahead
    }

    fn next_ahead(&self) -> Option<usize> {
        let count = self.watched.len();
        let turns = (self.turn..self.turn + count).map(|turn| turn % count);
        turns.into_iter().find(|index| self.watched.get(*index).is_some_and(Watched::is_ahead))
    }

    fn drop_if_deleted(&mut self, index: usize) -> Option<Followed> {
        self.watched.get(index).filter(|watched| watched.live.is_deleted())?;
        let gone = self.watched.remove(index);
        gone.live.waiters.end(self.number);
        Some(Followed::Deleted(gone.live.canvas.id))
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.watched.iter().for_each(|watched| watched.live.waiters.end(self.number));
    }
}

/// A thread that waits to be woken.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn check_reached(live: &Live, reached: Version) -> Result<(), JournalError> {
    let head = live.head().version;
    if reached > head { Err(JournalError::NoVersion { asked: reached, head }) } else { Ok(()) }
}

/// What happened after `after`, out of memory or the log.
fn changes(core: &Core, live: &Live, after: Version, limits: &ChangeLimits) -> Result<Option<Changes>, JournalError> {
    let head = live.head().version;
    if after >= head {
        return Ok(None);
    }
    if let Some(changes) = core.recent.since(live.canvas.id, after, head, limits) {
        return Ok(Some(changes));
    }
    if head.0 - after.0 > limits.entries_max {
        return region_since(core, &live.canvas, after, head).map(Some);
    }
    let (pixels, state) = read_pixels(core, &live.canvas, after, head, limits.pixels_max)?;
    let version = after.after(pixels.len() as u64);
    if version < head && (limits.to_head || (limits.states_to_head && pixels.is_empty())) {
        return region_since(core, &live.canvas, after, head).map(Some);
    }
    Ok(Some(match state {
        Some(region) if pixels.is_empty() => {
            Changes { from: after, version: after.after(1), what: Changed::Region(region) }
        }
        _ => Changes { from: after, version, what: Changed::Pixels(pixels) },
    }))
}

/// At most `max` pixels after `after`, up to the first state, and the region of that.
fn read_pixels(
    core: &Core,
    canvas: &Canvas,
    after: Version,
    head: Version,
    max: usize,
) -> Result<(Vec<Pixel>, Option<Rect>), JournalError> {
    let (mut pixels, mut state) = (Vec::new(), None);
    let upto = head.min(after.after(max.max(1) as u64));
    for_each_record(core, canvas, after, upto, |record, view, range| {
        for index in range {
            if let Some(pixel) = view.pixel(index) {
                pixels.push(pixel);
            } else {
                state = Some(state_record(core, canvas, record.first.after(index as u64))?.region);
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    Ok((pixels, state))
}

/// All that happened after `after`, as one region.
fn region_since(core: &Core, canvas: &Canvas, after: Version, head: Version) -> Result<Changes, JournalError> {
    let whole = canvas.size.rect();
    let mut region: Option<Rect> = None;
    if head.0 - after.0 > BOUNDED_MAX {
        region = Some(whole);
    } else {
        for_each_record(core, canvas, after, head, |record, view, range| {
            let mut add = |more: Rect| region = Some(region.map_or(more, |region| region.union(more)));
            view.bounds().into_iter().for_each(&mut add);
            for index in range.filter(|index| view.is_state(*index)) {
                add(state_record(core, canvas, record.first.after(index as u64))?.region);
            }
            Ok(region != Some(whole))
        })?;
    }
    Ok(Changes { from: after, version: head, what: Changed::Region(region.unwrap_or(whole)) })
}
