//! Frames as chunks of an animated PNG.

use super::super::encode::{ImageData, band_bytes, push_chunk, push_header};
use super::Animation;
use super::change::changed;
use crate::canvas::{Mode, Rect, Size};

/// Makes chunks of frames.
pub(super) struct ApngEncoder {
    size: Size,
    mode: Mode,
    rate: u16,
    /// Numbers of the chunks that belong to the animation (PNG, Third Edition, section 11.3.7).
    sequence: u32,
    /// The frame before; empty at first.
    before: Vec<u8>,
    /// The rows of the rectangle that changes.
    rows: Vec<u8>,
}

impl ApngEncoder {
    /// Appends the header of the file.
    pub(super) fn new(animation: &Animation, to: &mut Vec<u8>) -> Self {
        let Animation { size, mode, frames, rate } = *animation;
        push_header(to, size, mode);
        push_chunk(to, *b"acTL", |data| {
            data.extend_from_slice(&frames.to_be_bytes());
            // Played for ever.
            data.extend_from_slice(&0_u32.to_be_bytes());
        });
        Self { size, mode, rate: rate.get(), sequence: 0, before: Vec::new(), rows: Vec::new() }
    }

    /// Appends a frame.
    pub(super) fn frame(&mut self, cells: &[u8], to: &mut Vec<u8>) {
        let first = self.before.is_empty();
        let rect = if first {
            self.size.rect()
        } else {
            // A frame cannot be empty, so where nothing changes one cell is drawn again.
            let none = Rect { x: 0, y: 0, w: 1, h: 1 };
            changed(&self.before, cells, self.size.width(), self.mode.channels()).unwrap_or(none)
        };
        self.before.clear();
        self.before.extend_from_slice(cells);
        self.push_control(rect, to);
        self.take_rows(rect, cells);
        self.push_rows(rect, first, to);
    }

    fn push_control(&mut self, rect: Rect, to: &mut Vec<u8>) {
        let sequence = self.next_number();
        push_chunk(to, *b"fcTL", |data| {
            for number in [sequence, rect.w, rect.h, rect.x, rect.y] {
                data.extend_from_slice(&number.to_be_bytes());
            }
            // Shown for one part of `rate` parts of a second, left as it is, and put in place of what was there.
            data.extend_from_slice(&1_u16.to_be_bytes());
            data.extend_from_slice(&self.rate.to_be_bytes());
            data.extend_from_slice(&[0, 0]);
        });
    }

    fn take_rows(&mut self, rect: Rect, cells: &[u8]) {
        let channels = self.mode.channels();
        let (start, end) = (rect.x as usize * channels, (rect.x + rect.w) as usize * channels);
        self.rows.clear();
        let rows = cells.chunks_exact(self.size.width() as usize * channels);
        for row in rows.skip(rect.y as usize).take(rect.h as usize) {
            self.rows.extend_from_slice(&row[start..end]);
        }
    }

    /// Appends the image of a frame; that of the first one is the picture which programs without animations show.
    fn push_rows(&mut self, rect: Rect, first: bool, to: &mut Vec<u8>) {
        let row_bytes = rect.w as usize * self.mode.channels();
        let mut image = ImageData::new(row_bytes, self.mode);
        let rows = std::mem::take(&mut self.rows);
        let nothing = vec![0; row_bytes];
        let (mut above, mut following) = (nothing.as_slice(), rows.as_slice());
        while !following.is_empty() {
            let (band, below) = following.split_at(band_bytes(row_bytes).min(following.len()));
            let sequence = if first { None } else { Some(self.next_number()) };
            push_chunk(to, if first { *b"IDAT" } else { *b"fdAT" }, |data| {
                if let Some(sequence) = sequence {
                    data.extend_from_slice(&sequence.to_be_bytes());
                }
                image.push(above, band, below.is_empty(), data);
            });
            above = &band[band.len() - row_bytes..];
            following = below;
        }
        self.rows = rows;
    }

    fn next_number(&mut self) -> u32 {
        let number = self.sequence;
        self.sequence += 1;
        number
    }
}

/// Appends the end of the file.
pub(super) fn end(to: &mut Vec<u8>) {
    push_chunk(to, *b"IEND", |_| ());
}
