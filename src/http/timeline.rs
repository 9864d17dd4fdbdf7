//! `/api/v1/canvases/{name}/timeline`: how busy a canvas was, in a few hundred buckets.

use rocket::http::MediaType;
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::OpenApi;

use crate::journal::{Bucket, Timeline};

use super::answer::{Answer, rfc3339};
use super::app::{App, Opened};
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::moment::{Moment, When, in_order, take_from};
use super::problem::Problem;
use super::query::{Query, within};

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
#[openapi(paths())]
pub(super) struct Doc;

#[derive(Serialize)]
struct TimelineBody {
    buckets: Vec<BucketBody>,
    /// Whether every entry was counted; else `changed` is scaled up from some, and `authors` are at least so many.
    exact: bool,
}

#[derive(Serialize)]
struct BucketBody {
    from: u64,
    to: u64,
    time: String,
    changed: u64,
    authors: u32,
}

impl From<&Bucket> for BucketBody {
    fn from(bucket: &Bucket) -> Self {
        let Bucket { from, to, time, changed, authors } = *bucket;
        Self { from: from.0, to: to.0, time: rfc3339(time), changed, authors }
    }
}

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
