//! Which moment a command asks for: `--version N`, `--version TAG`, `--at TIME`, else the newest.

use clap::Args;

use crate::canvas::{Rect, Tag, Time, Version};

use super::words;

/// `--version` and `--at`.
#[derive(Debug, Args)]
pub(super) struct WhenArgs {
    /// After so many entries, or the version that a tag names [default: the newest]
    #[arg(long, value_name = "N|TAG", value_parser = version_or_tag, conflicts_with = "at")]
    version: Option<When>,
    /// The last version at or before this time, as 2026-11-24T20:15:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Time>,
}

impl WhenArgs {
    pub(super) fn when(&self) -> When {
        self.version.clone().or(self.at.map(When::At)).unwrap_or(When::Head)
    }
}

/// A moment of a canvas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// The newest there is.
    Head,
    /// By the number of a version.
    Version(Version),
    /// By the name of one.
    Tag(Tag),
    /// The last version at or before a time; 0 before the canvas was made.
    At(Time),
}

impl When {
    /// As a parameter of the API.
    pub(super) fn parameter(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Head => None,
            Self::Version(version) => Some(("version", version.to_string())),
            Self::Tag(tag) => Some(("version", tag.to_string())),
            Self::At(time) => Some(("at", words::time(*time))),
        }
    }
}

fn version_or_tag(text: &str) -> Result<When, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(|number| When::Version(Version(number))).map_err(|error| error.to_string());
    }
    text.parse().map(When::Tag).map_err(|_| "write the number of a version, or a tag".to_owned())
}

/// A time, what is below a millisecond cut off.
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
    let time = text.parse::<jiff::Timestamp>();
    time.map(jiff::Timestamp::as_nanosecond).map_err(|_| "write a time as 2026-11-24T20:15:00Z".to_owned())
}

fn milliseconds(number: i128) -> Time {
    // No time that can be read is so far away.
    Time(i64::try_from(number).unwrap_or(i64::MAX))
}

/// The rectangle that `x,y,w,h` says.
pub(super) fn rect(text: &str) -> Result<Rect, String> {
    let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
    match numbers.as_deref() {
        Ok(&[x, y, w, h]) => Ok(Rect { x, y, w, h }),
        _ => Err("write x,y,w,h".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_number_and_words_a_tag() {
        assert_eq!(version_or_tag("7"), Ok(When::Version(Version(7))));
        assert_eq!(version_or_tag("v7"), Ok(When::Tag("v7".parse().unwrap())));
        let refusal = Err("write the number of a version, or a tag".to_owned());
        assert_eq!(["", "-1", "A"].map(version_or_tag), [(); 3].map(|()| refusal.clone()));
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
        assert!(time("1970-01-01").unwrap_err().starts_with("write a time"));
    }
}
