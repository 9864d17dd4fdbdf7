//! `/api/v1/canvases/{name}/tags`: names for versions.

use rocket::http::{MediaType, Status};
use rocket::{Route, delete, get, put, routes};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{ParseTagError, Tag, Version};
use crate::journal::{Answered, TagWrite};

use super::answer::Answer;
use super::app::{App, Opened};
use super::body;
use super::canvases::{LIST_LIMIT, find, limit};
use super::gate::{Rules, gated};
use super::openapi::params::{IfMatch, OfCanvas, OfTag, Repeatable};
use super::openapi::problems::Impossible;
use super::problem::Problem;
use super::query::Query;
use super::sent::Sent;
use super::writing::{Target, Writing, tag_there};

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![list, set], &Rules::answering(MediaType::JSON).repeatable());
    all.extend(gated(routes![remove], &Rules::answering_nothing()));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(list, set, remove))]
pub(super) struct Doc;

/// A name for a version.
#[derive(Debug, Serialize, ToSchema)]
struct TagBody<'a> {
    tag: &'a str,
    version: u64,
}

/// A page of tags.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TagList)]
struct ListBody<'a> {
    tags: Vec<TagBody<'a>>,
    /// The path of the next page, where there is one
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// List the tags of a canvas, by name
#[utoipa::path(
    get,
    path = "/canvases/{name}/tags",
    operation_id = "listTags",
    tag = "canvases",
    params(OfCanvas,
        ("limit" = Option<usize>, Query, description = "The most tags of a page; 100 where nothing is said",
            minimum = 1, maximum = 1000, example = 10),
        ("after" = Option<String>, Query, description = "Only tags after this one", example = "a")),
    responses((status = 200, description = "A page of them", body = ListBody), Impossible)
)]
#[get("/canvases/<name>/tags")]
async fn list(name: &str, mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let limit = limit(&mut query, LIST_LIMIT)?;
    let after: Option<Tag> = query.get("after")?;
    query.finish()?;
    let (journal, name) = (opened.journal.clone(), name.to_owned());
    let read = move || {
        let canvas = find(&journal, &name)?;
        let page = journal.tags(canvas.id, after.as_ref(), limit)?;
        Ok::<_, Problem>((canvas, page))
    };
    let (canvas, page) = app.work.light(read).await?;
    let tags = page.tags.iter().map(|(tag, version)| TagBody { tag: tag.as_str(), version: version.0 }).collect();
    let next = page.next.map(|last| format!("/api/v1/canvases/{}/tags?limit={limit}&after={last}", canvas.name));
    Ok(Answer::json(&ListBody { tags, next })?.no_store())
}

/// What a tag is to name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTagBody {
    version: u64,
}

/// Give a version a name, or the name to another version
#[utoipa::path(
    put,
    path = "/canvases/{name}/tags/{tag}",
    operation_id = "setTag",
    tag = "canvases",
    params(OfCanvas, OfTag, IfMatch, Repeatable),
    request_body(content = NewTagBody, example = json!({"version": 2})),
    responses(
        (status = 200, description = "The tag, which named another version, or the same", body = TagBody),
        (status = 201, description = "The tag, which is new", body = TagBody),
    )
)]
#[put("/canvases/<name>/tags/<tag>", data = "<sent>")]
async fn set(
    name: &str,
    tag: &str,
    writing: Writing<'_>,
    app: &App,
    opened: &Opened,
    sent: Sent<'_>,
) -> Result<Answer, Problem> {
    let Writing { query, conditions, repeat, .. } = writing;
    query.finish()?;
    let target = Target::find(name, conditions, app, opened).await?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let (journal, named) = (opened.journal.clone(), tag.to_owned());
    let write = move || {
        let read = || {
            let tag =
                named.parse().map_err(|error: ParseTagError| Problem::impossible("bad-tag", error.to_string()))?;
            let NewTagBody { version } = body::parse(&bytes)?;
            Ok::<_, Problem>((tag, Version(version)))
        };
        let (tag, version) = match read() {
            Ok(read) => read,
            // The key and the head come first.
            Err(problem) => return Err(target.begin(&journal, &repeat, &bytes).map_or_else(Into::into, |_| problem)),
        };
        let Target { canvas, expectation } = target;
        let idempotency = repeat.with(&bytes);
        let write = TagWrite { canvas: canvas.id, tag, version: Some(version), expectation, idempotency };
        Ok((version, journal.write_tag(write)?))
    };
    let (version, Answered { outcome: was_there, replayed }) = app.work.light(write).await?;
    let status = if was_there { Status::Ok } else { Status::Created };
    Ok(Answer::json(&TagBody { tag, version: version.0 })?.status(status).no_store().replayed(replayed))
}

/// Take a name from its version
#[utoipa::path(
    delete,
    path = "/canvases/{name}/tags/{tag}",
    operation_id = "deleteTag",
    tag = "canvases",
    params(OfCanvas, OfTag, IfMatch),
    responses((status = 204, description = "It names nothing now"))
)]
#[delete("/canvases/<name>/tags/<tag>")]
async fn remove(name: &str, tag: &str, writing: Writing<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let Writing { query, conditions, .. } = writing;
    query.finish()?;
    let Target { canvas, expectation } = Target::find(name, conditions, app, opened).await?;
    let write = TagWrite { canvas: canvas.id, tag: tag_there(tag)?, version: None, expectation, idempotency: None };
    let journal = opened.journal.clone();
    app.work.light(move || journal.write_tag(write)).await?;
    Ok(Answer::empty(Status::NoContent))
}
