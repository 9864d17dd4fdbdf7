//! The web app: its page and what that loads.

use rocket::{Route, get, routes};
use utoipa::OpenApi;

use super::answer::Answer;
use super::embedded::{self, Taken};
use super::gate::{Rules, gated};
use super::openapi::bodies::Bytes;
use super::openapi::problems::NotFound;
use super::problem::Problem;

/// What the page may load: its own scripts, styles and fonts, pictures from here and those that it makes itself, and
/// nothing from anywhere else. Components set styles on elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The page, below `/app/`.
const PAGE: &str = "index.html";

/// The picture of the app, below `/app/`.
const ICON: &str = "favicon.svg";

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![app, app_file, asset, icon], &Rules::always())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(app, app_file, asset, icon))]
pub(super) struct Doc;

/// The web app
#[utoipa::path(
    get,
    path = "/app",
    operation_id = "getApp",
    tag = "operating",
    security(()),
    responses(
        (status = 200, description = "The page", body = String, content_type = "text/html",
            headers(("Content-Encoding" = String), ("Vary" = String), ("ETag" = String))),
        (status = 304, description = "The client has this page"),
    )
)]
#[get("/app")]
fn app(taken: Taken<'_>) -> Result<Answer, Problem> {
    page(taken, "Accept-Encoding")
}

/// What of the web app keeps its name
#[utoipa::path(
    get,
    path = "/app/{file}",
    operation_id = "getAppFile",
    tag = "operating",
    security(()),
    params(("file" = String, Path, description = "The name of a file", example = "favicon.svg")),
    responses(
        (status = 200, description = "The file",
            headers(("Content-Encoding" = String), ("Vary" = String), ("ETag" = String)),
            content((String = "image/svg+xml"), (String = "text/html"), (String = "text/javascript"))),
        (status = 304, description = "The client has this file"),
        NotFound,
    )
)]
#[get("/app/<file>")]
fn app_file(file: &str, taken: Taken<'_>) -> Result<Answer, Problem> {
    if file == PAGE { page(taken, "Accept-Encoding") } else { kept_name(file, taken) }
}

/// Scripts and styles of the web app, whose names change with what is in them
#[utoipa::path(
    get,
    path = "/app/assets/{file}",
    operation_id = "getAppAsset",
    tag = "operating",
    security(()),
    params(("file" = String, Path, description = "The name of a file, as the page has it", example = "index-5IiGZ1zQ.css")),
    responses(
        (status = 200, description = "The file",
            headers(("Cache-Control" = String), ("Content-Encoding" = String), ("Vary" = String), ("ETag" = String)),
            content((String = "text/javascript"), (String = "text/css"), (Bytes = "font/woff2"))),
        (status = 304, description = "The client has this file"),
        NotFound,
    )
)]
#[get("/app/assets/<file>")]
fn asset(file: &str, taken: Taken<'_>) -> Result<Answer, Problem> {
    let answer = embedded::file(&format!("assets/{file}"))?.answer(taken);
    Ok(answer.immutable().header("Vary", "Accept-Encoding"))
}

/// The icon that browsers ask for where a page names none
#[utoipa::path(
    get,
    path = "/favicon.ico",
    operation_id = "getIcon",
    tag = "operating",
    security(()),
    responses(
        (status = 200, description = "That of the web app", body = String, content_type = "image/svg+xml",
            headers(("Content-Encoding" = String), ("Vary" = String), ("ETag" = String))),
        (status = 304, description = "The client has this icon"),
    )
)]
#[get("/favicon.ico")]
fn icon(taken: Taken<'_>) -> Result<Answer, Problem> {
    kept_name(ICON, taken)
}

/// A file that may be another under the same name tomorrow.
fn kept_name(name: &str, taken: Taken<'_>) -> Result<Answer, Problem> {
    let answer = embedded::file(name)?.answer(taken);
    Ok(answer.header("Cache-Control", "no-cache").header("Vary", "Accept-Encoding"))
}

/// The page itself, which `vary` says what it depends on.
pub(super) fn page(taken: Taken<'_>, vary: &str) -> Result<Answer, Problem> {
    let answer = embedded::file(PAGE)?.answer(taken).header("Vary", vary);
    Ok(answer
        .header("Cache-Control", "no-cache")
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer"))
}
