//! The id of an event: which version of each canvas was reached. Of one canvas it is that version; of several,
//! `name=version` for each, with commas between them.

use std::fmt::Write as _;

use crate::canvas::{CanvasId, Version};
use crate::journal::{Canvas, Journal};

use super::super::problem::Problem;

/// Where a client was when it read last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Position {
    /// Nowhere: it begins now.
    #[default]
    Now,
    /// At this version of its only canvas.
    Version(Version),
    /// At these versions of canvases with these names.
    Versions(Vec<(String, Version)>),
}

impl Position {
    /// The position that an id says.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let unreadable = || {
            let shown: String = text.chars().take(40).collect();
            Problem::unreadable(format!("{shown:?} is no id of an event: a version, or name=version,name=version"))
        };
        if let Some(version) = version(text) {
            return Ok(Self::Version(version));
        }
        let part = |part: &str| {
            let (name, number) = part.split_once('=')?;
            Some((name.to_owned(), version(number)?))
        };
        let parts: Option<Vec<_>> = text.split(',').map(part).collect();
        parts.map(Self::Versions).ok_or_else(unreadable)
    }

    /// Whether a client said where it was.
    pub(super) fn is_given(&self) -> bool {
        *self != Self::Now
    }

    /// From which version on each canvas is followed: its head where the id does not name it.
    pub(super) fn starts(
        &self,
        canvases: &[Canvas],
        journal: &Journal,
        is_several: bool,
    ) -> Result<Vec<(CanvasId, Version)>, Problem> {
        if let (Self::Version(_), true) | (Self::Versions(_), false) = (self, is_several) {
            let wanted = if is_several { "name=version for each canvas" } else { "a version" };
            return Err(Problem::unreadable(format!("the id of an event is {wanted} here")));
        }
        let start = |canvas: &Canvas| {
            let head = journal.head(canvas.id)?.version;
            let given = match self {
                Self::Now => None,
                Self::Version(version) => Some(*version),
                Self::Versions(all) => {
                    all.iter().find(|(name, _)| name == canvas.name.as_str()).map(|(_, version)| *version)
                }
            };
            match given {
                Some(version) if version > head => {
                    let detail = format!("version {version} of {} is beyond its head, {head}", canvas.name);
                    Err(Problem::unreadable(detail).current(head))
                }
                version => Ok((canvas.id, version.unwrap_or(head))),
            }
        };
        canvases.iter().map(start).collect()
    }
}

fn version(text: &str) -> Option<Version> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok().map(Version)).flatten()
}

/// Writes the id of what was reached.
pub(super) fn write_id(
    text: &mut String,
    canvases: &[Canvas],
    is_several: bool,
    reached: impl Iterator<Item = (CanvasId, Version)>,
) {
    text.push_str("id: ");
    for (index, (id, version)) in reached.enumerate() {
        if is_several {
            let name = canvases.iter().find(|canvas| canvas.id == id).map_or("", |canvas| canvas.name.as_str());
            let _ = write!(text, "{}{name}=", if index > 0 { "," } else { "" });
        }
        let _ = write!(text, "{version}");
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_or_refused() {
        let parse = |text| Position::parse(text).map_err(|problem| problem.to_string());
        assert_eq!(parse("7"), Ok(Position::Version(Version(7))));
        let two = vec![("a".to_owned(), Version(7)), ("b-c".to_owned(), Version(0))];
        assert_eq!(parse("a=7,b-c=0"), Ok(Position::Versions(two)));
        for text in ["-1", "a", "a=", "a=7,", "a=7,b", "1,2", "99999999999999999999", "+1"] {
            let refusal = format!("{text:?} is no id of an event: a version, or name=version,name=version");
            assert_eq!(parse(text), Err(refusal));
        }
    }
}
