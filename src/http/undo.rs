//! `POST /api/v1/canvases/{name}/undo`: entries are taken back, as far as they are still visible.
//!
//! Who has the scope `admin` may take back everybody's, which is everyone where there are no tokens; else each its own.
//! Those of a token are what was written with it. An anonymous writer cannot prove who it is: it may take back what
//! somebody wrote without a token under the name by which it calls itself now, and nothing where it has no name.

use rocket::http::{MediaType, Status};
use rocket::{Route, post, routes};
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Author, Source, Time, Version};
use crate::config::Scope;
use crate::journal::{Answered, JournalError, Outcome, Terms, Undo, UndoCommitted, UndoEntries};

use super::answer::{Answer, etag};
use super::app::{App, Opened};
use super::body;
use super::caller::Caller;
use super::gate::{Rules, gated};
use super::openapi::params::{IfMatch, OfCanvas, Repeatable};
use super::problem::Problem;
use super::repeat::Begun;
use super::sent::Sent;
use super::writing::{RectBody, Target, Writing};

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![undo], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(undo))]
pub(super) struct Doc;

/// Which entries are taken back: those from `first_version` to `version`, or those of `author`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoBody {
    first_version: Option<u64>,
    version: Option<u64>,
    /// With versions: who takes them back; else whose entries are taken back
    #[schema(min_length = 1, max_length = 128)]
    author: Option<String>,
    /// Only what the author wrote at or after this time
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Only in this part of the canvas
    region: Option<RectBody>,
}

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
struct UndoneBody {
    /// The version that it made, or the head where nothing changed
    version: u64,
    /// How many cells have another colour now
    changed: u32,
    /// How many cells of those entries somebody has written to since; they stay
    skipped: u32,
}

impl UndoBody {
    /// Which entries are taken back, by whom, and in which region.
    fn choose(self, caller: &Caller) -> Result<(Undo, Option<Author>, Option<RectBody>), Problem> {
        let Self { first_version, version, author, since, region } = self;
        let is_admin = caller.scopes.has(Scope::Admin);
        let (entries, said) = match (first_version, version, author, since) {
            (Some(first), Some(last), author, None) => (UndoEntries::Versions(Version(first), Version(last)), author),
            (None, None, Some(name), since) => {
                let unreadable = |_| Problem::unreadable("since is not an RFC 3339 time");
                let since = since.map(|text| Time::parse_up(&text).map_err(unreadable)).transpose()?;
                // Who takes back another's entries does not do so in the other's name.
                let said = (!is_admin).then(|| name.clone());
                (UndoEntries::Author { name, since }, said)
            }
            _ => return Err(Problem::unreadable("name first_version and version, or author and perhaps since")),
        };
        let author = caller.author(said.as_deref())?;
        let only = match (is_admin, &author) {
            (true, _) => None,
            (false, Some(_)) => author.clone(),
            (false, None) => {
                let detail = "only entries of your own may be taken back: say by author which name is yours";
                return Err(Problem::new(Status::Forbidden, "not-yours", detail));
            }
        };
        Ok((Undo { entries, only }, author, region))
    }
}

/// Take entries back, as far as they are still visible
///
/// One new `state` entry; to undo that one is to redo. Others' entries need the scope `admin`, and so does all of it on a
/// canvas with a cooldown.
#[utoipa::path(
    post,
    path = "/canvases/{name}/undo",
    operation_id = "undo",
    tag = "writing",
    params(OfCanvas, IfMatch, Repeatable),
    request_body(content = UndoBody, example = json!({"first_version": 2, "version": 3})),
    responses((status = 200, description = "It is on stable storage", body = UndoneBody,
        headers(("ETag" = String, description = "The version that it made"))))
)]
#[post("/canvases/<name>/undo", data = "<sent>")]
async fn undo(name: &str, writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    let Writing { query, conditions, repeat, caller } = writing;
    query.finish()?;
    let target = Target::find(name, conditions, app, opened).await?;
    target.need_all_at_once(caller)?;
    let bytes = sent.json(app.config.limits.json_bytes_max).await?;
    let (journal, caller) = (opened.journal.clone(), caller.clone());
    let undo = move || -> Result<Answered<UndoCommitted>, Problem> {
        let claim = match target.begin(&journal, &repeat, &bytes)? {
            Begun::Before(Outcome::Undone(outcome)) => return Ok(Answered { outcome, replayed: true }),
            Begun::Before(_) => return Err(JournalError::KeyReused.into()),
            Begun::Now(claim) => claim,
        };
        let (undo, author, region) = body::parse::<UndoBody>(&bytes)?.choose(&caller)?;
        let write = target.write(region.map(Into::into), author, Source::Undo);
        let terms = Terms { claim: claim.as_ref(), ..Terms::default() };
        Ok(journal.undo_once(write, undo, terms)?)
    };
    let Answered { outcome: UndoCommitted { version, changed, skipped, .. }, replayed } =
        app.work.heavily(undo).await?;
    let body = UndoneBody { version: version.0, changed, skipped };
    Ok(Answer::json(&body)?.no_store().header("ETag", etag(version)).replayed(replayed))
}
