//! `/api/v1/canvases/{name}/state`, `image.png`, `image.raw`: a canvas as it is or was.

use std::io::Write;

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::OpenApi;

use crate::canvas::{Rect, When};
use crate::journal::Journal;

use super::answer::{Answer, rfc3339};
use super::app::{App, Opened};
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::moment::Moment;
use super::openapi::bodies::{Bytes, State};
use super::openapi::params::{self, At, IfNoneMatch, OfCanvas};
use super::openapi::problems::{Impossible, NotModified};
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
    let when = When::take(&mut query)?;
    query.finish()?;
    let moment = Moment::of(name, when, app, opened).await?;
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
    let view = View::new(&moment.canvas, None, Scale::Times(1))?;
    if let Some(unchanged) = conditions.and_then(|conditions| moment.unchanged(&conditions)) {
        return Ok(unchanged);
    }
    let journal = opened.journal.clone();
    let produced = app.produce(move |out| write_state(&journal, &moment, view, out)).await?;
    let answer = Answer::produced(ContentType::JSON, produced);
    Ok(if conditions.is_some() { answer.versioned(shown) } else { answer.no_store() })
}

fn write_state(journal: &Journal, moment: &Moment, view: View, out: &mut Out) -> Result<(), Problem> {
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
    render::base64_png(journal, canvas, shown.version, view, out)?;
    out.write_all(b"\"}").map_err(render::sent)
}

/// Takes `region`, `scale` and `fit`.
fn view(query: &mut Query<'_>) -> Result<(Option<Rect>, Scale), Problem> {
    let region = query.get("region")?;
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

/// How an image is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Png,
    Raw,
}

/// An image of a moment.
async fn image(
    form: Form,
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (when, (region, scale)) = (When::take(&mut query)?, view(&mut query)?);
    query.finish()?;
    let moment = Moment::of(name, when, app, opened).await?;
    let view = View::new(&moment.canvas, region, scale)?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let Moment { canvas, shown } = moment;
    let (journal, length) = (opened.journal.clone(), view.bytes(canvas.mode));
    let write = move |out: &mut Out| match form {
        Form::Png => render::png(&journal, &canvas, shown.version, view, out),
        Form::Raw => render::raw(&journal, &canvas, shown.version, view, out),
    };
    let produced = app.produce(write).await?;
    let answer = match form {
        Form::Png => Answer::produced(ContentType::PNG, produced),
        Form::Raw => Answer::produced(ContentType::Binary, produced).length(length),
    };
    Ok(answer.versioned(shown))
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
        Impossible,
    )
)]
#[get("/canvases/<name>/image.png")]
async fn png(
    name: &str,
    query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    image(Form::Png, name, query, conditions, app, opened).await
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
        Impossible,
    )
)]
#[get("/canvases/<name>/image.raw")]
async fn raw(
    name: &str,
    query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    image(Form::Raw, name, query, conditions, app, opened).await
}
