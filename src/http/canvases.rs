//! `/api/v1/canvases`: making canvases, listing them, looking at one, labelling it, deleting it.

use rocket::http::{MediaType, Status};
use rocket::{Route, delete, get, patch, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{CanvasId, Colour, Label, Mode, Name, Palette, ParseLabelError, Size, Version};
use crate::journal::{
    Answered, Canvas, CanvasNow, CreateTerms, Head, Journal, JournalError, LabelWrite, NewCanvas, Outcome, Records,
    Settings,
};

use super::answer::{Answer, Shown, etag, fingerprint, rfc3339};
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
    let mut all = gated(routes![create, list, get, relabel], &Rules::answering(MediaType::JSON).repeatable());
    all.extend(gated(routes![remove], &Rules::answering_nothing().admin()));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(create, list, get, relabel, remove))]
pub(super) struct Doc;

/// A canvas in JSON.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CanvasBody<'a> {
    name: &'a str,
    /// What people call it; `null` where nobody said
    label: Option<&'a str>,
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
    fn new(CanvasNow { canvas, head, label }: &'a CanvasNow) -> Self {
        let hex = |colour: &Colour| colour.to_hex(canvas.mode);
        let Settings { palette, cooldown_ms } = &*canvas.settings;
        Self {
            name: canvas.name.as_str(),
            label: label.as_ref().map(Label::as_str),
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
    /// What people call it
    #[schema(min_length = 1, max_length = 128)]
    label: Option<String>,
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
    fn checked(self) -> Result<(NewCanvas, Settings, Option<Label>), Problem> {
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
        Ok((NewCanvas { name, size, mode, background }, settings, label(self.label.as_deref())?))
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

/// A label that a client chose, or none.
fn label(text: Option<&str>) -> Result<Option<Label>, Problem> {
    let refused =
        |error: ParseLabelError| Problem::impossible("bad-label", error.to_string()).limit(Label::CHARS_MAX as u64);
    text.map(str::parse).transpose().map_err(refused)
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
        "name": "sketch", "label": "A first sketch", "width": 64, "height": 48, "palette": ["#ffffff", "#000000"], "cooldown_ms": 1000})),
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
    let create = move || -> Result<(Answered<Canvas>, Option<Label>), Problem> {
        let claim = match repeat.begin(&journal, &bytes)? {
            Begun::Before(Outcome::Created(id)) => {
                let (_, _, label) = body::parse::<NewCanvasBody>(&bytes)?.checked()?;
                return Ok((Answered { outcome: journal.canvas(id)?, replayed: true }, label));
            }
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let (new, settings, label) = body::parse::<NewCanvasBody>(&bytes)?.checked()?;
        let terms = CreateTerms { settings, label: label.clone(), claim: claim.as_ref(), ..CreateTerms::default() };
        Ok((journal.create_canvas_once(new, terms, |_| Records::default())?, label))
    };
    let (Answered { outcome: canvas, replayed }, label) = app.work.light(create).await?;
    // As it was made, whatever was written to it since.
    let head = Head { version: Version(0), time: canvas.created_at };
    created(&CanvasNow { canvas, head, label }, replayed)
}

/// 201 with a new canvas.
pub(super) fn created(now: &CanvasNow, replayed: bool) -> Result<Answer, Problem> {
    let answer = Answer::json(&CanvasBody::new(now))?.status(Status::Created).no_store().replayed(replayed);
    Ok(answer.header("Location", format!("/api/v1/canvases/{}", now.canvas.name)).tagged(tag(now)))
}

/// The entity tag of what is said of a canvas: that of its version, which a label, as it can change while the version
/// stays, is added to.
fn tag(CanvasNow { head, label, .. }: &CanvasNow) -> String {
    let Some(label) = label else { return etag(head.version) };
    format!("\"{}-{}\"", head.version, fingerprint(label.as_str().as_bytes()))
}

/// What is to be changed about a canvas.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CanvasChange {
    /// What people call it; `null` for nothing
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true, min_length = 1, max_length = 128)]
    label: Option<String>,
}

/// Label a canvas
///
/// A label is what people call a canvas: 1 to 128 characters, none of them a control character. It is no entry, so that
/// the version stays, and nothing is found by it.
#[utoipa::path(
    patch,
    path = "/canvases/{name}",
    operation_id = "changeCanvas",
    tag = "canvases",
    params(OfCanvas, IfMatch, Repeatable),
    request_body(content = CanvasChange, example = json!({"label": "The view from here"})),
    responses((status = 200, description = "The canvas with its new label", body = CanvasBody, headers(
        ("ETag" = String, description = "Its version and its label"))))
)]
#[patch("/canvases/<name>", data = "<sent>")]
async fn relabel(
    name: &str,
    writing: Writing<'_>,
    app: &App,
    opened: &Opened,
    sent: Sent<'_>,
) -> Result<Answer, Problem> {
    let Writing { query, conditions, repeat, .. } = writing;
    query.finish()?;
    let target = Target::find(name, conditions, app, opened).await?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let journal = opened.journal.clone();
    let write = move || {
        let read = || label(body::parse::<CanvasChange>(&bytes)?.label.as_deref());
        let label = match read() {
            Ok(label) => label,
            // The key and the head come first.
            Err(problem) => return Err(target.begin(&journal, &repeat, &bytes).map_or_else(Into::into, |_| problem)),
        };
        let Target { canvas, expectation } = target;
        let idempotency = repeat.with(&bytes);
        let write = LabelWrite { canvas: canvas.id, label: label.clone(), expectation, idempotency };
        let Answered { outcome: head, replayed } = journal.write_label(write)?;
        Ok((CanvasNow { canvas, head, label }, replayed))
    };
    let (now, replayed) = app.work.light(write).await?;
    Ok(Answer::json(&CanvasBody::new(&now))?.no_store().replayed(replayed).tagged(tag(&now)))
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
    let canvases = page.canvases.iter().map(CanvasBody::new).collect();
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
        Ok::<_, Problem>(journal.canvas_now(canvas.id)?)
    };
    let now = app.work.light(read).await?;
    let (shown, tag) = (Shown { version: now.head.version, time: now.head.time, named: false }, tag(&now));
    if conditions.knows(&tag) {
        return Ok(Answer::empty(Status::NotModified).versioned(shown).tagged(tag));
    }
    Ok(Answer::json(&CanvasBody::new(&now))?.versioned(shown).tagged(tag))
}
