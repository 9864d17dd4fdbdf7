//! Moments of a canvas, and how a text says which.

use std::num::ParseIntError;

use jiff::Timestamp;
use thiserror::Error;

use super::{Tag, Time, Version};

/// Nanoseconds of a millisecond.
const NANOSECONDS: i128 = 1_000_000;

/// Which moment of a canvas is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// The newest there is.
    Head,
    /// By the number of a version.
    Version(Version),
    /// By the name of one.
    Tag(Tag),
    /// By a time: the last version at or before that, 0 before the canvas was made.
    At(Time),
}

/// Why a text names no version.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum ParseWhenError {
    /// A number beyond all versions.
    #[error(transparent)]
    Number(#[from] ParseIntError),
    /// Neither a number nor a tag.
    #[error("write the number of a version, or a tag")]
    Neither,
}

/// Why a text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("write an RFC 3339 time")]
pub struct ParseTimeError;

impl When {
    /// The version that a text names: digits are its number, anything else is a tag.
    ///
    /// # Errors
    ///
    /// [`ParseWhenError`].
    pub fn named(text: &str) -> Result<Self, ParseWhenError> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Version(Version(text.parse()?)));
        }
        text.parse().map(Self::Tag).map_err(|_| ParseWhenError::Neither)
    }

    /// The parameter of the API that says it, where one does.
    #[must_use]
    pub fn parameter(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Head => None,
            Self::Version(version) => Some(("version", version.to_string())),
            Self::Tag(tag) => Some(("version", tag.to_string())),
            Self::At(time) => Some(("at", time.to_rfc3339())),
        }
    }
}

impl Time {
    /// The time that an RFC 3339 text says, what is below a millisecond cut off.
    ///
    /// # Errors
    ///
    /// [`ParseTimeError`].
    pub fn parse(text: &str) -> Result<Self, ParseTimeError> {
        nanoseconds(text).map(|nanoseconds| milliseconds(nanoseconds.div_euclid(NANOSECONDS)))
    }

    /// The same, the next millisecond where there is something below one: nothing from before that moment is at or after
    /// it.
    ///
    /// # Errors
    ///
    /// [`ParseTimeError`].
    pub fn parse_up(text: &str) -> Result<Self, ParseTimeError> {
        nanoseconds(text).map(|nanoseconds| milliseconds(-(-nanoseconds).div_euclid(NANOSECONDS)))
    }

    /// RFC 3339, UTC, with milliseconds.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        format!("{:.3}", self.timestamp())
    }

    /// The same moment for a calendar. A clock beyond the year 9999 is no reason to fail.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }
}

fn nanoseconds(text: &str) -> Result<i128, ParseTimeError> {
    text.parse::<Timestamp>().map(Timestamp::as_nanosecond).map_err(|_| ParseTimeError)
}

fn milliseconds(number: i128) -> Time {
    // No time that can be read is so far away.
    Time(i64::try_from(number).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_words_a_tag() {
        let named = |text| When::named(text).map_err(|error| error.to_string());
        let tag = |text: &str| When::Tag(text.parse().expect("a tag"));
        assert_eq!(named("7"), Ok(When::Version(Version(7))));
        assert_eq!(named("007"), Ok(When::Version(Version(7))));
        assert_eq!(named("1st"), Ok(tag("1st")));
        assert_eq!(named("v7"), Ok(tag("v7")));
        let refusal = Err("write the number of a version, or a tag".to_owned());
        assert_eq!(["", "-1", "A"].map(named), [(); 3].map(|()| refusal.clone()));
        assert_eq!(named("18446744073709551616"), Err("number too large to fit in target type".to_owned()));
    }

    #[test]
    fn what_is_below_a_millisecond_is_rounded_away_from_what_is_asked_for() {
        for (text, down, up) in [
            ("1970-01-01T00:00:01Z", 1_000, 1_000),
            ("1970-01-01T00:00:01.0005Z", 1_000, 1_001),
            ("1969-12-31T23:59:59.9995Z", -1, 0),
            ("1970-01-01T01:00:00+01:00", 0, 0),
        ] {
            assert_eq!((Time::parse(text), Time::parse_up(text)), (Ok(Time(down)), Ok(Time(up))), "{text}");
        }
        assert_eq!(
            Time::parse("1970-01-01").map_err(|error| error.to_string()),
            Err("write an RFC 3339 time".to_owned())
        );
    }
}
