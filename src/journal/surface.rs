//! What the log can be applied to: a raster, or a picture that shows only some of its cells.

use std::ops::Range;

use crate::canvas::{CellIndex, Colour, Pixel, Raster, Rect, Sampled, Size, TILE_SIDE};
use crate::format::{BlockView, DeltaTile, FormatError};

/// What the log can be applied to.
pub(super) trait Surface {
    /// The part of the canvas that it shows something of.
    fn area(&self) -> Rect;

    /// Sets the cell that `pixel` names on a canvas of `size`, where it is shown.
    fn set(&mut self, size: Size, pixel: Pixel);

    /// Sets the cells of the entries in `range` of a block without states, whose colours have `C` bytes.
    fn set_all<const C: usize>(&mut self, size: Size, view: &BlockView<'_>, range: Range<usize>) {
        view.for_each_cell::<C>(range.start, range.end, |cell, colour| {
            if let Some(colour) = Colour::from_cell(colour) {
                self.set(size, Pixel { cell: CellIndex(cell), colour });
            }
        });
    }

    /// Sets the cells that a delta holds of the tile at `rect`, whose colours have `C` bytes.
    fn set_tile<const C: usize>(&mut self, size: Size, rect: Rect, tile: &DeltaTile<'_>) -> Result<(), FormatError> {
        tile.for_each::<C>(rect.w * rect.h, |cell, colour| {
            let cell = CellIndex((rect.y + cell / rect.w) * size.width() + rect.x + cell % rect.w);
            if let Some(colour) = Colour::from_cell(colour) {
                self.set(size, Pixel { cell, colour });
            }
        })
    }

    /// Copies what it shows of `tile`, a part of the canvas.
    fn paste(&mut self, tile: &Raster);
}

impl Surface for Raster {
    fn area(&self) -> Rect {
        self.rect()
    }

    fn set(&mut self, size: Size, pixel: Pixel) {
        Self::set(self, size, pixel);
    }

    /// A raster of whole rows, the usual case, needs no division.
    fn set_all<const C: usize>(&mut self, size: Size, view: &BlockView<'_>, range: Range<usize>) {
        let rect = self.rect();
        let width = size.width();
        let cells = self.data_mut().as_chunks_mut::<C>().0;
        if rect.w == width {
            let first = rect.y * rect.w;
            view.for_each_cell::<C>(range.start, range.end, |cell, colour| {
                // A cell above the raster wraps round to a number beyond its end.
                if let Some(slot) = cells.get_mut(cell.wrapping_sub(first) as usize) {
                    *slot = *colour;
                }
            });
        } else {
            view.for_each_cell::<C>(range.start, range.end, |cell, colour| {
                let (column, row) = ((cell % width).wrapping_sub(rect.x), (cell / width).wrapping_sub(rect.y));
                if column < rect.w
                    && row < rect.h
                    && let Some(slot) = cells.get_mut((row * rect.w + column) as usize)
                {
                    *slot = *colour;
                }
            });
        }
    }

    /// A cell of a whole tile, the usual case, is shown at a place that needs no division by the width of the canvas.
    fn set_tile<const C: usize>(&mut self, _: Size, rect: Rect, tile: &DeltaTile<'_>) -> Result<(), FormatError> {
        let area = self.rect();
        let cells = self.data_mut().as_chunks_mut::<C>().0;
        let mut set = |column: u32, row: u32, colour: &[u8; C]| {
            let (column, row) = ((rect.x + column).wrapping_sub(area.x), (rect.y + row).wrapping_sub(area.y));
            if column < area.w
                && row < area.h
                && let Some(slot) = cells.get_mut((row * area.w + column) as usize)
            {
                *slot = *colour;
            }
        };
        if rect.w == TILE_SIDE {
            tile.for_each::<C>(rect.w * rect.h, |cell, colour| set(cell % TILE_SIDE, cell / TILE_SIDE, colour))
        } else {
            tile.for_each::<C>(rect.w * rect.h, |cell, colour| set(cell % rect.w, cell / rect.w, colour))
        }
    }

    fn paste(&mut self, tile: &Raster) {
        Self::paste(self, tile);
    }
}

impl Surface for Sampled {
    fn area(&self) -> Rect {
        self.sampling().source()
    }

    fn set(&mut self, size: Size, pixel: Pixel) {
        Self::set(self, size, pixel);
    }

    fn paste(&mut self, tile: &Raster) {
        Self::paste(self, tile);
    }
}
