//! `GET /`: the list, the page, and starting a run.

use std::io::{Read, Write};
use std::net::TcpStream;

use insta::assert_snapshot;
use serde_json::Value;

use crate::app::{App, until};
use crate::pictures::{Image, check_run, listed};
use crate::wire;

fn current_run(app: &App) -> Value {
    app.get("/api/v1/runs?limit=1").json()["runs"][0].clone()
}

fn canvas_of(run: &Value) -> String {
    run["canvas"].as_str().expect("a name").to_owned()
}

#[test]
fn nothing_was_started_yet() {
    let app = App::start();
    let answer = app.get("/");
    assert_eq!(answer.text(), r#"{"generate_images":[]}"#);
    assert_eq!(answer.header("Content-Type"), Some("application/json"));
    assert!(answer.header("Vary").is_some_and(|vary| vary.contains("Accept")), "{answer:?}");
}

#[test]
fn browsers_get_the_page() {
    let app = App::start();
    let chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
    for (path, accept, kind) in [
        ("/", chrome, "text/html; charset=utf-8"),
        ("/", "application/json, text/plain, */*", "application/json"),
        ("/", "*/*", "application/json"),
        ("/?init=1&width=2&height=2", chrome, "application/json"),
        ("/app", "*/*", "text/html; charset=utf-8"),
        ("/app/", "*/*", "text/html; charset=utf-8"),
    ] {
        let answer = app.send("GET", path, &[("Accept", accept)], &[]);
        assert_eq!((answer.status, answer.header("Content-Type")), (200, Some(kind)), "{path} {accept}");
    }
}

#[test]
fn a_run_answers_with_its_pictures() {
    let app = App::start();
    for (width, height, granular) in [(10, 10, 30), (28, 28, 10), (16, 10, 7), (3, 3, 10), (1, 1, 5), (11, 7, 1)] {
        let answer = app.get(&format!("/?init=1&width={width}&height={height}&granular={granular}"));
        assert_eq!(answer.status, 200);
        let pictures = listed(&answer.json());
        let run = current_run(&app);
        assert_eq!((&run["status"], &run["granular"]), (&"completed".into(), &granular.into()));
        check_run(&app, &canvas_of(&run), (width, height), granular, &pictures);
        assert_eq!(listed(&app.get("/").json()), pictures, "the list stays");
    }
}

#[test]
fn at_a_hundred_cells_every_multiple_is_there_and_below_some_are_not() {
    let app = App::start();
    let names = |size: u32, granular: u32| {
        let path = format!("/?init=1&width={size}&height={size}&granular={granular}&images=none");
        app.get(&path).json()["generate_images"].to_string()
    };
    assert_snapshot!(names(10, 30), @r#"["myImg_30.png","myImg_60.png","myImg_90.png"]"#);
    assert_snapshot!(names(3, 11), @r#"["myImg_11.png","myImg_22.png","myImg_33.png","myImg_44.png","myImg_55.png","myImg_66.png","myImg_77.png","myImg_88.png"]"#);
    assert_snapshot!(names(5, 25), @r#"["myImg_100.png"]"#);
}

#[test]
fn pictures_can_be_named_by_url() {
    let app = App::start();
    let answer = app.get("/?init=1&width=10&height=10&granular=50&images=url&seed=3");
    assert_snapshot!(answer.json(), @r#"{"generate_images":[{"myImg_50.png":"/api/v1/canvases/canvas-1/image.png?version=50"},{"myImg_100.png":"/api/v1/canvases/canvas-1/image.png?version=100"}]}"#);
    let inline = listed(&app.get("/").json());
    let url = answer.json()["generate_images"][0]["myImg_50.png"].as_str().expect("a URL").to_owned();
    assert_eq!(Image::from_png(&app.get(&url).body), inline[0].1);
    assert_eq!(app.get("/?images=none").text(), r#"{"generate_images":["myImg_50.png","myImg_100.png"]}"#);
    let again = app.get("/?init=1&width=10&height=10&granular=50&seed=3");
    assert_eq!(listed(&again.json()), inline, "a seed makes a run repeatable");
}

#[test]
fn parameters_that_make_no_run_write_nothing() {
    let app = App::start();
    let refused = |query: &str| app.get(&format!("/?init=1&{query}")).shown();
    assert_snapshot!(refused("width=0&height=5"), @"422 impossible-size: width and height must be at least 1");
    assert_snapshot!(refused("width=-1&height=5"), @"400 unreadable: width=-1 cannot be read: invalid digit found in string");
    assert_snapshot!(refused("width=wide&height=5"), @"400 unreadable: width=wide cannot be read: invalid digit found in string");
    assert_snapshot!(refused("width=4294967296&height=5"), @"400 unreadable: width=4294967296 cannot be read: number too large to fit in target type");
    assert_snapshot!(refused("width=4294967295&height=4294967295"), @"422 impossible-size: 4294967295×4294967295 has more cells than can be numbered");
    assert_snapshot!(refused("width=16385&height=1"), @"422 canvas-too-large: 16385×1 is larger than the limit of 16384 cells a side and 67108864 cells in all [limit 16384]");
    assert_snapshot!(refused("width=5000&height=5000"), @"422 too-few-colours: 25000000 cells need as many different colours, and there are 16777215 [limit 16777215]");
    assert_snapshot!(refused("width=5"), @"400 unreadable: height is missing");
    assert_snapshot!(refused("height=5"), @"400 unreadable: width is missing");
    assert_snapshot!(refused("width=5&height=5&granular=0"), @"422 granular: granular is 1 to 100, not 0 [limit 100]");
    assert_snapshot!(refused("width=5&height=5&granular=101"), @"422 granular: granular is 1 to 100, not 101 [limit 100]");
    assert_snapshot!(refused("width=5&height=5&granular=half"), @"400 unreadable: granular=half cannot be read: invalid digit found in string");
    assert_snapshot!(refused("width=5&height=5&pixels_per_hop=0"), @"422 pixels-per-hop: pixels_per_hop is 1 to 65536, not 0 [limit 65536]");
    assert_snapshot!(refused("width=5&height=5&exchange=pigeon"), @"400 unreadable: exchange=pigeon cannot be read: write local or http");
    assert_snapshot!(refused("width=5&height=5&seed=9007199254740992"), @"422 seed: a seed is at most 9007199254740991 [limit 9007199254740991]");
    assert_snapshot!(refused("width=5&height=5&seed=-1"), @"400 unreadable: seed=-1 cannot be read: invalid digit found in string");
    assert_snapshot!(refused("width=5&height=5&images=all"), @"400 unreadable: images=all cannot be read: write inline, url or none");
    assert_snapshot!(refused("width=5&width=6&height=5"), @"400 unreadable: width is given twice");
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(0));
    assert_eq!(app.get("/").text(), r#"{"generate_images":[]}"#);
}

/// Starts a run slow enough to be looked at midway, and reads its answer up to the first picture.
fn begin(app: &App, size: u32) -> (TcpStream, Vec<u8>) {
    let mut stream = TcpStream::connect(app.address()).expect("it listens");
    let path = format!("/?init=1&width={size}&height={size}&granular=2&exchange=http");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut begun = Vec::new();
    while !String::from_utf8_lossy(&begun).contains("myImg_2.png") {
        let mut some = [0; 4096];
        let read = stream.read(&mut some).expect("it answers");
        assert!(read > 0, "the answer ended: {}", String::from_utf8_lossy(&begun));
        begun.extend_from_slice(&some[..read]);
    }
    (stream, begun)
}

fn rest(mut stream: TcpStream, mut begun: Vec<u8>) -> String {
    stream.read_to_end(&mut begun).expect("it ends");
    wire::dechunked(&String::from_utf8(begun).expect("JSON"))
}

#[test]
fn pictures_come_while_the_run_goes() {
    let app = App::start();
    let (stream, begun) = begin(&app, 64);
    let paused = app.send("POST", "/api/v1/runs/1/pause", &[], &[]);
    assert_eq!(paused.json()["status"], "paused", "it was still going: {}", paused.text());
    let progress = app.get("/progress").json();
    assert_eq!(progress["progression"], paused.json()["progression"]);
    let so_far = listed(&app.get("/").json());
    assert_eq!(listed(&progress), so_far.last().cloned().into_iter().collect::<Vec<_>>());
    assert_eq!(app.send("POST", "/api/v1/runs/1/resume", &[], &[]).status, 200);
    let pictures = listed(&serde_json::from_str(&rest(stream, begun)).expect("a whole list"));
    assert_eq!(pictures[..so_far.len()], so_far);
    check_run(&app, &canvas_of(&current_run(&app)), (64, 64), 2, &pictures);
}

#[test]
fn a_client_that_leaves_does_not_stop_the_run() {
    let app = App::start();
    drop(begin(&app, 64));
    until("the end of the run", || current_run(&app), |run| run["status"] == "completed");
    check_run(&app, &canvas_of(&current_run(&app)), (64, 64), 2, &listed(&app.get("/").json()));
}

#[test]
fn a_second_run_cancels_the_first_whose_client_gets_what_it_has() {
    let app = App::start();
    let (stream, begun) = begin(&app, 128);
    let second = listed(&app.get("/?init=1&width=10&height=10&granular=50").json());
    assert_eq!(second.len(), 2);
    let first = listed(&serde_json::from_str(&rest(stream, begun)).expect("a whole list, if short"));
    let run = app.get("/api/v1/runs/1").json();
    assert_eq!((&run["status"], run["images"].as_array().map(Vec::len)), (&"cancelled".into(), Some(first.len())));
    assert!(!first.is_empty() && first.len() < 50, "{} pictures", first.len());
    for (picture, image) in first.iter().zip(run["images"].as_array().expect("a list")) {
        let readable = Image::from_png(&app.get(image["url"].as_str().expect("a URL")).body);
        assert_eq!(readable, picture.1, "it stays readable");
    }
    assert_eq!(listed(&app.get("/").json()), second, "the second is current");
}

#[test]
fn of_two_runs_started_at_once_one_is_current_and_both_answer() {
    let app = App::start();
    let init = || app.get("/?init=1&width=40&height=40&granular=10&exchange=http");
    let answers = std::thread::scope(|scope| {
        let both = [scope.spawn(init), scope.spawn(init)];
        both.map(|answer| answer.join().expect("no panic"))
    });
    let runs = app.get("/api/v1/runs").json()["runs"].clone();
    let newest = listed(&app.get("/").json());
    assert_eq!((runs.as_array().map(Vec::len), newest.len()), (Some(2), 10));
    assert_eq!(runs[0]["status"], "completed");
    let lists = answers.map(|answer| listed(&answer.json()));
    assert!(lists.contains(&newest), "the current run's client has all of it");
}
