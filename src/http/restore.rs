//! `POST /api/v1/canvases/{name}/restore`: an earlier image becomes the head.

use rocket::http::MediaType;
use rocket::{Route, post, routes};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::Source;
use crate::journal::{Answered, JournalError, Outcome, StateCommitted, Terms};

use super::answer::Answer;
use super::app::{App, Opened};
use super::body;
use super::gate::{Rules, gated};
use super::openapi::bodies::VersionOrTag;
use super::openapi::params::{IfMatch, OfCanvas, Repeatable};
use super::problem::Problem;
use super::repeat::Begun;
use super::sent::Sent;
use super::writing::{RectBody, StateBody, Target, VersionName, Writing, state_answer};

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![restore], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(restore))]
pub(super) struct Doc;

/// Which image becomes the head.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreBody {
    #[schema(value_type = VersionOrTag)]
    version: VersionName,
    /// Only this part of it
    region: Option<RectBody>,
    /// What an anonymous writer calls itself
    #[schema(min_length = 1, max_length = 128)]
    author: Option<String>,
}

/// Make an earlier image the head
///
/// One new `state` entry: history keeps all. On a canvas with a cooldown it needs the scope `admin`.
#[utoipa::path(
    post,
    path = "/canvases/{name}/restore",
    operation_id = "restore",
    tag = "writing",
    params(OfCanvas, IfMatch, Repeatable),
    request_body(content = RestoreBody, example = json!({"version": 1})),
    responses((status = 200, description = "It is on stable storage", body = StateBody,
        headers(("ETag" = String, description = "The version that it made"))))
)]
#[post("/canvases/<name>/restore", data = "<sent>")]
async fn restore(
    name: &str,
    writing: Writing<'_>,
    app: &App,
    opened: &Opened,
    sent: Sent<'_>,
) -> Result<Answer, Problem> {
    let Writing { query, conditions, repeat, caller } = writing;
    query.finish()?;
    let target = Target::find(name, conditions, app, opened).await?;
    target.need_all_at_once(caller)?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let (journal, caller) = (opened.journal.clone(), caller.clone());
    let restore = move || -> Result<Answered<StateCommitted>, Problem> {
        let claim = match target.begin(&journal, &repeat, &bytes)? {
            Begun::Before(Outcome::State(outcome)) => return Ok(Answered { outcome, replayed: true }),
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let RestoreBody { version, region, author } = body::parse(&bytes)?;
        let version = version.resolve(&journal, target.canvas.id)?;
        let write = target.write(region.map(Into::into), caller.author(author.as_deref())?, Source::Restore);
        let terms = Terms { claim: claim.as_ref(), ..Terms::default() };
        Ok(journal.restore_once(write, version, terms)?)
    };
    state_answer(&app.work.heavily(restore).await?)
}
