//! What a command can fail with, in sentences for people, and its exit status.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::config::ConfigError;
use crate::http::ServeError;
use crate::journal::JournalError;
use crate::picture::PictureError;
use crate::pingpong::RunError;
use crate::store::StoreError;

use super::import::RowProblem;
use super::stop::Signal;

/// What a command can fail with.
#[derive(Debug, Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Picture(PictureError),
    /// A command that only reads must not make a data directory.
    #[error("there is no pixlog data in {}", directory.display())]
    NoData { directory: PathBuf },
    #[error("{action} {} failed: {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: io::Error },
    #[error("{action} failed: {source}")]
    Io { action: &'static str, source: io::Error },
    #[error("writing to standard output failed: {0}")]
    Output(io::Error),
    /// What a server refused, in its own words.
    #[error("{detail}")]
    Server { status: u16, detail: String },
    #[error("{server} cannot be reached: {problem}")]
    Unreachable { server: String, problem: String },
    /// A row that cannot be imported; nothing was.
    #[error("row {row} of {file}: {problem}")]
    Row { file: String, row: u64, problem: RowProblem },
    /// What was damaged stands on standard output.
    #[error("{0} damaged")]
    Damaged(String),
    /// Arguments that clap alone cannot see to be wrong.
    #[error("{0}")]
    Usage(String),
    /// A run or a measurement did not end as it should.
    #[error("{0}")]
    Failed(String),
    #[error("{said}")]
    Stopped { signal: Signal, said: String },
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::Journal(error.into())
    }
}

impl From<PictureError> for CliError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Io(source) => Self::Output(source),
            error => Self::Picture(error),
        }
    }
}

impl CliError {
    /// Tells it on standard error, and how a program that called us learns of it.
    pub(super) fn tell(&self) -> ExitCode {
        if let Self::Output(source) = self
            && source.kind() == io::ErrorKind::BrokenPipe
        {
            // Whoever read our output has seen enough.
            return ExitCode::SUCCESS;
        }
        let mut stderr = io::stderr().lock();
        // Where standard error is closed too there is nobody left to tell.
        let _ = writeln!(stderr, "error: {self}");
        if let Some(hint) = self.hint() {
            let _ = writeln!(stderr, "hint: {hint}");
        }
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Stopped { signal, .. } => ExitCode::from(signal.exit_status()),
            _ => ExitCode::FAILURE,
        }
    }

    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoData { .. } => Some("name the directory with --data; 'pixlog serve' and 'pixlog run' make one"),
            Self::Journal(error) | Self::Run(RunError::Journal(error)) | Self::Serve(ServeError::Journal(error)) => {
                journal_hint(error)
            }
            Self::Server { status: 401, .. } => Some("put a token into PIXLOG_TOKEN; 'pixlog token' makes one"),
            Self::Server { status: 403, .. } => Some("the token in PIXLOG_TOKEN does not allow that"),
            Self::Unreachable { .. } => Some("is it running? 'pixlog serve' starts one"),
            _ => None,
        }
    }
}

fn journal_hint(error: &JournalError) -> Option<&'static str> {
    match error {
        JournalError::Store(StoreError::Locked { .. }) => {
            Some("most likely a pixlog server holds it: ask that with --server URL, or stop it first")
        }
        JournalError::Store(StoreError::ReadOnly { .. }) => Some("choose another directory with --data"),
        JournalError::Store(StoreError::Full { .. }) => {
            Some("nothing was lost and everything can be read; make room, then try again")
        }
        JournalError::NoCanvas(_) | JournalError::NoCanvasId(_) => Some("'pixlog canvases' lists those that are there"),
        JournalError::NameTaken(_) => Some("choose another with --name"),
        JournalError::Corrupt { .. } => Some("'pixlog verify' lists all that is damaged"),
        _ => None,
    }
}
