//! The routes put together, apart from launching them.

use std::sync::Arc;

use rocket::data::{Limits, ToByteUnit};
use rocket::figment::providers::Serialized;
use rocket::shield::Shield;
use rocket::{Build, Rocket, catchers};

use super::app::App;
use super::server::ServeError;
use super::{
    canvases, catchers, cells, cors, diff, endpoints, fork, health, history, images, info, live, log, page, pixels,
    progress, restore, root, runs, session, states, stats, tags, tiles, timelapse, timeline, transfer, undo,
};

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
    let at_root = [root::routes(), progress::routes(), endpoints::routes(), history::root_routes()];
    let below_api = [info::routes(), canvases::routes(), pixels::routes(), images::routes(), history::routes()];
    let writing = [restore::routes(), undo::routes(), fork::routes(), tags::routes(), states::routes()];
    let moments = [
        tiles::routes(),
        cells::routes(),
        diff::routes(),
        timelapse::routes(),
        timeline::routes(),
        log::routes(),
        stats::routes(),
    ];
    let rocket = rocket::custom(figment)
        .attach(Shield::new())
        .attach(cors::Headers)
        .register("/", catchers![catchers::any])
        .mount("/", at_root.concat())
        .mount("/", health::routes())
        .mount("/", page::routes())
        .mount("/api/v1", below_api.concat())
        .mount("/api/v1", writing.concat())
        .mount("/api/v1", moments.concat())
        .mount("/api/v1", runs::routes())
        .mount("/api/v1", live::routes())
        .mount("/api/v1", transfer::routes())
        .mount("/api/v1", session::routes())
        .manage(cors)
        .manage(app);
    Ok(rocket)
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
