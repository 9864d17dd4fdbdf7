//! `verify`.

use crate::errors::damage_a_block;
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
