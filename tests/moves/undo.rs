//! Taking back what is still visible of some entries.

use proptest::prelude::*;

use pixlog::canvas::{Author, Change, Entry, Rect, Source, Version};
use pixlog::journal::{
    Canvas, Expectation, Journal, JournalError, Options, StateWrite, Undo, UndoCommitted, UndoEntries,
};
use pixlog::store::{Fault, MemoryStore};

use crate::support::{
    Interrupted, Numbers, assert_sound, author, canvas, draw, entries, head, image, journal, open, options, paint,
    pixel, without, write,
};

fn versions(first: u64, last: u64) -> Undo {
    Undo { entries: UndoEntries::Versions(Version(first), Version(last)), only: None }
}

fn by(name: &str) -> Undo {
    Undo { entries: UndoEntries::Author { name: name.to_owned(), since: None }, only: None }
}

fn undo(journal: &Journal, canvas: &Canvas, undo: Undo) -> UndoCommitted {
    journal.undo(write(canvas), undo).unwrap()
}

#[test]
fn only_what_is_still_visible_is_taken_back() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 1);
    // Cell 0: before, undone. Cell 1: undone, then overwritten. Cell 2: undone, nothing before. Cell 3: not undone.
    let pixels = vec![pixel(0, 1), pixel(0, 2), pixel(1, 2), pixel(2, 2), pixel(1, 3), pixel(3, 3)];
    draw(&journal, art.id, None, pixels);
    let done = undo(&journal, &art, versions(2, 4));
    assert_eq!((done.version, done.changed, done.skipped), (Version(7), 2, 1));
    assert_eq!(image(&journal, &art, Version(7)), [0, 0, 1, 0, 0, 3, 255, 255, 255, 0, 0, 3]);
    let entry = entries(&journal, &art).pop().unwrap();
    assert_eq!(entry.source, Source::Undo);
    assert_eq!(entry.change, Change::State { region: Rect { x: 0, y: 0, w: 3, h: 1 }, changed: 2 });
    // Undoing the undo is redo.
    let redone = undo(&journal, &art, versions(7, 7));
    assert_eq!((redone.version, redone.changed, redone.skipped), (Version(8), 2, 0));
    assert_eq!(image(&journal, &art, Version(8)), image(&journal, &art, Version(6)));
    // And undoing the redo is the undo again.
    undo(&journal, &art, versions(8, 8));
    assert_eq!(image(&journal, &art, Version(9)), image(&journal, &art, Version(7)));
}

#[test]
fn a_colour_that_was_there_before_is_no_change() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 2, 1);
    draw(&journal, art.id, None, vec![pixel(0, 1), pixel(0, 1)]);
    let done = undo(&journal, &art, versions(2, 2));
    assert_eq!((done.version, done.changed, done.skipped), (Version(2), 0, 0));
    assert_eq!(head(&journal, &art), Version(2));
}

#[test]
fn an_author_is_undone_within_a_region_and_a_time() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, Some("ann"), vec![pixel(0, 1), pixel(15, 1)]);
    draw(&journal, art.id, Some("bob"), vec![pixel(1, 2)]);
    std::thread::sleep(std::time::Duration::from_millis(3));
    let since = journal.now();
    draw(&journal, art.id, Some("ann"), vec![pixel(14, 3)]);
    assert_eq!(undo(&journal, &art, by("nobody")).changed, 0);
    let later = Undo { entries: UndoEntries::Author { name: "ann".to_owned(), since: Some(since) }, only: None };
    assert_eq!(undo(&journal, &art, later).changed, 1);
    let region = Rect { x: 0, y: 0, w: 4, h: 1 };
    let done = journal.undo(StateWrite { region, ..write(&art) }, by("ann")).unwrap();
    assert_eq!((done.version, done.changed), (Version(6), 1));
    let wanted: Vec<u8> = (0..16)
        .flat_map(|cell| match cell {
            1 => [0, 0, 2],
            15 => [0, 0, 1],
            _ => [255; 3],
        })
        .collect();
    assert_eq!(image(&journal, &art, Version(6)), wanted);
}

#[test]
fn others_entries_are_not_yours() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 1);
    draw(&journal, art.id, Some("ann"), vec![pixel(0, 1)]);
    draw(&journal, art.id, Some("bob"), vec![pixel(1, 1)]);
    draw(&journal, art.id, None, vec![pixel(2, 1)]);
    let only = |name: &str, undo: Undo| Undo { only: Some(author(name)), ..undo };
    for (undo, version) in [
        (only("ann", versions(1, 2)), 2),
        (only("ann", versions(3, 3)), 3),
        (only("eve", versions(1, 1)), 1),
        (only("ann", by("bob")), 2),
        (Undo { only: Some(Author { authenticated: true, ..author("ann") }), ..by("ann") }, 1),
    ] {
        let error = journal.undo(write(&art), undo).unwrap_err();
        assert!(matches!(error, JournalError::NotYours(Version(v)) if v == version), "{error} for {version}");
    }
    assert_eq!(head(&journal, &art), Version(3));
    assert_eq!(undo(&journal, &art, only("ann", by("ann"))).changed, 1);
    assert_eq!(undo(&journal, &art, only("bob", versions(2, 2))).changed, 1);
}

#[test]
fn what_cannot_be_undone_is_refused() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 4, 1);
    draw(&journal, art.id, None, vec![pixel(0, 1), pixel(1, 1), pixel(2, 1)]);
    let refused = |journal: &Journal, undo: Undo| journal.undo(write(&art), undo).unwrap_err().to_string();
    let range = "is not a range of versions: the first is at least 1, and not after the last";
    assert_eq!(refused(&journal, versions(0, 1)), format!("0 to 1 {range}"));
    assert_eq!(refused(&journal, versions(3, 2)), format!("3 to 2 {range}"));
    assert_eq!(refused(&journal, versions(3, 4)), "version 4 does not exist yet: the newest is 3");
    let stale = StateWrite { expectation: Expectation::Head(Version(2)), ..write(&art) };
    let error = journal.undo(stale, versions(1, 1)).unwrap_err();
    assert!(matches!(error, JournalError::HeadMoved { .. }), "{error}");
    let outside = StateWrite { region: Rect { x: 3, y: 0, w: 2, h: 1 }, ..write(&art) };
    assert!(matches!(journal.undo(outside, versions(1, 1)).unwrap_err(), JournalError::BadRegion));
    drop(journal);
    let few = Options { undo_entries_max: 2, ..options() };
    let journal = Journal::open(std::sync::Arc::new(store.reopen()), few).unwrap();
    assert_eq!(
        refused(&journal, versions(1, 1)),
        "3 entries would have to be looked at, more than 2: choose later ones"
    );
    assert_eq!(undo(&journal, &art, versions(2, 2)).changed, 1);
}

/// A history of pixels and states of three authors on a canvas of several tiles and bands.
fn history(journal: &Journal, seed: u64, steps: u32) -> Canvas {
    let art = canvas(journal, "art", 300, 12);
    let mut numbers = Numbers(seed);
    for _ in 0..steps {
        let by = [Some("ann"), Some("bob"), None][numbers.below(3) as usize];
        let (x, y) = (numbers.below(290), numbers.below(8));
        match numbers.below(4) {
            0 => {
                // Of one colour: stored as tiles. The rest of those tiles shows what others have drawn.
                let region = Rect { x, y, w: numbers.below(300 - x) + 1, h: numbers.below(12 - y) + 1 };
                let colour = numbers.colour();
                paint(journal, &art, region, by, |_| colour);
            }
            1 => {
                let region = Rect { x, y, w: 9, h: 4 };
                paint(journal, &art, region, by, |_| numbers.colour());
            }
            _ => {
                let pixels = (0..=numbers.below(300)).map(|_| numbers.pixel(art.size)).collect();
                draw(journal, art.id, by, pixels);
            }
        }
    }
    art
}

fn check(seed: u64, steps: u32, choose: impl Fn(Version) -> (Undo, Box<dyn Fn(&Entry) -> bool>)) {
    let (journal, _) = journal();
    let art = history(&journal, seed, steps);
    let last = head(&journal, &art);
    let (undo_what, is_undone) = choose(last);
    let (wanted, skipped) = without(&journal, &art, is_undone);
    let before = image(&journal, &art, last);
    let changed = before.chunks(3).zip(wanted.chunks(3)).filter(|(a, b)| a != b).count();
    let done = undo(&journal, &art, undo_what);
    assert_eq!((done.changed as usize, done.skipped), (changed, skipped));
    assert!(image(&journal, &art, done.version) == wanted, "another image");
    if done.changed > 0 {
        let redone = undo(&journal, &art, versions(done.version.0, done.version.0));
        assert_eq!((redone.changed, redone.skipped), (done.changed, 0));
        assert!(image(&journal, &art, redone.version) == before, "redo brings another image back");
    }
    assert_sound(&journal, &art);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn ranges_are_undone_as_if_they_had_not_happened(seed in any::<u64>(), steps in 1u32..9, from in any::<prop::sample::Index>(), count in any::<prop::sample::Index>()) {
        check(seed, steps, |head| {
            let first = 1 + from.index(usize::try_from(head.0).unwrap()) as u64;
            let last = first + count.index(usize::try_from(head.0 - first + 1).unwrap()) as u64;
            (versions(first, last), Box::new(move |entry| (first..=last).contains(&entry.version.0)))
        });
    }

    #[test]
    fn authors_are_undone_as_if_they_had_not_been_there(seed in any::<u64>(), steps in 1u32..9) {
        check(seed, steps, |_| (by("ann"), Box::new(|entry| entry.author.as_ref().is_some_and(|it| it.name == "ann"))));
    }
}

/// Another draws on what is being undone, in turn before each read that the undo makes: what was drawn stays.
#[test]
fn a_writer_comes_between() {
    let mut came = 0;
    for reads in 0..40 {
        let store = Interrupted::new();
        let journal = Journal::open(store.clone(), options()).unwrap();
        let art = canvas(&journal, "art", 64, 64);
        draw(&journal, art.id, Some("ann"), (0..4_000).map(|cell| pixel(cell, 1)).collect());
        let (other, id) = (journal.clone(), art.id);
        store.before_read(reads, move || {
            draw(&other, id, Some("bob"), vec![pixel(5, 2)]);
        });
        let done = undo(&journal, &art, versions(1, 4_000));
        if store.has_happened() {
            came += 1;
            assert_eq!((done.version, done.changed, done.skipped), (Version(4_002), 3_999, 1), "before read {reads}");
            assert_eq!(image(&journal, &art, Version(4_002))[15..18], [0, 0, 2], "before read {reads}");
        }
        assert_sound(&journal, &art);
    }
    assert!(came > 20, "the undo made {came} reads only");
}

#[test]
fn an_undo_that_fails_leaves_nothing() {
    for fault in Fault::ALL {
        for commit in 1..5 {
            let (journal, store): (_, MemoryStore) = journal();
            let art = canvas(&journal, "art", 60, 60);
            let mut numbers = Numbers(3);
            paint(&journal, &art, art.size.rect(), None, |_| numbers.colour());
            let old = image(&journal, &art, Version(1));
            store.fail_at_commit(store.commits() + commit, fault);
            let outcome = journal.undo(write(&art), versions(1, 1));
            drop(journal);
            store.clear_faults();
            let store = store.reopen();
            let journal = open(&store);
            let now = head(&journal, &art);
            assert!(outcome.is_err() || now == Version(2), "{fault:?} at {commit}: an answer without its entry");
            let wanted = if now == Version(1) { old } else { vec![255; old.len()] };
            assert_eq!(image(&journal, &art, now), wanted, "{fault:?} at {commit}");
            assert_sound(&journal, &art);
        }
    }
}
