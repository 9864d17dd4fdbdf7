//! Canvases in a data directory.

use std::io::{Read, Write};
use std::num::NonZeroU16;

use crate::canvas::{Name, Version, When};
use crate::journal::{
    Canvas, CellColour, DiffQuery, EntryFilter, FramesQuery, HistoryPage, HistoryQuery, Journal, JournalError, Records,
};
use crate::picture::{Animation, AnimationWriter, PngWriter, difference};
use crate::store::Order;

use super::error::CliError;
use super::render::write_image;
use super::row::{CanvasRow, DiffEnd, DifferenceRow, EntryRow, PixelRow};
use super::site::{CellAt, Each, ImageWish, Range, Site, TimelapseWish};
use super::{open, progress};

/// Entries, or cells, held in memory at once.
const PAGE: usize = 4_096;

/// The most pixels of all frames of a time-lapse together: as a server allows.
const TIMELAPSE_PIXELS_MAX: u64 = 1 << 28;

/// Canvases in a data directory.
#[derive(Debug)]
pub(super) struct Here(Journal);

impl Here {
    pub(super) const fn new(journal: Journal) -> Self {
        Self(journal)
    }

    fn row(&self, canvas: &Canvas) -> Result<CanvasRow, CliError> {
        Ok(CanvasRow::new(&self.0.canvas_now(canvas.id)?))
    }

    fn version(&self, canvas: &Canvas, when: &When) -> Result<Version, CliError> {
        Ok(self.0.version_when(canvas.id, when)?)
    }

    /// The end of a range of versions.
    fn end(&self, canvas: &Canvas, to: Option<Version>) -> Result<Version, CliError> {
        to.map_or_else(|| self.version(canvas, &When::Head), Ok)
    }

    /// Follows pages that `read` reads until there are enough entries.
    fn entries(
        canvas: &Canvas,
        mut query: HistoryQuery,
        each: Each<'_, EntryRow>,
        read: impl Fn(&HistoryQuery) -> Result<HistoryPage, JournalError>,
    ) -> Result<Version, CliError> {
        let mut left = query.limit;
        loop {
            query.limit = left.min(PAGE);
            let HistoryPage { head, entries, next } = read(&query)?;
            left -= entries.len();
            entries.iter().try_for_each(|entry| each(EntryRow::new(canvas, entry)))?;
            match next.filter(|_| left > 0) {
                Some(next) if query.order == Order::Ascending => query.after = Some(next),
                Some(next) => query.before = Some(next),
                None => return Ok(head),
            }
        }
    }
}

fn check_cell(canvas: &Canvas, (x, y): (u32, u32)) -> Result<(), CliError> {
    let (width, height) = (canvas.size.width(), canvas.size.height());
    let outside = || CliError::Failed(format!("{x},{y} lies outside the canvas of {width}×{height}"));
    canvas.size.cell(x, y).map(drop).ok_or_else(outside)
}

impl Site for Here {
    fn canvases(&self, each: Each<'_, CanvasRow>) -> Result<(), CliError> {
        for canvas in open::canvases(&self.0) {
            each(self.row(&canvas?)?)?;
        }
        Ok(())
    }

    fn history(&self, canvas: &Name, query: HistoryQuery, each: Each<'_, EntryRow>) -> Result<Version, CliError> {
        let canvas = self.0.canvas_named(canvas)?;
        Self::entries(&canvas, query, each, |query| self.0.history(canvas.id, query))
    }

    fn pixel(&self, cell: &CellAt) -> Result<PixelRow, CliError> {
        let CellAt { canvas, x, y, when } = cell;
        let (x, y) = (*x, *y);
        let canvas = self.0.canvas_named(canvas)?;
        check_cell(&canvas, (x, y))?;
        let found: CellColour = self.0.pixel_at(canvas.id, self.version(&canvas, when)?, x, y)?;
        Ok(PixelRow::new(&canvas, (x, y), &found))
    }

    fn pixel_history(&self, cell: &CellAt, limit: usize, each: Each<'_, EntryRow>) -> Result<(), CliError> {
        let CellAt { canvas, x, y, when } = cell;
        let (x, y) = (*x, *y);
        let canvas = self.0.canvas_named(canvas)?;
        check_cell(&canvas, (x, y))?;
        let version = self.version(&canvas, when)?;
        // Tells where there is no such version.
        self.0.time_of(canvas.id, version)?;
        let query = HistoryQuery {
            order: Order::Descending,
            after: None,
            before: Some(Version(version.0.saturating_add(1))),
            limit,
            filter: EntryFilter::default(),
        };
        Self::entries(&canvas, query, each, |query| self.0.pixel_history(canvas.id, x, y, query)).map(drop)
    }

    fn image(&self, canvas: &Name, wish: &ImageWish, to: &mut dyn Write) -> Result<(), CliError> {
        let ImageWish { when, format, scale } = wish;
        let canvas = self.0.canvas_named(canvas)?;
        write_image(&self.0, &canvas, self.version(&canvas, when)?, *format, *scale, to)
    }

    fn differences(&self, canvas: &Name, range: Range, each: Each<'_, DifferenceRow>) -> Result<DiffEnd, CliError> {
        let Range { from, to } = range;
        let canvas = self.0.canvas_named(canvas)?;
        let to = self.end(&canvas, to)?;
        let region = canvas.size.rect();
        let mut query = DiffQuery { from, to, region, after: None, limit: PAGE, is_counted: true };
        let mut end = DiffEnd { end: true, from: from.0, to: to.0, changed: 0, bounds: None };
        loop {
            let page = self.0.diff(canvas.id, &query)?;
            if let Some(count) = page.count {
                (end.changed, end.bounds) = (count.changed, count.bounds.map(Into::into));
            }
            for cell in page.cells {
                let (x, y) = canvas.size.position(cell.cell);
                let [before, after] = [cell.before, cell.after].map(|colour| colour.to_hex(canvas.mode));
                each(DifferenceRow { x, y, before, after })?;
            }
            match page.next {
                Some(next) => (query.after, query.is_counted) = (Some(next), false),
                None => return Ok(end),
            }
        }
    }

    fn difference_image(&self, canvas: &Name, range: Range, output: &mut dyn Write) -> Result<(), CliError> {
        let Range { from, to } = range;
        let canvas = self.0.canvas_named(canvas)?;
        let to = self.end(&canvas, to)?;
        let region = canvas.size.rect();
        let query = DiffQuery { from, to, region, after: None, limit: 0, is_counted: false };
        let mut bands = self.0.diff_bands(canvas.id, &query)?;
        let mut png = PngWriter::new(output, canvas.size, crate::canvas::Mode::Rgba)?;
        while let Some((before, after)) = bands.next_bands()? {
            // Both are of the same rows of the same canvas.
            if let Some(band) = difference(&before, &after) {
                png.write_rows(band.data())?;
            }
        }
        png.finish()?;
        Ok(())
    }

    fn timelapse(&self, canvas: &Name, wish: &TimelapseWish, to: &mut dyn Write) -> Result<(), CliError> {
        let TimelapseWish { format, range: Range { from, to: last }, frames, rate, side_max } = *wish;
        let canvas = self.0.canvas_named(canvas)?;
        let last = self.end(&canvas, last)?;
        if from > last {
            return Err(CliError::Failed(format!("from is version {from}, after version {last}")));
        }
        let mut frames = self.0.frames(canvas.id, FramesQuery { from, to: last, count: frames, side_max })?;
        let rate = NonZeroU16::new(rate).unwrap_or(NonZeroU16::MIN);
        let size = frames.sampling().size();
        let animation = Animation { size, mode: canvas.mode, frames: frames.count(), rate };
        let pixels = u64::from(size.cells()) * u64::from(animation.frames);
        if pixels > TIMELAPSE_PIXELS_MAX {
            let said = format!("an animation has at most {TIMELAPSE_PIXELS_MAX} pixels in all, not {pixels}");
            return Err(CliError::Failed(said));
        }
        let bar = progress::bar(animation.frames.into(), canvas.name.as_str());
        let mut writer = AnimationWriter::new(to, format, &animation)?;
        while let Some(frame) = frames.next_frame()? {
            writer.write_frame(frame.raster.data())?;
            bar.inc(1);
        }
        writer.finish()?;
        bar.finish_and_clear();
        Ok(())
    }

    fn export(&self, canvas: &Name, to: &mut dyn Write) -> Result<(), CliError> {
        let canvas = self.0.canvas_named(canvas)?;
        match self.0.export(canvas.id, to) {
            Err(JournalError::Output(source)) => Err(CliError::Output(source)),
            outcome => Ok(outcome.map(drop)?),
        }
    }

    fn import(&self, from: &mut dyn Read, name: Option<&Name>) -> Result<CanvasRow, CliError> {
        let canvas = self.0.import_file(from, name.cloned(), &mut |_| {}, Records::default())?;
        self.row(&canvas)
    }

    fn build(&self, build: &mut dyn FnMut(&Journal) -> Result<Canvas, CliError>) -> Result<CanvasRow, CliError> {
        self.row(&build(&self.0)?)
    }
}
