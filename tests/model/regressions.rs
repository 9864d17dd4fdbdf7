//! What was found once, by name.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use pixlog::canvas::{CanvasId, CellIndex, Colour, Mode, Pixel, Rect, Size, Source, Time, Version};
use pixlog::format::{Slot, Who, encode_block, key};
use pixlog::journal::{
    Append, Canvas, Current, EntryFilter, Expectation, HistoryQuery, Journal, JournalError, Kind, NewCanvas, Options,
    Records, StateWrite,
};
use pixlog::store::{MemoryStore, Order, Store, StoreError};

use crate::common::gated::GatedStore;
use crate::common::make::{options, rows};
use crate::common::world::World;
use crate::stores::{Measured, SlowScan};

const SOON: Duration = Duration::from_secs(20);

pub fn open(store: &(impl Store + Clone), options: Options) -> Journal {
    Journal::open(Arc::new(store.clone()), options).unwrap()
}

pub fn make(journal: &Journal, name: &str, width: u32, height: u32) -> Canvas {
    let size = Size::new(width, height).unwrap();
    let new = NewCanvas { name: Some(name.parse().unwrap()), size, mode: Mode::Rgb, background: Colour::WHITE };
    journal.create_canvas(new, Records::default()).unwrap()
}

pub fn append_of(canvas: CanvasId, count: usize, colour: u32) -> Append {
    Append {
        canvas,
        pixels: vec![Pixel { cell: CellIndex(0), colour: Colour::from_rgb_number(colour) }; count],
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    }
}

fn state_of(canvas: &Canvas) -> StateWrite {
    StateWrite {
        canvas: canvas.id,
        region: canvas.size.rect(),
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    }
}

/// Runs `work` on a thread of its own; a deadlock fails the test instead of hanging it.
fn within_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(SOON).expect("it hangs, or panicked")
}

/// Rows that are opened only when a test lets them.
struct Held {
    rows: Vec<u8>,
    opened: usize,
    before: Box<dyn FnMut(usize) + Send>,
}

impl Held {
    fn open(&mut self) -> std::io::Result<Box<dyn pixlog::journal::RowSource>> {
        self.opened += 1;
        (self.before)(self.opened);
        rows(&self.rows)()
    }
}

/// A full disk once answered a reservation with its error, and then nobody could give the reservation back.
#[test]
fn a_full_disk_does_not_leave_a_canvas_reserved() {
    let gated = GatedStore::new(MemoryStore::new());
    let journal = open(&gated, Options::default());
    let canvas = make(&journal, "a", 4, 4);
    let other = make(&journal, "b", 4, 4);
    let (writer, gate) = (journal.clone(), gated.clone());
    let mut held = Held {
        rows: vec![7; 48],
        opened: 0,
        before: Box::new(move |opened| {
            if opened <= 3 {
                // Another writer comes between, three times.
                writer.append(append_of(canvas.id, 1, opened as u32)).unwrap();
            }
            if opened == 3 {
                // While this commit is under way, the state's third try comes into the queue, and a write behind it.
                gate.shut();
                writer.append_then(append_of(other.id, 1, 1), |_| {}).unwrap();
                gate.wait_for_commit();
                let (writer, gate) = (writer.clone(), gate.clone());
                thread::spawn(move || {
                    thread::sleep(Duration::from_millis(300));
                    let (again, inner) = (writer.clone(), gate.inner.clone());
                    let reply = move |_| {
                        // The state knows of its defeat by now and asks for the canvas. The committer, held up here,
                        // will find that in one group with a write for which there is no room.
                        thread::sleep(Duration::from_millis(300));
                        inner.set_full(true);
                        let has_room = inner.clone();
                        again.append_then(append_of(other.id, 1, 3), move |_| has_room.set_full(false)).unwrap();
                    };
                    writer.append_then(append_of(other.id, 1, 2), reply).unwrap();
                    gate.open_gate();
                });
            }
        }),
    };
    let put = {
        let (journal, canvas) = (journal.clone(), canvas.clone());
        within_time(move || journal.put_state(state_of(&canvas), &mut || held.open()))
    };
    assert_eq!(put.unwrap().version, Version(4));
    assert_eq!(journal.head(other.id).unwrap().version, Version(2), "one write found the disk full");
    let after = within_time(move || journal.append(append_of(canvas.id, 1, 9)));
    assert_eq!(after.unwrap().version, Version(5));
}

/// Writes that waited for a reservation once used up the bound on queued pixels, so that the state they waited for and
/// the end of its reservation were refused for ever.
#[test]
fn writes_that_wait_for_a_state_do_not_keep_it_from_ending() {
    let journal = open(&MemoryStore::new(), Options::default());
    let canvas = make(&journal, "a", 4, 4);
    let writer = journal.clone();
    let mut held = Held {
        rows: vec![7; 48],
        opened: 0,
        before: Box::new(move |opened| {
            if opened <= 3 {
                writer.append(append_of(canvas.id, 1, opened as u32)).unwrap();
            } else {
                // The canvas is reserved: these wait, 32 times 65,536 pixels, all that may.
                for _ in 0..32 {
                    writer.append_then(append_of(canvas.id, 65_536, 5), |_| {}).unwrap();
                }
                let refused = writer.append_then(append_of(canvas.id, 1, 5), |_| {});
                assert!(matches!(refused, Err(JournalError::Overloaded)), "{refused:?}");
            }
        }),
    };
    let put = {
        let (journal, canvas) = (journal.clone(), canvas.clone());
        within_time(move || journal.put_state(state_of(&canvas), &mut || held.open()))
    };
    assert_eq!(put.unwrap().version, Version(4));
    let last = within_time(move || {
        loop {
            match journal.append(append_of(canvas.id, 1, 9)) {
                Err(JournalError::Overloaded) => thread::yield_now(),
                outcome => return outcome.unwrap().version,
            }
        }
    });
    assert_eq!(last, Version(4 + 32 * 65_536 + 1));
}

/// Requests that are put aside once were not counted: they had no bound.
#[test]
fn writes_that_wait_for_a_state_are_bounded_in_number() {
    let options = Options { queue_max: 16, ..Options::default() };
    let journal = open(&MemoryStore::new(), options);
    let canvas = make(&journal, "a", 4, 4);
    let writer = journal.clone();
    let (count, counted) = channel();
    let mut held = Held {
        rows: vec![7; 48],
        opened: 0,
        before: Box::new(move |opened| {
            if opened <= 3 {
                writer.append(append_of(canvas.id, 1, opened as u32)).unwrap();
                return;
            }
            let deadline = Instant::now() + Duration::from_millis(500);
            let mut taken = 0;
            while Instant::now() < deadline {
                taken += u32::from(writer.append_then(append_of(canvas.id, 1, 5), |_| {}).is_ok());
            }
            count.send(taken).unwrap();
        }),
    };
    let put = {
        let (journal, canvas) = (journal.clone(), canvas.clone());
        within_time(move || journal.put_state(state_of(&canvas), &mut || held.open()))
    };
    assert_eq!(put.unwrap().version, Version(4));
    let taken = counted.recv().unwrap();
    assert!((16..=33).contains(&taken), "{taken} writes were taken");
}

/// The last handle may be dropped by the committer, with a reply that holds it; it cannot wait for itself.
#[test]
fn the_committer_may_drop_the_last_handle() {
    within_time(|| {
        let gated = GatedStore::new(MemoryStore::new());
        let journal = open(&gated, Options::default());
        let canvas = make(&journal, "a", 4, 4);
        gated.shut();
        let last = journal.clone();
        let (sender, receiver) = channel();
        let reply = move |outcome: Result<_, _>| {
            drop(last);
            sender.send(outcome).unwrap();
        };
        journal.append_then(append_of(canvas.id, 1, 1), reply).unwrap();
        gated.wait_for_commit();
        drop(journal);
        gated.open_gate();
        assert_eq!(receiver.recv().unwrap().unwrap().version, Version(1));
        let again = open(&gated, Options::default());
        assert_eq!(again.head(canvas.id).unwrap().version, Version(1));
    });
}

/// A committer that panics was once not told from a journal that stops.
#[test]
fn a_journal_whose_committer_panics_is_poisoned() {
    let journal = open(&MemoryStore::new(), Options::default());
    let canvas = make(&journal, "a", 4, 4);
    journal.append_then(append_of(canvas.id, 1, 1), |_| panic!("this panic is part of the test")).unwrap();
    let deadline = Instant::now() + SOON;
    while journal.poisoned().is_none() && Instant::now() < deadline {
        thread::yield_now();
    }
    assert_eq!(journal.poisoned().as_deref(), Some("the committer panicked"));
    let refused = within_time(move || journal.append(append_of(canvas.id, 1, 1)));
    assert!(matches!(refused, Err(JournalError::Store(StoreError::Poisoned))), "{refused:?}");
}

/// A canvas, and its name, could be seen between the writing of its records and their sync.
#[test]
fn a_canvas_is_seen_only_when_it_is_durable() {
    let gated = GatedStore::new(MemoryStore::new());
    let journal = open(&gated, Options::default());
    make(&journal, "a", 4, 4);
    gated.shut();
    let maker = journal.clone();
    let made = thread::spawn(move || make(&maker, "b", 4, 4));
    gated.wait_for_commit();
    let named = |name: &str| journal.canvas_named(&name.parse().unwrap());
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 1);
    assert!(matches!(named("b"), Err(JournalError::NoCanvas(_))), "{:?}", named("b"));
    assert!(matches!(journal.canvas(CanvasId(2)), Err(JournalError::NoCanvasId(_))));
    gated.open_gate();
    let made = made.join().unwrap();
    assert_eq!(named("b").unwrap(), made);
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 2);
}

/// After a sync failed the store shows what is not durable; a canvas that had left the cache was once read from there.
#[test]
fn what_was_not_synced_stays_unseen_after_the_failure() {
    let gated = GatedStore::new(MemoryStore::new());
    let journal = open(&gated, Options { canvases_cached_max: 1, ..Options::default() });
    let canvas = make(&journal, "a", 4, 4);
    let other = make(&journal, "b", 4, 4);
    journal.append(append_of(canvas.id, 3, 1)).unwrap();
    gated.shut();
    let writer = journal.clone();
    let lost = thread::spawn(move || writer.append(append_of(canvas.id, 2, 2)));
    gated.wait_for_commit();
    gated.fail();
    let outcome = lost.join().unwrap();
    assert!(matches!(outcome, Err(JournalError::Store(StoreError::Io { .. }))), "{outcome:?}");
    for _ in 0..3 {
        assert_eq!(journal.head(other.id).unwrap().version, Version(0));
        assert_eq!(journal.head(canvas.id).unwrap().version, Version(3));
    }
    assert!(journal.poisoned().is_some());
    let refused = journal.append(append_of(other.id, 1, 1));
    assert!(matches!(refused, Err(JournalError::Store(StoreError::Poisoned))), "{refused:?}");
}

/// A reader that had read a canvas's records before a commit once put that older head in the place of the newer one,
/// when the canvas had come and gone from the cache meanwhile; then the next writer wrote over acknowledged entries.
#[test]
fn a_slow_reader_does_not_bring_back_an_old_head() {
    let slow = SlowScan::default();
    let journal = open(&slow, Options { canvases_cached_max: 1, ..Options::default() });
    let canvas = make(&journal, "a", 4, 4);
    journal.append(append_of(canvas.id, 1, 1)).unwrap();
    let others: Vec<_> = (0..4).map(|n| make(&journal, &format!("other{n}"), 4, 4)).collect();
    let push_out = || {
        for other in others.iter().cycle().take(2 * others.len()) {
            journal.append(append_of(other.id, 1, 1)).unwrap();
        }
    };
    push_out();
    let reader = journal.clone();
    slow.hold_next_scan_of(key::tails(canvas.id));
    let read = thread::spawn(move || reader.head(canvas.id).unwrap().version);
    slow.wait_until_held();
    journal.append(append_of(canvas.id, 5, 2)).unwrap();
    push_out();
    slow.let_go();
    assert_eq!(read.join().unwrap(), Version(6));
    assert_eq!(journal.head(canvas.id).unwrap().version, Version(6));
    assert_eq!(journal.append(append_of(canvas.id, 1, 3)).unwrap().version, Version(7));
}

/// A region beyond all numbers overflowed where states are filtered by region.
#[test]
fn a_history_of_a_region_beyond_all_numbers_is_empty() {
    let journal = open(&MemoryStore::new(), Options::default());
    let canvas = make(&journal, "a", 4, 4);
    journal.put_state(state_of(&canvas), &mut rows(&[1; 48])).unwrap();
    let region = Rect { x: u32::MAX, y: u32::MAX, w: u32::MAX, h: u32::MAX };
    let filter = EntryFilter { region: Some(region), ..EntryFilter::default() };
    let query = HistoryQuery { order: Order::Ascending, after: None, before: None, limit: 9, filter };
    assert_eq!(journal.history(canvas.id, &query).unwrap().entries, []);
}

/// The longest wait there is overflowed the clock.
#[test]
fn a_wait_may_be_as_long_as_it_likes() {
    let journal = open(&MemoryStore::new(), Options::default());
    let canvas = make(&journal, "a", 4, 4);
    let waiter = journal.clone();
    let waiting = thread::spawn(move || waiter.wait_beyond(canvas.id, Version(0), Duration::MAX).unwrap());
    thread::sleep(Duration::from_millis(50));
    journal.append(append_of(canvas.id, 1, 1)).unwrap();
    assert_eq!(waiting.join().unwrap().version, Version(1));
}

/// What the store cannot take once failed the commit of everybody, and poisoned the journal.
#[test]
fn a_record_of_a_run_that_is_too_long_is_refused() {
    let journal = open(&MemoryStore::new(), Options::default());
    let canvas = make(&journal, "a", 4, 4);
    let records = Records { run: Some((journal.new_run_id(), vec![0; 7_000])), current: None };
    let refused = journal.write_records(records.clone());
    assert!(matches!(refused, Err(JournalError::RecordTooLong { bytes: 7_000, .. })), "{refused:?}");
    let refused = journal.append(Append { records, ..append_of(canvas.id, 1, 1) });
    assert!(matches!(refused, Err(JournalError::RecordTooLong { .. })), "{refused:?}");
    assert_eq!(journal.append(append_of(canvas.id, 1, 1)).unwrap().version, Version(1));
}

/// A start once failed where the current canvas did not exist.
#[test]
fn a_current_canvas_that_is_not_there_does_not_keep_the_journal_from_opening() {
    let store = MemoryStore::new();
    let current = Current { canvas: CanvasId(99), run: None };
    open(&store, Options::default()).write_records(Records { run: None, current: Some(current) }).unwrap();
    assert_eq!(open(&store, Options::default()).current().unwrap(), Some(current));
}

/// Staged data of a state whose rows fail was left until the next start.
#[test]
fn a_state_that_fails_halfway_leaves_nothing() {
    let store = MemoryStore::new();
    let journal = open(&store, Options { snapshots: false, band_bytes: 1, ..Options::default() });
    let canvas = make(&journal, "a", 600, 600);
    let before = store.keys();
    let noise: Vec<u8> = {
        let mut numbers = crate::common::Numbers(5);
        (0..600 * 600 * 3).map(|_| numbers.below(256) as u8).collect()
    };
    let mut opened = 0;
    let outcome = journal.put_state(state_of(&canvas), &mut || {
        opened += 1;
        // Compared, weighed, and then, when the tiles are staged, cut short.
        let rows_given = if opened == 3 { 500 } else { 600 };
        rows(&noise[..rows_given * 600 * 3])()
    });
    assert!(matches!(outcome, Err(JournalError::Rows(_))), "{outcome:?}");
    assert_eq!(opened, 3);
    assert_eq!(store.keys(), before);
}

/// More changed pixels than are kept as a list.
#[test]
fn a_state_of_a_million_changes_is_stored_as_tiles() {
    let mut world = World::in_memory(Options { band_bytes: 1 << 20, ..options(3) });
    world.restart().unwrap();
    let journal = world.journal().clone();
    let canvas = make(&journal, "a", 1_100, 1_000);
    let mut numbers = crate::common::Numbers(5);
    let noise: Vec<u8> = (0..1_100 * 1_000 * 3).map(|_| numbers.below(255) as u8).collect();
    let committed = journal.put_state(state_of(&canvas), &mut rows(&noise)).unwrap();
    assert_eq!((committed.version, committed.changed), (Version(1), 1_100_000));
    let mut reader = journal.image_at(canvas.id, Version(1), canvas.size.rect()).unwrap();
    let mut found = Vec::new();
    while let Some(band) = reader.next_band().unwrap() {
        found.extend_from_slice(band.data());
    }
    assert!(found == noise);
}

/// A group of many canvases once wrote all their tails in one commit, whatever its size.
#[test]
fn a_group_of_many_canvases_stays_small() {
    let gated = GatedStore::new(MemoryStore::new());
    let largest = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let store = Measured { inner: gated.clone(), largest: largest.clone() };
    let journal = open(&store, Options { canvases_cached_max: 1_000, ..Options::default() });
    let canvases: Vec<_> = (0..600).map(|n| make(&journal, &format!("c{n}"), 64, 64)).collect();
    gated.shut();
    journal.append_then(append_of(canvases[0].id, 1, 1), |_| {}).unwrap();
    gated.wait_for_commit();
    let (sender, receiver) = channel();
    for canvas in &canvases {
        let sender = sender.clone();
        journal
            .append_then(append_of(canvas.id, 500, 1), move |outcome| sender.send(outcome.is_ok()).unwrap())
            .unwrap();
    }
    gated.open_gate();
    drop(sender);
    assert_eq!(receiver.iter().filter(|is_ok| *is_ok).count(), 600);
    let largest = largest.load(std::sync::atomic::Ordering::Relaxed);
    assert!(largest <= 1 << 20, "a commit of {largest} bytes");
}

/// The clock may be set back: an entry is never older than the one before it.
#[test]
fn time_stands_still_where_the_clock_runs_backwards() {
    let store = MemoryStore::new();
    let canvas = {
        let journal = open(&store, Options::default());
        let canvas = make(&journal, "a", 4, 4);
        journal.append(append_of(canvas.id, 1, 1)).unwrap();
        canvas
    };
    // As it is where the entry was written while the clock was an hour ahead.
    let ahead = Time(canvas.created_at.0 + 3_600_000);
    let at = key::tail(canvas.id, Version(1));
    let pixel = Some(Pixel { cell: CellIndex(0), colour: Colour::WHITE });
    let slot = Slot { pixel, who: Who { time: ahead, ..Who::default() } };
    let (record, _) = encode_block(&at, canvas.size, canvas.mode, &[slot]);
    assert!(store.corrupt(&at, |bytes| bytes.clone_from(&record)));
    let journal = open(&store.reopen(), Options::default());
    assert_eq!(journal.append(append_of(canvas.id, 600, 1)).unwrap().time, ahead);
    journal.put_state(state_of(&canvas), &mut rows(&[1; 48])).unwrap();
    for version in [1, 2, 512, 513, 602] {
        assert_eq!(journal.time_of(canvas.id, Version(version)).unwrap(), ahead);
    }
}

/// A page looks at a bounded number of entries: what is sought between them comes on the next one, once.
#[test]
fn a_history_goes_on_where_a_page_found_too_little() {
    let options = Options { snapshots: false, page_records_max: 128, ..Options::default() };
    let journal = open(&MemoryStore::new(), options);
    let canvas = make(&journal, "a", 4, 4);
    let mut expected = Vec::new();
    // States around the ends of the stretches that one page looks at, about 128 blocks, from either side.
    for before in [0, 511, 65_535 - 513, 0, 0, 66_559 - 65_538, 0, 131_071 - 66_561, 0, 0, 1_000] {
        if before > 0 {
            journal.append(append_of(canvas.id, before, 1)).unwrap();
        }
        let rows_given = [expected.len() as u8 + 2; 48];
        expected.push(journal.put_state(state_of(&canvas), &mut rows(&rows_given)).unwrap().version);
    }
    for order in [Order::Ascending, Order::Descending] {
        let (mut after, mut before, mut found, mut pages) = (None, None, Vec::new(), 0);
        loop {
            let filter = EntryFilter { kind: Some(Kind::State), ..EntryFilter::default() };
            let query = HistoryQuery { order, after, before, limit: 100, filter };
            let page = journal.history(canvas.id, &query).unwrap();
            found.extend(page.entries.into_iter().map(|entry| entry.version));
            pages += 1;
            match (page.next, order) {
                (None, _) => break,
                (next, Order::Ascending) => after = next,
                (next, Order::Descending) => before = next,
            }
        }
        if order == Order::Descending {
            found.reverse();
        }
        assert_eq!(found, expected, "{order:?}");
        assert!(pages > 1, "one page looked at everything");
    }
}
