//! `verify`.

use pixlog::canvas::{CanvasId, RunId, Version};
use pixlog::format::key;

use crate::errors::{damage, damage_a_block};
use crate::terminal::Terminal;

#[test]
fn what_is_whole_is_said_to_be() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "28"]);
    assert_eq!(terminal.ok(&["verify"]), "1 canvas with 784 entries: all whole\n");
    terminal.ok(&["run", "--size", "300"]);
    assert_eq!(terminal.ok(&["verify"]), "2 canvases with 90,784 entries: all whole\n");
    assert_eq!(terminal.ok(&["verify", "canvas-2"]), "1 canvas with 90,000 entries: all whole\n");
}

#[test]
fn what_is_damaged_is_listed_and_the_rest_is_read() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "28"]);
    terminal.ok(&["run", "--size", "5"]);
    damage_a_block(&terminal);
    for arguments in [&["verify"][..], &["verify", "canvas-1"]] {
        let done = terminal.pixlog(arguments);
        assert_eq!(done.status, Some(1), "{done:?}");
        assert!(done.out.starts_with("block 0 of canvas 1 is damaged: "), "{done:?}");
        assert_eq!(done.out.lines().count(), 1, "{done:?}");
        assert!(done.err.contains("1 thing is damaged"), "{done:?}");
    }
    assert_eq!(terminal.ok(&["verify", "canvas-2"]), "1 canvas with 25 entries: all whole\n");
}

#[test]
fn damage_of_any_record_is_found() {
    for (key, named) in [
        (key::tail(CanvasId(1), Version(1)), "tail record 1 of canvas 1 is damaged: "),
        (key::canvas(CanvasId(1)), "canvas record of canvas 1 is damaged: "),
        (key::run(RunId(1)), "the record of run 1 is damaged: "),
    ] {
        let terminal = Terminal::new();
        terminal.ok(&["run", "--size", "5"]);
        terminal.ok(&["run", "--size", "6"]);
        damage(&terminal, &key);
        let done = terminal.pixlog(&["verify"]);
        assert_eq!(done.status, Some(1), "{named}: {done:?}");
        assert!(done.out.contains(named) && done.out.contains("damaged"), "{named}: {done:?}");
        assert_eq!(done.out.lines().count(), 1, "{named}: {done:?}");
    }
}

/// Without the store's own record, nobody can tell what the others mean.
#[test]
fn damage_that_keeps_the_journal_closed_is_listed() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "5"]);
    damage(&terminal, &key::store());
    let done = terminal.pixlog(&["verify"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.out.starts_with("system record") && done.out.contains(" is damaged: "), "{done:?}");
    assert!(terminal.pixlog(&["canvases"]).err.contains("error: system record"), "and nothing else goes on");
}
