//! What is kept of a request from its beginning: the method it came with, and its number.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rocket::http::{Accept, Method};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Began {
    /// Its method: Rocket serves `HEAD` by what serves `GET`, and changes the method to that.
    pub(super) method: Method,
    /// What the log, the header `X-Request-Id` and every problem call it.
    pub(super) id: String,
}

/// The request as it came in; the first call, before it is routed, fixes it.
pub(super) fn began<'r>(request: &'r Request<'_>) -> &'r Began {
    request.local_cache(|| Began { method: request.method(), id: next_id() })
}

/// A number that no other request to this or another process has.
fn next_id() -> String {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| getrandom::u64().unwrap_or_else(|_| std::process::id().into()));
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{:016x}-{}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
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
