//! One line in the log for each request, and one more in the counters.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Request, Response};

use super::app::app;
use super::began::began;

/// Logs and counts each request once the head of its answer is there; what is streamed after that takes its own time.
/// Attached last, so that it sees the status that the client gets.
#[derive(Debug)]
pub(super) struct Observed;

#[rocket::async_trait]
impl Fairing for Observed {
    fn info(&self) -> Info {
        Info { name: "observed", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let (began, status) = (began(request), response.status());
        let took = began.at.elapsed();
        if let Some(app) = app(request) {
            let route = request.route().map_or("", |route| route.uri.path());
            app.counters.answered(route, began.method, status, took);
        }
        // Called only where the line is written.
        let bytes = || {
            let bytes = response.headers().get_one("Content-Length").and_then(|bytes| bytes.parse::<u64>().ok());
            bytes.or_else(|| response.body().preset_size().map(|bytes| bytes as u64))
        };
        let (method, path, status) = (began.method.as_str(), request.uri().path().as_str(), status.code);
        let duration_ms = f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1_000.0;
        // A filter looks at the level of a line where it stands, so there are two.
        if status >= 500 {
            tracing::info!(parent: &began.span, method, path, status, duration_ms, bytes = bytes(), "answered");
        } else {
            tracing::debug!(parent: &began.span, method, path, status, duration_ms, bytes = bytes(), "answered");
        }
    }
}
