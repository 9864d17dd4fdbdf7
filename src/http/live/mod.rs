//! Server-Sent Events: what happens to canvases and runs, as it happens (WHATWG HTML, 9.2).
//!
//! A reader remembers which versions it has reached and nothing else, so that a slow one costs no memory and a
//! connection that was lost goes on from its last event, out of the log. Readers who are level share what they are sent.

mod hub;
mod position;
mod reader;
mod runs;

use rocket::http::{ContentType, MediaType};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::canvas::Name;
use crate::journal::{Canvas, Journal};
use crate::pingpong::Runs;

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::{self, find};
use super::gate::{Rules, gated};
use super::openapi::bodies::PixelsEvent;
use super::openapi::params::{OfCanvas, OfRun};
use super::openapi::problems::{Gone, Impossible, NotFound};
use super::problem::Problem;
use super::query::Query;
use super::runs::{RunBody, run_id};
use hub::{DeletedBody, StateBody};
use position::Position;

pub(super) use hub::Hub;
pub(super) use reader::{EVENT_PIXELS_MAX, Events};

/// Canvases that one connection may follow.
pub(super) const CANVASES_MAX: usize = 32;

/// Runs that one connection may follow.
const RUNS_MAX: usize = 32;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![of_canvas, of_run, of_several], &Rules::answering(MediaType::new("text", "event-stream")))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(of_canvas, of_run, of_several), components(schemas(PixelsEvent, StateBody, DeletedBody, RunBody)))]
pub(in crate::http) struct Doc;

/// `Last-Event-ID`, which a browser sends when it connects anew.
#[derive(Debug, Clone, Copy)]
struct LastEventId<'r>(Option<&'r str>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEventId<'r> {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        Outcome::Success(Self(request.headers().get_one("Last-Event-ID").filter(|id| !id.is_empty())))
    }
}

/// Where reading begins: after the last event of an earlier connection, else where the URL says, else now.
fn begin(last: LastEventId<'_>, query: &mut Query<'_>) -> Result<Position, Problem> {
    let after = query.text("after")?;
    let text = last.0.or(after.as_deref());
    text.map_or(Ok(Position::default()), Position::parse)
}

/// Follow a canvas
///
/// `id` is the version that was reached. `event: pixels` carries a `PixelsEvent`; `event: state` a `StateEvent`, which
/// says that the rectangle is to be read again, also where too much happened to tell of each pixel; `event: deleted` a
/// `DeletedEvent`, the last one. A comment comes each 15 s. A connection that was lost goes on after its last id, out of
/// the log: nothing is missed, nothing comes twice.
#[utoipa::path(
    get,
    path = "/canvases/{name}/events",
    operation_id = "followCanvas",
    tag = "live",
    params(OfCanvas,
        ("after" = Option<u64>, Query, description = "The version to go on after; without it: the head", example = 1),
        ("Last-Event-ID" = Option<String>, Header, description = "The same, as a browser sends it", example = "1")),
    responses((status = 200, description = "Events (WHATWG HTML, 9.2)", body = String, content_type = "text/event-stream",
        example = "retry: 2000\nid: 1\n\nid: 3\nevent: pixels\ndata: {\"canvas\":\"art\",\"from\":1,\"version\":3,\"pixels\":[[1,1,\"#040506\"],[2,2,\"#070809\"]]}\n\nid: 4\nevent: state\ndata: {\"canvas\":\"art\",\"from\":3,\"version\":4,\"region\":{\"x\":0,\"y\":0,\"w\":8,\"h\":8}}\n\nevent: deleted\ndata: {\"canvas\":\"art\"}\n\n"))
)]
#[get("/canvases/<name>/events")]
async fn of_canvas(
    name: &str,
    mut query: Query<'_>,
    last: LastEventId<'_>,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    let position = begin(last, &mut query)?;
    query.finish()?;
    let wanted = Wanted { canvases: vec![canvases::name(name)?], runs: Vec::new(), is_several: false };
    follow(wanted, position, app, opened, shutdown).await
}

/// Follow a run
///
/// `event: run` carries the run as `GET /api/v1/runs/{id}` answers it: at once, then as it changes.
#[utoipa::path(
    get,
    path = "/runs/{id}/events",
    operation_id = "followRun",
    tag = "live",
    params(OfRun),
    responses((status = 200, description = "Events", body = String, content_type = "text/event-stream",
        example = "event: run\ndata: {\"id\":1,\"canvas\":\"art\",\"status\":\"running\",\"progression\":1,\"pixels\":7,\"cells\":400,\"pixels_per_second\":7000.0,\"eta_seconds\":0.056,\"started_at\":\"2026-01-01T00:00:00.000Z\",\"finished_at\":null,\"granular\":5,\"pixels_per_hop\":1,\"exchange\":\"local\",\"seed\":7,\"images\":[]}\n\n"),
        NotFound)
)]
#[get("/runs/<id>/events")]
async fn of_run(
    id: &str,
    query: Query<'_>,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    query.finish()?;
    let wanted = Wanted { canvases: Vec::new(), runs: vec![run_id(id)?], is_several: true };
    follow(wanted, Position::default(), app, opened, shutdown).await
}

/// Follow several canvases and runs on one connection
///
/// As for each of them alone, but `id` names what was reached of every canvas: `a=7,b=3`. At least one canvas or run is
/// named, at most 32 of each; the parameters repeat.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "followSeveral",
    tag = "live",
    params(
        ("canvas" = Option<String>, Query, description = "The name of a canvas; again for each", example = "art"),
        ("run" = Option<u64>, Query, description = "The number of a run; again for each", example = 1),
        ("after" = Option<String>, Query, description = "The id to go on after; a canvas that it does not name begins at its head",
            example = "art=1"),
        ("Last-Event-ID" = Option<String>, Header, description = "The same, as a browser sends it", example = "art=1")),
    responses((status = 200, description = "Events", body = String, content_type = "text/event-stream",
        example = "retry: 2000\nid: art=1\n\nid: art=2\nevent: pixels\ndata: {\"canvas\":\"art\",\"from\":1,\"version\":2,\"pixels\":[[1,1,\"#040506\"]]}\n\n"),
        NotFound, Gone, Impossible)
)]
#[get("/events")]
async fn of_several(
    mut query: Query<'_>,
    last: LastEventId<'_>,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    let position = begin(last, &mut query)?;
    let canvases: Result<Vec<_>, _> = query.all("canvas")?.iter().map(|text| canvases::name(text)).collect();
    let runs: Result<Vec<_>, _> = query.all("run")?.iter().map(|text| run_id(text)).collect();
    query.finish()?;
    let wanted = Wanted { canvases: canvases?, runs: runs?, is_several: true };
    follow(wanted, position, app, opened, shutdown).await
}

/// What one connection follows.
struct Wanted {
    canvases: Vec<Name>,
    runs: Vec<crate::canvas::RunId>,
    /// Whether an event's id names its canvases.
    is_several: bool,
}

impl Wanted {
    fn check(&self) -> Result<(), Problem> {
        if self.canvases.is_empty() && self.runs.is_empty() {
            return Err(Problem::unreadable("canvas and run are missing: at least one says what to follow"));
        }
        for (what, count, max) in [("canvases", self.canvases.len(), CANVASES_MAX), ("runs", self.runs.len(), RUNS_MAX)]
        {
            if count > max {
                let detail = format!("one connection follows at most {max} {what}");
                return Err(Problem::impossible("too-many", detail).limit(max as u64));
            }
        }
        Ok(())
    }

    /// The canvases, all there and each once, and that the runs are there.
    fn look_up(&self, journal: &Journal, runs: &Runs) -> Result<Vec<Canvas>, Problem> {
        let mut canvases: Vec<Canvas> = Vec::new();
        for name in &self.canvases {
            let canvas = find(journal, name.as_str())?;
            if canvases.iter().all(|known| known.id != canvas.id) {
                canvases.push(canvas);
            }
        }
        for run in &self.runs {
            runs.view(*run)?;
        }
        Ok(canvases)
    }
}

async fn follow(
    wanted: Wanted,
    position: Position,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    wanted.check()?;
    let place = (app.work.readers.enter_now()?, app.counters.live_readers.enter());
    let (journal, runs) = (opened.journal.clone(), opened.runs.clone());
    let begun = app.work.light(move || {
        let canvases = wanted.look_up(&journal, &runs)?;
        let starts = position.starts(&canvases, &journal, wanted.is_several)?;
        let follower = journal.follow(&starts)?;
        Ok::<_, Problem>((wanted, canvases, follower, position))
    });
    let (wanted, canvases, follower, position) = begun.await?;
    let is_behind = position.is_given();
    let runs = runs::WatchedRuns::new(opened.runs.clone(), wanted.runs);
    let events =
        Events::new(app.hub.clone(), (canvases, wanted.is_several), follower, is_behind, runs, shutdown, place);
    Ok(Answer::events(ContentType::EventStream, events).no_store().header("X-Accel-Buffering", "no"))
}
