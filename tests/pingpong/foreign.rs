//! Others draw on the canvas of a run while it goes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use pixlog::canvas::{Author, CanvasId, Mode, Rect, Source};
use pixlog::journal::{Expectation, Journal, Records, RowSource, StateWrite};
use pixlog::pingpong::{RunStatus, Runs};
use pixlog::store::{Batch, MemoryStore, Order, Store, StoreError, Value};

use crate::common::{Numbers, Rows, draw, finish, fresh, journal, journal_of, pixel, replay, until};

/// Puts a rectangle of one colour, or of noise, onto the canvas.
fn put(journal: &Journal, canvas: CanvasId, region: Rect, colour: u32) {
    let write = StateWrite {
        canvas,
        region,
        author: Some(Author { name: "a painter".to_owned(), authenticated: false }),
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    };
    let cells = (0..region.area() as u32).map(|i| if colour == 0 { pixel(0, i * 77 + 5) } else { pixel(0, colour) });
    let cells: Vec<_> = cells.map(|pixel| pixel.colour).collect();
    let mut open = || {
        let rows = Rows { cells: cells.clone(), width: region.w as usize, row: 0, fails_at: None };
        Ok(Box::new(rows) as Box<dyn RowSource>)
    };
    journal.put_state(write, &mut open).unwrap();
    assert_eq!(journal.canvas(canvas).unwrap().mode, Mode::Rgb);
}

const WHITE: u32 = 0x00ff_ffff;

#[test]
fn pixels_of_others_are_seen_and_left() {
    for seed in 0..12 {
        let journal = journal(11);
        let runs = Runs::new(journal.clone());
        let view = runs.start(fresh(40, 30, 7, seed), true).unwrap();
        let canvas = view.canvas.id;
        let mut numbers = Numbers(seed);
        for _ in 0..60 {
            let count = 1 + numbers.below(11);
            // Any colour, white too, and colours that the run uses itself.
            let pixels = (0..count).map(|_| {
                let colour = if numbers.below(4) == 0 { WHITE } else { numbers.below(1 << 24) };
                pixel(numbers.below(1_200), colour)
            });
            draw(&journal, canvas, pixels.collect());
        }
        let view = finish(&runs, view.id);
        assert_eq!((view.status, view.progression), (RunStatus::Completed, 100), "{view:?}");
        let replay = replay(&journal, canvas);
        // What was drawn after the run was complete is not part of it.
        let own: Vec<_> = replay.pictures(0, 7).into_iter().filter(|p| p.version <= view.version).collect();
        assert_eq!(view.pictures, own, "seed {seed}");
        assert!(view.version.0 >= 1_200);
    }
}

#[test]
fn as_many_foreign_pixels_as_an_append_has_confuse_nothing() {
    let journal = journal(8);
    let runs = Runs::new(journal.clone());
    for seed in 0..8 {
        let view = runs.start(fresh(32, 32, 10, seed), true).unwrap();
        for round in 0..20 {
            draw(&journal, view.canvas.id, (0..8).map(|i| pixel(round * 50 + i, round * 1_000 + i)).collect());
        }
        finish(&runs, view.id);
        let replay = replay(&journal, view.canvas.id);
        assert!(replay.is_complete());
    }
}

#[test]
fn states_of_others_are_seen_and_left() {
    for seed in 0..8 {
        let journal = journal(16);
        let runs = Runs::new(journal.clone());
        let view = runs.start(fresh(50, 40, 9, seed), true).unwrap();
        let canvas = view.canvas.id;
        let mut numbers = Numbers(seed + 100);
        for round in 0..8 {
            let (x, y) = (numbers.below(40), numbers.below(30));
            let region = Rect { x, y, w: 1 + numbers.below(10), h: 1 + numbers.below(10) };
            put(&journal, canvas, region, [0, WHITE, 0x0012_3456][round % 3]);
        }
        let view = finish(&runs, view.id);
        assert_eq!((view.status, view.progression), (RunStatus::Completed, 100), "{view:?}");
        let replay = replay(&journal, canvas);
        let own: Vec<_> = replay.pictures(0, 9).into_iter().filter(|p| p.version <= view.version).collect();
        assert_eq!(view.pictures, own, "seed {seed}");
    }
}

/// A store whose commits take a while: whoever was answered first is back in the queue long before a run has read what
/// it missed.
struct Slow(MemoryStore);

impl Store for Slow {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.0.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        self.0.scan(from, to, order, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        std::thread::sleep(Duration::from_millis(2));
        self.0.commit(batch)
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.0.disk_bytes()
    }
}

#[test]
fn a_run_is_not_starved() {
    let journal = journal_of(Slow(MemoryStore::new()), 64);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(48, 48, 10, 1), true).unwrap();
    let (stop, canvas) = (AtomicBool::new(false), view.canvas.id);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (journal, stop) = (&journal, &stop);
            scope.spawn(move || {
                let mut numbers = Numbers(writer);
                while !stop.load(Ordering::Relaxed) {
                    draw(journal, canvas, vec![pixel(numbers.below(100), numbers.below(1 << 16))]);
                }
            });
        }
        let view = runs.wait(view.id, usize::MAX, Duration::from_secs(20)).unwrap();
        stop.store(true, Ordering::Relaxed);
        assert_eq!((view.status, view.error), (RunStatus::Completed, None));
    });
    assert!(replay(&journal, canvas).is_complete());
}

#[test]
fn others_may_complete_the_canvas() {
    let journal = journal(3);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(200, 200, 10, 1), true).unwrap();
    runs.pause(view.id).unwrap();
    let whole = Rect { x: 0, y: 0, w: 200, h: 200 };
    put(&journal, view.canvas.id, whole, 0);
    assert_eq!(runs.current_progression().unwrap(), 100);
    runs.resume(view.id).unwrap();
    let after = finish(&runs, view.id);
    assert_eq!((after.status, after.progression), (RunStatus::Completed, 100));
    assert_eq!(after.pictures.last().map(|picture| picture.percent), Some(100));
    until("recording the end", || Runs::new(journal.clone()).view(view.id).unwrap().status == RunStatus::Completed);
}

#[test]
fn colours_that_were_painted_over_are_found_again() {
    // All but 4,095 colours are needed. Some 8,000 pixels are whitened while the run waits: what it does not know is
    // free again it finds by looking at the image once more.
    let journal = journal(65_536);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(4_096, 4_095, 1, 1), true).unwrap();
    runs.wait(view.id, 0, crate::common::LONG).unwrap();
    let paused = runs.pause(view.id).unwrap();
    assert!((1..90).contains(&paused.progression), "{paused:?}");
    let rows = 2 + 200 / paused.progression;
    put(&journal, view.canvas.id, Rect { x: 0, y: 0, w: 4_096, h: rows }, WHITE);
    runs.resume(view.id).unwrap();
    let after = finish(&runs, view.id);
    assert_eq!((after.status, after.pixels), (RunStatus::Completed, 4_096 * 4_095), "{after:?}");
    let whitened = after.version.0 - 1 - u64::from(after.pixels);
    assert!(whitened > 4_095, "only {whitened} colours were freed");
}
