//! `/api/v1/runs`: starting runs, watching them, stopping and resuming them.

use rocket::http::{MediaType, Status};
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};

use crate::canvas::{Author, RunId, Size};
use crate::journal::{Journal, JournalError};
use crate::pingpong::{RunError, RunSpec, RunTarget, RunView, Runs};

use super::answer::{Answer, rfc3339, seconds};
use super::app::{App, Opened};
use super::caller::Caller;
use super::canvases::{LIST_LIMIT, limit, name, next};
use super::gate::{Rules, gated};
use super::pictures::url;
use super::problem::Problem;
use super::query::Query;
use super::root::{GRANULAR, exchange, seed};
use super::sent::Sent;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![create, list, get, pause, resume, cancel], &Rules::answering(MediaType::JSON))
}

/// A run in JSON.
#[derive(Serialize)]
pub(super) struct RunBody<'a> {
    id: u64,
    canvas: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    progression: u32,
    pixels: u32,
    cells: u32,
    pixels_per_second: f64,
    eta_seconds: Option<f64>,
    started_at: String,
    finished_at: Option<String>,
    granular: u32,
    pixels_per_hop: u32,
    exchange: &'static str,
    seed: u64,
    images: Vec<ImageBody>,
}

#[derive(Serialize)]
struct ImageBody {
    percent: u32,
    version: u64,
    url: String,
}

impl<'a> RunBody<'a> {
    pub(super) fn new(view: &'a RunView) -> Self {
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRunBody {
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default = "granular")]
    granular: u32,
    #[serde(default = "pixels_per_hop")]
    pixels_per_hop: u32,
    exchange: Option<String>,
    seed: Option<u64>,
    canvas: Option<String>,
}

const fn granular() -> u32 {
    GRANULAR
}

const fn pixels_per_hop() -> u32 {
    1
}

impl NewRunBody {
    fn spec(self, author: Option<Author>, journal: &Journal) -> Result<RunSpec, Problem> {
        let exchange = self.exchange.as_deref().map(exchange).transpose();
        Ok(RunSpec {
            target: target(self.width.zip(self.height), self.canvas.as_deref(), journal)?,
            granular: self.granular,
            pixels_per_hop: self.pixels_per_hop,
            exchange: exchange.map_err(|error| Problem::unreadable(format!("exchange: {error}")))?.unwrap_or_default(),
            seed: self.seed.map(seed).transpose()?,
            author,
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

#[post("/runs", data = "<sent>")]
async fn create(
    query: Query<'_>,
    caller: &Caller,
    app: &App,
    opened: &Opened,
    sent: Sent<'_>,
) -> Result<Answer, Problem> {
    query.finish()?;
    let body = sent.json::<NewRunBody>(app.config.limits.json_bytes_max).await?;
    let author = caller.author(None)?;
    let Opened { journal, runs } = opened.clone();
    let view = app.work.light(move || Ok::<_, Problem>(runs.start(body.spec(author, &journal)?, false)?)).await?;
    let answer = Answer::json(&RunBody::new(&view))?.status(Status::Accepted).no_store();
    Ok(answer.header("Location", format!("/api/v1/runs/{}", view.id)))
}

#[derive(Serialize)]
struct ListBody<'a> {
    runs: Vec<RunBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

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

/// The number of a run, of which there may be none.
pub(super) fn run_id(text: &str) -> Result<RunId, Problem> {
    let no_run = |_| Problem::new(Status::NotFound, "no-such-run", "there is no run with this number");
    text.parse().map(RunId).map_err(no_run)
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
    let id = run_id(id)?;
    let runs = opened.runs.clone();
    let view = app.work.light(move || ask(&runs, id)).await?;
    Ok(Answer::json(&RunBody::new(&view))?.no_store())
}

#[get("/runs/<id>")]
async fn get(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::view).await
}

#[post("/runs/<id>/pause")]
async fn pause(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::pause).await
}

#[post("/runs/<id>/resume")]
async fn resume(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::resume).await
}

#[post("/runs/<id>/cancel")]
async fn cancel(id: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    one(id, query, app, opened, Runs::cancel).await
}
