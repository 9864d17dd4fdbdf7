//! Palettes and cooldowns.

use insta::assert_snapshot;

use crate::app::App;
use crate::pictures::Image;

const PATH: &str = "/api/v1/canvases/a";

/// Longer than any test: what must wait never comes through.
const COOLDOWN: &str = r#"{"name":"a","width":2,"height":1,"cooldown_ms":4000000000}"#;

fn pixels(app: &App, headers: &[(&str, &str)], pixels: &str) -> String {
    let answer = app.send_json("POST", &format!("{PATH}/pixels"), headers, &format!("{{\"pixels\":{pixels}}}"));
    answer.shown()
}

#[test]
fn a_canvas_says_what_it_is_limited_to() {
    let app = App::start();
    let new = r##"{"name":"a","width":1,"height":1,"palette":["#FFFFFF","#010203"],"cooldown_ms":5}"##;
    assert_snapshot!(app.post_json("/api/v1/canvases", new).shown(), @r##"
    201
    {"background":"#ffffff","cooldown_ms":5,"created_at":"…","height":1,"label":null,"mode":"rgb","name":"a","palette":["#ffffff","#010203"],"updated_at":"…","version":0,"width":1}
    "##);
    assert_eq!(app.get(PATH).json()["palette"], serde_json::json!(["#ffffff", "#010203"]));
    let refused = |fields: &str| {
        app.post_json("/api/v1/canvases", &format!("{{\"name\":\"b\",\"width\":1,\"height\":1,{fields}}}")).shown()
    };
    assert_snapshot!(refused(r#""palette":[]"#), @"422 palette: a palette has 1 to 1024 colours, not 0 [limit 1024]");
    assert_snapshot!(refused(r##""palette":["#ffffff","#fff"]"##), @r##"400 unreadable: colour 1 of the palette: "#fff" is not a colour: write #rrggbb, or #rrggbbaa [index 1]"##);
    assert_snapshot!(refused(r##""palette":["#ffffff","#ffffff00"]"##), @"422 palette: colour 1 of the palette is transparent, which an rgb canvas cannot hold [index 1]");
    let many = vec!["\"#ffffff\""; 1_025].join(",");
    assert_snapshot!(refused(&format!("\"palette\":[{many}]")), @"422 palette: a palette has 1 to 1024 colours, not 1025 [limit 1024]");
    assert_snapshot!(refused(r#""cooldown_ms":4294967296"#), @"400 unreadable: the JSON cannot be read: invalid value: integer `4294967296`, expected u32 at line 1 column 57");
    assert_eq!(app.get("/api/v1/canvases/b").status, 404, "nothing was made");
}

#[test]
fn a_palette_binds_pixels_and_runs() {
    let app = App::start();
    let new = r##"{"name":"a","width":1,"height":1,"palette":["#010203"]}"##;
    assert_eq!(app.post_json("/api/v1/canvases", new).status, 201);
    assert_snapshot!(pixels(&app, &[], r##"[[0,0,"#010203"],[0,0,"#010204"]]"##), @"422 bad-pixel: pixel 1 of the batch has a colour that is not in the palette [index 1]");
    assert_snapshot!(pixels(&app, &[], r##"[[0,0,"#010203"]]"##), @r#"
    200
    {"first_version":1,"time":"…","version":1}
    "#);
    assert_snapshot!(app.post_json("/api/v1/runs", r#"{"canvas":"a"}"#).shown(), @"422 palette: a run needs a canvas without a palette");
    // The background was there, though it is in no palette.
    assert_snapshot!(app.post_json(&format!("{PATH}/restore"), r#"{"version":0}"#).shown(), @r#"
    200
    {"changed":1,"time":"…","version":2}
    "#);
}

#[test]
fn who_is_too_early_is_told_when_to_come_again() {
    let app = App::start();
    assert_eq!(app.post_json("/api/v1/canvases", COOLDOWN).status, 201);
    assert_snapshot!(pixels(&app, &[], r##"[[0,0,"#010203"],[1,0,"#010203"]]"##), @"422 batch-size: a batch carries 1 to 1 pixels, not 2 [limit 1]");
    assert_snapshot!(pixels(&app, &[], r##"[[0,0,"#010203"]]"##), @r#"
    200
    {"first_version":1,"time":"…","version":1}
    "#);
    assert_snapshot!(pixels(&app, &[], r##"[[1,0,"#010203"]]"##), @"429 too-soon: the next pixel may come in … ms");
    // It comes after the head and before the content.
    assert_snapshot!(pixels(&app, &[], r##"[[7,0,"#010203"]]"##), @"429 too-soon: the next pixel may come in … ms");
    assert_snapshot!(pixels(&app, &[], "7"), @"429 too-soon: the next pixel may come in … ms");
    assert_snapshot!(pixels(&app, &[("If-Match", "\"0\"")], "7"), @"412 head-moved: the canvas is at version 1, not at 0 [current_version 1]");
    assert_eq!(app.get(PATH).json()["version"], 1);
    app.canvas("b", 1, 1);
    let other = r##"{"pixels":[[0,0,"#010203"],[0,0,"#010203"]]}"##;
    assert_eq!(app.post_json("/api/v1/canvases/b/pixels", other).status, 200, "another canvas has none");
}

#[test]
fn a_cooldown_is_over_when_it_says() {
    let app = App::start();
    let new = r#"{"name":"a","width":1,"height":1,"cooldown_ms":1}"#;
    assert_eq!(app.post_json("/api/v1/canvases", new).status, 201);
    for _ in 0..3 {
        let draw = || pixels(&app, &[], r##"[[0,0,"#010203"]]"##);
        crate::app::until("a turn", draw, |answer| answer.starts_with("200"));
    }
    assert_eq!(app.get(PATH).json()["version"], 3);
}

#[test]
fn each_caller_has_its_own_cooldown_and_more_than_a_pixel_needs_an_admin() {
    let (app, _folder) = App::with_tokens(&[("wendy", "write"), ("anna", "admin")], "read,write");
    assert_eq!(app.post_json("/api/v1/canvases", COOLDOWN).status, 201);
    let (wendy, anna) = ([("Authorization", "Bearer wendy")], [("Authorization", "Bearer anna")]);
    for headers in [&[][..], &wendy, &anna] {
        assert!(pixels(&app, headers, r##"[[0,0,"#010203"]]"##).starts_with("200"), "{headers:?}");
        assert!(pixels(&app, headers, r##"[[0,0,"#010203"]]"##).starts_with("429 too-soon"), "{headers:?}");
    }
    let image = format!("{{\"image\":\"{}\"}}", Image::filled(2, 1, [1; 3]).base64());
    for (method, what, body) in [
        ("PUT", "state", image.as_str()),
        ("POST", "restore", r#"{"version":1}"#),
        ("POST", "undo", r#"{"first_version":1,"version":1}"#),
    ] {
        let ask = |headers: &[_]| app.send_json(method, &format!("{PATH}/{what}"), headers, body).shown();
        assert_eq!(ask(&[]), "401 no-token: this needs a token with the scope admin", "{what}");
        assert_eq!(ask(&wendy), "403 missing-scope: the token wendy does not have the scope admin", "{what}");
        assert!(ask(&anna).starts_with("200"), "{what}");
    }
    let run = |headers: &[_]| app.send_json("POST", "/api/v1/runs", headers, r#"{"canvas":"a"}"#).status;
    assert_eq!([run(&[]), run(&wendy), run(&anna)], [401, 403, 202]);
    assert_eq!(app.post_json(&format!("{PATH}/fork"), r#"{"name":"b"}"#).status, 201, "the copy is another canvas");
}
