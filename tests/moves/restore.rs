//! An earlier image becomes the head.

use std::sync::atomic::{AtomicBool, Ordering};

use pixlog::canvas::{Change, Rect, Source, Version};
use pixlog::journal::{Expectation, JournalError, StateWrite};
use pixlog::store::Fault;

use crate::support::{Numbers, assert_sound, canvas, draw, entries, head, image, journal, open, paint, pixel, write};

#[test]
fn an_earlier_image_becomes_the_head() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 40, 60);
    let mut numbers = Numbers(1);
    for _ in 0..3 {
        let pixels = (0..700).map(|_| numbers.pixel(art.size)).collect();
        draw(&journal, art.id, None, pixels);
        paint(&journal, &art, Rect { x: 3, y: 5, w: 20, h: 30 }, None, |_| numbers.colour());
    }
    let last = head(&journal, &art);
    for version in [0, 1, 512, 700, 701, 1_500] {
        let before = image(&journal, &art, head(&journal, &art));
        let wanted = image(&journal, &art, Version(version));
        let done = journal.restore(write(&art), Version(version)).unwrap();
        assert_eq!(done.version, head(&journal, &art));
        assert!(image(&journal, &art, done.version) == wanted, "version {version}");
        let changed = before.chunks(3).zip(wanted.chunks(3)).filter(|(a, b)| a != b).count();
        assert_eq!(done.changed as usize, changed);
        let entry = entries(&journal, &art).pop().unwrap();
        assert_eq!((entry.source, entry.version), (Source::Restore, done.version));
        assert_eq!(entry.change, Change::State { region: art.size.rect(), changed: done.changed });
    }
    assert_eq!(head(&journal, &art), last.after(6));
    assert_sound(&journal, &art);
}

#[test]
fn restoring_what_is_there_makes_no_entry() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, None, vec![pixel(1, 7), pixel(1, 0x00ff_ffff)]);
    let done = journal.restore(write(&art), Version(0)).unwrap();
    assert_eq!((done.version, done.changed), (Version(2), 0));
    assert_eq!(head(&journal, &art), Version(2));
}

#[test]
fn a_part_is_restored_alone() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, None, vec![pixel(0, 1), pixel(15, 2)]);
    let region = Rect { x: 2, y: 2, w: 2, h: 2 };
    let done = journal.restore(StateWrite { region, ..write(&art) }, Version(0)).unwrap();
    assert_eq!(done.changed, 1);
    assert_eq!(image(&journal, &art, done.version), image(&journal, &art, Version(1)));
}

#[test]
fn what_cannot_be_restored_is_refused() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, None, vec![pixel(1, 7)]);
    let error = journal.restore(write(&art), Version(2)).unwrap_err();
    assert_eq!(error.to_string(), "version 2 does not exist yet: the newest is 1");
    let stale = StateWrite { expectation: Expectation::Head(Version(0)), ..write(&art) };
    let error = journal.restore(stale, Version(0)).unwrap_err();
    assert!(matches!(error, JournalError::HeadMoved { expected: Version(0), head: Version(1) }), "{error}");
    assert_eq!(head(&journal, &art), Version(1));
}

/// The reader's own error comes out, not one of an image that cannot be decoded.
#[test]
fn a_damaged_log_is_named() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, None, vec![pixel(1, 7)]);
    draw(&journal, art.id, None, vec![pixel(1, 8)]);
    let tail = store.keys().into_iter().find(|key| key[0] == b't').unwrap();
    assert!(store.corrupt(&tail, |bytes| bytes[20] ^= 1));
    let error = journal.restore(write(&art), Version(1)).unwrap_err();
    assert_eq!(error.to_string(), "tail record 1 of canvas 1 is damaged: its checksum does not match");
}

#[test]
fn a_restore_is_not_starved_by_writers() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 64, 64);
    draw(&journal, art.id, None, vec![pixel(9, 7)]);
    let stop = AtomicBool::new(false);
    let done = std::thread::scope(|scope| {
        for start in [0, 2_000] {
            let (journal, art, stop) = (&journal, &art, &stop);
            scope.spawn(move || {
                for cell in (start..start + 2_000).cycle() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    draw(journal, art.id, None, vec![pixel(cell, 5)]);
                }
            });
        }
        let done = journal.restore(write(&art), Version(0));
        stop.store(true, Ordering::Relaxed);
        done.unwrap()
    });
    assert!(image(&journal, &art, done.version).iter().all(|byte| *byte == 255));
    assert_sound(&journal, &art);
}

#[test]
fn a_restore_that_fails_leaves_nothing() {
    for fault in Fault::ALL {
        for commit in 1..6 {
            let (journal, store) = journal();
            let art = canvas(&journal, "art", 60, 60);
            let mut numbers = Numbers(3);
            paint(&journal, &art, art.size.rect(), None, |_| numbers.colour());
            let old = image(&journal, &art, Version(1));
            store.fail_at_commit(store.commits() + commit, fault);
            let outcome = journal.restore(write(&art), Version(0));
            drop(journal);
            store.clear_faults();
            let store = store.reopen();
            let journal = open(&store);
            let now = head(&journal, &art);
            assert!(outcome.is_err() || now == Version(2), "{fault:?} at {commit}: an answer without its entry");
            let wanted = if now == Version(1) { old } else { vec![255; old.len()] };
            assert_eq!(image(&journal, &art, now), wanted, "{fault:?} at {commit}");
            assert!(!store.keys().iter().any(|key| key[0] == b'g'), "a staging mark is left");
            assert_sound(&journal, &art);
        }
    }
}
