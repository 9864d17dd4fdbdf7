//! `pixel`, `diff`, `timelapse`, and what `history` and `render` show of any moment, on a canvas that is always the same.

use std::fs;

use insta::assert_snapshot;
use pixlog::journal::{Expectation, TagWrite};

use crate::terminal::{Terminal, canvas};

#[test]
fn a_cell_has_a_colour_and_a_history() {
    let terminal = Terminal::new();
    terminal.wall();
    let pixel = |arguments: &[&str]| terminal.ok(&[&["pixel", "wall"], arguments].concat());
    assert_snapshot!(pixel(&["0", "0"]), @"#ffffff at 0,0 since version 4, 2022-04-01T12:45:00.000Z, by mod==");
    assert_snapshot!(pixel(&["0", "0", "--version", "2"]), @"#ff0000 at 0,0 since version 1, 2022-04-01T12:44:10.315Z, by ada==");
    assert_snapshot!(pixel(&["0", "0", "--at", "2022-04-01T14:44:11.5+02:00"]), @"#0000ff at 0,0 since version 3, 2022-04-01T12:44:11.500Z, by ada==");
    assert_snapshot!(pixel(&["2", "2"]), @"#ffffff at 2,2 since the canvas was made");
    assert_snapshot!(pixel(&["3", "2", "--json"]), @r##"{"x":3,"y":2,"color":"#00ff00","version":2,"time":"2022-04-01T12:44:11.000Z","author":"bob=="}"##);
    assert_snapshot!(pixel(&["3", "2", "--csv"]), @"
    x,y,color,version,time,author
    3,2,#00ff00,2,2022-04-01T12:44:11.000Z,bob==
    ");
    assert_snapshot!(pixel(&["0", "0", "--history"]), @"
           4  2022-04-01T12:45:00.000Z  state  import   2×2 at 0,0, 1 cell changed  mod==
           3  2022-04-01T12:44:11.500Z  pixel  import   #0000ff at 0,0  ada==
           1  2022-04-01T12:44:10.315Z  pixel  import   #ff0000 at 0,0  ada==
    ");
    assert_snapshot!(pixel(&["0", "0", "--history", "--version", "3", "--limit", "1", "--json"]), @r##"
    {"version":3,"kind":"pixel","x":0,"y":0,"color":"#0000ff","time":"2022-04-01T12:44:11.500Z","author":"ada==","authenticated":false,"source":"import"}
    {"end":true,"entries":1}
    "##);
    let done = terminal.pixlog(&["pixel", "wall", "4", "0"]);
    assert_eq!((done.status, done.err.as_str()), (Some(1), "error: 4,0 lies outside the canvas of 4×3\n"));
    for arguments in [&["--version", "6"][..], &["--version", "6", "--history"]] {
        let done = terminal.pixlog(&[&["pixel", "wall", "0", "0"], arguments].concat());
        assert_eq!(done.err, "error: version 6 does not exist yet: the newest is 5\n", "{done:?}");
    }
}

#[test]
fn history_is_filtered() {
    let terminal = Terminal::new();
    terminal.wall();
    let versions = |arguments: &[&str]| {
        let csv = terminal.ok(&[&["history", "wall", "--csv", "--order", "asc"], arguments].concat());
        csv.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(versions(&[]), "1 2 3 4 5");
    assert_eq!(versions(&["--kind", "state"]), "4");
    assert_eq!(versions(&["--kind", "pixel", "--after", "1"]), "2 3 5");
    assert_eq!(versions(&["--author", "ada=="]), "1 3");
    assert_eq!(versions(&["--region", "1,1,1,1"]), "4 5");
    assert_eq!(versions(&["--since", "2022-04-01T12:44:11Z", "--until", "2022-04-01T12:45:00Z"]), "2 3 4");
    assert_eq!(versions(&["--since", "2022-04-01T12:44:11.0001Z"]), "3 4 5");
    assert_eq!(versions(&["--author", "nobody"]), "");
}

#[test]
fn differences_are_a_list_or_a_picture() {
    let terminal = Terminal::new();
    terminal.wall();
    let diff = |arguments: &[&str]| terminal.ok(&[&["diff", "wall"], arguments].concat());
    assert_snapshot!(diff(&["--from", "0", "--json"]), @r##"
    {"x":1,"y":1,"before":"#ffffff","after":"#123456"}
    {"x":3,"y":2,"before":"#ffffff","after":"#00ff00"}
    {"end":true,"from":0,"to":5,"changed":2,"bounds":{"x":1,"y":1,"w":3,"h":2}}
    "##);
    assert_snapshot!(diff(&["--from", "3", "--to", "1", "--csv"]), @"
    x,y,before,after
    0,0,#0000ff,#ff0000
    3,2,#00ff00,#ffffff
    ");
    assert_snapshot!(diff(&["--from", "2", "--to", "2", "--json"]), @r#"{"end":true,"from":2,"to":2,"changed":0,"bounds":null}"#);
    diff(&["--from", "1", "--to", "3", "-o", "diff.png"]);
    let picture = image::open(terminal.path("diff.png")).unwrap().into_rgba8();
    let shown: Vec<_> = picture.enumerate_pixels().filter(|(.., pixel)| pixel.0 != [0; 4]).collect();
    let shown: Vec<_> = shown.into_iter().map(|(x, y, pixel)| (x, y, pixel.0)).collect();
    assert_eq!((picture.dimensions(), shown), ((4, 3), vec![(0, 0, [0, 0, 255, 255]), (3, 2, [0, 255, 0, 255])]));
    let output = terminal.command(&["diff", "wall", "--from", "1", "--to", "3"]).output().unwrap();
    assert_eq!(output.stdout, fs::read(terminal.path("diff.png")).unwrap());
    let done = terminal.pixlog(&["diff", "wall", "--from", "6", "-o", "new.png"]);
    assert_eq!((done.status, done.err.as_str()), (Some(1), "error: version 6 does not exist yet: the newest is 5\n"));
    assert_eq!(terminal.names("."), ["data", "diff.png"], "no file was begun");
}

#[test]
fn an_image_of_any_moment_is_enlarged() {
    let terminal = Terminal::new();
    terminal.wall();
    let journal = terminal.journal();
    let id = canvas(&journal, "wall").id;
    let version = Some(pixlog::canvas::Version(3));
    let tag = "blue".parse().unwrap();
    let tag = TagWrite { canvas: id, tag, version, expectation: Expectation::Any, idempotency: None };
    journal.write_tag(tag).unwrap();
    drop(journal);
    for (number, moment) in
        [["--version", "3"], ["--version", "blue"], ["--at", "2022-04-01T12:44:59Z"]].iter().enumerate()
    {
        let file = format!("{number}.png");
        terminal.ok(&["render", "wall", moment[0], moment[1], "--scale", "3", "-o", &file]);
        let picture = image::open(terminal.path(&file)).unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), (12, 9), "{moment:?}");
        for (x, y, pixel) in picture.enumerate_pixels() {
            let expected = match (x / 3, y / 3) {
                (0, 0) => [0, 0, 255],
                (3, 2) => [0, 255, 0],
                _ => [255; 3],
            };
            assert_eq!(pixel.0, expected, "{moment:?}: {x},{y}");
        }
    }
    terminal.ok(&["render", "wall", "--at", "2022-04-01T12:44:10Z", "-o", "before.raw"]);
    assert_eq!(fs::read(terminal.path("before.raw")).unwrap(), [255; 4 * 3 * 3]);
    let done = terminal.pixlog(&["render", "wall", "--version", "red", "-o", "red.png"]);
    assert_eq!((done.status, done.err.as_str()), (Some(1), "error: there is no tag red\n"));
    terminal.ok(&["run", "--width", "300", "--height", "1"]);
    let done = terminal.pixlog(&["render", "canvas-2", "--scale", "64", "-o", "wide.png"]);
    assert_eq!(done.err, "error: an image is at most 16384 pixels a side and 67108864 in all\n", "{done:?}");
    assert!(!terminal.path("wide.png").exists());
}

#[test]
fn a_time_lapse_shows_each_version() {
    let terminal = Terminal::new();
    terminal.wall();
    terminal.ok(&["timelapse", "wall", "-o", "a.gif"]);
    terminal.ok(&["timelapse", "wall", "--from", "1", "--to", "5", "--frames", "3", "--fps", "10", "-o", "b.gif"]);
    terminal.ok(&["timelapse", "wall", "--size", "2", "-o", "c.PNG"]);
    let frames = |name: &str| {
        use image::AnimationDecoder as _;
        let file = std::io::BufReader::new(fs::File::open(terminal.path(name)).unwrap());
        let frames = image::codecs::gif::GifDecoder::new(file).unwrap().into_frames().collect_frames().unwrap();
        frames
            .into_iter()
            .map(|frame| (frame.delay().numer_denom_ms(), frame.into_buffer().into_raw()))
            .collect::<Vec<_>>()
    };
    let corner = |frame: &[u8]| [frame[0], frame[1], frame[2]];
    let [white, red, blue] = [[255; 3], [255, 0, 0], [0, 0, 255]];
    let all: Vec<_> = frames("a.gif").iter().map(|(_, frame)| corner(frame)).collect();
    assert_eq!(all, [white, red, red, blue, white, white], "a frame for each version from 0 to 5");
    let some = frames("b.gif");
    assert_eq!(some.iter().map(|(_, frame)| corner(frame)).collect::<Vec<_>>(), [red, blue, white]);
    assert_eq!(some[0].0, (100, 1));
    let animated =
        image::codecs::png::PngDecoder::new(std::io::BufReader::new(fs::File::open(terminal.path("c.PNG")).unwrap()));
    assert!(animated.unwrap().is_apng().unwrap());
    assert_eq!(image::open(terminal.path("c.PNG")).unwrap().into_rgb8().dimensions(), (2, 1));
    let done = terminal.pixlog(&["timelapse", "wall", "--from", "3", "--to", "2", "-o", "d.gif"]);
    assert_eq!((done.status, done.err.as_str()), (Some(1), "error: from is version 3, after version 2\n"));
    assert_eq!(terminal.names("."), ["a.gif", "b.gif", "c.PNG", "data"]);
}
