//! The history of a canvas: pages in JSON, or the whole selection as NDJSON or CSV. The ping-pong surface shows that
//! of the current canvas with the same parameters.

use std::io::Write as _;

use rocket::http::{ContentType, MediaType, Status};
use rocket::{Route, get, routes};
use serde::Serialize;

use crate::canvas::Version;
use crate::journal::{Canvas, HistoryPage, Journal};
use crate::store::Order;

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::{find, limit};
use super::conditions::Conditions;
use super::entry::{ChangeBody, EntryBody, RectBody};
use super::gate::{Rules, gated};
use super::images::state_answer;
use super::moment::{Moment, When};
use super::problem::Problem;
use super::query::Query;
use super::render::sent;
use super::selection::{PAGE_LIMIT, Selection, unreadable};
use super::stream::Out;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![page], &Rules::answering(MediaType::JSON));
    all.extend(gated(routes![ndjson], &Rules::answering(ndjson_type().media_type().clone())));
    all.extend(gated(routes![csv], &Rules::answering(MediaType::CSV)));
    all
}

/// The routes at the root.
pub(super) fn root_routes() -> Vec<Route> {
    let mut all = gated(routes![current_page, current_version], &Rules::answering(MediaType::JSON));
    all.extend(gated(routes![current_ndjson], &Rules::answering(ndjson_type().media_type().clone())));
    all.extend(gated(routes![current_csv], &Rules::answering(MediaType::CSV)));
    all
}

fn ndjson_type() -> ContentType {
    ContentType::new("application", "x-ndjson")
}

#[derive(Serialize)]
struct PageBody<'a> {
    canvas: &'a str,
    version: u64,
    entries: Vec<EntryBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A page of the history of what `find` finds; `path` is where the pages are, with what the URL's query begins with.
async fn page_answer(
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
enum Lines {
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
async fn lines_answer(
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

/// The canvas that `?canvas=` names, else the current one, and where its history is.
fn current(
    query: &mut Query<'_>,
) -> Result<impl FnOnce(&Journal) -> Result<(Canvas, String), Problem> + Send + use<>, Problem> {
    let name = query.text("canvas")?.map(std::borrow::Cow::into_owned);
    Ok(move |journal: &Journal| {
        let canvas = match name {
            Some(name) => find(journal, &name)?,
            None => current_canvas(journal)?,
        };
        // Pages go on in this canvas, also when another one becomes current.
        let path = format!("/history?canvas={}&", canvas.name);
        Ok((canvas, path))
    })
}

fn current_canvas(journal: &Journal) -> Result<Canvas, Problem> {
    match journal.current()? {
        Some(current) => Ok(journal.canvas(current.canvas)?),
        None => {
            Err(Problem::new(Status::NotFound, "no-current-canvas", "no canvas is current: no run was started here"))
        }
    }
}

#[get("/canvases/<name>/history")]
async fn page(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    page_answer(query, app, opened, named(name)).await
}

#[get("/canvases/<name>/history.ndjson")]
async fn ndjson(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    lines_answer(Lines::Ndjson, query, app, opened, named(name)).await
}

#[get("/canvases/<name>/history.csv")]
async fn csv(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    lines_answer(Lines::Csv, query, app, opened, named(name)).await
}

#[get("/history")]
async fn current_page(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let find = current(&mut query)?;
    page_answer(query, app, opened, find).await
}

#[get("/history.ndjson")]
async fn current_ndjson(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let find = current(&mut query)?;
    lines_answer(Lines::Ndjson, query, app, opened, find).await
}

#[get("/history.csv")]
async fn current_csv(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let find = current(&mut query)?;
    lines_answer(Lines::Csv, query, app, opened, find).await
}

/// The state at a version. Which canvas is current changes, so only the answer for one that is named is kept.
#[get("/history/<version>")]
async fn current_version(
    version: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let wanted = version.parse().map(Version).map_err(|_| unreadable("version", version, "a number"))?;
    let conditions = Some(conditions).filter(|_| query.has("canvas"));
    let find = current(&mut query)?;
    query.finish()?;
    let journal = opened.journal.clone();
    let find = move || Moment::find(&journal, find(&journal)?.0, &When::Version(wanted));
    let moment = app.work.light(find).await?;
    state_answer(moment, conditions, app, opened).await
}
