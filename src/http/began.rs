//! What is kept of a request from its beginning: the method it came with, its number, when that was.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rocket::http::{Accept, Method};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};
use tracing::{Span, error_span};

use super::app::app;
use super::counters::Held;

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Began {
    /// Its method: Rocket serves `HEAD` by what serves `GET`, and changes the method to that.
    pub(super) method: Method,
    /// What the log, the header `X-Request-Id` and every problem call it.
    pub(super) id: String,
    /// When it came.
    pub(super) at: Instant,
    /// Puts its number on every line that is logged for it.
    pub(super) span: Span,
    /// It is open until Rocket has sent its answer and forgets it.
    _open: Option<Held>,
}

/// The request as it came in; the first call, before it is routed, fixes it.
pub(super) fn began<'r>(request: &'r Request<'_>) -> &'r Began {
    request.local_cache(|| {
        let id = next_id();
        // Of the highest level: a span that the log's filter leaves out would leave its errors without a number.
        let span = error_span!("request", request_id = %id);
        let open = app(request).map(|app| app.counters.open_requests.enter());
        Began { method: request.method(), id, at: Instant::now(), span, _open: open }
    })
}

/// A number that no other request to this or another process has.
fn next_id() -> String {
    static PROCESS: LazyLock<String> = LazyLock::new(|| {
        let number = getrandom::u64().unwrap_or_else(|_| std::process::id().into());
        format!("{number:016x}-")
    });
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    [PROCESS.as_str(), &number].concat()
}

/// What a handler may want to know of a request beside its URL.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'r> {
    /// The method it came with.
    pub(super) method: Method,
    /// What the client takes.
    pub(super) accept: Option<&'r Accept>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Asked<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(Self { method: began(request).method, accept: request.accept() })
    }
}
