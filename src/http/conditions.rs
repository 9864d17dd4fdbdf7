//! `If-Match` and `If-None-Match` (RFC 9110, section 13.1).

use std::convert::Infallible;

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};

use crate::canvas::Version;
use crate::journal::{Expectation, Head};

use super::answer::etag;
use super::headers;
use super::problem::Problem;

/// The version that no canvas reaches.
const NEVER: Version = Version(u64::MAX);

/// The conditions of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditions<'r> {
    if_match: Option<&'r str>,
    if_none_match: Option<&'r str>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Conditions<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

impl<'r> Conditions<'r> {
    /// The conditions of `request`.
    pub(super) fn of(request: &'r Request<'_>) -> Self {
        let headers = request.headers();
        let [if_match, if_none_match] = ["If-Match", "If-None-Match"].map(|name| headers::first(headers, name));
        Self { if_match, if_none_match }
    }

    /// Whether the client has this version already. The version alone tells the answers of one URL apart.
    pub(super) fn has(&self, version: Version) -> bool {
        self.knows(&etag(version))
    }

    /// Whether the client has what this tag stands for. The comparison is weak.
    pub(super) fn knows(&self, tag: &str) -> bool {
        self.if_none_match.is_some_and(|tags| {
            tags.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
        })
    }

    /// What a write requires of the head, which is `head` now.
    pub(super) fn expectation(&self, head: impl FnOnce() -> Result<Head, Problem>) -> Result<Expectation, Problem> {
        let Some(tags) = self.if_match.map(str::trim).filter(|tags| *tags != "*") else {
            return Ok(Expectation::Any);
        };
        let versions: Vec<Version> = tags.split(',').filter_map(version_of).collect();
        if let [only] = versions[..] {
            return Ok(Expectation::Head(only));
        }
        // The committer compares with one version: the head, if it is among those named. No tag, or none of ours,
        // matches nothing, which is told in its turn: a write that is repeated is not refused for its condition.
        let head = head()?.version;
        Ok(Expectation::Head(if versions.contains(&head) { head } else { NEVER }))
    }
}

/// The problem of a head that is not where a write expected it.
pub(super) fn refused(expected: Version, head: Version) -> Problem {
    let detail = match expected {
        NEVER => format!("the canvas is at version {head}, which If-Match does not name"),
        expected => format!("the canvas is at version {head}, not at {expected}"),
    };
    Problem::new(Status::PreconditionFailed, "head-moved", detail).current(head)
}

/// The version that a strong tag names. What stands behind it, in the tag of a canvas that has a label, is not asked for:
/// writes depend on the version.
fn version_of(tag: &str) -> Option<Version> {
    let text = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let digits = text.split_once('-').map_or(text, |(digits, _)| digits);
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok().map(Version)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::Time;

    fn expectation(if_match: &str) -> Result<Expectation, String> {
        let conditions = Conditions { if_match: Some(if_match), if_none_match: None };
        let head = Head { version: Version(7), time: Time(0) };
        let expectation = conditions.expectation(|| Ok(head)).map_err(|problem| problem.to_string())?;
        match expectation {
            Expectation::Head(NEVER) => Err(refused(NEVER, head.version).to_string()),
            expectation => Ok(expectation),
        }
    }

    #[test]
    fn strong_tags_name_versions() {
        assert_eq!(expectation("*"), Ok(Expectation::Any));
        assert_eq!(expectation("\"3\""), Ok(Expectation::Head(Version(3))));
        assert_eq!(expectation("\"3\", \"7\""), Ok(Expectation::Head(Version(7))));
        assert_eq!(expectation("\"3-0a1b2c3d\""), Ok(Expectation::Head(Version(3))));
        let refusal = Err("the canvas is at version 7, which If-Match does not name".to_owned());
        for tags in ["\"3\", \"4\"", "W/\"7\"", "7", "\"+7\"", "\"-7\"", ""] {
            assert_eq!(expectation(tags), refusal, "{tags}");
        }
    }

    #[test]
    fn weak_tags_do_for_reading() {
        let has = |tags| Conditions { if_match: None, if_none_match: Some(tags) }.has(Version(7));
        assert_eq!(
            ["\"7\"", "W/\"7\"", "\"6\", \"7\"", "*", "\"6\"", "7"].map(has),
            [true, true, true, true, false, false]
        );
    }
}
