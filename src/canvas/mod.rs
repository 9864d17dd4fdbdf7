//! Pure values: size, mode, colour, entry, raster, tile, permutation. No I/O and no clock.

mod colour;
mod entry;
mod id;
mod label;
mod palette;
mod permutation;
mod raster;
mod sampling;
mod size;
mod tile;
mod when;

pub use colour::{Colour, Mode, ParseColourError};
pub use entry::{Author, Change, Entry, Pixel, Source};
pub use id::{
    AuthorId, BlockNumber, CanvasId, CellIndex, DeltaNumber, Name, ParseNameError, ParseTagError, RunId, StateId, Tag,
    Time, Version,
};
pub use label::{Label, ParseLabelError};
pub use palette::{Palette, PaletteError};
pub use permutation::Permutation;
pub use raster::Raster;
pub use sampling::{Sampled, Sampling};
pub use size::{ParseRectError, Rect, Size, SizeError};
pub use tile::{TILE_SIDE, TileGrid, TileIndex};
pub use when::{ParseTimeError, ParseWhenError, When};
