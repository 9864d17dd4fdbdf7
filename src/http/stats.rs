//! `/api/v1/canvases/{name}/stats`: what a canvas takes up.

use rocket::http::MediaType;
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::journal::{Canvas, Stats};

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::find;
use super::gate::{Rules, gated};
use super::openapi::params::OfCanvas;
use super::problem::Problem;
use super::query::Query;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![stats], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(stats))]
pub(super) struct Doc;

/// What a canvas takes up. What is derived from the log, snapshots and deltas, comes and goes by itself.
#[derive(Serialize, ToSchema)]
#[schema(as = Stats)]
struct StatsBody<'a> {
    canvas: &'a str,
    version: u64,
    entries: EntriesBody,
    log_bytes: u64,
    blocks: u64,
    snapshots: u64,
    snapshot_bytes: u64,
    deltas: u64,
    delta_bytes: u64,
    authors: u64,
}

/// Entries by kind.
#[derive(Serialize, ToSchema)]
struct EntriesBody {
    pixel: u64,
    state: u64,
}

impl<'a> StatsBody<'a> {
    fn new(canvas: &'a Canvas, stats: &Stats) -> Self {
        let Stats { log_bytes, blocks, snapshot_bytes, snapshots, delta_bytes, deltas, pixels, states, authors } =
            *stats;
        Self {
            canvas: canvas.name.as_str(),
            version: pixels + states,
            entries: EntriesBody { pixel: pixels, state: states },
            log_bytes,
            blocks,
            snapshots,
            snapshot_bytes,
            deltas,
            delta_bytes,
            authors,
        }
    }
}

/// What a canvas takes up
#[utoipa::path(
    get,
    path = "/canvases/{name}/stats",
    operation_id = "getStats",
    tag = "canvases",
    params(OfCanvas),
    responses((status = 200, description = "Counts, and bytes in the store", body = StatsBody))
)]
#[get("/canvases/<name>/stats")]
async fn stats(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    query.finish()?;
    let (journal, name) = (opened.journal.clone(), name.to_owned());
    let read = move || {
        let canvas = find(&journal, &name)?;
        let stats = journal.stats(canvas.id)?;
        Ok::<_, Problem>((canvas, stats))
    };
    let (canvas, stats) = app.work.heavy.run(read).await?;
    Ok(Answer::json(&StatsBody::new(&canvas, &stats))?.no_store())
}
