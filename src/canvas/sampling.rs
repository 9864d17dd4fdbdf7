//! A smaller picture of a rectangle of the canvas: nearest-neighbour sampling, and a raster that keeps only what it
//! shows.

use super::{Colour, Mode, Pixel, Raster, Rect, Size};

/// No column or row of the picture shows this one.
const NOT_SHOWN: u32 = u32::MAX;

/// Which cells of a rectangle a picture shows: some of its columns crossed with some of its rows, each at most once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampling {
    source: Rect,
    size: Size,
    /// For each column of the source, the column of the picture that shows it.
    columns: Vec<u32>,
    /// For each row of the source, the row of the picture that shows it.
    rows: Vec<u32>,
}

impl Sampling {
    /// Shows `source`, which is not empty, with at most `side_max` cells on its longer side, in its proportions, never
    /// larger than it is. Column i of w shows column ⌊i · source width / w⌋, rows likewise.
    #[must_use]
    pub fn fit(source: Rect, side_max: u32) -> Self {
        let longest = source.w.max(source.h);
        let shown = longest.min(side_max).max(1);
        let scaled = |side: u32| {
            // At most `side`, so that it fits.
            u32::try_from(u64::from(side) * u64::from(shown) / u64::from(longest.max(1))).unwrap_or(side).max(1)
        };
        Self::new(source, scaled(source.w), scaled(source.h), |index, side, shown| {
            u32::try_from(u64::from(index) * u64::from(side) / u64::from(shown)).unwrap_or(NOT_SHOWN)
        })
    }

    /// Shows every `step`th column and row of `source`, which is not empty, from its first ones on.
    #[must_use]
    pub fn every(source: Rect, step: u32) -> Self {
        let step = step.max(1);
        Self::new(source, source.w.div_ceil(step), source.h.div_ceil(step), |index, _, _| index.saturating_mul(step))
    }

    /// `at(index, side, shown)` says which of the `side` columns or rows of the source the one at `index` shows.
    fn new(source: Rect, w: u32, h: u32, at: impl Fn(u32, u32, u32) -> u32) -> Self {
        let places = |side: u32, shown: u32| {
            let mut places = vec![NOT_SHOWN; side as usize];
            for index in 0..shown {
                if let Some(place) = places.get_mut(at(index, side, shown) as usize) {
                    *place = index;
                }
            }
            places
        };
        // A picture of a rectangle on a canvas has no more cells than the canvas.
        let size = Size::new(w, h).unwrap_or(Size::ONE);
        Self { source, size, columns: places(source.w, w), rows: places(source.h, h) }
    }

    /// The rectangle of the canvas that is shown.
    #[must_use]
    pub const fn source(&self) -> Rect {
        self.source
    }

    /// The size of the picture.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// The column of the picture that shows column `x` of the canvas.
    #[must_use]
    pub fn column(&self, x: u32) -> Option<u32> {
        shown(&self.columns, x.wrapping_sub(self.source.x))
    }

    /// The row of the picture that shows row `y` of the canvas.
    #[must_use]
    pub fn row(&self, y: u32) -> Option<u32> {
        shown(&self.rows, y.wrapping_sub(self.source.y))
    }
}

fn shown(places: &[u32], index: u32) -> Option<u32> {
    places.get(index as usize).copied().filter(|place| *place != NOT_SHOWN)
}

/// A picture of a rectangle of the canvas that is kept up to date cell by cell; it takes no more memory than it shows.
#[derive(Debug, Clone)]
pub struct Sampled {
    sampling: Sampling,
    raster: Raster,
}

impl Sampled {
    /// A picture in which every cell is `background`.
    #[must_use]
    pub fn filled(sampling: Sampling, mode: Mode, background: Colour) -> Self {
        let raster = Raster::filled(sampling.size().rect(), mode, background);
        Self { sampling, raster }
    }

    /// What it shows.
    #[must_use]
    pub const fn sampling(&self) -> &Sampling {
        &self.sampling
    }

    /// The picture, in its own coordinates.
    #[must_use]
    pub const fn raster(&self) -> &Raster {
        &self.raster
    }

    /// The picture itself, by value.
    #[must_use]
    pub fn into_raster(self) -> Raster {
        self.raster
    }

    /// Sets the cell that `pixel` names on a canvas of `size`, where it is shown; else nothing happens.
    pub fn set(&mut self, size: Size, pixel: Pixel) {
        let (x, y) = size.position(pixel.cell);
        let mode = self.raster.mode();
        if let Some(column) = self.sampling.column(x)
            && let Some(row) = self.sampling.row(y)
            && let Some(cell) = self.raster.span_mut(column, row, 1)
        {
            cell.copy_from_slice(pixel.colour.bytes(mode));
        }
    }

    /// Copies what is shown of `other`, a part of the canvas. Both must have the same mode.
    pub fn paste(&mut self, other: &Raster) {
        debug_assert_eq!(self.raster.mode(), other.mode());
        let Some(common) = self.sampling.source.intersection(other.rect()) else { return };
        for y in common.y..common.y + common.h {
            let Some(row) = self.sampling.row(y) else { continue };
            for x in common.x..common.x + common.w {
                if let Some(column) = self.sampling.column(x)
                    && let (Some(to), Some(from)) = (self.raster.span_mut(column, row, 1), other.span(x, y, 1))
                {
                    to.copy_from_slice(from);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::CellIndex;
    use proptest::prelude::*;

    fn shown_columns(sampling: &Sampling) -> Vec<u32> {
        let source = sampling.source();
        (source.x..source.x + source.w).filter(|x| sampling.column(*x).is_some()).collect()
    }

    #[test]
    fn a_fit_keeps_proportions_and_never_enlarges() {
        let of = |w, h, side_max| Sampling::fit(Rect { x: 0, y: 0, w, h }, side_max).size();
        assert_eq!(of(4_072, 4_072, 512), Size::new(512, 512).expect("small"));
        assert_eq!(of(400, 100, 50), Size::new(50, 12).expect("small"));
        assert_eq!(of(16_384, 1, 512), Size::new(512, 1).expect("small"));
        assert_eq!(of(3, 2, 512), Size::new(3, 2).expect("small"));
        assert_eq!(of(3, 2, 0), Size::new(1, 1).expect("small"));
    }

    #[test]
    fn samples_are_where_they_are_said_to_be() {
        let source = Rect { x: 10, y: 20, w: 7, h: 5 };
        let every = Sampling::every(source, 3);
        assert_eq!(every.size(), Size::new(3, 2).expect("small"));
        assert_eq!(shown_columns(&every), [10, 13, 16]);
        assert_eq!((every.row(20), every.row(21), every.row(23), every.row(19)), (Some(0), None, Some(1), None));
        let fit = Sampling::fit(source, 3);
        assert_eq!(shown_columns(&fit), [10, 12, 14]);
    }

    proptest! {
        #[test]
        fn a_sampled_picture_follows_the_canvas(
            (w, h) in (1u32..40, 1u32..40),
            side_max in 1u32..50,
            step in 1u32..9,
            pixels in proptest::collection::vec((any::<prop::sample::Index>(), any::<[u8; 3]>()), 0..100),
        ) {
            let size = Size::new(w, h).expect("small");
            for sampling in [Sampling::fit(size.rect(), side_max), Sampling::every(size.rect(), step)] {
                let mut canvas = Raster::filled(size.rect(), Mode::Rgb, Colour::WHITE);
                let mut followed = Sampled::filled(sampling.clone(), Mode::Rgb, Colour::WHITE);
                for (cell, [r, g, b]) in &pixels {
                    let cell = CellIndex(u32::try_from(cell.index(size.cells() as usize)).expect("small"));
                    let pixel = Pixel { cell, colour: Colour::rgb(*r, *g, *b) };
                    canvas.set(size, pixel);
                    followed.set(size, pixel);
                }
                let mut pasted = Sampled::filled(sampling.clone(), Mode::Rgb, Colour::rgb(1, 2, 3));
                pasted.paste(&canvas);
                prop_assert_eq!(pasted.raster(), followed.raster());
                let shown = (0..w).filter(|x| sampling.column(*x).is_some()).count()
                    * (0..h).filter(|y| sampling.row(*y).is_some()).count();
                prop_assert_eq!(shown, sampling.size().cells() as usize);
            }
        }
    }
}
