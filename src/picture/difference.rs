//! What changed between two images, as a picture.

use crate::canvas::{Mode, Raster};

/// The cells that differ, in the colours that they have in `after`, on transparency; an rgba raster of the same rectangle.
/// `None` where the two have not the same rectangle and mode.
///
/// A cell that became transparent cannot be told from one that did not change.
#[must_use]
pub fn difference(before: &Raster, after: &Raster) -> Option<Raster> {
    if (before.rect(), before.mode()) != (after.rect(), after.mode()) {
        return None;
    }
    let channels = after.mode().channels();
    let cells = before.data().chunks_exact(channels).zip(after.data().chunks_exact(channels));
    let data = cells.flat_map(|(before, after)| match *after {
        _ if before == after => [0; 4],
        [red, green, blue] => [red, green, blue, 255],
        [red, green, blue, alpha] => [red, green, blue, alpha],
        _ => [0; 4],
    });
    Raster::from_data(after.rect(), Mode::Rgba, data.collect())
}
