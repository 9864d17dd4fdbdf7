//! Canvases at a server.

use std::io::{Read, Seek, Write};

use serde::Deserialize;

use crate::canvas::{Name, Version};
use crate::journal::{Canvas, HistoryQuery, Journal, Kind};
use crate::picture::AnimationFormat;
use crate::store::Order;

use super::client::Client;
use super::error::CliError;
use super::open;
use super::row::{CanvasRow, DiffEnd, DifferenceRow, EntryRow, PixelRow, RegionRow};
use super::site::{CellAt, Each, ImageFormat, ImageWish, Range, Site, TimelapseWish};
use super::words;

/// Entries or cells of a page, at most.
const PAGE: usize = 4_096;

/// The media type of a log.
const LOG: &str = "application/vnd.pixlog";

/// Canvases at a server.
#[derive(Debug)]
pub(super) struct There(Client);

/// A page of canvases.
#[derive(Deserialize)]
struct CanvasesPage {
    canvases: Vec<CanvasRow>,
    next: Option<String>,
}

/// A page of history.
#[derive(Deserialize)]
struct HistoryPage {
    /// Pages of a cell's history have none.
    #[serde(default)]
    version: u64,
    entries: Vec<EntryRow>,
    next: Option<String>,
}

/// A page of differences.
#[derive(Deserialize)]
struct DifferencePage {
    from: u64,
    to: u64,
    /// On the first page only.
    #[serde(default)]
    changed: u32,
    #[serde(default)]
    bounds: Option<RegionRow>,
    pixels: Vec<(u32, u32, String, String)>,
    next: Option<String>,
}

impl There {
    pub(super) const fn new(client: Client) -> Self {
        Self(client)
    }

    /// Follows pages of history from the first to the last, or until there are enough entries; the head that the last
    /// one names.
    fn entries(
        &self,
        path: &str,
        mut parameters: Vec<(&str, String)>,
        limit: usize,
        each: Each<'_, EntryRow>,
    ) -> Result<Version, CliError> {
        parameters.push(("limit", limit.min(PAGE).to_string()));
        let mut page: HistoryPage = self.0.json(path, &parameters)?;
        let mut left = limit;
        loop {
            for entry in page.entries {
                if left == 0 {
                    break;
                }
                each(entry)?;
                left -= 1;
            }
            match page.next.filter(|_| left > 0) {
                Some(next) => page = self.0.json(&next, &[])?,
                None => return Ok(Version(page.version)),
            }
        }
    }
}

fn path(canvas: &Name, rest: &str) -> String {
    format!("/api/v1/canvases/{canvas}{rest}")
}

/// The parameters that say the same as a query, but for the size of a page.
fn parameters(query: &HistoryQuery) -> Vec<(&'static str, String)> {
    let HistoryQuery { order, after, before, filter, .. } = query;
    let order = match order {
        Order::Ascending => "asc",
        Order::Descending => "desc",
    };
    let kind = filter.kind.map(|kind| match kind {
        Kind::Pixel => "pixel".to_owned(),
        Kind::State => "state".to_owned(),
    });
    let all = [
        ("order", Some(order.to_owned())),
        ("after", after.map(|version| version.to_string())),
        ("before", before.map(|version| version.to_string())),
        ("kind", kind),
        ("author", filter.author.clone()),
        ("region", filter.region.map(|region| format!("{},{},{},{}", region.x, region.y, region.w, region.h))),
        ("since", filter.since.map(words::time)),
        ("until", filter.until.map(words::time)),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn from_and_to(Range { from, to }: Range) -> Vec<(&'static str, String)> {
    let to = to.map(|to| ("to", to.to_string()));
    [("from", from.to_string())].into_iter().chain(to).collect()
}

impl Site for There {
    fn canvases(&self, each: Each<'_, CanvasRow>) -> Result<(), CliError> {
        let mut page: CanvasesPage = self.0.json("/api/v1/canvases", &[])?;
        loop {
            page.canvases.into_iter().try_for_each(&mut *each)?;
            match page.next {
                Some(next) => page = self.0.json(&next, &[])?,
                None => return Ok(()),
            }
        }
    }

    fn history(&self, canvas: &Name, query: HistoryQuery, each: Each<'_, EntryRow>) -> Result<Version, CliError> {
        self.entries(&path(canvas, "/history"), parameters(&query), query.limit, each)
    }

    fn pixel(&self, cell: &CellAt) -> Result<PixelRow, CliError> {
        let CellAt { canvas, x, y, when } = cell;
        self.0.json(&path(canvas, &format!("/pixels/{x}/{y}")), when.parameter().as_slice())
    }

    fn pixel_history(&self, cell: &CellAt, limit: usize, each: Each<'_, EntryRow>) -> Result<(), CliError> {
        let CellAt { canvas, x, y, when } = cell;
        let path = path(canvas, &format!("/pixels/{x}/{y}/history"));
        self.entries(&path, when.parameter().into_iter().collect(), limit, each).map(drop)
    }

    fn image(&self, canvas: &Name, wish: &ImageWish, to: &mut dyn Write) -> Result<(), CliError> {
        let ImageWish { when, format, scale } = wish;
        let mut parameters: Vec<_> = when.parameter().into_iter().collect();
        if *scale != 1 {
            parameters.push(("scale", scale.to_string()));
        }
        let file = match format {
            ImageFormat::Png => "/image.png",
            ImageFormat::Raw => "/image.raw",
        };
        self.0.copy(&path(canvas, file), &parameters, to)
    }

    fn differences(&self, canvas: &Name, range: Range, each: Each<'_, DifferenceRow>) -> Result<DiffEnd, CliError> {
        let mut parameters = from_and_to(range);
        parameters.push(("limit", PAGE.to_string()));
        let mut page: DifferencePage = self.0.json(&path(canvas, "/diff"), &parameters)?;
        let DifferencePage { from, to, changed, bounds, .. } = page;
        let end = DiffEnd { end: true, from, to, changed, bounds };
        loop {
            for (x, y, before, after) in page.pixels {
                each(DifferenceRow { x, y, before, after })?;
            }
            match page.next {
                Some(next) => page = self.0.json(&next, &[])?,
                None => return Ok(end),
            }
        }
    }

    fn difference_image(&self, canvas: &Name, range: Range, to: &mut dyn Write) -> Result<(), CliError> {
        self.0.copy(&path(canvas, "/diff.png"), &from_and_to(range), to)
    }

    fn timelapse(&self, canvas: &Name, wish: &TimelapseWish, to: &mut dyn Write) -> Result<(), CliError> {
        let mut parameters = from_and_to(wish.range);
        parameters.extend([
            ("frames", wish.frames.to_string()),
            ("fps", wish.rate.to_string()),
            ("size", wish.side_max.to_string()),
        ]);
        let file = match wish.format {
            AnimationFormat::Gif => "/timelapse.gif",
            AnimationFormat::Png => "/timelapse.png",
        };
        self.0.copy(&path(canvas, file), &parameters, to)
    }

    fn export(&self, canvas: &Name, to: &mut dyn Write) -> Result<(), CliError> {
        self.0.copy(&path(canvas, "/export"), &[], to)
    }

    fn import(&self, from: &mut dyn Read, name: Option<&Name>) -> Result<CanvasRow, CliError> {
        let name = name.map(|name| ("name", name.to_string()));
        self.0.upload("/api/v1/canvases/import", name.as_slice(), LOG, from)
    }

    fn build(&self, build: &mut dyn FnMut(&Journal) -> Result<Canvas, CliError>) -> Result<CanvasRow, CliError> {
        let failed = |source| CliError::Io { action: "writing a temporary file", source };
        let folder = tempfile::Builder::new().prefix("pixlog-import-").tempdir().map_err(failed)?;
        let journal = open::temporary(folder.path())?;
        let canvas = build(&journal)?;
        let mut file = tempfile::tempfile_in(folder.path()).map_err(failed)?;
        journal.export(canvas.id, &mut file)?;
        journal.close();
        file.rewind().map_err(failed)?;
        self.import(&mut file, None)
    }
}
