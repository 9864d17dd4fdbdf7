//! `export` and `import` of a whole log.

use std::fs;

use crate::terminal::{Terminal, canvas, entries, image};

#[test]
fn a_log_goes_through_a_pipe_and_is_equal_at_every_version() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["run", "--size", "40"]);
    for (name, count) in [("wall", 5u64), ("canvas-2", 1600)] {
        let done = terminal.bash(&format!("pixlog export {name} | pixlog --data other import - --name copy-{name}"));
        let size = if name == "wall" { "4×3" } else { "40×40" };
        let expected = format!("imported copy-{name}: {size}, {} entries\n", if count > 999 { "1,600" } else { "5" });
        assert_eq!(
            (done.status, done.out, done.err.as_str()),
            (Some(0), expected, ""),
            "no progress without a terminal"
        );
    }
    let other = Terminal::new();
    fs::rename(terminal.path("other"), other.data()).unwrap();
    other.ok(&["verify"]);
    let (here, there) = (terminal.journal(), other.journal());
    for (name, step) in [("wall", 1), ("canvas-2", 100)] {
        let (from, to) = (canvas(&here, name), canvas(&there, &format!("copy-{name}")));
        assert_eq!(entries(&here, &from), entries(&there, &to));
        let head = here.head(from.id).unwrap().version.0;
        for version in (0..=head).step_by(step) {
            assert_eq!(image(&here, &from, version), image(&there, &to, version), "{name} at {version}");
        }
    }
}

#[test]
fn a_log_keeps_its_name_and_may_be_packed() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["export", "wall", "-o", "wall.pixlog"]);
    let taken = terminal.pixlog(&["import", "wall.pixlog"]);
    assert_eq!(taken.status, Some(1), "{taken:?}");
    assert_eq!(taken.err, "error: the name wall is taken\nhint: choose another with --name\n");
    let done = terminal.bash("gzip wall.pixlog; pixlog --data other import wall.pixlog.gz");
    assert_eq!((done.status, done.out.as_str()), (Some(0), "imported wall: 4×3, 5 entries\n"), "{done:?}");
}

#[test]
fn a_mutilated_log_changes_nothing() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["export", "wall", "-o", "wall.pixlog"]);
    let whole = fs::read(terminal.path("wall.pixlog")).unwrap();
    let flipped = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    };
    let mut longer = whole.clone();
    longer.push(0);
    for bytes in
        [whole[..whole.len() - 1].to_vec(), whole[..20].to_vec(), flipped(30), flipped(whole.len() - 9), longer]
    {
        fs::write(terminal.path("bad.pixlog"), bytes).unwrap();
        let done = terminal.pixlog(&["import", "bad.pixlog", "--name", "new"]);
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
        assert!(done.err.starts_with("error: the file cannot be imported (at byte "), "{done:?}");
        assert_eq!(terminal.ok(&["canvases", "--csv"]).lines().count(), 2, "only the one that was there");
    }
    terminal.ok(&["import", "wall.pixlog", "--name", "new"]);
    assert_eq!(terminal.ok(&["verify"]), "2 canvases with 10 entries: all whole\n");
}
