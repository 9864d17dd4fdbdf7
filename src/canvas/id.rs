//! Newtypes for what must not be mixed: versions, block numbers, cells, the ids of records, names and times.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// How many entries a log holds; version 0 is the empty canvas, version N the image after the first N entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Version(pub u64);

impl Version {
    /// The version `entries` later.
    #[must_use]
    pub const fn after(self, entries: u64) -> Self {
        Self(self.0 + entries)
    }
}

/// The number of a full block of a log, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockNumber(pub u64);

/// The number of a stretch of the log that has a delta of its own, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeltaNumber(pub u64);

/// A cell of a canvas: `y · width + x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellIndex(pub u32);

/// The number of a canvas, in order of creation, never given out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CanvasId(pub u64);

/// The number under which a large state or a snapshot is staged, never given out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub u64);

/// The number of a run, in order of creation, never given out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// The number of an author within one canvas; 0 is "nobody said who".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct AuthorId(pub u32);

macro_rules! display_number {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
display_number!(Version, BlockNumber, DeltaNumber, CellIndex, CanvasId, StateId, RunId, AuthorId);

/// A moment: milliseconds since 1970-01-01T00:00:00Z, leap seconds left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Time(pub i64);

/// The name of a canvas: a slug, `[a-z0-9][a-z0-9_-]{0,63}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The slug itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not the name of a canvas.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a canvas name: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit")]
pub struct ParseNameError(String);

impl FromStr for Name {
    type Err = ParseNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if is_slug(text) { Ok(Self(text.to_owned())) } else { Err(ParseNameError(text.chars().take(80).collect())) }
    }
}

/// Whether a text is `[a-z0-9][a-z0-9_-]{0,63}`.
fn is_slug(text: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    text.len() <= 64
        && text.bytes().next().is_some_and(alphanumeric)
        && text.bytes().all(|b| alphanumeric(b) || b == b'_' || b == b'-')
}

/// A name for a version: a slug as [`Name`], but not digits only, so that it is never taken for a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

impl Tag {
    /// The slug itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a tag.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a tag: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit, not digits only")]
pub struct ParseTagError(String);

impl FromStr for Tag {
    type Err = ParseTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number = text.bytes().all(|b| b.is_ascii_digit());
        if is_slug(text) && !is_number {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseTagError(text.chars().take(80).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_slugs() {
        for good in ["a", "0", "a-b_c9", &"x".repeat(64)] {
            assert_eq!(good.parse::<Name>().map(|n| n.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "-a", "_a", "A", "a b", "a/b", "..", "é", &"x".repeat(65)] {
            assert_eq!(bad.parse::<Name>(), Err(ParseNameError(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn tags_are_slugs_that_are_no_numbers() {
        for good in ["a", "v1", "1st", "2024-01-01", &"x".repeat(64)] {
            assert_eq!(good.parse::<Tag>().map(|tag| tag.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "1", "007", "-a", "A", "a b", &"x".repeat(65)] {
            assert_eq!(bad.parse::<Tag>(), Err(ParseTagError(bad.to_owned())), "{bad}");
        }
    }
}
