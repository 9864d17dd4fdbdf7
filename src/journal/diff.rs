//! What differs between two versions, cell by cell, from the top.

use std::sync::Arc;

use crate::canvas::{CellIndex, Colour, Raster, Rect, Version};

use super::core::Core;
use super::image::ImageReader;
use super::live::Live;
use super::rebuild::advance;
use super::replay::{for_each_record, state_record};
use super::{Canvas, JournalError};

/// Entries between two versions that are looked through for the rectangle they lie in, at most; with more, all of the
/// region is compared.
const ENTRIES_BOUNDED_MAX: u64 = 1 << 20;

/// Entries between two versions that are replayed onto each band of the older image, at most, instead of reading the newer
/// one.
const ENTRIES_REPLAYED_MAX: u64 = 1 << 13;

/// Which differences are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffQuery {
    /// The version before.
    pub from: Version,
    /// The version after; it may be the smaller of the two.
    pub to: Version,
    /// The part of the canvas that is compared.
    pub region: Rect,
    /// Only cells after this one, row by row.
    pub after: Option<CellIndex>,
    /// At most so many cells.
    pub limit: usize,
    /// Whether everything that differs within the region is counted, or only the page is filled.
    pub is_counted: bool,
}

/// A cell that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub cell: CellIndex,
    /// Its colour at the version before.
    pub before: Colour,
    /// Its colour at the version after.
    pub after: Colour,
}

/// How much differs within the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DiffCount {
    /// Cells.
    pub changed: u32,
    /// The smallest rectangle around them, where there are any.
    pub bounds: Option<Rect>,
}

impl DiffCount {
    /// Adds a cell.
    fn add(&mut self, x: u32, y: u32) {
        let cell = Rect { x, y, w: 1, h: 1 };
        self.changed += 1;
        self.bounds = Some(self.bounds.map_or(cell, |bounds| bounds.union(cell)));
    }
}

/// A page of differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffPage {
    /// The cells, row by row.
    pub cells: Vec<Difference>,
    /// How much differs in all, where that was asked for.
    pub count: Option<DiffCount>,
    /// Where the next page goes on, if it does: after this cell.
    pub next: Option<CellIndex>,
}

/// Two images read side by side, band by band, from the top.
pub struct DiffReader {
    core: Arc<Core>,
    live: Arc<Live>,
    from: Version,
    to: Version,
    /// The image at the older version.
    older: ImageReader,
    /// The image at the newer one, where it is not made from each band of the older.
    newer: Option<ImageReader>,
}

impl std::fmt::Debug for DiffReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DiffReader({} to {}, {:?})", self.from, self.to, self.older)
    }
}

impl DiffReader {
    /// Compares `region`, which lies within the canvas, at two versions that exist.
    pub(super) fn new(core: &Arc<Core>, live: &Arc<Live>, from: Version, to: Version, region: Rect) -> Self {
        let reader = |version| ImageReader::new(core.clone(), live.clone(), version, region);
        let (low, high) = (from.min(to), from.max(to));
        let newer = (high.0 - low.0 > ENTRIES_REPLAYED_MAX).then(|| reader(high));
        Self { core: core.clone(), live: live.clone(), from, to, older: reader(low), newer }
    }

    /// The next band at both versions, of the same rows; `None` after the last.
    ///
    /// # Errors
    ///
    /// [`JournalError::Corrupt`], [`JournalError::Store`].
    pub fn next_bands(&mut self) -> Result<Option<(Raster, Raster)>, JournalError> {
        let Some(older) = self.older.next_band()? else { return Ok(None) };
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        let newer = if let Some(reader) = &mut self.newer {
            reader.next_band()?
        } else {
            let mut newer = older.clone();
            advance(&self.core, &self.live, &mut newer, low, high)?;
            Some(newer)
        };
        Ok(newer.map(|newer| if self.from <= self.to { (older, newer) } else { (newer, older) }))
    }
}

/// A page of differences. See [`super::Journal::diff`].
pub(super) fn page(core: &Arc<Core>, live: &Arc<Live>, query: &DiffQuery) -> Result<DiffPage, JournalError> {
    let canvas = &live.canvas;
    let mut page = DiffPage { cells: Vec::new(), count: query.is_counted.then(DiffCount::default), next: None };
    let Some(touched) = touched_part(core, canvas, query)? else { return Ok(page) };
    let Some(region) = rest_of(canvas, query, touched) else { return Ok(page) };
    let mut reader = DiffReader::new(core, live, query.from, query.to, region);
    while let Some((before, after)) = reader.next_bands()? {
        if !compare(canvas, query, &before, &after, &mut page) {
            break;
        }
    }
    Ok(page)
}

/// The part of the region that may differ: what the entries between the versions, where they are few, lie in.
fn touched_part(core: &Core, canvas: &Canvas, query: &DiffQuery) -> Result<Option<Rect>, JournalError> {
    let (low, high) = (query.from.min(query.to), query.from.max(query.to));
    if high.0 - low.0 > ENTRIES_BOUNDED_MAX {
        return Ok(Some(query.region));
    }
    let mut touched: Option<Rect> = None;
    let mut add = |rect: Rect| touched = Some(touched.map_or(rect, |touched| touched.union(rect)));
    for_each_record(core, canvas, low, high, |record, view, range| {
        view.bounds().into_iter().for_each(&mut add);
        for index in range.filter(|index| view.is_state(*index)) {
            add(state_record(core, canvas, record.first.after(index as u64))?.region);
        }
        Ok(true)
    })?;
    Ok(touched.and_then(|touched| touched.intersection(query.region)))
}

/// What of `touched` must be read: without a count, only the rows from that of the last page's last cell on.
fn rest_of(canvas: &Canvas, query: &DiffQuery, touched: Rect) -> Option<Rect> {
    let first = query.after.filter(|_| !query.is_counted).map_or(0, |cell| canvas.size.position(cell).1);
    let (top, bottom) = (touched.y.max(first), touched.y + touched.h);
    (top < bottom).then(|| Rect { y: top, h: bottom - top, ..touched })
}

/// Compares two bands; `false` once nothing more is wanted.
fn compare(canvas: &Canvas, query: &DiffQuery, before: &Raster, after: &Raster, page: &mut DiffPage) -> bool {
    let rect = before.rect();
    let channels = canvas.mode.channels();
    for y in rect.y..rect.y + rect.h {
        let (Some(old), Some(new)) = (before.span(rect.x, y, rect.w), after.span(rect.x, y, rect.w)) else { continue };
        if old == new {
            continue;
        }
        for (x, (old, new)) in (rect.x..).zip(old.chunks_exact(channels).zip(new.chunks_exact(channels))) {
            if old == new {
                continue;
            }
            if let Some(count) = &mut page.count {
                count.add(x, y);
            }
            let (Some(cell), Some(before), Some(after)) =
                (canvas.size.cell(x, y), Colour::from_cell(old), Colour::from_cell(new))
            else {
                continue;
            };
            if query.after.is_some_and(|last| cell <= last) {
                continue;
            }
            if page.cells.len() < query.limit {
                page.cells.push(Difference { cell, before, after });
                continue;
            }
            if page.next.is_none() {
                page.next = page.cells.last().map(|last| last.cell);
            }
            if page.count.is_none() {
                return false;
            }
        }
    }
    true
}
