//! Long answers: to clients that read slowly or leave, and from a store that fails midway.

use std::io::{Read, Write};
use std::net::TcpStream;

use pixlog::canvas::BlockNumber;
use pixlog::format::key;
use pixlog::store::Fault;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

use crate::app::App;
use crate::pictures::listed;

/// Opens a connection and asks for something.
fn ask(app: &App, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.address()).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    stream
}

/// A canvas whose image is some 15 MB, more than two sockets hold.
fn large(app: &App) -> String {
    let run = "/?init=1&width=2300&height=2200&granular=100&images=none&pixels_per_hop=1000";
    assert_eq!(app.get(run).status, 200);
    app.journal.settle();
    let name = app.get("/history?limit=1").json()["canvas"].as_str().expect("a name").to_owned();
    format!("/api/v1/canvases/{name}/image.raw")
}

#[test]
fn clients_that_do_not_read_keep_nobody_waiting() {
    let app = App::start();
    let path = large(&app);
    // More than there are places for heavy requests; each has its head, so it is being served.
    let stuck: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = ask(&app, &path);
            stream.read_exact(&mut [0; 12]).expect("an answer begins");
            stream
        })
        .collect();
    assert_eq!(app.get(&path).body.len(), 2300 * 2200 * 3);
    assert_eq!(app.get("/progress?images=none").status, 200);
    // Those that leave give their places back: there are 32 for streams.
    drop(stuck);
    for _ in 0..40 {
        let mut stream = ask(&app, &path);
        stream.read_exact(&mut [0; 12]).expect("an answer begins");
    }
    assert_eq!(app.get(&path).body.len(), 2300 * 2200 * 3);
}

#[test]
fn an_answer_that_fails_midway_is_not_whole() {
    let (app, store) = App::on_memory();
    // Three pictures of 7 MB of base64: with the second the answer is longer than what is built first.
    assert_eq!(app.get("/?init=1&width=1300&height=1300&granular=33&images=none&pixels_per_hop=1000").status, 200);
    app.journal.settle();
    let before = store.calls();
    assert_eq!(listed(&app.get("/").json()).len(), 3);
    let calls = store.calls() - before;
    store.fail_at(store.calls() + calls - 3, Fault::IoBefore);
    let mut answer = Vec::new();
    let _ = ask(&app, "/").read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n") && answer.len() > 8 << 20, "{} bytes", answer.len());
    let end = String::from_utf8_lossy(&answer[answer.len() - 100..]).into_owned();
    assert!(!end.contains("]}"), "it looks whole: {end}");
    if sockets_can_be_found() {
        assert!(!end.ends_with("\r\n0\r\n\r\n"), "its transfer looks whole: {end}");
    }
    store.clear_faults();
    // What fails before anything was sent is a problem.
    let before = store.calls();
    store.fail_at(before + 5, Fault::IoBefore);
    assert_eq!(app.get("/").shown(), "500 internal: the server failed; its log says why");
    store.clear_faults();
    assert_eq!(listed(&app.get("/").json()).len(), 3);
}

/// Whether this system lets a process duplicate its own handles by number.
fn sockets_can_be_found() -> bool {
    let process = pidfd_open(getpid(), PidfdFlags::empty());
    process.is_ok_and(|process| pidfd_getfd(process, 0, PidfdGetfdFlags::empty()).is_ok())
}

/// Reads an answer that is cut: it begins as a good one, and neither it nor its transfer ends as one.
fn cut(app: &App, path: &str, end: &[u8]) {
    let mut answer = Vec::new();
    let _ = ask(app, path).read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n") && answer.len() > 8 << 20, "{path}: {} bytes", answer.len());
    let last = &answer[answer.len() - 100..];
    assert!(!last.windows(end.len()).any(|window| window == end), "{path} looks whole");
    if sockets_can_be_found() {
        assert!(!last.ends_with(b"\r\n0\r\n\r\n"), "the transfer of {path} looks whole");
    }
}

#[test]
fn what_a_damaged_record_cuts_off_is_not_whole() {
    let (app, store) = App::on_memory();
    assert_eq!(app.get("/?init=1&width=400&height=400&granular=100&images=none&pixels_per_hop=1000").status, 200);
    app.journal.settle();
    let name = app.get("/history?limit=1").json()["canvas"].as_str().expect("a name").to_owned();
    let path = |what: &str| format!("/api/v1/canvases/{name}/{what}");
    let ends: [(&str, &[u8]); 3] = [
        ("history.ndjson?order=asc", b"{\"end\":true"),
        ("history.csv?order=asc", b"end,"),
        ("timelapse.png", b"IEND"),
    ];
    for (what, _) in ends {
        let whole = app.get(&path(what));
        assert!(whole.body.len() > 8 << 20, "{what}: {} bytes", whole.body.len());
    }
    let whole = String::from_utf8(app.get(&path("history.ndjson")).body).expect("UTF-8");
    assert!(whole.ends_with("{\"end\":true,\"version\":160000,\"entries\":160000}\n"));
    let id = crate::past::id(&app, &name);
    let damaged = key::block(id, BlockNumber(300));
    assert!(store.corrupt(&damaged, |record| record[40] ^= 1));
    for (what, end) in &ends {
        cut(&app, &path(what), end);
    }
    // What is short is answered with an error instead.
    for short in [
        "image.png?version=153700",
        "diff?from=153000&to=154000",
        "diff.png?from=153000&to=154000",
        "log.bin?after=153000",
        "timelapse.gif",
    ] {
        assert_eq!(app.get(&path(short)).shown(), "500 internal: the server failed; its log says why", "{short}");
    }
    assert_eq!(app.get(&path("log.bin?after=0&limit=1000")).body.len(), 7_000, "the rest is still there");
}
