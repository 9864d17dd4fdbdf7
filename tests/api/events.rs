//! Live events: what happens to canvases and runs, on one connection, without a gap.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use insta::assert_snapshot;
use pixlog::canvas::{CellIndex, Colour, Pixel, Source};
use pixlog::journal::{Append, Expectation, Records};
use serde_json::Value;

use crate::app::App;
use crate::contract;

/// A client of a stream of events, as a browser is one.
pub struct Client {
    stream: BufReader<TcpStream>,
    /// What is left of the chunk that is being read.
    chunk: usize,
    /// The id of the last event, also of one that says nothing else.
    pub last_id: Option<String>,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub kind: String,
    pub data: Value,
}

impl Client {
    /// Connects, and expects a stream.
    pub fn open(app: &App, path: &str, last_id: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(app.address()).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a socket");
        let last = last_id.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{last}Accept: text/event-stream\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(stream.read_line(&mut head).expect("a head") > 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 200") && head.contains("content-type: text/event-stream"), "{head}");
        assert!(head.contains("cache-control: no-store") && head.contains("transfer-encoding: chunked"), "{head}");
        Self { stream, chunk: 0, last_id: None }
    }

    /// A byte of the body; `None` at its regular end.
    fn byte(&mut self) -> Option<u8> {
        if self.chunk == 0 {
            let mut length = String::new();
            self.stream.read_line(&mut length).expect("a chunk");
            self.chunk = usize::from_str_radix(length.trim_end(), 16).expect("the length of a chunk");
            if self.chunk == 0 {
                return None;
            }
        }
        let mut byte = [0];
        self.stream.read_exact(&mut byte).expect("a chunk as long as it says");
        self.chunk -= 1;
        if self.chunk == 0 {
            self.stream.read_exact(&mut [0; 2]).expect("the end of a chunk");
        }
        Some(byte[0])
    }

    /// A line without its end; `None` at the regular end of the body.
    pub fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        loop {
            match self.byte()? {
                b'\n' => return Some(String::from_utf8(line).expect("UTF-8")),
                byte => line.push(byte),
            }
        }
    }

    /// The next event that a browser would dispatch; `None` at the regular end.
    pub fn next(&mut self) -> Option<Event> {
        let (mut kind, mut data) = (String::new(), String::new());
        loop {
            let line = self.line()?;
            match line.split_once(": ").unwrap_or((&line, "")) {
                ("", "") if !data.is_empty() => {
                    let data = serde_json::from_str(&data).expect("JSON");
                    contract::check_event(&kind, &data);
                    return Some(Event { kind, data });
                }
                ("id", id) => self.last_id = Some(id.to_owned()),
                ("event", name) => name.clone_into(&mut kind),
                ("data", text) => data.push_str(text),
                ("", "") | ("retry", "2000") => {}
                _ => panic!("{line:?}"),
            }
        }
    }
}

fn draw(app: &App, name: &str, pixels: &str) -> u64 {
    let drawn = app.post_json(&format!("/api/v1/canvases/{name}/pixels"), &format!("{{\"pixels\":[{pixels}]}}"));
    assert_eq!(drawn.status, 200, "{}", drawn.text());
    drawn.json()["version"].as_u64().expect("a version")
}

/// Many pixels of a canvas in one commit.
pub fn fill(app: &App, name: &str, count: u32) {
    let canvas = app.journal.canvas_named(&name.parse().expect("a name")).expect("a canvas");
    let pixel = |n| Pixel { cell: CellIndex(n % canvas.size.cells()), colour: Colour::from_rgb_number(n) };
    let append = Append {
        canvas: canvas.id,
        pixels: (0..count).map(pixel).collect(),
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    };
    app.journal.append(append).expect("it is written");
}

#[test]
fn a_stream_says_where_it_begins_and_what_happens() {
    let app = App::start();
    app.canvas("art", 10, 10);
    draw(&app, "art", "[1,2,\"#010203\"]");
    let mut client = Client::open(&app, "/api/v1/canvases/art/events", None);
    let first: Vec<_> = (0..3).map(|_| client.line().expect("a line")).collect();
    assert_eq!(first, ["retry: 2000", "id: 1", ""]);
    draw(&app, "art", "[3,4,\"#ff0000\"],[3,4,\"#00ff00\"]");
    let event: Vec<_> = (0..4).map(|_| client.line().expect("a line")).collect();
    assert_snapshot!(event.join("\n"), @r##"
    id: 3
    event: pixels
    data: {"canvas":"art","from":1,"version":3,"pixels":[[3,4,"#ff0000"],[3,4,"#00ff00"]]}
    "##);
    // From the start, out of the log; then from an earlier event, which counts for more than the URL.
    for (path, last, from) in
        [("?after=0", None, 0), ("?after=0", Some("2"), 2), ("", Some("0"), 0), ("?after=1", Some(""), 1)]
    {
        let mut client = Client::open(&app, &format!("/api/v1/canvases/art/events{path}"), last);
        let event = client.next().expect("an event");
        assert_eq!((event.kind.as_str(), &event.data["from"]), ("pixels", &Value::from(from)), "{path} {last:?}");
        assert_eq!(client.last_id.as_deref(), Some("3"));
    }
}

#[test]
fn what_is_large_is_told_as_a_region() {
    let app = App::start();
    app.canvas("art", 200, 200);
    let mut live = Client::open(&app, "/api/v1/canvases/art/events", None);
    assert_eq!(live.line().as_deref(), Some("retry: 2000"));
    fill(&app, "art", 10_000);
    let event = live.next().expect("an event");
    assert_eq!(event.kind, "state");
    assert_eq!(
        event.data.to_string(),
        r#"{"canvas":"art","from":0,"region":{"h":50,"w":200,"x":0,"y":0},"version":10000}"#
    );
    // Who comes later gets each pixel, 1,024 at a time.
    let mut late = Client::open(&app, "/api/v1/canvases/art/events?after=0", None);
    let mut reached = 0;
    while reached < 10_000 {
        let event = late.next().expect("an event");
        let pixels = event.data["pixels"].as_array().expect("pixels").len() as u64;
        assert_eq!((event.kind.as_str(), event.data["from"].as_u64()), ("pixels", Some(reached)));
        assert!((1..=1_024).contains(&pixels), "{pixels}");
        reached += pixels;
        assert_eq!(event.data["version"].as_u64(), Some(reached));
    }
    // Who is very far behind gets there at once.
    fill(&app, "art", 65_536);
    let mut far = Client::open(&app, "/api/v1/canvases/art/events?after=9999", None);
    let event = far.next().expect("an event");
    assert_eq!((event.kind.as_str(), event.data["version"].as_u64()), ("state", Some(75_536)));
}

#[test]
fn several_canvases_share_a_connection() {
    let app = App::start();
    for name in ["a", "b"] {
        app.canvas(name, 4, 4);
        draw(&app, name, "[0,0,\"#000000\"]");
    }
    let path = "/api/v1/events?canvas=a&canvas=b&canvas=a";
    let mut client = Client::open(&app, path, None);
    draw(&app, "b", "[1,0,\"#000000\"]");
    let event = client.next().expect("an event");
    assert_eq!((&event.data["canvas"], &event.data["from"]), (&Value::from("b"), &Value::from(1)));
    assert_eq!(client.last_id.as_deref(), Some("a=1,b=2"));
    draw(&app, "a", "[1,1,\"#000000\"]");
    let mut client = Client::open(&app, path, Some("a=0,b=2"));
    let event = client.next().expect("an event");
    assert_eq!((&event.data["canvas"], &event.data["from"]), (&Value::from("a"), &Value::from(0)));
    assert_eq!(client.last_id.as_deref(), Some("a=2,b=2"));
}

#[test]
fn what_cannot_be_followed_is_told() {
    let app = App::with(|config| config.limits.readers_max = 1);
    app.canvas("art", 4, 4);
    let many = "canvas=art&".repeat(33);
    for (path, status, kind) in [
        ("/canvases/art/events?after=1", 400, "unreadable"),
        ("/canvases/art/events?after=art=0", 400, "unreadable"),
        ("/canvases/art/events?after=x", 400, "unreadable"),
        ("/canvases/art/events?since=1", 400, "unreadable"),
        ("/events?canvas=art&after=0", 400, "unreadable"),
        ("/events", 400, "unreadable"),
        ("/events?canvas=none", 404, "no-such-canvas"),
        ("/events?run=7", 404, "no-such-run"),
        ("/canvases/none/events", 404, "no-such-canvas"),
        ("/runs/7/events", 404, "no-such-run"),
        (&format!("/events?{many}"), 422, "too-many"),
    ] {
        let refused = app.get(&format!("/api/v1{path}"));
        let found = refused.json()["type"].as_str().unwrap_or_default().to_owned();
        assert_eq!((refused.status, found), (status, format!("urn:pixlog:problem:{kind}")), "{path}");
    }
    assert_eq!(app.get("/api/v1/canvases/art/events?after=1").json()["current_version"], 0);
    let wrong = app.send("GET", "/api/v1/canvases/art/events", &[("Accept", "application/json")], &[]);
    assert_eq!(wrong.status, 406);
    let client = Client::open(&app, "/api/v1/canvases/art/events", None);
    let refused = app.get("/api/v1/canvases/art/events");
    assert_eq!((refused.status, refused.header("Retry-After")), (503, Some("1")));
    drop(client);
    // The place is given back when the server sees that the client is gone: at the latest when it sends something.
    for n in 0..600 {
        draw(&app, "art", "[0,0,\"#000000\"]");
        if app.journal.head(app.journal.canvases(None, 1).expect("a list")[0].id).is_ok() && n > 0 {
            let mut stream = TcpStream::connect(app.address()).expect("it listens");
            let request = "GET /api/v1/canvases/art/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(request.as_bytes()).expect("it reads");
            let mut status = [0; 12];
            stream.read_exact(&mut status).expect("an answer");
            if &status == b"HTTP/1.1 200" {
                return;
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the place was never given back");
}

#[test]
fn a_deletion_is_told_and_ends_the_stream() {
    let app = App::start();
    app.canvas("a", 4, 4);
    app.canvas("b", 4, 4);
    let mut alone = Client::open(&app, "/api/v1/canvases/a/events", None);
    let mut both = Client::open(&app, "/api/v1/events?canvas=a&canvas=b", None);
    let id = app.journal.canvas_named(&"a".parse().expect("a name")).expect("a canvas").id;
    app.journal.delete_canvas(id, Expectation::Any).expect("it is deleted");
    let deleted = Event { kind: "deleted".to_owned(), data: serde_json::json!({ "canvas": "a" }) };
    assert_eq!((alone.next(), alone.next()), (Some(deleted.clone()), None));
    assert_eq!(both.next(), Some(deleted));
    draw(&app, "b", "[0,0,\"#000000\"]");
    assert_eq!(both.next().expect("an event").data["canvas"], "b");
    assert_eq!(both.last_id.as_deref(), Some("b=1"));
}

#[test]
fn a_run_is_followed_to_its_end() {
    let app = App::start();
    let made = app.post_json("/api/v1/runs", "{\"width\":60,\"height\":60,\"granular\":50,\"seed\":1}");
    let run = made.json()["id"].as_u64().expect("a number");
    let mut client = Client::open(&app, &format!("/api/v1/runs/{run}/events"), None);
    let mut last = Value::Null;
    while last["status"] != "completed" {
        let event = client.next().expect("an event");
        assert_eq!((event.kind.as_str(), &event.data["id"]), ("run", &Value::from(run)));
        last = event.data;
    }
    assert_eq!(last, app.get(&format!("/api/v1/runs/{run}")).json());
    assert_eq!((last["progression"].as_u64(), last["images"].as_array().map(Vec::len)), (Some(100), Some(2)));
}

#[test]
fn streams_end_with_the_server() {
    let app = App::start();
    app.canvas("art", 4, 4);
    let mut client = Client::open(&app, "/api/v1/canvases/art/events", None);
    assert_eq!(client.line().as_deref(), Some("retry: 2000"));
    drop(app);
    assert_eq!(client.next(), None);
}

#[test]
fn a_quiet_stream_shows_that_it_is_alive() {
    let app = App::start();
    app.canvas("art", 4, 4);
    let mut client = Client::open(&app, "/api/v1/canvases/art/events", None);
    let lines: Vec<_> = (0..5).map(|_| client.line().expect("a line")).collect();
    assert_eq!(lines, ["retry: 2000", "id: 0", "", ": ", ""]);
}

/// A copy of a canvas, kept by its events alone.
struct Copy<'a> {
    app: &'a App,
    cells: Vec<[u8; 3]>,
    reached: u64,
}

impl Copy<'_> {
    fn apply(&mut self, event: &Event) {
        let number = |name: &str| event.data[name].as_u64().expect("a number");
        assert_eq!(number("from"), self.reached, "a gap, or something twice");
        self.reached = number("version");
        if event.kind == "pixels" {
            let pixels = event.data["pixels"].as_array().expect("pixels");
            assert_eq!(number("from") + pixels.len() as u64, self.reached);
            for pixel in pixels {
                let (x, y) = (pixel[0].as_u64().expect("x"), pixel[1].as_u64().expect("y"));
                let colour: Colour = pixel[2].as_str().expect("a colour").parse().expect("a colour");
                self.cells[usize::try_from(y * 40 + x).expect("small")] = [colour.0[0], colour.0[1], colour.0[2]];
            }
            return;
        }
        assert_eq!(event.kind, "state");
        let region = &event.data["region"];
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|name| region[name].as_u64().expect("a number"));
        let path = format!("/api/v1/canvases/art/image.raw?version={}&region={x},{y},{w},{h}", self.reached);
        let rows = self.app.get(&path).body;
        for (index, cell) in rows.chunks_exact(3).enumerate() {
            let index = index as u64;
            let at = usize::try_from((y + index / w) * 40 + x + index % w).expect("small");
            self.cells[at] = [cell[0], cell[1], cell[2]];
        }
    }
}

/// Readers that lose their connection again and again see every version once, whatever is written meanwhile.
#[test]
fn readers_that_come_and_go_miss_nothing() {
    let app = App::start();
    app.canvas("art", 40, 40);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..120u32 {
                match round % 5 {
                    0 => fill(&app, "art", 1 + round * 53 % 3_000),
                    1 => fill(&app, "art", 5_000),
                    _ => {
                        let (x, y) = (round * 7 % 40, round * 11 % 40);
                        draw(&app, "art", &format!("[{x},{y},\"#{:06x}\"]", round * 977));
                    }
                }
                std::thread::sleep(Duration::from_millis(u64::from(round % 7) * 5));
            }
            done.store(true, Ordering::Release);
        });
        for reader in 0..4usize {
            let (app, done) = (&app, &done);
            scope.spawn(move || {
                let mut copy = Copy { app, cells: vec![[255; 3]; 1_600], reached: 0 };
                let mut last = Some("0".to_owned());
                for connection in 0.. {
                    let mut client = Client::open(app, "/api/v1/canvases/art/events", last.as_deref());
                    let events = 1 + (connection * 31 + reader * 17) % 9;
                    let is_over = || {
                        let canvas = app.journal.canvases(None, 1).expect("a list").remove(0);
                        done.load(Ordering::Acquire).then(|| app.journal.head(canvas.id).expect("a head").version.0)
                    };
                    for _ in 0..events {
                        if is_over() == Some(copy.reached) {
                            break;
                        }
                        copy.apply(&client.next().expect("an event"));
                    }
                    last = Some(copy.reached.to_string());
                    assert!(client.last_id.is_some());
                    if is_over() == Some(copy.reached) {
                        break;
                    }
                }
                let image = app.get("/api/v1/canvases/art/image.raw").body;
                assert!(copy.cells.concat() == image, "reader {reader} has another image");
            });
        }
    });
}
