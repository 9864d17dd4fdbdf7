//! What is on a canvas before a run: which cells are white, which colours are free.

use std::sync::PoisonError;

use super::plan::{Cursor, Plan};
use super::progress::{Progress, Scale, percent};
use super::registry::Registry;
use super::{RunError, Submission};
use crate::canvas::{CanvasId, Colour, Mode, Raster, Rect, Size, Version};
use crate::journal::{Canvas, Journal, JournalError};

/// What is taken on a canvas at one version, for a run of one seed.
pub(super) struct Stock {
    pub(super) seed: u64,
    pub(super) plan: Plan,
    pub(super) version: Version,
    cells: u32,
    coloured: u32,
    cursor: Cursor,
}

impl Stock {
    /// Looks at the head of a canvas.
    pub(super) fn of_canvas(journal: &Journal, canvas: &Canvas, seed: u64) -> Result<Self, RunError> {
        if canvas.mode != Mode::Rgb {
            return Err(RunError::NotRgb);
        }
        if canvas.settings.palette.is_some() {
            return Err(RunError::Palette);
        }
        let version = journal.head(canvas.id)?.version;
        let mut plan = Plan::new(canvas.size.cells(), seed);
        if version > Version(0) || canvas.background != Colour::WHITE {
            plan.clear();
            let mut bands = journal.image_at(canvas.id, version, canvas.size.rect())?;
            while let Some(band) = bands.next_band()? {
                note_raster(&mut plan, &mut Cursor::default(), canvas.size, &band);
            }
        }
        Ok(Self::new(canvas.size, seed, plan, version))
    }

    /// Looks at the rows of a picture, all of them; it is no version of a canvas yet.
    pub(super) fn of_rows(submission: &mut Submission<'_>, seed: u64) -> Result<Self, RunError> {
        let size = submission.size;
        let mut plan = Plan::new(size.cells(), seed);
        plan.clear();
        let mut rows = (submission.open)().map_err(JournalError::Rows)?;
        for y in 0..size.height() {
            let mut row = Raster::filled(Rect { y, h: 1, ..size.rect() }, Mode::Rgb, Colour::WHITE);
            rows.read_row(row.data_mut()).map_err(JournalError::Rows)?;
            note_raster(&mut plan, &mut Cursor::default(), size, &row);
        }
        Ok(Self::new(size, seed, plan, Version(0)))
    }

    fn new(size: Size, seed: u64, mut plan: Plan, version: Version) -> Self {
        let (coloured, mut cursor) = (plan.coloured().unwrap_or(0), Cursor::default());
        plan.contract(&mut cursor);
        Self { seed, plan, version, cells: size.cells(), coloured, cursor }
    }

    /// White cells.
    pub(super) const fn white(&self) -> u32 {
        self.cells - self.coloured
    }

    /// Whether there is a colour for each white cell, or for so many.
    pub(super) fn check_colours(&self, cells_max: Option<u32>) -> Result<(), RunError> {
        let cells = self.white().min(cells_max.unwrap_or(u32::MAX));
        let colours = self.plan.colours_left(self.cursor);
        if cells > colours { Err(RunError::TooFewColours { cells, colours }) } else { Ok(()) }
    }

    /// A run that starts here.
    pub(super) fn progress(&self, scale: Scale) -> Progress {
        Progress { cursor: self.cursor, ..Progress::at(self.version, self.coloured, scale) }
    }
}

/// Notes the cells of a part of the image.
pub(super) fn note_raster(plan: &mut Plan, cursor: &mut Cursor, size: Size, part: &Raster) {
    let rect = part.rect();
    let cells = part.data().chunks_exact(part.mode().channels()).filter_map(Colour::from_cell);
    let places = (rect.y..rect.y + rect.h).flat_map(|y| (rect.x..rect.x + rect.w).map(move |x| (x, y)));
    for ((x, y), colour) in places.zip(cells) {
        if let Some(cell) = size.cell(x, y) {
            plan.note(cursor, cell, colour);
        }
    }
}

/// floor(100 · coloured / cells) of a canvas at a version, from the image; the newest answer is kept.
pub(super) fn count(registry: &Registry, canvas: CanvasId, version: Version) -> Result<u32, RunError> {
    let journal = &registry.journal;
    let cells = journal.canvas(canvas)?.size.cells();
    // Held while counting, so that those who ask at the same time do not each read the image.
    let mut counted = registry.counted.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, at, coloured)) = *counted
        && (of, at) == (canvas, version)
    {
        return Ok(percent(coloured, cells));
    }
    let mut coloured = 0;
    let mut bands = journal.image_at(canvas, version, journal.canvas(canvas)?.size.rect())?;
    while let Some(band) = bands.next_band()? {
        let colours = band.data().chunks_exact(band.mode().channels()).filter_map(Colour::from_cell);
        let coloured_here = colours.filter(|colour| *colour != Colour::WHITE).count();
        // There are no more cells than a u32 can number.
        coloured += u32::try_from(coloured_here).unwrap_or(u32::MAX);
    }
    *counted = Some((canvas, version, coloured));
    Ok(percent(coloured, cells))
}
