//! `…/state`, `…/image.png`, `…/image.raw`.

use insta::assert_snapshot;

use crate::app::{Answer, App};
use crate::pictures::Image;

/// A canvas of 3×2 whose cell n has the colour (n, n, n), written one entry a cell.
fn filled() -> App {
    let app = App::start();
    app.canvas("a", 3, 2);
    for n in 0..6 {
        let body = format!("{{\"pixels\":[[{},{},\"#0{n}0{n}0{n}\"]]}}", n % 3, n / 3);
        assert_eq!(app.post_json("/api/v1/canvases/a/pixels", &body).status, 200);
    }
    app
}

fn image(app: &App, query: &str) -> Image {
    let answer = app.get(&format!("/api/v1/canvases/a/image.png?{query}"));
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("image/png")), "{}", answer.text());
    Image::from_png(&answer.body)
}

/// The first channel of each cell.
fn greys(image: &Image) -> Vec<u8> {
    image.cells().map(|cell| cell[0]).collect()
}

#[test]
fn every_version_stays_readable() {
    let app = filled();
    for version in 0..=6_u8 {
        let expected: Vec<u8> = (0..6).map(|n| if n < version { n } else { 255 }).collect();
        assert_eq!(greys(&image(&app, &format!("version={version}"))), expected);
        let raw = app.get(&format!("/api/v1/canvases/a/image.raw?version={version}"));
        assert_eq!(raw.body.iter().step_by(3).copied().collect::<Vec<_>>(), expected);
        let state = app.get(&format!("/api/v1/canvases/a/state?version={version}")).json();
        assert_eq!(greys(&Image::from_base64(state["image"].as_str().expect("a text"))), expected);
    }
    let mut state = app.get("/api/v1/canvases/a/state").json();
    state["image"] = "…".into();
    state["time"] = "…".into();
    assert_snapshot!(state, @r#"{"canvas":"a","height":2,"image":"…","time":"…","version":6,"width":3}"#);
}

#[test]
fn what_is_named_is_kept_and_the_head_is_asked_for_again() {
    let app = filled();
    let about = |answer: &Answer| {
        let names = ["Cache-Control", "ETag", "X-Pixlog-Version"];
        names.map(|name| answer.header(name).unwrap_or("none").to_owned()).join(" | ")
    };
    for path in ["state", "image.png", "image.raw"] {
        let named = app.get(&format!("/api/v1/canvases/a/{path}?version=4"));
        assert_eq!(about(&named), "public, max-age=31536000, immutable | \"4\" | 4", "{path}");
        assert_eq!(named.header("Content-Length"), Some(named.body.len().to_string().as_str()), "{path}");
        let head = app.get(&format!("/api/v1/canvases/a/{path}"));
        assert_eq!(about(&head), "no-cache | \"6\" | 6", "{path}");
        let ask = |tag: &str| app.send("GET", &format!("/api/v1/canvases/a/{path}"), &[("If-None-Match", tag)], &[]);
        assert_eq!((ask("\"6\"").shown(), about(&ask("\"6\""))), ("304".to_owned(), about(&head)), "{path}");
        assert_eq!(ask("\"5\"").status, 200, "{path}");
        let time = head.header("Last-Modified").expect("a time");
        assert!(time.ends_with(" GMT") && time.len() == "Thu, 01 Jan 1970 00:00:00 GMT".len(), "{time}");
        let asked = app.send("HEAD", &format!("/api/v1/canvases/a/{path}"), &[], &[]);
        assert_eq!((asked.status, asked.header("Content-Length")), (200, head.header("Content-Length")), "{path}");
    }
}

#[test]
fn regions_and_scales() {
    let app = filled();
    assert_eq!(greys(&image(&app, "region=1,0,2,2")), [1, 2, 4, 5]);
    assert_eq!(greys(&image(&app, "region=2,1,1,1")), [5]);
    let twice = image(&app, "scale=2&region=1,0,2,1");
    assert_eq!((twice.width, twice.height), (4, 2));
    assert_eq!(greys(&twice), [1, 1, 2, 2, 1, 1, 2, 2]);
    let fitted = image(&app, "fit=6");
    assert_eq!((fitted.width, fitted.height), (6, 4));
    assert_eq!(greys(&fitted), [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 3, 3, 4, 4, 5, 5]);
    let small = image(&app, "fit=1");
    assert_eq!((small.width, small.height, greys(&small)), (1, 1, vec![0]));
    let raw = app.get("/api/v1/canvases/a/image.raw?scale=2&region=0,0,1,1");
    assert_eq!(raw.body, [0; 12]);
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let app = filled();
    let refused = |query: &str| app.get(&format!("/api/v1/canvases/a/image.png?{query}")).shown();
    assert_snapshot!(refused("version=7"), @"404 no-such-version: version 7 does not exist yet: the newest is 6 [current_version 6]");
    assert_snapshot!(refused("version=newest"), @"404 no-such-tag: there is no tag newest");
    assert_snapshot!(refused("region=2,0,2,1"), @"422 bad-region: the region does not lie within the canvas");
    assert_snapshot!(refused("region=0,0,0,1"), @"422 bad-region: the region does not lie within the canvas");
    assert_snapshot!(refused("region=4294967295,0,2,1"), @"422 bad-region: the region does not lie within the canvas");
    assert_snapshot!(refused("region=0,0"), @"400 unreadable: region=0,0 cannot be read: write x,y,w,h");
    assert_snapshot!(refused("scale=0"), @"422 scale: scale is 1 to 64 [limit 64]");
    assert_snapshot!(refused("scale=65"), @"422 scale: scale is 1 to 64 [limit 64]");
    assert_snapshot!(refused("scale=2&fit=2"), @"400 unreadable: scale and fit exclude each other");
    assert_snapshot!(refused("fit=0"), @"422 fit: fit is at least 1");
    assert_snapshot!(refused("fit=16385"), @"422 image-too-large: an image is at most 16384 pixels a side and 67108864 in all [limit 16384]");
    assert_snapshot!(refused("fit=12000"), @"422 image-too-large: an image is at most 16384 pixels a side and 67108864 in all [limit 16384]");
    assert_snapshot!(app.get("/api/v1/canvases/b/image.png").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    assert_snapshot!(app.get("/api/v1/canvases/a/state?version=7").shown(), @"404 no-such-version: version 7 does not exist yet: the newest is 6 [current_version 6]");
    assert_snapshot!(app.get("/api/v1/canvases/a/state?scale=2").shown(), @r#"400 unreadable: the parameter "scale" is not known here"#);
}

#[test]
fn transparency_is_kept() {
    let app = App::start();
    let made = app
        .post_json("/api/v1/canvases", r##"{"name":"a","width":2,"height":1,"mode":"rgba","background":"#01020304"}"##);
    assert_eq!(made.status, 201);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", r##"{"pixels":[[1,0,"#05060708"]]}"##).status, 200);
    let answer = app.get("/api/v1/canvases/a/image.png");
    let image = image::load_from_memory(&answer.body).expect("a PNG").to_rgba8();
    assert_eq!(image.into_raw(), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn long_answers_are_streamed_and_whole() {
    let app = App::start();
    // 1,800 × 1,800 random colours: 9.7 MB, which no PNG makes small.
    assert_eq!(app.get("/?init=1&width=1800&height=1800&granular=100&images=none&pixels_per_hop=1000").status, 200);
    let name = app.get("/history?limit=1").json()["canvas"].as_str().expect("a name").to_owned();
    let raw = app.get(&format!("/api/v1/canvases/{name}/image.raw?version=3240000"));
    assert_eq!(raw.header("Content-Length"), Some("9720000"));
    assert_eq!(raw.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
    let png = app.get(&format!("/api/v1/canvases/{name}/image.png?version=3240000"));
    assert_eq!((png.header("Content-Length"), png.header("Cache-Control")), (None, Some("no-store")));
    assert!(Image::from_png(&png.body).rgb == raw.body, "both show the same");
    let list = app.get("/").json();
    assert!(crate::pictures::listed(&list)[0].1.rgb == raw.body, "and so does the list");
}
