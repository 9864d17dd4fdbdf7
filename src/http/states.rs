//! `PUT /api/v1/canvases/{name}/state`: a picture replaces the image, or a part of it, as one entry.
//!
//! The picture is kept as it came, compressed, once, and decoded row by row when the journal asks, again where another
//! writer came between. Its size is known from its header, before anything is decoded.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use rocket::http::{ContentType, MediaType};
use rocket::{Route, put, routes};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Colour, Rect, Source};
use crate::config::Limits;
use crate::journal::{Answered, Canvas, JournalError, Outcome, RowSource, StateCommitted, Terms};
use crate::picture::{self, Alpha, Format, Picture, decode_picture};

use super::answer::Answer;
use super::app::{App, Opened};
use super::body;
use super::endpoints::{Rows, WHITE};
use super::gate::{Rules, gated};
use super::openapi::bodies::Bytes;
use super::openapi::params::{IfMatch, OfCanvas, Repeatable};
use super::problem::Problem;
use super::query::Query;
use super::repeat::Begun;
use super::sent::Sent;
use super::writing::{StateBody as WrittenBody, Target, Writing, state_answer};

/// The types of body that are taken; all but the first are pictures themselves.
const TAKEN: [ContentType; 5] =
    [ContentType::JSON, ContentType::PNG, ContentType::JPEG, ContentType::GIF, ContentType::WEBP];

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![put], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(put))]
pub(super) struct Doc;

/// A picture, and where it goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewState)]
struct StateBody<'a> {
    /// The base64 of a PNG, JPEG, GIF or WebP, or a `data:` URL of one
    #[serde(borrow)]
    #[schema(value_type = String)]
    image: Cow<'a, str>,
    /// The column of its left side; with neither `x` nor `y` it is as large as the canvas
    x: Option<u32>,
    /// The row of its upper side
    y: Option<u32>,
    /// What an anonymous writer calls itself
    #[schema(min_length = 1, max_length = 128)]
    author: Option<String>,
}

/// Where a picture goes, and whose it is: from the URL with a picture, from the body with JSON.
#[derive(Debug, Default)]
struct Place {
    x: Option<u32>,
    y: Option<u32>,
    author: Option<String>,
}

impl Place {
    fn of(query: &mut Query<'_>) -> Result<Self, Problem> {
        let (x, y) = (query.get("x")?, query.get("y")?);
        Ok(Self { x, y, author: query.text("author")?.map(Cow::into_owned) })
    }

    /// The rectangle that the picture replaces.
    fn region(&self, picture: &Picture, canvas: &Canvas) -> Result<Rect, Problem> {
        let (size, of) = (picture.size(), canvas.size);
        let region = Rect { x: self.x.unwrap_or(0), y: self.y.unwrap_or(0), ..size.rect() };
        let placed = self.x.is_some() || self.y.is_some();
        if region.fits(of) && (placed || size == of) {
            return Ok(region);
        }
        let (w, h, width, height) = (size.width(), size.height(), of.width(), of.height());
        let detail = if placed {
            format!("a picture of {w}×{h} at {},{} does not lie within {width}×{height} cells", region.x, region.y)
        } else {
            format!("the picture has {w}×{h} cells, the canvas {width}×{height}; a smaller one goes to x, y")
        };
        Err(Problem::impossible("wrong-size", detail))
    }
}

/// What becomes of cells that are not opaque: the parameter `flatten`.
fn alpha(query: &mut Query<'_>) -> Result<Alpha, Problem> {
    match query.get::<Colour>("flatten")? {
        None => Ok(Alpha::Refuse),
        Some(colour) if colour.is_opaque() => Ok(Alpha::Flatten(colour)),
        Some(_) => Err(Problem::impossible("flatten", "flatten is an opaque colour")),
    }
}

/// The picture in a body, and where it goes. The body is given up for it.
fn picture(bytes: Vec<u8>, json: bool, place: Place, limits: &Limits) -> Result<(Picture, Place), Problem> {
    let (bytes, place): (Arc<[u8]>, _) = if json {
        let StateBody { image, x, y, author } = body::parse(&bytes)?;
        let decoded = decode_picture(&image, limits.upload_bytes_max)?;
        drop(image);
        drop(bytes);
        (decoded.into(), Place { x, y, author })
    } else {
        (bytes.into(), place)
    };
    let limits = picture::Limits { side_max: limits.side_max, cells_max: limits.cells_max };
    Ok((Picture::open(bytes, &Format::ALL, &limits)?, place))
}

/// Put a picture in the place of the image, or of a part of it
///
/// One `state` entry; none where nothing changes. Of an animation the first frame, of more than 8 bits a channel the
/// upper ones. On a canvas with a cooldown it needs the scope `admin`.
#[utoipa::path(
    put,
    path = "/canvases/{name}/state",
    operation_id = "putState",
    tag = "writing",
    params(OfCanvas, IfMatch, Repeatable,
        ("flatten" = Option<String>, Query, example = "#ffffff",
            description = "The colour behind pixels that are not opaque, which an `rgb` canvas refuses"),
        ("x" = Option<u32>, Query, description = "As the field, for a body that is a picture", example = 0),
        ("y" = Option<u32>, Query, description = "As the field, for a body that is a picture", example = 0),
        ("author" = Option<String>, Query, description = "As the field, for a body that is a picture", example = "ada")),
    request_body(content(
        (StateBody = "application/json", example = json!({"image": WHITE, "x": 1, "y": 2, "author": "ada"})),
        (Bytes = "image/png"),
        (Bytes = "image/jpeg"),
        (Bytes = "image/gif"),
        (Bytes = "image/webp"),
    )),
    responses((status = 200, description = "It is on stable storage", body = WrittenBody,
        headers(("ETag" = String, description = "The version that it made"))))
)]
#[put("/canvases/<name>/state", data = "<sent>")]
async fn put(name: &str, writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    let Writing { mut query, conditions, repeat, caller } = writing;
    let json = *sent.content_type(&TAKEN)? == ContentType::JSON;
    let alpha = alpha(&mut query)?;
    let place = if json { Place::default() } else { Place::of(&mut query)? };
    query.finish()?;
    let target = Target::find(name, conditions, app, opened).await?;
    target.need_all_at_once(caller)?;
    let limits = app.config.limits;
    sent.check_length(limits.upload_bytes_max)?;
    let upload = app.work.uploads.enter().await?;
    let bytes = sent.bytes(limits.upload_bytes_max).await?;
    let (journal, caller) = (opened.journal.clone(), caller.clone());
    let put = move || -> Result<Answered<StateCommitted>, Problem> {
        let _upload = upload;
        let claim = match target.begin(&journal, &repeat, &bytes)? {
            Begun::Before(Outcome::State(outcome)) => return Ok(Answered { outcome, replayed: true }),
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let (picture, place) = picture(bytes, json, place, &limits)?;
        let author = caller.author(place.author.as_deref())?;
        let region = place.region(&picture, &target.canvas)?;
        let write = target.write(Some(region), author, Source::Api);
        let mode = target.canvas.mode;
        let mut open = || {
            let decoder = picture.rows(mode, alpha).map_err(io::Error::other)?;
            Ok(Box::new(Rows::new(decoder, picture.size(), (None, None))) as Box<dyn RowSource>)
        };
        let terms = Terms { claim: claim.as_ref(), ..Terms::default() };
        Ok(journal.put_state_once(write, terms, &mut open)?)
    };
    state_answer(&app.work.heavily(put).await?)
}
