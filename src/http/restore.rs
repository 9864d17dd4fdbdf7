//! `POST /api/v1/canvases/{name}/restore`: an earlier image becomes the head.

use rocket::http::MediaType;
use rocket::{Route, post, routes};
use serde::Deserialize;
use utoipa::OpenApi;

use crate::canvas::Source;
use crate::journal::{Answered, JournalError, Outcome, StateCommitted, Terms};

use super::answer::Answer;
use super::app::{App, Opened};
use super::body;
use super::gate::{Rules, gated};
use super::problem::Problem;
use super::repeat::Begun;
use super::sent::Sent;
use super::writing::{RectBody, Target, VersionName, Writing, state_answer};

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![restore], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths())]
pub(super) struct Doc;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RestoreBody {
    version: VersionName,
    region: Option<RectBody>,
    author: Option<String>,
}

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
