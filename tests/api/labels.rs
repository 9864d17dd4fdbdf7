//! `PATCH /api/v1/canvases/{name}`, and labels wherever a canvas is shown.

use insta::assert_snapshot;

use crate::app::{Answer, App};

const PATH: &str = "/api/v1/canvases/a";

fn patch(app: &App, headers: &[(&str, &str)], body: &str) -> Answer {
    app.send_json("PATCH", PATH, headers, body)
}

fn label(answer: &Answer) -> serde_json::Value {
    answer.json()["label"].clone()
}

#[test]
fn a_label_is_given_changed_and_taken_away() {
    let app = App::start();
    let made = app.post_json("/api/v1/canvases", r#"{"name":"a","label":"Früher, \"alt\" 🎨","width":1,"height":1}"#);
    assert_eq!((made.status, label(&made)), (201, "Früher, \"alt\" 🎨".into()));
    assert_eq!(app.get(PATH).json(), made.json());
    let changed = patch(&app, &[], r#"{"label":"The view from here"}"#);
    assert_snapshot!(changed.shown(), @r##"
    200
    {"background":"#ffffff","cooldown_ms":0,"created_at":"…","height":1,"label":"The view from here","mode":"rgb","name":"a","palette":null,"updated_at":"…","version":0,"width":1}
    "##);
    assert_eq!(changed.header("Cache-Control"), Some("no-store"));
    assert_eq!(app.get(PATH).json(), changed.json());
    app.canvas("b", 1, 1);
    let list = app.get("/api/v1/canvases").json();
    assert_eq!(
        (&list["canvases"][0]["label"], &list["canvases"][1]["label"]),
        (&serde_json::Value::Null, &"The view from here".into())
    );
    assert_eq!(label(&patch(&app, &[], r#"{"label":null}"#)), serde_json::Value::Null);
    assert_eq!(label(&app.get(PATH)), serde_json::Value::Null);
    assert_eq!(
        app.get(&format!("{PATH}/history")).json()["entries"].as_array().map(Vec::len),
        Some(0),
        "a label is no entry"
    );
}

#[test]
fn a_label_survives_a_power_loss() {
    let (app, store) = App::on_memory();
    app.post_json("/api/v1/canvases", r#"{"name":"a","label":"one","width":1,"height":1}"#);
    app.post_json("/api/v1/canvases", r#"{"name":"b","label":"two","width":1,"height":1}"#);
    assert_eq!(patch(&app, &[], r#"{"label":"three"}"#).status, 200);
    let (app, _store) = app.after_power_loss(&store);
    let list = app.get("/api/v1/canvases").json();
    assert_eq!((&list["canvases"][0]["label"], &list["canvases"][1]["label"]), (&"two".into(), &"three".into()));
}

#[test]
fn what_is_no_label_is_refused_and_changes_nothing() {
    let app = App::start();
    app.canvas("a", 1, 1);
    assert_eq!(patch(&app, &[], r#"{"label":"kept"}"#).status, 200);
    let refused = |body: &str| patch(&app, &[], body).shown();
    assert_snapshot!(refused(r#"{"label":""}"#), @"422 bad-label: a label has 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(refused(&format!("{{\"label\":\"{}\"}}", "é".repeat(129))), @"422 bad-label: a label has 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(refused(r#"{"label":"two\nlines"}"#), @"422 bad-label: a label has 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(refused("{}"), @"400 unreadable: the JSON cannot be read: missing field `label` at line 1 column 2");
    assert_snapshot!(refused(r#"{"label":7}"#), @"400 unreadable: the JSON cannot be read: invalid type: integer `7`, expected a string at line 1 column 10");
    assert_snapshot!(refused(r#"{"label":"a","name":"b"}"#), @"400 unreadable: the JSON cannot be read: unknown field `name`, expected `label` at line 1 column 19");
    assert_snapshot!(app.send("PATCH", PATH, &[], b"x").shown(), @"415 media-type: the body must be application/json");
    assert_snapshot!(app.send_json("PATCH", "/api/v1/canvases/none", &[], r#"{"label":null}"#).shown(), @r#"404 no-such-canvas: there is no canvas "none""#);
    assert_snapshot!(app.post_json("/api/v1/canvases", r#"{"name":"b","label":"","width":1,"height":1}"#).shown(), @"422 bad-label: a label has 1 to 128 characters, none of them a control character [limit 128]");
    assert_eq!(app.get("/api/v1/canvases/b").status, 404, "nothing was made");
    assert_eq!(label(&app.get(PATH)), "kept");
    let longest = "é".repeat(128);
    assert_eq!(label(&patch(&app, &[], &format!("{{\"label\":\"{longest}\"}}"))), longest.as_str());
}

/// The version stays where it is when a label changes, so that it alone would hide the change from caches.
#[test]
fn the_entity_tag_tells_labels_apart_and_still_names_the_version() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let tag = |answer: &Answer| answer.header("ETag").expect("a tag").to_owned();
    let plain = tag(&app.get(PATH));
    assert_eq!(plain, "\"0\"");
    let first = tag(&patch(&app, &[], r#"{"label":"one"}"#));
    assert_eq!(tag(&app.get(PATH)), first);
    let has = |tag: &str| app.send("GET", PATH, &[("If-None-Match", tag)], &[]);
    assert_eq!((has(&first).status, tag(&has(&first)), has(&plain).status), (304, first.clone(), 200));
    let second = tag(&patch(&app, &[], r#"{"label":"two"}"#));
    assert!(first != second && first.starts_with("\"0-") && second.starts_with("\"0-"), "{first} {second}");
    assert_eq!((has(&second).status, has(&first).status), (304, 200));
    let pixel = r##"{"pixels":[[0,0,"#010203"]]}"##;
    let draw = |tag: &str| app.send_json("POST", &format!("{PATH}/pixels"), &[("If-Match", tag)], pixel).status;
    assert_eq!((draw(&second), draw(&second)), (200, 412));
    assert_snapshot!(patch(&app, &[("If-Match", &second)], r#"{"label":"late"}"#).shown(), @"412 head-moved: the canvas is at version 1, not at 0 [current_version 1]");
    assert_eq!(label(&patch(&app, &[("If-Match", "\"1\"")], r#"{"label":"right"}"#)), "right");
}

#[test]
fn writers_label_and_readers_do_not() {
    let (app, _folder) = App::with_tokens(&[("rita", "read"), ("wendy", "read,write"), ("anna", "admin")], "read");
    let by = |token: &str| format!("Bearer {token}");
    let make = [("Authorization", by("wendy"))];
    let make: Vec<_> = make.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(app.send_json("POST", "/api/v1/canvases", &make, r#"{"name":"a","width":1,"height":1}"#).status, 201);
    let status = |token: &str| patch(&app, &[("Authorization", &by(token))], r#"{"label":"mine"}"#).status;
    assert_eq!([status("rita"), status("wendy"), status("nobody")], [403, 200, 401]);
    assert_eq!(patch(&app, &[], r#"{"label":"mine"}"#).status, 401);
}

#[test]
fn another_site_labels_nothing() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let foreign = [("Origin", "https://evil.example")];
    assert_eq!(patch(&app, &foreign, r#"{"label":"theirs"}"#).status, 403);
    assert_eq!(label(&app.get(PATH)), serde_json::Value::Null);
    let dev_server = [("Origin", "http://localhost:5173")];
    let allowed = patch(&app, &dev_server, r#"{"label":"ours"}"#);
    assert_eq!((allowed.status, allowed.header("Access-Control-Allow-Origin")), (200, Some("http://localhost:5173")));
}

/// A copy is another canvas, and a file has the log, not what people here call it.
#[test]
fn forks_and_files_have_no_label() {
    let app = App::start();
    app.post_json("/api/v1/canvases", r#"{"name":"a","label":"mine","width":1,"height":1}"#);
    assert_eq!(label(&app.post_json(&format!("{PATH}/fork"), r#"{"name":"b"}"#)), serde_json::Value::Null);
    assert_eq!(label(&app.get("/api/v1/canvases/b")), serde_json::Value::Null);
    let file = app.get(&format!("{PATH}/export")).body;
    let brought = app.post("/api/v1/canvases/import?name=c", "application/vnd.pixlog", &file);
    assert_eq!((brought.status, label(&brought)), (201, serde_json::Value::Null));
}
