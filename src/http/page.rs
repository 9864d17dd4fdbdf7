//! The page for browsers.

use rocket::http::ContentType;
use rocket::{Route, get, routes};

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
