//! `import` of CSV and of pictures.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use insta::assert_snapshot;
use pixlog::canvas::{Change, Mode};
use rustix::process::Signal;

use crate::terminal::{Started, Terminal, WALL, canvas, entries, image};

const HEADER_2022: &str = "timestamp,user_id,pixel_color,coordinate\n";
const HEADER_2017: &str = "ts,user_hash,x_coordinate,y_coordinate,color\n";

fn packed(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

/// The number of canvases.
fn canvases(terminal: &Terminal) -> usize {
    terminal.ok(&["canvases", "--csv"]).lines().count() - 1
}

#[test]
fn csv_of_2022_becomes_a_canvas() {
    let terminal = Terminal::new();
    fs::write(terminal.path("Place 2022.csv"), WALL).unwrap();
    let done = terminal.pixlog(&["import", "Place 2022.csv"]);
    assert_eq!((done.status, done.err.as_str()), (Some(0), ""), "no progress without a terminal");
    assert_snapshot!(done.out, @"imported place-2022: 2000×2000, 5 entries");
    assert_snapshot!(terminal.ok(&["history", "place-2022", "--order", "asc"]), @"
           1  2022-04-01T12:44:10.315Z  pixel  import   #ff0000 at 0,0  ada==
           2  2022-04-01T12:44:11.000Z  pixel  import   #00ff00 at 3,2  bob==
           3  2022-04-01T12:44:11.500Z  pixel  import   #0000ff at 0,0  ada==
           4  2022-04-01T12:45:00.000Z  state  import   2×2 at 0,0, 1 cell changed  mod==
           5  2022-04-01T12:46:00.000Z  pixel  import   #123456 at 1,1  eve==
    ");
    assert_snapshot!(terminal.ok(&["canvases", "--json"]), @r##"{"name":"place-2022","label":null,"width":2000,"height":2000,"mode":"rgb","background":"#ffffff","palette":null,"cooldown_ms":0,"created_at":"2022-04-01T12:44:10.315Z","updated_at":"2022-04-01T12:46:00.000Z","version":5}"##);
    terminal.ok(&["verify"]);
}

#[test]
fn csv_of_2017_becomes_a_canvas() {
    let terminal = Terminal::new();
    let rows = "1490918688000,abc=,1000,1000,3\r\n2017-03-31 00:04:48.5 UTC,,0,999,14";
    for (name, header) in [("a.csv", HEADER_2017), ("b.csv", "ts,user,x_coordinate,y_coordinate,color\r\n")] {
        fs::write(terminal.path(name), format!("{header}{rows}")).unwrap();
        terminal.ok(&["import", name]);
    }
    assert_eq!(terminal.ok(&["history", "a"]), terminal.ok(&["history", "b"]));
    assert_snapshot!(terminal.ok(&["history", "a"]), @"
           2  2017-03-31T00:04:48.500Z  pixel  import   #e04aff at 0,999
           1  2017-03-31T00:04:48.000Z  pixel  import   #222222 at 1000,1000  abc=
    ");
    assert!(terminal.ok(&["canvases"]).contains("1001×1001"));
}

#[test]
fn files_are_read_in_order_packed_or_not() {
    let terminal = Terminal::new();
    let row = |number: u32| format!("{number},u{number},#00000{number},\"{number},0\"\n");
    let second = [packed(&format!("{HEADER_2022}{}", row(2))), packed(&row(3))].concat();
    fs::write(terminal.path("1.csv"), format!("{HEADER_2022}{}", row(1))).unwrap();
    fs::write(terminal.path("2.csv.gzip"), second).unwrap();
    fs::write(terminal.path("0.csv"), HEADER_2022).unwrap();
    let done = terminal.bash(&format!(
        "printf '{}%s' '{}' | pixlog import 1.csv 2.csv.gzip 0.csv - --name all --json",
        HEADER_2022.replace('\n', "\\n"),
        row(4)
    ));
    assert_eq!((done.status, done.err.as_str()), (Some(0), ""), "{done:?}");
    assert!(done.out.starts_with("{\"name\":\"all\",\"label\":null,\"width\":2000,\"height\":2000,"), "{done:?}");
    let csv = terminal.ok(&["history", "all", "--csv", "--order", "asc"]);
    let found: Vec<_> = csv.lines().skip(1).map(|line| line.split(',').nth(9).unwrap()).collect();
    assert_eq!(found, ["u1", "u2", "u3", "u4"]);
}

#[test]
fn times_that_run_backwards_are_raised() {
    let terminal = Terminal::new();
    let rows = "5,a,1,1,1\n3,b,1,1,2\n4,c,1,1,3\n6,d,1,1,4\n";
    fs::write(terminal.path("back.csv"), format!("{HEADER_2017}{rows}")).unwrap();
    let done = terminal.pixlog(&["import", "back.csv"]);
    assert_eq!((done.status, done.out.as_str()), (Some(0), "imported back: 1001×1001, 4 entries\n"), "{done:?}");
    assert_eq!(done.err, "2 entries have the time of one before: theirs ran backwards\n");
    let journal = terminal.journal();
    let entries = entries(&journal, &canvas(&journal, "back"));
    assert_eq!(entries.iter().map(|entry| entry.time.0).collect::<Vec<_>>(), [5, 5, 5, 6]);
}

/// More lines than one chunk holds, so that a line lies across each end of one.
#[test]
fn many_rows_have_no_holes() {
    use std::fmt::Write as _;
    let terminal = Terminal::new();
    let mut csv = HEADER_2017.to_owned();
    for row in 0..50_000 {
        let (user, x, y, colour) = (row % 700, row % 1_001, row / 1_001, row % 16);
        writeln!(csv, "{row},user-{user},{x},{y},{colour}").unwrap();
    }
    assert!(csv.len() > 3 * 256 * 1024);
    fs::write(terminal.path("many.csv"), csv).unwrap();
    terminal.ok(&["import", "many.csv"]);
    let journal = terminal.journal();
    let many = canvas(&journal, "many");
    let entries = entries(&journal, &many);
    assert_eq!(entries.len(), 50_000);
    for (row, entry) in (0..).zip(entries) {
        let Change::Pixel(pixel) = entry.change else { panic!("{entry:?}") };
        assert_eq!((pixel.cell.0, entry.time.0), (row, i64::from(row)));
        assert_eq!(entry.author.unwrap().name, format!("user-{}", row % 700));
    }
}

#[test]
fn a_wrong_row_is_named_and_nothing_is_left() {
    let terminal = Terminal::new();
    terminal.wall();
    let long = "u".repeat(129);
    let table = [
        (
            HEADER_2022,
            "0,a,#00CCC0,\"{X: 1, Y: 2, R: 3}\"",
            "\"{X: 1, Y: 2, R: 3}\" is a circle, as in r/place 2023, which is not taken",
        ),
        (
            HEADER_2022,
            "0,a,#00CCC0,\"0,2000\"",
            "0,2000 lies outside the canvas of 2000×2000; --width and --height make a larger one",
        ),
        (HEADER_2022, "0,a,#00CCC0,\"-1,0\"", "\"-1,0\" is not a coordinate"),
        (HEADER_2022, "0,a,teal,\"1,0\"", "\"teal\" is not a colour"),
        (HEADER_2022, "0,a,#00CCC0", "it has not the 4 columns of the first row"),
        (HEADER_2022, "", "it has not the 4 columns of the first row"),
        (HEADER_2017, "0,a,1,2,16", "\"16\" is not a colour"),
        (
            HEADER_2017,
            "0,a,1,1001,1",
            "1,1001 lies outside the canvas of 1001×1001; --width and --height make a larger one",
        ),
        (
            HEADER_2017,
            "now,a,1,2,3",
            "\"now\" is not a time: write milliseconds since 1970, or as 2022-04-04 00:53:51.577 UTC",
        ),
        (HEADER_2017, "0,\u{1},1,2,3", "a user has at most 128 characters and no control characters"),
        (HEADER_2017, &format!("0,{long},1,2,3"), "a user has at most 128 characters and no control characters"),
    ];
    for (header, row, problem) in table {
        let good = if header == HEADER_2017 { "0,a,1,1,1" } else { "0,a,#00CCC0,\"1,1\"" };
        // Enough that many are durable before the wrong one comes.
        let before = format!("{good}\n").repeat(60_000);
        fs::write(terminal.path("bad.csv"), format!("{header}{before}{row}\n{good}\n")).unwrap();
        let done = terminal.pixlog(&["import", "bad.csv"]);
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{row}: {done:?}");
        assert_eq!(done.err, format!("error: row 60002 of bad.csv: {problem}\n"));
        assert_eq!(canvases(&terminal), 1, "{row}");
    }
    assert_eq!(terminal.ok(&["verify"]), "1 canvas with 5 entries: all whole\n");
    fs::write(terminal.path("bad.csv"), WALL).unwrap();
    terminal.ok(&["import", "bad.csv"]);
}

#[test]
fn what_is_nothing_known_is_refused() {
    let terminal = Terminal::new();
    terminal.wall();
    fs::write(terminal.path("1.csv"), WALL).unwrap();
    fs::write(terminal.path("2.csv"), HEADER_2017).unwrap();
    fs::write(terminal.path("2023.csv"), "timestamp,user,coordinate,pixel_color\n").unwrap();
    fs::write(terminal.path("text"), "hello\n").unwrap();
    fs::write(terminal.path("nothing"), "").unwrap();
    fs::write(terminal.path("long.csv"), format!("{HEADER_2022}{}", "x".repeat(300_000))).unwrap();
    let whole = packed(WALL);
    fs::write(terminal.path("cut.gz"), &whole[..whole.len() - 4]).unwrap();
    for (files, said) in [
        (&["text"][..], "row 1 of text: it is neither a log of pixlog, nor a picture, nor CSV of r/place"),
        (&["nothing"], "row 1 of nothing: it is neither a log of pixlog"),
        (&["2023.csv"], "row 1 of 2023.csv: these are the columns of r/place 2023, whose negative coordinates"),
        (&["1.csv", "2.csv"], "row 1 of 2.csv: the columns are not those of the files before it"),
        (&["1.csv", "missing.csv"], "reading missing.csv failed: No such file"),
        (&["cut.gz"], "reading cut.gz failed: "),
        (&["long.csv"], "reading long.csv failed: a line of more than 262144 bytes"),
    ] {
        let done = terminal.pixlog(&[&["import"], files].concat());
        assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
        assert!(done.err.starts_with(&format!("error: {said}")), "{done:?}");
        assert_eq!(canvases(&terminal), 1, "{files:?}");
    }
    terminal.ok(&["render", "wall", "-o", "a.png"]);
    for (arguments, said) in [
        (&["a.png", "1.csv"][..], "a picture is imported alone"),
        (&["a.png", "--width", "5", "--height", "5"], "a picture has a size: --width and --height are for CSV"),
        (&["1.csv", "--width", "0", "--height", "5"], "width and height must be at least 1"),
    ] {
        let done = terminal.pixlog(&[&["import"], arguments].concat());
        assert_eq!(done.status, Some(2), "{done:?}");
        assert!(done.err.starts_with(&format!("error: {said}")), "{done:?}");
    }
}

#[test]
fn a_picture_becomes_a_canvas_with_one_state() {
    let terminal = Terminal::new();
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/src/picture/tests/fixtures");
    for (file, name, mode) in [
        ("baseline.jpg.png", "baseline", Mode::Rgb),
        ("lossless.webp", "lossless", Mode::Rgb),
        ("lossy-alpha.webp.png", "lossy-alpha", Mode::Rgba),
        ("progressive.jpg", "progressive", Mode::Rgb),
    ] {
        let path = format!("{fixtures}/{file}");
        terminal.ok(&["import", &path]);
        let picture = image::open(&path).unwrap();
        let journal = terminal.journal();
        let canvas = canvas(&journal, name);
        assert_eq!(
            (canvas.size.width(), canvas.size.height(), canvas.mode),
            (picture.width(), picture.height(), mode),
            "{file}"
        );
        let entries = entries(&journal, &canvas);
        assert!(matches!(entries[..], [ref one] if matches!(one.change, Change::State { .. })), "{file}: {entries:?}");
        // Decoders of JPEG may differ in the last bit.
        if name != "progressive" {
            let cells =
                if mode == Mode::Rgb { picture.into_rgb8().into_raw() } else { picture.into_rgba8().into_raw() };
            assert_eq!(image(&journal, &canvas, 1), cells, "{file}");
        }
    }
    let whole = fs::read(format!("{fixtures}/baseline.jpg.png")).unwrap();
    fs::write(terminal.path("cut.png"), &whole[..whole.len() / 2]).unwrap();
    let done = terminal.pixlog(&["import", "cut.png"]);
    assert_eq!((done.status, done.out.as_str()), (Some(1), ""), "{done:?}");
    assert!(done.err.starts_with("error: this is not a readable picture: "), "{done:?}");
    assert_eq!(canvases(&terminal), 4);
}

#[test]
fn a_signal_leaves_nothing() {
    let terminal = Terminal::new();
    terminal.wall();
    let mut import = Started::of(terminal.command(&["import", "-", "--name", "half"]).stdin(Stdio::piped()));
    let mut stdin = import.child().stdin.take().unwrap();
    stdin.write_all(HEADER_2017.as_bytes()).unwrap();
    // More than the pipe and the chunks hold, so that some of it was pushed when this is through.
    stdin.write_all("0,a,1,1,1\n".repeat(600_000).as_bytes()).unwrap();
    import.signal(Signal::INT);
    let done = import.wait();
    drop(stdin);
    assert_eq!((done.status, done.out.as_str()), (Some(130), ""), "{done:?}");
    assert_eq!(done.err, "error: stopped; nothing was imported\n");
    assert_eq!(terminal.ok(&["verify"]), "1 canvas with 5 entries: all whole\n");
    assert_eq!(canvases(&terminal), 1);
}
