//! Reading PNG rows, by the png crate.
//!
//! Stricter than most: a wrong CRC anywhere, also in a chunk that is not needed, is an error.

use std::io::{Cursor, ErrorKind};
use std::sync::Arc;

use png::{ColorType, DecodeOptions, Decoder, DecodingError, Reader, Transformations};

use super::super::PictureError;
use super::super::convert::Samples;
use super::held::{Held, Look};
use crate::canvas::Size;

/// The most that an interlaced picture may take when it is decoded. It can only be held whole: its last pass fills every
/// second row.
const INTERLACED_BYTES_MAX: u64 = 16 << 20;

/// The most that the png crate may allocate for a row and for what a picture says about itself.
const DECODER_BYTES_MAX: usize = 4 << 20;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    wide: bool,
    interlaced: bool,
}

impl Header {
    /// Refuses interlaced pictures that are too large to be held.
    pub(super) fn check_interlaced(&self, size: Size) -> Result<(), PictureError> {
        // A tRNS chunk further on may add the fourth channel.
        let cell_bytes: u64 = if self.wide { 8 } else { 4 };
        let image_bytes = u64::from(size.cells()) * cell_bytes;
        if self.interlaced && image_bytes > INTERLACED_BYTES_MAX {
            return Err(PictureError::Unsupported(format!(
                "it is interlaced (Adam7) and takes {image_bytes} bytes when decoded, at most {INTERLACED_BYTES_MAX} where \
                 a picture is interlaced; save it without interlacing"
            )));
        }
        Ok(())
    }
}

/// Reads the header.
pub(super) fn open(bytes: &Arc<[u8]>) -> Result<Header, PictureError> {
    let mut decoder = decoder(Arc::clone(bytes));
    let info = decoder.read_header_info().map_err(|error| decoding(&error))?;
    Ok(Header {
        width: info.width,
        height: info.height,
        wide: info.bit_depth == png::BitDepth::Sixteen,
        interlaced: info.interlaced,
    })
}

/// The lines of a PNG.
pub(super) enum Lines {
    Streamed(Stream),
    /// It is interlaced.
    Held(Held),
}

/// Lines that are decoded as they are asked for.
pub(super) struct Stream {
    reader: Box<Reader<Cursor<Arc<[u8]>>>>,
    pub(super) samples: Samples,
    line: Vec<u8>,
}

impl Lines {
    pub(super) fn new(bytes: &Arc<[u8]>, size: Size) -> Result<Self, PictureError> {
        let mut reader = decoder(Arc::clone(bytes)).read_info().map_err(|error| decoding(&error))?;
        let line_bytes = reader.output_line_size(size.width()).ok_or_else(too_much)?;
        let (colour_type, depth) = reader.output_color_type();
        let samples = Samples { channels: channels(colour_type)?, wide: depth == png::BitDepth::Sixteen };
        if !reader.info().interlaced {
            return Ok(Self::Streamed(Stream { reader: Box::new(reader), samples, line: vec![0; line_bytes] }));
        }
        let mut image = vec![0; reader.output_buffer_size().ok_or_else(too_much)?];
        reader.next_frame(&mut image).map_err(|error| decoding(&error))?;
        reader.finish().map_err(|error| decoding(&error))?;
        Ok(Self::Held(Held::new(size, size.rect(), image, Look::Samples(samples))))
    }
}

impl Stream {
    /// Decodes the next line into `line`; the `last` one only comes when the file is whole to its end.
    pub(super) fn read_into(&mut self, line: &mut [u8], last: bool) -> Result<(), PictureError> {
        read(&mut self.reader, line, last)
    }

    /// As [`Self::read_into`], into a line of its own.
    pub(super) fn read(&mut self, last: bool) -> Result<&[u8], PictureError> {
        read(&mut self.reader, &mut self.line, last)?;
        Ok(&self.line)
    }
}

fn read(reader: &mut Reader<Cursor<Arc<[u8]>>>, line: &mut [u8], last: bool) -> Result<(), PictureError> {
    if reader.read_row(line).map_err(|error| decoding(&error))?.is_none() {
        return Err(PictureError::Malformed("it has too few rows".to_owned()));
    }
    if last {
        reader.finish().map_err(|error| decoding(&error))?;
    }
    Ok(())
}

fn decoder(bytes: Arc<[u8]>) -> Decoder<Cursor<Arc<[u8]>>> {
    let mut options = DecodeOptions::default();
    options.set_ignore_adler32(false);
    options.set_skip_ancillary_crc_failures(false);
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(png::Limits { bytes: DECODER_BYTES_MAX });
    // Palettes become colours, tRNS becomes alpha, 1, 2 and 4 bits become 8. 16 bits stay: the crate would cut them off.
    decoder.set_transformations(Transformations::EXPAND);
    decoder
}

fn channels(colour_type: ColorType) -> Result<usize, PictureError> {
    match colour_type {
        ColorType::Grayscale => Ok(1),
        ColorType::GrayscaleAlpha => Ok(2),
        ColorType::Rgb => Ok(3),
        ColorType::Rgba => Ok(4),
        ColorType::Indexed => Err(PictureError::Malformed("it has no palette".to_owned())),
    }
}

fn decoding(error: &DecodingError) -> PictureError {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            PictureError::Malformed("it is cut short".to_owned())
        }
        DecodingError::LimitsExceeded => too_much(),
        other => PictureError::Malformed(other.to_string()),
    }
}

fn too_much() -> PictureError {
    PictureError::Unsupported(format!("what it says about itself takes more than {DECODER_BYTES_MAX} bytes"))
}
