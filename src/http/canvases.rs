//! `/api/v1/canvases`: making canvases, listing them, looking at one, deleting it.

use rocket::http::{MediaType, Status};
use rocket::{Route, delete, get, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{CanvasId, Colour, Mode, Name, Palette, Size, Version};
use crate::journal::{
    Answered, Canvas, CreateTerms, Head, Journal, JournalError, NewCanvas, Outcome, Records, Settings,
};

use super::answer::{Answer, Shown, etag, rfc3339};
use super::app::{App, Opened};
use super::body;
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::openapi::params::{IfMatch, IfNoneMatch, OfCanvas, Page, Repeatable};
use super::openapi::problems::{Gone, Impossible, NotModified};
use super::problem::Problem;
use super::query::Query;
use super::repeat::Begun;
use super::sent::Sent;
use super::writing::{Target, Writing};

/// Items of a list where nothing is said, and at most.
pub(super) const LIST_LIMIT: (usize, usize) = (100, 1_000);

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![create, list, get], &Rules::answering(MediaType::JSON).repeatable());
    all.extend(gated(routes![remove], &Rules::answering_nothing().admin()));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(create, list, get, remove))]
pub(super) struct Doc;

/// A canvas in JSON.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CanvasBody<'a> {
    name: &'a str,
    width: u32,
    height: u32,
    #[schema(pattern = "^rgba?$")]
    mode: &'a str,
    background: String,
    /// `null` where every colour may be used.
    palette: Option<Vec<String>>,
    /// Milliseconds until a writer may write its next pixel
    cooldown_ms: u32,
    #[schema(format = DateTime)]
    created_at: String,
    /// The time of the newest version
    #[schema(format = DateTime)]
    updated_at: String,
    /// The newest version
    version: u64,
}

impl<'a> CanvasBody<'a> {
    fn new(canvas: &'a Canvas, head: Head) -> Self {
        let hex = |colour: &Colour| colour.to_hex(canvas.mode);
        let Settings { palette, cooldown_ms } = &*canvas.settings;
        Self {
            name: canvas.name.as_str(),
            width: canvas.size.width(),
            height: canvas.size.height(),
            mode: canvas.mode.as_str(),
            background: hex(&canvas.background),
            palette: palette.as_ref().map(|palette| palette.colours().iter().map(hex).collect()),
            cooldown_ms: *cooldown_ms,
            created_at: rfc3339(canvas.created_at),
            updated_at: rfc3339(head.time),
            version: head.version.0,
        }
    }
}

/// A canvas to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCanvasBody {
    /// Without one, one is made
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: Option<String>,
    #[schema(minimum = 1)]
    width: u32,
    #[schema(minimum = 1)]
    height: u32,
    #[serde(default)]
    mode: ModeName,
    /// White where nothing is said
    background: Option<String>,
    /// The only colours that may be written
    palette: Option<Vec<String>>,
    /// Milliseconds until a writer may write its next pixel, one at a time; 0 for none
    #[serde(default)]
    cooldown_ms: u32,
}

/// Which channels a colour has.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ModeName {
    #[default]
    Rgb,
    Rgba,
}

impl NewCanvasBody {
    fn checked(self) -> Result<(NewCanvas, Settings), Problem> {
        let mode = match self.mode {
            ModeName::Rgb => Mode::Rgb,
            ModeName::Rgba => Mode::Rgba,
        };
        let background = match self.background {
            Some(text) => text.parse::<Colour>().map_err(|error| Problem::unreadable(error.to_string()))?,
            None => Colour::WHITE,
        };
        let size = Size::new(self.width, self.height).map_err(JournalError::from)?;
        let palette = self.palette.map(|texts| palette(&texts)).transpose()?;
        let name = self.name.as_deref().map(name).transpose()?;
        let settings = Settings { palette, cooldown_ms: self.cooldown_ms };
        Ok((NewCanvas { name, size, mode, background }, settings))
    }
}

/// The palette of these colours.
fn palette(texts: &[String]) -> Result<Palette, Problem> {
    let colour = |(index, text): (usize, &String)| {
        let unreadable = |error| Problem::unreadable(format!("colour {index} of the palette: {error}")).index(index);
        text.parse::<Colour>().map_err(unreadable)
    };
    let colours = texts.iter().enumerate().map(colour).collect::<Result<_, _>>()?;
    Ok(Palette::new(colours).map_err(JournalError::from)?)
}

/// A name that a client chose for something new.
pub(super) fn name(text: &str) -> Result<Name, Problem> {
    text.parse().map_err(|error: crate::canvas::ParseNameError| Problem::impossible("bad-name", error.to_string()))
}

/// The canvas that a URL names.
pub(super) fn find(journal: &Journal, text: &str) -> Result<Canvas, Problem> {
    // What is no name is the name of no canvas.
    let name = text.parse::<Name>().map_err(|_| JournalError::NoCanvas(text.chars().take(64).collect()))?;
    Ok(journal.canvas_named(&name)?)
}

/// Make a canvas
#[utoipa::path(
    post,
    path = "/canvases",
    operation_id = "createCanvas",
    tag = "canvases",
    params(Repeatable),
    request_body(content = NewCanvasBody, example = json!({
        "name": "sketch", "width": 64, "height": 48, "palette": ["#ffffff", "#000000"], "cooldown_ms": 1000})),
    responses(
        (status = 201, description = "The canvas, empty", body = CanvasBody, headers(
            ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))),
        Gone,
    )
)]
#[post("/canvases", data = "<sent>")]
async fn create(writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    let Writing { query, repeat, .. } = writing;
    query.finish()?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let journal = opened.journal.clone();
    let create = move || -> Result<Answered<Canvas>, Problem> {
        let claim = match repeat.begin(&journal, &bytes)? {
            Begun::Before(Outcome::Created(id)) => {
                return Ok(Answered { outcome: journal.canvas(id)?, replayed: true });
            }
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let (new, settings) = body::parse::<NewCanvasBody>(&bytes)?.checked()?;
        let terms = CreateTerms { settings, claim: claim.as_ref(), ..CreateTerms::default() };
        Ok(journal.create_canvas_once(new, terms, |_| Records::default())?)
    };
    let Answered { outcome: canvas, replayed } = app.work.light(create).await?;
    // As it was made, whatever was written to it since.
    created(&canvas, Head { version: Version(0), time: canvas.created_at }, replayed)
}

/// 201 with a new canvas.
pub(super) fn created(canvas: &Canvas, head: Head, replayed: bool) -> Result<Answer, Problem> {
    let answer = Answer::json(&CanvasBody::new(canvas, head))?.status(Status::Created).no_store().replayed(replayed);
    Ok(answer.header("Location", format!("/api/v1/canvases/{}", canvas.name)).header("ETag", etag(head.version)))
}

/// Delete a canvas
///
/// It is hidden at once and purged in the background. Its name is not given out again.
#[utoipa::path(
    delete,
    path = "/canvases/{name}",
    operation_id = "deleteCanvas",
    tag = "canvases",
    params(OfCanvas, IfMatch),
    security((), ("token" = ["admin"])),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/canvases/<name>")]
async fn remove(name: &str, writing: Writing<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let Writing { query, conditions, .. } = writing;
    query.finish()?;
    let Target { canvas, expectation } = Target::find(name, conditions, app, opened).await?;
    let journal = opened.journal.clone();
    app.work.light(move || journal.delete_canvas(canvas.id, expectation)).await?;
    Ok(Answer::empty(Status::NoContent))
}

/// List the canvases, newest first
#[utoipa::path(
    get,
    path = "/canvases",
    operation_id = "listCanvases",
    tag = "canvases",
    params(Page),
    responses((status = 200, description = "A page of them", body = ListBody), Impossible)
)]
#[get("/canvases")]
async fn list(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let limit = limit(&mut query, LIST_LIMIT)?;
    let before = query.get("before")?.map(CanvasId);
    query.finish()?;
    let journal = opened.journal.clone();
    let page = app.work.light(move || journal.canvas_page(before, limit)).await?;
    let next = page.next.map(|last| next(limit, last.0, "canvases"));
    let canvases = page.canvases.iter().map(|(canvas, head)| CanvasBody::new(canvas, *head)).collect();
    Ok(Answer::json(&ListBody { canvases, next })?.no_store())
}

/// A page of canvases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CanvasList)]
struct ListBody<'a> {
    canvases: Vec<CanvasBody<'a>>,
    /// The path of the next page, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// The page of a list that follows the item of that number.
pub(super) fn next(limit: usize, before: u64, list: &str) -> String {
    format!("/api/v1/{list}?limit={limit}&before={before}")
}

/// Takes the parameter `limit`, of which the first value is the default and the second the most.
pub(super) fn limit(query: &mut Query<'_>, (default, max): (usize, usize)) -> Result<usize, Problem> {
    match query.get::<usize>("limit")? {
        None => Ok(default),
        Some(limit) if (1..=max).contains(&limit) => Ok(limit),
        Some(limit) => {
            let detail = format!("limit is 1 to {max}, not {limit}");
            Err(Problem::impossible("limit", detail).limit(max as u64))
        }
    }
}

/// Look at a canvas
#[utoipa::path(
    get,
    path = "/canvases/{name}",
    operation_id = "getCanvas",
    tag = "canvases",
    params(OfCanvas, IfNoneMatch),
    responses((status = 200, description = "The canvas", body = CanvasBody), NotModified)
)]
#[get("/canvases/<name>")]
async fn get(
    name: &str,
    query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    query.finish()?;
    let (journal, name) = (opened.journal.clone(), name.to_owned());
    let read = move || {
        let canvas = find(&journal, &name)?;
        let head = journal.head(canvas.id)?;
        Ok::<_, Problem>((canvas, head))
    };
    let (canvas, head) = app.work.light(read).await?;
    let shown = Shown { version: head.version, time: head.time, named: false };
    if conditions.has(head.version) {
        return Ok(Answer::empty(Status::NotModified).versioned(shown));
    }
    Ok(Answer::json(&CanvasBody::new(&canvas, head))?.versioned(shown))
}
