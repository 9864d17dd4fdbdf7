//! The page for browsers.

use rocket::http::ContentType;
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use super::answer::Answer;
use super::gate::{Rules, gated};

const PAGE: &str = include_str!("../../assets/index.html");

/// What the page may load: itself, pictures from here, and nothing from anywhere else.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![app], &Rules::always())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(app))]
pub(super) struct Doc;

/// The web app
#[utoipa::path(
    get,
    path = "/app",
    operation_id = "getApp",
    tag = "operating",
    security(()),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
#[get("/app")]
fn app() -> Answer {
    answer()
}

/// The page itself.
pub(super) fn answer() -> Answer {
    Answer::bytes(ContentType::HTML, PAGE.as_bytes().to_vec())
        .header("Cache-Control", "no-cache")
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer")
}
