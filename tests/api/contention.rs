//! Many clients at once, whose writes are conditional, repeated, or both: each is done once, and all in one order.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;

use proptest::prelude::*;
use serde_json::Value;

use crate::app::App;

const PATH: &str = "/api/v1/canvases/a";

/// What a client sends, so many times at once.
#[derive(Debug, Clone, Copy)]
struct Step {
    times: usize,
    /// Whether it depends on the head that the client saw last.
    conditional: bool,
    /// Whether it has a key; without one it is sent once.
    keyed: bool,
}

/// An answer to a step: of which, what it expected, and what it was told.
#[derive(Debug)]
struct Heard {
    colour: String,
    expected: Option<u64>,
    status: u16,
    version: Option<u64>,
    replayed: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (1..4_usize, any::<bool>(), any::<bool>()).prop_map(|(times, conditional, keyed)| {
        let times = if keyed { times } else { 1 };
        Step { times, conditional, keyed }
    })
}

fn head(app: &App) -> u64 {
    app.get(PATH).json()["version"].as_u64().expect("a number")
}

/// Sends a step, all its repeats at once.
fn send(app: &App, client: usize, number: usize, step: Step) -> Vec<Heard> {
    let colour = format!("#{client:02x}{number:04x}");
    let body = format!("{{\"pixels\":[[0,0,\"{colour}\"]]}}");
    let expected = step.conditional.then(|| head(app));
    let (tag, key) = (format!("\"{}\"", expected.unwrap_or(0)), format!("{client}-{number}"));
    let mut headers = Vec::new();
    if step.conditional {
        headers.push(("If-Match", tag.as_str()));
    }
    if step.keyed {
        headers.push(("Idempotency-Key", key.as_str()));
    }
    let (colour, body, headers) = (&colour, &body, &headers);
    thread::scope(|scope| {
        let one = move || {
            let answer = app.send_json("POST", &format!("{PATH}/pixels"), headers, body);
            let version = (answer.status == 200).then(|| answer.json()["version"].as_u64().expect("a number"));
            let replayed = answer.header("Idempotent-Replayed").is_some();
            Heard { colour: colour.clone(), expected, status: answer.status, version, replayed }
        };
        let all: Vec<_> = (0..step.times).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// The colours in the log, by version.
fn log(app: &App) -> BTreeMap<u64, String> {
    let page = app.get(&format!("{PATH}/history?order=asc&limit=10000")).json();
    let entry = |entry: &Value| {
        let version = entry["version"].as_u64().expect("a number");
        (version, entry["color"].as_str().expect("a colour").to_owned())
    };
    page["entries"].as_array().expect("a list").iter().map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn each_write_is_done_once_and_all_in_one_order(
        clients in prop::collection::vec(prop::collection::vec(step(), 1..6), 2..5),
    ) {
        let (app, _store) = App::on_memory();
        app.canvas("a", 1, 1);
        let start = Barrier::new(clients.len());
        let heard: Vec<Heard> = thread::scope(|scope| {
            let (app, start) = (&app, &start);
            let threads: Vec<_> = clients.iter().enumerate().map(|(client, steps)| {
                scope.spawn(move || {
                    start.wait();
                    let steps = steps.iter().enumerate();
                    steps.flat_map(|(number, step)| send(app, client, number, *step)).collect::<Vec<_>>()
                })
            }).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        let log = log(&app);
        prop_assert!(log.keys().copied().eq(1..=head(&app)), "no holes: {log:?}");
        let mut done: BTreeMap<&str, u64> = BTreeMap::new();
        for answer in &heard {
            let Some(version) = answer.version else {
                prop_assert_eq!(answer.status, 412);
                prop_assert!(answer.expected.is_some());
                continue;
            };
            prop_assert_eq!(log.get(&version), Some(&answer.colour));
            prop_assert!(answer.expected.is_none_or(|head| version == head + 1), "{answer:?}");
            let known = done.insert(&answer.colour, version);
            prop_assert!(known.is_none_or(|known| known == version), "done twice: {answer:?}");
        }
        prop_assert_eq!(log.len(), done.len(), "what was refused, or sent again, is not in the log");
        for colour in done.keys() {
            let first = heard.iter().filter(|one| one.colour == *colour && one.version.is_some() && !one.replayed);
            prop_assert_eq!(first.count(), 1, "one of them did it");
        }
    }
}
