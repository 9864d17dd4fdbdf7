//! Listening, opening the data directory meanwhile, and stopping in the right order.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rocket::Shutdown;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::tokio::runtime::{Builder, Runtime};
use rocket::tokio::select;
use rocket::tokio::signal::unix::{SignalKind, signal};
use rocket::tokio::sync::oneshot;
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::sleep;
use thiserror::Error;

use crate::config::Config;
use crate::config::tokens::TokensError;
use crate::journal::{Journal, JournalError};
use crate::pingpong::{RunError, Runs};
use crate::store::SledStore;

use super::app::App;
use super::build::build;

/// How long what is still running may take when everything else has ended.
const LAST_WORK_MAX: Duration = Duration::from_secs(5);

/// How long connections that do nothing have to close before those that are left are waited for.
const IDLE_CLOSE: Duration = Duration::from_millis(50);

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
    /// The runs could not be resumed.
    #[error(transparent)]
    Runs(#[from] RunError),
    /// The file of tokens cannot be used.
    #[error(transparent)]
    Tokens(#[from] TokensError),
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
pub fn serve(config: Config, listening: impl FnOnce(SocketAddr) + Send + 'static) -> Result<(), ServeError> {
    let runtime = runtime()?;
    let app = Arc::new(App::new(config)?);
    let opener = Opener::default();
    let (failed, failure) = oneshot::channel();
    let begin = {
        let (app, opener) = (app.clone(), opener.clone());
        move |address, shutdown: Shutdown| {
            listening(address);
            rocket::tokio::spawn(await_signals(app.clone(), shutdown));
            opener.start(app, address, failed);
        }
    };
    let outcome = runtime.block_on(async {
        select! {
            ended = launch(app.clone(), begin) => ended,
            // The server is dropped where it stands: it has nothing to finish.
            Ok(error) = failure => Err(error),
        }
    });
    runtime.shutdown_timeout(LAST_WORK_MAX);
    opener.join();
    if let Ok(opened) = app.opened() {
        opened.runs.shut_down();
        opened.journal.close();
    }
    outcome
}

/// The thread that opens the data directory.
#[derive(Debug, Default, Clone)]
struct Opener(Arc<Mutex<Option<JoinHandle<()>>>>);

impl Opener {
    fn start(&self, app: Arc<App>, address: SocketAddr, failed: oneshot::Sender<ServeError>) {
        let open = move || {
            if let Err(error) = open(&app, address) {
                // Nobody listens any more where the server has ended meanwhile.
                let _ = failed.send(error);
            }
        };
        match thread::Builder::new().name("opener".to_owned()).spawn(open) {
            Ok(thread) => *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread),
            Err(error) => tracing::error!(%error, "no thread to open the data directory"),
        }
    }

    fn join(&self) {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("opening the data directory panicked");
        }
    }
}

fn open(app: &App, address: SocketAddr) -> Result<(), ServeError> {
    let store = SledStore::open(&app.config.data, &app.config.store()).map_err(JournalError::from)?;
    let journal = Journal::open(Arc::new(store), app.config.journal())?;
    let runs = Runs::new(journal.clone());
    let opened = app.open(journal, runs, address);
    if !app.stopping() {
        opened.runs.resume_all()?;
    }
    Ok(())
}

/// Stops at the first signal in order, at the second at once: what is durable is safe either way.
async fn await_signals(app: Arc<App>, shutdown: Shutdown) {
    let signals = signal(SignalKind::terminate()).and_then(|term| Ok((term, signal(SignalKind::interrupt())?)));
    let (mut term, mut interrupt) = match signals {
        Ok(signals) => signals,
        Err(error) => return tracing::error!(%error, "no signals; the server can only be killed"),
    };
    select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
    tracing::info!("stopping");
    select! { () = wind_down(&app) => {}, _ = term.recv() => {}, _ = interrupt.recv() => {} }
    shutdown.notify();
}

/// Refuses new writes and lets the runs reach a durable point, while the endpoints still answer their hand-overs.
async fn wind_down(app: &App) {
    app.stop();
    if let Ok(opened) = app.opened() {
        let runs = opened.runs.clone();
        if spawn_blocking(move || runs.shut_down()).await.is_err() {
            tracing::error!("stopping the runs panicked");
        }
    }
}

fn runtime() -> Result<Runtime, ServeError> {
    let runtime = Builder::new_multi_thread().thread_name("http").enable_all().build();
    runtime.map_err(|error| ServeError::Rocket(error.to_string()))
}

/// Listens, calls `begin`, and serves until told to end.
async fn launch(app: Arc<App>, begin: impl FnOnce(SocketAddr, Shutdown) + Send + 'static) -> Result<(), ServeError> {
    let wanted = SocketAddr::new(app.config.address, app.config.port);
    // Rocket wants to share what it calls once.
    let begin = Mutex::new(Some(begin));
    let listening = AdHoc::on_liftoff("listening", move |rocket| {
        let address = SocketAddr::new(rocket.config().address, rocket.config().port);
        if let Some(begin) = begin.lock().unwrap_or_else(PoisonError::into_inner).take() {
            begin(address, rocket.shutdown());
        }
        Box::pin(async {})
    });
    let idle = AdHoc::on_shutdown("idle connections", |_| Box::pin(sleep(IDLE_CLOSE)));
    let Err(error) = build(app)?.attach(listening).attach(idle).launch().await else { return Ok(()) };
    match error.kind() {
        ErrorKind::Bind(error) if error.kind() == io::ErrorKind::AddrInUse => Err(ServeError::PortInUse(wanted)),
        ErrorKind::Bind(error) => Err(ServeError::Rocket(format!("it cannot listen on {wanted}: {error}"))),
        ErrorKind::Shutdown(..) => {
            tracing::warn!("some clients did not leave in time");
            Ok(())
        }
        kind => Err(ServeError::Rocket(kind.to_string())),
    }
}

/// A server on a thread of its own, for `exchange=http` from the command line, benchmarks and tests. It takes no
/// signals.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shutdown: Shutdown,
    app: Arc<App>,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
}

impl Server {
    /// Serves a journal that is already open, on `config`'s address and port (0: any that is free), and gives `runs`
    /// their exchange over HTTP.
    ///
    /// # Errors
    ///
    /// [`ServeError`].
    pub fn start(config: Config, journal: Journal, runs: Runs) -> Result<Self, ServeError> {
        let runtime = runtime()?;
        let app = Arc::new(App::new(config)?);
        let (listens, listening) = mpsc::channel();
        let served = app.clone();
        let begin = {
            let app = app.clone();
            move |address, shutdown| {
                app.open(journal, runs, address);
                // The thread that started the server waits for this.
                let _ = listens.send((address, shutdown));
            }
        };
        let serve = move || {
            let outcome = runtime.block_on(launch(served, begin));
            runtime.shutdown_timeout(LAST_WORK_MAX);
            outcome
        };
        let thread = thread::Builder::new().name("server".to_owned()).spawn(serve);
        let thread = thread.map_err(|error| ServeError::Rocket(error.to_string()))?;
        match listening.recv() {
            Ok((address, shutdown)) => Ok(Self { address, shutdown, app, thread: Some(thread) }),
            Err(_) => Err(match thread.join() {
                Ok(Err(error)) => error,
                _ => ServeError::Rocket("it ended before it listened".to_owned()),
            }),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it, requests under way first; the journal stays open. Runs that hand over through it should be stopped
    /// before.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.app.stop();
        self.shutdown.clone().notify();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(Err(error))) => tracing::error!(%error, "the server failed"),
            Some(Err(_)) => tracing::error!("the server panicked"),
            Some(Ok(Ok(()))) | None => {}
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
