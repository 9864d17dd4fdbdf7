//! `/docs`: a page that lists the API and tries it. Swagger UI comes embedded in a crate, compressed; the page that
//! starts it is ours, so that no script stands in HTML and nothing comes from another host.

use std::sync::Arc;

use rocket::http::{ContentType, Status};
use rocket::{Route, get, routes};
use utoipa::OpenApi;
use utoipa_swagger_ui::Config;

use super::answer::Answer;
use super::gate::{Rules, gated};
use super::openapi::bodies::Bytes;
use super::openapi::problems::NotFound;
use super::problem::Problem;

const PAGE: &str = include_str!("../../assets/docs/index.html");
const SCRIPT: &str = include_str!("../../assets/docs/docs.js");

/// What of Swagger UI the page loads.
const FILES: [&str; 3] = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

/// Scripts and connections from here alone. Swagger UI sets styles on elements and shows icons as `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![page, file], &Rules::always())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(page, file))]
pub(super) struct Doc;

/// A page to try the API
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "getDocs",
    tag = "operating",
    security(()),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
#[get("/docs")]
fn page() -> Answer {
    Answer::bytes(ContentType::HTML, PAGE.as_bytes().to_vec())
        .header("Cache-Control", "no-cache")
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer")
}

/// What that page loads
#[utoipa::path(
    get,
    path = "/docs/{file}",
    operation_id = "getDocsFile",
    tag = "operating",
    security(()),
    params(("file" = String, Path, description = "The name of a file", example = "docs.js")),
    responses(
        (status = 200, description = "The file", headers(("Content-Encoding" = String)), content(
            (String = "text/javascript"), (String = "text/css"), (Bytes = "image/png"))),
        NotFound,
    )
)]
#[get("/docs/<file>")]
fn file(file: &str) -> Result<Answer, Problem> {
    if file == "docs.js" {
        let script = Answer::bytes(ContentType::JavaScript, SCRIPT.as_bytes().to_vec());
        return Ok(script.header("Cache-Control", "no-cache"));
    }
    let no_file = || Problem::new(Status::NotFound, "not-found", "there is no such page");
    let name = FILES.iter().find(|name| **name == file).ok_or_else(no_file)?;
    let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default())).map_err(Problem::internal)?;
    let found = found.ok_or_else(no_file)?;
    let kind = name.rsplit_once('.').and_then(|(_, ending)| ContentType::from_extension(ending));
    let answer = Answer::bytes(kind.unwrap_or(ContentType::Binary), found.bytes.into_owned());
    let answer = answer.header("Cache-Control", "max-age=86400");
    Ok(if found.gzpipped { answer.header("Content-Encoding", "gzip") } else { answer })
}
