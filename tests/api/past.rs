//! Canvases with a past, for what reads any moment.

use std::io;

use insta::assert_snapshot;
use pixlog::canvas::{CanvasId, Rect, Source, Version};
use pixlog::journal::{Expectation, Records, RowSource, StateWrite, TagWrite};
use serde_json::Value;

use crate::app::{Answer, App};
use crate::pictures::Image;

/// Rows of one colour.
struct Flat([u8; 3]);

impl RowSource for Flat {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        row.as_chunks_mut().0.fill(self.0);
        Ok(())
    }
}

pub fn id(app: &App, name: &str) -> CanvasId {
    app.journal.canvas_named(&name.parse().expect("a name")).expect("it was made").id
}

/// Writes a rectangle of one colour as one entry, which changes something.
pub fn fill(app: &App, name: &str, region: Rect, colour: [u8; 3]) -> u64 {
    let write = StateWrite {
        canvas: id(app, name),
        region,
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    };
    let done = app.journal.put_state(write, &mut || Ok(Box::new(Flat(colour)))).expect("it fits");
    assert!(done.changed > 0, "it changes something");
    done.version.0
}

pub fn tag(app: &App, name: &str, tag: &str, version: u64) {
    let write = TagWrite {
        canvas: id(app, name),
        tag: tag.parse().expect("a tag"),
        version: Some(Version(version)),
        expectation: Expectation::Any,
        idempotency: None,
    };
    app.journal.write_tag(write).expect("that version exists");
}

/// Draws pixels in one write: column, row, colour.
pub fn draw(app: &App, name: &str, pixels: &[(u32, u32, [u8; 3])]) {
    let width = u32::try_from(app.get(&format!("/api/v1/canvases/{name}")).json()["width"].as_u64().expect("a width"));
    let width = width.expect("small");
    let row = |(x, y, colour): &(u32, u32, [u8; 3])| [&(y * width + x).to_le_bytes()[..], colour].concat();
    let rows: Vec<u8> = pixels.iter().flat_map(row).collect();
    let answer = app.post(&format!("/api/v1/canvases/{name}/pixels"), "application/octet-stream", &rows);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A canvas `a` of 3×2 with six entries: five pixels, among which one cell is set twice and one to the colour it has,
/// and between them a state of two cells at version 4.
pub fn small() -> App {
    let app = App::start();
    app.canvas("a", 3, 2);
    draw(&app, "a", &[(0, 0, [1, 1, 1]), (1, 0, [2, 2, 2])]);
    draw(&app, "a", &[(0, 0, [3, 3, 3])]);
    assert_eq!(fill(&app, "a", Rect { x: 1, y: 0, w: 1, h: 2 }, [4, 4, 4]), 4);
    let body = r##"{"pixels":[[2,1,"#050505"],[2,1,"#050505"]],"author":"me"}"##;
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", body).status, 200);
    tag(&app, "a", "four", 4);
    app
}

/// Pixels that look random: `count` of them on a canvas of that size, in colours of which none is white.
pub fn scattered(count: u32, width: u32, height: u32) -> Vec<(u32, u32, [u8; 3])> {
    let pixel = |n: u32| {
        let [a, b, c, d] = (n + 1).wrapping_mul(2_654_435_761).to_le_bytes();
        let cell = u32::from_le_bytes([c, d, a, b]) % (width * height);
        (cell % width, cell / width, [a & 0x7f, b, c])
    };
    (0..count).map(pixel).collect()
}

/// The image at a version, as `image.png` shows it.
pub fn image(app: &App, name: &str, query: &str) -> Image {
    let answer = app.get(&format!("/api/v1/canvases/{name}/image.png?{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    Image::from_png(&answer.body)
}

/// The items of a list.
pub fn items<'a>(page: &'a Value, name: &str) -> &'a [Value] {
    page[name].as_array().expect("a list")
}

/// What an answer says about what it shows, and what caches may make of it.
fn about(answer: &Answer) -> String {
    let names = ["Cache-Control", "ETag", "X-Pixlog-Version"];
    let values = names.map(|name| answer.header(name).unwrap_or("none").to_owned());
    format!("{} {}", answer.status, values.join(" | "))
}

/// Everything that reads a moment.
const READS: [&str; 13] = [
    "state",
    "image.png",
    "image.raw",
    "tiles.json",
    "tiles/0/0/0.png",
    "tiles/changed?since=0",
    "pixels/0/0",
    "pixels/0/0/history",
    "diff",
    "diff.png",
    "timelapse.gif",
    "timelapse.png",
    "timeline",
];

fn read(app: &App, path: &str, parameter: &str) -> Answer {
    let separator = if path.contains('?') || parameter.is_empty() { "&" } else { "?" };
    let parameter = if parameter.is_empty() { String::new() } else { format!("{separator}{parameter}") };
    app.get(&format!("/api/v1/canvases/a/{path}{parameter}"))
}

#[test]
fn every_read_takes_a_version_a_tag_or_a_time_and_says_what_may_be_kept() {
    let app = small();
    for path in READS {
        let named = read(&app, path, "version=4");
        assert_eq!(about(&named), "200 public, max-age=31536000, immutable | \"4\" | 4", "{path}");
        assert_eq!(named.header("Content-Length"), Some(named.body.len().to_string().as_str()), "{path}");
        assert_eq!(about(&read(&app, path, "version=four")), "200 no-cache | \"4\" | 4", "{path}");
        assert!(read(&app, path, "version=four").body == named.body, "{path}");
        let head = read(&app, path, "");
        assert_eq!(about(&head), "200 no-cache | \"6\" | 6", "{path}");
        assert_eq!(about(&read(&app, path, "at=2100-01-01T00:00:00Z")), about(&head), "{path}");
        let date = head.header("Last-Modified").expect("a time");
        assert!(date.ends_with(" GMT") && date.len() == "Thu, 01 Jan 1970 00:00:00 GMT".len(), "{date}");
        let ask = |tag: &str| app.send("GET", &format!("/api/v1/canvases/a/{path}"), &[("If-None-Match", tag)], &[]);
        assert_eq!(about(&ask("\"6\"")), about(&head).replace("200", "304"), "{path}");
        assert_eq!((ask("\"6\"").body.len(), ask("\"5\"").status), (0, 200), "{path}");
    }
}

#[test]
fn the_moment_of_a_time_is_the_last_version_at_or_before_it() {
    let app = App::start();
    app.canvas("a", 3, 1);
    let made = app.get("/api/v1/canvases/a").json()["created_at"].as_str().expect("a time").to_owned();
    for n in 0..3 {
        // Times have milliseconds: each entry has one of its own.
        std::thread::sleep(std::time::Duration::from_millis(3));
        draw(&app, "a", &[(n, 0, [7, 7, 7])]);
    }
    let version =
        |at: &str| read(&app, "tiles.json", &format!("at={}", at.replace('+', "%2B"))).json()["version"].clone();
    let page = app.get("/api/v1/canvases/a/history?order=asc").json();
    let mut times = vec![made];
    times.extend(items(&page, "entries").iter().map(|entry| entry["time"].as_str().expect("a time").to_owned()));
    for (number, time) in times.iter().enumerate() {
        assert_eq!(version(time), number, "{time}");
        assert_eq!(version(&time.replace('Z', "999Z")), number, "{time}");
        let moment: jiff::Timestamp = time.parse().expect("a time");
        let before = moment - jiff::SignedDuration::from_millis(1);
        assert_eq!(version(&before.to_string()), number.saturating_sub(1), "{before}");
    }
    assert_eq!(version("1970-01-01T00:00:00+01:00"), 0);
}

#[test]
fn a_moment_that_is_none_is_refused_everywhere() {
    let app = small();
    for path in READS {
        let refused = |parameter: &str| read(&app, path, parameter).shown();
        let beyond = "404 no-such-version: version 7 does not exist yet: the newest is 6 [current_version 6]";
        assert_eq!(refused("version=7"), beyond, "{path}");
        assert_eq!(refused("version=five"), "404 no-such-tag: there is no tag five", "{path}");
        let both = "400 unreadable: version and at exclude each other";
        assert_eq!(refused("version=1&at=2024-01-01T00:00:00Z"), both, "{path}");
        let neither = "400 unreadable: version=-1 cannot be read: write the number of a version, or a tag";
        assert_eq!(refused("version=-1"), neither, "{path}");
        let no_time = "400 unreadable: at=yesterday cannot be read: write an RFC 3339 time";
        assert_eq!(refused("at=yesterday"), no_time, "{path}");
        assert_eq!(refused("zoom=1"), "400 unreadable: the parameter \"zoom\" is not known here", "{path}");
        let elsewhere = app.get(&format!("/api/v1/canvases/b/{path}")).shown();
        assert_eq!(elsewhere, "404 no-such-canvas: there is no canvas \"b\"", "{path}");
    }
    let beyond = |path: &str| app.get(&format!("/api/v1/canvases/a/{path}")).shown();
    for path in ["diff?from=7", "diff.png?from=7", "timelapse.gif?from=7", "timeline?from=7", "tiles/changed?since=7"] {
        assert_eq!(
            beyond(path),
            "404 no-such-version: version 7 does not exist yet: the newest is 6 [current_version 6]"
        );
    }
    assert_snapshot!(beyond("diff?to=3&version=3"), @"400 unreadable: to, version and at exclude each other");
    assert_snapshot!(beyond("timeline?from=3&to=2"), @"422 bad-range: from is version 3, after version 2");
    assert_snapshot!(beyond("tiles/changed?since=3&version=2"), @"422 bad-range: since is version 3, after version 2");
}

#[test]
fn a_deleted_canvas_is_gone_for_every_read() {
    let app = small();
    // What was in memory is gone with it.
    assert_eq!(read(&app, "tiles/0/0/0.png", "version=4").status, 200);
    app.journal.delete_canvas(id(&app, "a"), Expectation::Any).expect("it is there");
    for path in READS {
        assert_eq!(read(&app, path, "version=4").shown(), "410 deleted: the canvas a was deleted", "{path}");
    }
}
