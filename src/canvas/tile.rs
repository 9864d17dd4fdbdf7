//! The grid of tiles that snapshots and large states are stored in.

use super::{CellIndex, Rect, Size};

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
}
