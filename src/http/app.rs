//! What the routes work with: the journal and the runs once they are open, the lanes, the rules of access.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};

use crate::config::Config;
use crate::config::tokens::TokensError;
use crate::journal::Journal;
use crate::pingpong::Runs;

use super::access::Access;
use super::counters::Counters;
use super::exchange::{HttpExchange, Secret};
use super::live::Hub;
use super::newest::Newest;
use super::problem::Problem;
use super::stream::{self, Out, Produced};
use super::tile_cache::TileCache;
use super::work::Work;

/// One server.
#[derive(Debug)]
pub(super) struct App {
    /// How it is configured.
    pub(super) config: Config,
    /// Who may ask.
    pub(super) access: Access,
    /// How much may be done at once.
    pub(super) work: Work,
    /// Proves that a hand-over comes from this process.
    pub(super) secret: Secret,
    /// What it counts of its own work.
    pub(super) counters: Counters,
    /// The newest picture, rendered.
    pub(super) newest: Newest,
    /// What live readers share.
    pub(super) hub: Arc<Hub>,
    /// Tiles that were asked for, encoded.
    pub(super) tiles: TileCache,
    opened: OnceLock<Opened>,
    stopping: Arc<AtomicBool>,
}

/// The journal and its runs, open.
#[derive(Clone)]
pub(super) struct Opened {
    /// The log of every canvas.
    pub(super) journal: Journal,
    /// The runs in it.
    pub(super) runs: Runs,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("journal", &self.journal).finish_non_exhaustive()
    }
}

impl App {
    /// A server that has nothing open yet.
    ///
    /// # Errors
    ///
    /// Where the file of tokens cannot be used.
    pub(super) fn new(config: Config) -> Result<Self, TokensError> {
        let counters = Counters::default();
        Ok(Self {
            access: Access::new(&config)?,
            work: Work::new(config.limits.heavy_requests_max, config.limits.streams_max, config.limits.readers_max),
            secret: Secret::new(),
            newest: Newest::new(counters.newest_picture.clone()),
            tiles: TileCache::new(config.limits.tile_cache_bytes, counters.tiles.clone()),
            counters,
            hub: Arc::default(),
            opened: OnceLock::new(),
            stopping: Arc::new(AtomicBool::new(false)),
            config,
        })
    }

    /// Gives the routes what they work with; runs reach the endpoints at `address`. Returns what is open.
    pub(super) fn open(&self, journal: Journal, runs: Runs, address: SocketAddr) -> &Opened {
        let secret = self.secret.clone();
        runs.set_http_exchange(Arc::new(move || Box::new(HttpExchange::new(address, secret.clone()))));
        self.opened.get_or_init(|| Opened { journal, runs })
    }

    /// The journal and the runs, once they are open.
    pub(super) fn opened(&self) -> Result<&Opened, Problem> {
        self.opened.get().ok_or_else(Problem::recovering)
    }

    /// Refuses new writes from here on.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Whether new writes are refused.
    pub(super) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Runs a producer in the heavy lane.
    pub(super) async fn produce(
        &self,
        producer: impl FnOnce(&mut Out) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Produced, Problem> {
        stream::produce(&self.work, &self.stopping, producer).await
    }

    /// Runs a producer whose answer grows as things happen.
    pub(super) async fn produce_live(
        &self,
        producer: impl FnOnce(&mut Out) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Produced, Problem> {
        stream::produce_live(&self.work, &self.stopping, producer).await
    }
}

/// The server that a request came to.
pub(super) fn app<'r>(request: &'r Request<'_>) -> Option<&'r Arc<App>> {
    request.rocket().state::<Arc<App>>()
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r App {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match app(request) {
            Some(app) => Outcome::Success(app),
            None => Outcome::Error((rocket::http::Status::InternalServerError, ())),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Opened {
    type Error = ();

    /// The gate in front of the route has answered for a server that is not open yet.
    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match app(request).and_then(|app| app.opened().ok()) {
            Some(opened) => Outcome::Success(opened),
            None => Outcome::Error((rocket::http::Status::ServiceUnavailable, ())),
        }
    }
}
