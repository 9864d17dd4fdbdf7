//! The grid of tiles that snapshots and large states are stored in.

use super::{CellIndex, Rect, Sampling, Size};

/// Cells on a side of a tile; tiles at the right and bottom edges are cropped.
pub const TILE_SIDE: u32 = 256;

/// The number of a tile, row by row from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileIndex(pub u32);

/// How a canvas of one size divides into tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileGrid {
    size: Size,
    columns: u32,
    rows: u32,
}

impl TileGrid {
    /// The grid of a canvas of `size`.
    #[must_use]
    pub const fn new(size: Size) -> Self {
        Self { size, columns: size.width().div_ceil(TILE_SIDE), rows: size.height().div_ceil(TILE_SIDE) }
    }

    /// Tiles in all.
    #[must_use]
    pub const fn tiles(self) -> u32 {
        self.columns * self.rows
    }

    /// The tile that `cell` lies in.
    #[must_use]
    pub const fn tile_of(self, cell: CellIndex) -> TileIndex {
        let (x, y) = self.size.position(cell);
        TileIndex(y / TILE_SIDE * self.columns + x / TILE_SIDE)
    }

    /// The cells of `tile`, cropped to the canvas; `None` beyond the last tile.
    #[must_use]
    pub fn rect(self, tile: TileIndex) -> Option<Rect> {
        if tile.0 >= self.tiles() {
            return None;
        }
        let (x, y) = (tile.0 % self.columns * TILE_SIDE, tile.0 / self.columns * TILE_SIDE);
        let (w, h) = ((self.size.width() - x).min(TILE_SIDE), (self.size.height() - y).min(TILE_SIDE));
        Some(Rect { x, y, w, h })
    }

    /// The zoom at which a tile shows every cell: max(0, ⌈log2(max(width, height) / [`TILE_SIDE`])⌉). At zoom 0 one tile
    /// shows the whole canvas.
    #[must_use]
    pub fn max_zoom(self) -> u32 {
        let longest = self.size.width().max(self.size.height());
        longest.div_ceil(TILE_SIDE).next_power_of_two().trailing_zeros()
    }

    /// What the tile in column `x` and row `y` of zoom `z` shows: cell (i, j) of the canvas stands for those up to
    /// (i + step, j + step), where step = 2^(max zoom − z). `None` where there is no such tile.
    #[must_use]
    pub fn zoomed(self, z: u32, x: u32, y: u32) -> Option<Sampling> {
        let step = 1u32.checked_shl(self.max_zoom().checked_sub(z)?)?;
        let side = TILE_SIDE.checked_mul(step)?;
        let within = |index: u32, side_max: u32| index.checked_mul(side).filter(|start| *start < side_max);
        let (left, top) = (within(x, self.size.width())?, within(y, self.size.height())?);
        let (w, h) = (side.min(self.size.width() - left), side.min(self.size.height() - top));
        Some(Sampling::every(Rect { x: left, y: top, w, h }, step))
    }

    /// The tiles that have a cell in common with `rect`, which must lie within the canvas, row by row.
    pub fn tiles_in(self, rect: Rect) -> impl Iterator<Item = TileIndex> {
        let columns = rect.x / TILE_SIDE..(rect.x + rect.w).div_ceil(TILE_SIDE);
        let rows = rect.y / TILE_SIDE..(rect.y + rect.h).div_ceil(TILE_SIDE);
        rows.flat_map(move |row| columns.clone().map(move |column| TileIndex(row * self.columns + column)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_the_canvas_once() {
        let size = Size::new(600, 300).expect("small");
        let grid = TileGrid::new(size);
        assert_eq!(grid.tiles(), 6);
        let area: u64 = (0..6).filter_map(|tile| grid.rect(TileIndex(tile))).map(Rect::area).sum();
        assert_eq!(area, u64::from(size.cells()));
        assert_eq!(grid.rect(TileIndex(5)), Some(Rect { x: 512, y: 256, w: 88, h: 44 }));
        assert_eq!(grid.rect(TileIndex(6)), None);
        assert_eq!(grid.tile_of(CellIndex(256 * 600 + 512)), TileIndex(5));
        let found: Vec<_> = grid.tiles_in(Rect { x: 255, y: 0, w: 2, h: 257 }).collect();
        assert_eq!(found, [0, 1, 3, 4].map(TileIndex));
    }

    #[test]
    fn the_lowest_zoom_is_one_tile() {
        for (width, height, max_zoom) in
            [(1, 1, 0), (256, 256, 0), (257, 1, 1), (512, 512, 1), (513, 4, 2), (4_072, 4_072, 4), (16_384, 9, 6)]
        {
            let grid = TileGrid::new(Size::new(width, height).expect("small"));
            assert_eq!(grid.max_zoom(), max_zoom, "{width}×{height}");
            assert!(grid.zoomed(0, 0, 0).is_some_and(|tile| tile.source() == Rect { x: 0, y: 0, w: width, h: height }));
            assert_eq!(grid.zoomed(0, 1, 0), None);
            assert_eq!(grid.zoomed(max_zoom + 1, 0, 0), None);
        }
    }

    #[test]
    fn zoomed_tiles_are_cropped_at_the_edges() {
        let grid = TileGrid::new(Size::new(600, 300).expect("small"));
        let at = |z, x, y| grid.zoomed(z, x, y).map(|tile| (tile.source(), tile.size().width(), tile.size().height()));
        assert_eq!(at(2, 2, 1), Some((Rect { x: 512, y: 256, w: 88, h: 44 }, 88, 44)));
        assert_eq!(at(1, 1, 0), Some((Rect { x: 512, y: 0, w: 88, h: 300 }, 44, 150)));
        assert_eq!(at(0, 0, 0), Some((Rect { x: 0, y: 0, w: 600, h: 300 }, 150, 75)));
        assert_eq!((at(2, 3, 0), at(2, 0, 2), at(1, 2, 0), at(u32::MAX, 0, 0)), (None, None, None, None));
        assert_eq!(at(2, u32::MAX, 0), None);
    }
}
