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
    assert_snapshot!(json, @"");
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
    assert_snapshot!(wrong("DELETE", "/progress"), @"");
    assert_snapshot!(wrong("PUT", "/ping"), @"");
    assert_snapshot!(wrong("PATCH", "/api/v1/canvases"), @"");
    assert_snapshot!(wrong("POST", "/api/v1/canvases/a"), @"");
    assert_snapshot!(wrong("GET", "/api/v1/runs/1/pause"), @"");
    assert_snapshot!(wrong("GET", "/api/v1/canvases/a/b/c"), @"");
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
fn a_body_over_the_limit_is_refused_before_it_is_sent() {
    let app = App::with(|config| config.limits.json_bytes_max = 100);
    app.canvas("a", 1, 1);
    let announced = "POST /api/v1/canvases/a/pixels HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\
                     Content-Length: 101\nConnection: close\n\n";
    let answer = wire::exchange(app.address(), announced);
    assert_snapshot!(wire::head(&answer, &["content-type"]), @"");
    let long = format!("{{\"pixels\":[{}]}}", " ".repeat(100));
    let chunked = format!(
        "POST /api/v1/canvases/a/pixels HTTP/1.1\nHost: localhost\nContent-Type: application/json\n\
         Transfer-Encoding: chunked\nConnection: close\n\n{:x}\n{long}\n0\n\n",
        long.len()
    );
    let answer = wire::exchange(app.address(), &chunked);
    assert_snapshot!(wire::head(&answer, &["content-type"]), @"");
}

#[test]
fn what_is_not_http_gets_400() {
    let app = App::start();
    let answer = wire::exchange(app.address(), "GET /a b c HTTP/1.1\nHost: localhost\n\n");
    assert_snapshot!(wire::head(&answer, &[]), @"");
    let answer = wire::exchange(app.address(), "GET //%ff/%zz HTTP/1.1\nHost: localhost\nConnection: close\n\n");
    assert_snapshot!(wire::head(&answer, &["content-type"]), @"");
}

#[test]
fn types_that_cannot_be_answered_are_said() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let ask = |path: &str, accept: &str| app.send("GET", path, &[("Accept", accept)], &[]);
    assert_snapshot!(ask("/api/v1/canvases", "text/html").shown(), @"");
    assert_snapshot!(ask("/api/v1/canvases/a/image.png", "image/webp").shown(), @"");
    assert_snapshot!(ask("/", "image/png").shown(), @"");
    assert_eq!(ask("/api/v1/canvases", "text/html, */*;q=0.1").status, 200);
}

#[test]
fn keys_that_are_not_kept_are_not_taken() {
    let app = App::start();
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "x")];
    let answer = app.send("POST", "/api/v1/canvases", &headers, br#"{"width":1,"height":1}"#);
    assert_snapshot!(answer.shown(), @"");
}

#[test]
fn the_api_says_what_it_is() {
    let app = App::start();
    let mut json = app.get("/api/v1").json();
    json["version"] = "…".into();
    assert_snapshot!(json, @"");
}
