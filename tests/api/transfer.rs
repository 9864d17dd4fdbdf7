//! A whole log as one file, and back.

use insta::assert_snapshot;
use pixlog::store::Fault;

use crate::app::App;
use crate::keys::{Keys, bearer};
use crate::wire::{exchange, unfinished};

const FILE: &str = "application/vnd.pixlog";

/// A canvas with pixels, a state, an author and a tag.
fn something(app: &App) {
    app.canvas("art", 20, 10);
    let pixels = r##"{"pixels":[[1,2,"#010203"],[3,4,"#ff0000"]],"author":"Zoë"}"##;
    assert_eq!(app.post_json("/api/v1/canvases/art/pixels", pixels).status, 200);
    assert_eq!(app.post_json("/api/v1/canvases/art/restore", r#"{"version":1}"#).status, 200);
    assert_eq!(app.send_json("PUT", "/api/v1/canvases/art/tags/best", &[], r#"{"version":2}"#).status / 100, 2);
}

fn import(app: &App, name: &str, file: &[u8], key: Option<&str>) -> crate::app::Answer {
    let mut headers = vec![("Content-Type", FILE)];
    headers.extend(key.map(|key| ("Idempotency-Key", key)));
    app.send("POST", &format!("/api/v1/canvases/import{name}"), &headers, file)
}

#[test]
fn what_was_exported_is_the_same_elsewhere() {
    let (from, to) = (App::start(), App::start());
    something(&from);
    let file = from.get("/api/v1/canvases/art/export");
    assert_eq!(
        (file.status, file.header("Content-Type"), file.header("Cache-Control")),
        (200, Some(FILE), Some("no-store"))
    );
    assert_eq!(file.header("Content-Disposition"), Some("attachment; filename=\"art.pixlog\""));
    assert_eq!(&file.body[..8], b"\x89PXLOG\r\n");
    let made = import(&to, "", &file.body, None);
    assert_eq!((made.status, made.header("Location")), (201, Some("/api/v1/canvases/art")));
    assert_eq!(made.header("ETag"), Some("\"3\""));
    for path in ["", "/history?order=asc", "/tags", "/pixels/3/4?version=2"] {
        let path = format!("/api/v1/canvases/art{path}");
        assert_eq!(from.get(&path).text(), to.get(&path).text(), "{path}");
    }
    for version in 0..=3 {
        let path = format!("/api/v1/canvases/art/image.raw?version={version}");
        assert!(from.get(&path).body == to.get(&path).body, "{version}");
    }
    let again = import(&to, "", &file.body, None);
    assert_eq!((again.status, again.json()["type"].as_str()), (409, Some("urn:pixlog:problem:name-taken")));
    let other = import(&to, "?name=copy", &file.body, None);
    assert_eq!((other.status, other.header("Location")), (201, Some("/api/v1/canvases/copy")));
}

#[test]
fn an_import_can_be_repeated() {
    let app = App::start();
    something(&app);
    let file = app.get("/api/v1/canvases/art/export").body;
    let first = import(&app, "?name=copy", &file, Some("k"));
    assert_eq!((first.status, first.header("Idempotent-Replayed")), (201, None));
    let again = import(&app, "?name=copy", &file, Some("k"));
    assert_eq!((again.status, again.header("Idempotent-Replayed")), (201, Some("true")));
    assert_eq!(again.text(), first.text());
    let other = app.get("/api/v1/canvases/copy/export").body;
    assert_ne!(other, file);
    let refused = import(&app, "?name=copy", &other, Some("k"));
    assert_eq!((refused.status, refused.json()["type"].as_str()), (422, Some("urn:pixlog:problem:key-reused")));
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_file_that_is_not_whole_changes_nothing() {
    let app = App::with(|config| config.limits.import_bytes_max = 10_000);
    something(&app);
    let file = app.get("/api/v1/canvases/art/export").body;
    let half = &file[..file.len() / 2];
    let mut flipped = file.clone();
    flipped[file.len() - 9] ^= 1;
    for (body, status, kind) in [
        (half, 400, "bad-file"),
        (&flipped, 400, "bad-file"),
        (&[&file[..], b"x"].concat(), 400, "bad-file"),
        (b"timestamp,user_id", 400, "bad-file"),
        (&[&file[..], &[0; 10_000]].concat(), 413, "body-too-large"),
    ] {
        let refused = import(&app, "?name=copy", body, None);
        let found = refused.json()["type"].as_str().unwrap_or_default().to_owned();
        assert_eq!((refused.status, found), (status, format!("urn:pixlog:problem:{kind}")), "{}", refused.text());
    }
    assert_snapshot!(import(&app, "?name=copy", half, None).json()["detail"].as_str().unwrap_or_default(), @"the file cannot be imported (at byte 101): it is cut short");
    let typed = app.post_json("/api/v1/canvases/import", "{}");
    assert_eq!(typed.status, 415, "{}", typed.text());
    assert_eq!(import(&app, "?name=No", &file, None).status, 422);
    assert_eq!(import(&app, "?nam=copy", &file, None).status, 400);
    // A body of unknown length that breaks off.
    let head =
        "POST /api/v1/canvases/import?name=copy HTTP/1.1\nHost: localhost\nContent-Type: application/vnd.pixlog\n";
    let answer = exchange(app.address(), &format!("{head}Content-Length: 900\nConnection: close\n\n89"));
    assert!(!answer.contains(" 201 "), "{answer}");
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(1));
    // What was begun is purged; then the name is free.
    assert_eq!(import(&app, "?name=copy", &file, None).status, 201);
}

#[test]
fn an_export_that_fails_midway_is_not_whole() {
    let (app, store) = App::on_memory();
    let run = "/?init=1&width=1800&height=1800&granular=100&images=none&pixels_per_hop=1000";
    assert_eq!(app.get(run).status, 200);
    app.journal.settle();
    let name = app.get("/api/v1/canvases").json()["canvases"][0]["name"].as_str().expect("a name").to_owned();
    let path = format!("/api/v1/canvases/{name}/export");
    let before = store.calls();
    let whole = app.get(&path).body;
    let calls = store.calls() - before;
    assert!(whole.len() > 8 << 20, "{} bytes", whole.len());
    store.fail_at(store.calls() + calls * 9 / 10, Fault::IoBefore);
    let cut = unfinished(app.address(), &path);
    store.clear_faults();
    assert!(cut.len() < whole.len() && whole.starts_with(&cut[..8 << 20]), "{} bytes", cut.len());
    let refused = import(&app, "?name=copy", &cut, None);
    assert_eq!((refused.status, refused.json()["type"].as_str()), (400, Some("urn:pixlog:problem:bad-file")));
}

#[test]
fn importing_is_for_admins() {
    let keys = Keys::new();
    let app = keys.app(None);
    let send = |token: &str, file: &[u8]| {
        let (name, value) = bearer(token);
        app.send("POST", "/api/v1/canvases/import", &[("Content-Type", FILE), (name, &value)], file).status
    };
    assert_eq!((send("reader", b"x"), send("writer", b"x"), send("admin", b"x")), (403, 403, 400));
}
