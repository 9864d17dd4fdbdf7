//! Which moment a request asks for: `version=N`, `version=TAG` or `at=TIME`, else the head.

use rocket::http::Status;

use crate::canvas::{CanvasId, Tag, Time, Version};
use crate::journal::{Canvas, Journal, JournalError};

use super::answer::{Answer, Shown, rfc3339};
use super::app::{App, Opened};
use super::canvases::find;
use super::conditions::Conditions;
use super::problem::Problem;
use super::query::Query;

/// How a request says which moment it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// Not at all: it is the newest.
    Head,
    /// By the number of a version.
    Version(Version),
    /// By the name of one.
    Tag(Tag),
    /// By a time: it is the last version at or before that, 0 before the canvas was made.
    At(Time),
}

impl When {
    /// Takes `version` and `at`.
    pub(super) fn take(query: &mut Query<'_>) -> Result<Self, Problem> {
        let version = query.get_by("version", version_or_tag)?;
        let at = query.get_by("at", |text| time(text).map(Self::At))?;
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

    /// The parameter that says it, where one does.
    pub(super) fn parameter(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Head => None,
            Self::Version(version) => Some(("version", version.to_string())),
            Self::Tag(tag) => Some(("version", tag.to_string())),
            Self::At(time) => Some(("at", rfc3339(*time))),
        }
    }

    /// The version that this is on a canvas. Only what was asked for by its number is always the same: a tag moves, and
    /// what is the last version before a time is not known before that time.
    pub(super) fn find(&self, journal: &Journal, canvas: CanvasId) -> Result<Shown, Problem> {
        let (version, named) = match self {
            Self::Head => {
                let head = journal.head(canvas)?;
                return Ok(Shown { version: head.version, time: head.time, named: false });
            }
            Self::Version(version) => (*version, true),
            Self::Tag(tag) => (journal.tag(canvas, tag)?, false),
            Self::At(time) => (journal.version_at(canvas, *time)?, false),
        };
        Ok(Shown { version, time: journal.time_of(canvas, version)?, named })
    }
}

fn version_or_tag(text: &str) -> Result<When, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(|number| When::Version(Version(number))).map_err(|error| error.to_string());
    }
    text.parse().map(When::Tag).map_err(|_| "write the number of a version, or a tag".to_owned())
}

/// The time that an RFC 3339 text says, what is below a millisecond cut off.
pub(super) fn time(text: &str) -> Result<Time, String> {
    nanoseconds(text).map(|nanoseconds| milliseconds(nanoseconds.div_euclid(NANOSECONDS)))
}

/// The same, the next millisecond where there is something below one: nothing from before that moment is at or after it.
pub(super) fn time_up(text: &str) -> Result<Time, String> {
    nanoseconds(text).map(|nanoseconds| milliseconds(-(-nanoseconds).div_euclid(NANOSECONDS)))
}

/// Nanoseconds of a millisecond.
const NANOSECONDS: i128 = 1_000_000;

fn nanoseconds(text: &str) -> Result<i128, String> {
    let time = text.parse::<jiff::Timestamp>().map_err(|_| "write an RFC 3339 time".to_owned())?;
    Ok(time.as_nanosecond())
}

fn milliseconds(number: i128) -> Time {
    // No time that can be read is so far away.
    Time(i64::try_from(number).unwrap_or(i64::MAX))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_words_a_tag() {
        let tag = |text: &str| When::Tag(text.parse().expect("a tag"));
        assert_eq!(version_or_tag("7"), Ok(When::Version(Version(7))));
        assert_eq!(version_or_tag("007"), Ok(When::Version(Version(7))));
        assert_eq!(version_or_tag("1st"), Ok(tag("1st")));
        let refusal = Err("write the number of a version, or a tag".to_owned());
        assert_eq!([version_or_tag(""), version_or_tag("-1"), version_or_tag("A")], [(); 3].map(|()| refusal.clone()));
        assert_eq!(version_or_tag("18446744073709551616"), Err("number too large to fit in target type".to_owned()));
    }

    #[test]
    fn what_is_below_a_millisecond_is_rounded_away_from_what_is_asked_for() {
        for (text, down, up) in [
            ("1970-01-01T00:00:01Z", 1_000, 1_000),
            ("1970-01-01T00:00:01.0005Z", 1_000, 1_001),
            ("1969-12-31T23:59:59.9995Z", -1, 0),
            ("1970-01-01T01:00:00+01:00", 0, 0),
        ] {
            assert_eq!((time(text), time_up(text)), (Ok(Time(down)), Ok(Time(up))), "{text}");
        }
        assert_eq!(time("1970-01-01"), Err("write an RFC 3339 time".to_owned()));
    }
}
