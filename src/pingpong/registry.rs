//! The runs that are going, and what they share.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::charter::{Charter, Recorded};
use super::drive::drive;
use super::engine::Engine;
use super::progress::Progress;
use super::run::{Run, Wish};
use super::{Exchange, RunError};
use crate::canvas::{CanvasId, RunId, Version};
use crate::journal::{Journal, JournalError};
use crate::store::StoreError;

/// Runs that may be going at once: each has a thread and about 1 MiB of pixels under way.
const ACTIVE_MAX: usize = 32;

/// Makes an exchange over HTTP.
pub(super) type HttpExchange = Arc<dyn Fn() -> Box<dyn Exchange> + Send + Sync>;

/// The runs that are going. Their threads hold it, so that it knows nothing of whoever started them.
pub(super) struct Registry {
    pub(super) journal: Journal,
    active: Mutex<HashMap<RunId, Active>>,
    http: Mutex<Option<HttpExchange>>,
    stopping: AtomicBool,
    /// Held while a run is started or stopped, so that two wishes never meet. Never waited for by a run's thread.
    pub(super) control: Mutex<()>,
    /// The coloured cells of the canvas that was last counted.
    pub(super) counted: Mutex<Option<(CanvasId, Version, u32)>>,
}

struct Active {
    run: Arc<Run>,
    thread: Option<JoinHandle<()>>,
}

/// Where a run begins.
pub(super) enum Beginning {
    /// With what is known of the canvas.
    Known(Box<Engine>),
    /// With what is recorded.
    Recorded(Box<Recorded>),
}

impl Registry {
    /// No run is going yet.
    pub(super) fn new(journal: Journal) -> Self {
        Self {
            journal,
            active: Mutex::default(),
            http: Mutex::default(),
            stopping: AtomicBool::new(false),
            control: Mutex::default(),
            counted: Mutex::default(),
        }
    }

    fn active(&self) -> MutexGuard<'_, HashMap<RunId, Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One start or stop at a time.
    pub(super) fn control(&self) -> MutexGuard<'_, ()> {
        self.control.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what makes an exchange over HTTP.
    pub(super) fn set_exchange(&self, factory: HttpExchange) {
        *self.http.lock().unwrap_or_else(PoisonError::into_inner) = Some(factory);
    }

    /// A new exchange over HTTP, where there is a server.
    pub(super) fn exchange(&self) -> Option<Box<dyn Exchange>> {
        let factory = self.http.lock().unwrap_or_else(PoisonError::into_inner).clone();
        factory.map(|factory| factory())
    }

    /// The run, where it is going, or where how it ended could not be written down.
    pub(super) fn get(&self, run: RunId) -> Option<Arc<Run>> {
        self.active().get(&run).map(|active| active.run.clone())
    }

    /// Whether another run may be started.
    pub(super) fn check_room(&self) -> Result<(), RunError> {
        self.check_open()?;
        let going = self.active().values().filter(|active| !active.run.is_gone()).count();
        if going < ACTIVE_MAX { Ok(()) } else { Err(JournalError::Overloaded.into()) }
    }

    /// Whether the runs are not being stopped for good.
    pub(super) fn check_open(&self) -> Result<(), RunError> {
        if self.stopping.load(Ordering::Acquire) { Err(JournalError::Stopping.into()) } else { Ok(()) }
    }

    /// Lets a run begin on a thread of its own.
    pub(super) fn spawn(
        self: &Arc<Self>,
        charter: Arc<Charter>,
        progress: Progress,
        beginning: Beginning,
    ) -> Result<Arc<Run>, RunError> {
        let run = Arc::new(Run::new(charter.clone(), progress));
        let (registry, its_own) = (self.clone(), run.clone());
        let begin = move |journal: Journal| match beginning {
            Beginning::Known(engine) => Ok(*engine),
            Beginning::Recorded(recorded) => Engine::load(journal, charter, *recorded),
        };
        // Held until the thread is entered, so that it cannot take itself off before.
        let mut active = self.active();
        let thread = std::thread::Builder::new().name(format!("run-{}", run.id())).spawn(move || {
            let leaving = Leaving { run: &its_own, registry: &registry };
            let is_recorded = drive(&its_own, &registry, || begin(registry.journal.clone()));
            leaving.leave(is_recorded);
        });
        let thread = thread.map_err(|source| StoreError::Io { action: "starting a thread", source })?;
        active.insert(run.id(), Active { run: run.clone(), thread: Some(thread) });
        Ok(run)
    }

    /// Writes down that a run failed before it began; returns whether it could.
    pub(super) fn fail(&self, run: &Run, reason: String) -> bool {
        tracing::warn!(run = %run.id(), reason, "a run failed");
        let mut progress = run.progress();
        progress.fail(reason, self.journal.now());
        let written = self.journal.write_records(run.charter.records(&progress, false));
        run.show(&progress);
        written.is_ok()
    }

    /// Stops all runs at a durable point, for good.
    pub(super) fn shut_down(&self) {
        self.stopping.store(true, Ordering::Release);
        self.active().values().for_each(|active| active.run.ask(Wish::Stop));
        // What was being started when the flag was set is among the runs once it lets go.
        drop(self.control());
        let mut threads = Vec::new();
        for active in self.active().values_mut() {
            active.run.ask(Wish::Stop);
            threads.extend(active.thread.take());
        }
        let panicked = threads.into_iter().filter_map(|thread| thread.join().err()).count();
        if panicked > 0 {
            tracing::error!(panicked, "threads of runs panicked");
        }
    }
}

/// Takes a run off the list when its thread ends, however it ends.
struct Leaving<'a> {
    run: &'a Run,
    registry: &'a Registry,
}

impl Leaving<'_> {
    /// A run whose end is not recorded stays on the list: else it would be shown as running.
    fn leave(self, is_recorded: bool) {
        if is_recorded {
            self.registry.active().remove(&self.run.id());
        }
        self.run.leave();
        std::mem::forget(self);
    }
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.registry.fail(self.run, "the run's thread panicked".to_owned());
        self.registry.active().remove(&self.run.id());
        self.run.leave();
    }
}
