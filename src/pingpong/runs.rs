//! All runs of a journal.

#![expect(clippy::needless_pass_by_value, clippy::unused_self, missing_debug_implementations, reason = "skeleton")]

use std::sync::Arc;
use std::time::Duration;

use super::{Exchange, HandOver, Hop, RunError, RunSpec, RunView, Side, Submission};
use crate::canvas::RunId;
use crate::journal::Journal;

/// All runs of a journal. Cheap to clone.
#[derive(Clone)]
pub struct Runs {}

impl Runs {
    /// The runs in `journal`; those that were running go on once [`Self::resume_all`] is called.
    /// `http` makes an exchange over HTTP; without it such runs fail with a clear error.
    #[must_use]
    pub fn new(_journal: Journal) -> Self {
        todo!()
    }

    /// Sets what makes an exchange over HTTP (known only once the server listens).
    pub fn set_http_exchange(&self, _factory: Arc<dyn Fn() -> Box<dyn Exchange> + Send + Sync>) {
        todo!()
    }

    /// Lets the runs that were running when the process stopped go on, in the background.
    ///
    /// # Errors
    ///
    /// What reading their records can fail with.
    pub fn resume_all(&self) -> Result<(), RunError> {
        todo!()
    }

    /// Starts a run and makes it current. A current run that was going is cancelled at a durable point first.
    /// `make_current` false leaves both as they are (`POST /api/v1/runs`).
    ///
    /// # Errors
    ///
    /// [`RunError::TooFewColours`], [`RunError::Granular`], [`RunError::PixelsPerHop`], [`RunError::NotRgb`], or the
    /// journal's; nothing was written then.
    pub fn start(&self, _spec: RunSpec, _make_current: bool) -> Result<RunView, RunError> {
        todo!()
    }

    /// The run as it is now; never waits for the run itself.
    ///
    /// # Errors
    ///
    /// The journal's `NoRun` and what reading can fail with.
    pub fn view(&self, _run: RunId) -> Result<RunView, RunError> {
        todo!()
    }

    /// At most `limit` runs older than `before`, newest first.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn list(&self, _before: Option<RunId>, _limit: usize) -> Result<Vec<RunView>, RunError> {
        todo!()
    }

    /// The current run, where one was ever started and is still the current one.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn current(&self) -> Result<Option<RunView>, RunError> {
        todo!()
    }

    /// floor(100 · coloured / cells) of the current canvas, whether a run fills it or clients do; 0 without one.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn current_progression(&self) -> Result<u32, RunError> {
        todo!()
    }

    /// Waits until the run has more than `pictures` pictures or is not running any more, at most `timeout`.
    ///
    /// # Errors
    ///
    /// As [`Self::view`].
    pub fn wait(&self, _run: RunId, _pictures: usize, _timeout: Duration) -> Result<RunView, RunError> {
        todo!()
    }

    /// Stops a run at a durable point, to be resumed.
    ///
    /// # Errors
    ///
    /// [`RunError::WrongStatus`] where it is not running.
    pub fn pause(&self, _run: RunId) -> Result<RunView, RunError> {
        todo!()
    }

    /// Lets a paused run go on.
    ///
    /// # Errors
    ///
    /// [`RunError::WrongStatus`] where it is not paused.
    pub fn resume(&self, _run: RunId) -> Result<RunView, RunError> {
        todo!()
    }

    /// Ends a run at a durable point; its canvas stays readable.
    ///
    /// # Errors
    ///
    /// [`RunError::WrongStatus`] where it is over.
    pub fn cancel(&self, _run: RunId) -> Result<RunView, RunError> {
        todo!()
    }

    /// What an endpoint does with a hand-over: adds the run's next pixels and answers once they are durable.
    ///
    /// # Errors
    ///
    /// [`RunError::StaleHandOver`], [`RunError::WrongStatus`], the journal's.
    pub fn hop(&self, _side: Side, _state: HandOver) -> Result<Hop, RunError> {
        todo!()
    }

    /// What an endpoint does with a state that a client posts: logs it as an entry where it differs from the current
    /// canvas (another size: a new canvas becomes current), then adds one pixel, hands over, and so on, the sides in
    /// turn, until `hops` pixels are there or the image is complete. Answers the progression, and whether the first
    /// pixel added, or none, completed it. Without `hops` it starts a run, which goes on if the client leaves.
    ///
    /// # Errors
    ///
    /// As [`Self::start`], and what the rows fail with.
    pub fn submit(&self, _submission: Submission<'_>) -> Result<(u32, bool), RunError> {
        todo!()
    }

    /// Stops every run at a durable point; they stay "running" and go on at the next start.
    pub fn shut_down(&self) {
        todo!()
    }
}
