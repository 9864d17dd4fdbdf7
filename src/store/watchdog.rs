//! Says so in the log when a step takes far longer than it should.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A healthy disk takes milliseconds; half a minute means a dying disk, a hung mount or a deadlock.
const PATIENCE: Duration = Duration::from_secs(30);
const INTERVAL: Duration = Duration::from_secs(10);

/// Watches one step at a time from a thread of its own, which ends when this is dropped.
pub(super) struct Watchdog {
    shared: Arc<Shared>,
}

struct Shared {
    action: &'static str,
    state: Mutex<State>,
    stop: Condvar,
}

#[derive(Default)]
struct State {
    since: Option<Instant>,
    stopped: bool,
}

/// The step goes on until this is dropped.
pub(super) struct Watched<'a>(&'a Shared);

impl Watchdog {
    /// A watchdog that calls the step `action`. Where no thread can be had, nothing is watched.
    pub(super) fn start(action: &'static str) -> Self {
        let shared = Arc::new(Shared { action, state: Mutex::default(), stop: Condvar::new() });
        let watcher = Arc::clone(&shared);
        let started = thread::Builder::new().name("store-watchdog".to_owned()).spawn(move || watcher.run());
        if let Err(error) = started {
            tracing::warn!(%error, "slow disks will not be reported");
        }
        Self { shared }
    }

    /// Begins a step.
    pub(super) fn watch(&self) -> Watched<'_> {
        self.shared.lock().since = Some(Instant::now());
        Watched(&self.shared)
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is two plain values; a panic elsewhere cannot leave it half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut state = self.lock();
        while !state.stopped {
            (state, _) = self.stop.wait_timeout(state, INTERVAL).unwrap_or_else(PoisonError::into_inner);
            let elapsed = state.since.map_or(Duration::ZERO, |since| since.elapsed());
            if elapsed > PATIENCE {
                tracing::error!(seconds = elapsed.as_secs(), "{} takes far too long", self.action);
            }
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.lock().since = None;
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.shared.lock().stopped = true;
        self.shared.stop.notify_all();
    }
}

impl fmt::Debug for Watchdog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchdog").finish_non_exhaustive()
    }
}
