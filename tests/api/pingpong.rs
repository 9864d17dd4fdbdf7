//! `POST /ping` and `POST /pong` as clients use them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;
use png::{BitDepth, ColorType};
use serde_json::Value;

use crate::app::{Answer, App};
use crate::pictures::{Image, check_run, encode, listed};

const FORM: &str = "application/x-www-form-urlencoded";
const WHITE: [u8; 3] = [255; 3];

/// Escapes what a form escapes.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D").replace('&', "%26")
}

fn post(app: &App, endpoint: &str, base64: &str, more: &str) -> Answer {
    app.post(endpoint, FORM, format!("file={}&image_path=static%2Fx.png{more}", escaped(base64)).as_bytes())
}

fn entries(app: &App) -> Vec<Value> {
    app.get("/history?order=asc").json()["entries"].as_array().expect("a list").clone()
}

fn sources(app: &App) -> Vec<(String, String)> {
    let text = |entry: &Value, name: &str| entry[name].as_str().expect("a text").to_owned();
    entries(app).iter().map(|entry| (text(entry, "kind"), text(entry, "source"))).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, source)| ((*kind).to_owned(), (*source).to_owned())).collect()
}

#[test]
fn a_few_hops_add_a_few_pixels_in_turn() {
    let app = App::start();
    let white = Image::filled(4, 4, WHITE);
    assert_snapshot!(post(&app, "/ping", &white.base64(), "&hops=1").shown(), @r#"
    200
    {"progression":6}
    "#);
    assert_eq!(sources(&app), pairs(&[("pixel", "ping")]), "the state did not differ from a new canvas");
    let state = app.get("/history/1").json();
    let image = Image::from_base64(state["image"].as_str().expect("a text"));
    assert_eq!((image.coloured(), &state["width"], &state["height"]), (1, &4.into(), &4.into()));
    // The state as it was handed out goes on where it was; another one is logged.
    assert_eq!(post(&app, "/pong", &image.base64(), "&hops=3").json()["progression"], 25);
    let turns = [("pixel", "ping"), ("pixel", "pong"), ("pixel", "ping"), ("pixel", "pong")];
    assert_eq!(sources(&app), pairs(&turns));
    assert_eq!(post(&app, "/ping", &image.base64(), "&hops=1").json()["progression"], 12);
    assert_eq!(sources(&app)[4..], pairs(&[("state", "ping"), ("pixel", "ping")]));
}

#[test]
fn another_size_is_another_canvas() {
    let app = App::start();
    assert_eq!(post(&app, "/ping", &Image::filled(2, 2, WHITE).base64(), "&hops=1").status, 200);
    let first = app.get("/history").json()["canvas"].clone();
    assert_eq!(post(&app, "/ping", &Image::filled(3, 2, WHITE).base64(), "&hops=1").status, 200);
    let second = app.get("/history").json()["canvas"].clone();
    assert_ne!(first, second);
    assert_eq!(app.get(&format!("/history?canvas={}", first.as_str().expect("a name"))).json()["version"], 1);
}

#[test]
fn without_hops_the_image_is_completed() {
    let app = App::start();
    assert_snapshot!(post(&app, "/ping", &Image::filled(12, 10, WHITE).base64(), "").shown(), @r#"
    200
    {"progression":100}
    "#);
    let canvas = app.get("/history").json()["canvas"].as_str().expect("a name").to_owned();
    check_run(&app, &canvas, (12, 10), 5, &listed(&app.get("/").json()));
    let turns: Vec<_> = sources(&app).into_iter().map(|(_, source)| source).collect();
    assert_eq!(turns[..4], ["ping", "pong", "ping", "pong"]);
}

#[test]
fn what_the_first_pixel_completes_is_redirected() {
    let app = App::start();
    for (image, entries) in [(Image::filled(1, 1, WHITE), 1), (Image::filled(1, 1, [1, 2, 3]), 2)] {
        let answer = post(&app, "/pong", &image.base64(), "");
        assert_eq!((answer.status, answer.header("Location"), answer.body.len()), (302, Some("/"), 0));
        assert_eq!(app.get("/history").json()["version"], entries);
    }
    let mut almost = Image::filled(2, 1, WHITE);
    almost.set(0, 0, [9, 9, 9]);
    assert_eq!(post(&app, "/ping", &almost.base64(), "&hops=5").status, 302);
    assert_eq!(post(&app, "/ping", &Image::filled(2, 1, WHITE).base64(), "&hops=5").json()["progression"], 100);
}

#[test]
fn forms_come_in_two_encodings_and_with_damage() {
    let app = App::start();
    let mut image = Image::filled(8, 8, WHITE);
    (0..32_u8).for_each(|n| image.set(u32::from(n % 8), u32::from(n / 8), [n, 251, 239]));
    let base64 = image.base64();
    assert!(base64.contains('+'), "there is something to damage");
    let count = || app.get("/history").json()["version"].as_u64().expect("a number");
    assert_eq!(post(&app, "/ping", &base64, "&hops=1").json()["progression"], 51);
    assert_eq!(count(), 2);
    // Signs that were not escaped arrive as spaces.
    let raw = format!("file={base64}&image_path=x&hops=1");
    assert_eq!(app.post("/ping", FORM, raw.as_bytes()).json()["progression"], 51);
    let url = format!("file=data:image/png;base64,{}&hops=1", escaped(&base64));
    assert_eq!(app.post("/ping?x=1", FORM, url.as_bytes()).json()["progression"], 51);
    let part = |name: &str, kind: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{kind}\r\n\r\n{value}\r\n")
    };
    for kind in ["", "\r\nContent-Type: text/plain", "; filename=\"x.txt\"\r\nContent-Type: application/octet-stream"] {
        let body =
            [part("file", kind, &base64), part("image_path", "", "x"), part("hops", "", "2")].concat() + "--B--\r\n";
        let answer = app.post("/pong", "multipart/form-data; boundary=B", body.as_bytes());
        assert_eq!(answer.json()["progression"], 53, "{kind}");
    }
    assert_eq!(
        app.post("/ping?hops=1", FORM, format!("file={}", escaped(&base64)).as_bytes()).json()["progression"],
        51
    );
    assert_eq!(count(), 2 + 2 + 2 + 3 * 3 + 2);
}

#[test]
fn a_label_is_never_a_path() {
    let app = App::start();
    let before = app.files();
    let parent = || std::fs::read_dir(app.data.path().parent().expect("a parent")).expect("readable").count();
    let beside = app.data.path().parent().expect("a parent").join("pixlog-was-here.png");
    for path in ["../pixlog-was-here.png", "%2e%2e%2fpixlog-was-here.png", &beside.to_string_lossy()] {
        let body = format!("file={}&hops=1&image_path={path}", escaped(&Image::filled(3, 3, WHITE).base64()));
        assert_eq!(app.post("/ping", FORM, body.as_bytes()).status, 200);
    }
    assert_eq!(app.files(), before);
    assert!(!beside.exists() && parent() > 0);
}

#[test]
fn what_is_no_picture_is_refused_and_writes_nothing() {
    let app = App::start();
    let refused = |base64: &str| post(&app, "/ping", base64, "&hops=1").shown();
    let whole = Image::filled(20, 20, [1, 2, 3]).png();
    assert_snapshot!(refused("!!!! not base64 !!!!"), @"400 unreadable: this is not base64: the byte '!' at 0");
    assert_snapshot!(refused(&STANDARD.encode("not a PNG at all")), @"400 unreadable: this is not a readable picture: it does not begin as PNG does");
    assert_snapshot!(refused(&STANDARD.encode(&whole[..whole.len() / 2])), @"400 unreadable: this is not a readable picture: it is cut short");
    assert_snapshot!(refused(&STANDARD.encode(&whole[..whole.len() - 12])), @"400 unreadable: this is not a readable picture: it is cut short");
    assert_snapshot!(refused(""), @"400 unreadable: the field file is missing");
    assert_snapshot!(app.post("/ping", FORM, b"image_path=x").shown(), @"400 unreadable: the field file is missing");
    assert_snapshot!(app.post("/ping", FORM, b"").shown(), @"400 unreadable: the field file is missing");
    assert_snapshot!(app.post("/ping", "application/json", b"{}").shown(), @"415 media-type: the body must be application/x-www-form-urlencoded or multipart/form-data");
    assert_snapshot!(app.post("/ping", "multipart/form-data; boundary=B", b"--B\r\nnonsense").shown(), @"400 unreadable: the form cannot be read: invalid length: incomplete");
    assert_snapshot!(app.post("/ping", "multipart/form-data", b"x").shown(), @"400 unreadable: the form cannot be read: invalid multipart: multipart boundary not found in Content-Type");
    let white = Image::filled(2, 2, WHITE).base64();
    assert_snapshot!(post(&app, "/ping", &white, "&hops=0").shown(), @"422 hops: hops is at least 1");
    assert_snapshot!(post(&app, "/ping", &white, "&hops=many").shown(), @"400 unreadable: hops cannot be read: invalid digit found in string");
    let mut rgba = [255; 2 * 2 * 4];
    rgba[7] = 0;
    let transparent = encode(2, 2, ColorType::Rgba, BitDepth::Eight, &rgba, |_| {});
    assert_snapshot!(refused(&STANDARD.encode(transparent)), @"422 transparent: the cell at 1,0 is not opaque");
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_picture_bomb_is_refused_by_its_header() {
    let app = App::start();
    let side = |width: u32, height: u32| {
        let mut bomb = Image::filled(1, 1, WHITE).png();
        bomb[16..20].copy_from_slice(&width.to_be_bytes());
        bomb[20..24].copy_from_slice(&height.to_be_bytes());
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        post(&app, "/ping", &STANDARD.encode(bomb), "&hops=1").shown()
    };
    assert_snapshot!(side(50_000, 50_000), @"413 picture-too-large: the picture is too large: width 50000, at most 16384 [limit 16384]");
    assert_snapshot!(side(16_384, 16_384), @"413 picture-too-large: the picture is too large: cells 268435456, at most 67108864 [limit 67108864]");
    assert_snapshot!(side(0, 1), @"400 unreadable: this is not a readable picture: Invalid image dimensions");
    // More cells than colours, though within the limits of a canvas.
    assert_snapshot!(side(5_000, 5_000), @"400 unreadable: this is not a readable picture: IDAT or fDAT chunk does not have enough data for image.");
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(0));
}

/// The CRC-32 of a PNG chunk (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[test]
fn unusual_pngs_are_taken_right_or_refused_clearly() {
    let app = App::start();
    let taken = |png: &[u8]| {
        let answer = post(&app, "/ping", &STANDARD.encode(png), "&hops=1");
        // What is complete with its first pixel is redirected.
        if !matches!(answer.status, 200 | 302) {
            return answer.shown();
        }
        let state = entries(&app).into_iter().rev().find(|entry| entry["kind"] == "state").expect("it differs");
        let state = app.get(&format!("/history/{}", state["version"])).json();
        format!("{:?}", Image::from_base64(state["image"].as_str().expect("a text")).rgb)
    };
    let palette = encode(2, 1, ColorType::Indexed, BitDepth::One, &[0b0100_0000], |encoder| {
        encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
    });
    assert_snapshot!(taken(&palette), @"[1, 2, 3, 4, 5, 6]");
    assert_snapshot!(taken(&encode(2, 1, ColorType::Grayscale, BitDepth::Eight, &[7, 8], |_| {})), @"[7, 7, 7, 8, 8, 8]");
    assert_snapshot!(taken(&encode(1, 2, ColorType::Rgb, BitDepth::Sixteen, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], |_| {})), @"[1, 3, 5, 7, 9, 11]");
    assert_snapshot!(taken(&encode(1, 2, ColorType::Rgba, BitDepth::Eight, &[1, 2, 3, 255, 4, 5, 6, 255], |_| {})), @"[1, 2, 3, 4, 5, 6]");
    let animated = encode(1, 3, ColorType::Rgb, BitDepth::Eight, &[1, 2, 3, 4, 5, 6, 7, 8, 9], |encoder| {
        encoder.set_animated(1, 0).expect("one frame");
    });
    assert_snapshot!(taken(&animated), @"[1, 2, 3, 4, 5, 6, 7, 8, 9]");
    let mut interlaced = encode(1, 1, ColorType::Rgb, BitDepth::Eight, &[1, 2, 3], |_| {});
    // One cell is the same interlaced or not.
    interlaced[28] = 1;
    let crc = crc(&interlaced[12..29]);
    interlaced[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_snapshot!(taken(&interlaced), @"[1, 2, 3]");
}

#[test]
fn a_form_over_the_limit_is_refused() {
    let app = App::with(|config| config.limits.upload_bytes_max = 1_000);
    let long = format!("file={}", "A".repeat(1_000));
    assert_snapshot!(app.post("/ping", FORM, long.as_bytes()).shown(), @"413 body-too-large: the body is over the limit of 1000 bytes [limit 1000]");
    let part =
        format!("--B\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{}\r\n--B--\r\n", "A".repeat(1_000));
    assert_snapshot!(app.post("/ping", "multipart/form-data; boundary=B", part.as_bytes()).shown(), @"413 body-too-large: the body is over the limit of 1000 bytes [limit 1000]");
}

#[test]
fn nobody_else_can_hand_over() {
    let app = App::start();
    assert_eq!(app.get("/?init=1&width=2&height=2&images=none").status, 200);
    for secret in ["", "0", &"0".repeat(64)] {
        let headers = [("X-Pixlog-Hand-Over", secret), ("X-Pixlog-State", "1 4"), ("Content-Type", "text/plain")];
        let answer = app.send("POST", "/ping", &headers, b"x");
        assert_eq!(
            answer.shown(),
            "415 media-type: the body must be application/x-www-form-urlencoded or multipart/form-data"
        );
    }
}
