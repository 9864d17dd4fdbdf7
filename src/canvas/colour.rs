//! Colours and the two pixel layouts a canvas can have.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// How the cells of a canvas are laid out: the image crate's `Rgb8` or `Rgba8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mode {
    /// Three bytes a cell: red, green, blue.
    #[default]
    Rgb,
    /// Four bytes a cell: red, green, blue, alpha (not premultiplied).
    Rgba,
}

impl Mode {
    /// Bytes a cell: 3 or 4.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }

    /// The name used in JSON and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rgb => "rgb",
            Self::Rgba => "rgba",
        }
    }
}

/// A colour of 8 bits a channel, in the order red, green, blue, alpha. On an [`Mode::Rgb`] canvas alpha is 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Colour(pub [u8; 4]);

impl Colour {
    /// Opaque white, the background of a new canvas and "not yet coloured" in a run.
    pub const WHITE: Self = Self([255; 4]);

    /// The opaque colour `red`, `green`, `blue`.
    #[must_use]
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue, 255])
    }

    /// The opaque colour of a number `0xrrggbb`; the upper eight bits are ignored.
    #[must_use]
    pub const fn from_rgb_number(number: u32) -> Self {
        let [_, red, green, blue] = number.to_be_bytes();
        Self::rgb(red, green, blue)
    }

    /// The number `0xrrggbb` of this colour, alpha left out.
    #[must_use]
    pub const fn rgb_number(self) -> u32 {
        u32::from_be_bytes([0, self.0[0], self.0[1], self.0[2]])
    }

    /// The bytes of this colour as a cell of `mode`: the first 3 or all 4.
    #[must_use]
    pub fn bytes(&self, mode: Mode) -> &[u8] {
        match mode {
            Mode::Rgb => &self.0[..3],
            Mode::Rgba => &self.0,
        }
    }

    /// The colour that a cell of 3 or 4 bytes holds; `None` where `cell` has another length.
    #[must_use]
    pub fn from_cell(cell: &[u8]) -> Option<Self> {
        match *cell {
            [red, green, blue] => Some(Self([red, green, blue, 255])),
            [red, green, blue, alpha] => Some(Self([red, green, blue, alpha])),
            _ => None,
        }
    }

    /// Whether nothing shines through.
    #[must_use]
    pub const fn is_opaque(self) -> bool {
        self.0[3] == 255
    }

    /// `#rrggbb`, or `#rrggbbaa` on an rgba canvas.
    #[must_use]
    pub fn to_hex(self, mode: Mode) -> String {
        use fmt::Write as _;
        let mut hex = String::with_capacity(9);
        hex.push('#');
        for byte in self.bytes(mode) {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

/// Why a text is not a colour.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a colour: write #rrggbb, or #rrggbbaa")]
pub struct ParseColourError(String);

impl FromStr for Colour {
    type Err = ParseColourError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || ParseColourError(text.chars().take(40).collect());
        let digits = text.strip_prefix('#').ok_or_else(refused)?;
        // `from_str_radix` would also take a sign, so every digit is checked first.
        if !matches!(digits.len(), 6 | 8) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| refused())?;
        Ok(if digits.len() == 6 { Self::from_rgb_number(number) } else { Self(number.to_be_bytes()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_in_both_modes() {
        let colour: Colour = "#0a1B2c".parse().expect("six digits");
        assert_eq!(colour, Colour::rgb(10, 27, 44));
        assert_eq!(colour.to_hex(Mode::Rgb), "#0a1b2c");
        assert_eq!(colour.to_hex(Mode::Rgba), "#0a1b2cff");
        assert_eq!("#01020304".parse(), Ok(Colour([1, 2, 3, 4])));
    }

    #[test]
    fn what_is_not_a_colour_is_refused() {
        for text in ["", "#", "0a1b2c", "#0a1b2", "#+a1b2c", "#0a1b2g", "#ääää", "#0a1b2c0"] {
            assert_eq!(text.parse::<Colour>(), Err(ParseColourError(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn numbers_are_big_endian_rgb() {
        assert_eq!(Colour::from_rgb_number(0x00ff_8001), Colour::rgb(255, 128, 1));
        assert_eq!(Colour::rgb(255, 128, 1).rgb_number(), 0x00ff_8001);
    }
}
