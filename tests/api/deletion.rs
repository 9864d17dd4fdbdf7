//! `DELETE /api/v1/canvases/{name}`.

use insta::assert_snapshot;

use crate::app::{App, until};
use crate::pictures::Image;

const PATH: &str = "/api/v1/canvases/a";

fn delete(app: &App, headers: &[(&str, &str)]) -> String {
    app.send("DELETE", PATH, headers, &[]).shown()
}

#[test]
fn a_deleted_canvas_is_gone_on_every_route() {
    let app = App::start();
    app.canvas("a", 2, 2);
    app.canvas("b", 1, 1);
    assert_eq!(app.send_json("PUT", &format!("{PATH}/tags/t"), &[], r#"{"version":0}"#).status, 201);
    assert_snapshot!(delete(&app, &[]), @"204");
    let image = Image::filled(2, 2, [0; 3]).base64();
    let state = format!("{{\"image\":\"{image}\"}}");
    for (method, path, body) in [
        ("GET", "", ""),
        ("GET", "/state", ""),
        ("GET", "/image.png?version=0", ""),
        ("GET", "/image.raw", ""),
        ("GET", "/history", ""),
        ("GET", "/tags", ""),
        ("POST", "/pixels", r##"{"pixels":[[0,0,"#010203"]]}"##),
        ("PUT", "/state", &state),
        ("POST", "/restore", r#"{"version":0}"#),
        ("POST", "/undo", r#"{"first_version":1,"version":1}"#),
        ("POST", "/fork", "{}"),
        ("PUT", "/tags/t", r#"{"version":0}"#),
        ("DELETE", "/tags/t", ""),
        ("PATCH", "", r#"{"label":"late"}"#),
        ("DELETE", "", ""),
    ] {
        let answer = app.send_json(method, &format!("{PATH}{path}"), &[], body).shown();
        assert_eq!(answer, "410 deleted: the canvas a was deleted", "{method} {path}");
    }
    assert_snapshot!(app.post_json("/api/v1/runs", r#"{"canvas":"a"}"#).shown(), @"410 deleted: the canvas a was deleted");
    assert_snapshot!(app.post_json("/api/v1/canvases", r#"{"name":"a","width":1,"height":1}"#).shown(), @"409 name-taken: the name a is taken");
    assert_snapshot!(app.post_json("/api/v1/canvases/b/fork", r#"{"name":"a"}"#).shown(), @"409 name-taken: the name a is taken");
    let list = app.get("/api/v1/canvases").json();
    assert_eq!((&list["canvases"][0]["name"], list["canvases"].as_array().map(Vec::len)), (&"b".into(), Some(1)));
}

#[test]
fn a_deletion_may_depend_on_the_head() {
    let app = App::start();
    app.canvas("a", 1, 1);
    assert_snapshot!(delete(&app, &[("If-Match", "\"1\"")]), @"412 head-moved: the canvas is at version 0, not at 1 [current_version 0]");
    assert_snapshot!(delete(&app, &[("If-Match", "\"0\"")]), @"204");
    assert_snapshot!(app.send("DELETE", "/api/v1/canvases/none", &[], &[]).shown(), @r#"404 no-such-canvas: there is no canvas "none""#);
}

#[test]
fn only_admins_delete() {
    let (app, _folder) = App::with_tokens(&[("wendy", "write"), ("anna", "admin")], "read,write");
    app.canvas("a", 1, 1);
    assert_snapshot!(delete(&app, &[]), @"401 no-token: this needs a token with the scope admin");
    assert_snapshot!(delete(&app, &[("Authorization", "Bearer wendy")]), @"403 missing-scope: the token wendy does not have the scope admin");
    assert_snapshot!(delete(&app, &[("Authorization", "Bearer anna")]), @"204");
}

/// A run whose canvas is deleted is still told of, also after a restart, and does not keep others from starting.
#[test]
fn runs_outlive_their_canvas() {
    let (app, store) = App::on_memory();
    let status = |app: &App, id: u64| app.get(&format!("/api/v1/runs/{id}")).json()["status"].clone();
    assert_eq!(app.get("/?init=1&width=10&height=10&granular=50").status, 200);
    let start = r#"{"width":128,"height":128,"exchange":"http","canvas":"a"}"#;
    assert_eq!(app.post_json("/api/v1/runs", start).status, 202);
    let current = app.get("/api/v1/runs/1").json()["canvas"].as_str().expect("a name").to_owned();
    assert_eq!(app.send("DELETE", &format!("/api/v1/canvases/{current}"), &[], &[]).status, 204);
    assert_eq!(delete(&app, &[]), "204");
    until("the end of the run", || status(&app, 2), |status| *status == "failed");
    let shown = |app: &App| {
        assert_eq!(app.get("/").shown(), "200\n{\"generate_images\":[]}");
        assert_eq!(app.get("/progress").shown(), "200\n{\"generate_images\":[],\"progression\":0}");
        let runs = app.get("/api/v1/runs").json();
        let fields = ["id", "canvas", "status", "error", "cells", "progression"];
        let row = |run: &serde_json::Value| fields.map(|name| run[name].to_string()).join(" ");
        let rows: Vec<_> = runs["runs"].as_array().expect("a list").iter().map(row).collect();
        let progression = runs["runs"][0]["progression"].to_string();
        assert_eq!(rows[0], format!(r#"2 "a" "failed" "the canvas a was deleted" 16384 {progression}"#));
        assert_eq!(rows[1], format!(r#"1 "{current}" "completed" null 100 100"#));
        let picture = runs["runs"][1]["images"][0]["url"].as_str().expect("a picture").to_owned();
        assert_eq!(app.get(&picture).status, 410);
    };
    shown(&app);
    let (app, _store) = app.after_power_loss(&store);
    shown(&app);
    assert_snapshot!(app.send("POST", "/api/v1/runs/1/resume", &[], &[]).shown(), @"409 wrong-run-state: run 1 is completed; it cannot be resumed");
    assert_eq!(app.get("/?init=1&width=2&height=2&images=none").status, 200, "others run");
}

#[test]
fn a_paused_run_of_a_deleted_canvas_is_not_resumed() {
    let app = App::start();
    let start = r#"{"width":128,"height":128,"exchange":"http","canvas":"a"}"#;
    assert_eq!(app.post_json("/api/v1/runs", start).status, 202);
    assert_eq!(app.send("POST", "/api/v1/runs/1/pause", &[], &[]).status, 200);
    assert_eq!(delete(&app, &[]), "204");
    assert_snapshot!(app.send("POST", "/api/v1/runs/1/resume", &[], &[]).shown(), @"410 deleted: the canvas a was deleted");
    assert_eq!(app.get("/api/v1/runs/1").json()["status"], "paused");
}
