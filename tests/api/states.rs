//! `PUT /api/v1/canvases/{name}/state`.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, RgbImage};
use insta::assert_snapshot;

use crate::app::{Answer, App};
use crate::pictures::{Image, encode};

const PATH: &str = "/api/v1/canvases/a/state";

fn put(app: &App, query: &str, content_type: &str, body: &[u8]) -> Answer {
    app.send("PUT", &format!("{PATH}{query}"), &[("Content-Type", content_type)], body)
}

fn put_json(app: &App, body: &str) -> Answer {
    put(app, "", "application/json", body.as_bytes())
}

fn cells(app: &App) -> Vec<u8> {
    app.get("/api/v1/canvases/a/image.raw").body
}

fn picture() -> Image {
    let mut image = Image::filled(2, 2, [1, 2, 3]);
    image.set(1, 0, [255; 3]);
    image
}

fn translucent() -> Vec<u8> {
    encode(1, 1, png::ColorType::Rgba, png::BitDepth::Eight, &[0, 0, 0, 0], |_| {})
}

#[test]
fn a_picture_in_json_becomes_one_entry() {
    let app = App::start();
    app.canvas("a", 2, 2);
    let body = format!("{{\"image\":\"{}\",\"author\":\"Zoë\"}}", picture().base64());
    assert_snapshot!(put_json(&app, &body).shown_with(&["ETag", "Cache-Control"]), @r#"
    ETag: "1"
    Cache-Control: no-store
    200
    {"changed":3,"time":"…","version":1}
    "#);
    assert_eq!(cells(&app), picture().rgb);
    assert_snapshot!(app.get("/api/v1/canvases/a/history").shown(), @r#"
    200
    {"canvas":"a","entries":[{"authenticated":false,"author":"Zoë","changed":3,"kind":"state","region":{"h":2,"w":2,"x":0,"y":0},"source":"api","time":"…","version":1}],"version":1}
    "#);
    assert_snapshot!(put_json(&app, &body).shown_with(&["ETag"]), @r#"
    ETag: "1"
    200
    {"changed":0,"time":"…","version":1}
    "#);
}

#[test]
fn a_data_url_and_a_place_are_taken() {
    let app = App::start();
    app.canvas("a", 3, 2);
    let url = format!("data:image/png;base64,{}", Image::filled(1, 2, [9, 8, 7]).base64().replace('/', "\\/"));
    assert_snapshot!(put_json(&app, &format!("{{\"image\":\"{url}\",\"x\":2}}")).shown(), @r#"
    200
    {"changed":2,"time":"…","version":1}
    "#);
    assert_eq!(cells(&app), [[255; 6], [9, 8, 7, 255, 255, 255], [255, 255, 255, 9, 8, 7]].concat());
}

#[test]
fn pictures_of_every_format_come_as_themselves() {
    let app = App::start();
    app.canvas("a", 2, 2);
    let of = |format, colour: [u8; 3]| {
        let mut bytes = Vec::new();
        let image = RgbImage::from_pixel(2, 2, image::Rgb(colour));
        image.write_to(&mut Cursor::new(&mut bytes), format).expect("an encoder");
        bytes
    };
    for (number, (format, name)) in
        [(ImageFormat::Png, "png"), (ImageFormat::Gif, "gif"), (ImageFormat::WebP, "webp")].into_iter().enumerate()
    {
        let colour = [10, 20, u8::try_from(number).expect("few")];
        let answer = put(&app, "?author=Zo%C3%AB", &format!("image/{name}"), &of(format, colour)).json();
        assert_eq!((&answer["version"], &answer["changed"]), (&(number + 1).into(), &4.into()), "{name}");
        assert_eq!(cells(&app), colour.repeat(4), "{name}");
    }
    assert_eq!(put(&app, "", "image/jpeg", &of(ImageFormat::Jpeg, [0; 3])).json()["changed"], 4);
    assert_eq!(cells(&app), [0; 12]);
    // What it is tell its first bytes.
    assert_eq!(put(&app, "?x=1&y=1", "image/gif", &Image::filled(1, 1, [7; 3]).png()).json()["changed"], 1);
    assert_eq!(cells(&app)[9..], [7; 3]);
    let entries = app.get("/api/v1/canvases/a/history?author=Zo%C3%AB").json();
    assert_eq!(entries["entries"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_picture_must_fit() {
    let app = App::start();
    app.canvas("a", 2, 2);
    let raw = |query: &str, width, height| put(&app, query, "image/png", &Image::filled(width, height, [0; 3]).png());
    assert_snapshot!(raw("", 1, 2).shown(), @"422 wrong-size: the picture has 1×2 cells, the canvas 2×2; a smaller one goes to x, y");
    assert_snapshot!(raw("", 3, 2).shown(), @"422 wrong-size: the picture has 3×2 cells, the canvas 2×2; a smaller one goes to x, y");
    assert_snapshot!(raw("?x=1", 2, 2).shown(), @"422 wrong-size: a picture of 2×2 at 1,0 does not lie within 2×2 cells");
    assert_snapshot!(raw("?x=4294967295&y=1", 1, 1).shown(), @"422 wrong-size: a picture of 1×1 at 4294967295,1 does not lie within 2×2 cells");
    assert_snapshot!(raw("?x=-1", 1, 1).shown(), @"400 unreadable: x=-1 cannot be read: invalid digit found in string");
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 0, "nothing was written");
    assert_eq!(raw("?y=0", 2, 2).status, 200);
}

#[test]
fn what_is_transparent_is_refused_or_laid_over_a_colour() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let raw = |query: &str| put(&app, query, "image/png", &translucent()).shown();
    assert_snapshot!(raw(""), @"422 transparent: the cell at 0,0 is not opaque");
    assert_snapshot!(raw("?flatten=%2301020380"), @"422 flatten: flatten is an opaque colour");
    assert_snapshot!(raw("?flatten=red"), @r#"400 unreadable: flatten=red cannot be read: "red" is not a colour: write #rrggbb, or #rrggbbaa"#);
    assert_snapshot!(raw("?flatten=%23010203"), @r#"
    200
    {"changed":1,"time":"…","version":1}
    "#);
    assert_eq!(cells(&app), [1, 2, 3]);
    let json = format!("{{\"image\":\"{}\"}}", STANDARD.encode(translucent()));
    assert_eq!(put(&app, "?flatten=%23040506", "application/json", json.as_bytes()).status, 200);
    assert_eq!(cells(&app), [4, 5, 6]);
    let rgba = r#"{"name":"b","width":1,"height":1,"mode":"rgba"}"#;
    assert_eq!(app.post_json("/api/v1/canvases", rgba).status, 201);
    let headers = [("Content-Type", "image/png")];
    assert_eq!(app.send("PUT", "/api/v1/canvases/b/state", &headers, &translucent()).status, 200);
    assert_eq!(app.get("/api/v1/canvases/b/image.raw").body, [0; 4]);
}

#[test]
fn what_is_no_picture_is_refused() {
    let app = App::start();
    app.canvas("a", 2, 2);
    let json = |body: &str| put_json(&app, body).shown();
    assert_snapshot!(json(r#"{"image":"?"}"#), @"400 unreadable: this is not base64: the byte '?' at 0");
    assert_snapshot!(json(r#"{"image":"data:text/html;base64,AAAA"}"#), @r#"422 unsupported-picture: this picture is not taken: its data: URL is of the type "text/html", not image/…"#);
    assert_snapshot!(json(r#"{"image":"AAAA"}"#), @"400 unreadable: this is not a readable picture: it does not begin as PNG, JPEG, GIF or WebP does");
    assert_snapshot!(json(r#"{"picture":""}"#), @"400 unreadable: the JSON cannot be read: unknown field `picture`, expected one of `image`, `x`, `y`, `author` at line 1 column 10");
    assert_snapshot!(json("{}"), @"400 unreadable: the JSON cannot be read: missing field `image` at line 1 column 2");
    let good = picture().base64();
    assert_snapshot!(json(&format!("{{\"image\":\"{good}\",\"author\":\"\"}}")), @"422 bad-author: an author is 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(json(&format!("{{\"image\":\"{good}\",\"x\":0.5}}")), @"400 unreadable: the JSON cannot be read: invalid type: floating point `0.5`, expected u32 at line 1 column 123");
    let cut = &picture().png()[..60];
    assert_snapshot!(put(&app, "", "image/png", cut).shown(), @"400 unreadable: this is not a readable picture: it is cut short");
    assert_snapshot!(put(&app, "", "image/webp", b"BM").shown(), @"422 unsupported-picture: this picture is not taken: it is BMP, not PNG, JPEG, GIF or WebP");
    assert_snapshot!(put(&app, "", "image/bmp", b"BM").shown(), @"415 media-type: the body must be application/json or image/png or image/jpeg or image/gif or image/webp");
    assert_snapshot!(put(&app, "?z=1", "image/png", cut).shown(), @r#"400 unreadable: the parameter "z" is not known here"#);
    assert_snapshot!(put(&app, "?x=1", "application/json", b"{}").shown(), @r#"400 unreadable: the parameter "x" is not known here"#);
    assert_snapshot!(app.send("PUT", "/api/v1/canvases/b/state", &[("Content-Type", "image/png")], cut).shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 0, "nothing was written");
}

#[test]
fn a_picture_has_a_largest_size() {
    let app = App::with(|config| {
        config.limits.side_max = 2;
        config.limits.upload_bytes_max = 200;
    });
    app.canvas("a", 2, 2);
    assert_snapshot!(put(&app, "", "image/png", &Image::filled(3, 1, [0; 3]).png()).shown(), @"413 picture-too-large: the picture is too large: width 3, at most 2 [limit 2]");
    assert_snapshot!(put(&app, "", "image/png", &[0; 201]).shown(), @"413 body-too-large: the body is over the limit of 200 bytes [limit 200]");
    assert_snapshot!(put_json(&app, &format!("{{\"image\":\"{}\"}}", "A".repeat(200))).shown(), @"413 body-too-large: the body is over the limit of 200 bytes [limit 200]");
    assert_eq!(put(&app, "", "image/png", &picture().png()).status, 200);
}

#[test]
fn a_state_may_depend_on_the_head_which_comes_before_its_content() {
    let app = App::start();
    app.canvas("a", 2, 2);
    let put = |tag: &str, body: &[u8]| {
        app.send("PUT", PATH, &[("Content-Type", "image/png"), ("If-Match", tag)], body).shown()
    };
    assert_snapshot!(put("\"1\"", b"no picture"), @"412 head-moved: the canvas is at version 0, not at 1 [current_version 0]");
    assert_snapshot!(put("\"0\"", b"no picture"), @"400 unreadable: this is not a readable picture: it does not begin as PNG, JPEG, GIF or WebP does");
    assert_snapshot!(put("\"0\"", &picture().png()), @r#"
    200
    {"changed":3,"time":"…","version":1}
    "#);
    assert_snapshot!(put("\"0\"", &picture().png()), @"412 head-moved: the canvas is at version 1, not at 0 [current_version 1]");
}

#[test]
fn a_palette_binds_states_too() {
    let app = App::start();
    let new = r##"{"name":"a","width":2,"height":2,"palette":["#ffffff","#010203"]}"##;
    assert_eq!(app.post_json("/api/v1/canvases", new).status, 201);
    assert_eq!(put(&app, "", "image/png", &picture().png()).status, 200);
    assert_snapshot!(put(&app, "?x=1&y=1", "image/png", &Image::filled(1, 1, [9; 3]).png()).shown(), @"422 not-in-palette: the colour at 1,1 is not in the palette");
}
