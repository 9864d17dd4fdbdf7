//! `/api/v1/runs`: starting runs, watching them, stopping and resuming them.

use rocket::http::{MediaType, Status};
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{RunId, Size};
use crate::journal::{Journal, JournalError};
use crate::pingpong::{RunError, RunSpec, RunTarget, RunView, Runs};

use super::answer::{Answer, rfc3339, seconds};
use super::app::{App, Opened};
use super::canvases::{LIST_LIMIT, limit, name, next};
use super::gate::{Rules, gated};
use super::openapi::params::{OfRun, Page};
use super::openapi::problems::{Conflict, Impossible, NotFound};
use super::pictures::url;
use super::problem::Problem;
use super::query::Query;
use super::root::{GRANULAR, exchange, seed};
use super::sent::Sent;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![create, list, get, pause, resume, cancel], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(create, list, get, pause, resume, cancel))]
pub(super) struct Doc;

/// A run in JSON.
#[derive(Serialize, ToSchema)]
struct RunBody<'a> {
    id: u64,
    canvas: &'a str,
    #[schema(pattern = "^(running|paused|completed|cancelled|failed)$")]
    status: &'static str,
    /// Why it failed
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<&'a str>,
    /// Percent of the cells that are not white
    progression: u32,
    /// How many it added
    pixels: u32,
    cells: u32,
    pixels_per_second: f64,
    eta_seconds: Option<f64>,
    #[schema(format = DateTime)]
    started_at: String,
    #[schema(format = DateTime)]
    finished_at: Option<String>,
    granular: u32,
    pixels_per_hop: u32,
    #[schema(pattern = "^(local|http)$")]
    exchange: &'static str,
    seed: u64,
    images: Vec<ImageBody>,
}

/// A picture that was due.
#[derive(Serialize, ToSchema)]
struct ImageBody {
    percent: u32,
    version: u64,
    url: String,
}

impl<'a> RunBody<'a> {
    fn new(view: &'a RunView) -> Self {
        let image = |picture: &crate::pingpong::Picture| ImageBody {
            percent: picture.percent,
            version: picture.version.0,
            url: url(&view.canvas, picture.version),
        };
        Self {
            id: view.id.0,
            canvas: view.canvas.name.as_str(),
            status: view.status.as_str(),
            error: view.error.as_deref(),
            progression: view.progression,
            pixels: view.pixels,
            cells: view.cells,
            pixels_per_second: seconds(view.pixels_per_second),
            eta_seconds: view.eta_seconds.map(seconds),
            started_at: rfc3339(view.started_at),
            finished_at: view.finished_at.map(rfc3339),
            granular: view.granular,
            pixels_per_hop: view.pixels_per_hop,
            exchange: view.exchange.as_str(),
            seed: view.seed,
            images: view.pictures.iter().map(image).collect(),
        }
    }
}

/// A run to be started.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRunBody {
    /// Not needed where the canvas is there
    #[schema(minimum = 1)]
    width: Option<u32>,
    #[schema(minimum = 1)]
    height: Option<u32>,
    /// A picture at each so many percent
    #[schema(minimum = 1, maximum = 100, default = 5)]
    #[serde(default = "granular")]
    granular: u32,
    /// How many pixels a hand-over adds
    #[schema(minimum = 1, default = 1)]
    #[serde(default = "pixels_per_hop")]
    pixels_per_hop: u32,
    /// How the endpoints hand over: in the process, or by real requests
    #[schema(pattern = "^(local|http)$")]
    exchange: Option<String>,
    /// Makes it repeatable
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    seed: Option<u64>,
    /// The name of the canvas to fill; a new one where nothing is said, or nobody has the name
    canvas: Option<String>,
}

const fn granular() -> u32 {
    GRANULAR
}

const fn pixels_per_hop() -> u32 {
    1
}

impl NewRunBody {
    fn spec(self, journal: &Journal) -> Result<RunSpec, Problem> {
        let exchange = self.exchange.as_deref().map(exchange).transpose();
        Ok(RunSpec {
            target: target(self.width.zip(self.height), self.canvas.as_deref(), journal)?,
            granular: self.granular,
            pixels_per_hop: self.pixels_per_hop,
            exchange: exchange.map_err(|error| Problem::unreadable(format!("exchange: {error}")))?.unwrap_or_default(),
            seed: self.seed.map(seed).transpose()?,
            author: None,
        })
    }
}

/// A canvas that is there, of that size where one is given, or a new one.
fn target(size: Option<(u32, u32)>, canvas: Option<&str>, journal: &Journal) -> Result<RunTarget, Problem> {
    let size = size.map(|(width, height)| Size::new(width, height)).transpose().map_err(JournalError::from)?;
    let named = canvas.map(name).transpose()?;
    if let Some(named) = &named {
        match journal.canvas_named(named) {
            Ok(canvas) if size.is_none_or(|size| size == canvas.size) => return Ok(RunTarget::Existing(canvas.id)),
            Ok(_) => return Err(Problem::impossible("wrong-size", format!("{named} has another size"))),
            Err(JournalError::NoCanvas(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let size = size.ok_or_else(|| Problem::unreadable("width and height are missing"))?;
    Ok(RunTarget::New { size, name: named })
}

/// Start a run
#[utoipa::path(
    post,
    path = "/runs",
    operation_id = "startRun",
    tag = "runs",
    request_body(content = NewRunBody, example = json!({"width": 28, "height": 28, "granular": 10, "seed": 7})),
    responses(
        (status = 202, description = "It goes", body = RunBody, headers(("Location" = String, description = "Its path"))),
        NotFound,
        Conflict,
        Impossible,
    )
)]
#[post("/runs", data = "<sent>")]
async fn create(query: Query<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    query.finish()?;
    let body = sent.json::<NewRunBody>(app.config.limits.json_bytes_max).await?;
    let Opened { journal, runs } = opened.clone();
    let view = app.work.light(move || Ok::<_, Problem>(runs.start(body.spec(&journal)?, false)?)).await?;
    let answer = Answer::json(&RunBody::new(&view))?.status(Status::Accepted).no_store();
    Ok(answer.header("Location", format!("/api/v1/runs/{}", view.id)))
}

/// A page of runs.
#[derive(Serialize, ToSchema)]
#[schema(as = RunList)]
struct ListBody<'a> {
    runs: Vec<RunBody<'a>>,
    /// The path of the next page, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// List the runs, newest first
#[utoipa::path(
    get,
    path = "/runs",
    operation_id = "listRuns",
    tag = "runs",
    params(Page),
    responses((status = 200, description = "A page of them", body = ListBody), Impossible)
)]
#[get("/runs")]
async fn list(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let limit = limit(&mut query, LIST_LIMIT)?;
    let before = query.get("before")?.map(RunId);
    query.finish()?;
    let runs = opened.runs.clone();
    // One more than is shown tells whether there is a next page.
    let mut views = app.work.light(move || runs.list(before, limit + 1)).await?;
    let more = views.len() > limit;
    views.truncate(limit);
    let next = views.last().filter(|_| more).map(|last| next(limit, last.id.0, "runs"));
    Ok(Answer::json(&ListBody { runs: views.iter().map(RunBody::new).collect(), next })?.no_store())
}

/// Asks the runs for something about one of them.
async fn one(
    id: &str,
    query: Query<'_>,
    app: &App,
    opened: &Opened,
    ask: fn(&Runs, RunId) -> Result<RunView, RunError>,
) -> Result<Answer, Problem> {
    query.finish()?;
    let no_run = || Problem::new(Status::NotFound, "no-such-run", "there is no run with this number");
    let id = id.parse().map(RunId).map_err(|_| no_run())?;
    let runs = opened.runs.clone();
    let view = app.work.light(move || ask(&runs, id)).await?;
    Ok(Answer::json(&RunBody::new(&view))?.no_store())
}

/// Look at a run
#[utoipa::path(
    get,
    path = "/runs/{id}",
    operation_id = "getRun",
    tag = "runs",
    params(OfRun),
    responses((status = 200, description = "The run", body = RunBody), NotFound)
)]
#[get("/runs/<id>")]
async fn get(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::view).await
}

/// Pause a run at a durable point
#[utoipa::path(
    post,
    path = "/runs/{id}/pause",
    operation_id = "pauseRun",
    tag = "runs",
    params(OfRun),
    responses((status = 200, description = "The run", body = RunBody), NotFound, Conflict)
)]
#[post("/runs/<id>/pause")]
async fn pause(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::pause).await
}

/// Go on with a run that is paused
#[utoipa::path(
    post,
    path = "/runs/{id}/resume",
    operation_id = "resumeRun",
    tag = "runs",
    params(OfRun),
    responses((status = 200, description = "The run", body = RunBody), NotFound, Conflict)
)]
#[post("/runs/<id>/resume")]
async fn resume(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::resume).await
}

/// End a run at a durable point; its canvas stays
#[utoipa::path(
    post,
    path = "/runs/{id}/cancel",
    operation_id = "cancelRun",
    tag = "runs",
    params(OfRun),
    responses((status = 200, description = "The run", body = RunBody), NotFound, Conflict)
)]
#[post("/runs/<id>/cancel")]
async fn cancel(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::cancel).await
}
