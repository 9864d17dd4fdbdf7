//! What the tests of this folder share: a journal in memory, and a model of what it should hold.

use std::io;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use pixlog::canvas::{Author, CanvasId, CellIndex, Change, Colour, Entry, Mode, Pixel, Rect, Size, Source, Version};
use pixlog::journal::{
    Append, Canvas, EntryFilter, Expectation, HistoryQuery, Journal, NewCanvas, Options, Records, RowSource, StateWrite,
};
use pixlog::store::{Batch, MemoryStore, Order, Store, StoreError, Value};

/// A journal whose bands are small, so that even small canvases have several.
pub fn options() -> Options {
    Options { band_bytes: 2_000, snapshot_blocks_min: 1, ..Options::default() }
}

/// As [`journal`], for larger canvases.
pub fn large_journal() -> (Journal, MemoryStore) {
    let store = MemoryStore::new();
    (open_large(&store), store)
}

/// As [`open`], for larger canvases.
pub fn open_large(store: &MemoryStore) -> Journal {
    let options = Options { band_bytes: 200_000, ..options() };
    Journal::open(Arc::new(store.clone()) as Arc<dyn Store>, options).unwrap()
}

pub fn open(store: &MemoryStore) -> Journal {
    Journal::open(Arc::new(store.clone()) as Arc<dyn Store>, options()).unwrap()
}

/// A journal in a new store in memory.
pub fn journal() -> (Journal, MemoryStore) {
    let store = MemoryStore::new();
    (open(&store), store)
}

/// A generator of numbers that looks random and is the same everywhere (Knuth's MMIX constants).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(n)).unwrap()
    }

    /// One of a few colours, so that equal ones meet.
    pub fn colour(&mut self) -> Colour {
        Colour::from_rgb_number(self.below(5) * 0x0011_2233)
    }

    pub fn pixel(&mut self, size: Size) -> Pixel {
        Pixel { cell: CellIndex(self.below(size.cells())), colour: self.colour() }
    }
}

pub fn author(name: &str) -> Author {
    Author { name: name.to_owned(), authenticated: false }
}

pub fn new_canvas(name: &str, width: u32, height: u32) -> NewCanvas {
    let size = Size::new(width, height).unwrap();
    NewCanvas { name: Some(name.parse().unwrap()), size, mode: Mode::Rgb, background: Colour::WHITE }
}

pub fn canvas(journal: &Journal, name: &str, width: u32, height: u32) -> Canvas {
    journal.create_canvas(new_canvas(name, width, height), Records::default()).unwrap()
}

pub fn draw(journal: &Journal, canvas: CanvasId, by: Option<&str>, pixels: Vec<Pixel>) -> Version {
    let append = Append {
        canvas,
        pixels,
        author: by.map(author),
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    };
    journal.append(append).unwrap().version
}

pub fn pixel(cell: u32, colour: u32) -> Pixel {
    Pixel { cell: CellIndex(cell), colour: Colour::from_rgb_number(colour) }
}

pub fn write(canvas: &Canvas) -> StateWrite {
    StateWrite {
        canvas: canvas.id,
        region: canvas.size.rect(),
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    }
}

/// Rows from memory.
pub struct Bytes(pub Vec<u8>, pub usize);

impl RowSource for Bytes {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        let end = self.1 + row.len();
        row.copy_from_slice(self.0.get(self.1..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        self.1 = end;
        Ok(())
    }
}

/// Replaces a rectangle by cells that `colour` chooses by their number within it.
pub fn paint(
    journal: &Journal,
    canvas: &Canvas,
    region: Rect,
    by: Option<&str>,
    mut colour: impl FnMut(u64) -> Colour,
) -> Version {
    let cells: Vec<u8> = (0..region.area()).flat_map(|cell| colour(cell).bytes(canvas.mode).to_vec()).collect();
    let write = StateWrite { region, author: by.map(author), ..write(canvas) };
    let mut open = || Ok(Box::new(Bytes(cells.clone(), 0)) as Box<dyn RowSource>);
    journal.put_state(write, &mut open).unwrap().version
}

/// Every cell of the image at a version.
pub fn image(journal: &Journal, canvas: &Canvas, version: Version) -> Vec<u8> {
    let mut reader = journal.image_at(canvas.id, version, canvas.size.rect()).unwrap();
    let mut cells = Vec::new();
    while let Some(band) = reader.next_band().unwrap() {
        cells.extend_from_slice(band.data());
    }
    cells
}

pub fn head(journal: &Journal, canvas: &Canvas) -> Version {
    journal.head(canvas.id).unwrap().version
}

/// Every entry of a canvas, oldest first.
pub fn entries(journal: &Journal, canvas: &Canvas) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let query = HistoryQuery {
            order: Order::Ascending,
            after,
            before: None,
            limit: 10_000,
            filter: EntryFilter::default(),
        };
        let page = journal.history(canvas.id, &query).unwrap();
        found.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

/// Nothing is damaged.
pub fn assert_sound(journal: &Journal, canvas: &Canvas) {
    let mut damaged = Vec::new();
    journal.verify(canvas.id, &mut |_| {}, &mut |what| damaged.push(what)).unwrap();
    assert_eq!(damaged, Vec::<String>::new());
}

/// The image as it would be had the entries that `is_undone` names not happened, from the images at every version: a
/// state has written the cells that it changed. Also how many cells they had written and others have written since.
pub fn without(journal: &Journal, canvas: &Canvas, is_undone: impl Fn(&Entry) -> bool) -> (Vec<u8>, u32) {
    let mut images = vec![image(journal, canvas, Version(0))];
    let mut target = images[0].clone();
    let cells = canvas.size.cells() as usize;
    let (mut touched, mut visible) = (vec![false; cells], vec![false; cells]);
    for entry in entries(journal, canvas) {
        let (before, after) = (images.pop().unwrap(), image(journal, canvas, entry.version));
        let undone = is_undone(&entry);
        for cell in 0..cells {
            let range = cell * 3..cell * 3 + 3;
            let is_written = match entry.change {
                Change::Pixel(pixel) => pixel.cell.0 as usize == cell,
                Change::State { .. } => before[range.clone()] != after[range.clone()],
            };
            if !is_written {
                continue;
            }
            visible[cell] = undone;
            if undone {
                touched[cell] = true;
            } else {
                target[range.clone()].copy_from_slice(&after[range]);
            }
        }
        images.push(after);
    }
    let skipped = touched.iter().zip(&visible).filter(|(touched, visible)| **touched && !**visible).count();
    (target, u32::try_from(skipped).unwrap())
}

/// A store in memory that lets something else happen before one of the reads of the thread that made it.
pub struct Interrupted {
    store: MemoryStore,
    thread: ThreadId,
    planned: Mutex<Option<Planned>>,
}

/// What happens after so many more reads.
type Planned = (u64, Box<dyn FnOnce() + Send>);

impl Interrupted {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { store: MemoryStore::new(), thread: thread::current().id(), planned: Mutex::new(None) })
    }

    /// After `reads` more reads, and before the next one, `what` happens.
    pub fn before_read(&self, reads: u64, what: impl FnOnce() + Send + 'static) {
        *self.planned.lock().unwrap() = Some((reads, Box::new(what)));
    }

    pub fn has_happened(&self) -> bool {
        self.planned.lock().unwrap().take().is_none()
    }

    fn read(&self) {
        if thread::current().id() != self.thread {
            return;
        }
        let mut planned = self.planned.lock().unwrap();
        match planned.take() {
            Some((0, what)) => {
                drop(planned);
                what();
            }
            later => *planned = later.map(|(reads, what)| (reads - 1, what)),
        }
    }
}

impl Store for Interrupted {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.read();
        self.store.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        self.read();
        self.store.scan(from, to, order, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.store.commit(batch)
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.store.disk_bytes()
    }
}
