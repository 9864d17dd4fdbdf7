//! The history of a canvas: pages in JSON, or the whole selection as NDJSON or CSV. `current` shows that of the current
//! canvas with the same parameters.

use std::io::Write as _;

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::Version;
use crate::journal::{Canvas, HistoryPage, Journal};
use crate::store::Order;

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::{find, limit};
use super::entry::{ChangeBody, EntryBody, RectBody};
use super::gate::{Rules, gated};
use super::openapi::params::{self, EntriesMax, InRegion, OfCanvas};
use super::openapi::problems::Impossible;
use super::problem::Problem;
use super::query::Query;
use super::render::sent;
use super::selection::{PAGE_LIMIT, Selection};
use super::stream::Out;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![page], &Rules::answering(MediaType::JSON));
    all.extend(gated(routes![ndjson], &Rules::answering(ndjson_type().media_type().clone())));
    all.extend(gated(routes![csv], &Rules::answering(MediaType::CSV)));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(page, ndjson, csv))]
pub(super) struct Doc;

pub(super) fn ndjson_type() -> ContentType {
    ContentType::new("application", "x-ndjson")
}

/// A page of a history.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryPage)]
pub(super) struct PageBody<'a> {
    canvas: &'a str,
    /// The head
    version: u64,
    entries: Vec<EntryBody<'a>>,
    /// The path of the next page, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// A page of the history of what `find` finds; `path` is where the pages are, with what the URL's query begins with.
pub(super) async fn page_answer(
    mut query: Query<'_>,
    app: &App,
    opened: &Opened,
    find: impl FnOnce(&Journal) -> Result<(Canvas, String), Problem> + Send + 'static,
) -> Result<Answer, Problem> {
    let mut selection = Selection::take(&mut query)?;
    selection.query.limit = limit(&mut query, PAGE_LIMIT)?;
    query.finish()?;
    let journal = opened.journal.clone();
    let read = move || {
        let (canvas, path) = find(&journal)?;
        let HistoryPage { head, entries, next } = journal.history(canvas.id, &selection.query)?;
        let body = PageBody {
            canvas: canvas.name.as_str(),
            version: head.0,
            entries: entries.iter().map(|entry| EntryBody::new(entry, canvas.size, canvas.mode)).collect(),
            next: next.map(|next| format!("{path}{}", selection.next(next))),
        };
        Answer::json(&body).map(Answer::no_store)
    };
    app.work.light(read).await
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Lines {
    Ndjson,
    Csv,
}

#[derive(Serialize)]
struct EndBody {
    end: bool,
    version: u64,
    entries: u64,
}

impl Lines {
    fn content_type(self) -> ContentType {
        match self {
            Self::Ndjson => ndjson_type(),
            Self::Csv => ContentType::CSV,
        }
    }

    fn begin(self, out: &mut Out) -> std::io::Result<()> {
        match self {
            Self::Ndjson => Ok(()),
            Self::Csv => out.write_all(b"version,kind,x,y,w,h,color,changed,time,author,authenticated,source\r\n"),
        }
    }

    fn line(self, entry: &EntryBody<'_>, out: &mut Out) -> std::io::Result<()> {
        match self {
            Self::Ndjson => {
                serde_json::to_writer(&mut *out, entry)?;
                out.write_all(b"\n")
            }
            Self::Csv => csv_line(entry, out),
        }
    }

    /// The last line, without which the selection is not whole.
    fn end(self, version: Version, entries: u64, out: &mut Out) -> std::io::Result<()> {
        match self {
            Self::Ndjson => {
                serde_json::to_writer(&mut *out, &EndBody { end: true, version: version.0, entries })?;
                out.write_all(b"\n")
            }
            Self::Csv => write!(out, "end,{version},{entries},,,,,,,,,\r\n"),
        }
    }
}

fn csv_line(entry: &EntryBody<'_>, out: &mut Out) -> std::io::Result<()> {
    let EntryBody { version, kind, change, time, author, authenticated, source } = entry;
    write!(out, "{version},{kind},")?;
    match change {
        ChangeBody::Pixel { x, y, color } => write!(out, "{x},{y},1,1,{color},,")?,
        ChangeBody::State { region: RectBody { x, y, w, h }, changed } => write!(out, "{x},{y},{w},{h},,{changed},")?,
    }
    // Quoted as RFC 4180 says; a name has no line breaks.
    let author = author.map(|name| format!("\"{}\"", name.replace('"', "\"\""))).unwrap_or_default();
    write!(out, "{time},{author},{authenticated},{source}\r\n")
}

/// Every entry of a selection up to the head that is now, a line each.
pub(super) async fn lines_answer(
    lines: Lines,
    mut query: Query<'_>,
    app: &App,
    opened: &Opened,
    find: impl FnOnce(&Journal) -> Result<(Canvas, String), Problem> + Send + 'static,
) -> Result<Answer, Problem> {
    let Selection { query: mut wanted, .. } = Selection::take(&mut query)?;
    query.finish()?;
    let journal = opened.journal.clone();
    let write = move |out: &mut Out| {
        let (canvas, _) = find(&journal)?;
        let head = journal.head(canvas.id)?.version;
        let beyond = head.after(1);
        wanted.before = Some(wanted.before.map_or(beyond, |before| before.min(beyond)));
        lines.begin(out).map_err(sent)?;
        let mut entries = 0;
        loop {
            let page = journal.history(canvas.id, &wanted)?;
            for entry in &page.entries {
                lines.line(&EntryBody::new(entry, canvas.size, canvas.mode), out).map_err(sent)?;
            }
            entries += page.entries.len() as u64;
            match (page.next, wanted.order) {
                (None, _) => return lines.end(head, entries, out).map_err(sent),
                (next, Order::Ascending) => wanted.after = next,
                (next, Order::Descending) => wanted.before = next,
            }
        }
    };
    let produced = app.produce(write).await?;
    Ok(Answer::produced(lines.content_type(), produced).no_store())
}

/// The canvas of that name, and where its history is.
fn named(name: &str) -> impl FnOnce(&Journal) -> Result<(Canvas, String), Problem> + Send + 'static {
    let name = name.to_owned();
    move |journal| {
        let canvas = find(journal, &name)?;
        let path = format!("/api/v1/canvases/{}/history?", canvas.name);
        Ok((canvas, path))
    }
}

/// A page of the history of a canvas
///
/// Newest first where nothing is said. It looks at a bounded number of entries, so a filtered page may be short, or
/// empty with a `next`.
#[utoipa::path(
    get,
    path = "/canvases/{name}/history",
    operation_id = "getHistory",
    tag = "history",
    params(OfCanvas, EntriesMax, params::Selection, InRegion),
    responses((status = 200, description = "Entries", body = PageBody), Impossible)
)]
#[get("/canvases/<name>/history")]
async fn page(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    page_answer(query, app, opened, named(name)).await
}

/// All of the history of a canvas, a line of JSON each
///
/// The last line is `{"end":true,"version","entries"}`; without it the answer is not whole.
#[utoipa::path(
    get,
    path = "/canvases/{name}/history.ndjson",
    operation_id = "getHistoryNdjson",
    tag = "history",
    params(OfCanvas, params::Selection, InRegion),
    responses((status = 200, description = "Lines", body = String, content_type = "application/x-ndjson"))
)]
#[get("/canvases/<name>/history.ndjson")]
async fn ndjson(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    lines_answer(Lines::Ndjson, query, app, opened, named(name)).await
}

/// All of the history of a canvas as CSV
///
/// The first line names the columns; the last begins with `end`, and without it the answer is not whole.
#[utoipa::path(
    get,
    path = "/canvases/{name}/history.csv",
    operation_id = "getHistoryCsv",
    tag = "history",
    params(OfCanvas, params::Selection, InRegion),
    responses((status = 200, description = "Lines", body = String, content_type = "text/csv; charset=utf-8"))
)]
#[get("/canvases/<name>/history.csv")]
async fn csv(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    lines_answer(Lines::Csv, query, app, opened, named(name)).await
}
