//! Many threads at once: one order of all entries, each acknowledged append in it once and whole, nothing visible before
//! it is durable, nothing that was visible ever different.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use pixlog::canvas::{CanvasId, CellIndex, Change, Colour, Entry, Pixel, Rect, Source, Version};
use pixlog::format::{BlockView, key};
use pixlog::journal::{
    Append, Canvas, EntryFilter, Expectation, HistoryQuery, Journal, JournalError, Options, Records, StateWrite,
};
use pixlog::store::{Batch, MemoryStore, Order, Store, StoreError, Value, last_under};

use crate::common::Numbers;
use crate::common::make::rows;
use crate::regressions::{make, open};

const BLOCK: u64 = 512;

/// A store whose commits can be read some time before they are durable, and which knows what is.
#[derive(Clone, Default)]
struct Watched {
    inner: MemoryStore,
    canvases: Arc<Mutex<Vec<Canvas>>>,
    durable: Arc<Mutex<HashMap<CanvasId, Version>>>,
}

impl Watched {
    /// The newest version in the store, durable or not, read apart from the journal.
    fn newest(&self, canvas: &Canvas) -> Version {
        let blocks = last_under(&self.inner, &key::blocks(canvas.id)).unwrap();
        let full = blocks.map_or(0, |(at, _)| (key::number(&at, 1).unwrap() + 1) * BLOCK);
        let Some((at, record)) = last_under(&self.inner, &key::tails(canvas.id)).unwrap() else { return Version(full) };
        let view = BlockView::open(&at, &record, canvas.size, canvas.mode).unwrap();
        Version(full.max(key::number(&at, 1).unwrap() - 1 + view.count() as u64))
    }

    fn durable(&self, canvas: CanvasId) -> Version {
        self.durable.lock().unwrap().get(&canvas).copied().unwrap_or(Version(0))
    }
}

impl Store for Watched {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        self.inner.scan(from, to, order, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.inner.commit(batch)?;
        // As long as a good disk takes to sync.
        thread::sleep(Duration::from_micros(150));
        for canvas in &*self.canvases.lock().unwrap() {
            let newest = self.newest(canvas);
            self.durable.lock().unwrap().insert(canvas.id, newest);
        }
        Ok(())
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.inner.disk_bytes()
    }
}

/// An append that was acknowledged.
struct Acknowledged {
    canvas: CanvasId,
    first: Version,
    colours: Vec<Colour>,
}

/// Appends of pixels whose colours are used once in the whole test: the thread's number and a counter.
fn write(journal: &Journal, canvases: &[Canvas], thread: u32, appends: u32) -> Vec<Acknowledged> {
    let mut numbers = Numbers(thread.into());
    let mut counter = 0;
    let mut acknowledged = Vec::new();
    for _ in 0..appends {
        let canvas = &canvases[numbers.below(canvases.len() as u32) as usize];
        let count = if numbers.below(8) == 0 { 1 + numbers.below(700) } else { 1 + numbers.below(4) };
        let colours: Vec<_> = (counter..counter + count).map(|n| Colour::from_rgb_number(thread << 20 | n)).collect();
        counter += count;
        let mut pixel =
            |colour: &Colour| Pixel { cell: CellIndex(numbers.below(canvas.size.cells())), colour: *colour };
        let pixels: Vec<_> = colours.iter().map(&mut pixel).collect();
        let is_conditional = thread.is_multiple_of(2);
        let committed = loop {
            let head = journal.head(canvas.id).unwrap().version;
            let expectation = if is_conditional { Expectation::Head(head) } else { Expectation::Any };
            let (records, pixels) = (Records::default(), pixels.clone());
            let append = Append { canvas: canvas.id, pixels, author: None, source: Source::Api, expectation, records };
            match journal.append(append) {
                Ok(committed) if is_conditional => {
                    assert_eq!(committed.first_version, head.after(1), "a conditional write came elsewhere");
                    break committed;
                }
                Ok(committed) => break committed,
                Err(JournalError::HeadMoved { head: moved, .. }) if is_conditional => assert!(moved > head),
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!(committed.version.0 + 1 - committed.first_version.0, u64::from(count));
        // What was acknowledged is visible at once.
        assert!(journal.head(canvas.id).unwrap().version >= committed.version);
        acknowledged.push(Acknowledged { canvas: canvas.id, first: committed.first_version, colours });
    }
    acknowledged
}

/// A state that was acknowledged: its version and what it must look like.
type PutState = (CanvasId, Version, Rect, u32, Vec<u8>);

/// Puts states on a canvas that others write to.
fn put_states(journal: &Journal, canvas: &Canvas, count: u32) -> Vec<PutState> {
    let mut numbers = Numbers(99);
    let mut put = Vec::new();
    for _ in 0..count {
        let region = numbers.region(canvas.size);
        let data: Vec<u8> = (0..region.area() * 3).map(|_| numbers.below(200) as u8).collect();
        let write = StateWrite {
            canvas: canvas.id,
            region,
            author: None,
            source: Source::Restore,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        let committed = journal.put_state(write, &mut rows(&data)).unwrap();
        put.push((canvas.id, committed.version, region, committed.changed, data));
    }
    put
}

fn image(journal: &Journal, canvas: CanvasId, version: Version, region: Rect) -> Vec<u8> {
    let mut reader = journal.image_at(canvas, version, region).unwrap();
    let mut bytes = Vec::new();
    while let Some(band) = reader.next_band().unwrap() {
        bytes.extend_from_slice(band.data());
    }
    bytes
}

/// Reads while others write: never beyond what is durable, and a version that was seen once is the same for ever.
fn watch(journal: &Journal, store: &Watched, canvases: &[Canvas], known: &Mutex<HashMap<(u64, u64), u32>>, seed: u64) {
    let mut numbers = Numbers(seed);
    let canvas = &canvases[numbers.below(canvases.len() as u32) as usize];
    let head = journal.head(canvas.id).unwrap();
    let durable = store.durable(canvas.id);
    assert!(head.version <= durable, "{} is visible, {durable} durable", head.version);
    let version = Version(u64::from(numbers.next()) % (head.version.0 + 1));
    let checksum = crc32c::crc32c(&image(journal, canvas.id, version, canvas.size.rect()));
    let first = *known.lock().unwrap().entry((canvas.id.0, version.0)).or_insert(checksum);
    assert_eq!(first, checksum, "version {version} of {} changed", canvas.name);
    let query =
        HistoryQuery { order: Order::Descending, after: None, before: None, limit: 40, filter: EntryFilter::default() };
    let page = journal.history(canvas.id, &query).unwrap();
    assert!(
        page.head <= store.durable(canvas.id) && page.entries.first().is_none_or(|entry| entry.version == page.head)
    );
    assert!(journal.time_of(canvas.id, version).unwrap() <= head.time);
    let waited = journal.wait_beyond(canvas.id, head.version, Duration::from_millis(2)).unwrap();
    assert!(waited.version >= head.version && waited.version <= store.durable(canvas.id));
}

fn entries(journal: &Journal, canvas: CanvasId) -> Vec<Entry> {
    let filter = EntryFilter::default();
    let query = HistoryQuery { order: Order::Ascending, after: None, before: None, limit: usize::MAX, filter };
    journal.history(canvas, &query).unwrap().entries
}

fn check(journal: &Journal, canvas: &Canvas, acknowledged: &[Acknowledged], states: &[PutState]) {
    let entries = entries(journal, canvas.id);
    let mut expected = vec![None; entries.len()];
    for append in acknowledged.iter().filter(|append| append.canvas == canvas.id) {
        for (index, colour) in append.colours.iter().enumerate() {
            let place = &mut expected[append.first.0 as usize - 1 + index];
            assert_eq!(place.replace(*colour), None, "two entries in one place");
        }
    }
    for (number, (entry, expected)) in (1..).zip(entries.iter().zip(&expected)) {
        assert_eq!(entry.version, Version(number));
        match entry.change {
            Change::Pixel(pixel) => assert_eq!(Some(pixel.colour), *expected, "at {number}"),
            Change::State { .. } => assert_eq!(*expected, None, "at {number}"),
        }
    }
    assert!(entries.is_sorted_by_key(|entry| entry.time), "time ran backwards");
    let made = entries.iter().filter(|entry| matches!(entry.change, Change::State { .. })).count();
    let states: Vec<_> = states.iter().filter(|(id, ..)| *id == canvas.id).collect();
    assert_eq!(made, states.len());
    for (_, version, region, changed, data) in states {
        assert!(image(journal, canvas.id, *version, *region) == *data, "the state at {version}");
        let after = image(journal, canvas.id, *version, canvas.size.rect());
        let before = image(journal, canvas.id, Version(version.0 - 1), canvas.size.rect());
        let differing = after.chunks(3).zip(before.chunks(3)).filter(|(a, b)| a != b).count();
        assert_eq!(differing, *changed as usize, "the state at {version}");
    }
    let mut problems = Vec::new();
    journal.verify(canvas.id, &mut |_| {}, &mut |problem| problems.push(problem)).unwrap();
    assert_eq!(problems, Vec::<String>::new());
}

fn storm(options: Options, canvas_count: usize, appends: u32) {
    let store = Watched::default();
    let journal = open(&store, options);
    let canvases: Vec<_> =
        (0..canvas_count).map(|n| make(&journal, &format!("c{n}"), 30 + 240 * (n as u32 % 2), 20)).collect();
    store.canvases.lock().unwrap().clone_from(&canvases);
    let is_over = AtomicBool::new(false);
    let seen = Mutex::default();
    let (acknowledged, states) = thread::scope(|scope| {
        let writers: Vec<_> = (1..=4)
            .map(|number| {
                let (journal, canvases) = (&journal, &canvases);
                scope.spawn(move || write(journal, canvases, number, appends))
            })
            .collect();
        let putter = scope.spawn(|| put_states(&journal, &canvases[0], 12));
        for seed in 0..3 {
            let (journal, store, canvases, seen, is_over) = (&journal, &store, &canvases, &seen, &is_over);
            scope.spawn(move || {
                for round in 0.. {
                    if is_over.load(Relaxed) {
                        break;
                    }
                    watch(journal, store, canvases, seen, seed * 1_000_000 + round);
                }
            });
        }
        // Whatever they found, the watchers must end, or a failure would hang.
        let written: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        let put = putter.join();
        is_over.store(true, Relaxed);
        (written.into_iter().flat_map(Result::unwrap).collect::<Vec<_>>(), put.unwrap())
    });
    for canvas in &canvases {
        check(&journal, canvas, &acknowledged, &states);
    }
    // The next process sees the same.
    let store = Watched { inner: store.inner.reopen(), ..store };
    let reopened = open(&store, Options::default());
    for canvas in &canvases {
        check(&reopened, canvas, &acknowledged, &states);
    }
}

#[test]
fn one_canvas() {
    storm(Options { snapshot_blocks_min: 1, ..Options::default() }, 1, 250);
}

#[test]
fn many_canvases_in_a_small_cache() {
    let options = Options { snapshot_blocks_min: 1, canvases_cached_max: 2, band_bytes: 500, ..Options::default() };
    storm(options, 9, 150);
}
