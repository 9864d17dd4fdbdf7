//! Starting and stopping.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use pixlog::http::{ServeError, serve};
use pixlog::journal::JournalError;
use pixlog::store::{SledStore, StoreError};
use rustix::process::{Signal, getpid, kill_process};
use tempfile::TempDir;

use crate::app::{App, config, until};

fn get(url: &str) -> (u16, String) {
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut answer = agent.get(url).call().expect("an answer");
    (answer.status().as_u16(), answer.body_mut().read_to_string().expect("text"))
}

#[test]
fn a_port_in_use_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let data = TempDir::new().expect("a temporary directory");
    let mut config = config(&data);
    config.port = taken.local_addr().expect("bound").port();
    let error = serve(config.clone(), |_| panic!("it does not listen")).expect_err("the port is taken");
    let shown = error.to_string().replace(&config.port.to_string(), "PORT");
    assert_snapshot!(shown, @"127.0.0.1:PORT is already in use: stop what listens there, or choose another port with --port");
    assert!(matches!(error, ServeError::PortInUse(_)), "{error:?}");
}

#[test]
fn a_directory_in_use_ends_the_server() {
    let data = TempDir::new().expect("a temporary directory");
    let config = config(&data);
    let _held = SledStore::open(data.path(), &config.store()).expect("a new store");
    let error = serve(config, |_| {}).expect_err("the directory is locked");
    assert!(matches!(error, ServeError::Journal(JournalError::Store(StoreError::Locked { .. }))), "{error:?}");
}

/// The one test that signals this process: other servers here take no signals.
#[test]
fn a_signal_stops_runs_at_a_durable_point_and_a_start_resumes_them() {
    let data = TempDir::new().expect("a temporary directory");
    let start = || {
        let (sender, listening) = mpsc::channel();
        let config = config(&data);
        let thread = thread::spawn(move || serve(config, move |address| sender.send(address).expect("awaited")));
        let address = listening.recv_timeout(Duration::from_secs(60)).expect("it listens");
        let url = format!("http://{address}");
        until("ready", || get(&format!("{url}/health/ready")).0, |status| *status == 200);
        (thread, url)
    };
    let (thread, url) = start();
    let agent = ureq::Agent::new_with_defaults();
    // Slow enough to be stopped midway: each pixel is synced.
    let body = r#"{"width":64,"height":64,"exchange":"http","canvas":"a"}"#;
    let made = agent.post(format!("{url}/api/v1/runs")).content_type("application/json").send(body);
    assert_eq!(made.expect("an answer").status(), 202);
    until("pixels", || get(&format!("{url}/api/v1/canvases/a")).1, |json| !json.contains("\"version\":0"));
    kill_process(getpid(), Signal::TERM).expect("it is us");
    thread.join().expect("no panic").expect("an orderly end");
    let (thread, url) = start();
    let done = |json: &String| json.contains("\"status\":\"completed\"");
    until("the run's end", || get(&format!("{url}/api/v1/runs/1")).1, done);
    assert!(get(&format!("{url}/api/v1/canvases/a")).1.contains("\"version\":4096"), "an entry for each cell");
    kill_process(getpid(), Signal::TERM).expect("it is us");
    thread.join().expect("no panic").expect("an orderly end");
}

#[test]
fn a_server_that_is_stopped_leaves_the_journal_open() {
    let app = App::start();
    let (journal, address) = (app.journal.clone(), app.address());
    let name = app.canvas("a", 1, 1);
    drop(app);
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
    let canvas = journal.canvas_named(&name.parse().expect("a name")).expect("it is there");
    assert_eq!(journal.head(canvas.id).expect("readable").version.0, 0);
}
