//! `canvases` and `history`.

use pixlog::journal::{Expectation, LabelWrite};
use serde_json::Value;

use crate::terminal::{Terminal, canvas, entries};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

fn versions(rows: &[Value]) -> Vec<u64> {
    rows.iter().map(|row| row["version"].as_u64().unwrap()).collect()
}

#[test]
fn canvases_are_listed_newest_first() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "3"]);
    terminal.ok(&["run", "--width", "4", "--height", "2"]);
    let rows = json_lines(&terminal.ok(&["canvases", "--json"]));
    let shown: Vec<_> = rows.iter().map(|row| (&row["name"], &row["width"], &row["height"], &row["version"])).collect();
    let expected = serde_json::json!(["canvas-2", 4, 2, 8, "canvas-1", 3, 3, 9]);
    let expected: Vec<_> = expected.as_array().unwrap().chunks(4).map(|c| (&c[0], &c[1], &c[2], &c[3])).collect();
    assert_eq!(shown, expected);
    assert_eq!((&rows[0]["mode"], &rows[0]["background"]), (&"rgb".into(), &"#ffffff".into()));

    let csv = terminal.ok(&["canvases", "--csv"]);
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(lines[0], "name,width,height,mode,background,created_at,updated_at,version,label");
    assert!(lines[1].starts_with("canvas-2,4,2,rgb,#ffffff,2") && lines[1].ends_with("Z,8,"), "{csv}");
    let people = terminal.ok(&["canvases"]);
    assert_eq!(people.lines().count(), 3, "{people}");
    assert!(people.lines().nth(1).unwrap().contains("4×2"), "{people}");
}

#[test]
fn canvases_are_listed_with_their_labels() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "3"]);
    terminal.ok(&["run", "--size", "3"]);
    let journal = terminal.journal();
    let label = LabelWrite {
        canvas: canvas(&journal, "canvas-1").id,
        label: Some("Red, \"mostly\"".parse().unwrap()),
        expectation: Expectation::Any,
        idempotency: None,
    };
    journal.write_label(label).unwrap();
    drop(journal);
    let rows = json_lines(&terminal.ok(&["canvases", "--json"]));
    assert_eq!((&rows[0]["label"], &rows[1]["label"]), (&Value::Null, &"Red, \"mostly\"".into()));
    let csv = terminal.ok(&["canvases", "--csv"]);
    assert!(csv.lines().nth(2).unwrap().ends_with(r#"Z,9,"Red, ""mostly""""#), "{csv}");
    let people = terminal.ok(&["canvases"]);
    assert!(people.lines().nth(2).unwrap().ends_with(r#"Z  Red, "mostly""#), "{people}");
}

#[test]
fn history_is_what_the_library_says() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "40", "--seed", "7"]);
    let rows = json_lines(&terminal.ok(&["history", "canvas-1", "--json", "--order", "asc"]));
    let (end, rows) = rows.split_last().unwrap();
    assert_eq!(*end, serde_json::json!({"end": true, "version": 1600, "entries": 1600}));
    let csv = terminal.ok(&["history", "canvas-1", "--csv", "--order", "asc"]);
    let lines: Vec<_> = csv.lines().skip(1).collect();
    let journal = terminal.journal();
    let canvas = canvas(&journal, "canvas-1");
    let entries = entries(&journal, &canvas);
    assert_eq!((rows.len(), lines.len(), entries.len()), (1600, 1600, 1600));
    for ((row, line), entry) in rows.iter().zip(lines).zip(entries) {
        let pixlog::canvas::Change::Pixel(pixel) = entry.change else { panic!("{entry:?}") };
        let (x, y) = canvas.size.position(pixel.cell);
        let colour = pixel.colour.to_hex(canvas.mode);
        assert_eq!(row["version"], entry.version.0);
        assert_eq!((&row["x"], &row["y"], &row["color"]), (&x.into(), &y.into(), &colour.clone().into()));
        let time = row["time"].as_str().unwrap();
        let source = entry.source.as_str();
        assert_eq!(line, format!("{},pixel,{x},{y},1,1,{colour},,{time},,false,{source}", entry.version));
    }
}

#[test]
fn history_takes_a_part() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "40"]);
    let part = |arguments: &[&str]| {
        let mut rows = json_lines(&terminal.ok(&[&["history", "canvas-1", "--json"], arguments].concat()));
        let end = rows.pop().unwrap();
        assert_eq!(end["entries"], rows.len());
        versions(&rows)
    };
    assert_eq!(part(&["--limit", "3"]), [1600, 1599, 1598]);
    assert_eq!(part(&["--limit", "3", "--order", "asc"]), [1, 2, 3]);
    assert_eq!(part(&["--after", "1597"]), [1600, 1599, 1598]);
    assert_eq!(part(&["--before", "4"]), [3, 2, 1]);
    assert_eq!(part(&["--after", "510", "--before", "515", "--order", "asc"]), [511, 512, 513, 514]);
    assert_eq!(part(&["--after", "1600"]), Vec::<u64>::new());
    assert_eq!(part(&["--after", "9007199254740993"]), Vec::<u64>::new());
    assert_eq!(part(&["--before", "0"]), Vec::<u64>::new());
    let people = terminal.ok(&["history", "canvas-1", "--limit", "2"]);
    assert_eq!(people.lines().count(), 2, "{people}");
    assert!(people.trim_start().starts_with("1600  "), "{people}");
}

/// More than a page of the program and more than a page of the journal, so that both go on where they stopped.
#[test]
fn a_long_history_has_no_holes() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "300"]);
    let csv = terminal.ok(&["history", "canvas-1", "--csv"]);
    let found: Vec<u64> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(found, (1..=90_000).rev().collect::<Vec<_>>());
}

#[test]
fn a_reader_that_has_seen_enough_ends_it_quietly() {
    let terminal = Terminal::new();
    // More than a pipe holds.
    terminal.ok(&["run", "--size", "100"]);
    for command in ["history canvas-1 --csv", "history canvas-1 --json", "history canvas-1", "render canvas-1"] {
        let done = terminal.bash(&format!("pixlog {command} | head -c 40"));
        assert_eq!((done.status, done.err.as_str()), (Some(0), ""), "{command}");
    }
    let done = terminal.bash("pixlog history canvas-1 --csv | head -n 2");
    assert_eq!((done.status, done.out.lines().count()), (Some(0), 2), "{done:?}");
}

/// A closed pipe is no error, a full one is.
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let terminal = Terminal::new();
    terminal.ok(&["run", "--size", "2"]);
    let done = terminal.bash("pixlog canvases > /dev/full");
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.starts_with("error: writing to standard output failed: "), "{done:?}");
}
