//! `/api/v1/canvases/{name}/diff` and `diff.png`: what differs between two versions, as a list by pages and as a picture.

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{CellIndex, Mode, Version, When};
use crate::journal::{Canvas, DiffPage, DiffQuery, Journal};
use crate::picture::{PngWriter, difference};

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::limit;
use super::conditions::Conditions;
use super::entry::RectBody;
use super::gate::{Rules, gated};
use super::moment::{Moment, take_from};
use super::openapi::bodies::Bytes;
use super::openapi::params::{At, IfNoneMatch, OfCanvas, Range};
use super::openapi::problems::{Impossible, NotModified};
use super::problem::Problem;
use super::query::Query;
use super::render::{Scale, View};
use super::stream::Out;

/// Cells of a page where nothing is said, and at most.
pub(super) const PAGE_LIMIT: (usize, usize) = (1_000, 10_000);

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![page], &Rules::answering(MediaType::JSON));
    all.extend(gated(routes![png], &Rules::answering(MediaType::PNG)));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(page, png))]
pub(super) struct Doc;

/// A page of differences. How much differs in all, and where, stands on the first page only, since counting takes both
/// images as a whole.
#[derive(Serialize, ToSchema)]
#[schema(as = DiffPage)]
struct PageBody {
    from: u64,
    to: u64,
    /// How many cells differ
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    changed: Option<u32>,
    /// The smallest rectangle around them; `null` where there are none
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RectBody>)]
    #[expect(clippy::option_option, reason = "`null`, for no cells, is not the same as nothing, for a later page")]
    bounds: Option<Option<RectBody>>,
    /// Column, row, colour before and after of each
    pixels: Vec<(u32, u32, String, String)>,
    /// The path of the next page, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

impl PageBody {
    fn new(canvas: &Canvas, query: &DiffQuery, page: &DiffPage) -> Self {
        let DiffQuery { from, to, limit, .. } = *query;
        let pixel = |cell: CellIndex, before: String, after: String| {
            let (x, y) = canvas.size.position(cell);
            (x, y, before, after)
        };
        let mode = canvas.mode;
        let pixels = page.cells.iter().map(|one| pixel(one.cell, one.before.to_hex(mode), one.after.to_hex(mode)));
        let path = format!("/api/v1/canvases/{}/diff", canvas.name);
        Self {
            from: from.0,
            to: to.0,
            changed: page.count.as_ref().map(|count| count.changed),
            bounds: page.count.as_ref().map(|count| count.bounds.map(Into::into)),
            pixels: pixels.collect(),
            // Both versions are named, so that the pages belong together while others write.
            next: page.next.map(|cell| format!("{path}?from={from}&to={to}&limit={limit}&after={cell}")),
        }
    }
}

/// What differs between two versions
#[utoipa::path(
    get,
    path = "/canvases/{name}/diff",
    operation_id = "getDiff",
    tag = "history",
    params(OfCanvas, Range, At, IfNoneMatch,
        ("limit" = Option<usize>, Query, description = "The most cells of a page; 1,000 where nothing is said",
            minimum = 1, maximum = 10000, example = 10),
        ("after" = Option<u32>, Query, description = "Only cells after this one, as `next` says it", example = 0)),
    responses((status = 200, description = "A page of cells, row by row", body = PageBody), NotModified, Impossible)
)]
#[get("/canvases/<name>/diff")]
async fn page(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (from, to) = (take_from(&mut query)?, When::take_end(&mut query)?);
    let (limit, after) = (limit(&mut query, PAGE_LIMIT)?, query.get("after")?.map(CellIndex));
    query.finish()?;
    let moment = Moment::after(name, from, to, app, opened).await?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let Moment { canvas, shown } = moment;
    let journal = opened.journal.clone();
    let read = move || {
        let region = canvas.size.rect();
        let query = DiffQuery { from, to: shown.version, region, after, limit, is_counted: after.is_none() };
        let page = journal.diff(canvas.id, &query)?;
        Ok::<_, Problem>(Answer::json(&PageBody::new(&canvas, &query, &page))?.versioned(shown))
    };
    app.work.heavy.run(read).await
}

/// What differs between two versions, as a picture
///
/// The cells that differ, in their later colours, on transparency.
#[utoipa::path(
    get,
    path = "/canvases/{name}/diff.png",
    operation_id = "getDiffPng",
    tag = "history",
    params(OfCanvas, Range, At, IfNoneMatch),
    responses((status = 200, description = "A PNG", body = Bytes, content_type = "image/png"), NotModified, Impossible)
)]
#[get("/canvases/<name>/diff.png")]
async fn png(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (from, to) = (take_from(&mut query)?, When::take_end(&mut query)?);
    query.finish()?;
    let moment = Moment::after(name, from, to, app, opened).await?;
    View::new(&moment.canvas, None, Scale::Times(1))?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let Moment { canvas, shown } = moment;
    let journal = opened.journal.clone();
    let produced = app.produce(move |out| write_png(&journal, &canvas, from, shown.version, out)).await?;
    Ok(Answer::produced(ContentType::PNG, produced).versioned(shown))
}

fn write_png(journal: &Journal, canvas: &Canvas, from: Version, to: Version, out: &mut Out) -> Result<(), Problem> {
    let region = canvas.size.rect();
    let query = DiffQuery { from, to, region, after: None, limit: 0, is_counted: false };
    let mut bands = journal.diff_bands(canvas.id, &query)?;
    let mut png = PngWriter::new(out, canvas.size, Mode::Rgba)?;
    while let Some((before, after)) = bands.next_bands()? {
        let changed = difference(&before, &after).ok_or_else(|| Problem::internal("two bands of one image differ"))?;
        png.write_rows(changed.data())?;
    }
    png.finish()?;
    Ok(())
}
