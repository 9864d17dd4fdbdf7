//! `/api/v1/canvases/{name}/state`, `image.png`, `image.raw`: a canvas as it is or was.

use std::io::Write;

use rocket::http::{ContentType, MediaType, Status};
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::OpenApi;

use crate::canvas::{Rect, Version};
use crate::journal::{Canvas, Journal};

use super::answer::{Answer, Shown, rfc3339};
use super::app::{App, Opened};
use super::canvases::find;
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::openapi::bodies::{Bytes, State};
use super::openapi::params::{self, At, IfNoneMatch, OfCanvas};
use super::openapi::problems::{Impossible, NotFound, NotModified};
use super::problem::Problem;
use super::query::Query;
use super::render::{self, Scale, View};
use super::stream::Out;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![state], &Rules::answering(MediaType::JSON));
    all.extend(gated(routes![png], &Rules::answering(MediaType::PNG)));
    all.extend(gated(routes![raw], &Rules::answering(MediaType::Binary)));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(state, png, raw))]
pub(super) struct Doc;

/// A canvas at a version.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// Of which canvas.
    pub(super) canvas: Canvas,
    /// The version, and how it was asked for.
    pub(super) shown: Shown,
}

impl Moment {
    /// A canvas at the version asked for, or at its head.
    pub(super) fn find(journal: &Journal, canvas: Canvas, version: Option<Version>) -> Result<Self, Problem> {
        let shown = if let Some(version) = version {
            Shown { version, time: journal.time_of(canvas.id, version)?, named: true }
        } else {
            let head = journal.head(canvas.id)?;
            Shown { version: head.version, time: head.time, named: false }
        };
        Ok(Self { canvas, shown })
    }
}

/// Takes the parameter `version`.
pub(super) fn version(query: &mut Query<'_>) -> Result<Option<Version>, Problem> {
    Ok(query.get("version")?.map(Version))
}

/// The canvas of that name, at the version asked for.
async fn moment(name: &str, version: Option<Version>, app: &App, opened: &Opened) -> Result<Moment, Problem> {
    let (journal, name) = (opened.journal.clone(), name.to_owned());
    app.work.light(move || Moment::find(&journal, find(&journal, &name)?, version)).await
}

/// A canvas at a version, with its image in base64
#[utoipa::path(
    get,
    path = "/canvases/{name}/state",
    operation_id = "getState",
    tag = "reading",
    params(OfCanvas, At, IfNoneMatch),
    responses(
        (status = 200, description = "The state", body = State),
        NotModified,
        NotFound,
    )
)]
#[get("/canvases/<name>/state")]
async fn state(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let version = version(&mut query)?;
    query.finish()?;
    let moment = moment(name, version, app, opened).await?;
    state_answer(moment, Some(conditions), app, opened).await
}

/// What a state says of itself, before its image.
#[derive(Serialize)]
struct StateHead<'a> {
    canvas: &'a str,
    version: u64,
    time: String,
    width: u32,
    height: u32,
}

/// A state in JSON, with its image; where there are no conditions, it is not to be kept.
pub(super) async fn state_answer(
    moment: Moment,
    conditions: Option<Conditions<'_>>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let shown = moment.shown;
    if conditions.is_some_and(|conditions| conditions.has(shown.version)) {
        return Ok(Answer::empty(Status::NotModified).versioned(shown));
    }
    let journal = opened.journal.clone();
    let produced = app.produce(move |out| write_state(&journal, &moment, out)).await?;
    let answer = Answer::produced(ContentType::JSON, produced);
    Ok(if conditions.is_some() { answer.versioned(shown) } else { answer.no_store() })
}

fn write_state(journal: &Journal, moment: &Moment, out: &mut Out) -> Result<(), Problem> {
    let Moment { canvas, shown } = moment;
    let head = StateHead {
        canvas: canvas.name.as_str(),
        version: shown.version.0,
        time: rfc3339(shown.time),
        width: canvas.size.width(),
        height: canvas.size.height(),
    };
    let mut json = serde_json::to_vec(&head).map_err(Problem::internal)?;
    // The closing brace comes after the image, once that is whole.
    json.pop();
    json.extend_from_slice(b",\"image\":\"");
    out.write_all(&json).map_err(render::sent)?;
    render::base64_png(journal, canvas, shown.version, out)?;
    out.write_all(b"\"}").map_err(render::sent)
}

/// Takes `region`, `scale` and `fit`.
fn view(query: &mut Query<'_>) -> Result<(Option<Rect>, Scale), Problem> {
    let region = query.get_by("region", rect)?;
    let scale = match (query.get::<u32>("scale")?, query.get::<u32>("fit")?) {
        (Some(_), Some(_)) => return Err(Problem::unreadable("scale and fit exclude each other")),
        (Some(times @ 1..=64), None) => Scale::Times(times),
        (Some(_), None) => return Err(Problem::impossible("scale", "scale is 1 to 64").limit(64)),
        (None, Some(0)) => return Err(Problem::impossible("fit", "fit is at least 1")),
        (None, Some(longest)) => Scale::Fit(longest),
        (None, None) => Scale::Times(1),
    };
    Ok((region, scale))
}

/// The rectangle that `x,y,w,h` says.
pub(super) fn rect(text: &str) -> Result<Rect, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok(&[x, y, w, h]) => Ok(Rect { x, y, w, h }),
        _ => Err("write x,y,w,h".to_owned()),
    }
}

/// The image of a canvas at a version
#[utoipa::path(
    get,
    path = "/canvases/{name}/image.png",
    operation_id = "getPng",
    tag = "reading",
    params(OfCanvas, At, params::View, IfNoneMatch),
    responses(
        (status = 200, description = "A PNG", body = Bytes, content_type = "image/png"),
        NotModified,
        NotFound,
        Impossible,
    )
)]
#[get("/canvases/<name>/image.png")]
async fn png(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (version, (region, scale)) = (version(&mut query)?, view(&mut query)?);
    query.finish()?;
    let Moment { canvas, shown } = moment(name, version, app, opened).await?;
    let view = View::new(&canvas, region, scale)?;
    if conditions.has(shown.version) {
        return Ok(Answer::empty(Status::NotModified).versioned(shown));
    }
    let journal = opened.journal.clone();
    let produced = app.produce(move |out| render::png(&journal, &canvas, shown.version, view, out)).await?;
    Ok(Answer::produced(ContentType::PNG, produced).versioned(shown))
}

/// The pixels of a canvas at a version
#[utoipa::path(
    get,
    path = "/canvases/{name}/image.raw",
    operation_id = "getRaw",
    tag = "reading",
    params(OfCanvas, At, params::View, IfNoneMatch),
    responses(
        (status = 200, description = "Rows of pixels from the top, 3 (`rgb`) or 4 (`rgba`) bytes each", body = Bytes, content_type = "application/octet-stream"),
        NotModified,
        NotFound,
        Impossible,
    )
)]
#[get("/canvases/<name>/image.raw")]
async fn raw(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (version, (region, scale)) = (version(&mut query)?, view(&mut query)?);
    query.finish()?;
    let Moment { canvas, shown } = moment(name, version, app, opened).await?;
    let view = View::new(&canvas, region, scale)?;
    if conditions.has(shown.version) {
        return Ok(Answer::empty(Status::NotModified).versioned(shown));
    }
    let (journal, length) = (opened.journal.clone(), view.bytes(canvas.mode));
    let produced = app.produce(move |out| render::raw(&journal, &canvas, shown.version, view, out)).await?;
    Ok(Answer::produced(ContentType::Binary, produced).length(length).versioned(shown))
}
