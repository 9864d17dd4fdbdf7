//! Reading PNG rows under limits.
//!
//! Stricter than most: a wrong CRC anywhere, also in a chunk that is not needed, is an error. Colour profiles and gamma
//! are left aside: the numbers in the file are the colours.

use std::fmt;
use std::io::{self, Cursor, ErrorKind};
use std::sync::Arc;

use png::{ColorType, DecodeOptions, Decoder, DecodingError, Reader, Transformations};

use super::PictureError;
use super::convert::{Alpha, Converter, Samples};
use crate::canvas::{Mode, Size};

/// The most that an interlaced picture may take when it is decoded. It can only be held whole: its last pass fills every
/// second row.
const INTERLACED_BYTES_MAX: u64 = 16 << 20;

/// The most that the png crate may allocate for a row and for what a picture says about itself.
const DECODER_BYTES_MAX: usize = 4 << 20;

type PngReader = Reader<Cursor<Arc<[u8]>>>;

/// What a picture may cost to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest side, in cells.
    pub side_max: u32,
    /// The most cells.
    pub cells_max: u32,
}

/// A PNG whose header was read and found within the limits; no pixel is decoded yet.
///
/// Every colour type and depth is taken; samples of 16 bits are rounded to the nearest of 8. Of an animation it is the
/// picture that a program without animations shows.
#[derive(Clone)]
pub struct Png {
    bytes: Arc<[u8]>,
    size: Size,
}

impl Png {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`PictureError::Malformed`], [`PictureError::Unsupported`], [`PictureError::TooLarge`].
    pub fn open(bytes: Arc<[u8]>, limits: &Limits) -> Result<Self, PictureError> {
        let mut decoder = decoder(Arc::clone(&bytes));
        let info = decoder.read_header_info().map_err(|error| decoding(&error))?;
        let size = check_size(info.width, info.height, *limits)?;
        // A tRNS chunk further on may add the fourth channel.
        let cell_bytes: u64 = if info.bit_depth == png::BitDepth::Sixteen { 8 } else { 4 };
        let image_bytes = u64::from(size.cells()) * cell_bytes;
        if info.interlaced && image_bytes > INTERLACED_BYTES_MAX {
            return Err(PictureError::Unsupported(format!(
                "it is interlaced (Adam7) and takes {image_bytes} bytes when decoded, at most {INTERLACED_BYTES_MAX} where \
                 a picture is interlaced; save it without interlacing"
            )));
        }
        Ok(Self { bytes, size })
    }

    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Decodes from the top, row by row, as cells of `mode`. May be called again.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn rows(&self, mode: Mode, alpha: Alpha) -> Result<PngRows, PictureError> {
        let mut reader = decoder(Arc::clone(&self.bytes)).read_info().map_err(|error| decoding(&error))?;
        let line_bytes = reader.output_line_size(self.size.width()).ok_or_else(too_much)?;
        let (colour_type, depth) = reader.output_color_type();
        let samples = Samples { channels: channels(colour_type)?, wide: depth == png::BitDepth::Sixteen };
        let source = if reader.info().interlaced {
            let mut image = vec![0; reader.output_buffer_size().ok_or_else(too_much)?];
            reader.next_frame(&mut image).map_err(|error| decoding(&error))?;
            reader.finish().map_err(|error| decoding(&error))?;
            Source::Held { image, line_bytes }
        } else {
            Source::Stream { reader: Box::new(reader), line: vec![0; line_bytes] }
        };
        Ok(PngRows {
            source,
            converter: Converter::new(samples, mode, alpha),
            size: self.size,
            row_bytes: self.size.width() as usize * mode.channels(),
            next: 0,
            failed: false,
        })
    }
}

impl fmt::Debug for Png {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Png").field("bytes", &self.bytes.len()).field("size", &self.size).finish()
    }
}

/// The rows of a PNG, top down, 8 bits a channel.
///
/// Holds a few rows and the window of the compression, 0.5 MiB in all, or the picture where it is interlaced.
pub struct PngRows {
    source: Source,
    converter: Converter,
    size: Size,
    row_bytes: usize,
    next: u32,
    failed: bool,
}

enum Source {
    Stream { reader: Box<PngReader>, line: Vec<u8> },
    Held { image: Vec<u8>, line_bytes: usize },
}

impl PngRows {
    /// Fills `row`, of width · channels bytes, with the next row. The last row is only given when the file is whole to
    /// its end. After an error `row` means nothing and no more rows come.
    ///
    /// # Errors
    ///
    /// [`PictureError::Malformed`], [`PictureError::Transparent`]; [`PictureError::Io`] where `row` has another length
    /// or the last one was given.
    pub fn read_row(&mut self, row: &mut [u8]) -> Result<(), PictureError> {
        if row.len() != self.row_bytes {
            return Err(misuse("a row of another length"));
        }
        if self.failed || self.next == self.size.height() {
            return Err(misuse("no more rows"));
        }
        self.failed = true;
        let last = self.next + 1 == self.size.height();
        match &mut self.source {
            Source::Stream { reader, line } => {
                let read_into = if self.converter.changes_nothing() { &mut *row } else { line.as_mut_slice() };
                if reader.read_row(read_into).map_err(|error| decoding(&error))?.is_none() {
                    return Err(PictureError::Malformed("it has too few rows".to_owned()));
                }
                if last {
                    reader.finish().map_err(|error| decoding(&error))?;
                }
                if !self.converter.changes_nothing() {
                    self.converter.convert(line, row, self.next)?;
                }
            }
            Source::Held { image, line_bytes } => {
                let start = self.next as usize * *line_bytes;
                let line = image.get(start..start + *line_bytes).unwrap_or_default();
                self.converter.convert(line, row, self.next)?;
            }
        }
        self.next += 1;
        self.failed = false;
        Ok(())
    }
}

impl fmt::Debug for PngRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PngRows")
            .field("size", &self.size)
            .field("next", &self.next)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

fn check_size(width: u32, height: u32, limits: Limits) -> Result<Size, PictureError> {
    let too_large = |what, actual: u64, max: u32| Err(PictureError::TooLarge { what, actual, max: u64::from(max) });
    let cells = u64::from(width) * u64::from(height);
    if width > limits.side_max {
        return too_large("width", u64::from(width), limits.side_max);
    }
    if height > limits.side_max {
        return too_large("height", u64::from(height), limits.side_max);
    }
    if cells > u64::from(limits.cells_max) {
        return too_large("cells", cells, limits.cells_max);
    }
    // The png crate has refused empty pictures, and the check of the cells those that cannot be numbered.
    Size::new(width, height).map_err(|error| PictureError::Malformed(error.to_string()))
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

/// The caller broke the contract: not the client's fault.
fn misuse(what: &str) -> PictureError {
    PictureError::Io(io::Error::new(ErrorKind::InvalidInput, what))
}
