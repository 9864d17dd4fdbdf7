//! `/api/v1/canvases/{name}/timeline`: how busy a canvas was, in a few hundred buckets.

use rocket::http::MediaType;
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::journal::{Bucket, Timeline};

use super::answer::{Answer, rfc3339};
use super::app::{App, Opened};
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::moment::{Moment, in_order, take_from};
use super::openapi::params::{At, IfNoneMatch, OfCanvas, Range};
use super::openapi::problems::{Impossible, NotModified};
use super::problem::Problem;
use super::query::{Query, within};
use crate::canvas::When;

/// Buckets where nothing is said.
const BUCKETS: u32 = 200;

/// The most buckets.
const BUCKETS_MAX: u32 = 4_096;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![timeline], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(timeline))]
pub(super) struct Doc;

/// How busy a canvas was.
#[derive(Serialize, ToSchema)]
#[schema(as = Timeline)]
struct TimelineBody {
    buckets: Vec<BucketBody>,
    /// Whether every entry was counted; else `changed` is scaled up from some, and `authors` are at least so many
    exact: bool,
}

/// A stretch of versions.
#[derive(Serialize, ToSchema)]
struct BucketBody {
    /// The version before the first of them
    from: u64,
    /// The last of them
    to: u64,
    /// The time of the last of them
    #[schema(format = DateTime)]
    time: String,
    /// How many cells its entries changed
    changed: u64,
    /// How many wrote
    authors: u32,
}

impl From<&Bucket> for BucketBody {
    fn from(bucket: &Bucket) -> Self {
        let Bucket { from, to, time, changed, authors } = *bucket;
        Self { from: from.0, to: to.0, time: rfc3339(time), changed, authors }
    }
}

/// How busy a canvas was, in buckets of as many versions each
#[utoipa::path(
    get,
    path = "/canvases/{name}/timeline",
    operation_id = "getTimeline",
    tag = "history",
    params(OfCanvas, Range, At, IfNoneMatch,
        ("buckets" = Option<u32>, Query, description = "How many; 200 where nothing is said", minimum = 1, maximum = 4096,
            example = 2)),
    responses((status = 200, description = "The buckets", body = TimelineBody), NotModified, Impossible)
)]
#[get("/canvases/<name>/timeline")]
async fn timeline(
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let buckets = within("buckets", query.get("buckets")?.unwrap_or(BUCKETS), 1, BUCKETS_MAX)?;
    let (from, to) = (take_from(&mut query)?, When::take_end(&mut query)?);
    query.finish()?;
    let moment = Moment::after(name, from, to, app, opened).await?;
    in_order("from", from, moment.shown.version)?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let Moment { canvas, shown } = moment;
    let journal = opened.journal.clone();
    let read = move || journal.timeline(canvas.id, from, shown.version, buckets);
    let Timeline { buckets, is_exact } = app.work.heavy.run(read).await?;
    let body = TimelineBody { buckets: buckets.iter().map(BucketBody::from).collect(), exact: is_exact };
    Ok(Answer::json(&body)?.versioned(shown))
}
