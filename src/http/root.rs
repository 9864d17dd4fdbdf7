//! `GET /`: the app for browsers, the list of pictures for everyone else, and with `init` a new run.

use std::io::Write;
use std::time::Duration;

use rocket::http::{ContentType, MediaType, Method, Status};
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::canvas::{Author, Size};
use crate::journal::{Journal, JournalError};
use crate::pingpong::{ExchangeKind, RunSpec, RunStatus, RunTarget, RunView, Runs};

use super::answer::Answer;
use super::app::{App, Opened};
use super::began::Asked;
use super::caller::Caller;
use super::embedded::Taken;
use super::gate::{Rules, accepts, gated, names_html};
use super::openapi::bodies;
use super::openapi::params::Shown;
use super::openapi::problems::{DiskFull, Impossible};
use super::page;
use super::pictures::{self, Images};
use super::problem::Problem;
use super::query::Query;
use super::render::sent;
use super::stream::Out;

/// A picture at each so many percent where nothing is said.
pub(super) const GRANULAR: u32 = 5;

/// White space is sent when nothing else was for so long, to find out whether the client is still there.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How soon a waiting answer notices that the server stops.
const GLANCE: Duration = Duration::from_millis(250);

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![root], &Rules::starting_runs())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(root))]
pub(super) struct Doc;

/// The pictures of the current run, or a new run
///
/// With `init`, the answer comes as the run goes and ends with it; the run does not depend on the client. Where `Accept`
/// names `text/html` and there is no `init`, it is the web app.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "getPictures",
    tag = "ping-pong",
    params(
        Shown,
        ("init" = Option<String>, Query, description = "Start a run; then `width` and `height` are needed", example = "1"),
        ("width" = Option<u32>, Query, description = "Cells in a row", minimum = 1, example = 8),
        ("height" = Option<u32>, Query, description = "Rows", minimum = 1, example = 8),
        ("granular" = Option<u32>, Query, description = "A picture at each so many percent; 5 where nothing is said",
            minimum = 1, maximum = 100, example = 25),
        ("pixels_per_hop" = Option<u32>, Query, description = "How many pixels a hand-over adds", minimum = 1, example = 1),
        ("exchange" = Option<String>, Query, description = "How the endpoints hand over: `local` or `http`", example = "local"),
        ("seed" = Option<u64>, Query, description = "Makes the run repeatable", example = 7),
    ),
    responses(
        (status = 200, description = "The pictures, in their order", headers(("Vary" = String)), content(
            (bodies::Pictures = "application/json"), (String = "text/html"))),
        (status = 304, description = "The client has the page of the web app"),
        Impossible,
        DiskFull,
    )
)]
#[get("/")]
async fn root(
    asked: Asked<'_>,
    mut query: Query<'_>,
    caller: &Caller,
    taken: Taken<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    // HEAD never starts anything.
    let starts = asked.method == Method::Get && wants_init(&mut query)?;
    if !starts && asked.accept.is_some_and(names_html) {
        return page::page(taken, "Accept, Accept-Encoding");
    }
    if !asked.accept.is_none_or(|accept| accepts(accept, &MediaType::JSON)) {
        let detail = "this page answers with application/json or text/html";
        return Err(Problem::new(Status::NotAcceptable, "not-acceptable", detail));
    }
    let images = query.get("images")?.unwrap_or_default();
    let answer = if starts {
        let spec = spec(&mut query, caller.author(None)?)?;
        init(spec, images, app, opened).await?
    } else {
        list(images, app, opened).await?
    };
    Ok(answer.header("Vary", "Accept"))
}

/// Whether `init` is there and does not say no.
fn wants_init(query: &mut Query<'_>) -> Result<bool, Problem> {
    Ok(query.text("init")?.is_some_and(|value| !matches!(&*value, "" | "0" | "false")))
}

/// The pictures of the current run so far.
async fn list(images: Images, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let Opened { journal, runs } = opened.clone();
    let write = move |out: &mut Out| {
        out.write_all(b"{\"generate_images\":[").map_err(sent)?;
        if let Some(view) = runs.current()? {
            write_pictures(images, &journal, &view, 0, out)?;
        }
        out.write_all(b"]}").map_err(sent)
    };
    Ok(Answer::produced(ContentType::JSON, app.produce(write).await?).no_store())
}

/// Writes the pictures of a run from number `from` on.
fn write_pictures(
    images: Images,
    journal: &Journal,
    view: &RunView,
    from: usize,
    out: &mut Out,
) -> Result<(), Problem> {
    for (number, picture) in view.pictures.iter().enumerate().skip(from) {
        if number > 0 {
            out.write_all(b",").map_err(sent)?;
        }
        pictures::write(images, journal, &view.canvas, *picture, out)?;
    }
    Ok(())
}

/// The parameters of a run, which `init` and nothing else takes here.
fn spec(query: &mut Query<'_>, author: Option<Author>) -> Result<RunSpec, Problem> {
    let (width, height) = (query.need("width")?, query.need("height")?);
    let size = Size::new(width, height).map_err(JournalError::from)?;
    Ok(RunSpec {
        target: RunTarget::New { size, name: None },
        granular: query.get("granular")?.unwrap_or(GRANULAR),
        pixels_per_hop: query.get("pixels_per_hop")?.unwrap_or(1),
        exchange: query.get_by("exchange", exchange)?.unwrap_or_default(),
        seed: query.get("seed")?.map(seed).transpose()?,
        author,
    })
}

/// A seed that JSON can carry.
pub(super) fn seed(seed: u64) -> Result<u64, Problem> {
    const SEED_MAX: u64 = (1 << 53) - 1;
    if seed > SEED_MAX {
        return Err(Problem::impossible("seed", format!("a seed is at most {SEED_MAX}")).limit(SEED_MAX));
    }
    Ok(seed)
}

/// The exchange of that name.
pub(super) fn exchange(text: &str) -> Result<ExchangeKind, String> {
    [ExchangeKind::Local, ExchangeKind::Http]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| "write local or http".to_owned())
}

/// Starts a run and answers with its pictures as they come. The run does not depend on the client.
async fn init(spec: RunSpec, images: Images, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let Opened { journal, runs } = opened.clone();
    let starting = runs.clone();
    let view = app.work.light(move || starting.start(spec, true)).await?;
    let write = move |out: &mut Out| write_as_it_goes(images, &journal, &runs, view, out);
    Ok(Answer::produced(ContentType::JSON, app.produce_live(write).await?).no_store())
}

/// Writes each picture when it is due, until the run is over. A run that failed, or that the server's end cut off,
/// leaves the list without its end.
fn write_as_it_goes(
    images: Images,
    journal: &Journal,
    runs: &Runs,
    mut view: RunView,
    out: &mut Out,
) -> Result<(), Problem> {
    out.write_all(b"{\"generate_images\":[").map_err(sent)?;
    out.flush().map_err(sent)?;
    let (mut written, mut quiet) = (0, Duration::ZERO);
    loop {
        if view.pictures.len() > written {
            out.work();
            write_pictures(images, journal, &view, written, out)?;
            out.rest();
            written = view.pictures.len();
            quiet = Duration::ZERO;
            out.flush().map_err(sent)?;
        }
        match view.status {
            RunStatus::Completed | RunStatus::Cancelled => return out.write_all(b"]}").map_err(sent),
            RunStatus::Failed => return Err(Problem::internal("the run failed")),
            RunStatus::Running | RunStatus::Paused if out.stopping() => return Err(Problem::stopping()),
            RunStatus::Running | RunStatus::Paused => {}
        }
        if quiet >= HEARTBEAT {
            quiet = Duration::ZERO;
            out.write_all(b"\n").and_then(|()| out.flush()).map_err(sent)?;
        }
        view = runs.wait(view.id, written, GLANCE)?;
        if view.status == RunStatus::Paused {
            // `wait` returns at once for a run that is not going.
            std::thread::sleep(GLANCE);
        }
        quiet += GLANCE;
    }
}
