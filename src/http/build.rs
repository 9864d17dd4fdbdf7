//! The routes put together, apart from launching them.

use std::sync::Arc;

use rocket::data::{Limits, ToByteUnit};
use rocket::figment::providers::Serialized;
use rocket::shield::Shield;
use rocket::{Build, Rocket, Route, catchers};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

use super::app::App;
use super::observed::Observed;
use super::server::ServeError;
use super::{
    canvases, catchers, cells, cors, current, diff, docs, endpoints, fork, health, history, images, info, live, log,
    metrics, openapi, page, pixels, progress, restore, root, runs, session, states, stats, tags, tiles, timelapse,
    timeline, transfer, undo,
};

/// Routes, and what the OpenAPI document says of them.
pub(super) struct Resource {
    /// Below which path they are.
    pub(super) at: &'static str,
    /// The routes.
    pub(super) routes: fn() -> Vec<Route>,
    /// Their part of the document, its paths without `at`.
    pub(super) document: fn() -> Document,
}

impl Resource {
    const fn new(at: &'static str, routes: fn() -> Vec<Route>, document: fn() -> Document) -> Self {
        Self { at, routes, document }
    }
}

/// Everything that is served.
pub(super) const RESOURCES: &[Resource] = &[
    Resource::new("/", root::routes, root::Doc::openapi),
    Resource::new("/", progress::routes, progress::Doc::openapi),
    Resource::new("/", endpoints::routes, endpoints::Doc::openapi),
    Resource::new("/", current::routes, current::Doc::openapi),
    Resource::new("/", health::routes, health::Doc::openapi),
    Resource::new("/", metrics::routes, metrics::Doc::openapi),
    Resource::new("/", openapi::routes, openapi::Doc::openapi),
    Resource::new("/", docs::routes, docs::Doc::openapi),
    Resource::new("/", page::routes, page::Doc::openapi),
    Resource::new("/api/v1", info::routes, info::Doc::openapi),
    Resource::new("/api/v1", canvases::routes, canvases::Doc::openapi),
    Resource::new("/api/v1", pixels::routes, pixels::Doc::openapi),
    Resource::new("/api/v1", images::routes, images::Doc::openapi),
    Resource::new("/api/v1", history::routes, history::Doc::openapi),
    Resource::new("/api/v1", runs::routes, runs::Doc::openapi),
    Resource::new("/api/v1", states::routes, states::Doc::openapi),
    Resource::new("/api/v1", restore::routes, restore::Doc::openapi),
    Resource::new("/api/v1", undo::routes, undo::Doc::openapi),
    Resource::new("/api/v1", fork::routes, fork::Doc::openapi),
    Resource::new("/api/v1", tags::routes, tags::Doc::openapi),
    Resource::new("/api/v1", tiles::routes, tiles::Doc::openapi),
    Resource::new("/api/v1", cells::routes, cells::Doc::openapi),
    Resource::new("/api/v1", diff::routes, diff::Doc::openapi),
    Resource::new("/api/v1", timelapse::routes, timelapse::Doc::openapi),
    Resource::new("/api/v1", timeline::routes, timeline::Doc::openapi),
    Resource::new("/api/v1", log::routes, log::Doc::openapi),
    Resource::new("/api/v1", stats::routes, stats::Doc::openapi),
    Resource::new("/api/v1", live::routes, live::Doc::openapi),
    Resource::new("/api/v1", transfer::routes, transfer::Doc::openapi),
    Resource::new("/api/v1", session::routes, session::Doc::openapi),
];

/// A server with all its routes, not listening yet.
///
/// # Errors
///
/// [`ServeError::Rocket`] where an origin that may call is none.
pub(super) fn build(app: Arc<App>) -> Result<Rocket<Build>, ServeError> {
    let cors = cors::cors(&app.access).map_err(|error| {
        tracing::debug!(%error, "cors_origins cannot be used");
        ServeError::Rocket("cors_origins are origins such as http://localhost:5173".to_owned())
    })?;
    // Multipart forms are the one kind of body that Rocket reads for us.
    let upload = app.config.limits.upload_bytes_max.bytes();
    let limits = Limits::new().limit("data-form", upload).limit("form", upload).limit("string", upload);
    let figment = app.config.figment().merge(Serialized::global("limits", limits));
    let rocket = rocket::custom(figment)
        .attach(Shield::new())
        .attach(cors::Headers)
        .attach(Observed)
        .register("/", catchers![catchers::any])
        .manage(cors)
        .manage(app);
    Ok(RESOURCES.iter().fold(rocket, |rocket, resource| rocket.mount(resource.at, (resource.routes)())))
}

#[cfg(test)]
mod tests {
    use rocket::http::{ContentType, Header, Status};
    use rocket::local::blocking::Client;
    use rocket::{get, routes};

    use crate::config::Config;
    use crate::journal::Journal;
    use crate::pingpong::Runs;
    use crate::store::MemoryStore;

    use super::super::gate::{Rules, gated};
    use super::*;

    #[get("/panics")]
    fn panics() -> &'static str {
        panic!("a secret of the server")
    }

    fn client(app: &Arc<App>) -> Client {
        let rocket = build(app.clone()).expect("well configured").mount("/", gated(routes![panics], &Rules::always()));
        Client::untracked(rocket).expect("no collisions")
    }

    /// Status, kind of problem, and `Retry-After` of an answer.
    fn ask(client: &Client, method: rocket::http::Method, path: &str) -> (u16, String, Option<String>) {
        let request = client.req(method, path.to_owned()).header(Header::new("Host", "localhost"));
        let answer = request.header(ContentType::JSON).body("{}").dispatch();
        let (status, retry) = (answer.status().code, answer.headers().get_one("Retry-After").map(str::to_owned));
        let body: serde_json::Value =
            serde_json::from_str(&answer.into_string().unwrap_or_default()).unwrap_or_default();
        let kind = body["type"].as_str().unwrap_or_default().trim_start_matches("urn:pixlog:problem:").to_owned();
        (status, kind, retry)
    }

    #[test]
    fn until_the_data_is_open_only_life_is_shown() {
        use rocket::http::Method::{Get, Post};
        let client = client(&Arc::new(App::new(Config::default()).expect("no tokens")));
        let recovering = (503, "recovering".to_owned(), Some("1".to_owned()));
        for (method, path) in [
            (Get, "/"),
            (Get, "/?init=1&width=1&height=1"),
            (Get, "/progress"),
            (Post, "/ping"),
            (Get, "/history"),
            (Get, "/api/v1/canvases"),
            (Post, "/api/v1/canvases"),
            (Post, "/api/v1/canvases/a/pixels"),
            (Post, "/api/v1/runs"),
            (Get, "/health/ready"),
        ] {
            assert_eq!(ask(&client, method, path), recovering, "{method} {path}");
        }
        assert_eq!(ask(&client, Get, "/health/live").0, 200);
        assert_eq!(ask(&client, Get, "/app").0, 200);
    }

    #[test]
    fn while_it_stops_it_reads_and_does_not_write() {
        use rocket::http::Method::{Get, Post};
        let app = Arc::new(App::new(Config::default()).expect("no tokens"));
        let store = Arc::new(MemoryStore::new());
        let journal = Journal::open(store, app.config.journal()).expect("an empty store");
        app.open(journal.clone(), Runs::new(journal), ([127, 0, 0, 1], 1).into());
        app.stop();
        let client = client(&app);
        let stopping = (503, "stopping".to_owned(), Some("1".to_owned()));
        for (method, path) in [
            (Get, "/?init=1&width=1&height=1"),
            (Post, "/pong"),
            (Post, "/api/v1/canvases"),
            (Post, "/api/v1/runs"),
            (Get, "/health/ready"),
        ] {
            assert_eq!(ask(&client, method, path), stopping, "{method} {path}");
        }
        for path in ["/", "/progress", "/api/v1/canvases", "/api/v1/runs", "/health/live"] {
            assert_eq!(ask(&client, Get, path).0, 200, "{path}");
        }
    }

    #[test]
    fn a_panic_is_a_problem_without_its_text() {
        let client = client(&Arc::new(App::new(Config::default()).expect("no tokens")));
        let answer = client.get("/panics").header(Header::new("Host", "localhost")).dispatch();
        assert_eq!((answer.status(), answer.content_type()), (Status::InternalServerError, Some(problem_json())));
        let text = answer.into_string().unwrap_or_default();
        assert!(text.contains("urn:pixlog:problem:internal") && !text.contains("secret"), "{text}");
    }

    fn problem_json() -> ContentType {
        ContentType::new("application", "problem+json")
    }
}
