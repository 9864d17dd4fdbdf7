//! Writing a PNG row by row.

#![expect(missing_debug_implementations, clippy::needless_pass_by_value, reason = "skeleton")]

use std::io::Write;

use super::PictureError;
use crate::canvas::{Mode, Size};

/// Writes a PNG as its rows come, holding a few rows only.
pub struct PngWriter<W: Write> {
    _to: std::marker::PhantomData<W>,
}

impl<W: Write> PngWriter<W> {
    /// Begins a PNG of `size` and `mode` (colour type 2 or 6, 8 bits a channel).
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`].
    pub fn new(_to: W, _size: Size, _mode: Mode) -> Result<Self, PictureError> {
        todo!()
    }

    /// Writes whole rows, any number of them.
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`].
    pub fn write_rows(&mut self, _rows: &[u8]) -> Result<(), PictureError> {
        todo!()
    }

    /// Writes the end of the file; without this call the file never has an IEND chunk.
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`]; also where rows are missing.
    pub fn finish(self) -> Result<W, PictureError> {
        todo!()
    }
}
