//! Deleting a canvas: hidden at once, purged in the background, never to come back.

use std::sync::Arc;
use std::time::Duration;

use pixlog::canvas::{CanvasId, Colour, Palette, RunId, Version};
use pixlog::journal::{
    CreateTerms, Current, Expectation, Journal, JournalError, LabelWrite, Options, Records, Settings, StateWrite,
    TagWrite, Terms,
};
use pixlog::store::{Fault, MemoryStore};

use crate::common::{
    RED, append, create, error, head, kinds_left, new_canvas, open, open_with, pixel, pixels, plain, send, state, whole,
};
use crate::gated::GatedStore;

/// A canvas with records of every kind: blocks with authors, a tail, states, snapshots, tags, settings, a label.
fn full(journal: &Journal, name: &str) -> CanvasId {
    let colours = (0..1_000).map(|n| Colour::from_rgb_number(n % 600)).chain([RED, Colour::WHITE]).collect();
    let settings = Settings { palette: Some(Palette::new(colours).unwrap()), cooldown_ms: 1 };
    let terms = CreateTerms { settings, ..CreateTerms::default() };
    let id = journal.create_canvas_once(new_canvas(Some(name)), terms, |_| Records::default()).unwrap().outcome.id;
    for round in 0..5u32 {
        let some = (0..301).map(|n| pixel((n * 7) % 256, Colour::from_rgb_number((n + round) % 600))).collect();
        let author = Some(pixlog::canvas::Author { name: format!("author {round}"), authenticated: false });
        journal.append(pixlog::journal::Append { author, ..pixels(id, some) }).unwrap();
    }
    journal.put_state(state(id, whole()), &mut plain(RED)).unwrap();
    let write = TagWrite {
        canvas: id,
        tag: "best".parse().unwrap(),
        version: Some(Version(3)),
        expectation: Expectation::Any,
        idempotency: None,
    };
    journal.write_tag(write).unwrap();
    let label = Some("doomed".parse().unwrap());
    journal.write_label(LabelWrite { canvas: id, label, expectation: Expectation::Any, idempotency: None }).unwrap();
    id
}

fn options() -> Options {
    Options { snapshot_blocks_min: 1, ..Options::default() }
}

#[test]
fn a_deleted_canvas_is_gone_at_once_and_for_ever() {
    let store = MemoryStore::new();
    let mut journal = open_with(&store, options());
    let id = full(&journal, "a");
    let other = full(&journal, "b");
    journal.settle();
    assert_eq!(kinds_left(&store, id), ['a', 'b', 'c', 'd', 'f', 'i', 'p', 's', 't', 'v', 'w', 'y']);
    journal.delete_canvas(id, Expectation::Any).unwrap();
    for restarted in [false, true] {
        if restarted {
            drop(journal);
            journal = open_with(&store.reopen(), options());
        }
        let name = || "a".parse().unwrap();
        let deleted = "Deleted(Name(\"a\"))";
        assert_eq!(error(journal.canvas(id)), deleted);
        assert_eq!(error(journal.canvas_named(&name())), deleted);
        assert_eq!(error(journal.head(id)), deleted);
        assert_eq!(error(journal.append(append(id, 1))), deleted);
        assert_eq!(error(journal.put_state(state(id, whole()), &mut plain(RED))), deleted);
        assert_eq!(error(journal.image_at(id, Version(1), whole()).map(drop)), deleted);
        assert_eq!(error(journal.tags(id, None, 10)), deleted);
        assert_eq!(error(journal.delete_canvas(id, Expectation::Any)), deleted);
        let again = journal.create_canvas(new_canvas(Some("a")), Records::default());
        assert_eq!(error(again), "NameTaken(Name(\"a\"))");
        let listed: Vec<_> = journal.canvas_page(None, 10).unwrap().canvases;
        assert_eq!(listed.iter().map(|now| now.canvas.id).collect::<Vec<_>>(), [other]);
        journal.settle();
        // The tombstone, and nothing else.
        assert_eq!(kinds_left(&store, id), ['e']);
        assert_eq!(head(&journal, other), Version(5 * 301 + 1));
        let mut damaged = Vec::new();
        journal.verify(other, &mut |_| {}, &mut |what| damaged.push(what)).unwrap();
        assert_eq!(damaged, Vec::<String>::new());
    }
}

#[test]
fn the_number_of_the_newest_canvas_is_not_given_out_again() {
    let store = MemoryStore::new();
    let id = create(&open(&store), "a").id;
    let store = store.reopen();
    open(&store).delete_canvas(id, Expectation::Any).unwrap();
    let store = store.reopen();
    assert_eq!(create(&open(&store), "b").id, CanvasId(id.0 + 1));
}

#[test]
fn what_comes_after_a_deletion_in_its_group_is_refused() {
    let store = GatedStore::new(MemoryStore::new());
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    let (id, other) = (create(&journal, "a").id, create(&journal, "b").id);
    store.shut();
    let held = send(&journal, append(other, 1), Terms::default());
    store.wait_for_commit();
    std::thread::scope(|scope| {
        let before = send(&journal, append(id, 1), Terms::default());
        let deleting = scope.spawn(|| journal.delete_canvas(id, Expectation::Head(Version(1))));
        std::thread::sleep(Duration::from_millis(20));
        let after = send(&journal, append(id, 2), Terms::default());
        let before_sync = journal.head(id);
        store.open_gate();
        assert_eq!(before_sync.unwrap().version, Version(0), "what is not durable is not visible");
        held.recv().unwrap().unwrap();
        assert_eq!(before.recv().unwrap().unwrap().outcome.version, Version(1));
        deleting.join().unwrap().unwrap();
        assert_eq!(error(after.recv().unwrap()), "Deleted(Name(\"a\"))");
    });
}

/// Until it is durable nobody is told of a deletion, also who never used the canvas before.
#[test]
fn a_deletion_is_visible_when_it_is_durable() {
    let store = GatedStore::new(MemoryStore::new());
    let id = create(&Journal::open(Arc::new(store.clone()), Options::default()).unwrap(), "a").id;
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    store.shut();
    std::thread::scope(|scope| {
        let deleting = scope.spawn(|| journal.delete_canvas(id, Expectation::Any).unwrap());
        store.wait_for_commit();
        let found = (journal.head(id), journal.canvas_named(&"a".parse().unwrap()));
        // Before anything is asserted, or a failure would wait for ever.
        store.open_gate();
        deleting.join().unwrap();
        assert_eq!((found.0.unwrap().version, found.1.unwrap().id), (Version(0), id));
    });
    assert_eq!(error(journal.head(id)), "Deleted(Name(\"a\"))");
}

#[test]
fn readers_on_their_way_are_told() {
    let journal = open_with(&MemoryStore::new(), Options { band_bytes: 1, ..options() });
    let id = full(&journal, "a");
    journal.settle();
    let mut reader = journal.image_at(id, Version(700), whole()).unwrap();
    reader.next_band().unwrap().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| journal.wait_beyond(id, Version(9_999), Duration::from_secs(60)));
        std::thread::sleep(Duration::from_millis(10));
        journal.delete_canvas(id, Expectation::Any).unwrap();
        assert_eq!(error(waiting.join().unwrap()), "Deleted(Name(\"a\"))");
    });
    assert_eq!(error(reader.next_band()), "Deleted(Name(\"a\"))");
}

/// Threads that read without pause while the canvas is deleted and purged see what was there, or are told.
#[test]
fn no_reader_sees_half_of_a_purge() {
    for _ in 0..8 {
        let store = MemoryStore::new();
        let journal = open_with(&store, Options { band_bytes: 200, ..options() });
        let id = full(&journal, "a");
        journal.settle();
        let version = Version(1_500);
        let image = |journal: &Journal| -> Result<Vec<u8>, JournalError> {
            let (mut reader, mut bytes) = (journal.image_at(id, version, whole())?, Vec::new());
            while let Some(band) = reader.next_band()? {
                bytes.extend_from_slice(band.data());
            }
            Ok(bytes)
        };
        let expected = image(&journal).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    loop {
                        match image(&journal) {
                            Ok(found) => assert_eq!(found, expected),
                            Err(JournalError::Deleted(_)) => break,
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
            std::thread::sleep(Duration::from_millis(3));
            journal.delete_canvas(id, Expectation::Any).unwrap();
        });
        journal.settle();
        assert_eq!(kinds_left(&store, id), ['e']);
    }
}

/// Writers that go on while the canvas is deleted leave nothing behind.
#[test]
fn nothing_is_written_past_a_deletion() {
    let store = MemoryStore::new();
    let journal = open_with(&store, options());
    let id = create(&journal, "a").id;
    std::thread::scope(|scope| {
        for thread in 0..3u32 {
            let journal = &journal;
            scope.spawn(move || {
                for n in 0.. {
                    let colour = Colour::from_rgb_number(thread * 1_000 + n);
                    let outcome = if n % 3 == 0 {
                        let write: StateWrite = state(id, whole());
                        journal.put_state(write, &mut plain(colour)).map(drop)
                    } else {
                        journal.append(pixels(id, vec![pixel(n % 256, colour); 200])).map(drop)
                    };
                    match outcome {
                        Ok(()) => {}
                        Err(JournalError::Deleted(_)) => break,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_millis(30));
        journal.delete_canvas(id, Expectation::Any).unwrap();
    });
    journal.settle();
    assert_eq!(kinds_left(&store, id), ['e']);
}

#[test]
fn a_purge_that_was_cut_off_goes_on_at_the_next_start() {
    for fault in [Fault::PowerLossBeforeSync, Fault::PowerLossAfterSync, Fault::IoBefore, Fault::IoAfter] {
        for later in 2.. {
            let mut store = MemoryStore::new();
            let journal = open_with(&store, options());
            let id = full(&journal, "a");
            journal.settle();
            let commits = store.commits();
            store.fail_at_commit(commits + later, fault);
            journal.delete_canvas(id, Expectation::Any).unwrap();
            journal.settle();
            let is_over = store.commits() < commits + later;
            store.clear_faults();
            drop(journal);
            store = store.reopen();
            let journal = open_with(&store, options());
            assert_eq!(error(journal.head(id)), "Deleted(Name(\"a\"))");
            journal.settle();
            assert_eq!(kinds_left(&store, id), ['e'], "{fault:?} at commit {later}");
            if is_over {
                assert!(later > 5, "the purge took {later} commits");
                break;
            }
        }
    }
}

#[test]
fn a_canvas_with_damaged_records_can_be_deleted() {
    let store = MemoryStore::new();
    let id = full(&open(&store), "a");
    let store = store.reopen();
    let tail = store.keys().into_iter().find(|key| key[0] == b't').unwrap();
    assert!(store.corrupt(&tail, |bytes| bytes[9] ^= 1));
    let journal = open(&store);
    assert!(error(journal.head(id)).starts_with("Corrupt"));
    assert_eq!(journal.canvas_page(None, 10).unwrap().canvases, []);
    assert!(error(journal.delete_canvas(id, Expectation::Head(Version(1)))).starts_with("Corrupt"));
    journal.delete_canvas(id, Expectation::Any).unwrap();
    assert_eq!(error(journal.head(id)), "Deleted(Name(\"a\"))");
    journal.settle();
    assert_eq!(kinds_left(&store, id), ['e']);
}

#[test]
fn the_current_canvas_is_none_once_it_is_deleted() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let current = Current { canvas: CanvasId(0), run: Some(RunId(1)) };
    let records = Records { run: None, current: Some(current) };
    let id = journal.create_canvas(new_canvas(None), records).unwrap().id;
    assert_eq!(journal.current().unwrap(), Some(Current { canvas: id, ..current }));
    journal.delete_canvas(id, Expectation::Any).unwrap();
    assert_eq!(journal.current().unwrap(), None);
    drop(journal);
    assert_eq!(open(&store.reopen()).current().unwrap(), None);
}

#[test]
fn a_refused_deletion_changes_nothing() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = create(&journal, "a").id;
    assert!(error(journal.delete_canvas(id, Expectation::Head(Version(1)))).starts_with("HeadMoved"));
    store.set_full(true);
    assert!(error(journal.delete_canvas(id, Expectation::Any)).starts_with("Store(Full"));
    store.set_full(false);
    assert_eq!(journal.append(append(id, 1)).unwrap().version, Version(1));
    assert_eq!(error(journal.delete_canvas(CanvasId(9), Expectation::Any)), "NoCanvasId(CanvasId(9))");
}

/// A purge that finds the disk full is put off: nobody waits for it, and the next start takes it up.
#[test]
fn a_purge_that_finds_the_disk_full_is_put_off() {
    let store = MemoryStore::new();
    let journal = open_with(&store, options());
    let id = full(&journal, "a");
    journal.settle();
    let before = store.commits();
    store.fail_at_commit(before + 2, Fault::Full);
    journal.delete_canvas(id, Expectation::Any).unwrap();
    journal.settle();
    assert!(kinds_left(&store, id).len() > 2, "it was purged all the same");
    assert_eq!(store.commits(), before + 2);
    drop(journal);
    store.clear_faults();
    let store = store.reopen();
    let journal = open_with(&store, options());
    journal.settle();
    assert_eq!(kinds_left(&store, id), ['e']);
}
