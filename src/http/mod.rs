//! The routes: Rocket is named here only. Thin: parse, call, answer.

#![expect(clippy::needless_pass_by_value, missing_debug_implementations, reason = "skeleton")]

use std::net::SocketAddr;

use thiserror::Error;

use crate::config::Config;
use crate::journal::{Journal, JournalError};
use crate::pingpong::Runs;

/// Why the server could not start, or ended.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Another process listens there.
    #[error("{0} is already in use: stop what listens there, or choose another port with --port")]
    PortInUse(SocketAddr),
    /// The data directory could not be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Rocket failed.
    #[error("the server failed: {0}")]
    Rocket(String),
}

/// Serves until SIGTERM or Ctrl-C; then refuses new writes, finishes the queue, pauses runs at a durable point, closes.
/// Listens at once and answers 503 until the data directory is open. `listening` is called when it listens.
///
/// # Errors
///
/// [`ServeError`].
pub fn serve(_config: Config, _listening: impl FnOnce(SocketAddr) + Send + 'static) -> Result<(), ServeError> {
    todo!()
}

/// A server on a thread of its own, for `exchange=http` from the command line, benchmarks and tests.
pub struct Server {}

impl Server {
    /// Serves a journal that is already open, on `config`'s address and port (0: any that is free), and gives `runs`
    /// their exchange over HTTP.
    ///
    /// # Errors
    ///
    /// [`ServeError`].
    pub fn start(_config: Config, _journal: Journal, _runs: Runs) -> Result<Self, ServeError> {
        todo!()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        todo!()
    }

    /// Ends it, requests under way first; the journal stays open.
    pub fn stop(self) {
        todo!()
    }
}
