//! A run that is going: what its thread, the endpoints and those who watch share.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::charter::Charter;
use super::engine::Engine;
use super::progress::Progress;
use super::{ExchangeKind, HandOver, Hop, RunError, RunStatus, RunView, Side};
use crate::canvas::RunId;

/// What somebody wants of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// To wait.
    Pause,
    /// To end.
    Cancel,
    /// To go on after a restart.
    Stop,
}

/// A run that is going.
pub(super) struct Run {
    /// What never changes about it.
    pub(super) charter: Arc<Charter>,
    /// Where hand-overs over HTTP meet; `None` while there are none to be made.
    engine: Mutex<Option<Engine>>,
    shown: Mutex<Shown>,
    changed: Condvar,
}

/// What can be seen of it without waiting for it. All of it is durable.
struct Shown {
    progress: Progress,
    wish: Option<Wish>,
    /// Its thread does nothing more.
    is_gone: bool,
}

impl Run {
    /// A run that its thread has not begun yet.
    pub(super) fn new(charter: Arc<Charter>, progress: Progress) -> Self {
        let shown = Shown { progress, wish: None, is_gone: false };
        Self { charter, engine: Mutex::new(None), shown: Mutex::new(shown), changed: Condvar::new() }
    }

    /// Its number.
    pub(super) fn id(&self) -> RunId {
        self.charter.brief.run.unwrap_or(RunId(0))
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        // Each change is one assignment, so that a panic elsewhere leaves nothing half done.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine that hand-overs drive.
    pub(super) fn engine(&self) -> MutexGuard<'_, Option<Engine>> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows how far it is.
    pub(super) fn show(&self, progress: &Progress) {
        self.shown().progress = progress.clone();
        self.changed.notify_all();
    }

    /// Shows that its thread does nothing more.
    pub(super) fn leave(&self) {
        self.shown().is_gone = true;
        self.changed.notify_all();
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        self.shown().progress.clone()
    }

    /// What a client may see of it.
    pub(super) fn view(&self) -> RunView {
        self.charter.view(&self.shown().progress)
    }

    /// floor(100 · coloured / cells).
    pub(super) fn progression(&self) -> u32 {
        self.charter.scale().percent(self.shown().progress.coloured)
    }

    /// Whether its thread does nothing more.
    pub(super) fn is_gone(&self) -> bool {
        self.shown().is_gone
    }

    /// What somebody wants of it.
    pub(super) fn wish(&self) -> Option<Wish> {
        self.shown().wish
    }

    /// Tells it what is wanted, where nothing is yet.
    pub(super) fn ask(&self, wish: Wish) {
        self.shown().wish.get_or_insert(wish);
        self.changed.notify_all();
    }

    /// Stops it as `wish` says, and waits until its thread does nothing more.
    pub(super) fn stop(&self, wish: Wish) {
        self.ask(wish);
        let mut shown = self.shown();
        while !shown.is_gone {
            shown = self.changed.wait(shown).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until it has more than `pictures` pictures or does not go on, at most `timeout`.
    pub(super) fn wait(&self, pictures: usize, timeout: Duration) -> RunView {
        let waits = |shown: &Shown| {
            let progress = &shown.progress;
            progress.pictures.len() <= pictures && progress.status == RunStatus::Running && !shown.is_gone
        };
        self.wait_while(timeout, waits);
        self.view()
    }

    /// Waits for a wish, at most `timeout`.
    pub(super) fn rest(&self, timeout: Duration) {
        self.wait_while(timeout, |shown| shown.wish.is_none());
    }

    fn wait_while(&self, timeout: Duration, waits: impl Fn(&Shown) -> bool) {
        let deadline = Instant::now() + timeout;
        let mut shown = self.shown();
        while waits(&shown) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            shown = self.changed.wait_timeout(shown, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Adds the pixels of one hand-over and returns once they are durable.
    pub(super) fn hop(&self, side: Side, state: HandOver) -> Result<Hop, RunError> {
        let refused = || {
            let status = self.shown().progress.status.as_str();
            RunError::WrongStatus { run: state.run, status, wish: "continued" }
        };
        if self.charter.brief.exchange != ExchangeKind::Http {
            return Err(refused());
        }
        let mut slot = self.engine();
        let engine = slot.as_mut().filter(|engine| !engine.progress().status.is_over()).ok_or_else(refused)?;
        let head = engine.progress().version;
        if state.version != head {
            return Err(RunError::StaleHandOver { run: state.run, named: state.version, head });
        }
        let outcome = engine.advance(self.charter.brief.pixels_per_hop, Some(side));
        self.show(engine.progress());
        outcome?;
        let progress = engine.progress();
        Ok(Hop { version: progress.version, progression: engine.scale().percent(progress.coloured) })
    }
}
