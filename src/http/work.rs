//! The one way by which blocking work leaves the async threads, and how much of it there may be at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rocket::tokio::sync::{OwnedSemaphorePermit, Semaphore};
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::timeout;
use tracing::Span;

use super::problem::Problem;

/// How long a request waits in a full lane before it is refused.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Work that takes microseconds to some milliseconds, at once; more than the store's readers, fewer than threads.
const LIGHT_MAX: usize = 64;

/// Tiles of full size made at once: a map asks for a few dozen, which wait their turn.
const TILES_MAX: usize = 8;

/// Requests that may wait in a lane for each that is in it.
const WAITING_PER_PLACE: usize = 16;

/// The lanes of this server. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Work {
    light: Lane,
    /// Tiles of full size being made: each takes some milliseconds and half a megabyte.
    pub(super) tiles: Lane,
    /// Rendering and decoding: it holds a processor and some megabytes.
    pub(super) heavy: Lane,
    /// Streamed answers: each holds a thread, and memory while its client takes its time.
    pub(super) streams: Lane,
    /// Connections that follow canvases and runs: each holds a socket and some kilobytes.
    pub(super) readers: Lane,
    /// Bodies of many megabytes being received or decoded.
    pub(super) uploads: Lane,
}

impl Work {
    /// Lanes with room for so many rendered images, streams and live readers.
    pub(super) fn new(heavy: usize, streams: usize, readers: usize) -> Self {
        Self {
            light: Lane::new(LIGHT_MAX),
            tiles: Lane::new(TILES_MAX),
            heavy: Lane::new(heavy),
            streams: Lane::new(streams),
            readers: Lane::new(readers),
            uploads: Lane::new(heavy),
        }
    }

    /// Runs what may block for a moment on the disk.
    pub(super) async fn light<T, E>(&self, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let _place = self.light.enter().await?;
        away(work).await
    }
}

impl Work {
    /// Runs what holds a processor and some megabytes; its place is kept to its end, also when the client leaves.
    pub(super) async fn heavily<T, E>(&self, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let place = self.heavy.enter().await?;
        let outcome = away(move || {
            let _place = place;
            work()
        });
        outcome.await
    }
}

/// Runs `work` on a thread that may block, without a place in a lane.
pub(super) async fn away<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let span = Span::current();
    match spawn_blocking(move || span.in_scope(work)).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(error) => Err(Problem::internal(error)),
    }
}

/// A bounded number of places, and a bounded queue before them.
#[derive(Debug, Clone)]
pub(super) struct Lane(Arc<LaneState>);

#[derive(Debug)]
struct LaneState {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
}

/// A place in a lane, given back when dropped.
#[derive(Debug)]
pub(super) struct Place(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// One more that waits, until this is dropped: also when the client leaves while it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Lane {
    fn new(places: usize) -> Self {
        let waiting_max = places.saturating_mul(WAITING_PER_PLACE);
        let places = Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)));
        Self(Arc::new(LaneState { places, waiting: AtomicUsize::new(0), waiting_max }))
    }

    /// Waits a short while for a place; refused where too many wait already.
    pub(super) async fn enter(&self) -> Result<Place, Problem> {
        let places = &self.0.places;
        if let Ok(permit) = places.clone().try_acquire_owned() {
            return Ok(Place(permit));
        }
        let before = self.0.waiting.fetch_add(1, Ordering::AcqRel);
        let _waiting = Waiting(&self.0.waiting);
        if before >= self.0.waiting_max {
            return Err(Problem::overloaded());
        }
        match timeout(WAIT_MAX, places.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Place(permit)),
            _ => Err(Problem::overloaded()),
        }
    }

    /// A place, if one is free.
    pub(super) fn enter_now(&self) -> Result<Place, Problem> {
        self.0.places.clone().try_acquire_owned().map(Place).map_err(|_| Problem::overloaded())
    }

    /// Runs `work`, which keeps its place until it is done, also where nobody waits for it any more.
    pub(super) async fn run<T, E>(&self, work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let place = self.enter().await?;
        let work = move || {
            let _place = place;
            work()
        };
        away(work).await
    }

    /// Waits for a place as long as it takes: for work that has begun.
    pub(super) async fn enter_again(&self) -> Option<Place> {
        self.0.places.clone().acquire_owned().await.ok().map(Place)
    }
}

#[cfg(test)]
mod tests {
    use rocket::tokio::runtime::Builder;
    use rocket::tokio::task::yield_now;

    use super::*;

    #[test]
    fn a_lane_has_places_and_a_short_queue() {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let lane = Lane::new(1);
            let place = lane.enter().await.expect("it is free");
            let waiting: Vec<_> = (0..WAITING_PER_PLACE)
                .map(|_| {
                    let lane = lane.clone();
                    rocket::tokio::spawn(async move { lane.enter().await.is_ok() })
                })
                .collect();
            while lane.0.waiting.load(Ordering::Acquire) < WAITING_PER_PLACE {
                yield_now().await;
            }
            let refused = lane.enter().await.expect_err("the queue is full").to_string();
            assert_eq!(refused, "too many requests of this kind are waiting");
            drop(place);
            for one in waiting {
                assert!(one.await.expect("no panic"), "it got the place after the one before");
            }
            assert_eq!(lane.0.waiting.load(Ordering::Acquire), 0);
        });
    }

    #[test]
    fn a_panic_away_is_a_problem() {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let outcome = runtime.block_on(away(|| -> Result<(), Problem> { panic!("meant") }));
        assert!(outcome.expect_err("it panicked").to_string().contains("panicked"));
    }
}
