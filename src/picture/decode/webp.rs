//! The first image of a WebP, by the image-webp crate.
//!
//! The crate allocates what the compressed data says before it compares that with the container, and indexes by one of
//! them where they differ. So the container (RFC 9649, section 2.7) is read here, both are compared, and the crate is
//! given a file that holds nothing but the one image.

use std::io::Cursor;
use std::ops::Range;

use image_webp::{DecodingError, WebPDecoder};

use super::super::PictureError;
use super::super::convert::Samples;
use super::held::{Held, Look};
use crate::canvas::{Rect, Size};

/// Where the first image of a file lies, on the canvas and in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Still {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Its column and row on the canvas of an animation; `None` where it is no animation.
    place: Option<(u32, u32)>,
    frame: (u32, u32),
    lossless: bool,
    image: Option<Range<usize>>,
    alpha: Option<Range<usize>>,
}

/// Looks through the chunks to the end of the file.
pub(super) fn open(bytes: &[u8]) -> Result<Still, PictureError> {
    let length = bytes.get(4..).and_then(<[u8]>::first_chunk).map(|length| u32::from_le_bytes(*length) as usize);
    let end = length.and_then(|length| length.checked_add(8)).filter(|end| *end <= bytes.len()).ok_or_else(cut)?;
    let mut still = Still::default();
    let mut at = 12;
    let mut canvas = None;
    while let Some((name, data)) = chunk(bytes, at..end)? {
        at = data.end + data.len() % 2;
        let content = bytes.get(data.clone()).unwrap_or_default();
        match &name {
            b"VP8X" => canvas = canvas.or(Some((triple(content, 4)? + 1, triple(content, 7)? + 1))),
            // Of an animation the first frame only, which comes in a chunk that is a list of chunks itself.
            b"ANMF" if still.image.is_none() => {
                still.place = Some((triple(content, 0)? * 2, triple(content, 3)? * 2));
                let frame = (triple(content, 6)? + 1, triple(content, 9)? + 1);
                let mut at = data.start + 16;
                while let Some((name, part)) = chunk(bytes, at..data.end)? {
                    at = part.end + part.len() % 2;
                    still.take(bytes, name, part)?;
                }
                if still.image.is_none() || still.frame != frame {
                    return Err(malformed("its first frame has another size than it says"));
                }
            }
            _ => still.take(bytes, name, data)?,
        }
    }
    if still.image.is_none() {
        return Err(malformed("it holds no image"));
    }
    (still.width, still.height) = canvas.unwrap_or(still.frame);
    // Of 24 bits each, but for the place, which is of 25.
    let rect = still.rect();
    let within = rect.x + rect.w <= still.width && rect.y + rect.h <= still.height;
    if !within || still.place.is_none() && still.frame != (still.width, still.height) {
        return Err(malformed("its image has another size than it says"));
    }
    Ok(still)
}

impl Still {
    /// Notes the chunk that holds an image, or the alpha of one, if it is the first.
    fn take(&mut self, bytes: &[u8], name: [u8; 4], data: Range<usize>) -> Result<(), PictureError> {
        let lossless = &name == b"VP8L";
        if self.image.is_some() {
            return Ok(());
        }
        if &name == b"ALPH" {
            self.alpha = Some(data);
        } else if lossless || &name == b"VP8 " {
            let content = bytes.get(data.clone()).unwrap_or_default();
            self.frame = if lossless { lossless_dimensions(content) } else { lossy_dimensions(content) }?;
            if self.frame.0 == 0 || self.frame.1 == 0 {
                return Err(malformed("its image is empty"));
            }
            self.lossless = lossless;
            self.image = Some(data);
        }
        Ok(())
    }

    /// Twelfths of bytes that a cell takes while it is decoded.
    pub(super) fn cell_twelfths(&self) -> u64 {
        match (self.lossless, &self.alpha) {
            // Four channels; where alpha is not used, three more for what is left without it.
            (true, _) => 12 * 7,
            // Luma, a quarter of each chroma, and three channels.
            (false, None) => 12 * 9 / 2,
            // These and alpha, which comes as the green of an image of its own.
            (false, Some(_)) => 12 * 23 / 2,
        }
    }

    /// Decodes the image.
    pub(super) fn decode(&self, bytes: &[u8], size: Size) -> Result<Held, PictureError> {
        let file = self.file(bytes);
        let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(|error| decoding(&error))?;
        if decoder.dimensions() != self.frame {
            return Err(malformed("its image has another size than it says"));
        }
        let mut pixels = vec![0; decoder.output_buffer_size().ok_or_else(cut)?];
        decoder.read_image(&mut pixels).map_err(|error| decoding(&error))?;
        let samples = Samples { channels: if decoder.has_alpha() { 4 } else { 3 }, wide: false };
        Ok(Held::new(size, self.rect(), pixels, Look::Samples(samples)))
    }

    /// Where it lies on its canvas.
    fn rect(&self) -> Rect {
        let (x, y) = self.place.unwrap_or_default();
        Rect { x, y, w: self.frame.0, h: self.frame.1 }
    }

    /// A file of this image alone.
    fn file(&self, bytes: &[u8]) -> Vec<u8> {
        let part = |range: &Option<Range<usize>>| range.clone().and_then(|range| bytes.get(range)).unwrap_or_default();
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        let alpha = self.alpha.as_ref().filter(|_| !self.lossless);
        if alpha.is_some() {
            let [width, height] = [self.frame.0, self.frame.1].map(|side| (side - 1).to_le_bytes());
            // There is alpha, and three bytes that are reserved.
            let mut header = vec![0x10, 0, 0, 0];
            header.extend_from_slice(&width[..3]);
            header.extend_from_slice(&height[..3]);
            push_chunk(&mut file, *b"VP8X", &header);
            push_chunk(&mut file, *b"ALPH", part(&self.alpha));
        }
        push_chunk(&mut file, if self.lossless { *b"VP8L" } else { *b"VP8 " }, part(&self.image));
        let length = u32::try_from(file.len() - 8).unwrap_or(u32::MAX);
        file[4..8].copy_from_slice(&length.to_le_bytes());
        file
    }
}

/// The name of a chunk, and where its data are.
type Chunk = ([u8; 4], Range<usize>);

/// The chunk at the start of `range`, where there is one.
fn chunk(bytes: &[u8], range: Range<usize>) -> Result<Option<Chunk>, PictureError> {
    // A last byte that fills up is left out by some writers.
    if range.start >= range.end {
        return Ok(None);
    }
    let header = bytes.get(range.start..range.end).and_then(<[u8]>::first_chunk::<8>).ok_or_else(cut)?;
    let [a, b, c, d, length @ ..] = *header;
    let start = range.start + 8;
    let end = start.checked_add(u32::from_le_bytes(length) as usize).filter(|end| *end <= range.end).ok_or_else(cut)?;
    Ok(Some(([a, b, c, d], start..end)))
}

fn push_chunk(to: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    to.extend_from_slice(&name);
    // It came out of a chunk whose length was of 32 bits.
    to.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    to.extend_from_slice(data);
    to.resize(to.len() + data.len() % 2, 0);
}

/// The number of 24 bits at `at`.
fn triple(bytes: &[u8], at: usize) -> Result<u32, PictureError> {
    let [low, middle, high] = *bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
    Ok(u32::from_le_bytes([low, middle, high, 0]))
}

/// Width and height in a key frame's header (RFC 6386, section 9.1); the upper two bits of each ask for scaling, which
/// nobody does.
fn lossy_dimensions(data: &[u8]) -> Result<(u32, u32), PictureError> {
    match *data {
        [_, _, _, 0x9d, 0x01, 0x2a, width_low, width_high, height_low, height_high, ..] => {
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            Ok((side(width_low, width_high), side(height_low, height_high)))
        }
        _ => Err(malformed("its lossy image does not begin as one")),
    }
}

/// Width and height, less one, of 14 bits each (RFC 9649, section 3.4).
fn lossless_dimensions(data: &[u8]) -> Result<(u32, u32), PictureError> {
    match *data {
        [0x2f, a, b, c, d, ..] => {
            let bits = u32::from_le_bytes([a, b, c, d]);
            Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => Err(malformed("its lossless image does not begin as one")),
    }
}

fn decoding(error: &DecodingError) -> PictureError {
    match error {
        DecodingError::UnsupportedFeature(what) => PictureError::Unsupported(what.clone()),
        other => PictureError::Malformed(other.to_string()),
    }
}

fn cut() -> PictureError {
    malformed("it is cut short")
}

fn malformed(what: &str) -> PictureError {
    PictureError::Malformed(what.to_owned())
}
