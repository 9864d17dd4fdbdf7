//! A process that writes to a store on disk is killed, again and again, some times while it opens the store; what it
//! acknowledged is there, nothing is half there, and the next process goes on.
//!
//! Everything an entry is follows from its canvas and version, so that the log needs no second copy to be checked by:
//! only the newest acknowledged version of each canvas comes through the pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pixlog::canvas::{CanvasId, CellIndex, Change, Colour, Entry, Mode, Pixel, Size, Source, Version};
use pixlog::journal::{
    Append, Canvas, EntryFilter, Expectation, HistoryQuery, Journal, NewCanvas, Options, Records, StateWrite,
};
use pixlog::store::{Order, SledOptions, SledStore, Store};

use crate::common::Numbers;
use crate::common::make::rows;
use crate::common::model::{background, paint};
use crate::number;

const CANVASES: u64 = 3;
const DIRECTORY: &str = "PIXLOG_KILLED_DIRECTORY";

fn open(directory: &Path) -> (Journal, Arc<dyn Store>) {
    let options = SledOptions { reserve_bytes: 1 << 20, ..SledOptions::default() };
    let store: Arc<dyn Store> = Arc::new(SledStore::open(directory, &options).unwrap());
    let options = Options { snapshot_blocks_min: 4, ..Options::default() };
    (Journal::open(store.clone(), options).unwrap(), store)
}

/// The canvas, made where it is missing.
fn canvas(journal: &Journal, number: u64) -> Canvas {
    let name = format!("killed{number}").parse().unwrap();
    if let Ok(canvas) = journal.canvas_named(&name) {
        return canvas;
    }
    let size = Size::new(100 + 80 * number as u32, 90).unwrap();
    let new = NewCanvas { name: Some(name), size, mode: Mode::Rgb, background: Colour::WHITE };
    journal.create_canvas(new, Records::default()).unwrap()
}

/// What comes after a version: so many pixels, or a state.
enum Next {
    Pixels(Vec<Pixel>),
    State(Colour),
}

fn next(canvas: &Canvas, head: Version) -> Next {
    let mut numbers = Numbers(head.0 * 31 + canvas.id.0);
    numbers.next();
    let kind = numbers.below(60);
    if kind == 0 {
        return Next::State(Colour::from_rgb_number(head.0 as u32 + 1));
    }
    let count = if kind < 6 { 1 + numbers.below(2_000) } else { 1 + numbers.below(12) };
    let pixel = |index: u64| {
        let mut numbers = Numbers((head.0 + index) * 17 + canvas.id.0);
        numbers.next();
        Pixel { cell: CellIndex(numbers.below(canvas.size.cells())), colour: Colour::from_rgb_number(numbers.next()) }
    };
    Next::Pixels((1..=count.into()).map(pixel).collect())
}

/// Writes one step; returns the head after it.
fn write(journal: &Journal, canvas: &Canvas, head: Version) -> Version {
    match next(canvas, head) {
        Next::Pixels(pixels) => {
            let append = Append {
                canvas: canvas.id,
                pixels,
                author: None,
                source: Source::Api,
                expectation: Expectation::Head(head),
                records: Records::default(),
            };
            journal.append(append).unwrap().version
        }
        Next::State(colour) => {
            let write = StateWrite {
                canvas: canvas.id,
                region: canvas.size.rect(),
                author: None,
                source: Source::Api,
                expectation: Expectation::Head(head),
                records: Records::default(),
            };
            let mut noise = Numbers(colour.rgb_number().into());
            let data: Vec<u8> =
                (0..canvas.size.cells()).flat_map(|_| noise.colour(Mode::Rgb).0[..3].to_vec()).collect();
            journal.put_state(write, &mut rows(&data)).unwrap().version
        }
    }
}

/// The process that is killed. Each line is written at once, whole, and after the answer it speaks of.
#[test]
#[ignore = "started by the test beside it"]
fn child() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let (journal, _store) = open(Path::new(&directory));
    thread::scope(|scope| {
        for number in 0..CANVASES {
            let journal = &journal;
            scope.spawn(move || {
                let canvas = canvas(journal, number);
                let mut head = journal.head(canvas.id).unwrap().version;
                loop {
                    head = write(journal, &canvas, head);
                    let line = format!("acknowledged {number} {}\n", head.0);
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                    std::io::stdout().flush().unwrap();
                }
            });
        }
    });
}

/// What the parent knows of one canvas: the image and the head that it checked last.
struct Known {
    head: Version,
    image: Vec<u8>,
}

/// Starts the child, kills it after a while, and returns the newest version that it acknowledged of each canvas.
fn run_and_kill(directory: &Path, after: Duration) -> Vec<u64> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--ignored", "--nocapture", "--test-threads=1"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = thread::spawn(move || {
        let mut acknowledged = vec![0; CANVASES as usize];
        for line in output.lines().map_while(Result::ok) {
            let mut words = line.split_whitespace();
            if words.next() == Some("acknowledged")
                && let (Some(canvas), Some(version)) = (words.next(), words.next())
            {
                acknowledged[canvas.parse::<usize>().unwrap()] = version.parse().unwrap();
            }
        }
        acknowledged
    });
    thread::sleep(after);
    // SIGKILL; it is this test's own child, by its handle.
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(status.code().is_none(), "it ended by itself: {status}");
    reader.join().unwrap()
}

fn entries_after(journal: &Journal, canvas: CanvasId, after: Version) -> Vec<Entry> {
    let (mut entries, mut after) = (Vec::new(), Some(after));
    while after.is_some() {
        let filter = EntryFilter::default();
        let query = HistoryQuery { order: Order::Ascending, after, before: None, limit: 10_000, filter };
        let page = journal.history(canvas, &query).unwrap();
        entries.extend(page.entries);
        after = page.next;
    }
    entries
}

/// The new entries are what follows from the versions, whole steps only; the image is theirs.
fn check_canvas(journal: &Journal, canvas: &Canvas, known: &mut Known, acknowledged: u64) {
    let head = journal.head(canvas.id).unwrap().version;
    assert!(head.0 >= acknowledged, "{}: {acknowledged} was acknowledged, {head} is left", canvas.name);
    let entries = entries_after(journal, canvas.id, known.head);
    assert_eq!(entries.len() as u64, head.0 - known.head.0);
    assert!(entries.is_sorted_by_key(|entry| (entry.time, entry.version)));
    let mut rest = entries.as_slice();
    while let Some(first) = rest.first() {
        let step = match next(canvas, known.head) {
            Next::Pixels(pixels) => {
                let found: Vec<_> = rest.iter().take(pixels.len()).map(|entry| entry.change).collect();
                let expected: Vec<_> = pixels.iter().copied().map(Change::Pixel).collect();
                assert!(found == expected, "{} after {}: half a step", canvas.name, known.head);
                paint(&mut known.image, Mode::Rgb, &pixels);
                pixels.len()
            }
            Next::State(colour) => {
                assert!(matches!(first.change, Change::State { .. }));
                let mut noise = Numbers(colour.rgb_number().into());
                for cell in known.image.as_chunks_mut::<3>().0 {
                    cell.copy_from_slice(&noise.colour(Mode::Rgb).0[..3]);
                }
                1
            }
        };
        known.head = known.head.after(step as u64);
        rest = &rest[step..];
    }
    let mut reader = journal.image_at(canvas.id, head, canvas.size.rect()).unwrap();
    let mut image = Vec::new();
    while let Some(band) = reader.next_band().unwrap() {
        image.extend_from_slice(band.data());
    }
    assert!(image == known.image, "{} at {head} is another image", canvas.name);
    let mut problems = Vec::new();
    journal.verify(canvas.id, &mut |_| {}, &mut |problem| problems.push(problem)).unwrap();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_process_killed_again_and_again_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut known: Vec<Option<Known>> = (0..CANVASES).map(|_| None).collect();
    let mut numbers = Numbers(std::process::id().into());
    let (mut written, mut opened_only) = (0, 0);
    for cycle in 0..number("PIXLOG_KILLS", 10) {
        // Every third is killed while it starts.
        let delay = if cycle % 3 == 2 { numbers.below(40) } else { 150 + numbers.below(500) };
        let acknowledged = run_and_kill(directory.path(), Duration::from_millis(delay.into()));
        opened_only += u32::from(acknowledged.iter().all(|version| *version == 0));
        let (journal, store) = open(directory.path());
        let marks = store.scan(b"g", b"h", Order::Ascending, 10).unwrap();
        assert!(marks.is_empty(), "{} staging marks are left after start {cycle}", marks.len());
        for number in 0..CANVASES {
            let canvas = canvas(&journal, number);
            let known = known[number as usize].get_or_insert_with(|| Known {
                head: Version(0),
                image: background(canvas.size, canvas.mode, canvas.background),
            });
            check_canvas(&journal, &canvas, known, acknowledged[number as usize]);
            // Writing goes on: a step here, too, some times without closing behind it.
            write(&journal, &canvas, known.head);
            check_canvas(&journal, &canvas, known, 0);
            written = written.max(known.head.0);
        }
        journal.close();
        drop((journal, store));
        let blobs = std::fs::read_dir(directory.path().join("store/blobs")).unwrap().count();
        assert_eq!(blobs, 0, "files under blobs/ are never synced");
    }
    println!("{written} versions on the largest canvas; {opened_only} killed before they wrote anything");
    assert!(written > 1_000, "only {written} versions were written");
}
