//! `health`, `openapi`, and what a server logs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::terminal::{Started, Terminal, done};

/// A server that is ready, and where it listens.
fn server(terminal: &Terminal, variables: &[(&str, &str)]) -> (Started, u16) {
    let mut command = terminal.command(&["serve", "--port", "0"]);
    let mut server = Started::of(command.envs(variables.iter().copied()));
    let mut said = String::new();
    BufReader::new(server.child().stdout.take().unwrap()).read_line(&mut said).unwrap();
    let port = said.split(':').nth(2).and_then(|rest| rest.split(' ').next()).unwrap_or_else(|| panic!("{said}"));
    let port = port.parse().unwrap();
    while terminal.pixlog(&["health", "--server", &format!("http://localhost:{port}")]).status != Some(0) {
        assert!(server.child().try_wait().unwrap().is_none(), "it ended before it was ready");
        thread::sleep(Duration::from_millis(20));
    }
    (server, port)
}

#[test]
fn health_is_told_by_the_exit_status() {
    let terminal = Terminal::new();
    // Its own name is not among those that the server goes by, but the settings that both read are.
    let hosts = ("PIXLOG_HOSTS", "pixlog.example,localhost");
    let (server, port) = server(&terminal, &[hosts]);
    let asked = |variables: &[(&str, &str)], arguments: &[&str]| {
        done(&terminal.command(arguments).envs(variables.iter().copied()).output().unwrap())
    };
    let well = asked(&[hosts, ("ROCKET_PORT", &port.to_string())], &["health"]);
    assert_eq!((well.status, well.out.as_str(), well.err.as_str()), (Some(0), "ready\n", ""));
    let ill = asked(&[], &["health", "--server", &format!("http://[::1]:{port}/")]);
    assert_eq!((ill.status, ill.out.as_str()), (Some(1), ""), "it does not listen there: {ill:?}");
    server.wait_after(Signal::TERM);
    let gone = asked(&[("ROCKET_PORT", &port.to_string())], &["health"]);
    assert_eq!((gone.status, gone.out.as_str()), (Some(1), ""));
    let begin = format!("error: http://127.0.0.1:{port} does not answer: ");
    assert!(gone.err.starts_with(&begin), "{gone:?}");
}

#[test]
fn a_server_that_is_not_ready_is_said_to_be_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let problem = r#"{"detail":"the data directory is being opened"}"#;
    let answering = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        let head = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length";
        write!(stream, "{head}: {}\r\n\r\n{problem}", problem.len()).unwrap();
    });
    let done = Terminal::new().pixlog(&["health", "--server", &url]);
    answering.join().unwrap();
    assert_eq!(done.status, Some(1));
    assert_eq!(done.err, format!("error: {url} is not ready (503: the data directory is being opened)\n"));
}

#[test]
fn the_document_is_printed_whole() {
    let printed = Terminal::new().ok(&["openapi"]);
    assert_eq!(printed, include_str!("../../docs/openapi.json"));
}

/// The lines that a server logs, read as they come.
fn log(server: &mut Started) -> mpsc::Receiver<Value> {
    let stderr = BufReader::new(server.child().stderr.take().unwrap());
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let json = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
            if sender.send(json).is_err() {
                return;
            }
        }
    });
    lines
}

/// The first line with that message about that path, or about any where none is given.
fn line(lines: &mpsc::Receiver<Value>, message: &str, path: Option<&str>) -> Value {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("never logged: {message}"));
        if line["message"] == message && path.is_none_or(|path| line["path"] == path) {
            return line;
        }
    }
}

#[test]
fn each_request_is_a_line_with_its_number() {
    let terminal = Terminal::new();
    let variables = [("PIXLOG_LOG", "warn,pixlog=debug"), ("PIXLOG_LOG_FORMAT", "json")];
    let (mut server, port) = server(&terminal, &variables);
    let lines = log(&mut server);
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let answer = ureq::get(url("/api/v1/runs?limit=3")).call().unwrap();
    let number = answer.headers()["x-request-id"].to_str().unwrap();
    let logged = line(&lines, "answered", Some("/api/v1/runs"));
    assert_eq!((&logged["level"], &logged["method"], &logged["status"]), (&"DEBUG".into(), &"GET".into(), &200.into()));
    assert_eq!(logged["span"]["request_id"], number);
    assert_eq!(logged["bytes"], 11, "{{\"runs\":[]}}");
    assert!(logged["duration_ms"].as_f64().is_some_and(|took| took > 0.0), "{logged}");
    // What is logged by a thread that works for a request has the number too. More than two sockets hold.
    let body = r#"{"name":"a","width":2300,"height":2200}"#;
    let made = ureq::post(url("/api/v1/canvases")).content_type("application/json").send(body).unwrap();
    assert_eq!(made.status(), 201);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /api/v1/canvases/a/image.raw HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 12]).unwrap();
    let asked = line(&lines, "answered", Some("/api/v1/canvases/a/image.raw"));
    assert_eq!(asked["bytes"], 2300 * 2200 * 3);
    drop(stream);
    let left = line(&lines, "a client left before the end of its answer", None);
    assert_eq!(left["span"]["request_id"], asked["span"]["request_id"]);
    assert_ne!(left["span"]["request_id"], Value::Null);
}

#[test]
fn requests_are_not_told_of_by_default_unless_they_failed() {
    let terminal = Terminal::new();
    let (server, port) = server(&terminal, &[]);
    assert!(ureq::get(format!("http://127.0.0.1:{port}/nowhere")).call().is_err());
    let ended = server.wait_after(Signal::TERM);
    assert!(ended.err.contains("stopping") && !ended.err.contains("nowhere"), "{ended:?}");
}
