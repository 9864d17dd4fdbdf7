//! `/history`: that of the current canvas, on the ping-pong surface, with the parameters and answers of `history`.

use rocket::http::{MediaType, Status};
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::canvas::{Version, When};
use crate::journal::{Canvas, Journal};

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::find;
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::history::{Lines, PageBody, lines_answer, ndjson_type, page_answer};
use super::images::state_answer;
use super::moment::Moment;
use super::openapi::bodies::State;
use super::openapi::params::{self, EntriesMax, IfNoneMatch, InPlaceOfCurrent, InRegion};
use super::openapi::problems::{Gone, Impossible, NotFound, NotModified};
use super::problem::Problem;
use super::query::Query;
use super::selection::unreadable;

/// The routes at the root.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![current_page, current_version], &Rules::answering(MediaType::JSON));
    all.extend(gated(routes![current_ndjson], &Rules::answering(ndjson_type().media_type().clone())));
    all.extend(gated(routes![current_csv], &Rules::answering(MediaType::CSV)));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(current_page, current_ndjson, current_csv, current_version))]
pub(super) struct Doc;

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

/// A page of the history of the current canvas
///
/// Newest first where nothing is said. It looks at a bounded number of entries, so a filtered page may be short, or
/// empty with a `next`.
#[utoipa::path(
    get,
    path = "/history",
    operation_id = "getCurrentHistory",
    tag = "ping-pong",
    params(InPlaceOfCurrent, EntriesMax, params::Selection, InRegion),
    responses((status = 200, description = "Entries", body = PageBody), NotFound, Gone, Impossible)
)]
#[get("/history")]
async fn current_page(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let find = current(&mut query)?;
    page_answer(query, app, opened, find).await
}

/// All of the history of the current canvas, a line of JSON each
///
/// The last line is `{"end":true,"version","entries"}`; without it the answer is not whole.
#[utoipa::path(
    get,
    path = "/history.ndjson",
    operation_id = "getCurrentHistoryNdjson",
    tag = "ping-pong",
    params(InPlaceOfCurrent, params::Selection, InRegion),
    responses((status = 200, description = "Lines", body = String, content_type = "application/x-ndjson"), NotFound,
        Gone)
)]
#[get("/history.ndjson")]
async fn current_ndjson(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let find = current(&mut query)?;
    lines_answer(Lines::Ndjson, query, app, opened, find).await
}

/// All of the history of the current canvas as CSV
///
/// The first line names the columns; the last begins with `end`, and without it the answer is not whole.
#[utoipa::path(
    get,
    path = "/history.csv",
    operation_id = "getCurrentHistoryCsv",
    tag = "ping-pong",
    params(InPlaceOfCurrent, params::Selection, InRegion),
    responses((status = 200, description = "Lines", body = String, content_type = "text/csv; charset=utf-8"), NotFound,
        Gone)
)]
#[get("/history.csv")]
async fn current_csv(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let find = current(&mut query)?;
    lines_answer(Lines::Csv, query, app, opened, find).await
}

/// The current canvas at a version, with its image in base64
///
/// Which canvas is current changes, so only the answer for one that is named is to be kept.
#[utoipa::path(
    get,
    path = "/history/{version}",
    operation_id = "getCurrentState",
    tag = "ping-pong",
    params(("version" = u64, Path, description = "The version", example = 2), InPlaceOfCurrent, IfNoneMatch),
    responses(
        (status = 200, description = "The state", body = State),
        NotModified,
        NotFound,
        Gone,
    )
)]
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
