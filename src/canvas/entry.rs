//! The entries of a log: what happened, when, by whom and on which way in.

use super::{CellIndex, Colour, Rect, Time, Version};

/// One cell takes one colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixel {
    /// Which cell.
    pub cell: CellIndex,
    /// Its colour from this entry on.
    pub colour: Colour,
}

/// The way by which an entry came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Source {
    /// A write through the v1 API.
    Api = 0,
    /// The endpoint `/ping`.
    Ping = 1,
    /// The endpoint `/pong`.
    Pong = 2,
    /// A run inside the process.
    Run = 3,
    /// A restored version.
    Restore = 4,
    /// An undone edit.
    Undo = 5,
    /// The image a fork starts from.
    Fork = 6,
    /// An import.
    Import = 7,
}

impl Source {
    const ALL: [Self; 8] =
        [Self::Api, Self::Ping, Self::Pong, Self::Run, Self::Restore, Self::Undo, Self::Fork, Self::Import];

    /// The source with this number on disk.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The name used in JSON and CSV.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Run => "run",
            Self::Restore => "restore",
            Self::Undo => "undo",
            Self::Fork => "fork",
            Self::Import => "import",
        }
    }
}

/// Who wrote an entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Author {
    /// At most 128 characters, no control characters, not empty.
    pub name: String,
    /// Whether a token vouched for the name.
    pub authenticated: bool,
}

impl Author {
    /// The most characters in a name.
    pub const NAME_CHARS_MAX: usize = 128;
}

/// What an entry did to the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// One cell took one colour.
    Pixel(Pixel),
    /// A rectangle was replaced at once.
    State {
        /// The rectangle that was sent, within which everything that changed lies.
        region: Rect,
        /// How many cells have another colour than before.
        changed: u32,
    },
}

/// One event in the log of a canvas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The version that this entry made: its place in the log, from 1.
    pub version: Version,
    /// When it was committed; never before its predecessor.
    pub time: Time,
    /// Who wrote it, where that is known.
    pub author: Option<Author>,
    /// The way by which it came in.
    pub source: Source,
    /// What it did.
    pub change: Change,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_keep_their_numbers() {
        for (number, source) in Source::ALL.into_iter().enumerate() {
            assert_eq!(source as usize, number);
        }
        assert_eq!(Source::from_number(8), None);
    }
}
