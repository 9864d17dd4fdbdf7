//! `POST /api/v1/canvases/{name}/pixels`.

use insta::assert_snapshot;

use crate::app::App;

const PATH: &str = "/api/v1/canvases/a/pixels";

fn raw_image(app: &App) -> Vec<u8> {
    app.get("/api/v1/canvases/a/image.raw").body
}

#[test]
fn pixels_become_entries_in_order() {
    let app = App::start();
    app.canvas("a", 2, 1);
    let body = r##"{"pixels":[[0,0,"#010203"],[1,0,"#040506"],[1,0,"#040506"]],"author":"Zoë"}"##;
    let written = app.post_json(PATH, body);
    assert_snapshot!(written.shown(), @r#"
    200
    {"first_version":1,"time":"…","version":3}
    "#);
    assert_eq!(written.header("ETag"), Some("\"3\""));
    assert_eq!(raw_image(&app), [1, 2, 3, 4, 5, 6]);
    assert_snapshot!(app.get("/api/v1/canvases/a/history").shown(), @r##"
    200
    {"canvas":"a","entries":[{"authenticated":false,"author":"Zoë","color":"#040506","kind":"pixel","source":"api","time":"…","version":3,"x":1,"y":0},{"authenticated":false,"author":"Zoë","color":"#040506","kind":"pixel","source":"api","time":"…","version":2,"x":1,"y":0},{"authenticated":false,"author":"Zoë","color":"#010203","kind":"pixel","source":"api","time":"…","version":1,"x":0,"y":0}],"version":3}
    "##);
}

#[test]
fn rows_of_bytes_do_the_same() {
    let app = App::start();
    app.canvas("a", 2, 1);
    let rows = [1, 0, 0, 0, 9, 8, 7, 0, 0, 0, 0, 6, 5, 4];
    assert_snapshot!(app.post(&format!("{PATH}?author=x"), "application/octet-stream", &rows).shown(), @r#"
    200
    {"first_version":1,"time":"…","version":2}
    "#);
    assert_eq!(raw_image(&app), [6, 5, 4, 9, 8, 7]);
    assert_snapshot!(app.post(PATH, "application/octet-stream", &rows[..13]).shown(), @"400 unreadable: 13 bytes are no whole number of rows of 7");
    assert_snapshot!(app.post(PATH, "application/octet-stream", &[2, 0, 0, 0, 1, 1, 1]).shown(), @"422 bad-pixel: pixel 0 of the batch lies outside the canvas [index 0]");
    assert_snapshot!(app.post(PATH, "application/octet-stream", &[]).shown(), @"422 batch-size: a batch carries 1 to 65536 pixels, not 0 [limit 65536]");
}

#[test]
fn one_bad_pixel_refuses_the_batch_and_is_named() {
    let app = App::start();
    app.canvas("a", 2, 1);
    let refused = |pixels: &str| app.post_json(PATH, &format!("{{\"pixels\":{pixels}}}")).shown();
    assert_snapshot!(refused(r##"[[0,0,"#010203"],[2,0,"#010203"]]"##), @"422 bad-pixel: pixel 1 of the batch lies outside the canvas [index 1]");
    assert_snapshot!(refused(r##"[[0,0,"#010203"],[-1,0,"#010203"]]"##), @"422 bad-pixel: pixel 1 of the batch lies outside the canvas [index 1]");
    assert_snapshot!(refused(r##"[[0,0,"#010203"],[0,4294967296,"#010203"]]"##), @"422 bad-pixel: pixel 1 of the batch lies outside the canvas [index 1]");
    assert_snapshot!(refused(r##"[[0,0,"#010203"],[0,0,"red"]]"##), @r#"400 unreadable: pixel 1: "red" is not a colour: write #rrggbb, or #rrggbbaa [index 1]"#);
    assert_snapshot!(refused(r##"[[0,0,"#010203"],[0,0,"#01020304"]]"##), @"422 bad-pixel: pixel 1 of the batch is transparent, which an rgb canvas cannot hold [index 1]");
    assert_snapshot!(refused(r##"[[0,0,"#010203"],[0,0]]"##), @"400 unreadable: the JSON cannot be read: pixel 1: invalid length 2, expected a tuple of size 3 at line 1 column 32");
    assert_snapshot!(refused(r##"[[0,0,"#010203",1]]"##), @"400 unreadable: the JSON cannot be read: pixel 0: trailing characters at line 1 column 27");
    assert_snapshot!(refused(r##"[[0.5,0,"#010203"]]"##), @"400 unreadable: the JSON cannot be read: pixel 0: invalid type: floating point `0.5`, expected i64 at line 1 column 15");
    assert_snapshot!(refused("[]"), @"422 batch-size: a batch carries 1 to 65536 pixels, not 0 [limit 65536]");
    assert_snapshot!(refused("{}"), @r##"400 unreadable: the JSON cannot be read: invalid type: map, expected a list of [x, y, "#rrggbb"] at line 1 column 10"##);
    let other = |body: &str| app.post_json(PATH, body).shown();
    assert_snapshot!(other(r##"{"pixels":[[0,0,"#010203"]],"author":""}"##), @"422 bad-author: an author is 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(other(r##"{"pixels":[[0,0,"#010203"]],"author":"a\nb"}"##), @"422 bad-author: an author is 1 to 128 characters, none of them a control character [limit 128]");
    assert_snapshot!(other(r##"{"pixels":[[0,0,"#010203"]],"colour":1}"##), @"400 unreadable: the JSON cannot be read: unknown field `colour`, expected `pixels` or `author` at line 1 column 36");
    assert_snapshot!(other(r#"{"author":"x"}"#), @"400 unreadable: the JSON cannot be read: missing field `pixels` at line 1 column 14");
    assert_snapshot!(app.post("/api/v1/canvases/b/pixels", "application/json", b"{}").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    assert_snapshot!(app.post(PATH, "text/plain", b"{}").shown(), @"415 media-type: the body must be application/json or application/octet-stream");
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 0, "nothing was written");
}

#[test]
fn a_batch_has_a_largest_size() {
    let app = App::with(|config| config.limits.batch_pixels_max = 2);
    app.canvas("a", 1, 1);
    let pixel = r##"[0,0,"#010203"]"##;
    assert_snapshot!(app.post_json(PATH, &format!("{{\"pixels\":[{pixel},{pixel},{pixel}]}}")).shown(), @"422 batch-size: a batch carries 1 to 2 pixels, not 3 [limit 2]");
    assert_eq!(app.post_json(PATH, &format!("{{\"pixels\":[{pixel},{pixel}]}}")).status, 200);
}

#[test]
fn a_large_batch_goes_the_other_way_in() {
    let app = App::start();
    app.canvas("a", 256, 256);
    let pixels: Vec<String> = (0..65_536).map(|n| format!("[{},{},\"#{n:06x}\"]", n % 256, n / 256)).collect();
    let written = app.post_json(PATH, &format!("{{\"pixels\":[{}]}}", pixels.join(","))).json();
    assert_eq!((&written["first_version"], &written["version"]), (&1.into(), &65_536.into()));
    let expected: Vec<u8> = (0..65_536_u32).flat_map(|n| n.to_be_bytes().into_iter().skip(1)).collect();
    assert_eq!(raw_image(&app), expected);
}

#[test]
fn writes_can_depend_on_the_head() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let body = br##"{"pixels":[[0,0,"#010203"]]}"##;
    let write = |tag: &str| app.send("POST", PATH, &[("Content-Type", "application/json"), ("If-Match", tag)], body);
    assert_eq!(write("\"0\"").status, 200);
    assert_snapshot!(write("\"0\"").shown(), @"412 head-moved: the canvas is at version 1, not at 0 [current_version 1]");
    assert_eq!(write("\"7\", \"1\"").status, 200);
    assert_snapshot!(write("\"7\", \"9\"").shown(), @"412 head-moved: the canvas is at version 2, which If-Match does not name [current_version 2]");
    assert_eq!(write("*").status, 200);
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 3);
}

#[test]
fn of_many_writers_with_one_condition_one_wins() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let body = br##"{"pixels":[[0,0,"#010203"]]}"##;
    let headers = [("Content-Type", "application/json"), ("If-Match", "\"0\"")];
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(|| app.send("POST", PATH, &headers, body).status)).collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 7, "{statuses:?}");
}
