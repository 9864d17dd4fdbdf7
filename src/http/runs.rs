//! `/api/v1/runs`: starting runs, watching them, stopping and resuming them.

use rocket::http::{ContentType, MediaType, Status};
use rocket::{Route, get, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Author, RunId, Size};
use crate::config::Scope;
use crate::journal::{Answered, Journal, JournalError, Outcome, Records, Terms};
use crate::pingpong::{RunError, RunSpec, RunTarget, RunView, Runs};

use super::answer::{Answer, rfc3339, seconds};
use super::app::{App, Opened};
use super::body;
use super::canvases::{LIST_LIMIT, limit, name, next};
use super::gate::{Rules, gated};
use super::openapi::params::{OfRun, Page, Repeatable};
use super::openapi::problems::{Gone, Impossible, NotFound, TooLarge, TooSlow};
use super::pictures::url;
use super::problem::Problem;
use super::query::Query;
use super::repeat::Begun;
use super::root::{GRANULAR, exchange, seed};
use super::sent::Sent;
use super::writing::Writing;

/// The effort with which an answer is packed, of 10.
const PACKING_LEVEL: u8 = 6;

/// More than a run in JSON takes, in bytes.
const RUN_BYTES_MAX: usize = 64 << 10;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![create, list, get, pause, resume, cancel], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(create, list, get, pause, resume, cancel))]
pub(super) struct Doc;

/// A run in JSON.
#[derive(Serialize, ToSchema)]
pub(super) struct RunBody<'a> {
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
    fn spec(
        self,
        author: Option<Author>,
        may_fill: Result<(), Problem>,
        journal: &Journal,
    ) -> Result<RunSpec, Problem> {
        let exchange = self.exchange.as_deref().map(exchange).transpose();
        Ok(RunSpec {
            target: target(self.width.zip(self.height), self.canvas.as_deref(), may_fill, journal)?,
            granular: self.granular,
            pixels_per_hop: self.pixels_per_hop,
            exchange: exchange.map_err(|error| Problem::unreadable(format!("exchange: {error}")))?.unwrap_or_default(),
            seed: self.seed.map(seed).transpose()?,
            author,
        })
    }
}

/// A canvas that is there, of that size where one is given, or a new one. One with a cooldown is filled by those only who
/// `may_fill` it without waiting.
fn target(
    size: Option<(u32, u32)>,
    canvas: Option<&str>,
    may_fill: Result<(), Problem>,
    journal: &Journal,
) -> Result<RunTarget, Problem> {
    let size = size.map(|(width, height)| Size::new(width, height)).transpose().map_err(JournalError::from)?;
    let named = canvas.map(name).transpose()?;
    if let Some(named) = &named {
        match journal.canvas_named(named) {
            Ok(canvas) if size.is_none_or(|size| size == canvas.size) => {
                if canvas.settings.cooldown_ms > 0 {
                    may_fill?;
                }
                return Ok(RunTarget::Existing(canvas.id));
            }
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
    params(Repeatable),
    request_body(content = NewRunBody, example = json!({"width": 28, "height": 28, "granular": 10, "seed": 7})),
    responses(
        (status = 202, description = "It goes", body = RunBody, headers(("Location" = String, description = "Its path"))),
        NotFound,
        Gone,
    )
)]
#[post("/runs", data = "<sent>")]
async fn create(writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    let Writing { query, repeat, caller, .. } = writing;
    query.finish()?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let (author, may_fill) = (caller.author(None)?, caller.need(Scope::Admin));
    let Opened { journal, runs } = opened.clone();
    let start = move || -> Result<Answered<RunView>, Problem> {
        let claim = match repeat.begin(&journal, &bytes)? {
            Begun::Before(Outcome::Bytes(before)) => {
                return Ok(Answered { outcome: runs.started(&before)?, replayed: true });
            }
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let spec = body::parse::<NewRunBody>(&bytes)?.spec(author, may_fill, &journal)?;
        Ok(Answered { outcome: runs.start_once(&spec, false, claim.as_ref())?, replayed: false })
    };
    let Answered { outcome: view, replayed } = app.work.light(start).await?;
    let answer = Answer::json(&RunBody::new(&view))?.status(Status::Accepted).no_store().replayed(replayed);
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

/// The run of that number in a URL.
pub(super) fn run_id(text: &str) -> Result<RunId, Problem> {
    let no_run = |_| Problem::new(Status::NotFound, "no-such-run", "there is no run with this number");
    text.parse().map(RunId).map_err(no_run)
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
    query.finish()?;
    let (id, runs) = (run_id(id)?, opened.runs.clone());
    let view = app.work.light(move || runs.view(id)).await?;
    Ok(Answer::json(&RunBody::new(&view))?.no_store())
}

/// Has something done to a run. With a key the answer is remembered right after it was done: a crash in between leaves
/// the run as it is wanted, and a repeat is told that it is so already (409).
async fn order(
    id: &str,
    writing: Writing<'_>,
    app: &App,
    opened: &Opened,
    sent: Sent<'_>,
    order: fn(&Runs, RunId) -> Result<RunView, RunError>,
) -> Result<Answer, Problem> {
    let Writing { query, repeat, .. } = writing;
    query.finish()?;
    let id = run_id(id)?;
    let bytes = sent.bytes(app.config.limits.json_bytes_max).await?;
    let Opened { journal, runs } = opened.clone();
    let work = move || -> Result<Answered<Vec<u8>>, Problem> {
        let claim = match repeat.begin(&journal, &bytes)? {
            Begun::Before(Outcome::Bytes(before)) => {
                return Ok(Answered { outcome: unpacked(&before)?, replayed: true });
            }
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let view = order(&runs, id)?;
        let json = serde_json::to_vec(&RunBody::new(&view)).map_err(Problem::internal)?;
        if claim.is_some() {
            let terms = Terms { claim: claim.as_ref(), ..Terms::default() };
            journal.write_records_once(Records::default(), terms, packed(&json))?;
        }
        Ok(Answered { outcome: json, replayed: false })
    };
    let Answered { outcome, replayed } = app.work.light(work).await?;
    Ok(Answer::bytes(ContentType::JSON, outcome).no_store().replayed(replayed))
}

/// A run in JSON, small enough to be remembered: a hundred pictures take 8 kB, and all look alike.
fn packed(json: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(json, PACKING_LEVEL)
}

/// The JSON that was packed.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Problem> {
    miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, RUN_BYTES_MAX).map_err(Problem::internal)
}

/// Pause a run at a durable point
#[utoipa::path(
    post,
    path = "/runs/{id}/pause",
    operation_id = "pauseRun",
    tag = "runs",
    params(OfRun, Repeatable),
    responses((status = 200, description = "The run", body = RunBody), NotFound, Gone, TooSlow,
        TooLarge)
)]
#[post("/runs/<id>/pause", data = "<sent>")]
async fn pause(id: &str, writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    order(id, writing, app, opened, sent, Runs::pause).await
}

/// Go on with a run that is paused
#[utoipa::path(
    post,
    path = "/runs/{id}/resume",
    operation_id = "resumeRun",
    tag = "runs",
    params(OfRun, Repeatable),
    responses((status = 200, description = "The run", body = RunBody), NotFound, Gone, TooSlow,
        TooLarge)
)]
#[post("/runs/<id>/resume", data = "<sent>")]
async fn resume(id: &str, writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    order(id, writing, app, opened, sent, Runs::resume).await
}

/// End a run at a durable point; its canvas stays
#[utoipa::path(
    post,
    path = "/runs/{id}/cancel",
    operation_id = "cancelRun",
    tag = "runs",
    params(OfRun, Repeatable),
    responses((status = 200, description = "The run", body = RunBody), NotFound, Gone, TooSlow,
        TooLarge)
)]
#[post("/runs/<id>/cancel", data = "<sent>")]
async fn cancel(id: &str, writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    order(id, writing, app, opened, sent, Runs::cancel).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_can_be_remembered() {
        let url = |version| format!("/api/v1/canvases/{}/image.png?version={version}", "x".repeat(64));
        let image = |percent| ImageBody {
            percent,
            version: u64::from(percent).pow(4) * 671_088,
            url: url(u64::from(percent).pow(4) * 671_088),
        };
        let images: Vec<_> = (1..=100).map(image).collect();
        let json = serde_json::to_vec(&images).expect("JSON");
        assert!(json.len() > 10_000, "{} bytes", json.len());
        let packed = packed(&json);
        // The rest is the same few hundred bytes for every run, and a reason of at most 500 bytes.
        assert!(packed.len() + 1_200 < Outcome::BYTES_MAX, "{} bytes", packed.len());
        assert_eq!(unpacked(&packed).expect("whole"), json);
        assert!(unpacked(&packed[..9]).is_err(), "cut");
    }
}
