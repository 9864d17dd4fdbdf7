//! Building a canvas from entries that happened elsewhere.

use std::collections::HashMap;

use pixlog::canvas::{Change, Colour, Rect, Source, Time, Version};
use pixlog::journal::{Journal, JournalError, Records, RowSource};
use pixlog::store::Fault;

use crate::fork::assert_only;
use crate::support::{
    Bytes, Numbers, assert_sound, author, draw, entries, head, image, journal, new_canvas, open, pixel,
};

#[test]
fn entries_keep_their_times_and_authors() {
    let (journal, store) = journal();
    let mut builder = journal.import(new_canvas("old", 30, 20), None).unwrap();
    let mut numbers = Numbers(9);
    let mut wanted = Vec::new();
    let mut time = 1_000;
    for step in 0..3_000u32 {
        // Every seventh time runs backwards and is raised.
        let at = if step % 7 == 3 { time - 50 } else { time + i64::from(numbers.below(3)) };
        time = time.max(at);
        let by = (step % 5 != 0).then(|| author(&format!("author {}", numbers.below(900))));
        let pixel = numbers.pixel(builder_size());
        builder.push_pixel(by.as_ref(), Time(at), pixel).unwrap();
        wanted.push((by, Time(time), Change::Pixel(pixel)));
        if step == 1_700 {
            let region = Rect { x: 2, y: 3, w: 4, h: 5 };
            let mut open = || Ok(Box::new(Bytes(vec![9; 60], 0)) as Box<dyn RowSource>);
            let changed = builder.push_state(Some(&author("mod")), Time(time), region, &mut open).unwrap();
            assert_eq!(changed, 20);
            wanted.push((Some(author("mod")), Time(time), Change::State { region, changed }));
        }
    }
    assert!(matches!(journal.canvas_named(&"old".parse().unwrap()), Err(JournalError::NoCanvas(_))));
    assert_eq!(journal.canvases(None, 10).unwrap(), []);
    let old = builder.finish(Records::default()).unwrap();
    assert_eq!(old.created_at, wanted[0].1);
    let made = entries(&journal, &old);
    assert!(made.iter().all(|entry| entry.source == Source::Import));
    let made: Vec<_> = made.into_iter().map(|entry| (entry.author, entry.time, entry.change)).collect();
    assert_eq!(made, wanted);
    assert_sound(&journal, &old);
    assert_only(&store, &[old.id.0]);
    // Each author has one number, and a writer that comes later finds it.
    draw(&journal, old.id, Some("author 1"), vec![pixel(0, 1)]);
    let mut names = HashMap::new();
    for entry in entries(&journal, &old) {
        *names.entry(entry.author).or_insert(0) += 1;
    }
    assert!(!store.keys().iter().any(|key| key[0] == b'a'), "author 1 got a second number");
    // A new one is numbered after them all.
    let known = names.keys().flatten().count();
    draw(&journal, old.id, Some("somebody new"), vec![pixel(0, 1)]);
    let keys = store.keys();
    let numbers: Vec<_> = keys.iter().filter(|key| key[0] == b'a').map(|key| key.last_chunk::<4>()).collect();
    assert_eq!(numbers, [Some(&u32::try_from(known + 1).unwrap().to_be_bytes())]);
    assert_sound(&journal, &old);
    drop(journal);
    let journal = open(&store.reopen());
    draw(&journal, old.id, Some("somebody new"), vec![pixel(0, 1)]);
    draw(&journal, old.id, Some("author 899"), vec![pixel(0, 1)]);
    assert_eq!(entries(&journal, &old).pop().unwrap().author, Some(author("author 899")));
    assert_eq!(store.keys().iter().filter(|key| key[0] == b'a').count(), 1);
}

fn builder_size() -> pixlog::canvas::Size {
    pixlog::canvas::Size::new(30, 20).unwrap()
}

#[test]
fn snapshots_are_taken_on_the_way() {
    let (journal, _) = journal();
    let mut builder = journal.import(new_canvas("long", 30, 20), Some(Time(5))).unwrap();
    let mut numbers = Numbers(9);
    for step in 0..200_000 {
        builder.push_pixel(None, Time(step), numbers.pixel(builder_size())).unwrap();
    }
    let long = builder.finish(Records::default()).unwrap();
    assert_eq!((long.created_at, head(&journal, &long)), (Time(5), Version(200_000)));
    let stats = journal.stats(long.id).unwrap();
    assert!(stats.snapshots > 2, "{stats:?}");
    assert_sound(&journal, &long);
}

#[test]
fn an_empty_import_is_an_empty_canvas() {
    let (journal, _) = journal();
    let empty = journal.import(new_canvas("empty", 3, 3), None).unwrap().finish(Records::default()).unwrap();
    assert_eq!(head(&journal, &empty), Version(0));
    assert_eq!(journal.head(empty.id).unwrap().time, empty.created_at);
    draw(&journal, empty.id, None, vec![pixel(0, 1)]);
    assert_eq!(head(&journal, &empty), Version(1));
}

#[test]
fn bad_entries_are_refused_and_a_dropped_import_leaves_nothing() {
    let (journal, store) = journal();
    let mut builder = journal.import(new_canvas("bad", 30, 20), None).unwrap();
    let mut numbers = Numbers(2);
    for step in 0..100_000 {
        builder.push_pixel(Some(&author("ann")), Time(step), numbers.pixel(builder_size())).unwrap();
    }
    let error = builder.push_pixel(None, Time(0), pixel(600, 1)).unwrap_err();
    assert_eq!(error.to_string(), "pixel 100000 of the batch lies outside the canvas");
    let mut clear = pixel(1, 1);
    clear.colour = Colour([0; 4]);
    assert!(matches!(builder.push_pixel(None, Time(0), clear), Err(JournalError::BadPixel { .. })));
    let outside = Rect { x: 29, y: 0, w: 2, h: 1 };
    let mut rows = || Ok(Box::new(Bytes(vec![0; 6], 0)) as Box<dyn RowSource>);
    assert!(matches!(builder.push_state(None, Time(0), outside, &mut rows), Err(JournalError::BadRegion)));
    assert!(store.keys().iter().any(|key| key[0] == b'b'), "nothing was committed on the way");
    drop(builder);
    assert_only(&store, &[]);
    assert!(matches!(journal.import(new_canvas("x", 20_000, 1), None), Err(JournalError::TooLarge { .. })));
}

#[test]
fn names_are_checked_first_and_last() {
    let (journal, store) = journal();
    let builder = journal.import(new_canvas("art", 3, 3), None).unwrap();
    let art = crate::support::canvas(&journal, "art", 3, 3);
    assert!(matches!(builder.finish(Records::default()), Err(JournalError::NameTaken(_))));
    assert!(matches!(journal.import(new_canvas("art", 3, 3), None), Err(JournalError::NameTaken(_))));
    assert_only(&store, &[art.id.0]);
}

#[test]
fn an_import_is_there_whole_or_not_at_all() {
    let build = |journal: &Journal| -> Result<_, JournalError> {
        let mut builder = journal.import(new_canvas("old", 30, 20), None)?;
        let mut numbers = Numbers(2);
        for step in 0..130_000 {
            let by = author(&format!("author {}", numbers.below(50)));
            builder.push_pixel(Some(&by), Time(step), numbers.pixel(builder_size()))?;
        }
        builder.finish(Records::default())
    };
    let (whole, _) = journal();
    let old = build(&whole).unwrap();
    let wanted = image(&whole, &old, Version(130_000));
    for fault in Fault::ALL {
        for commit in (1..16).step_by(2) {
            let (journal, store) = journal();
            store.fail_at_commit(store.commits() + commit, fault);
            let outcome = build(&journal);
            drop(journal);
            store.clear_faults();
            let store = store.reopen();
            let journal = open(&store);
            if let Ok(old) = journal.canvas_named(&"old".parse().unwrap()) {
                assert_eq!(head(&journal, &old), Version(130_000));
                assert!(image(&journal, &old, Version(130_000)) == wanted, "{fault:?} at {commit}");
                assert_only(&store, &[old.id.0]);
            } else {
                assert!(outcome.is_err(), "{fault:?} at {commit}: an answer without a canvas");
                assert_only(&store, &[]);
            }
        }
    }
}
