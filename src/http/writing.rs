//! What the writes to a canvas have in common: what comes with them besides a body, who may make them, the order in which
//! they are decided, and how a state is answered.

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::canvas::{Author, CanvasId, Rect, Source, Tag, Version};
use crate::config::Scope;
use crate::journal::{Answered, Canvas, Expectation, Journal, JournalError, Records, StateCommitted, StateWrite};

use super::answer::{Answer, etag, rfc3339};
use super::app::{App, Opened, app};
use super::caller::{Caller, Identity};
use super::canvases::find;
use super::conditions::Conditions;
use super::problem::Problem;
use super::query::Query;
use super::repeat::{Begun, Repeat};

/// What comes with a write besides its body.
pub(super) struct Writing<'r> {
    /// Its parameters.
    pub(super) query: Query<'r>,
    /// What it requires of the head.
    pub(super) conditions: Conditions<'r>,
    /// Whether it may be repeated.
    pub(super) repeat: Repeat,
    /// Who writes.
    pub(super) caller: &'r Caller,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Writing<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let Some(app) = app(request) else { return Outcome::Error((Status::InternalServerError, ())) };
        let caller = &Identity::of(request, &app.access, false).caller;
        Outcome::Success(Self {
            query: Query::of(request),
            conditions: Conditions::of(request),
            repeat: Repeat::of(request, caller),
            caller,
        })
    }
}

/// The canvas that is written to, and what its head is expected to be.
#[derive(Debug)]
pub(super) struct Target {
    /// Which.
    pub(super) canvas: Canvas,
    /// Where its head must be.
    pub(super) expectation: Expectation,
}

impl Target {
    /// The canvas of that name.
    pub(super) async fn find(
        name: &str,
        conditions: Conditions<'_>,
        app: &App,
        opened: &Opened,
    ) -> Result<Self, Problem> {
        let (journal, name) = (opened.journal.clone(), name.to_owned());
        let find = move || {
            let canvas = find(&journal, &name)?;
            let head = journal.head(canvas.id)?;
            Ok::<_, Problem>((canvas, head))
        };
        let (canvas, head) = app.work.light(find).await?;
        Ok(Self { canvas, expectation: conditions.expectation(|| Ok(head))? })
    }

    /// Refuses who may write only one pixel after the other.
    pub(super) fn need_all_at_once(&self, caller: &Caller) -> Result<(), Problem> {
        if self.canvas.settings.cooldown_ms == 0 { Ok(()) } else { caller.need(Scope::Admin) }
    }

    /// Begins a write of several steps: looks at its key, then at the head. May block.
    pub(super) fn begin(&self, journal: &Journal, repeat: &Repeat, body: &[u8]) -> Result<Begun, JournalError> {
        let begun = repeat.begin(journal, body)?;
        if matches!(begun, Begun::Now(_)) {
            self.expectation.check(journal.head(self.canvas.id)?.version)?;
        }
        Ok(begun)
    }

    /// A state in a region of the canvas, or all of it.
    pub(super) fn write(&self, region: Option<Rect>, author: Option<Author>, source: Source) -> StateWrite {
        let region = region.unwrap_or_else(|| self.canvas.size.rect());
        let Self { ref canvas, expectation } = *self;
        StateWrite { canvas: canvas.id, region, author, source, expectation, records: Records::default() }
    }
}

/// What became of a state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WrittenState)]
pub(super) struct StateBody {
    /// The version that it made, or the head where nothing changed
    version: u64,
    /// How many cells have another colour now
    changed: u32,
    #[schema(format = DateTime)]
    time: String,
}

/// The answer to a write of a state.
pub(super) fn state_answer(answered: &Answered<StateCommitted>) -> Result<Answer, Problem> {
    let Answered { outcome: StateCommitted { version, changed, time }, replayed } = *answered;
    let body = StateBody { version: version.0, changed, time: rfc3339(time) };
    Ok(Answer::json(&body)?.no_store().header("ETag", etag(version)).replayed(replayed))
}

/// A rectangle of cells that is sent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Region)]
pub(super) struct RectBody {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

impl From<RectBody> for Rect {
    fn from(RectBody { x, y, w, h }: RectBody) -> Self {
        Self { x, y, w, h }
    }
}

/// A version in a body: its number, or a tag.
#[derive(Debug)]
pub(super) enum VersionName {
    Number(u64),
    Tag(String),
}

impl VersionName {
    /// The version that it names; a number may be beyond the head.
    pub(super) fn resolve(&self, journal: &Journal, canvas: CanvasId) -> Result<Version, Problem> {
        match self {
            Self::Number(version) => Ok(Version(*version)),
            Self::Tag(text) => Ok(journal.tag(canvas, &tag_there(text)?)?),
        }
    }
}

/// A tag that may be there: what is no tag is the name of none.
pub(super) fn tag_there(text: &str) -> Result<Tag, Problem> {
    let shown = || text.chars().take(64).collect::<String>();
    text.parse().map_err(|_| Problem::new(Status::NotFound, "no-such-tag", format!("there is no tag {}", shown())))
}

impl<'de> Deserialize<'de> for VersionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = VersionName;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the number of a version, or a tag")
            }

            fn visit_u64<E: Error>(self, version: u64) -> Result<VersionName, E> {
                Ok(VersionName::Number(version))
            }

            fn visit_str<E: Error>(self, tag: &str) -> Result<VersionName, E> {
                Ok(VersionName::Tag(tag.to_owned()))
            }
        }

        deserializer.deserialize_any(Either)
    }
}
