//! A journal in memory, and beside it the plainest thing that gives the same answers.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use pixlog::canvas::{
    Author, CanvasId, CellIndex, Change, Colour, Entry, Mode, Pixel, Raster, Rect, Size, Source, Version,
};
use pixlog::journal::{
    Append, EntryFilter, Expectation, HistoryQuery, Journal, NewCanvas, Options, Records, RowSource, StateWrite,
};
use pixlog::store::{MemoryStore, Order, Store};
use proptest::prelude::*;

/// What a writer does.
#[derive(Debug, Clone)]
pub enum Step {
    /// Appends pixels: cells, taken modulo the canvas, and one of a few colours.
    Pixels(Vec<(u32, u8)>, Option<u8>),
    /// Replaces a rectangle (fractions of the canvas in 16ths) by noise from a seed, or by one colour.
    State(Rect, u32, bool),
    /// Lets time pass.
    Wait,
}

/// One of 8 colours: few, so that entries repeat what is there.
pub fn colour(number: u8, mode: Mode) -> Colour {
    let alpha = if mode == Mode::Rgba && number % 8 == 7 { 9 } else { 255 };
    if number.is_multiple_of(8) { Colour::WHITE } else { Colour([number % 8, 100, 7, alpha]) }
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pixels = proptest::collection::vec((any::<u32>(), 0u8..8), 1..900);
    let step = prop_oneof![
        4 => (pixels, proptest::option::of(0u8..3)).prop_map(|(pixels, author)| Step::Pixels(pixels, author)),
        2 => (0u32..16, 0u32..16, 1u32..16, 1u32..16, any::<u32>(), any::<bool>())
            .prop_map(|(x, y, w, h, seed, is_noise)| Step::State(Rect { x, y, w, h }, seed, is_noise)),
        1 => Just(Step::Wait),
    ];
    proptest::collection::vec(step, 1..9)
}

/// A journal with one canvas, the entries of its log, and each image on the way.
pub struct Model {
    pub journal: Journal,
    pub canvas: CanvasId,
    pub size: Size,
    pub mode: Mode,
    /// What the journal says that its entries are, checked against what was written.
    pub entries: Vec<Entry>,
    /// The cells that each entry set: all that its pixel or state wrote.
    pub writes: Vec<Vec<Pixel>>,
}

impl Model {
    pub fn new(store: Arc<dyn Store>, options: Options, size: Size, mode: Mode) -> Self {
        let journal = Journal::open(store, options).unwrap();
        let new = NewCanvas { name: None, size, mode, background: Colour::WHITE };
        let canvas = journal.create_canvas(new, Records::default()).unwrap().id;
        Self { journal, canvas, size, mode, entries: Vec::new(), writes: Vec::new() }
    }

    /// A model with these steps written, in memory, snapshots often.
    pub fn written(size: Size, mode: Mode, steps: &[Step]) -> Self {
        let options = Options { snapshot_blocks_min: 2, band_bytes: 1_000, page_records_max: 3, ..Options::default() };
        let mut model = Self::new(Arc::new(MemoryStore::new()), options, size, mode);
        for step in steps {
            model.step(step);
        }
        model.finish();
        model
    }

    pub fn head(&self) -> Version {
        Version(self.writes.len() as u64)
    }

    pub fn step(&mut self, step: &Step) {
        match step {
            Step::Wait => std::thread::sleep(Duration::from_millis(2)),
            Step::Pixels(pixels, author) => {
                let pixels = pixels.iter().map(|(cell, number)| Pixel {
                    cell: CellIndex(cell % self.size.cells()),
                    colour: colour(*number, self.mode),
                });
                let author = author.map(|n| Author { name: format!("author {}", n / 2), authenticated: n % 2 == 1 });
                self.append(pixels.collect(), author);
            }
            Step::State(rect, seed, is_noise) => self.state(*rect, *seed, *is_noise),
        }
    }

    pub fn append(&mut self, pixels: Vec<Pixel>, author: Option<Author>) {
        self.writes.extend(pixels.iter().map(|pixel| vec![*pixel]));
        let append = Append {
            canvas: self.canvas,
            pixels,
            author,
            source: Source::Api,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        assert_eq!(self.journal.append(append).unwrap().version, self.head());
    }

    fn state(&mut self, rect: Rect, seed: u32, is_noise: bool) {
        let (w, h) = (self.size.width(), self.size.height());
        let (x, y) = (rect.x * w / 16, rect.y * h / 16);
        let region = Rect { x, y, w: (rect.w * w / 16).clamp(1, w - x), h: (rect.h * h / 16).clamp(1, h - y) };
        let at = |x: u32, y: u32| {
            let number = if is_noise { (x.wrapping_mul(7) ^ y.wrapping_mul(13)).wrapping_add(seed) } else { seed };
            Pixel { cell: self.size.cell(x, y).unwrap(), colour: colour(number.to_le_bytes()[0], self.mode) }
        };
        let cells: Vec<_> =
            (y..y + region.h).flat_map(|y| (x..x + region.w).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
        let before = self.image(self.head());
        let changed: Vec<_> =
            cells.iter().filter(|pixel| before[pixel.cell.0 as usize] != pixel.colour).copied().collect();
        let write = StateWrite {
            canvas: self.canvas,
            region,
            author: None,
            source: Source::Ping,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        let mode = self.mode;
        let mut open = || Ok(Box::new(Rows(cells.clone().into_iter(), mode)) as Box<dyn RowSource>);
        let committed = self.journal.put_state(write, &mut open).unwrap();
        assert_eq!(committed.changed as usize, changed.len());
        if !changed.is_empty() {
            self.writes.push(changed);
        }
    }

    /// Reads the entries back, all at once, and checks them against what was written.
    pub fn finish(&mut self) {
        self.journal.settle();
        let query = HistoryQuery {
            order: Order::Ascending,
            after: None,
            before: None,
            limit: usize::MAX,
            filter: EntryFilter::default(),
        };
        self.entries = pages(&query, |query| {
            let page = self.journal.history(self.canvas, query).unwrap();
            (page.entries, page.next)
        });
        assert_eq!(self.entries.len(), self.writes.len());
        for ((entry, writes), version) in self.entries.iter().zip(&self.writes).zip(1..) {
            assert_eq!(entry.version, Version(version));
            match entry.change {
                Change::Pixel(pixel) => assert_eq!(&[pixel], writes.as_slice()),
                Change::State { changed, .. } => assert_eq!(changed as usize, writes.len()),
            }
        }
    }

    /// The colours of all cells at a version.
    pub fn image(&self, version: Version) -> Vec<Colour> {
        let mut image = vec![Colour::WHITE; self.size.cells() as usize];
        for pixel in self.writes.iter().take(usize::try_from(version.0).unwrap()).flatten() {
            image[pixel.cell.0 as usize] = pixel.colour;
        }
        image
    }

    /// The image at a version as the journal shows it.
    pub fn journal_image(&self, version: Version) -> Vec<Colour> {
        let mut reader = self.journal.image_at(self.canvas, version, self.size.rect()).unwrap();
        let mut image = Vec::new();
        while let Some(band) = reader.next_band().unwrap() {
            image.extend(colours(&band));
        }
        image
    }

    /// Some versions: the ends, and about `count` between.
    pub fn some_versions(&self, count: u64) -> Vec<Version> {
        let head = self.head().0;
        (0..=count).map(|step| Version(head * step / count)).collect()
    }
}

/// The colours of a raster, row by row.
pub fn colours(raster: &Raster) -> Vec<Colour> {
    raster.data().chunks(raster.mode().channels()).map(|cell| Colour::from_cell(cell).unwrap()).collect()
}

/// All pages, one after another.
pub fn pages<T>(query: &HistoryQuery, mut read: impl FnMut(&HistoryQuery) -> (Vec<T>, Option<Version>)) -> Vec<T> {
    let mut query = query.clone();
    let mut all = Vec::new();
    loop {
        let (found, next) = read(&query);
        assert!(found.len() <= query.limit);
        all.extend(found);
        match (next, query.order) {
            (None, _) => return all,
            (Some(next), Order::Ascending) => {
                assert!(query.after.is_none_or(|after| after < next), "a page that goes on goes forward");
                query.after = Some(next);
            }
            (Some(next), Order::Descending) => {
                assert!(query.before.is_none_or(|before| before > next), "a page that goes on goes back");
                query.before = Some(next);
            }
        }
    }
}

struct Rows(std::vec::IntoIter<Pixel>, Mode);

impl RowSource for Rows {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        for cell in row.chunks_exact_mut(self.1.channels()) {
            cell.copy_from_slice(self.0.next().unwrap().colour.bytes(self.1));
        }
        Ok(())
    }
}
