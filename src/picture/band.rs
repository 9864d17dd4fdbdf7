//! A band of rows as deflate blocks: stored where a sample does not shrink, compressed where it does.

use miniz_oxide::deflate::core::CompressorOxide;
use miniz_oxide::deflate::{CompressionLevel, stream};
use miniz_oxide::{DataFormat, MZFlush};

use super::runs::RunCoder;

/// The longest stored block (RFC 1951, section 3.2.4).
const STORED_MAX: usize = 65_535;

/// Bytes of a sample, at most, and of each slice that it is made of.
const SAMPLE_BYTES: usize = 4096;
const SLICE_BYTES: usize = 512;
const SLICES: usize = SAMPLE_BYTES / SLICE_BYTES;

/// The share of itself, in 256ths, that a sample has to shrink to for its band to be compressed by either coder. What
/// saves less is not worth the time: `miniz_oxide` takes ten times that of storing, the run coder three times.
const WORTH_MATCHES: usize = 192;
const WORTH_RUNS: usize = 224;

/// It has to come out at this share of the run coder's length, in 256ths, to be worth its slowness.
const MATCHES_AGAINST_RUNS: usize = 192;

/// The filters that are tried (PNG, Third Edition, section 9). Average and Paeth gain little on pixel art and cost more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    None = 0,
    Sub = 1,
    Up = 2,
}

/// How a band is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Stored,
    Runs,
    Matches(Filter),
}

/// Makes deflate blocks of bands of rows, each band by itself: no block refers to the band before, so that stored and
/// compressed ones follow each other freely, and each ends on a whole byte.
pub(super) struct BandEncoder {
    row_bytes: usize,
    cell_bytes: usize,
    compress: Box<CompressorOxide>,
    runs: RunCoder,
    /// The rows of the band, each behind the number of its filter.
    filtered: Vec<u8>,
    /// Where a sample's compressed form goes, of which only the length matters.
    trial: Vec<u8>,
}

impl BandEncoder {
    pub(super) fn new(row_bytes: usize, cell_bytes: usize) -> Self {
        Self {
            row_bytes,
            cell_bytes,
            compress: Box::new(CompressorOxide::with_format_and_level(DataFormat::Raw, CompressionLevel::BestSpeed)),
            runs: RunCoder::default(),
            filtered: Vec::new(),
            trial: Vec::new(),
        }
    }

    /// Appends the blocks of `rows`, which are whole and follow the row `above`, to `to`. Returns the bytes that the
    /// blocks hold, for the checksum.
    pub(super) fn encode(&mut self, above: &[u8], rows: &[u8], to: &mut Vec<u8>) -> &[u8] {
        let coding = self.choose(above, rows);
        let filter = if let Coding::Matches(filter) = coding { filter } else { Filter::None };
        self.filtered.clear();
        for (above, row) in with_above(above, rows, self.row_bytes) {
            self.filtered.push(filter as u8);
            push_filtered(filter, above, row, 0..row.len(), self.cell_bytes, &mut self.filtered);
        }
        let start = to.len();
        let shrunk = match coding {
            Coding::Stored => false,
            Coding::Runs => self.runs.encode(&self.filtered, to),
            Coding::Matches(_) => deflate(&mut self.compress, &self.filtered, to),
        };
        if !shrunk {
            to.truncate(start);
            push_stored(&self.filtered, to);
        }
        &self.filtered
    }

    /// Tries a sample of `rows` with each coder and filter.
    fn choose(&mut self, above: &[u8], rows: &[u8]) -> Coding {
        self.sample(Filter::None, above, rows);
        let sample_bytes = self.filtered.len();
        let runs = self.runs.estimate(&self.filtered);
        let worth_runs = runs * 256 <= sample_bytes * WORTH_RUNS;
        let mut chosen = if worth_runs { Coding::Runs } else { Coding::Stored };
        let mut most = sample_bytes * WORTH_MATCHES / 256;
        if worth_runs {
            most = most.min(runs * MATCHES_AGAINST_RUNS / 256);
        }
        for filter in [Filter::None, Filter::Sub, Filter::Up] {
            self.sample(filter, above, rows);
            self.trial.clear();
            if deflate(&mut self.compress, &self.filtered, &mut self.trial) && self.trial.len() <= most {
                chosen = Coding::Matches(filter);
                most = self.trial.len() - 1;
            }
        }
        chosen
    }

    /// Takes a filtered sample: all of a small band, else slices of rows spread over its height and its width.
    fn sample(&mut self, filter: Filter, above: &[u8], rows: &[u8]) {
        self.filtered.clear();
        let count = rows.len() / self.row_bytes;
        let all = with_above(above, rows, self.row_bytes);
        if rows.len() <= SAMPLE_BYTES {
            for (above, row) in all {
                push_filtered(filter, above, row, 0..row.len(), self.cell_bytes, &mut self.filtered);
            }
            return;
        }
        let slice = self.row_bytes.min(SLICE_BYTES);
        let rows_a_slice = SLICE_BYTES / slice;
        for number in 0..SLICES {
            // Three has no divisor in common with the number of slices: each takes another part of the width.
            let start = (self.row_bytes - slice) * (number * 3 % SLICES) / (SLICES - 1);
            for (above, row) in all.clone().skip(count * number / SLICES).take(rows_a_slice) {
                push_filtered(filter, above, row, start..start + slice, self.cell_bytes, &mut self.filtered);
            }
        }
    }
}

/// Each row of `rows` with the one above it.
fn with_above<'a>(
    above: &'a [u8],
    rows: &'a [u8],
    row_bytes: usize,
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone {
    std::iter::once(above).chain(rows.chunks_exact(row_bytes)).zip(rows.chunks_exact(row_bytes))
}

/// Appends the bytes `range` of `row` as `filter` leaves them.
fn push_filtered(
    filter: Filter,
    above: &[u8],
    row: &[u8],
    range: std::ops::Range<usize>,
    cell_bytes: usize,
    to: &mut Vec<u8>,
) {
    let bytes = &row[range.clone()];
    match filter {
        Filter::None => to.extend_from_slice(bytes),
        Filter::Sub => {
            // The cell to the left of the first one counts as zeros.
            let first = cell_bytes.saturating_sub(range.start).min(bytes.len());
            to.extend_from_slice(&bytes[..first]);
            let left = &row[(range.start + first).saturating_sub(cell_bytes)..];
            to.extend(bytes[first..].iter().zip(left).map(|(byte, left)| byte.wrapping_sub(*left)));
        }
        Filter::Up => to.extend(bytes.iter().zip(&above[range]).map(|(byte, above)| byte.wrapping_sub(*above))),
    }
}

/// Appends `bytes` compressed, up to a whole byte. `false`: it does not shrink, and what was appended is of no use.
fn deflate(compress: &mut CompressorOxide, bytes: &[u8], to: &mut Vec<u8>) -> bool {
    let start = to.len();
    to.resize(start + bytes.len(), 0);
    compress.reset();
    let result = stream::deflate(compress, bytes, &mut to[start..], MZFlush::Sync);
    to.truncate(start + result.bytes_written);
    // Only what has come out whole leaves room behind it: the flush is then complete.
    result.status.is_ok() && result.bytes_consumed == bytes.len() && result.bytes_written < bytes.len()
}

/// Appends `bytes` as stored blocks.
fn push_stored(bytes: &[u8], to: &mut Vec<u8>) {
    to.reserve(bytes.len() + 5 * bytes.len().div_ceil(STORED_MAX));
    for block in bytes.chunks(STORED_MAX) {
        // No block is longer than 16 bits can say.
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        to.push(0);
        to.extend_from_slice(&length.to_le_bytes());
        to.extend_from_slice(&(!length).to_le_bytes());
        to.extend_from_slice(block);
    }
}
