//! A canvas as a plain model, and short ways to do the usual.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pixlog::canvas::{Author, CanvasId, CellIndex, Change, Colour, Entry, Mode, Pixel, RunId, Size, Source, Version};
use pixlog::journal::{
    Append, EntryFilter, Expectation, HistoryQuery, Journal, NewCanvas, Options, Records, RowSource,
};
use pixlog::pingpong::{
    ExchangeKind, Picture, RunError, RunSpec, RunStatus, RunTarget, RunView, Runs, Side, Submission,
};
use pixlog::store::{MemoryStore, Order, Store};

pub const LONG: Duration = Duration::from_secs(60);

/// A journal in which an append takes at most `batch` pixels, so that runs make many.
pub fn journal_of(store: impl Store, batch: usize) -> Journal {
    let options = Options { batch_pixels_max: batch, snapshot_blocks_min: 2, ..Options::default() };
    Journal::open(Arc::new(store), options).unwrap()
}

pub fn journal(batch: usize) -> Journal {
    journal_of(MemoryStore::new(), batch)
}

pub fn size(width: u32, height: u32) -> Size {
    Size::new(width, height).unwrap()
}

pub fn spec(target: RunTarget, granular: u32, seed: u64) -> RunSpec {
    let exchange = ExchangeKind::Local;
    RunSpec { target, granular, pixels_per_hop: 1, exchange, seed: Some(seed), author: None }
}

pub fn fresh(width: u32, height: u32, granular: u32, seed: u64) -> RunSpec {
    spec(RunTarget::New { size: size(width, height), name: None }, granular, seed)
}

/// Waits until the run does not go on.
pub fn finish(runs: &Runs, run: RunId) -> RunView {
    let view = runs.wait(run, usize::MAX, LONG).unwrap();
    assert_ne!(view.status, RunStatus::Running, "{view:?}");
    view
}

/// Waits until `holds`.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < deadline, "{what} takes too long");
        std::thread::yield_now();
    }
}

pub fn white_canvas(journal: &Journal, width: u32, height: u32) -> CanvasId {
    let new = NewCanvas { name: None, size: size(width, height), mode: Mode::Rgb, background: Colour::WHITE };
    journal.create_canvas(new, Records::default()).unwrap().id
}

pub fn pixel(cell: u32, colour: u32) -> Pixel {
    Pixel { cell: CellIndex(cell), colour: Colour::from_rgb_number(colour) }
}

/// A client draws.
pub fn draw(journal: &Journal, canvas: CanvasId, pixels: Vec<Pixel>) {
    let append = Append {
        canvas,
        pixels,
        author: Some(Author { name: "a client".to_owned(), authenticated: false }),
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    };
    journal.append(append).unwrap();
}

/// Every entry of a canvas, in order.
pub fn entries(journal: &Journal, canvas: CanvasId) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let filter = EntryFilter::default();
        let query = HistoryQuery { order: Order::Ascending, after, before: None, limit: 10_000, filter };
        let page = journal.history(canvas, &query).unwrap();
        all.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// The cells of a canvas at a version.
pub fn image(journal: &Journal, canvas: CanvasId, version: Version) -> Vec<Colour> {
    let rect = journal.canvas(canvas).unwrap().size.rect();
    let mut bands = journal.image_at(canvas, version, rect).unwrap();
    let mut cells = Vec::new();
    while let Some(band) = bands.next_band().unwrap() {
        cells.extend(band.data().chunks_exact(3).map(|cell| Colour::from_cell(cell).unwrap()));
    }
    cells
}

/// What a replay of the log by the book gives.
#[derive(Debug)]
pub struct Replay {
    pub cells: Vec<Colour>,
    /// Coloured cells at each version, from 0.
    pub coloured: Vec<u32>,
}

/// Replays the log, and checks the rules on the way: versions without holes, and each pixel of a run on a white cell,
/// in a colour that is not white and not in the image. The images in the journal must be the same.
pub fn replay(journal: &Journal, canvas: CanvasId) -> Replay {
    let cell_count = journal.canvas(canvas).unwrap().size.cells() as usize;
    let mut cells = vec![Colour::WHITE; cell_count];
    let mut coloured = vec![0];
    let all = entries(journal, canvas);
    for (entry, version) in all.iter().zip(1..) {
        assert_eq!(entry.version, Version(version));
        match entry.change {
            Change::Pixel(pixel) => {
                let slot = pixel.cell.0 as usize;
                if matches!(entry.source, Source::Run | Source::Ping | Source::Pong) {
                    assert_eq!(cells[slot], Colour::WHITE, "cell {slot} at {version}");
                    assert_ne!(pixel.colour, Colour::WHITE, "white at {version}");
                    if cell_count <= 4_096 {
                        assert!(!cells.contains(&pixel.colour), "a colour again at {version}");
                    }
                }
                cells[slot] = pixel.colour;
            }
            Change::State { .. } => cells = image(journal, canvas, entry.version),
        }
        coloured.push(cells.iter().filter(|colour| **colour != Colour::WHITE).count() as u32);
    }
    assert_eq!(image(journal, canvas, Version(all.len() as u64)), cells, "the image at the head");
    Replay { cells, coloured }
}

impl Replay {
    /// The pictures of a run from `start` on, by their definition: the first version at which the progression is a
    /// multiple above all before it.
    pub fn pictures(&self, start: usize, granular: u32) -> Vec<Picture> {
        let percent = |coloured: u32| coloured * 100 / self.cells.len() as u32;
        let mut peak = percent(self.coloured[start]);
        let mut pictures = Vec::new();
        for (version, coloured) in self.coloured.iter().enumerate().skip(start + 1) {
            let reached = percent(*coloured);
            if reached > peak && reached % granular == 0 {
                pictures.push(Picture { percent: reached, version: Version(version as u64) });
            }
            peak = peak.max(reached);
        }
        pictures
    }

    pub fn is_complete(&self) -> bool {
        self.cells.iter().all(|colour| *colour != Colour::WHITE)
    }

    pub fn colours(&self) -> usize {
        self.cells.iter().collect::<HashSet<_>>().len()
    }
}

/// Rows of a picture in memory, which end early where `fails_at` says so.
pub struct Rows {
    pub cells: Vec<Colour>,
    pub width: usize,
    pub row: usize,
    pub fails_at: Option<usize>,
}

impl RowSource for Rows {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        if self.fails_at == Some(self.row) {
            return Err(io::Error::other("cut short"));
        }
        let cells = &self.cells[self.row * self.width..][..self.width];
        row.chunks_exact_mut(3).zip(cells).for_each(|(to, cell)| to.copy_from_slice(cell.bytes(Mode::Rgb)));
        self.row += 1;
        Ok(())
    }
}

/// Posts a picture.
pub fn post(runs: &Runs, side: Side, size: Size, cells: &[Colour], hops: Option<u32>) -> Result<(u32, bool), RunError> {
    post_rows(runs, side, size, cells, hops, None)
}

/// Posts a picture whose rows may fail.
pub fn post_rows(
    runs: &Runs,
    side: Side,
    size: Size,
    cells: &[Colour],
    hops: Option<u32>,
    fails_at: Option<usize>,
) -> Result<(u32, bool), RunError> {
    let mut open = || {
        let rows = Rows { cells: cells.to_vec(), width: size.width() as usize, row: 0, fails_at };
        Ok(Box::new(rows) as Box<dyn RowSource>)
    };
    runs.submit(Submission { side, size, open: &mut open, hops, author: None })
}

/// Numbers that look random and are the same everywhere (Knuth's MMIX constants).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(n)) as u32
    }
}
