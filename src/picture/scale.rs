//! Scaling by taking the nearest cell, up and down: no colour comes out that did not go in.

use crate::canvas::{Mode, Raster, Rect, Size};

/// Width and height of `rect` when the longer side is `longest`, each at least 1, rounded down.
#[must_use]
pub fn fitted(rect: Rect, longest: u32) -> (u64, u64) {
    let side = |side: u32| (u64::from(side) * u64::from(longest) / u64::from(rect.w.max(rect.h)).max(1)).max(1);
    (side(rect.w), side(rect.h))
}

/// The row or column, out of `of`, that is seen at row or column `at` out of `shown`: ⌊at · of / shown⌋.
#[must_use]
pub fn nearest(at: u32, shown: u32, of: u32) -> u32 {
    let source = u64::from(at) * u64::from(of) / u64::from(shown).max(1);
    // Below `of`, where `at` is below `shown`.
    u32::try_from(source).unwrap_or(of)
}

/// Scales a rectangle of a canvas that comes in bands of whole rows, from the top, holding one row.
#[derive(Debug, Clone)]
pub struct Scaler {
    region: Rect,
    size: Size,
    channels: usize,
    row: Vec<u8>,
    /// The row that comes next.
    next: u32,
    /// The canvas row that `row` was filled from.
    filled: Option<u32>,
}

impl Scaler {
    /// Scales `region` to `size`.
    #[must_use]
    pub fn new(region: Rect, size: Size, mode: Mode) -> Self {
        let channels = mode.channels();
        let row = vec![0; size.width() as usize * channels];
        Self { region, size, channels, row, next: 0, filled: None }
    }

    /// Calls `write` with the rows that are seen of `band`, the next rows of the region: one at a time, or all at once
    /// where the size does not change.
    ///
    /// # Errors
    ///
    /// What `write` fails with.
    pub fn push<E>(&mut self, band: &Raster, mut write: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let Self { region, size, channels, .. } = *self;
        if (size.width(), size.height()) == (region.w, region.h) && band.rect().w == region.w {
            return write(band.data());
        }
        let bottom = band.rect().y + band.rect().h;
        while self.next < size.height() {
            let y = region.y + nearest(self.next, size.height(), region.h);
            if y >= bottom {
                break;
            }
            if self.filled != Some(y) {
                let cells = band.span(region.x, y, region.w).unwrap_or_default();
                for (x, cell) in (0..).zip(self.row.chunks_exact_mut(channels)) {
                    let from = nearest(x, size.width(), region.w) as usize * channels;
                    cell.copy_from_slice(cells.get(from..from + channels).unwrap_or(&[0; 4][..channels]));
                }
                self.filled = Some(y);
            }
            write(&self.row)?;
            self.next += 1;
        }
        Ok(())
    }
}
