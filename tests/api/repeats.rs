//! `Idempotency-Key`: writes that may be sent again.

use std::thread;

use insta::assert_snapshot;

use crate::app::{Answer, App, until};
use crate::pictures::Image;

const PATH: &str = "/api/v1/canvases/a";
const PIXEL: &str = r##"{"pixels":[[0,0,"#010203"]]}"##;

/// A request that may be sent again, and a body that is another's.
struct Write {
    method: &'static str,
    path: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
    other: &'static [u8],
}

impl Write {
    fn json(method: &'static str, path: &'static str, body: &str) -> Self {
        let body = body.as_bytes().to_vec();
        Self { method, path, content_type: "application/json", body, other: b"{" }
    }

    fn send(&self, app: &App, key: usize, body: &[u8]) -> Answer {
        let key = key.to_string();
        let headers = [("Content-Type", self.content_type), ("Idempotency-Key", key.as_str())];
        app.send(self.method, self.path, &headers, body)
    }
}

/// One of each kind. Their order matters: each finds what it needs.
fn writes() -> Vec<Write> {
    let rows = [1, 0, 0, 0, 9, 8, 7].to_vec();
    let image = format!("{{\"image\":\"{}\"}}", Image::filled(2, 1, [5; 3]).base64());
    let picture = Image::filled(2, 1, [6; 3]).png();
    vec![
        Write::json("POST", "/api/v1/canvases", r#"{"name":"a","label":"first","width":2,"height":1}"#),
        Write::json("POST", "/api/v1/canvases", r#"{"width":2,"height":1}"#),
        Write::json("POST", "/api/v1/canvases/a/pixels", PIXEL),
        Write {
            content_type: "application/octet-stream",
            body: rows,
            other: b"x",
            ..Write::json("POST", "/api/v1/canvases/a/pixels?author=Zo%C3%AB", "")
        },
        Write::json("PUT", "/api/v1/canvases/a/state", &image),
        Write { content_type: "image/png", body: picture, ..Write::json("PUT", "/api/v1/canvases/a/state?x=0", "") },
        Write::json("POST", "/api/v1/canvases/a/restore", r#"{"version":0}"#),
        Write::json("POST", "/api/v1/canvases/a/restore", r#"{"version":0}"#),
        Write::json("POST", "/api/v1/canvases/a/undo", r#"{"first_version":1,"version":4}"#),
        Write::json("POST", "/api/v1/canvases/a/undo", r#"{"author":"nobody"}"#),
        Write::json("POST", "/api/v1/canvases/a/fork", "{}"),
        Write::json("PUT", "/api/v1/canvases/a/tags/t", r#"{"version":1}"#),
        Write::json("PUT", "/api/v1/canvases/a/tags/t", r#"{"version":2}"#),
        Write::json("PATCH", "/api/v1/canvases/a", r#"{"label":"second"}"#),
        Write::json("PATCH", "/api/v1/canvases/a", r#"{"label":null}"#),
        Write::json("POST", "/api/v1/runs", r#"{"width":9,"height":9,"seed":1}"#),
        Write::json("POST", "/api/v1/runs", r#"{"canvas":"canvas-2"}"#),
        Write::json("POST", "/api/v1/runs", r#"{"width":128,"height":128,"exchange":"http"}"#),
        Write::json("POST", "/api/v1/runs/3/pause", ""),
        Write::json("POST", "/api/v1/runs/3/resume", ""),
        Write::json("POST", "/api/v1/runs/3/cancel", ""),
    ]
}

/// All that must be the same when it is sent again.
fn essence(answer: &Answer) -> (u16, Vec<Option<String>>, String) {
    let names = ["Content-Type", "ETag", "Location", "Cache-Control"];
    (answer.status, names.map(|name| answer.header(name).map(str::to_owned)).to_vec(), answer.text())
}

#[test]
fn what_is_sent_again_is_answered_as_the_first_time_also_after_a_power_loss() {
    let (app, store) = App::on_memory();
    let mut first = Vec::new();
    for (key, write) in writes().into_iter().enumerate() {
        let answer = write.send(&app, key, &write.body);
        assert!((200..300).contains(&answer.status), "{} {}: {}", write.method, write.path, answer.text());
        assert_eq!(answer.header("Idempotent-Replayed"), None, "{}", write.path);
        first.push((write, answer));
    }
    let check = |app: &App| {
        for (key, (write, answer)) in first.iter().enumerate() {
            let again = write.send(app, key, &write.body);
            assert_eq!(essence(&again), essence(answer), "{} {}", write.method, write.path);
            assert_eq!(again.header("Idempotent-Replayed"), Some("true"), "{}", write.path);
            let other = write.send(app, key, write.other).shown();
            let refusal = "422 key-reused: the idempotency key was used for another request";
            assert_eq!(other, refusal, "{} {}", write.method, write.path);
        }
    };
    check(&app);
    // Whatever was written since.
    assert_eq!(app.post_json(&format!("{PATH}/pixels"), PIXEL).status, 200);
    check(&app);
    let version = app.get(PATH).json()["version"].clone();
    let (app, _store) = app.after_power_loss(&store);
    check(&app);
    assert_eq!(app.get(PATH).json()["version"], version, "nothing was written again");
    assert_eq!(app.get("/api/v1/runs").json()["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(5));
}

#[test]
fn what_was_refused_is_not_remembered() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let headers = [("Idempotency-Key", "one")];
    let post = |headers: &[_], body: &str| app.send_json("POST", &format!("{PATH}/pixels"), headers, body);
    assert_eq!(post(&headers, "{").status, 400);
    assert_eq!(post(&[headers[0], ("If-Match", "\"4\"")], PIXEL).status, 412);
    assert_eq!(post(&headers, PIXEL).header("Idempotent-Replayed"), None);
    let restore = |body: &str| app.send_json("POST", &format!("{PATH}/restore"), &headers, body);
    assert_eq!(restore(r#"{"version":9}"#).status, 404);
    let done = restore(r#"{"version":0}"#);
    assert_eq!((done.status, done.header("Idempotent-Replayed")), (200, None));
}

/// A repeat is not refused for what its original did, and nothing else is looked at before the key.
#[test]
fn the_key_comes_first_then_the_head_then_the_content() {
    let app = App::start();
    app.canvas("a", 2, 1);
    let image = format!("{{\"image\":\"{}\"}}", Image::filled(2, 1, [5; 3]).base64());
    let mut version = 0;
    for (method, what, body, broken) in [
        ("POST", "/pixels", PIXEL, 400),
        ("PUT", "/state", image.as_str(), 400),
        ("POST", "/restore", r#"{"version":0}"#, 400),
        ("POST", "/undo", r#"{"first_version":1,"version":2}"#, 400),
        ("PUT", "/tags/t", r#"{"version":1}"#, 400),
        ("PATCH", "", r#"{"label":"a"}"#, 400),
    ] {
        let send = |key: &str, tags: &str, body: &str| {
            let headers = [("Idempotency-Key", key), ("If-Match", tags)];
            app.send_json(method, &format!("{PATH}{what}"), &headers, body)
        };
        let head = format!("\"{version}\", \"99\"");
        let first = send("one", &head, body);
        assert!((200..300).contains(&first.status), "{what}: {}", first.text());
        version = app.get(PATH).json()["version"].as_u64().expect("a number");
        let again = send("one", &head, body);
        assert_eq!((again.status, again.text()), (first.status, first.text()), "{what}");
        assert_eq!(send("one", &head, "{").shown().split(':').next(), Some("422 key-reused"), "{what}");
        assert_eq!(send("two", "\"98\", \"99\"", "{").status, 412, "{what}");
        assert_eq!(send("two", &format!("\"{version}\""), "{").status, broken, "{what}");
    }
}

#[test]
fn a_cooldown_does_not_keep_a_repeat_from_its_answer() {
    let app = App::start();
    let new = r#"{"name":"a","width":1,"height":1,"cooldown_ms":4000000000}"#;
    assert_eq!(app.post_json("/api/v1/canvases", new).status, 201);
    let post = |key: &str| app.send_json("POST", &format!("{PATH}/pixels"), &[("Idempotency-Key", key)], PIXEL);
    let first = post("one");
    assert_eq!(first.status, 200);
    assert_eq!((post("one").status, post("one").text()), (200, first.text()));
    assert_eq!(post("two").status, 429);
}

#[test]
fn a_key_is_its_callers_own_and_goes_with_one_path() {
    let (app, _folder) = App::with_tokens(&[("wendy", "write"), ("anna", "admin")], "read,write");
    app.canvas("a", 1, 1);
    let post = |headers: &[(&str, &str)], path: &str| {
        let headers: Vec<_> = headers.iter().copied().chain([("Idempotency-Key", "one")]).collect();
        app.send_json("POST", path, &headers, PIXEL).json()["version"].clone()
    };
    let path = format!("{PATH}/pixels");
    assert_eq!(post(&[], &path), 1);
    assert_eq!(post(&[("Authorization", "Bearer wendy")], &path), 2);
    assert_eq!(post(&[("Authorization", "Bearer anna")], &path), 3);
    assert_eq!(post(&[("Authorization", "Bearer wendy")], &path), 2);
    assert_eq!(post(&[], &path), 1);
    app.canvas("b", 1, 1);
    assert_eq!(post(&[], "/api/v1/canvases/b/pixels"), 1);
    assert_eq!(app.get(PATH).json()["version"], 3);
}

#[test]
fn a_key_that_is_used_right_now_is_in_flight() {
    let app = App::start();
    app.canvas("a", 2, 1);
    let canvas = app.journal.canvas_named(&"a".parse().expect("a name")).expect("it is there");
    let put = |body: &str| {
        let path = format!("{PATH}/state");
        app.send_json("PUT", &path, &[("Idempotency-Key", "one")], body)
    };
    let good = format!("{{\"image\":\"{}\"}}", Image::filled(2, 1, [5; 3]).base64());
    // The first holds its key and waits for the canvas, as it would for the disk.
    let reservation = app.journal.reserve(canvas.id).expect("it is free");
    thread::scope(|scope| {
        // The other may hold the key for the moment that its body takes to be found wrong.
        let first = scope.spawn(|| until("the key", || put(&good), |answer| answer.status != 409));
        let other = until("the first", || put("{"), |answer| answer.status == 409);
        assert_snapshot!(other.shown(), @"409 key-in-flight: the request with this idempotency key is still in flight");
        drop(reservation);
        assert_eq!(first.join().expect("no panic").status, 200);
    });
    assert_eq!(put("{").status, 422);
    assert_eq!(put(&good).header("Idempotent-Replayed"), Some("true"));
    assert_eq!(app.get(PATH).json()["version"], 1);
}

#[test]
fn a_key_that_is_none_or_not_kept_is_said() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let post = |path: &str, key: &str| app.send_json("POST", path, &[("Idempotency-Key", key)], PIXEL).shown();
    assert_snapshot!(post(&format!("{PATH}/pixels"), ""), @"400 unreadable: Idempotency-Key is given once, with 1 to 255 printable characters of ASCII [limit 255]");
    assert_snapshot!(post(&format!("{PATH}/pixels"), &"x".repeat(256)), @"400 unreadable: Idempotency-Key is given once, with 1 to 255 printable characters of ASCII [limit 255]");
    assert_snapshot!(post("/ping", "one"), @"400 unreadable: Idempotency-Key is not supported here");
    assert_snapshot!(post("/pong", "one"), @"400 unreadable: Idempotency-Key is not supported here");
    let two = [("Idempotency-Key", "one"), ("Idempotency-Key", "one")];
    assert_snapshot!(app.send_json("POST", &format!("{PATH}/pixels"), &two, PIXEL).shown(), @"400 unreadable: Idempotency-Key is given once, with 1 to 255 printable characters of ASCII [limit 255]");
    assert_eq!(app.get(PATH).json()["version"], 0, "nothing was written");
    assert_eq!(app.send("GET", PATH, &[("Idempotency-Key", "")], &[]).status, 200, "reading is repeatable anyhow");
    assert_eq!(app.send("DELETE", PATH, &[("Idempotency-Key", "one")], &[]).status, 204, "so is deleting");
}

#[test]
fn a_repeat_of_what_made_a_canvas_that_is_gone_says_so() {
    let app = App::start();
    let body = r#"{"name":"a","width":1,"height":1}"#;
    let create = || app.send_json("POST", "/api/v1/canvases", &[("Idempotency-Key", "one")], body);
    assert_eq!(create().status, 201);
    assert_eq!(app.send("DELETE", PATH, &[], &[]).status, 204);
    assert_snapshot!(create().shown(), @"410 deleted: the canvas a was deleted");
}
