//! `run`: from start to end, and with interruptions.

use std::fs;

use pixlog::pingpong::{RunStatus, Runs};
use rustix::process::Signal;
use serde_json::Value;

use crate::terminal::{Done, Terminal, assert_filled, canvas, image};

#[test]
fn a_run_fills_a_canvas() {
    let terminal = Terminal::new();
    let said = terminal.ok(&["run", "--size", "28"]);
    assert!(said.starts_with("run 1 completed canvas-1: 28×28, 784 pixels, "), "{said}");
    let run: Value = serde_json::from_str(&terminal.ok(&["run", "--width", "7", "--height", "30", "--json"])).unwrap();
    let shown =
        ["id", "canvas", "status", "progression", "pixels", "cells", "granular", "exchange"].map(|key| &run[key]);
    assert_eq!(serde_json::json!(shown), serde_json::json!([2, "canvas-2", "completed", 100, 210, 210, 5, "local"]));
    assert_eq!(run["images"].as_array().unwrap().len(), 20);
    let journal = terminal.journal();
    assert_filled(&journal, &canvas(&journal, "canvas-1"));
    assert_filled(&journal, &canvas(&journal, "canvas-2"));
    let current = Runs::new(journal).current().unwrap().unwrap();
    assert_eq!(current.canvas.name.as_str(), "canvas-2", "what was run last is what GET / shows");
}

#[test]
fn the_exchange_over_http_fills_it_too() {
    let terminal = Terminal::new();
    let said = terminal.ok(&["run", "--size", "10", "--exchange", "http", "--pixels-per-hop", "3"]);
    assert!(said.starts_with("run 1 completed canvas-1: 10×10, 100 pixels, "), "{said}");
    let journal = terminal.journal();
    assert_filled(&journal, &canvas(&journal, "canvas-1"));
}

#[test]
fn a_seed_repeats_a_run() {
    let terminal = Terminal::new();
    for seed in ["7", "7", "8"] {
        terminal.ok(&["run", "--size", "20", "--seed", seed]);
    }
    let journal = terminal.journal();
    let image = |name: &str| image(&journal, &canvas(&journal, name), 200);
    assert_eq!(image("canvas-1"), image("canvas-2"));
    assert_ne!(image("canvas-1"), image("canvas-3"));
}

#[test]
fn pictures_come_with_the_run() {
    let terminal = Terminal::new();
    let arguments = ["run", "--size", "40", "--granular", "30", "--out", "made/on/the/way", "--json"];
    let run: Value = serde_json::from_str(&terminal.ok(&arguments)).unwrap();
    assert_eq!(terminal.names("made/on/the/way"), ["myImg_30.png", "myImg_60.png", "myImg_90.png"]);
    let journal = terminal.journal();
    let canvas = canvas(&journal, "canvas-1");
    for (percent, version) in [(30, 480), (60, 960), (90, 1440)] {
        let file = fs::read(terminal.path(&format!("made/on/the/way/myImg_{percent}.png"))).unwrap();
        let picture = image::load_from_memory(&file).unwrap().into_rgb8();
        assert_eq!(picture.as_raw(), &image(&journal, &canvas, version), "{percent} %");
        let white = picture.pixels().filter(|pixel| pixel.0 == [255; 3]).count();
        assert_eq!(white as u64, 1600 - version, "{percent} %");
        assert!(
            run["images"].as_array().unwrap().contains(&serde_json::json!({"percent": percent, "version": version}))
        );
    }
}

#[test]
fn more_cells_than_colours_are_refused_before_anything_is_written() {
    let terminal = Terminal::new();
    let done = terminal.pixlog(&["run", "--width", "4096", "--height", "4097"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.contains("16781312 cells need as many different colours"), "{done:?}");
    assert_eq!(terminal.ok(&["canvases", "--json"]), "");
    let done = terminal.pixlog(&["run", "--width", "16385", "--height", "1"]);
    assert_eq!(done.status, Some(1), "{done:?}");
    assert!(done.err.contains("16385×1 is larger than the limit of 16384 cells a side"), "{done:?}");
    assert_eq!(terminal.ok(&["canvases", "--json"]), "");
}

/// One hand-over at a time, each durable before it is answered, so that there is time to interrupt it.
const SLOW: [&str; 9] = ["run", "--size", "60", "--exchange", "http", "--granular", "1", "--out", "pictures"];

/// Starts the slow run, and sends `signal` when its first picture is there.
fn interrupt(terminal: &Terminal, signal: Signal) -> Done {
    let mut run = terminal.start(&SLOW);
    run.wait_for(&terminal.path("pictures/myImg_1.png"));
    run.signal(signal);
    run.wait()
}

#[test]
fn an_interrupted_run_goes_on_to_one_entry_a_cell() {
    let terminal = Terminal::new();
    let done = interrupt(&terminal, Signal::INT);
    assert_eq!((done.status, done.out.as_str()), (Some(130), ""), "{done:?}");
    let stopped = done.err.strip_prefix("error: run 1 stopped at pixel ").unwrap_or_else(|| panic!("{done:?}"));
    let pixels = stopped.split(" of 3,600; ").next().unwrap().replace(',', "");
    {
        let journal = terminal.journal();
        let head = journal.head(canvas(&journal, "canvas-1").id).unwrap();
        assert_eq!(head.version.0.to_string(), pixels, "what it said is durable");
        assert!((1..3_600).contains(&head.version.0), "{head:?}");
    }
    fs::remove_dir_all(terminal.path("pictures")).unwrap();
    let again = terminal.pixlog(&SLOW);
    assert_eq!(again.status, Some(0), "{again:?}");
    assert_eq!(again.err, format!("run 1 goes on at pixel {} of 3,600\n", stopped.split(' ').next().unwrap()));
    assert_eq!(terminal.names("pictures").len(), 100, "those from before it was interrupted, too");
    let journal = terminal.journal();
    assert_filled(&journal, &canvas(&journal, "canvas-1"));
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 1, "no second canvas");
}

#[test]
fn another_run_leaves_an_unfinished_one_alone() {
    let terminal = Terminal::new();
    let done = interrupt(&terminal, Signal::TERM);
    assert_eq!(done.status, Some(143), "{done:?}");
    let other = terminal.pixlog(&["run", "--size", "4"]);
    assert_eq!(other.status, Some(0), "{other:?}");
    assert_eq!(other.err, "run 1 on canvas-1 is unfinished and stays the current one\n");
    {
        let journal = terminal.journal();
        assert_filled(&journal, &canvas(&journal, "canvas-2"));
        let runs = Runs::new(journal.clone());
        let unfinished = runs.current().unwrap().unwrap();
        assert_eq!((unfinished.id.0, unfinished.status), (1, RunStatus::Running));
        assert!(unfinished.pixels < 3_600, "{unfinished:?}");
    }
    assert_eq!(terminal.pixlog(&SLOW).status, Some(0));
    let journal = terminal.journal();
    assert_filled(&journal, &canvas(&journal, "canvas-1"));
}

/// A second signal does not wait for a durable point, and costs nothing that was durable.
#[test]
fn a_killed_run_goes_on_as_well() {
    let terminal = Terminal::new();
    let done = interrupt(&terminal, Signal::KILL);
    assert_eq!(done.status, None, "{done:?}");
    assert_eq!(terminal.pixlog(&SLOW).status, Some(0));
    let journal = terminal.journal();
    assert_filled(&journal, &canvas(&journal, "canvas-1"));
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 1, "no second canvas");
}
