//! Runs that a stop, a crash or a power loss cut off go on: no pixel twice, none missing, the same picture.

use std::sync::Arc;

use pixlog::canvas::{CanvasId, Change, RunId};
use pixlog::journal::{Journal, JournalError, Options};
use pixlog::pingpong::{Picture, RunError, RunStatus, Runs};
use pixlog::store::{Fault, MemoryStore, SledOptions, SledStore};

use crate::common::{
    LONG, Numbers, draw, entries, finish, fresh, journal, journal_of, pixel, replay, spec, until, white_canvas,
};

const BATCH: usize = 9;

fn changes(journal: &Journal, canvas: CanvasId) -> Vec<Change> {
    entries(journal, canvas).into_iter().map(|entry| entry.change).collect()
}

/// The run that nothing interrupts.
fn uninterrupted() -> (Vec<Change>, Vec<Picture>) {
    let journal = journal(BATCH);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(20, 15, 7, 4), true).unwrap();
    let view = finish(&runs, view.id);
    (changes(&journal, view.canvas.id), view.pictures)
}

/// Opens the store anew and lets everything go on to its end.
fn go_on(store: &MemoryStore) -> Option<(Vec<Change>, Vec<Picture>)> {
    let journal = journal_of(store.reopen(), BATCH);
    let runs = Runs::new(journal.clone());
    let view = runs.current().unwrap()?;
    runs.resume_all().unwrap();
    let view = finish(&runs, view.id);
    assert_eq!((view.status, view.error.as_deref()), (RunStatus::Completed, None));
    assert_eq!(runs.current_progression().unwrap(), 100);
    assert!(replay(&journal, view.canvas.id).is_complete());
    Some((changes(&journal, view.canvas.id), view.pictures))
}

#[test]
fn power_lost_at_any_commit_changes_nothing_of_the_picture() {
    let expected = uninterrupted();
    let mut cut_off = 0;
    for fault in [Fault::PowerLossBeforeSync, Fault::PowerLossAfterSync, Fault::IoBefore, Fault::IoAfter] {
        for commit in 1..=40 {
            let store = MemoryStore::new();
            store.fail_at_commit(commit, fault);
            let begun =
                Journal::open(Arc::new(store.clone()), Options { batch_pixels_max: BATCH, ..Options::default() });
            if let Ok(journal) = begun {
                let runs = Runs::new(journal);
                if let Ok(view) = runs.start(fresh(20, 15, 7, 4), true) {
                    let view = finish(&runs, view.id);
                    cut_off += usize::from(view.status == RunStatus::Failed);
                }
            }
            // Nothing was started where the power went before that.
            if let Some(found) = go_on(&store) {
                assert_eq!(found, expected, "{fault:?} at commit {commit}");
            } else {
                assert!(commit <= 2, "{fault:?} at commit {commit}");
            }
        }
    }
    assert!(cut_off > 100, "only {cut_off} runs were cut off");
}

#[test]
fn a_stop_at_any_time_changes_nothing_of_the_picture() {
    let expected = uninterrupted();
    for round in 0..20 {
        let store = MemoryStore::new();
        let mut journal = journal_of(store.clone(), BATCH);
        let mut runs = Runs::new(journal.clone());
        let view = runs.start(fresh(20, 15, 7, 4), true).unwrap();
        let mut numbers = Numbers(round);
        for _ in 0..6 {
            std::thread::sleep(std::time::Duration::from_micros(u64::from(numbers.below(300))));
            runs.shut_down();
            let stopped = runs.view(view.id).unwrap();
            assert!(matches!(stopped.status, RunStatus::Running | RunStatus::Completed), "{stopped:?}");
            assert_eq!(journal.head(view.canvas.id).unwrap().version, stopped.version);
            drop(runs);
            journal.close();
            journal = journal_of(store.reopen(), BATCH);
            runs = Runs::new(journal.clone());
            // Before it goes on, everything is answered from the log.
            assert_eq!(runs.current().unwrap().unwrap(), stopped);
            assert_eq!(runs.current_progression().unwrap(), stopped.progression);
            runs.resume_all().unwrap();
        }
        let view = finish(&runs, view.id);
        assert_eq!((changes(&journal, view.canvas.id), view.pictures), expected, "round {round}");
    }
}

#[test]
fn a_journal_that_closes_under_a_run_leaves_it_running() {
    let store = MemoryStore::new();
    let journal = journal_of(store.clone(), BATCH);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(300, 300, 7, 4), true).unwrap();
    until("the first pixels", || journal.head(view.canvas.id).unwrap().version.0 > 0);
    journal.close();
    until("the end of the run", || runs.wait(view.id, usize::MAX, std::time::Duration::ZERO).is_ok());
    runs.shut_down();
    drop(runs);
    let runs = Runs::new(journal_of(store.reopen(), BATCH));
    assert_eq!(runs.view(view.id).unwrap().status, RunStatus::Running);
    runs.resume_all().unwrap();
    assert_eq!(finish(&runs, view.id).status, RunStatus::Completed);
}

#[test]
fn a_run_with_foreign_pixels_goes_on_after_a_crash() {
    for commit in 4..40 {
        let store = MemoryStore::new();
        let journal = journal_of(store.clone(), BATCH);
        let canvas = white_canvas(&journal, 16, 16);
        draw(&journal, canvas, (0..9).map(|i| pixel(i * 20, i)).collect());
        let runs = Runs::new(journal.clone());
        store.fail_at_commit(store.commits() + commit, Fault::PowerLossAfterSync);
        let target = pixlog::pingpong::RunTarget::Existing(canvas);
        let Ok(view) = runs.start(spec(target, 10, 3), true) else { continue };
        let drawn = (0..30u32).take_while(|i| {
            let append = pixlog::journal::Append {
                canvas,
                pixels: vec![pixel(i * 8, 0x00f0_0000 + i), pixel(i * 8 + 1, 0x00ff_ffff)],
                author: None,
                source: pixlog::canvas::Source::Api,
                expectation: pixlog::journal::Expectation::Any,
                records: pixlog::journal::Records::default(),
            };
            journal.append(append).is_ok()
        });
        let drawn = drawn.count();
        finish(&runs, view.id);
        drop((runs, journal));
        let journal = journal_of(store.reopen(), BATCH);
        let runs = Runs::new(journal.clone());
        runs.resume_all().unwrap();
        let view = finish(&runs, view.id);
        let replay = replay(&journal, canvas);
        let own: Vec<_> = replay.pictures(9, 10).into_iter().filter(|p| p.version <= view.version).collect();
        assert_eq!((view.status, view.pictures), (RunStatus::Completed, own), "commit {commit}, {drawn} drawn");
    }
}

#[test]
fn a_full_disk_fails_the_run_with_its_reason() {
    let store = MemoryStore::new();
    let journal = journal_of(store.clone(), BATCH);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(300, 300, 10, 1), true).unwrap();
    until("the first pixels", || journal.head(view.canvas.id).unwrap().version.0 > 0);
    store.set_full(true);
    let failed = finish(&runs, view.id);
    assert_eq!(failed.status, RunStatus::Failed, "{failed:?}");
    assert!(failed.error.as_deref().is_some_and(|error| !error.is_empty()), "{failed:?}");
    assert_eq!(journal.head(view.canvas.id).unwrap().version, failed.version);
    assert_eq!(runs.view(view.id).unwrap().status, RunStatus::Failed);
    let error = runs.start(fresh(5, 5, 10, 1), true).unwrap_err();
    assert!(matches!(error, RunError::Journal(JournalError::Store(_))), "{error}");
    // With room again, another run is fine, and the one that failed goes on at the next start.
    store.set_full(false);
    let other = runs.start(fresh(5, 5, 10, 1), false).unwrap();
    assert_eq!(finish(&runs, other.id).status, RunStatus::Completed);
    drop((runs, journal));
    let runs = Runs::new(journal_of(store.reopen(), BATCH));
    runs.resume_all().unwrap();
    assert_eq!(finish(&runs, view.id).status, RunStatus::Completed);
}

#[test]
fn a_record_that_cannot_be_read_stops_no_other() {
    let store = MemoryStore::new();
    let journal = journal_of(store.clone(), BATCH);
    let opaque = pixlog::journal::Records { run: Some((RunId(500), b"opaque".to_vec())), current: None };
    journal.write_records(opaque).unwrap();
    let runs = Runs::new(journal);
    let view = runs.start(fresh(40, 40, 10, 1), true).unwrap();
    runs.shut_down();
    let runs = Runs::new(journal_of(store.reopen(), BATCH));
    runs.resume_all().unwrap();
    assert_eq!(finish(&runs, view.id).status, RunStatus::Completed);
    assert!(runs.list(None, 10).unwrap().iter().any(|listed| listed.id == view.id));
    let error = runs.view(RunId(500)).unwrap_err();
    assert!(matches!(error, RunError::Journal(JournalError::Corrupt { .. })), "{error}");
}

#[test]
fn sled_keeps_a_run_too() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let store = SledStore::open(folder.path(), &SledOptions::default()).unwrap();
        Journal::open(Arc::new(store), Options { batch_pixels_max: 1_000, ..Options::default() }).unwrap()
    };
    let mut journal = open();
    let mut runs = Runs::new(journal.clone());
    let view = runs.start(fresh(200, 150, 10, 4), true).unwrap();
    for pictures in [1, 4, 7] {
        let _ = runs.wait(view.id, pictures, LONG).unwrap();
        runs.shut_down();
        let reached = runs.view(view.id).unwrap();
        drop(runs);
        journal.close();
        drop(journal);
        journal = open();
        runs = Runs::new(journal.clone());
        assert_eq!(runs.view(view.id).unwrap(), reached);
        runs.resume_all().unwrap();
    }
    finish(&runs, view.id);
    let replay = replay(&journal, view.canvas.id);
    assert_eq!((replay.is_complete(), replay.coloured.len()), (true, 30_001));
    assert_eq!(runs.view(view.id).unwrap().pictures, replay.pictures(0, 10));
}
