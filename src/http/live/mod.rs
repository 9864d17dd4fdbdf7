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
use super::canvases::{find, name};
use super::gate::{Rules, gated};
use super::problem::Problem;
use super::query::Query;
use super::runs::run_id;
use position::Position;

pub(super) use hub::Hub;
pub(super) use reader::Events;

/// Canvases that one connection may follow.
const CANVASES_MAX: usize = 32;

/// Runs that one connection may follow.
const RUNS_MAX: usize = 32;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![of_canvas, of_run, of_several], &Rules::answering(MediaType::new("text", "event-stream")))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths())]
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

#[get("/canvases/<canvas>/events")]
async fn of_canvas(
    canvas: &str,
    mut query: Query<'_>,
    last: LastEventId<'_>,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    let position = begin(last, &mut query)?;
    query.finish()?;
    let wanted = Wanted { canvases: vec![name(canvas)?], runs: Vec::new(), is_several: false };
    follow(wanted, position, app, opened, shutdown).await
}

#[get("/runs/<run>/events")]
async fn of_run(
    run: &str,
    query: Query<'_>,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    query.finish()?;
    let wanted = Wanted { canvases: Vec::new(), runs: vec![run_id(run)?], is_several: true };
    follow(wanted, Position::default(), app, opened, shutdown).await
}

#[get("/events")]
async fn of_several(
    mut query: Query<'_>,
    last: LastEventId<'_>,
    app: &App,
    opened: &Opened,
    shutdown: rocket::Shutdown,
) -> Result<Answer, Problem> {
    let position = begin(last, &mut query)?;
    let canvases: Result<Vec<_>, _> = query.all("canvas")?.iter().map(|text| name(text)).collect();
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
    let place = app.work.readers.enter_now()?;
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
