//! Reading PNG rows under limits.

#![expect(missing_debug_implementations, clippy::needless_pass_by_value, reason = "skeleton")]

use std::sync::Arc;

use super::PictureError;
use crate::canvas::{Colour, Mode, Size};

/// What a picture may cost to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest side, in cells.
    pub side_max: u32,
    /// The most cells.
    pub cells_max: u32,
}

/// What becomes of cells that are not opaque on an rgb canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alpha {
    /// They are an error.
    Refuse,
    /// They are laid over this colour.
    Flatten(Colour),
}

/// A PNG whose header was read and found within the limits; no pixel is decoded yet.
#[derive(Clone)]
pub struct Png {}

impl Png {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`PictureError::Malformed`], [`PictureError::Unsupported`], [`PictureError::TooLarge`].
    pub fn open(_bytes: Arc<[u8]>, _limits: &Limits) -> Result<Self, PictureError> {
        todo!()
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        todo!()
    }

    /// Decodes from the top, row by row, as cells of `mode`. May be called again.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn rows(&self, _mode: Mode, _alpha: Alpha) -> Result<PngRows, PictureError> {
        todo!()
    }
}

/// The rows of a PNG, top down, 8 bits a channel.
pub struct PngRows {}

impl PngRows {
    /// Fills `row`, of width · channels bytes, with the next row. The last row is only given when the file is whole to
    /// its end.
    ///
    /// # Errors
    ///
    /// [`PictureError::Malformed`], [`PictureError::Transparent`].
    pub fn read_row(&mut self, _row: &mut [u8]) -> Result<(), PictureError> {
        todo!()
    }
}
