//! What people call a canvas, beside its name.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The text that is shown for a canvas: 1 to 128 characters, none of them a control character. Two canvases may have the
/// same, and nothing is found by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// The most characters (Unicode scalar values) of a label.
    pub const CHARS_MAX: usize = 128;

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a label.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a label has 1 to {max} characters, none of them a control character", max = Label::CHARS_MAX)]
pub struct ParseLabelError;

impl FromStr for Label {
    type Err = ParseLabelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=Self::CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseLabelError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short_and_printable() {
        for good in ["a", "  ", "Blick über den See, \"2026\"", &"é".repeat(128), "🎨"] {
            assert_eq!(good.parse::<Label>().map(|label| label.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", &"x".repeat(129), "two\nlines", "a\0", "\u{7f}", "\u{85}"] {
            assert_eq!(bad.parse::<Label>(), Err(ParseLabelError), "{bad:?}");
        }
    }
}
