//! The runs that a connection follows: looked at a few times a second, told where they have changed.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rocket::tokio::task::{JoinHandle, spawn_blocking};
use rocket::tokio::time::{Sleep, sleep};

use crate::canvas::RunId;
use crate::pingpong::{RunView, Runs};

use super::super::runs::RunBody;
use super::hub::event;

/// How often runs are looked at.
const LOOK: Duration = Duration::from_millis(250);

/// The runs that are not over yet, and what was told of each.
#[derive(Debug)]
pub(super) struct WatchedRuns {
    runs: Runs,
    watched: Vec<(RunId, Option<Told>)>,
    state: State,
}

/// What was told of a run: its pixels, its status, how many pictures it has.
type Told = (u32, &'static str, usize);

#[derive(Debug)]
enum State {
    Waiting(Pin<Box<Sleep>>),
    Looking(JoinHandle<Vec<RunView>>),
}

impl WatchedRuns {
    /// Tells at once where each run is.
    pub(super) fn new(runs: Runs, watched: Vec<RunId>) -> Self {
        let watched = watched.into_iter().map(|run| (run, None)).collect();
        Self { runs, watched, state: State::Waiting(Box::pin(sleep(Duration::ZERO))) }
    }

    /// Whether nothing more will happen.
    pub(super) const fn are_over(&self) -> bool {
        self.watched.is_empty()
    }

    /// Events of the runs that have changed since they were told of last.
    pub(super) fn poll_events(&mut self, cx: &mut Context<'_>) -> Poll<Vec<u8>> {
        if self.are_over() {
            return Poll::Pending;
        }
        loop {
            match &mut self.state {
                State::Waiting(until) => {
                    ready!(until.as_mut().poll(cx));
                    let runs = self.runs.clone();
                    let ids: Vec<RunId> = self.watched.iter().map(|(run, _)| *run).collect();
                    // A run whose record cannot be read is told of by whoever asks for it alone.
                    let look = move || ids.into_iter().filter_map(|run| runs.view(run).ok()).collect();
                    self.state = State::Looking(spawn_blocking(look));
                }
                State::Looking(look) => {
                    let views = ready!(Pin::new(look).poll(cx)).unwrap_or_default();
                    self.state = State::Waiting(Box::pin(sleep(LOOK)));
                    let told: Vec<u8> = views.iter().flat_map(|view| self.tell(view)).collect();
                    if !told.is_empty() {
                        return Poll::Ready(told);
                    }
                }
            }
        }
    }

    fn tell(&mut self, view: &RunView) -> Vec<u8> {
        let now = Some((view.pixels, view.status.as_str(), view.pictures.len()));
        let Some(at) = self.watched.iter().position(|(run, told)| *run == view.id && *told != now) else {
            return Vec::new();
        };
        if view.status.is_over() {
            self.watched.remove(at);
        } else if let Some((_, told)) = self.watched.get_mut(at) {
            *told = now;
        }
        event("run", &RunBody::new(view))
    }
}
