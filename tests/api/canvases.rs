//! `/api/v1/canvases`.

use insta::assert_snapshot;

use crate::app::App;

#[test]
fn a_canvas_is_made_and_read() {
    let app = App::start();
    let made = app.post_json("/api/v1/canvases", r#"{"name":"a","width":3,"height":2}"#);
    assert_snapshot!(made.shown(), @r##"
    201
    {"background":"#ffffff","cooldown_ms":0,"created_at":"…","height":2,"label":null,"mode":"rgb","name":"a","palette":null,"updated_at":"…","version":0,"width":3}
    "##);
    assert_eq!(made.header("Location"), Some("/api/v1/canvases/a"));
    assert_eq!(made.header("ETag"), Some("\"0\""));
    let read = app.get("/api/v1/canvases/a");
    assert_eq!(read.json(), made.json());
    assert_eq!(read.header("ETag"), Some("\"0\""));
    assert_eq!(app.send("GET", "/api/v1/canvases/a", &[("If-None-Match", "\"0\"")], &[]).shown(), "304");
}

#[test]
fn a_canvas_without_a_name_gets_one_and_rgba_keeps_its_background() {
    let app = App::start();
    let made = app.post_json(
        "/api/v1/canvases",
        r##"{"width":1,"height":1,"label":null,"mode":"rgba","background":"#01020304"}"##,
    );
    assert_snapshot!(made.shown(), @r##"
    201
    {"background":"#01020304","cooldown_ms":0,"created_at":"…","height":1,"label":null,"mode":"rgba","name":"canvas-1","palette":null,"updated_at":"…","version":0,"width":1}
    "##);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let app = App::start();
    app.canvas("taken", 1, 1);
    let answer = |body: &str| app.post_json("/api/v1/canvases", body).shown();
    assert_snapshot!(answer(r#"{"name":"taken","width":1,"height":1}"#), @"409 name-taken: the name taken is taken");
    assert_snapshot!(answer(r#"{"name":"Not a slug","width":1,"height":1}"#), @r#"422 bad-name: "Not a slug" is not a canvas name: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit"#);
    assert_snapshot!(answer(r#"{"width":0,"height":1}"#), @"422 impossible-size: width and height must be at least 1");
    assert_snapshot!(answer(r#"{"width":-1,"height":1}"#), @"400 unreadable: the JSON cannot be read: invalid value: integer `-1`, expected u32 at line 1 column 11");
    assert_snapshot!(answer(r#"{"width":4294967296,"height":1}"#), @"400 unreadable: the JSON cannot be read: invalid value: integer `4294967296`, expected u32 at line 1 column 19");
    assert_snapshot!(answer(r#"{"width":16385,"height":1}"#), @"422 canvas-too-large: 16385×1 is larger than the limit of 16384 cells a side and 67108864 cells in all [limit 16384]");
    assert_snapshot!(answer(r#"{"width":16384,"height":16384}"#), @"422 canvas-too-large: 16384×16384 is larger than the limit of 16384 cells a side and 67108864 cells in all [limit 67108864]");
    assert_snapshot!(answer(r#"{"width":"many","height":1}"#), @r#"400 unreadable: the JSON cannot be read: invalid type: string "many", expected u32 at line 1 column 15"#);
    assert_snapshot!(answer(r#"{"width":1}"#), @"400 unreadable: the JSON cannot be read: missing field `height` at line 1 column 11");
    assert_snapshot!(answer(r#"{"width":1,"height":1,"colours":[]}"#), @"400 unreadable: the JSON cannot be read: unknown field `colours`, expected one of `name`, `label`, `width`, `height`, `mode`, `background`, `palette`, `cooldown_ms` at line 1 column 31");
    assert_snapshot!(answer(r##"{"width":1,"height":1,"background":"#ffffff00"}"##), @"422 transparent: the canvas has no transparency, but the colour at 0,0 is not opaque");
    assert_snapshot!(answer(r#"{"width":1,"height":1,"background":"white"}"#), @r#"400 unreadable: "white" is not a colour: write #rrggbb, or #rrggbbaa"#);
    assert_snapshot!(answer(r#"{"width":1,"height":1,"mode":"cmyk"}"#), @"400 unreadable: the JSON cannot be read: unknown variant `cmyk`, expected `rgb` or `rgba` at line 1 column 35");
    assert_snapshot!(answer("{"), @"400 unreadable: the JSON cannot be read: EOF while parsing an object at line 1 column 1");
    assert_snapshot!(app.get("/api/v1/canvases/none").shown(), @r#"404 no-such-canvas: there is no canvas "none""#);
    assert_snapshot!(app.get("/api/v1/canvases/No%20slug").shown(), @r#"404 no-such-canvas: there is no canvas "No slug""#);
    assert_snapshot!(app.get("/api/v1/canvases/taken?verbose=1").shown(), @r#"400 unreadable: the parameter "verbose" is not known here"#);
    let names: Vec<_> = app.get("/api/v1/canvases").json()["canvases"].as_array().expect("a list").clone();
    assert_eq!(names.len(), 1, "nothing was made by what was refused");
}

#[test]
fn the_list_shows_each_canvas_once_while_others_are_made() {
    let app = App::start();
    (0..7).for_each(|number| drop(app.canvas(&format!("c{number}"), 1, 1)));
    let mut names = Vec::new();
    let mut path = "/api/v1/canvases?limit=3".to_owned();
    loop {
        let page = app.get(&path).json();
        let canvases = page["canvases"].as_array().expect("a list");
        names.extend(canvases.iter().map(|canvas| canvas["name"].as_str().expect("a name").to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
        app.canvas(&format!("later-{}", names.len()), 1, 1);
    }
    assert_eq!(names, ["c6", "c5", "c4", "c3", "c2", "c1", "c0"]);
    assert_snapshot!(app.get("/api/v1/canvases?limit=0").shown(), @"422 limit: limit is 1 to 1000, not 0 [limit 1000]");
    assert_snapshot!(app.get("/api/v1/canvases?limit=1001").shown(), @"422 limit: limit is 1 to 1000, not 1001 [limit 1000]");
    assert_snapshot!(app.get("/api/v1/canvases?limit=x").shown(), @"400 unreadable: limit=x cannot be read: invalid digit found in string");
    assert_snapshot!(app.get("/api/v1/canvases?limit=1&limit=2").shown(), @"400 unreadable: limit is given twice");
}
