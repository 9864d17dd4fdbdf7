//! Sorting a stretch of log by bands of rows, so that an image of many bands needs one pass over the log, not one a
//! band, and each band is small enough for the processor's cache.
//!
//! A long stretch goes through a temporary file without a name, which the kernel takes away with its last handle; a
//! short one stays in memory. This is the partitioning step of a Grace hash join (M. Kitsuregawa, H. Tanaka, T. Moto-oka,
//! "Application of Hash to Data Base Machine and Its Architecture", New Generation Computing 1, 1983).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use crate::canvas::{CellIndex, Colour, Mode, Pixel, Raster, Rect, Version};

use super::core::Core;
use super::live::Live;
use super::replay::{apply_state, for_each_record, state_record};
use super::{Canvas, JournalError};

/// Bytes of one record: a cell and a colour, or the mark of a state and then its version.
const RECORD: usize = 8;

/// In place of a cell: the next record is the version of a state entry. No canvas has so many cells.
const STATE: u32 = u32::MAX;

/// Bytes of a bucket that are written to the file at once.
const CHUNK_BYTES: usize = 32 << 10;

/// The fewest bytes that are written at once, whatever may be kept in memory.
const CHUNK_BYTES_MIN: usize = 512;

/// How a region is cut into bands of rows: all of `rows`, the first from `origin` on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bands {
    pub(super) region: Rect,
    pub(super) origin: u32,
    pub(super) rows: u32,
}

impl Bands {
    /// How many there are.
    pub(super) const fn count(self) -> u32 {
        (self.region.y + self.region.h - self.origin).div_ceil(self.rows)
    }

    /// The band that row `y`, within the region, lies in.
    pub(super) const fn of_row(self, y: u32) -> usize {
        ((y - self.origin) / self.rows) as usize
    }
}

/// A stretch of log, sorted by bands, in order within each.
pub(super) struct Partition {
    buckets: Vec<Bucket>,
    file: Option<File>,
    file_bytes: u64,
    /// No more bytes than these were ever put into the buckets; counted only until there is a file.
    put_bytes: usize,
}

/// What concerns one band: chunks in the file (offset and bytes), then what is still in memory.
#[derive(Default)]
struct Bucket {
    chunks: Vec<(u64, usize)>,
    buffer: Vec<u8>,
}

/// Why a stretch could not be sorted.
pub(super) enum PartitionError {
    /// The temporary file failed; reading band by band will do.
    Scratch(io::Error),
    /// The log cannot be read.
    Journal(JournalError),
}

impl From<JournalError> for PartitionError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl Partition {
    /// Sorts the entries after `after` up to `upto`.
    pub(super) fn new(
        core: &Core,
        canvas: &Canvas,
        bands: Bands,
        after: Version,
        upto: Version,
    ) -> Result<Self, PartitionError> {
        let buckets: Vec<_> = (0..bands.count()).map(|_| Bucket::default()).collect();
        let chunk_bytes = (core.options.sort_bytes / buckets.len().max(1)).clamp(CHUNK_BYTES_MIN, CHUNK_BYTES);
        let mut partition = Self { buckets, file: None, file_bytes: 0, put_bytes: 0 };
        let mut failed = None;
        for_each_record(core, canvas, after, upto, |record, view, range| {
            partition.put_bytes += range.len() * RECORD;
            if view.is_pixels_only() {
                match canvas.mode {
                    Mode::Rgb => view.for_each_cell::<3>(range.start, range.end, |cell, &[r, g, b]| {
                        partition.put_pixel(canvas, bands, cell, [r, g, b, 255]);
                    }),
                    Mode::Rgba => view.for_each_cell::<4>(range.start, range.end, |cell, colour| {
                        partition.put_pixel(canvas, bands, cell, *colour);
                    }),
                }
            } else {
                for index in range {
                    match view.pixel(index) {
                        Some(pixel) => partition.put_pixel(canvas, bands, pixel.cell.0, pixel.colour.0),
                        None => partition.put_state(core, canvas, bands, record.first.after(index as u64))?,
                    }
                }
            }
            failed = partition.spill(core, chunk_bytes).err();
            Ok(failed.is_none())
        })?;
        match failed {
            Some(error) => Err(PartitionError::Scratch(error)),
            None => Ok(partition),
        }
    }

    #[inline]
    fn put_pixel(&mut self, canvas: &Canvas, bands: Bands, cell: u32, colour: [u8; 4]) {
        let (x, y) = canvas.size.position(CellIndex(cell));
        if bands.region.contains(x, y)
            && let Some(bucket) = self.buckets.get_mut(bands.of_row(y))
        {
            let ([a, b, c, d], [r, g, b2, alpha]) = (cell.to_le_bytes(), colour);
            bucket.buffer.extend_from_slice(&[a, b, c, d, r, g, b2, alpha]);
        }
    }

    /// A state goes to every band that its region meets.
    fn put_state(&mut self, core: &Core, canvas: &Canvas, bands: Bands, version: Version) -> Result<(), JournalError> {
        let Some(common) = state_record(core, canvas, version)?.region.intersection(bands.region) else {
            return Ok(());
        };
        let (first, last) = (bands.of_row(common.y), bands.of_row(common.y + common.h - 1));
        self.put_bytes += (last - first + 1) * 2 * RECORD;
        for bucket in self.buckets.iter_mut().take(last + 1).skip(first) {
            bucket.buffer.extend_from_slice(&STATE.to_le_bytes());
            bucket.buffer.extend_from_slice(&[0; 4]);
            bucket.buffer.extend_from_slice(&version.0.to_le_bytes());
        }
        Ok(())
    }

    /// Writes the buffers of at least `bytes` to the file, once there is more than may be kept in memory.
    fn spill(&mut self, core: &Core, bytes: usize) -> io::Result<()> {
        if self.file.is_none() && self.put_bytes > core.options.sort_bytes {
            self.file = Some(core.options.scratch_file()?);
        }
        let Some(file) = &self.file else { return Ok(()) };
        for bucket in &mut self.buckets {
            if bucket.buffer.len() >= bytes {
                file.write_all_at(&bucket.buffer, self.file_bytes)?;
                bucket.chunks.push((self.file_bytes, bucket.buffer.len()));
                self.file_bytes += bucket.buffer.len() as u64;
                bucket.buffer.clear();
            }
        }
        Ok(())
    }

    /// Applies the entries of band `index` to its raster.
    pub(super) fn replay(
        &self,
        core: &Core,
        live: &Live,
        index: usize,
        raster: &mut Raster,
    ) -> Result<(), PartitionError> {
        let Some(bucket) = self.buckets.get(index) else { return Ok(()) };
        let mut pending = false;
        let mut chunk = Vec::new();
        for (offset, bytes) in &bucket.chunks {
            let Some(file) = &self.file else { break };
            chunk.resize(*bytes, 0);
            file.read_exact_at(&mut chunk, *offset).map_err(PartitionError::Scratch)?;
            apply(core, live, &chunk, &mut pending, raster)?;
        }
        Ok(apply(core, live, &bucket.buffer, &mut pending, raster)?)
    }
}

/// Applies records; `pending` says whether the last one announced a state.
fn apply(
    core: &Core,
    live: &Live,
    records: &[u8],
    pending: &mut bool,
    raster: &mut Raster,
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    let rect = raster.rect();
    let channels = canvas.mode.channels();
    // In a raster of whole rows the place of a cell is a subtraction away.
    let first = (rect.w == canvas.size.width()).then_some(rect.y * rect.w);
    for record in records.as_chunks::<RECORD>().0 {
        let [a, b, c, d, colour @ ..] = *record;
        let cell = u32::from_le_bytes([a, b, c, d]);
        if std::mem::take(pending) {
            let _permit = core.permits.acquire();
            apply_state(core, canvas, Version(u64::from_le_bytes(*record)), raster)?;
        } else if cell == STATE {
            *pending = true;
        } else if let Some(first) = first {
            let at = cell.wrapping_sub(first) as usize * channels;
            match (raster.data_mut().get_mut(at..at + channels), canvas.mode) {
                (Some([r, g, b]), Mode::Rgb) => (*r, *g, *b) = (colour[0], colour[1], colour[2]),
                (Some(slot), _) => slot.copy_from_slice(&colour),
                (None, _) => {}
            }
        } else {
            raster.set(canvas.size, Pixel { cell: CellIndex(cell), colour: Colour(colour) });
        }
    }
    Ok(())
}
