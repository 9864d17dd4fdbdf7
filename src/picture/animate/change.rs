//! Which rectangle of a frame differs from the one before.

use crate::canvas::Rect;

/// The smallest rectangle that holds all cells for which `differs` says so; `before` and `after` are rows of `width` cells
/// each of `cell` elements.
fn bounds<T: PartialEq>(
    before: &[T],
    after: &[T],
    width: u32,
    cell: usize,
    differs: impl Fn(&[T], &[T]) -> bool + Copy,
) -> Option<Rect> {
    let row_length = width as usize * cell;
    let rows = before.chunks_exact(row_length).zip(after.chunks_exact(row_length));
    let mut found: Option<Rect> = None;
    for (y, (before, after)) in (0..).zip(rows) {
        // Most rows of most frames are equal, which a comparison of bytes finds out quickest.
        if before == after {
            continue;
        }
        let cells = || (0..width).zip(before.chunks_exact(cell).zip(after.chunks_exact(cell)));
        let differing = |(x, (before, after))| differs(before, after).then_some(x);
        let Some(left) = cells().find_map(differing) else { continue };
        let right = cells().rev().find_map(differing).unwrap_or(left);
        let row = Rect { x: left, y, w: right - left + 1, h: 1 };
        found = Some(found.map_or(row, |found| found.union(row)));
    }
    found
}

/// The smallest rectangle that holds all cells of `channels` bytes that differ; `None` where none does.
pub(in crate::picture) fn changed(before: &[u8], after: &[u8], width: u32, channels: usize) -> Option<Rect> {
    bounds(before, after, width, channels, |before, after| before != after)
}

/// The smallest rectangle that holds all cells for which `differs` says so, which must say no of equal ones.
pub(super) fn changed_cells(
    before: &[[u8; 4]],
    after: &[[u8; 4]],
    width: u32,
    differs: impl Fn([u8; 4], [u8; 4]) -> bool + Copy,
) -> Option<Rect> {
    bounds(before, after, width, 1, |before, after| match (before, after) {
        ([before], [after]) => differs(*before, *after),
        _ => false,
    })
}
