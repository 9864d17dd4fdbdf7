//! Writing a PNG row by row.
//!
//! The png crate's own stream writer does not suit: when it is dropped half way it still writes an IEND, which makes a
//! broken picture look whole; its fast compressor panics where the socket fails; and it has no stored blocks in
//! streaming form, so noise grows by a third. So the few chunks that are needed are framed here (PNG, Third Edition,
//! section 5.3; zlib, RFC 1950), and [`BandEncoder`] makes what is in them.

use std::fmt;
use std::io::{self, Write};

use simd_adler32::Adler32;

use super::PictureError;
use super::band::BandEncoder;
use crate::canvas::{Mode, Raster, Size};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Deflate with a window of 32 KiB, made by the fastest algorithm, no dictionary.
const ZLIB_HEADER: [u8; 2] = [0x78, 0x01];

/// An empty block with fixed codes and the mark of the last one. The blocks before it end on a byte.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Bytes of rows that one IDAT chunk holds, before compression: few writes, each of moderate size.
const BAND_BYTES: usize = 128 * 1024;

/// Bytes of the whole rows of `row_bytes` each that one chunk holds.
pub(super) fn band_bytes(row_bytes: usize) -> usize {
    (BAND_BYTES / (row_bytes + 1)).max(1) * row_bytes
}

/// The rows of one image as a zlib stream, band by band.
pub(super) struct ImageData {
    band: BandEncoder,
    adler: Adler32,
    begun: bool,
}

impl ImageData {
    pub(super) fn new(row_bytes: usize, mode: Mode) -> Self {
        Self { band: BandEncoder::new(row_bytes, mode.channels()), adler: Adler32::new(), begun: false }
    }

    /// Appends a band of whole `rows`, which follow the row `above`, to `data`.
    pub(super) fn push(&mut self, above: &[u8], rows: &[u8], last: bool, data: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.begun, true) {
            data.extend_from_slice(&ZLIB_HEADER);
        }
        self.adler.write(self.band.encode(above, rows, data));
        if last {
            data.extend_from_slice(&LAST_BLOCK);
            data.extend_from_slice(&self.adler.finish().to_be_bytes());
        }
    }
}

/// Appends the signature and the header of a PNG of `size` and `mode` (colour type 2 or 6, 8 bits a channel).
pub(super) fn push_header(to: &mut Vec<u8>, size: Size, mode: Mode) {
    to.extend_from_slice(&SIGNATURE);
    push_chunk(to, *b"IHDR", |data| {
        data.extend_from_slice(&size.width().to_be_bytes());
        data.extend_from_slice(&size.height().to_be_bytes());
        let colour_type = match mode {
            Mode::Rgb => 2,
            Mode::Rgba => 6,
        };
        // Bit depth; colour type; then the only methods of compression and filtering there are; not interlaced.
        data.extend_from_slice(&[8, colour_type, 0, 0, 0]);
    });
}

/// A raster as a PNG, in one piece: for tiles, and whatever else is small.
///
/// # Errors
///
/// [`PictureError::Io`], where the raster is empty.
pub fn png_of(raster: &Raster) -> Result<Vec<u8>, PictureError> {
    let size = Size::new(raster.rect().w, raster.rect().h).map_err(|error| misuse(error.to_string()))?;
    let mut writer = PngWriter::new(Vec::new(), size, raster.mode())?;
    writer.write_rows(raster.data())?;
    writer.finish()
}

/// Writes a PNG as its rows come, holding one band of them (128 KiB, or two rows where these are longer).
///
/// Noise is stored, the rest is compressed; each chunk is handed on in one write. Once a write failed nothing more is
/// written.
pub struct PngWriter<W: Write> {
    to: W,
    image: ImageData,
    /// The row above the band, then the rows of the band that have come so far.
    rows: Vec<u8>,
    /// The chunk that is being built.
    chunk: Vec<u8>,
    row_bytes: usize,
    band_bytes: usize,
    /// Bytes of rows that have not come yet.
    missing: u64,
    failed: bool,
}

impl<W: Write> PngWriter<W> {
    /// Begins a PNG of `size` and `mode` (colour type 2 or 6, 8 bits a channel).
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`].
    pub fn new(mut to: W, size: Size, mode: Mode) -> Result<Self, PictureError> {
        let row_bytes = size.width() as usize * mode.channels();
        let band_bytes = band_bytes(row_bytes);
        let mut chunk = Vec::with_capacity(64);
        push_header(&mut chunk, size, mode);
        to.write_all(&chunk)?;
        let mut rows = Vec::with_capacity((row_bytes + band_bytes).min(row_bytes + byte_count(size.bytes(mode))));
        // The row above the first one counts as zeros (section 9.2).
        rows.resize(row_bytes, 0);
        Ok(Self {
            to,
            image: ImageData::new(row_bytes, mode),
            rows,
            chunk,
            row_bytes,
            band_bytes,
            missing: size.bytes(mode),
            failed: false,
        })
    }

    /// Writes whole rows, any number of them.
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`]; also where `rows` are not whole, or more than the picture has.
    pub fn write_rows(&mut self, rows: &[u8]) -> Result<(), PictureError> {
        if !rows.len().is_multiple_of(self.row_bytes) {
            return Err(misuse(format!("{} bytes are not whole rows of {}", rows.len(), self.row_bytes)));
        }
        if rows.len() as u64 > self.missing {
            return Err(misuse("more rows than the picture has".to_owned()));
        }
        let mut rest = rows;
        while !rest.is_empty() {
            let free = self.row_bytes + self.band_bytes - self.rows.len();
            let (now, later) = rest.split_at(free.min(rest.len()));
            self.rows.extend_from_slice(now);
            self.missing -= now.len() as u64;
            rest = later;
            // The last band goes out with the end of the file.
            if self.rows.len() == self.row_bytes + self.band_bytes && self.missing > 0 {
                self.chunk.clear();
                self.push_band(false);
                self.send()?;
            }
        }
        Ok(())
    }

    /// Writes the end of the file; without this call the file never has an IEND chunk.
    ///
    /// # Errors
    ///
    /// [`PictureError::Io`]; also where rows are missing.
    pub fn finish(mut self) -> Result<W, PictureError> {
        if self.missing > 0 {
            return Err(misuse(format!("{} rows are missing", self.missing / self.row_bytes as u64)));
        }
        self.chunk.clear();
        self.push_band(true);
        push_chunk(&mut self.chunk, *b"IEND", |_| ());
        self.send()?;
        Ok(self.to)
    }

    /// Frames the rows of the band as one IDAT chunk and keeps the last of them as the row above the next band.
    fn push_band(&mut self, last: bool) {
        let Self { image, rows, chunk, row_bytes, .. } = self;
        let (above, band) = rows.split_at(*row_bytes);
        push_chunk(chunk, *b"IDAT", |data| image.push(above, band, last, data));
        rows.drain(..rows.len() - *row_bytes);
    }

    /// Hands the built chunk on. What went wrong once stays wrong: a retry could leave a hole or a repeat.
    fn send(&mut self) -> Result<(), PictureError> {
        if self.failed {
            return Err(misuse("an earlier write failed".to_owned()));
        }
        self.failed = true;
        self.to.write_all(&self.chunk)?;
        self.failed = false;
        Ok(())
    }
}

impl<W: Write> fmt::Debug for PngWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PngWriter")
            .field("row_bytes", &self.row_bytes)
            .field("missing", &self.missing)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// Appends one chunk: its length, `kind`, what `fill` appends, and the CRC of both.
pub(super) fn push_chunk(to: &mut Vec<u8>, kind: [u8; 4], fill: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.extend_from_slice(&[0; 4]);
    to.extend_from_slice(&kind);
    fill(to);
    // A band is far smaller than 4 GiB.
    let length = u32::try_from(to.len() - start - 8).unwrap_or(u32::MAX);
    to[start..start + 4].copy_from_slice(&length.to_be_bytes());
    let crc = crc32fast::hash(&to[start + 4..]);
    to.extend_from_slice(&crc.to_be_bytes());
}

fn byte_count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The caller broke the contract: not the client's fault, and nothing was written.
fn misuse(what: String) -> PictureError {
    PictureError::Io(io::Error::new(io::ErrorKind::InvalidInput, what))
}
