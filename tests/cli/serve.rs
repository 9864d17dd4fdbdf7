//! `serve`, as far as the terminal sees it; what it answers is tested elsewhere.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::terminal::Terminal;

#[test]
fn it_says_where_it_listens_and_ends_well() {
    let terminal = Terminal::new();
    for (arguments, signal) in [(&["serve", "--port", "0"][..], Signal::TERM), (&["--data", "data"], Signal::INT)] {
        let mut command = terminal.command(arguments);
        let mut server = crate::terminal::Started::of(command.env("ROCKET_PORT", "0"));
        let mut said = String::new();
        BufReader::new(server.child().stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.strip_prefix("pixlog listens on http://127.0.0.1:").unwrap_or_else(|| panic!("{said}"));
        let (port, data) = address.trim_end().split_once(" with its data in ").unwrap();
        assert!(port.parse::<u16>().unwrap() > 0 && data.ends_with("data"), "{said}");
        let answer = ureq::get(format!("http://127.0.0.1:{port}/health/live")).call().unwrap();
        assert_eq!(answer.status(), 200);
        // It listens before its data directory is open.
        while ureq::get(format!("http://127.0.0.1:{port}/health/ready")).call().is_err() {
            assert!(server.child().try_wait().unwrap().is_none(), "it ended before it was ready");
            thread::sleep(Duration::from_millis(5));
        }
        let refused = terminal.pixlog(&["canvases"]);
        assert!(
            refused.err.contains("data is in use by another process\nhint: most likely a pixlog server"),
            "{refused:?}"
        );
        server.signal(signal);
        assert_eq!(server.wait().status, Some(0));
    }
}

#[test]
fn a_port_in_use_is_named() {
    let terminal = Terminal::new();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap();
    let done = terminal.pixlog(&["serve", "--port", &address.port().to_string()]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    let expected =
        format!("error: {address} is already in use: stop what listens there, or choose another port with --port\n");
    assert_eq!(done.err, expected);
}

#[test]
fn wrong_settings_are_named() {
    let terminal = Terminal::new();
    let run = |name: &str, value: &str| {
        let output = terminal.command(&["serve", "--port", "0"]).env(name, value).output().unwrap();
        crate::terminal::done(&output)
    };
    let done = run("PIXLOG_SIDE_MAX", "many");
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(
        done.err.starts_with("error: the configuration is wrong: ") && done.err.to_lowercase().contains("side_max"),
        "{done:?}"
    );
    let done = terminal.pixlog(&["serve", "--port", "0", "--address", "0.0.0.0"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.starts_with("error: refusing to listen on 0.0.0.0: "), "{done:?}");
    let refused = |tokens: &str, named: &str| {
        let done = run("PIXLOG_TOKENS", tokens);
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
        assert!(done.err.starts_with("error: ") && done.err.contains(named), "{done:?}");
    };
    refused("nowhere", "the tokens file nowhere cannot be read: No such file");
    let line = format!("me admin {}\n", "0".repeat(64));
    terminal.tokens("tokens", &line, 0o644);
    refused("tokens", "the tokens file tokens has mode 0644: others could read or change it; run chmod 600 on it");
    terminal.tokens("tokens", "me admin secret\n", 0o600);
    refused("tokens", "line 1 of the tokens file tokens is wrong: the hash is the SHA-256 of the token");
}
