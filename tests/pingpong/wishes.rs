//! Pause, resume, cancel, and a second start.

use std::time::Duration;

use pixlog::canvas::RunId;
use pixlog::journal::JournalError;
use pixlog::pingpong::{RunError, RunStatus, Runs};

use crate::common::{Numbers, entries, finish, fresh, journal, replay, until};

fn status_error(outcome: Result<pixlog::pingpong::RunView, RunError>) -> (&'static str, &'static str) {
    match outcome {
        Err(RunError::WrongStatus { status, wish, .. }) => (status, wish),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pausing_and_resuming_changes_nothing_of_the_picture() {
    let whole = journal(10);
    let runs = Runs::new(whole.clone());
    let plain = runs.start(fresh(40, 40, 10, 8), true).unwrap();
    let plain = finish(&runs, plain.id);
    let expected: Vec<_> = entries(&whole, plain.canvas.id).into_iter().map(|entry| entry.change).collect();
    for round in 0..10 {
        let journal = journal(10);
        let runs = Runs::new(journal.clone());
        let view = runs.start(fresh(40, 40, 10, 8), true).unwrap();
        let mut numbers = Numbers(round);
        let mut pauses = 0;
        while let Ok(paused) = runs.pause(view.id) {
            pauses += 1;
            assert_eq!(paused.status, RunStatus::Paused);
            // Nothing moves while it waits, and what is shown is what is recorded.
            std::thread::sleep(Duration::from_micros(200));
            assert_eq!(journal.head(view.canvas.id).unwrap().version, paused.version);
            assert_eq!(runs.view(view.id).unwrap(), paused);
            assert_eq!(status_error(runs.pause(view.id)), ("paused", "paused"));
            assert_eq!(runs.resume(view.id).unwrap().status, RunStatus::Running);
            std::thread::sleep(Duration::from_micros(u64::from(numbers.below(800))));
        }
        let after = finish(&runs, view.id);
        assert_eq!((after.status, &after.pictures), (RunStatus::Completed, &plain.pictures), "{pauses} pauses");
        let found: Vec<_> = entries(&journal, view.canvas.id).into_iter().map(|entry| entry.change).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn wishes_that_cannot_be() {
    let journal = journal(1);
    let runs = Runs::new(journal);
    let view = runs.start(fresh(300, 300, 10, 8), true).unwrap();
    assert_eq!(status_error(runs.resume(view.id)), ("running", "resumed"));
    let cancelled = runs.cancel(view.id).unwrap();
    assert_eq!((cancelled.status, cancelled.eta_seconds), (RunStatus::Cancelled, None));
    assert!(cancelled.finished_at.is_some() && cancelled.pixels < 90_000);
    assert_eq!(status_error(runs.cancel(view.id)), ("cancelled", "cancelled"));
    assert_eq!(status_error(runs.pause(view.id)), ("cancelled", "paused"));
    assert_eq!(status_error(runs.resume(view.id)), ("cancelled", "resumed"));
    assert!(matches!(runs.view(RunId(77)), Err(RunError::Journal(JournalError::NoRun(RunId(77))))));
    assert!(matches!(runs.pause(RunId(77)), Err(RunError::Journal(JournalError::NoRun(RunId(77))))));
    let paused = runs.start(fresh(300, 300, 10, 9), true).unwrap();
    runs.pause(paused.id).unwrap();
    assert_eq!(runs.cancel(paused.id).unwrap().status, RunStatus::Cancelled);
}

#[test]
fn a_second_start_cancels_the_first_and_leaves_it_readable() {
    let journal = journal(4);
    let runs = Runs::new(journal.clone());
    let mut earlier = Vec::new();
    for seed in 0..8 {
        let view = runs.start(fresh(150, 150, 1, seed), true).unwrap();
        assert_eq!(runs.current().unwrap().unwrap().id, view.id);
        let waited = runs.wait(view.id, 1, Duration::from_secs(10)).unwrap();
        assert!(waited.pictures.len() > 1, "{waited:?}");
        earlier.push(view);
    }
    let last = earlier.pop().unwrap();
    assert_eq!(finish(&runs, last.id).status, RunStatus::Completed);
    for view in earlier {
        let view = runs.view(view.id).unwrap();
        assert_eq!(view.status, RunStatus::Cancelled);
        assert_eq!(journal.head(view.canvas.id).unwrap().version, view.version);
        assert_eq!(replay(&journal, view.canvas.id).pictures(0, 1), view.pictures);
    }
}

#[test]
fn two_starts_at_the_same_time_leave_one_going() {
    let journal = journal(1);
    let runs = Runs::new(journal);
    let views: Vec<_> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..6)
            .map(|seed| {
                scope.spawn({
                    let runs = runs.clone();
                    move || runs.start(fresh(300, 300, 5, seed), true).unwrap()
                })
            })
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    let current = runs.current().unwrap().unwrap().id;
    for view in views {
        let expected = if view.id == current { RunStatus::Running } else { RunStatus::Cancelled };
        assert_eq!(runs.view(view.id).unwrap().status, expected);
    }
}

#[test]
fn waiting_is_told_of_pictures_and_of_the_end() {
    let journal = journal(8);
    let runs = Runs::new(journal);
    let view = runs.start(fresh(60, 60, 20, 1), true).unwrap();
    for seen in 0..5 {
        let now = runs.wait(view.id, seen, Duration::from_secs(30)).unwrap();
        assert!(now.pictures.len() > seen);
    }
    let begun = std::time::Instant::now();
    let over = runs.wait(view.id, 5, Duration::from_secs(30)).unwrap();
    assert_eq!(over.status, RunStatus::Completed);
    assert!(begun.elapsed() < Duration::from_secs(20));
    let slow = runs.start(fresh(300, 300, 100, 1), true).unwrap();
    let early = runs.wait(slow.id, 0, Duration::from_millis(1)).unwrap();
    assert_eq!((early.status, early.pictures.len()), (RunStatus::Running, 0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_ends_gives_its_thread_back() {
    let journal = journal(50);
    // Numbers that no other test of this process uses.
    (0..5_000).for_each(|_| {
        let _ = journal.new_run_id();
    });
    let runs = Runs::new(journal);
    let threads = || {
        let names = std::fs::read_dir("/proc/self/task")
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok());
        names.filter(|name| name.starts_with("run-5")).count()
    };
    let view = runs.start(fresh(2_000, 2_000, 5, 1), true).unwrap();
    until("starting", || threads() == 1);
    runs.pause(view.id).unwrap();
    until("the end of a paused run's thread", || threads() == 0);
    runs.resume(view.id).unwrap();
    runs.cancel(view.id).unwrap();
    for seed in 0..20 {
        let view = runs.start(fresh(5, 5, 5, seed), true).unwrap();
        finish(&runs, view.id);
    }
    until("the end of the threads", || threads() == 0);
}

#[test]
fn too_many_runs_are_refused() {
    let journal = journal(1);
    let runs = Runs::new(journal);
    for seed in 0..32 {
        runs.start(fresh(300, 300, 5, seed), false).unwrap();
    }
    let error = runs.start(fresh(300, 300, 5, 1), false).unwrap_err();
    assert!(matches!(error, RunError::Journal(JournalError::Overloaded)), "{error}");
    runs.shut_down();
    let error = runs.start(fresh(3, 3, 5, 1), false).unwrap_err();
    assert!(matches!(error, RunError::Journal(JournalError::Stopping)), "{error}");
}
