//! Which moment a request asks for: `version=N`, `version=TAG` or `at=TIME`, else the head.

use rocket::http::Status;

use crate::canvas::{CanvasId, Time, Version, When};
use crate::journal::{Canvas, Journal, JournalError};

use super::answer::{Answer, Shown};
use super::app::{App, Opened};
use super::canvases::find;
use super::conditions::Conditions;
use super::problem::Problem;
use super::query::Query;

impl When {
    /// Takes `version` and `at`.
    pub(super) fn take(query: &mut Query<'_>) -> Result<Self, Problem> {
        let version = query.get_by("version", |text| When::named(text).map_err(|error| error.to_string()))?;
        let at = query.get_by("at", |text| Time::parse(text).map(Self::At).map_err(|error| error.to_string()))?;
        match (version, at) {
            (Some(_), Some(_)) => Err(Problem::unreadable("version and at exclude each other")),
            (when, None) | (None, when) => Ok(when.unwrap_or(Self::Head)),
        }
    }

    /// Takes the end of a range of versions: `to=N`, or as [`Self::take`].
    pub(super) fn take_end(query: &mut Query<'_>) -> Result<Self, Problem> {
        let to = query.get("to")?.map(|to| Self::Version(Version(to)));
        match (to, Self::take(query)?) {
            (None, when) => Ok(when),
            (Some(to), Self::Head) => Ok(to),
            (Some(_), _) => Err(Problem::unreadable("to, version and at exclude each other")),
        }
    }

    /// The version that this is on a canvas. Only what was asked for by its number is always the same: a tag moves, and
    /// what is the last version before a time is not known before that time.
    pub(super) fn find(&self, journal: &Journal, canvas: CanvasId) -> Result<Shown, Problem> {
        if *self == Self::Head {
            let head = journal.head(canvas)?;
            return Ok(Shown { version: head.version, time: head.time, named: false });
        }
        let (version, named) = (journal.version_when(canvas, self)?, matches!(self, Self::Version(_)));
        Ok(Shown { version, time: journal.time_of(canvas, version)?, named })
    }
}

/// A canvas at a version.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    /// Of which canvas.
    pub(super) canvas: Canvas,
    /// The version, and how it was asked for.
    pub(super) shown: Shown,
}

impl Moment {
    /// A canvas when it is asked for.
    pub(super) fn find(journal: &Journal, canvas: Canvas, when: &When) -> Result<Self, Problem> {
        let shown = when.find(journal, canvas.id)?;
        Ok(Self { canvas, shown })
    }

    /// The same for the canvas of that name, from an async thread.
    pub(super) async fn of(name: &str, when: When, app: &App, opened: &Opened) -> Result<Self, Problem> {
        Self::after(name, Version(0), when, app, opened).await
    }

    /// The end of a range of versions on the canvas of that name, whose beginning must be a version too.
    pub(super) async fn after(
        name: &str,
        from: Version,
        when: When,
        app: &App,
        opened: &Opened,
    ) -> Result<Self, Problem> {
        // The head of a canvas in use is in memory: another thread would cost more than it.
        if when == When::Head && from == Version(0) {
            let canvas = find(&opened.journal, name)?;
            return Self::find(&opened.journal, canvas, &when);
        }
        let (journal, name) = (opened.journal.clone(), name.to_owned());
        let find = move || -> Result<Self, Problem> {
            let moment = Self::find(&journal, find(&journal, &name)?, &when)?;
            let head = if from > moment.shown.version { journal.head(moment.canvas.id)?.version } else { from };
            if from > head { Err(JournalError::NoVersion { asked: from, head }.into()) } else { Ok(moment) }
        };
        app.work.light(find).await
    }

    /// 304 where the client has this version.
    pub(super) fn unchanged(&self, conditions: &Conditions<'_>) -> Option<Answer> {
        conditions.has(self.shown.version).then(|| Answer::empty(Status::NotModified).versioned(self.shown))
    }
}

/// Takes the beginning of a range of versions: `from=N`, by default 0.
pub(super) fn take_from(query: &mut Query<'_>) -> Result<Version, Problem> {
    Ok(Version(query.get("from")?.unwrap_or(0)))
}

/// Refuses a range that ends before it begins.
pub(super) fn in_order(name: &str, from: Version, to: Version) -> Result<(), Problem> {
    if from > to {
        return Err(Problem::impossible("bad-range", format!("{name} is version {from}, after version {to}")));
    }
    Ok(())
}
