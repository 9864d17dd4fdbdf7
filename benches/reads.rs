//! What each way to read costs on a canvas of which every cell was set once, in random order: 4072×4072, or the side
//! that is named. `cargo bench --bench reads [-- SIDE]`. sled's cache holds 8 MiB, so that most reads find it cold.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use pixlog::canvas::{CellIndex, Colour, Mode, Permutation, Pixel, Rect, Size, Source, Time, Version};
use pixlog::journal::{
    Append, Canvas, DiffQuery, EntryFilter, Expectation, FramesQuery, HistoryQuery, Journal, NewCanvas, Options,
    Records,
};
use pixlog::store::{Order, SledOptions, SledStore};

const BATCH: u32 = 65_536;

fn main() {
    let width = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(4_072);
    let directory = tempfile::tempdir().unwrap();
    let backend = Arc::new(SledStore::open(directory.path(), &SledOptions::default()).unwrap());
    let journal = Journal::open(backend, Options::default()).unwrap();
    let size = Size::new(width, width).unwrap();
    let new = NewCanvas { name: None, size, mode: Mode::Rgb, background: Colour::WHITE };
    let canvas = journal.create_canvas(new, Records::default()).unwrap();
    let began = Instant::now();
    fill(&journal, &canvas);
    println!("filled in {:?}", began.elapsed());
    let began = Instant::now();
    journal.settle();
    println!("settled after {:?}", began.elapsed());
    let (stats, disk_bytes) = (journal.stats(canvas.id).unwrap(), journal.disk_bytes().unwrap());
    println!("{stats:?}");
    println!("{disk_bytes} bytes of disk, {:.2} times the log", to_f64(disk_bytes) / to_f64(stats.log_bytes));
    let bench = Bench { journal, canvas, head: u64::from(size.cells()), random: Permutation::new(size.cells(), 9) };
    bench.images();
    bench.cells();
    bench.ranges();
    let process = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", process.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default());
}

/// Sets each cell once, two batches under way at a time.
fn fill(journal: &Journal, canvas: &Canvas) {
    let cells = canvas.size.cells();
    let (places, colours) = (Permutation::new(cells, 1), Permutation::new(1 << 24, 2));
    let (sender, receiver) = channel();
    let mut under_way = 0;
    for start in (0..cells).step_by(BATCH as usize) {
        let pixel = |n: u32| Pixel {
            cell: CellIndex(places.get(n).unwrap()),
            colour: Colour::from_rgb_number(colours.get(n % (1 << 24)).unwrap()),
        };
        let sender = sender.clone();
        let append = Append {
            canvas: canvas.id,
            pixels: (start..cells.min(start + BATCH)).map(pixel).collect(),
            author: None,
            source: Source::Run,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        journal.append_then(append, move |outcome| sender.send(outcome.unwrap()).unwrap()).unwrap();
        under_way += 1;
        if under_way == 2 {
            receiver.recv().unwrap();
            under_way -= 1;
        }
    }
    for _ in 0..under_way {
        receiver.recv().unwrap();
    }
}

struct Bench {
    journal: Journal,
    canvas: Canvas,
    head: u64,
    random: Permutation,
}

impl Bench {
    /// A random number below `n`, another one for each `index`.
    fn below(&self, n: u64, index: u32) -> u64 {
        u64::from(self.random.get(index % self.canvas.size.cells()).unwrap()) % n
    }

    fn version(&self, index: u32) -> Version {
        Version(self.below(self.head + 1, index))
    }

    fn position(&self, index: u32) -> (u32, u32) {
        self.canvas.size.position(CellIndex(self.random.get(index % self.canvas.size.cells()).unwrap()))
    }

    fn images(&self) {
        let (journal, id, size) = (&self.journal, self.canvas.id, self.canvas.size);
        let read = |version: Version| {
            let mut reader = journal.image_at(id, version, size.rect()).unwrap();
            while reader.next_band().unwrap().is_some() {}
        };
        measure("image, newest", 10, |_| read(Version(self.head)));
        measure("image, random version", 20, |index| read(self.version(index)));
        let grid = pixlog::canvas::TileGrid::new(size);
        let columns = u64::from(size.width().div_ceil(256));
        let column = |index: u32| u32::try_from(self.below(columns, index)).unwrap();
        measure("tile, full size, random version", 500, |index| {
            journal.tile(id, self.version(index), grid.max_zoom(), column(index + 500), column(index + 1_000)).unwrap();
        });
        measure("tile, zoom 0, random version", 20, |index| {
            journal.tile(id, self.version(index), 0, 0, 0).unwrap();
        });
        measure("time-lapse, 100 frames of 512", 5, |_| {
            let query = FramesQuery { from: Version(0), to: Version(self.head), count: 100, side_max: 512 };
            let mut frames = journal.frames(id, query).unwrap();
            while frames.next_frame().unwrap().is_some() {}
        });
    }

    fn cells(&self) {
        let (journal, id) = (&self.journal, self.canvas.id);
        let (first, last) = (self.canvas.created_at.0, journal.head(id).unwrap().time.0);
        measure("version at a random time", 500, |index| {
            let after = self.below((last - first).unsigned_abs() + 1, index).cast_signed();
            journal.version_at(id, Time(first + after)).unwrap();
        });
        measure("pixel at a random version", 200, |index| {
            let (x, y) = self.position(index + 10_000);
            journal.pixel_at(id, self.version(index), x, y).unwrap();
        });
        measure("whole history of a pixel", 100, |index| {
            let (x, y) = self.position(index + 20_000);
            pages(None, |query| journal.pixel_history(id, x, y, query).unwrap().next);
        });
    }

    fn ranges(&self) {
        let (journal, id, size) = (&self.journal, self.canvas.id, self.canvas.size);
        let small = Rect { x: size.width() / 3, y: size.height() / 3, w: 10, h: 10 };
        measure("history of a region of 10×10, first page", 100, |_| {
            journal.history(id, &query(Some(small))).unwrap();
        });
        measure("history of a region of 10×10, all pages", 5, |_| {
            pages(Some(small), |query| journal.history(id, query).unwrap().next);
        });
        let diff = |from: u64, to: u64, region: Rect, limit: usize| {
            let (from, to) = (Version(from), Version(to));
            journal.diff(id, &DiffQuery { from, to, region, after: None, limit, is_counted: true }).unwrap();
        };
        measure("diff of everything, counted", 5, |_| diff(0, self.head, size.rect(), 10_000));
        measure("diff of neighbours, 1,000 entries apart", 5, |_| {
            diff(self.head - 1_000, self.head, size.rect(), 10_000);
        });
        measure("diff of a region of 10×10", 20, |_| diff(self.head / 3, self.head, small, 10_000));
        measure("tiles changed since a random version", 50, |index| {
            journal.tiles_changed(id, self.version(index)).unwrap();
        });
        measure("timeline of 200 buckets", 10, |_| {
            journal.timeline(id, Version(0), Version(self.head), 200).unwrap();
        });
        measure("rows of 65,536 pixels", 100, |index| {
            journal.log_rows(id, self.version(index), 65_536).unwrap();
        });
    }
}

/// Reads all pages.
fn pages(region: Option<Rect>, read: impl Fn(&HistoryQuery) -> Option<Version>) {
    let mut query = query(region);
    while let Some(next) = read(&query) {
        query.before = Some(next);
    }
}

fn query(region: Option<Rect>) -> HistoryQuery {
    let filter = EntryFilter { region, ..EntryFilter::default() };
    HistoryQuery { order: Order::Descending, after: None, before: None, limit: 100, filter }
}

/// Does something so many times and says how long it took.
fn measure(name: &str, times: u32, mut work: impl FnMut(u32)) {
    let mut taken: Vec<(Duration, Duration)> = (0..times)
        .map(|index| {
            let (start, start_cpu) = (Instant::now(), cpu_time());
            work(index);
            (start.elapsed(), cpu_time().saturating_sub(start_cpu))
        })
        .collect();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    taken.sort();
    let at = |percent: usize| taken[(taken.len() * percent / 100).min(taken.len() - 1)];
    let (median, last) = (at(50).0, at(99).0);
    taken.sort_by_key(|(_, cpu)| *cpu);
    let (cpu, last_cpu) = (taken[taken.len() / 2].1, taken[(taken.len() * 99 / 100).min(taken.len() - 1)].1);
    println!(
        "{name:<44} {:>9.2} ms, p99 {:>9.2} ms; processor {:>9.2} ms, p99 {:>9.2} ms",
        ms(median),
        ms(last),
        ms(cpu),
        ms(last_cpu)
    );
}

/// What this thread has spent on a processor; Linux only, else nothing.
fn cpu_time() -> Duration {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(status.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio with two digits")]
const fn to_f64(bytes: u64) -> f64 {
    bytes as f64
}
