//! The size of a canvas, and rectangles within it.

use std::str::FromStr;

use thiserror::Error;

use super::{CellIndex, Mode};

/// Width and height in cells; both at least 1, and width · height fits in 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Size {
    width: u32,
    height: u32,
}

/// Why a width and a height make no size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SizeError {
    /// A side of 0 cells.
    #[error("width and height must be at least 1")]
    Empty,
    /// More than 2^32 − 1 cells, beyond what a cell index can name.
    #[error("{width}×{height} has more cells than can be numbered")]
    TooManyCells {
        /// The width asked for.
        width: u32,
        /// The height asked for.
        height: u32,
    },
}

impl Size {
    /// A single cell.
    pub const ONE: Self = Self { width: 1, height: 1 };

    /// A size of `width` × `height` cells.
    ///
    /// # Errors
    ///
    /// [`SizeError`] where a side is 0 or the cells cannot be numbered with 32 bits.
    pub fn new(width: u32, height: u32) -> Result<Self, SizeError> {
        if width == 0 || height == 0 {
            return Err(SizeError::Empty);
        }
        if width.checked_mul(height).is_none() {
            return Err(SizeError::TooManyCells { width, height });
        }
        Ok(Self { width, height })
    }

    /// Cells in a row.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub const fn height(self) -> u32 {
        self.height
    }

    /// Cells in all.
    #[must_use]
    pub const fn cells(self) -> u32 {
        self.width * self.height
    }

    /// Bytes of the whole image in `mode`.
    #[must_use]
    pub const fn bytes(self, mode: Mode) -> u64 {
        self.cells() as u64 * mode.channels() as u64
    }

    /// The rectangle that covers every cell.
    #[must_use]
    pub const fn rect(self) -> Rect {
        Rect { x: 0, y: 0, w: self.width, h: self.height }
    }

    /// The cell at column `x` of row `y`, where it exists.
    #[must_use]
    pub fn cell(self, x: u32, y: u32) -> Option<CellIndex> {
        (x < self.width && y < self.height).then(|| CellIndex(y * self.width + x))
    }

    /// Column and row of `cell`.
    #[must_use]
    pub const fn position(self, cell: CellIndex) -> (u32, u32) {
        (cell.0 % self.width, cell.0 / self.width)
    }
}

/// A rectangle of cells: left column, top row, width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rect {
    /// The leftmost column.
    pub x: u32,
    /// The topmost row.
    pub y: u32,
    /// Columns.
    pub w: u32,
    /// Rows.
    pub h: u32,
}

impl Rect {
    /// Whether it is not empty and lies within `size`.
    #[must_use]
    pub fn fits(self, size: Size) -> bool {
        let within =
            |start: u32, length: u32, side: u32| length > 0 && start.checked_add(length).is_some_and(|end| end <= side);
        within(self.x, self.w, size.width()) && within(self.y, self.h, size.height())
    }

    /// Whether the cell at column `x` of row `y` lies within it.
    #[must_use]
    pub const fn contains(self, x: u32, y: u32) -> bool {
        x >= self.x && y >= self.y && x - self.x < self.w && y - self.y < self.h
    }

    /// What both have in common, where that is not empty.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let right = self.x.saturating_add(self.w).min(other.x.saturating_add(other.w));
        let bottom = self.y.saturating_add(self.h).min(other.y.saturating_add(other.h));
        (x < right && y < bottom).then(|| Self { x, y, w: right - x, h: bottom - y })
    }

    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        let right = self.x.saturating_add(self.w).max(other.x.saturating_add(other.w));
        let bottom = self.y.saturating_add(self.h).max(other.y.saturating_add(other.h));
        Self { x, y, w: right - x, h: bottom - y }
    }

    /// Cells within it.
    #[must_use]
    pub const fn area(self) -> u64 {
        self.w as u64 * self.h as u64
    }
}

/// What is no rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("write x,y,w,h")]
pub struct ParseRectError;

impl FromStr for Rect {
    type Err = ParseRectError;

    /// Reads `x,y,w,h`; whether it is empty, or lies within a canvas, is for [`Self::fits`] to say.
    fn from_str(text: &str) -> Result<Self, ParseRectError> {
        let numbers: Result<Vec<u32>, _> = text.split(',').map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[x, y, w, h]) => Ok(Self { x, y, w, h }),
            _ => Err(ParseRectError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked() {
        assert_eq!(Size::new(0, 4), Err(SizeError::Empty));
        assert_eq!(Size::new(1 << 16, 1 << 16), Err(SizeError::TooManyCells { width: 1 << 16, height: 1 << 16 }));
        let size = Size::new(3, 2).expect("small");
        assert_eq!(size.cell(2, 1), Some(CellIndex(5)));
        assert_eq!(size.cell(3, 0), None);
        assert_eq!(size.position(CellIndex(4)), (1, 1));
    }

    #[test]
    fn a_rectangle_is_four_numbers() {
        assert_eq!("1,2,3,4".parse(), Ok(Rect { x: 1, y: 2, w: 3, h: 4 }));
        assert_eq!("0,0,0,4294967295".parse(), Ok(Rect { x: 0, y: 0, w: 0, h: u32::MAX }));
        for text in ["", "1,2,3", "1,2,3,4,5", "1,2,3,-4", "1,2,3,4294967296", "1, 2,3,4", "a,2,3,4"] {
            assert_eq!(text.parse::<Rect>(), Err(ParseRectError), "{text:?}");
        }
    }

    #[test]
    fn rectangles_meet_and_join() {
        let a = Rect { x: 0, y: 0, w: 4, h: 4 };
        let b = Rect { x: 2, y: 3, w: 4, h: 4 };
        assert_eq!(a.intersection(b), Some(Rect { x: 2, y: 3, w: 2, h: 1 }));
        assert_eq!(a.union(b), Rect { x: 0, y: 0, w: 6, h: 7 });
        assert_eq!(a.intersection(Rect { x: 4, y: 0, w: 1, h: 1 }), None);
        let beyond = Rect { x: u32::MAX, y: u32::MAX, w: 2, h: 2 };
        assert_eq!(a.intersection(beyond), None);
        assert_eq!(a.union(beyond), Rect { x: 0, y: 0, w: u32::MAX, h: u32::MAX });
        assert!(a.contains(3, 3) && !a.contains(4, 3));
        let size = Size::new(6, 7).expect("small");
        assert!(b.fits(size));
        assert!(!Rect { x: u32::MAX, y: 0, w: 2, h: 1 }.fits(size));
        assert!(!Rect { x: 0, y: 0, w: 0, h: 1 }.fits(size));
    }
}
