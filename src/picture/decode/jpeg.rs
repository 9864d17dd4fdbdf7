//! JPEG, by the zune-jpeg crate.
//!
//! The crate allocates by what the header says, and in places reads a file that ends early as if it were whole; so the
//! markers (ITU-T T.81, annex B) are looked through here first. Damage between two of them is found only as far as the
//! crate finds it: a JPEG carries no checksums, and where it is progressive or has restart markers, data that are missing
//! may be taken for zeros.

use std::borrow::Cow;

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::PictureError;
use super::super::convert::Samples;
use super::held::{Held, Look};
use crate::canvas::Size;

/// What the frame header and the markers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    channels: usize,
    /// Coefficients of all components for a cell, in twelfths: components may be of lower resolution.
    coefficients_twelfths: u64,
    /// Whether coefficients have to be held until the last scan.
    several_scans: bool,
    restarts: bool,
    /// Where the end marker is.
    end: usize,
}

/// Bits for a decoder that needs more than there are: no code consists of ones alone (section C.2), so it fails. They are
/// stuffed, and more than the longest coefficient and what is read ahead.
const MISSING: [u8; 32] =
    *b"\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0";

const END: [u8; 2] = [0xff, 0xd9];

impl Header {
    /// Twelfths of bytes that a cell takes while it is decoded.
    pub(super) fn cell_twelfths(&self) -> u64 {
        // A coefficient is of 16 bits.
        let held = if self.several_scans { 2 * self.coefficients_twelfths } else { 0 };
        12 * self.channels as u64 + held
    }
}

/// Looks through the markers to the end of the image.
pub(super) fn open(bytes: &[u8]) -> Result<Header, PictureError> {
    let mut header = None;
    let (mut scans, mut restarts) = (0, false);
    let mut rest = bytes.get(2..).unwrap_or_default();
    let end = loop {
        let (marker, after) = next_marker(rest).ok_or_else(cut)?;
        if marker == END[1] {
            break bytes.len() - after.len() - END.len();
        }
        let length = after.first_chunk().map(|length| usize::from(u16::from_be_bytes(*length))).ok_or_else(cut)?;
        let segment =
            after.get(2..length).ok_or_else(|| if length < 2 { malformed("an empty segment") } else { cut() })?;
        rest = after.get(length..).unwrap_or_default();
        match marker {
            0xc4 | 0xc8 | 0xcc => {}
            0xc0..=0xcf if header.is_some() => return Err(malformed("it has two frame headers")),
            0xc0..=0xcf => header = Some(frame(marker, segment)?),
            0xda => scans += 1,
            0xdd => restarts = true,
            _ => {}
        }
    };
    let mut header = header.ok_or_else(|| malformed("it has no frame header"))?;
    header.several_scans |= scans > 1;
    (header.restarts, header.end) = (restarts, end);
    if scans == 0 {
        return Err(malformed("it holds no image"));
    }
    Ok(header)
}

/// The next marker that is neither filling nor part of the compressed data, and what comes after it.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut rest = bytes;
    loop {
        let at = rest.iter().position(|byte| *byte == 0xff)?;
        rest = rest.get(at + 1..)?;
        match rest.first()? {
            // Stuffed, alone or a restart; a further 0xff is where the next round begins.
            0x00 | 0x01 | 0xd0..=0xd7 | 0xff => {}
            marker => return Some((*marker, rest.get(1..)?)),
        }
    }
}

/// Reads a frame header (section B.2.2).
fn frame(marker: u8, segment: &[u8]) -> Result<Header, PictureError> {
    let [bits, height_high, height_low, width_high, width_low, count, components @ ..] = segment else {
        return Err(cut());
    };
    if *bits != 8 {
        return Err(PictureError::Unsupported(format!("it has {bits} bits a channel")));
    }
    let components = components.as_chunks::<3>().0;
    if components.len() != usize::from(*count) {
        return Err(malformed("its frame header has another length than it says"));
    }
    let sampling = |component: &[u8; 3]| (u64::from(component[1] >> 4), u64::from(component[1] & 15));
    let across = components.iter().map(|component| sampling(component).0).max().unwrap_or_default();
    let down = components.iter().map(|component| sampling(component).1).max().unwrap_or_default();
    if !components.iter().map(sampling).all(|(across, down)| (1..=4).contains(&across) && (1..=4).contains(&down)) {
        return Err(malformed("a component is sampled in no possible way"));
    }
    let coefficients: u64 = components.iter().map(sampling).map(|(across, down)| across * down).sum();
    Ok(Header {
        width: u16::from_be_bytes([*width_high, *width_low]).into(),
        height: u16::from_be_bytes([*height_high, *height_low]).into(),
        channels: if components.len() == 1 { 1 } else { 3 },
        coefficients_twelfths: (12 * coefficients).div_ceil((across * down).max(1)),
        several_scans: marker == 0xc2,
        restarts: false,
        end: 0,
    })
}

/// Decodes it. CMYK becomes RGB by the crate's plain formula, without a profile.
pub(super) fn decode(bytes: &[u8], size: Size, header: &Header) -> Result<Held, PictureError> {
    let colours = if header.channels == 1 { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(colours);
    let file = if header.several_scans || header.restarts {
        Cow::Borrowed(bytes)
    } else {
        Cow::Owned([bytes.get(..header.end).unwrap_or_default(), &MISSING, &END].concat())
    };
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&*file), options);
    let pixels = decoder.decode().map_err(|error| decoding(&error))?;
    let samples = Samples { channels: header.channels, wide: false };
    if pixels.len() as u64 != u64::from(size.cells()) * header.channels as u64 {
        return Err(malformed("it holds another number of pixels than it says"));
    }
    Ok(Held::new(size, size.rect(), pixels, Look::Samples(samples)))
}

fn decoding(error: &DecodeErrors) -> PictureError {
    match error {
        DecodeErrors::Unsupported(scheme) => PictureError::Unsupported(format!("{scheme:?}")),
        other => PictureError::Malformed(other.to_string()),
    }
}

fn cut() -> PictureError {
    malformed("it is cut short")
}

fn malformed(what: &str) -> PictureError {
    PictureError::Malformed(what.to_owned())
}
