//! Base64 (RFC 4648, section 4) in and out.

#![expect(missing_debug_implementations, clippy::needless_pass_by_value, reason = "skeleton")]

use std::io::{self, Write};

use super::PictureError;

/// The bytes of a base64 text. Takes a `data:…;base64,` URL too, missing padding, white space and line breaks, and a
/// space for `+` (what is left of it after a form was decoded twice).
///
/// # Errors
///
/// [`PictureError::Base64`].
pub fn decode_base64(_text: &str) -> Result<Vec<u8>, PictureError> {
    todo!()
}

/// Encodes what is written to it, with padding, as it comes.
pub struct Base64Writer<W: Write> {
    _to: std::marker::PhantomData<W>,
}

impl<W: Write> Base64Writer<W> {
    /// Encodes to `to`.
    #[must_use]
    pub fn new(_to: W) -> Self {
        todo!()
    }

    /// Writes the last, padded group.
    ///
    /// # Errors
    ///
    /// What `to` fails with.
    pub fn finish(self) -> io::Result<W> {
        todo!()
    }
}

impl<W: Write> Write for Base64Writer<W> {
    fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        todo!()
    }

    fn flush(&mut self) -> io::Result<()> {
        todo!()
    }
}
