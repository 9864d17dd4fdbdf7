//! Base64 (RFC 4648, section 4) in and out.

use std::fmt;
use std::io::{self, Write};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;

use super::PictureError;

/// Takes padding and its absence; bits that a last digit has too many must be zero.
const DECODER: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Text that is gathered before it is written on: 64 KiB.
const TEXT_BYTES: usize = 64 * 1024;

/// The bytes of a base64 text. Takes a `data:…;base64,` URL too, missing padding, white space and line breaks, and a
/// space for `+` (what is left of it after a form was decoded twice).
///
/// White space around the text, and tabs and line breaks within it, are skipped. A space within it always stands for
/// `+`, also at the start of a line: a form turns each `+` that was not escaped into one, wherever it stood.
///
/// # Errors
///
/// [`PictureError::Base64`], with the position of the first wrong byte in `text`, from 0.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, PictureError> {
    let skipped = data_url_prefix(text)?;
    let digits = text.get(skipped..).unwrap_or_default();
    let trimmed = digits.trim_ascii();
    let offset = skipped + (digits.len() - digits.trim_ascii_start().len());
    // Most texts have nothing to skip, and need no second copy. Others fail at the first such byte.
    if let Ok(bytes) = DECODER.decode(trimmed) {
        return Ok(bytes);
    }
    let cleaned: Vec<u8> =
        trimmed.bytes().filter(|byte| !is_skipped(*byte)).map(|byte| if byte == b' ' { b'+' } else { byte }).collect();
    DECODER.decode(&cleaned).map_err(|error| PictureError::Base64(explain(&error, trimmed, offset)))
}

/// The bytes of a picture in a field of JSON: base64 in any form that [`decode_base64`] takes, at most `bytes_max` bytes
/// when it is decoded. What a data: URL says it is must be some `image/…`; which, only the bytes themselves tell.
///
/// # Errors
///
/// [`PictureError::Base64`]; [`PictureError::Unsupported`] for a data: URL of something else;
/// [`PictureError::TooLarge`], found out before anything is decoded.
pub fn decode_picture(text: &str, bytes_max: u64) -> Result<Vec<u8>, PictureError> {
    let skipped = data_url_prefix(text)?;
    let (head, digits) = text.split_at_checked(skipped).unwrap_or((text, ""));
    if let Some((_, head)) = head.split_once(':') {
        let media_type = head.split([';', ',']).next().unwrap_or_default().trim_ascii();
        if !media_type.get(..6).is_some_and(|class| class.eq_ignore_ascii_case("image/")) {
            let said: String = media_type.chars().take(40).collect();
            return Err(PictureError::Unsupported(format!("its data: URL is of the type {said:?}, not image/…")));
        }
    }
    // Six bits a digit; what does not fill a byte is left over.
    let digits = digits.trim_ascii().bytes().filter(|byte| !is_skipped(*byte) && *byte != b'=').count() as u64;
    let bytes = digits * 3 / 4;
    if bytes > bytes_max {
        return Err(PictureError::TooLarge { what: "bytes", actual: bytes, max: bytes_max });
    }
    decode_base64(text)
}

/// Bytes before the base64 text itself: of a data URL (RFC 2397) all up to the comma, else none.
fn data_url_prefix(text: &str) -> Result<usize, PictureError> {
    let url = text.trim_ascii_start();
    if !url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return Ok(0);
    }
    let Some((head, _)) = url.split_once(',') else {
        return Err(PictureError::Base64("a data: URL without a comma".to_owned()));
    };
    let marked = head.rsplit_once(';').is_some_and(|(_, last)| last.trim_ascii().eq_ignore_ascii_case("base64"));
    if !marked {
        return Err(PictureError::Base64("a data: URL without ;base64 before its comma".to_owned()));
    }
    Ok(text.len() - url.len() + head.len() + 1)
}

fn is_skipped(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\t' | b'\x0c')
}

/// What is wrong, with its place in the text as it was sent; `text` starts at `offset` of it.
fn explain(error: &base64::DecodeError, text: &str, offset: usize) -> String {
    let place = |index: usize| {
        let kept = text.bytes().enumerate().filter(|(_, byte)| !is_skipped(*byte)).map(|(place, _)| place).nth(index);
        kept.map_or(offset + text.len(), |place| offset + place)
    };
    match *error {
        base64::DecodeError::InvalidByte(index, b'=') => format!("padding at {}, before the end", place(index)),
        base64::DecodeError::InvalidByte(index, byte) => {
            format!("the byte '{}' at {}", byte.escape_ascii(), place(index))
        }
        base64::DecodeError::InvalidLength(digits) => format!("{digits} digits, one too few or too many"),
        base64::DecodeError::InvalidLastSymbol(index, byte) => {
            format!("the last digit '{}' at {} does not end on a whole byte", byte.escape_ascii(), place(index))
        }
        base64::DecodeError::InvalidPadding => "wrong padding".to_owned(),
    }
}

/// Encodes what is written to it, with padding, as it comes, in writes of up to 64 KiB. Once a write failed nothing more
/// is written.
pub struct Base64Writer<W: Write> {
    to: W,
    /// Bytes that do not fill a group of three yet.
    open: [u8; 3],
    open_bytes: usize,
    text: Vec<u8>,
    text_bytes: usize,
    failed: bool,
}

impl<W: Write> Base64Writer<W> {
    /// Encodes to `to`.
    #[must_use]
    pub fn new(to: W) -> Self {
        Self { to, open: [0; 3], open_bytes: 0, text: vec![0; TEXT_BYTES], text_bytes: 0, failed: false }
    }

    /// Writes the last, padded group.
    ///
    /// # Errors
    ///
    /// What `to` fails with.
    pub fn finish(mut self) -> io::Result<W> {
        let open = self.open;
        self.push(open.get(..self.open_bytes).unwrap_or_default())?;
        self.send()?;
        Ok(self.to)
    }

    /// Encodes `bytes`, at most as many as fill the text: whole groups, or the very last one.
    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.text_bytes + bytes.len().div_ceil(3) * 4 > TEXT_BYTES {
            self.send()?;
        }
        let free = self.text.get_mut(self.text_bytes..).unwrap_or_default();
        self.text_bytes += BASE64_STANDARD.encode_slice(bytes, free).map_err(io::Error::other)?;
        Ok(())
    }

    /// Hands the text on. What went wrong once stays wrong: a retry could leave a hole or a repeat.
    fn send(&mut self) -> io::Result<()> {
        if self.failed {
            return Err(io::Error::other("an earlier write failed"));
        }
        self.failed = true;
        self.to.write_all(self.text.get(..self.text_bytes).unwrap_or_default())?;
        self.text_bytes = 0;
        self.failed = false;
        Ok(())
    }

    /// Moves bytes into the open group until it is full; returns the others.
    fn open_group<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let free = self.open.get_mut(self.open_bytes..).unwrap_or_default();
        let (now, later) = bytes.split_at(bytes.len().min(free.len()));
        for (slot, byte) in free.iter_mut().zip(now) {
            *slot = *byte;
        }
        self.open_bytes += now.len();
        later
    }
}

impl<W: Write> Write for Base64Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        if self.open_bytes > 0 {
            rest = self.open_group(rest);
            if self.open_bytes < 3 {
                return Ok(bytes.len());
            }
            let group = self.open;
            self.push(&group)?;
            self.open_bytes = 0;
        }
        let (groups, open) = rest.split_at(rest.len() - rest.len() % 3);
        for piece in groups.chunks(TEXT_BYTES / 4 * 3) {
            self.push(piece)?;
        }
        self.open_group(open);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()?;
        self.to.flush()
    }
}

impl<W: Write> fmt::Debug for Base64Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Base64Writer")
            .field("waiting", &self.text_bytes)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
