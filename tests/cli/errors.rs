//! What goes wrong, in sentences, with the exit status that a script can rely on.

use std::fs;

use pixlog::canvas::{BlockNumber, CanvasId};
use pixlog::format::key;
use pixlog::store::{Batch, SledOptions, SledStore, Store};

use crate::terminal::Terminal;

#[test]
fn wrong_usage_is_2_and_touches_nothing() {
    let terminal = Terminal::new();
    for arguments in [
        &["nonsense"][..],
        &["run"],
        &["run", "--size", "many"],
        &["run", "--size", "0"],
        &["run", "--size", "-1"],
        &["run", "--size", "4294967296"],
        &["run", "--size", "5", "--width", "5", "--height", "5"],
        &["run", "--width", "5"],
        &["run", "--size", "5", "--granular", "0"],
        &["run", "--size", "5", "--granular", "101"],
        &["run", "--size", "5", "--pixels-per-hop", "0"],
        &["run", "--size", "5", "--exchange", "smoke"],
        &["run", "--size", "5", "--seed", "9007199254740992"],
        &["history"],
        &["history", "../etc"],
        &["history", "a", "--json", "--csv"],
        &["history", "a", "--limit", "0"],
        &["history", "a", "--order", "sideways"],
        &["render", "a", "-o", "a.gif"],
        &["render", "a", "-o", "a"],
        &["bench", "--sizes", "0"],
        &["completions", "none"],
        &["token", "me"],
        &["token", "not me", "read"],
        &["token", "me", "all"],
        &["token", "me", ""],
    ] {
        let done = terminal.pixlog(arguments);
        assert_eq!((done.status, done.out.as_str()), (Some(2), ""), "{arguments:?}: {done:?}");
        assert!(done.err.starts_with("error: "), "{arguments:?}: {done:?}");
    }
    assert_eq!(terminal.names("."), Vec::<String>::new());
}

#[test]
fn reading_where_nothing_is_makes_nothing() {
    let terminal = Terminal::new();
    for arguments in [&["canvases"][..], &["history", "a"], &["render", "a", "-o", "a.png"], &["verify"]] {
        let done = terminal.pixlog(arguments);
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{arguments:?}: {done:?}");
        assert!(done.err.starts_with("error: there is no pixlog data in ./data\nhint: "), "{done:?}");
    }
    assert_eq!(terminal.names("."), Vec::<String>::new());
}

#[test]
fn a_directory_in_use_is_named() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "2"]);
    let held = SledStore::open(&terminal.data(), &SledOptions::default()).unwrap();
    for arguments in
        [&["canvases"][..], &["history", "canvas-1"], &["verify"], &["run", "--size", "2"], &["serve", "--port", "0"]]
    {
        let done = terminal.pixlog(arguments);
        assert_eq!(done.status, Some(1), "{arguments:?}: {done:?}");
        let expected = "error: the data directory ./data is in use by another process\n\
                        hint: most likely a pixlog server holds it: ask that server, or stop it first\n";
        assert_eq!(done.err, expected, "{arguments:?}");
    }
    drop(held);
    terminal.ok(&["verify"]);
}

/// Modes do not stop the superuser, but nobody can make a directory in sysfs.
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let done = Terminal::new().pixlog(&["--data", "/sys/pixlog", "run", "--size", "2"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    let expected = "error: the data directory /sys/pixlog cannot be written\n\
                    hint: choose another directory with --data\n";
    assert_eq!(done.err, expected);
}

#[test]
fn a_file_in_place_of_the_directory_stays() {
    let terminal = Terminal::new();
    fs::write(terminal.data(), "mine").unwrap();
    for arguments in [&["canvases"][..], &["run", "--size", "2"]] {
        let done = terminal.pixlog(arguments);
        assert_eq!(done.status, Some(1), "{done:?}");
        assert!(done.err.starts_with("error: opening the data directory failed: "), "{done:?}");
    }
    assert_eq!(fs::read_to_string(terminal.data()).unwrap(), "mine");
}

#[test]
fn a_full_disk_is_named_and_reads_go_on() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "2"]);
    let full = |arguments: &[&str]| {
        let output = terminal.command(arguments).env("PIXLOG_RESERVE_BYTES", "9000000000000000000").output().unwrap();
        crate::terminal::done(&output)
    };
    let done = full(&["run", "--size", "3"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.starts_with("error: the disk is full: "), "{done:?}");
    assert!(done.err.contains("9000000000000000000 are kept in reserve\nhint: nothing was lost"), "{done:?}");
    let done = full(&["history", "canvas-1", "--csv"]);
    assert_eq!((done.status, done.out.lines().count()), (Some(0), 5), "{done:?}");
}

#[test]
fn what_is_not_there_is_named() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "2"]);
    for arguments in [&["history", "b"][..], &["render", "b", "-o", "b.png"], &["verify", "b"]] {
        let done = terminal.pixlog(arguments);
        assert_eq!(done.status, Some(1), "{done:?}");
        let expected = "error: there is no canvas \"b\"\nhint: 'pixlog canvases' lists those that are there\n";
        assert_eq!(done.err, expected, "{arguments:?}");
    }
    let done = terminal.pixlog(&["render", "canvas-1", "--version", "5", "-o", "b.png"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert_eq!(done.err, "error: version 5 does not exist yet: the newest is 4\n");
    assert_eq!(terminal.names("."), ["data"], "no file was begun");
}

/// Turns one bit of the record under `key`.
pub fn damage(terminal: &Terminal, key: &[u8]) {
    let store = SledStore::open(&terminal.data(), &SledOptions::default()).unwrap();
    let mut record = store.get(key).unwrap().expect("such a record").to_vec();
    let middle = record.len() / 2;
    record[middle] ^= 1;
    let mut batch = Batch::new();
    batch.put(key, record);
    store.commit(&batch).unwrap();
}

/// Turns one bit of the first block of the first canvas.
pub fn damage_a_block(terminal: &Terminal) {
    damage(terminal, &key::block(CanvasId(1), BlockNumber(0)));
}

#[test]
fn a_damaged_record_is_named_and_nothing_is_guessed() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "28"]);
    damage_a_block(&terminal);
    let done = terminal.pixlog(&["render", "canvas-1", "--version", "100", "-o", "a.png"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.contains("\nerror: block 0 of canvas 1 is damaged: "), "{done:?}");
    assert!(done.err.ends_with("hint: 'pixlog verify' lists all that is damaged\n"), "{done:?}");
    let done = terminal.pixlog(&["history", "canvas-1", "--json"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(!done.out.contains("\"end\""), "what is cut short does not look whole: {done:?}");
    assert_eq!(terminal.names("."), ["data"], "no file was begun");
}
