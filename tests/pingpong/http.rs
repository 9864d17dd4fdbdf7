//! Runs whose hops are handed over one by one, as over HTTP.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pixlog::canvas::{Change, Source, Version};
use pixlog::journal::Journal;
use pixlog::pingpong::{Exchange, ExchangeKind, HandOver, Hop, RunError, RunSpec, RunStatus, Runs, Side};
use pixlog::store::{Fault, MemoryStore};

use crate::common::{draw, entries, finish, fresh, journal, journal_of, pixel, replay, until};

/// What goes wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    /// Each third hand-over does not arrive, each fifth arrives and its answer is lost.
    Rough,
    /// Each arrives, and each answer is lost.
    Deaf,
    /// None arrives.
    Down,
}

/// The endpoints, in the process. Emptied at the end, since the runs hold what makes an exchange.
#[derive(Clone)]
struct Endpoints(Arc<Mutex<Option<Runs>>>, Weather, Arc<AtomicU32>);

impl Exchange for Endpoints {
    fn hand_over(&mut self, side: Side, state: HandOver) -> Result<Hop, RunError> {
        let calls = self.2.fetch_add(1, Ordering::Relaxed) + 1;
        let lost = |what: &str| Err(RunError::Exchange(format!("{what} was lost")));
        if self.1 == Weather::Down || (self.1 == Weather::Rough && calls.is_multiple_of(3)) {
            return lost("the request");
        }
        let runs = self.0.lock().unwrap().clone();
        let Some(runs) = runs else { return lost("the server") };
        // What http makes of an error: a status, and on the other end a failed exchange.
        let hop = runs.hop(side, state).map_err(|error| RunError::Exchange(error.to_string()))?;
        if self.1 == Weather::Deaf || (self.1 == Weather::Rough && calls.is_multiple_of(5)) {
            lost("the answer")
        } else {
            Ok(hop)
        }
    }
}

struct Server {
    journal: Journal,
    runs: Runs,
    endpoints: Endpoints,
}

impl Server {
    fn new(journal: Journal, weather: Weather) -> Self {
        let runs = Runs::new(journal.clone());
        let endpoints = Endpoints(Arc::new(Mutex::new(Some(runs.clone()))), weather, Arc::default());
        let exchange = endpoints.clone();
        runs.set_http_exchange(Arc::new(move || Box::new(exchange.clone())));
        Self { journal, runs, endpoints }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.runs.shut_down();
        self.endpoints.0.lock().unwrap().take();
    }
}

fn http(width: u32, height: u32, pixels_per_hop: u32, seed: u64) -> RunSpec {
    RunSpec { exchange: ExchangeKind::Http, pixels_per_hop, ..fresh(width, height, 7, seed) }
}

#[test]
fn the_sides_take_turns_and_the_picture_is_the_same() {
    let local = journal(65_536);
    let runs = Runs::new(local.clone());
    let view = runs.start(fresh(20, 15, 7, 4), true).unwrap();
    let plain = finish(&runs, view.id);
    let expected: Vec<_> = entries(&local, view.canvas.id).into_iter().map(|entry| entry.change).collect();
    for (pixels_per_hop, weather) in
        [(1, Weather::Fair), (7, Weather::Fair), (7, Weather::Rough), (7, Weather::Deaf), (1_000, Weather::Fair)]
    {
        let journal = journal(65_536);
        let server = Server::new(journal.clone(), weather);
        let view = server.runs.start(http(20, 15, pixels_per_hop, 4), true).unwrap();
        let view = finish(&server.runs, view.id);
        assert_eq!((view.status, view.error.as_deref()), (RunStatus::Completed, None));
        assert_eq!(view.pictures, plain.pictures);
        let all = entries(&journal, view.canvas.id);
        assert_eq!(all.iter().map(|entry| entry.change).collect::<Vec<Change>>(), expected);
        for (entry, index) in all.iter().zip(0u32..) {
            let source = if (index / pixels_per_hop).is_multiple_of(2) { Source::Ping } else { Source::Pong };
            assert_eq!(entry.source, source, "pixel {index} by {pixels_per_hop}");
        }
        let least = 300u32.div_ceil(pixels_per_hop);
        assert!(server.endpoints.2.load(Ordering::Relaxed) >= least);
        let recorded = Runs::new(journal.clone()).view(view.id).unwrap();
        assert_eq!((recorded.status, recorded.pictures), (RunStatus::Completed, view.pictures));
        replay(&journal, view.canvas.id);
    }
}

#[test]
fn an_endpoint_that_is_down_fails_the_run() {
    let journal = journal(65_536);
    let server = Server::new(journal, Weather::Down);
    let view = server.runs.start(http(5, 5, 1, 4), true).unwrap();
    let view = finish(&server.runs, view.id);
    assert_eq!(view.status, RunStatus::Failed);
    assert_eq!(view.error.as_deref(), Some("the hand-over failed: the request was lost"));
    assert!(server.endpoints.2.load(Ordering::Relaxed) > 3);
}

#[test]
fn a_stop_while_the_endpoint_is_down_is_no_failure() {
    let store = MemoryStore::new();
    {
        let server = Server::new(journal_of(store.clone(), 100), Weather::Down);
        server.runs.start(http(5, 5, 1, 4), true).unwrap();
        until("a hand-over", || server.endpoints.2.load(Ordering::Relaxed) > 0);
    }
    let server = Server::new(journal_of(store.reopen(), 100), Weather::Fair);
    let view = server.runs.current().unwrap().unwrap();
    assert_eq!((view.status, view.error), (RunStatus::Running, None));
    server.runs.resume_all().unwrap();
    assert_eq!(finish(&server.runs, view.id).status, RunStatus::Completed);
}

#[test]
fn hand_overs_that_do_not_fit_are_refused() {
    let journal = journal(65_536);
    let server = Server::new(journal.clone(), Weather::Down);
    let runs = &server.runs;
    let view = runs.start(http(5, 5, 3, 4), true).unwrap();
    until("a hand-over", || server.endpoints.2.load(Ordering::Relaxed) > 0);
    let hop = |version| runs.hop(Side::Pong, HandOver { run: view.id, version: Version(version) });
    match hop(1) {
        Err(RunError::StaleHandOver { named, head, .. }) => assert_eq!((named, head), (Version(1), Version(0))),
        other => panic!("{other:?}"),
    }
    assert_eq!(hop(0).unwrap(), Hop { version: Version(3), progression: 12 });
    assert!(matches!(hop(0), Err(RunError::StaleHandOver { .. })));
    assert_eq!(entries(&journal, view.canvas.id).len(), 3);
    runs.cancel(view.id).unwrap();
    match hop(3) {
        Err(RunError::WrongStatus { status, wish, .. }) => assert_eq!((status, wish), ("cancelled", "continued")),
        other => panic!("{other:?}"),
    }
    // A run inside the process takes no hand-over from outside.
    let local = runs.start(fresh(200, 200, 7, 4), true).unwrap();
    let refused = runs.hop(Side::Ping, HandOver { run: local.id, version: Version(0) });
    assert!(matches!(refused, Err(RunError::WrongStatus { .. })), "{refused:?}");
}

#[test]
fn two_hand_overs_of_one_version_make_one_hop() {
    let journal = journal(65_536);
    let server = Server::new(journal.clone(), Weather::Down);
    let view = server.runs.start(http(5, 5, 2, 4), true).unwrap();
    until("a hand-over", || server.endpoints.2.load(Ordering::Relaxed) > 0);
    let state = HandOver { run: view.id, version: Version(0) };
    let done = std::thread::scope(|scope| {
        let hops: Vec<_> = (0..8).map(|_| scope.spawn(|| server.runs.hop(Side::Ping, state).is_ok())).collect();
        hops.into_iter().map(|hop| hop.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!((done, entries(&journal, view.canvas.id).len()), (1, 2));
}

#[test]
fn foreign_pixels_come_between_hops() {
    let journal = journal(65_536);
    let server = Server::new(journal.clone(), Weather::Rough);
    let view = server.runs.start(http(30, 20, 5, 4), true).unwrap();
    for i in 0..40 {
        draw(&journal, view.canvas.id, vec![pixel(i * 10, i), pixel(i * 10 + 5, 0x00ff_ffff)]);
    }
    let view = finish(&server.runs, view.id);
    assert_eq!(view.status, RunStatus::Completed);
    let own: Vec<_> =
        replay(&journal, view.canvas.id).pictures(0, 7).into_iter().filter(|p| p.version <= view.version).collect();
    assert_eq!(view.pictures, own);
}

#[test]
fn power_lost_between_hops_changes_nothing_of_the_picture() {
    let run = |store: &MemoryStore| {
        let server = Server::new(journal_of(store.clone(), 65_536), Weather::Fair);
        // More pixels than a record is written after, so that some are only in the log.
        let view = server.runs.start(http(50, 40, 3, 4), true).unwrap();
        let view = finish(&server.runs, view.id);
        let canvas = view.canvas.id;
        (view, entries(&server.journal, canvas))
    };
    let plain = MemoryStore::new();
    let (expected, log) = run(&plain);
    let changes: Vec<Change> = log.iter().map(|entry| entry.change).collect();
    for commit in [3, 4, 50, 200, 345, 360, 500, 660] {
        let store = MemoryStore::new();
        store.fail_at_commit(commit, Fault::PowerLossAfterSync);
        let server = Server::new(journal_of(store.clone(), 65_536), Weather::Fair);
        let view = server.runs.start(http(50, 40, 3, 4), true).unwrap();
        until("the power loss", || store.commits() >= commit);
        server.runs.shut_down();
        drop(server);
        let server = Server::new(journal_of(store.reopen(), 65_536), Weather::Fair);
        server.runs.resume_all().unwrap();
        let view = finish(&server.runs, view.id);
        assert_eq!((view.status, &view.pictures), (RunStatus::Completed, &expected.pictures), "commit {commit}");
        let found = entries(&server.journal, view.canvas.id);
        assert_eq!(found.iter().map(|entry| entry.change).collect::<Vec<_>>(), changes, "commit {commit}");
        let sources = |log: &[pixlog::canvas::Entry]| log.iter().map(|entry| entry.source).collect::<Vec<_>>();
        assert_eq!(sources(&found), sources(&log), "commit {commit}");
    }
}

#[test]
fn runs_over_http_wait_for_a_server() {
    let store = MemoryStore::new();
    {
        let server = Server::new(journal_of(store.clone(), 100), Weather::Down);
        server.runs.start(http(5, 5, 1, 4), true).unwrap();
    }
    let journal = journal_of(store.reopen(), 100);
    let runs = Runs::new(journal);
    runs.resume_all().unwrap();
    let view = runs.current().unwrap().unwrap();
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(runs.view(view.id).unwrap().status, RunStatus::Running);
    assert_eq!(runs.pause(view.id).unwrap().status, RunStatus::Paused);
}
