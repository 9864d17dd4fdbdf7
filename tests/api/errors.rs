//! Errors that no route answers, and what all answers have.

use insta::assert_snapshot;

use crate::app::App;
use crate::wire;

#[test]
fn a_problem_has_all_its_fields() {
    let app = App::start();
    let answer = app.get("/nowhere?x=1");
    let mut json = answer.json();
    json["request_id"] = "…".into();
    assert_snapshot!(json, @r#"{"detail":"there is no such page","instance":"/nowhere","request_id":"…","status":404,"title":"Not Found","type":"urn:pixlog:problem:not-found"}"#);
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
    assert_eq!(answer.header("Server"), None);
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let app = App::start();
    let wrong = |method: &str, path: &str| {
        let answer = app.send(method, path, &[], b"x");
        format!("{} Allow: {}", answer.shown(), answer.header("Allow").unwrap_or_default())
    };
    assert_snapshot!(wrong("DELETE", "/progress"), @"405 method-not-allowed: this page takes GET, HEAD, OPTIONS Allow: GET, HEAD, OPTIONS");
    assert_snapshot!(wrong("PUT", "/ping"), @"405 method-not-allowed: this page takes OPTIONS, POST Allow: OPTIONS, POST");
    assert_snapshot!(wrong("PATCH", "/api/v1/canvases"), @"405 method-not-allowed: this page takes GET, HEAD, OPTIONS, POST Allow: GET, HEAD, OPTIONS, POST");
    assert_snapshot!(wrong("POST", "/api/v1/canvases/a"), @"405 method-not-allowed: this page takes DELETE, GET, HEAD, OPTIONS, PATCH Allow: DELETE, GET, HEAD, OPTIONS, PATCH");
    assert_snapshot!(wrong("GET", "/api/v1/runs/1/pause"), @"405 method-not-allowed: this page takes OPTIONS, POST Allow: OPTIONS, POST");
    assert_snapshot!(wrong("GET", "/api/v1/canvases/a/b/c"), @"404 not-found: there is no such page Allow:");
    assert_eq!(app.send("HEAD", "/ping", &[], &[]).status, 405);
}

#[test]
fn every_answer_has_a_number_of_its_own() {
    let app = App::start();
    let ids: Vec<_> = ["/health/live", "/nowhere", "/api/v1", "/progress"]
        .map(|path| app.get(path).header("X-Request-Id").expect("a number").to_owned())
        .into_iter()
        .collect();
    let mut distinct = ids.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "{ids:?}");
}

#[test]
fn a_body_over_the_limit_is_refused_before_it_is_all_sent() {
    let app = App::with(|config| config.limits.json_bytes_max = 100);
    app.canvas("a", 1, 1);
    let announced = "POST /api/v1/canvases/a/pixels HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\
                     Content-Length: 101\nConnection: close\n\n{\"pixels\":[          ";
    let answer = wire::exchange(app.address(), announced);
    assert_snapshot!(wire::head(&answer, &["content-type"]), @r#"
    HTTP/1.1 413 Payload Too Large
    content-type: application/problem+json
    "#);
    let long = format!("{{\"pixels\":[{}]}}", " ".repeat(100));
    let chunked = format!(
        "POST /api/v1/canvases/a/pixels HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\
         Transfer-Encoding: chunked\nConnection: close\n\n{:x}\n{long}\n0\n\n",
        long.len()
    );
    let answer = wire::exchange(app.address(), &chunked);
    assert_snapshot!(wire::head(&answer, &["content-type"]), @r#"
    HTTP/1.1 413 Payload Too Large
    content-type: application/problem+json
    "#);
}

#[test]
fn what_is_not_http_gets_400() {
    let app = App::start();
    let answer = wire::exchange(app.address(), "GET /a b c HTTP/1.1\nHost: localhost\n\n");
    assert_snapshot!(wire::head(&answer, &[]), @"HTTP/1.1 400 Bad Request");
    let answer = wire::exchange(app.address(), "GET //%ff/%zz HTTP/1.1\nHost: localhost\nConnection: close\n\n");
    assert_snapshot!(wire::head(&answer, &["content-type"]), @r#"
    HTTP/1.1 404 Not Found
    content-type: application/problem+json
    "#);
}

#[test]
fn types_that_cannot_be_answered_are_said() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let ask = |path: &str, accept: &str| app.send("GET", path, &[("Accept", accept)], &[]);
    assert_snapshot!(ask("/api/v1/canvases", "text/html").shown(), @"406 not-acceptable: this page answers with application/json");
    assert_snapshot!(ask("/api/v1/canvases/a/image.png", "image/webp").shown(), @"406 not-acceptable: this page answers with image/png");
    assert_snapshot!(ask("/", "image/png").shown(), @"406 not-acceptable: this page answers with application/json or text/html");
    assert_eq!(ask("/api/v1/canvases", "text/html, */*;q=0.1").status, 200);
}

#[test]
fn the_api_says_what_it_is() {
    let app = App::start();
    let mut json = app.get("/api/v1").json();
    json["version"] = "…".into();
    assert_snapshot!(json, @r#"{"caller":{"name":null,"scopes":["read","write","admin"]},"features":["pingpong","canvases","palettes","cooldowns","tags","pixels","states","conditional-writes","idempotency","restore","undo","fork","images","tiles","cells","diff","timelapse","history","timeline","log","live","runs","export","import","tokens","sessions"],"limits":{"author_chars_max":128,"batch_pixels_max":65536,"cells_max":67108864,"diff_page_max":10000,"event_canvases_max":32,"event_pixels_max":1024,"frame_pixels_max":4194304,"history_page_max":10000,"idempotency_hours":24,"idempotency_key_chars_max":255,"image_pixels_max":67108864,"image_side_max":16384,"import_bytes_max":17179869184,"json_bytes_max":4194304,"list_page_max":1000,"log_rows_max":262144,"palette_colours_max":1024,"readers_max":4096,"requests_per_second_max":0,"side_max":16384,"tile_size":256,"timelapse_frames_max":1000,"timelapse_pixels_max":268435456,"undo_entries_max":67108864,"upload_bytes_max":100663296},"name":"pixlog","version":"…"}"#);
}
