//! `/api/v1/canvases/{name}/pixels/{x}/{y}`: one cell, the entry that gave it its colour, and its history.

use rocket::http::MediaType;
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Version, When};
use crate::journal::{Canvas, CellColour, HistoryPage, Origin};

use super::answer::{Answer, rfc3339};
use super::app::{App, Opened};
use super::canvases::limit;
use super::conditions::Conditions;
use super::entry::EntryBody;
use super::gate::{Rules, gated};
use super::moment::Moment;
use super::openapi::params::{self, At, EntriesMax, IfNoneMatch, OfCanvas, OfCell};
use super::openapi::problems::{Impossible, NotModified};
use super::problem::Problem;
use super::query::Query;
use super::selection::{PAGE_LIMIT, Selection};

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![cell, history], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(cell, history))]
pub(super) struct Doc;

/// A cell. Without an entry it is as the canvas was made: version 0, by nobody.
#[derive(Serialize, ToSchema)]
struct CellBody<'a> {
    x: u32,
    y: u32,
    color: String,
    /// The entry that gave it its colour
    version: Option<u64>,
    #[schema(format = DateTime)]
    time: Option<String>,
    author: Option<&'a str>,
    /// Where the entry was not found among the newest: it is at or before this version, if there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_after: Option<u64>,
}

impl<'a> CellBody<'a> {
    fn new(canvas: &Canvas, (x, y): (u32, u32), found: &'a CellColour) -> Self {
        let color = found.colour.to_hex(canvas.mode);
        let body = Self { x, y, color, version: None, time: None, author: None, not_after: None };
        match &found.origin {
            Origin::Background => Self { version: Some(0), time: Some(rfc3339(canvas.created_at)), ..body },
            Origin::Entry(entry) => Self {
                version: Some(entry.version.0),
                time: Some(rfc3339(entry.time)),
                author: entry.author.as_ref().map(|author| author.name.as_str()),
                ..body
            },
            Origin::AtOrBefore(version) => Self { not_after: Some(version.0), ..body },
        }
    }
}

/// The cell that a path names, which must lie within the canvas.
fn place(canvas: &Canvas, (x, y): (u32, u32)) -> Result<(u32, u32), Problem> {
    let (width, height) = (canvas.size.width(), canvas.size.height());
    let outside =
        || Problem::impossible("out-of-bounds", format!("{x},{y} lies outside the canvas of {width}×{height}"));
    canvas.size.cell(x, y).map(|_| (x, y)).ok_or_else(outside)
}

/// A number in a path.
pub(super) fn number(name: &str, text: &str) -> Result<u32, Problem> {
    let shown: String = text.chars().take(40).collect();
    text.parse().map_err(|error| Problem::unreadable(format!("{name}={shown} cannot be read: {error}")))
}

/// A cell, and the entry that gave it its colour
#[utoipa::path(
    get,
    path = "/canvases/{name}/pixels/{x}/{y}",
    operation_id = "getCell",
    tag = "reading",
    params(OfCanvas, OfCell, At, IfNoneMatch),
    responses((status = 200, description = "The cell", body = CellBody), NotModified, Impossible)
)]
#[get("/canvases/<name>/pixels/<x>/<y>")]
async fn cell(
    name: &str,
    x: &str,
    y: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (x, y) = (number("x", x)?, number("y", y)?);
    let when = When::take(&mut query)?;
    query.finish()?;
    let moment = Moment::of(name, when, app, opened).await?;
    let place = place(&moment.canvas, (x, y))?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let journal = opened.journal.clone();
    let read = move || {
        let Moment { canvas, shown } = moment;
        let found = journal.pixel_at(canvas.id, shown.version, x, y)?;
        Ok::<_, Problem>(Answer::json(&CellBody::new(&canvas, place, &found))?.versioned(shown))
    };
    app.work.light(read).await
}

/// A page of what happened to a cell.
#[derive(Serialize, ToSchema)]
#[schema(as = CellHistory)]
struct HistoryBody<'a> {
    entries: Vec<EntryBody<'a>>,
    /// The path of the next page, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// A page of the entries that changed a cell
///
/// Newest first where nothing is said. It looks at a bounded number of entries, so a page may be short, or empty with a
/// `next`.
#[utoipa::path(
    get,
    path = "/canvases/{name}/pixels/{x}/{y}/history",
    operation_id = "getCellHistory",
    tag = "history",
    params(OfCanvas, OfCell, EntriesMax, params::Selection, At, IfNoneMatch),
    responses((status = 200, description = "Entries", body = HistoryBody), NotModified, Impossible)
)]
#[get("/canvases/<name>/pixels/<x>/<y>/history")]
async fn history(
    name: &str,
    x: &str,
    y: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (x, y) = (number("x", x)?, number("y", y)?);
    let (mut selection, when) = Selection::take_of_cell(&mut query)?;
    selection.query.limit = limit(&mut query, PAGE_LIMIT)?;
    query.finish()?;
    let moment = Moment::of(name, when, app, opened).await?;
    place(&moment.canvas, (x, y))?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let journal = opened.journal.clone();
    let read = move || {
        let Moment { canvas, shown } = moment;
        let beyond = Version(shown.version.0.saturating_add(1));
        let mut wanted = selection.query.clone();
        wanted.before = Some(wanted.before.map_or(beyond, |before| before.min(beyond)));
        let HistoryPage { entries, next, .. } = journal.pixel_history(canvas.id, x, y, &wanted)?;
        let path = format!("/api/v1/canvases/{}/pixels/{x}/{y}/history?", canvas.name);
        let body = HistoryBody {
            entries: entries.iter().map(|entry| EntryBody::new(entry, canvas.size, canvas.mode)).collect(),
            next: next.map(|next| format!("{path}{}", selection.next(next))),
        };
        Ok::<_, Problem>(Answer::json(&body)?.versioned(shown))
    };
    app.work.light(read).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{Colour, Mode, Size, Time};
    use crate::journal::{Journal, NewCanvas, Options, Records};
    use crate::store::MemoryStore;

    #[test]
    fn an_entry_that_was_not_found_is_not_made_up() {
        let journal =
            Journal::open(std::sync::Arc::new(MemoryStore::new()), Options::default()).expect("an empty store");
        let new = NewCanvas { name: None, size: Size::ONE, mode: Mode::Rgb, background: Colour::WHITE };
        let canvas = journal.create_canvas(new, Records::default()).expect("a canvas");
        let canvas = Canvas { created_at: Time(0), ..canvas };
        let shown = |origin| {
            let found = CellColour { colour: Colour::rgb(1, 2, 3), origin };
            serde_json::to_string(&CellBody::new(&canvas, (0, 0), &found)).expect("JSON")
        };
        insta::assert_snapshot!(
            shown(Origin::AtOrBefore(Version(7))),
            @r##"{"x":0,"y":0,"color":"#010203","version":null,"time":null,"author":null,"not_after":7}"##
        );
        insta::assert_snapshot!(
            shown(Origin::Background),
            @r##"{"x":0,"y":0,"color":"#010203","version":0,"time":"1970-01-01T00:00:00.000Z","author":null}"##
        );
    }
}
