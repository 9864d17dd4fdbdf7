//! Reading pictures row by row under limits, whatever their format.
//!
//! Colour profiles and gamma are left aside: the numbers in the file are the colours. So is the orientation that a camera
//! notes in EXIF: rows and columns are those of the file.

mod format;
mod gif;
mod held;
mod jpeg;
mod png;
mod webp;

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use super::PictureError;
use super::convert::{Alpha, Converter};
use crate::canvas::{Mode, Size};

pub use format::Format;
use held::{Held, check_bytes};

/// What a picture may cost to read.
///
/// A PNG is decoded row by row. One that is interlaced may take 16 MiB, any other format 128 MiB: these are held whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest side, in cells.
    pub side_max: u32,
    /// The most cells.
    pub cells_max: u32,
}

/// A picture whose header was read and found within the limits; no pixel is decoded yet.
///
/// Samples of more than 8 bits are rounded to the nearest of 8. Of an animated GIF or WebP it is the first frame, of an
/// animated PNG the picture that a program without animations shows; what such a frame leaves free is transparent.
#[derive(Clone)]
pub struct Picture {
    bytes: Arc<[u8]>,
    header: Header,
    size: Size,
}

#[derive(Clone)]
enum Header {
    Png,
    Jpeg(jpeg::Header),
    Gif,
    WebP(webp::Still),
}

impl Picture {
    /// Tells the format by the first bytes, whatever it was declared to be, and reads the header. It must be one of
    /// `formats`.
    ///
    /// # Errors
    ///
    /// [`PictureError::Malformed`], [`PictureError::Unsupported`] (also for another format), [`PictureError::TooLarge`].
    pub fn open(bytes: Arc<[u8]>, formats: &[Format], limits: &Limits) -> Result<Self, PictureError> {
        let (header, size) = match Format::among(formats, &bytes)? {
            Format::Png => {
                let header = png::open(&bytes)?;
                let size = check_size(header.width, header.height, *limits)?;
                header.check_interlaced(size)?;
                (Header::Png, size)
            }
            Format::Jpeg => {
                let header = jpeg::open(&bytes)?;
                let size = check_size(header.width, header.height, *limits)?;
                check_bytes(size, header.cell_twelfths())?;
                (Header::Jpeg(header), size)
            }
            Format::Gif => {
                let (width, height) = gif::dimensions(&bytes)?;
                let size = check_size(width, height, *limits)?;
                check_bytes(size, gif::CELL_TWELFTHS)?;
                (Header::Gif, size)
            }
            Format::WebP => {
                let still = webp::open(&bytes)?;
                let size = check_size(still.width, still.height, *limits)?;
                check_bytes(size, still.cell_twelfths())?;
                (Header::WebP(still), size)
            }
        };
        Ok(Self { bytes, header, size })
    }

    /// What it is.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self.header {
            Header::Png => Format::Png,
            Header::Jpeg(_) => Format::Jpeg,
            Header::Gif => Format::Gif,
            Header::WebP(_) => Format::WebP,
        }
    }

    /// Its size.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Decodes from the top, row by row, as cells of `mode`. May be called again.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn rows(&self, mode: Mode, alpha: Alpha) -> Result<PictureRows, PictureError> {
        let source = match &self.header {
            Header::Png => match png::Lines::new(&self.bytes, self.size)? {
                png::Lines::Streamed(stream) => Source::Streamed(stream),
                png::Lines::Held(held) => Source::Held(held),
            },
            Header::Jpeg(header) => Source::Held(jpeg::decode(&self.bytes, self.size, header)?),
            Header::Gif => Source::Held(gif::decode(&self.bytes, self.size)?),
            Header::WebP(still) => Source::Held(still.decode(&self.bytes, self.size)?),
        };
        let samples = match &source {
            Source::Streamed(stream) => stream.samples,
            Source::Held(held) => held.samples(),
        };
        Ok(PictureRows {
            source,
            converter: Converter::new(samples, mode, alpha),
            size: self.size,
            row_bytes: self.size.width() as usize * mode.channels(),
            next: 0,
            failed: false,
        })
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Picture")
            .field("format", &self.format())
            .field("bytes", &self.bytes.len())
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// The rows of a picture, top down, 8 bits a channel.
///
/// Holds a few rows and the window of the compression, 0.5 MiB in all, or the picture where it is an interlaced PNG or
/// of another format.
pub struct PictureRows {
    source: Source,
    converter: Converter,
    size: Size,
    row_bytes: usize,
    next: u32,
    failed: bool,
}

enum Source {
    Streamed(png::Stream),
    Held(Held),
}

impl PictureRows {
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
            Source::Streamed(stream) if self.converter.changes_nothing() => stream.read_into(row, last)?,
            Source::Streamed(stream) => self.converter.convert(stream.read(last)?, row, self.next)?,
            Source::Held(held) => self.converter.convert(held.line(self.next), row, self.next)?,
        }
        self.next += 1;
        self.failed = false;
        Ok(())
    }
}

impl fmt::Debug for PictureRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PictureRows")
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
    Size::new(width, height).map_err(|error| PictureError::Malformed(error.to_string()))
}

/// The caller broke the contract: not the client's fault.
fn misuse(what: &str) -> PictureError {
    PictureError::Io(io::Error::new(ErrorKind::InvalidInput, what))
}
