//! `POST /api/v1/canvases/{name}/fork`: a new canvas that starts from an image of another.

use rocket::http::MediaType;
use rocket::{Route, post, routes};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::Version;
use crate::journal::{Answered, Canvas, CanvasNow, Fork, Head, ImportTerms, JournalError, Outcome, Records};

use super::answer::Answer;
use super::app::{App, Opened};
use super::body;
use super::canvases::{CanvasBody, created, name as new_name};
use super::gate::{Rules, gated};
use super::openapi::bodies::VersionOrTag;
use super::openapi::params::{IfMatch, OfCanvas, Repeatable};
use super::problem::Problem;
use super::repeat::Begun;
use super::sent::Sent;
use super::writing::{Target, VersionName, Writing};

/// The version whose image is the other's.
const FIRST: Version = Version(1);

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![fork], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(fork))]
pub(super) struct Doc;

/// A canvas to be made from another.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ForkBody {
    /// Without one, one is made
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: Option<String>,
    /// Which image it starts from; without it: the head
    #[schema(value_type = Option<VersionOrTag>)]
    version: Option<VersionName>,
}

/// Make a canvas that starts from an image of another
///
/// Its version 1 is that image, as a `state` entry.
#[utoipa::path(
    post,
    path = "/canvases/{name}/fork",
    operation_id = "fork",
    tag = "canvases",
    params(OfCanvas, IfMatch, Repeatable),
    request_body(content = ForkBody, example = json!({"name": "copy", "version": 2})),
    responses((status = 201, description = "The new canvas", body = CanvasBody, headers(
        ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))))
)]
#[post("/canvases/<name>/fork", data = "<sent>")]
async fn fork(name: &str, writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    let Writing { query, conditions, repeat, caller } = writing;
    query.finish()?;
    let target = Target::find(name, conditions, app, opened).await?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let (journal, author) = (opened.journal.clone(), caller.author(None)?);
    let fork = move || -> Result<(Canvas, Head, bool), Problem> {
        let answered = match target.begin(&journal, &repeat, &bytes)? {
            Begun::Before(Outcome::Created(id)) => Answered { outcome: journal.canvas(id)?, replayed: true },
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => {
                let ForkBody { name, version } = body::parse(&bytes)?;
                let name = name.as_deref().map(new_name).transpose()?;
                let canvas = target.canvas.id;
                let version = match version {
                    Some(version) => version.resolve(&journal, canvas)?,
                    None => journal.head(canvas)?.version,
                };
                let fork = Fork { canvas, version, name, author, records: Records::default() };
                journal.fork_once(fork, ImportTerms { claim: claim.as_ref(), idempotency: None })?
            }
        };
        let Answered { outcome: canvas, replayed } = answered;
        // As it was made, whatever was written to it since.
        let head = Head { version: FIRST, time: journal.time_of(canvas.id, FIRST)? };
        Ok((canvas, head, replayed))
    };
    let (canvas, head, replayed) = app.work.heavily(fork).await?;
    created(&CanvasNow { canvas, head, label: None }, replayed)
}
