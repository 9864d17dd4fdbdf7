//! `/metrics`: what is counted, and that the list of it is true.

#![allow(clippy::float_cmp, reason = "counts are whole numbers, which floats hold exactly")]

use std::collections::{BTreeMap, BTreeSet};

use pixlog::store::Fault;

use crate::app::{App, until};
use crate::events::{Client, fill};

const OPERATING: &str = include_str!("../../docs/OPERATING.md");

const PIXELS: &str = r##"{"pixels":[[0,0,"#010203"],[1,0,"#040506"]]}"##;

/// Each sample with its labels, and its value.
fn samples(app: &App) -> BTreeMap<String, f64> {
    let answer = app.get("/metrics");
    assert_eq!(answer.header("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let text = answer.text();
    assert!(text.ends_with('\n'), "the last line ends, too");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        (name.to_owned(), value.parse().unwrap_or_else(|error| panic!("{line}: {error}")))
    };
    lines.map(sample).collect()
}

/// The metrics that are served, each with its type.
fn served(text: &str) -> BTreeSet<(String, String)> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split_once(' ')).map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect()
}

#[test]
fn what_is_written_is_counted() {
    let (app, store) = App::on_memory();
    app.canvas("a", 2, 1);
    let before = samples(&app);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", PIXELS).status, 200);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", PIXELS).status, 200);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", r##"{"pixels":[[9,9,"#010203"]]}"##).status, 422);
    let after = samples(&app);
    let more = |name: &str| after[name] - before[name];
    assert_eq!(more("pixlog_appends_total"), 2.0);
    assert_eq!(more("pixlog_entries_total{kind=\"pixel\"}"), 4.0);
    assert_eq!(more("pixlog_entries_total{kind=\"state\"}"), 0.0);
    assert_eq!(more("pixlog_commit_seconds_count"), 2.0);
    assert_eq!(more("pixlog_group_requests_sum"), 2.0);
    assert_eq!(more("pixlog_group_requests_bucket{le=\"1\"}"), 2.0);
    assert!(more("pixlog_commit_bytes_total") > 8.0, "two records and their keys");
    assert!(more("pixlog_commit_seconds_sum") > 0.0);
    assert_eq!((after["pixlog_queue_requests"], after["pixlog_ready"]), (0.0, 1.0));
    store.fail_at_commit(store.commits() + 1, Fault::IoBefore);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", PIXELS).status, 500);
    let failed = samples(&app);
    assert_eq!(failed["pixlog_commit_failures_total"] - after["pixlog_commit_failures_total"], 1.0);
    assert_eq!(failed["pixlog_appends_total"], after["pixlog_appends_total"], "it was not appended");
    assert_eq!(failed["pixlog_ready"], 0.0);
}

#[test]
fn requests_are_counted_by_route_method_and_status() {
    let app = App::start();
    app.canvas("a", 1, 1);
    for (method, path) in [
        ("GET", "/api/v1/canvases/a"),
        ("HEAD", "/api/v1/canvases/a"),
        ("GET", "/api/v1/canvases/b"),
        ("GET", "/api/v1/canvases/c"),
        ("GET", "/nowhere/1"),
        ("GET", "/nowhere/2"),
    ] {
        app.send(method, path, &[], &[]);
    }
    let found = samples(&app);
    let count = |route: &str, method: &str, status: u16| {
        found.get(&format!(
            "pixlog_http_request_seconds_count{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}}"
        ))
    };
    let route = "/api/v1/canvases/{name}";
    assert_eq!(count(route, "GET", 200), Some(&1.0));
    assert_eq!(count(route, "HEAD", 200), Some(&1.0));
    assert_eq!(count(route, "GET", 404), Some(&2.0));
    assert_eq!(count("", "GET", 404), Some(&2.0), "whatever the path, it is one series");
    assert_eq!(found["pixlog_http_open_requests"], 1.0, "the one that asks");
}

#[test]
fn an_answer_that_is_not_taken_is_open_until_its_client_leaves() {
    use std::io::{Read, Write};
    let app = App::start();
    // More than two sockets hold.
    app.canvas("a", 2300, 2200);
    let mut stream = std::net::TcpStream::connect(app.address()).expect("it listens");
    stream.write_all(b"GET /api/v1/canvases/a/image.raw HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
    stream.read_exact(&mut [0; 12]).expect("an answer begins");
    assert_eq!(samples(&app)["pixlog_http_open_requests"], 2.0);
    drop(stream);
    until("its end", || samples(&app)["pixlog_http_open_requests"], |open| *open == 1.0);
}

#[test]
fn what_is_kept_rendered_and_what_is_stored_is_counted() {
    let app = App::start();
    assert_eq!(app.get("/?init=1&width=64&height=64&images=none").status, 200);
    (0..3).for_each(|_| assert_eq!(app.get("/progress").status, 200));
    let found = samples(&app);
    assert_eq!(found["pixlog_cache_lookups_total{cache=\"newest_picture\",outcome=\"miss\"}"], 1.0);
    assert_eq!(found["pixlog_cache_lookups_total{cache=\"newest_picture\",outcome=\"hit\"}"], 2.0);
    assert_eq!(found["pixlog_entries_total{kind=\"pixel\"}"], 4096.0);
    assert!(found["pixlog_store_bytes"] > 10_000.0 && found["pixlog_disk_free_bytes"] > 0.0);
    assert!(found["process_resident_memory_bytes"] > 1_000_000.0 && found["pixlog_uptime_seconds"] > 0.0);
}

#[test]
fn a_tile_is_made_once_and_then_kept() {
    let app = App::start();
    app.canvas("a", 300, 300);
    assert_eq!(app.get("/api/v1/canvases/a/tiles/0/0/0.png").status, 200);
    for _ in 0..2 {
        assert_eq!(app.get("/api/v1/canvases/a/tiles/1/0/0.png").status, 200);
    }
    let found = samples(&app);
    assert_eq!(found["pixlog_cache_lookups_total{cache=\"tiles\",outcome=\"miss\"}"], 2.0);
    assert_eq!(found["pixlog_cache_lookups_total{cache=\"tiles\",outcome=\"hit\"}"], 1.0);
}

#[test]
fn who_follows_is_counted_until_it_leaves() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let live = || samples(&app)["pixlog_live_readers"];
    assert_eq!(live(), 0.0);
    let clients = [(); 2].map(|()| Client::open(&app, "/api/v1/canvases/a/events", None));
    assert_eq!(live(), 2.0);
    drop(clients);
    until("their end", live, |live| *live == 0.0);
}

#[test]
fn metrics_are_for_admins() {
    let (app, _tokens) = App::with_tokens(&[("root", "admin"), ("ada", "write")], "read");
    let ask = |token: &str| app.send("GET", "/metrics", &[("Authorization", &format!("Bearer {token}"))], &[]);
    assert_eq!(app.get("/metrics").shown(), "401 no-token: this needs a token with the scope admin");
    assert_eq!(ask("ada").shown(), "403 missing-scope: the token ada does not have the scope admin");
    assert!(ask("root").text().contains("pixlog_ready 1"));
}

#[test]
fn snapshots_are_counted() {
    let app = App::start();
    // A log that outweighs its image.
    assert_eq!(app.get("/?init=1&width=400&height=400&images=none&pixels_per_hop=1000").status, 200);
    app.journal.settle();
    let found = samples(&app);
    assert!(found["pixlog_snapshots_total{outcome=\"taken\"}"] >= 1.0, "{found:?}");
    assert_eq!(found["pixlog_snapshots_total{outcome=\"failed\"}"], 0.0);
    assert_eq!(found["pixlog_deltas_total{outcome=\"taken\"}"], 0.0, "the image is too small for any");
}

#[test]
fn deltas_are_counted() {
    let app = App::start();
    app.canvas("a", 1_024, 1_024);
    // One stretch of 262,144 entries, and some of the next.
    (0..5).for_each(|_| fill(&app, "a", 65_536));
    app.journal.settle();
    let found = samples(&app);
    assert_eq!(found["pixlog_deltas_total{outcome=\"taken\"}"], 1.0);
    assert_eq!(found["pixlog_deltas_total{outcome=\"failed\"}"], 0.0);
}

#[test]
fn the_list_in_the_manual_is_what_is_served() {
    let app = App::start();
    let served = served(&app.get("/metrics").text());
    let rows = OPERATING.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells = rows.filter_map(|row| {
        let mut cells = row.split('|').map(str::trim);
        let name = cells.next()?.trim_end_matches('`');
        Some((name.split(['{', '`']).next()?.to_owned(), cells.next()?.to_owned()))
    });
    let kinds = ["counter", "gauge", "histogram"];
    let listed: BTreeSet<_> = cells.filter(|(_, kind)| kinds.contains(&kind.as_str())).collect();
    assert_eq!(served, listed);
}
