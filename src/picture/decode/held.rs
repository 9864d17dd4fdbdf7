//! A decoded picture that is held whole, since its format cannot be read row by row, or only with its end.

use super::super::PictureError;
use super::super::convert::Samples;
use crate::canvas::{Rect, Size};

/// The most that a JPEG, GIF or WebP may take while it is decoded. A picture of 4072 × 4072 cells fits in, but for one
/// that takes more than 8 bytes a cell: a JPEG that is progressive at full resolution of colours, a lossy WebP with alpha.
const BYTES_MAX: u64 = 128 << 20;

/// What decodes to four channels of 8 bits.
const RGBA: Samples = Samples { channels: 4, wide: false };

/// What the pixels of a held picture are.
#[derive(Debug)]
pub(super) enum Look {
    Samples(Samples),
    /// Numbers of these colours.
    Palette(Vec<[u8; 4]>),
}

/// A rectangle of pixels; what lies around it is transparent.
#[derive(Debug)]
pub(super) struct Held {
    size: Size,
    rect: Rect,
    pixels: Vec<u8>,
    look: Look,
    line: Vec<u8>,
}

impl Held {
    /// `pixels` are the rows of `rect`, which lies within `size`; where `look` is a palette, all are within it.
    pub(super) fn new(size: Size, rect: Rect, pixels: Vec<u8>, look: Look) -> Self {
        Self { size, rect, pixels, look, line: Vec::new() }
    }

    /// How its lines lie in memory.
    pub(super) fn samples(&self) -> Samples {
        match self.look {
            Look::Samples(samples) if self.rect == self.size.rect() => samples,
            _ => RGBA,
        }
    }

    /// The samples of row `y`.
    pub(super) fn line(&mut self, y: u32) -> &[u8] {
        let Self { size, rect, pixels, look, line } = self;
        let pixel_bytes = match look {
            Look::Samples(Samples { channels, wide }) => *channels * (1 + usize::from(*wide)),
            Look::Palette(_) => 1,
        };
        let row_bytes = rect.w as usize * pixel_bytes;
        let row = |number: u32| {
            let start = number as usize * row_bytes;
            pixels.get(start..start + row_bytes).unwrap_or_default()
        };
        if matches!(look, Look::Samples(_)) && *rect == size.rect() {
            return row(y);
        }
        line.clear();
        line.resize(size.width() as usize * 4, 0);
        if rect.contains(rect.x, y) {
            let cells = line.as_chunks_mut().0.iter_mut().skip(rect.x as usize);
            let pixels = row(y - rect.y).chunks_exact(pixel_bytes);
            for (cell, pixel) in cells.zip(pixels) {
                *cell = colour(pixel, look);
            }
        }
        line
    }
}

/// The colour of one pixel.
fn colour(pixel: &[u8], look: &Look) -> [u8; 4] {
    match (pixel, look) {
        ([index], Look::Palette(colours)) => colours.get(usize::from(*index)).copied().unwrap_or_default(),
        (&[red, green, blue], _) => [red, green, blue, 255],
        (&[red, green, blue, alpha], _) => [red, green, blue, alpha],
        _ => [0; 4],
    }
}

/// Refuses what would take more than is granted: `twelfths` of a byte for each cell of `size`.
pub(super) fn check_bytes(size: Size, twelfths: u64) -> Result<(), PictureError> {
    let bytes = u64::from(size.cells()) * twelfths / 12;
    if bytes > BYTES_MAX {
        return Err(PictureError::TooLarge { what: "bytes to decode it", actual: bytes, max: BYTES_MAX });
    }
    Ok(())
}
