//! Restore, undo and fork.

use insta::assert_snapshot;

use crate::app::App;

const PATH: &str = "/api/v1/canvases/a";

/// A canvas of 3×1 with a red, a green and a blue entry, by three authors.
fn drawn(app: &App) {
    app.canvas("a", 3, 1);
    for (x, colour, author) in [(0, "#ff0000", "rita"), (1, "#00ff00", "gus"), (2, "#0000ff", "rita")] {
        let body = format!("{{\"pixels\":[[{x},0,\"{colour}\"]],\"author\":\"{author}\"}}");
        assert_eq!(app.post_json(&format!("{PATH}/pixels"), &body).status, 200);
    }
}

fn post(app: &App, what: &str, body: &str) -> String {
    app.post_json(&format!("{PATH}/{what}"), body).shown_with(&["ETag"])
}

fn cells(app: &App) -> String {
    let raw = app.get(&format!("{PATH}/image.raw")).body;
    raw.chunks_exact(3)
        .map(|cell| format!("{:02x}{:02x}{:02x}", cell[0], cell[1], cell[2]))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn an_earlier_image_becomes_the_head() {
    let app = App::start();
    drawn(&app);
    assert_eq!(app.send_json("PUT", &format!("{PATH}/tags/red"), &[], r#"{"version":1}"#).status, 201);
    assert_snapshot!(post(&app, "restore", r#"{"version":"red","author":"rita"}"#), @r#"
    ETag: "4"
    200
    {"changed":2,"time":"…","version":4}
    "#);
    assert_snapshot!(cells(&app), @"ff0000 ffffff ffffff");
    assert_snapshot!(post(&app, "restore", r#"{"version":1}"#), @r#"
    ETag: "4"
    200
    {"changed":0,"time":"…","version":4}
    "#);
    assert_snapshot!(post(&app, "restore", r#"{"version":3,"region":{"x":1,"y":0,"w":1,"h":1}}"#), @r#"
    ETag: "5"
    200
    {"changed":1,"time":"…","version":5}
    "#);
    assert_snapshot!(cells(&app), @"ff0000 00ff00 ffffff");
    assert_snapshot!(app.get(&format!("{PATH}/history?limit=2")).shown(), @r#"
    200
    {"canvas":"a","entries":[{"authenticated":false,"author":null,"changed":1,"kind":"state","region":{"h":1,"w":1,"x":1,"y":0},"source":"restore","time":"…","version":5},{"authenticated":false,"author":"rita","changed":2,"kind":"state","region":{"h":1,"w":3,"x":0,"y":0},"source":"restore","time":"…","version":4}],"next":"/api/v1/canvases/a/history?limit=2&before=4","version":5}
    "#);
}

#[test]
fn what_cannot_be_restored_is_refused() {
    let app = App::start();
    drawn(&app);
    let restore = |body: &str| app.post_json(&format!("{PATH}/restore"), body).shown();
    assert_snapshot!(restore(r#"{"version":4}"#), @"404 no-such-version: version 4 does not exist yet: the newest is 3 [current_version 3]");
    assert_snapshot!(restore(r#"{"version":"none"}"#), @"404 no-such-tag: there is no tag none");
    assert_snapshot!(restore(r#"{"version":"1"}"#), @"404 no-such-tag: there is no tag 1");
    assert_snapshot!(restore(r#"{"version":1.5}"#), @"400 unreadable: the JSON cannot be read: invalid type: floating point `1.5`, expected the number of a version, or a tag at line 1 column 14");
    assert_snapshot!(restore(r#"{"version":-1}"#), @"400 unreadable: the JSON cannot be read: invalid type: integer `-1`, expected the number of a version, or a tag at line 1 column 13");
    assert_snapshot!(restore("{}"), @"400 unreadable: the JSON cannot be read: missing field `version` at line 1 column 2");
    assert_snapshot!(restore(r#"{"version":1,"region":{"x":3,"y":0,"w":1,"h":1}}"#), @"422 bad-region: the region does not lie within the canvas");
    assert_snapshot!(restore(r#"{"version":1,"region":{"x":0,"y":0,"w":0,"h":1}}"#), @"422 bad-region: the region does not lie within the canvas");
    assert_snapshot!(restore(r#"{"version":1,"author":""}"#), @"422 bad-author: an author is 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(app.post_json("/api/v1/canvases/b/restore", "{}").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    let moved = |body: &str| app.send_json("POST", &format!("{PATH}/restore"), &[("If-Match", "\"2\"")], body).shown();
    assert_snapshot!(moved("{"), @"412 head-moved: the canvas is at version 3, not at 2 [current_version 3]");
    assert_eq!(app.get(PATH).json()["version"], 3, "nothing was written");
}

#[test]
fn entries_are_taken_back_and_brought_again() {
    let app = App::start();
    drawn(&app);
    assert_snapshot!(post(&app, "undo", r#"{"first_version":1,"version":2}"#), @r#"
    ETag: "4"
    200
    {"changed":2,"skipped":0,"version":4}
    "#);
    assert_snapshot!(cells(&app), @"ffffff ffffff 0000ff");
    assert_snapshot!(post(&app, "undo", r#"{"first_version":4,"version":4}"#), @r#"
    ETag: "5"
    200
    {"changed":2,"skipped":0,"version":5}
    "#);
    assert_snapshot!(cells(&app), @"ff0000 00ff00 0000ff");
    let over = r##"{"pixels":[[0,0,"#123456"]],"author":"gus"}"##;
    assert_eq!(app.post_json(&format!("{PATH}/pixels"), over).status, 200);
    assert_snapshot!(post(&app, "undo", r#"{"author":"rita"}"#), @r#"
    ETag: "7"
    200
    {"changed":1,"skipped":1,"version":7}
    "#);
    assert_snapshot!(cells(&app), @"123456 00ff00 ffffff");
    assert_snapshot!(post(&app, "undo", r#"{"author":"nobody"}"#), @r#"
    ETag: "7"
    200
    {"changed":0,"skipped":0,"version":7}
    "#);
    assert_snapshot!(post(&app, "undo", r#"{"author":"gus","since":"2999-01-01T00:00:00Z"}"#), @r#"
    ETag: "7"
    200
    {"changed":0,"skipped":0,"version":7}
    "#);
    assert_snapshot!(post(&app, "undo", r#"{"author":"gus","since":"2000-01-01T00:00:00Z","region":{"x":1,"y":0,"w":1,"h":1}}"#), @r#"
    ETag: "7"
    200
    {"changed":0,"skipped":1,"version":7}
    "#);
    assert_snapshot!(cells(&app), @"123456 00ff00 ffffff");
}

#[test]
fn what_cannot_be_undone_is_refused() {
    let app = App::start();
    drawn(&app);
    let undo = |body: &str| app.post_json(&format!("{PATH}/undo"), body).shown();
    assert_snapshot!(undo(r#"{"first_version":0,"version":1}"#), @"422 bad-range: 0 to 1 is not a range of versions: the first is at least 1, and not after the last");
    assert_snapshot!(undo(r#"{"first_version":3,"version":2}"#), @"422 bad-range: 3 to 2 is not a range of versions: the first is at least 1, and not after the last");
    assert_snapshot!(undo(r#"{"first_version":3,"version":4}"#), @"404 no-such-version: version 4 does not exist yet: the newest is 3 [current_version 3]");
    assert_snapshot!(undo(r#"{"first_version":3}"#), @"400 unreadable: name first_version and version, or author and perhaps since");
    assert_snapshot!(undo(r#"{"first_version":1,"version":1,"since":"2000-01-01T00:00:00Z"}"#), @"400 unreadable: name first_version and version, or author and perhaps since");
    assert_snapshot!(undo(r#"{"author":"rita","since":"yesterday"}"#), @"400 unreadable: since is not an RFC 3339 time");
    assert_snapshot!(undo(r#"{"author":"rita","region":{"x":0,"y":0,"w":4,"h":1}}"#), @"422 bad-region: the region does not lie within the canvas");
    assert_snapshot!(undo("{}"), @"400 unreadable: name first_version and version, or author and perhaps since");
    let moved = app.send_json("POST", &format!("{PATH}/undo"), &[("If-Match", "\"2\"")], "{}");
    assert_snapshot!(moved.shown(), @"412 head-moved: the canvas is at version 3, not at 2 [current_version 3]");
    assert_eq!(app.get(PATH).json()["version"], 3, "nothing was written");
}

#[test]
fn others_entries_need_an_admin() {
    let tokens = [("wendy", "write"), ("anna", "admin")];
    let (app, _folder) = App::with_tokens(&tokens, "read,write");
    drawn(&app);
    let as_whom = |token: &str, what: &str, body: &str| {
        let value = format!("Bearer {token}");
        let headers: &[_] = if token.is_empty() { &[] } else { &[("Authorization", value.as_str())] };
        app.send_json("POST", &format!("{PATH}/{what}"), headers, body).shown()
    };
    assert_eq!(as_whom("wendy", "pixels", r##"{"pixels":[[0,0,"#abcdef"]]}"##).lines().next(), Some("200"));
    let first =
        |token: &str, author: &str| as_whom(token, "undo", &format!("{{\"first_version\":1,\"version\":1{author}}}"));
    assert_snapshot!(first("", ""), @"403 not-yours: only entries of your own may be taken back: say by author which name is yours");
    assert_snapshot!(first("", r#","author":"gus""#), @"403 not-yours: version 1 was written by somebody else");
    assert_snapshot!(first("", r#","author":"wendy""#), @"422 name-of-a-token: this author has a token: send it, or use another name");
    assert_snapshot!(first("wendy", r#","author":"rita""#), @"403 not-yours: version 1 was written by somebody else");
    assert_snapshot!(as_whom("wendy", "undo", r#"{"author":"rita"}"#), @"403 not-yours: version 1 was written by somebody else");
    assert_snapshot!(as_whom("", "undo", r#"{"author":"wendy"}"#), @"422 name-of-a-token: this author has a token: send it, or use another name");
    assert_eq!(app.get(PATH).json()["version"], 4, "nothing was written");
    assert_snapshot!(as_whom("", "undo", r#"{"author":"rita","region":{"x":2,"y":0,"w":1,"h":1}}"#), @r#"
    200
    {"changed":1,"skipped":0,"version":5}
    "#);
    assert_snapshot!(as_whom("wendy", "undo", r#"{"author":"wendy"}"#), @r#"
    200
    {"changed":1,"skipped":0,"version":6}
    "#);
    assert_snapshot!(as_whom("anna", "undo", r#"{"author":"gus"}"#), @r#"
    200
    {"changed":1,"skipped":0,"version":7}
    "#);
    let entries = app.get(&format!("{PATH}/history?kind=state&order=asc")).json();
    let authors: Vec<_> = entries["entries"].as_array().expect("a list").iter().map(|entry| &entry["author"]).collect();
    assert_eq!(authors, ["rita", "wendy", "anna"], "who took them back");
}

#[test]
fn a_canvas_is_forked() {
    let app = App::start();
    let new = r##"{"name":"a","width":1,"height":1,"palette":["#ffffff","#010203"],"cooldown_ms":1}"##;
    assert_eq!(app.post_json("/api/v1/canvases", new).status, 201);
    assert_eq!(app.post_json(&format!("{PATH}/pixels"), r##"{"pixels":[[0,0,"#010203"]]}"##).status, 200);
    let forked = app.post_json(&format!("{PATH}/fork"), r#"{"name":"b"}"#);
    assert_snapshot!(forked.shown_with(&["ETag", "Location"]), @r##"
    ETag: "1"
    Location: /api/v1/canvases/b
    201
    {"background":"#ffffff","cooldown_ms":1,"created_at":"…","height":1,"label":null,"mode":"rgb","name":"b","palette":["#ffffff","#010203"],"updated_at":"…","version":1,"width":1}
    "##);
    assert_eq!(app.get("/api/v1/canvases/b/image.raw").body, [1, 2, 3]);
    assert_snapshot!(app.get("/api/v1/canvases/b/history").shown(), @r#"
    200
    {"canvas":"b","entries":[{"authenticated":false,"author":null,"changed":1,"kind":"state","region":{"h":1,"w":1,"x":0,"y":0},"source":"fork","time":"…","version":1}],"version":1}
    "#);
    assert_eq!(app.send_json("PUT", &format!("{PATH}/tags/empty"), &[], r#"{"version":0}"#).status, 201);
    let forked = app.post_json(&format!("{PATH}/fork"), r#"{"version":"empty"}"#);
    assert_eq!((forked.status, forked.header("Location")), (201, Some("/api/v1/canvases/canvas-3")));
    assert_eq!(app.get("/api/v1/canvases/canvas-3/image.raw").body, [255; 3]);
}

#[test]
fn what_cannot_be_forked_is_refused() {
    let app = App::start();
    drawn(&app);
    let fork = |body: &str| app.post_json(&format!("{PATH}/fork"), body).shown();
    assert_snapshot!(fork(r#"{"name":"a"}"#), @"409 name-taken: the name a is taken");
    assert_snapshot!(fork(r#"{"name":"No slug"}"#), @r#"422 bad-name: "No slug" is not a canvas name: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit"#);
    assert_snapshot!(fork(r#"{"version":4}"#), @"404 no-such-version: version 4 does not exist yet: the newest is 3 [current_version 3]");
    assert_snapshot!(fork(r#"{"version":"none"}"#), @"404 no-such-tag: there is no tag none");
    assert_snapshot!(fork(r#"{"author":"x"}"#), @"400 unreadable: the JSON cannot be read: unknown field `author`, expected `name` or `version` at line 1 column 9");
    assert_snapshot!(app.post_json("/api/v1/canvases/b/fork", "{}").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    let moved = app.send_json("POST", &format!("{PATH}/fork"), &[("If-Match", "\"2\"")], "{}");
    assert_snapshot!(moved.shown(), @"412 head-moved: the canvas is at version 3, not at 2 [current_version 3]");
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(1));
}
