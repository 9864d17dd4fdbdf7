//! A rectangle of cells in memory.

use super::{Colour, Mode, Pixel, Rect, Size};

/// The cells of one rectangle of a canvas, row by row, [`Mode::channels`] bytes each, no padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    rect: Rect,
    mode: Mode,
    data: Vec<u8>,
}

impl Raster {
    /// A raster of `rect` in which every cell is `background`.
    #[must_use]
    pub fn filled(rect: Rect, mode: Mode, background: Colour) -> Self {
        let cell = background.bytes(mode);
        let bytes = usize::try_from(rect.area()).unwrap_or(usize::MAX).saturating_mul(cell.len());
        let data = if cell.iter().all(|byte| *byte == cell[0]) {
            vec![cell[0]; bytes]
        } else {
            let mut data = Vec::with_capacity(bytes);
            (0..rect.area()).for_each(|_| data.extend_from_slice(cell));
            data
        };
        Self { rect, mode, data }
    }

    /// A raster of `rect` from its rows; `None` where `data` has another length than the rectangle needs.
    #[must_use]
    pub fn from_data(rect: Rect, mode: Mode, data: Vec<u8>) -> Option<Self> {
        (data.len() as u64 == rect.area() * mode.channels() as u64).then_some(Self { rect, mode, data })
    }

    /// Where on the canvas this raster lies.
    #[must_use]
    pub const fn rect(&self) -> Rect {
        self.rect
    }

    /// The layout of its cells.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// All rows, one after another.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// All rows, one after another, to be written.
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The rows themselves, by value.
    #[must_use]
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// Bytes in a row.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.rect.w as usize * self.mode.channels()
    }

    /// The bytes of the part of canvas row `y` from canvas column `x` on, `w` cells long, where it lies within.
    #[must_use]
    pub fn span(&self, x: u32, y: u32, w: u32) -> Option<&[u8]> {
        let range = self.span_range(x, y, w)?;
        self.data.get(range)
    }

    /// As [`Self::span`], to be written.
    pub fn span_mut(&mut self, x: u32, y: u32, w: u32) -> Option<&mut [u8]> {
        let range = self.span_range(x, y, w)?;
        self.data.get_mut(range)
    }

    fn span_range(&self, x: u32, y: u32, w: u32) -> Option<std::ops::Range<usize>> {
        let column = x.checked_sub(self.rect.x)?;
        let row = y.checked_sub(self.rect.y)?;
        if row >= self.rect.h || column.checked_add(w)? > self.rect.w {
            return None;
        }
        let channels = self.mode.channels();
        let start = row as usize * self.stride() + column as usize * channels;
        Some(start..start + w as usize * channels)
    }

    /// The colour at canvas column `x`, row `y`, where it lies within.
    #[must_use]
    pub fn colour(&self, x: u32, y: u32) -> Option<Colour> {
        self.span(x, y, 1).and_then(Colour::from_cell)
    }

    /// Sets the cell that `pixel` names on a canvas of `size`, where it lies within; else nothing happens.
    pub fn set(&mut self, size: Size, pixel: Pixel) {
        let (x, y) = size.position(pixel.cell);
        let mode = self.mode;
        if let Some(cell) = self.span_mut(x, y, 1) {
            cell.copy_from_slice(pixel.colour.bytes(mode));
        }
    }

    /// Copies what `other` has in common with this raster. Both must have the same mode.
    pub fn paste(&mut self, other: &Self) {
        debug_assert_eq!(self.mode, other.mode);
        let Some(common) = self.rect.intersection(other.rect) else { return };
        for y in common.y..common.y + common.h {
            if let (Some(to), Some(from)) = (self.span_mut(common.x, y, common.w), other.span(common.x, y, common.w)) {
                to.copy_from_slice(from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::CellIndex;

    #[test]
    fn pixels_land_only_within() {
        let size = Size::new(4, 4).expect("small");
        let mut raster = Raster::filled(Rect { x: 1, y: 1, w: 2, h: 2 }, Mode::Rgb, Colour::rgb(1, 2, 3));
        let pixel = |cell| Pixel { cell: CellIndex(cell), colour: Colour::rgb(9, 9, 9) };
        raster.set(size, pixel(5));
        raster.set(size, pixel(0));
        raster.set(size, pixel(7));
        assert_eq!(raster.data(), [9, 9, 9, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
        assert_eq!(raster.colour(1, 1), Some(Colour::rgb(9, 9, 9)));
        assert_eq!(raster.colour(3, 1), None);
    }

    #[test]
    fn paste_copies_the_common_part() {
        let mut a = Raster::filled(Rect { x: 0, y: 0, w: 3, h: 2 }, Mode::Rgba, Colour::WHITE);
        let b = Raster::filled(Rect { x: 2, y: 1, w: 3, h: 3 }, Mode::Rgba, Colour([1, 2, 3, 4]));
        a.paste(&b);
        assert_eq!(a.colour(2, 1), Some(Colour([1, 2, 3, 4])));
        assert_eq!(a.data().as_chunks::<4>().0.iter().filter(|cell| **cell == [255; 4]).count(), 5);
    }
}
