//! Which tiles a stretch of the log touched.

use crate::canvas::{TileGrid, TileIndex, Version};
use crate::format::StateData;

use super::JournalError;
use super::core::Core;
use super::delta::{self, Use};
use super::live::Live;
use super::replay::{for_each_record, state_record, tile_list};

/// The tiles of a canvas, ticked off as they are met.
struct Touched {
    tiles: Vec<bool>,
    left: usize,
}

impl Touched {
    /// Ticks off a tile; whether any is left.
    fn touch(&mut self, tile: TileIndex) -> bool {
        if let Some(is_touched) = self.tiles.get_mut(tile.0 as usize)
            && !*is_touched
        {
            *is_touched = true;
            self.left -= 1;
        }
        self.left > 0
    }
}

/// For each tile whether an entry after `after` up to `upto` lies in it; for a state, whether it wrote that tile or may
/// have. Ends early once all are touched, and reads only directories where there are deltas.
pub(super) fn touched_tiles(
    core: &Core,
    live: &Live,
    after: Version,
    upto: Version,
) -> Result<Vec<bool>, JournalError> {
    let tiles = TileGrid::new(live.canvas.size).tiles() as usize;
    let mut touched = Touched { tiles: vec![false; tiles], left: tiles };
    let mut reached = after;
    for number in delta::numbers(after, upto) {
        let (start, end) = delta::versions(number);
        // The delta also tells of what came before `after`, where that is within its stretch.
        let is_whole = start >= after;
        if !is_whole || delta::for_each_touched(core, live, number, |tile| touched.touch(tile))? == Use::ReadLog {
            read_log(core, live, reached, end, &mut touched)?;
        }
        reached = end;
        if touched.left == 0 {
            return Ok(touched.tiles);
        }
    }
    read_log(core, live, reached, upto, &mut touched)?;
    Ok(touched.tiles)
}

fn read_log(
    core: &Core,
    live: &Live,
    after: Version,
    upto: Version,
    touched: &mut Touched,
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    let grid = TileGrid::new(canvas.size);
    for_each_record(core, canvas, after, upto, |record, view, range| {
        let mut goes_on = true;
        for index in range {
            if let Some(pixel) = view.pixel(index) {
                goes_on = touched.touch(grid.tile_of(pixel.cell));
                continue;
            }
            let state = state_record(core, canvas, record.first.after(index as u64))?;
            match state.data {
                StateData::Tiles(blob) => {
                    let tiles = tile_list(core, canvas, blob)?;
                    tiles.0.iter().for_each(|(tile, _)| goes_on = touched.touch(*tile));
                }
                _ => grid.tiles_in(state.region).for_each(|tile| goes_on = touched.touch(tile)),
            }
        }
        Ok(goes_on)
    })
}
