//! `/api/v1/canvases/{name}/log.bin`: the log as plain rows of pixels, for players.
//!
//! `X-Pixlog-Version` is the version that the rows reach: the next page is that after it. Where the entry after it is a
//! state, which no row can tell, `X-Pixlog-State` names its version: read that region again, and go on after it. A page
//! without rows and without that header is at the head.

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::canvas::Version;
use crate::journal::LogRows;

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::{find, limit};
use super::gate::{Rules, gated};
use super::openapi::bodies::Bytes;
use super::openapi::params::OfCanvas;
use super::openapi::problems::Impossible;
use super::problem::Problem;
use super::query::Query;

/// Pixels of a page where nothing is said, and at most: 2 MiB.
pub(super) const ROWS_LIMIT: (usize, usize) = (65_536, 262_144);

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![rows], &Rules::answering(MediaType::Binary))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(rows))]
pub(super) struct Doc;

/// The log as rows of pixels, for players
///
/// Each row is a little-endian `u32` cell (y · width + x) and 3 (`rgb`) or 4 (`rgba`) bytes of colour. A `state` ends a
/// page: read its region again and go on after it. A page without rows and without `X-Pixlog-State` is at the head.
#[utoipa::path(
    get,
    path = "/canvases/{name}/log.bin",
    operation_id = "getLog",
    tag = "history",
    params(OfCanvas,
        ("after" = Option<u64>, Query, description = "The version after which it begins; 0 where nothing is said", example = 1),
        ("limit" = Option<usize>, Query, description = "The most rows; 65,536 where nothing is said", minimum = 1,
            maximum = 262_144, example = 10)),
    responses(
        (status = 200, description = "Rows", body = Bytes, content_type = "application/octet-stream", headers(
            ("X-Pixlog-Version" = u64, description = "The version that the rows reach"),
            ("X-Pixlog-State" = u64, description = "The version of the state that comes next, where one does"))),
        Impossible,
    )
)]
#[get("/canvases/<name>/log.bin")]
async fn rows(name: &str, mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let after = Version(query.get("after")?.unwrap_or(0));
    let limit = limit(&mut query, ROWS_LIMIT)?;
    query.finish()?;
    let (journal, name) = (opened.journal.clone(), name.to_owned());
    let read = move || {
        let canvas = find(&journal, &name)?;
        Ok::<_, Problem>(journal.log_rows(canvas.id, after, limit)?)
    };
    let LogRows { rows, upto, state, .. } = app.work.light(read).await?;
    // The log never changes, but it grows: what ends at its head may be longer the next time.
    let is_full = upto.0 - after.0 == limit as u64;
    let answer = Answer::bytes(ContentType::Binary, rows).header("X-Pixlog-Version", upto.to_string());
    let answer = if is_full || state.is_some() { answer.immutable() } else { answer.no_store() };
    Ok(match state {
        Some(state) => answer.header("X-Pixlog-State", state.to_string()),
        None => answer,
    })
}
