//! Who may ask: names, origins, methods.

use insta::assert_snapshot;

use crate::app::{Answer, App};
use crate::wire;

const INIT: &str = "/?init=1&width=2&height=2";

fn ask(app: &App, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    app.send(method, path, headers, if method == "POST" { b"x" } else { b"" })
}

fn runs(app: &App) -> usize {
    app.get("/api/v1/runs").json()["runs"].as_array().expect("a list").len()
}

#[test]
fn a_rebound_host_is_refused_everywhere() {
    let app = App::start();
    let host = |path: &str, host: &str| ask(&app, "GET", path, &[("Host", host)]).shown();
    assert_snapshot!(host("/progress", "evil.example"), @"421 not-our-host: this Host is not one of PIXLOG_HOSTS");
    assert_snapshot!(host("/nowhere", "evil.example:8000"), @"421 not-our-host: this Host is not one of PIXLOG_HOSTS");
    assert_snapshot!(host("/health/live", "evil.example"), @"421 not-our-host: this Host is not one of PIXLOG_HOSTS");
    assert_eq!(ask(&app, "GET", "/health/live", &[("Host", "localhost:1")]).status, 200);
    let none = wire::exchange(app.address(), "GET /progress HTTP/1.0\n\n");
    assert_snapshot!(wire::head(&none, &[]), @"HTTP/1.0 421 Misdirected Request");
    let two = "GET /progress HTTP/1.1\nHost: localhost\nHost: evil.example\nConnection: close\n\n";
    assert_snapshot!(wire::head(&wire::exchange(app.address(), two), &[]), @"HTTP/1.1 421 Misdirected Request");
    let absolute = "GET http://evil.example/progress HTTP/1.1\nHost: evil.example\nConnection: close\n\n";
    assert_snapshot!(wire::head(&wire::exchange(app.address(), absolute), &[]), @"HTTP/1.1 421 Misdirected Request");
}

#[test]
fn a_page_of_another_site_starts_no_run() {
    let app = App::start();
    for headers in [
        &[("Origin", "https://evil.example")][..],
        &[("Origin", "null")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Sec-Fetch-Site", "cross-site"), ("Accept", "text/html")],
    ] {
        let answer = ask(&app, "GET", INIT, headers).shown();
        assert_eq!(answer, "403 foreign-origin: a page of another site must not write here", "{headers:?}");
    }
    for path in ["/?%69nit=1&width=2&height=2", "//?init=1&width=2&height=2", "/?init"] {
        let request = format!("GET {path} HTTP/1.1\nHost: localhost\nOrigin: null\nConnection: close\n\n");
        assert_eq!(wire::head(&wire::exchange(app.address(), &request), &[]), "HTTP/1.1 403 Forbidden", "{path}");
    }
    assert_eq!(runs(&app), 0);
    for origin in ["http://localhost:5173", &app.url("")] {
        assert_eq!(ask(&app, "GET", &format!("{INIT}&images=none"), &[("Origin", origin)]).status, 200, "{origin}");
    }
    assert_eq!(runs(&app), 2);
}

#[test]
fn a_page_of_another_site_does_not_write() {
    let app = App::start();
    app.canvas("a", 1, 1);
    for path in
        ["/ping", "/pong", "/api/v1/canvases", "/api/v1/canvases/a/pixels", "/api/v1/runs", "/api/v1/runs/1/cancel"]
    {
        for headers in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")] {
            assert_eq!(ask(&app, "POST", path, &[headers]).status, 403, "{path} {headers:?}");
        }
    }
    assert_eq!(ask(&app, "GET", "/progress", &[("Origin", "https://evil.example")]).status, 200, "reading is harmless");
}

#[test]
fn head_starts_nothing() {
    let app = App::start();
    let answer = ask(&app, "HEAD", INIT, &[]);
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(ask(&app, "HEAD", "/", &[]).header("Content-Length"), Some("22"));
    assert_eq!(runs(&app), 0);
}

#[test]
fn the_method_field_of_a_form_changes_nothing() {
    let app = App::start();
    let form = |path: &str, body: &str| app.post(path, "application/x-www-form-urlencoded", body.as_bytes()).shown();
    assert_snapshot!(form(INIT, "_method=get"), @"415 form: a form is sent by POST, and has no _method");
    assert_snapshot!(form("/api/v1/canvases/a", "_method=delete"), @"415 form: a form is sent by POST, and has no _method");
    assert_snapshot!(form("/ping", "_method=put"), @"415 form: a form is sent by POST, and has no _method");
    assert_snapshot!(form("/api/v1/canvases", "_method=post"), @"415 media-type: the body must be application/json");
    assert_eq!(runs(&app), 0);
    let put = app.send("PUT", "/ping", &[("Content-Type", "application/x-www-form-urlencoded")], b"x");
    assert_eq!(put.status, 415);
}

#[test]
fn a_preflight_is_answered_as_a_browser_sends_it() {
    let app = App::start();
    let preflight = |path: &str, origin: &str, method: &str, headers: &str| {
        let request = format!(
            "OPTIONS {path} HTTP/1.1\nHost: localhost:8000\nOrigin: {origin}\nAccess-Control-Request-Method: {method}\n\
             Access-Control-Request-Headers: {headers}\nSec-Fetch-Mode: cors\nSec-Fetch-Site: same-site\n\
             Sec-Fetch-Dest: empty\nConnection: close\n\n"
        );
        let answer = wire::exchange(app.address(), &request);
        let names =
            ["access-control-allow-origin", "access-control-allow-credentials", "access-control-max-age", "vary"];
        wire::head(&answer, &names)
    };
    let path = "/api/v1/canvases/a/pixels";
    assert_snapshot!(preflight(path, "http://localhost:5173", "POST", "content-type,if-match"), @r#"
    HTTP/1.1 204 No Content
    access-control-allow-credentials: true
    access-control-allow-origin: http://localhost:5173
    access-control-max-age: 600
    vary: Origin
    "#);
    assert_snapshot!(preflight(path, "https://evil.example", "POST", "content-type"), @r#"
    HTTP/1.1 403 Forbidden
    vary: Origin
    "#);
    assert_snapshot!(preflight(path, "http://localhost:5173", "POST", "x-something-else"), @r#"
    HTTP/1.1 403 Forbidden
    vary: Origin
    "#);
    assert_snapshot!(preflight("/nowhere", "http://localhost:5173", "POST", "content-type"), @r#"
    HTTP/1.1 404 Not Found
    access-control-allow-credentials: true
    access-control-allow-origin: http://localhost:5173
    access-control-max-age: 600
    vary: Origin
    "#);
}

#[test]
fn answers_say_what_a_page_may_read() {
    let app = App::start();
    let names = ["access-control-allow-origin", "access-control-allow-credentials", "vary"];
    let ask = |origin: &str, path: &str| {
        let request = format!("GET {path} HTTP/1.1\nHost: localhost:8000\nOrigin: {origin}\nConnection: close\n\n");
        wire::head(&wire::exchange(app.address(), &request), &names)
    };
    assert_snapshot!(ask("http://localhost:3000", "/progress"), @r#"
    HTTP/1.1 200 OK
    access-control-allow-credentials: true
    access-control-allow-origin: http://localhost:3000
    vary: Origin
    "#);
    assert_snapshot!(ask("http://localhost:3000", "/nowhere"), @r#"
    HTTP/1.1 404 Not Found
    access-control-allow-credentials: true
    access-control-allow-origin: http://localhost:3000
    vary: Origin
    "#);
    assert_snapshot!(ask("https://evil.example", "/progress"), @r#"
    HTTP/1.1 200 OK
    vary: Origin
    "#);
    assert_snapshot!(ask("null", "/progress"), @r#"
    HTTP/1.1 200 OK
    vary: Origin
    "#);
    let exposed = app.send("GET", "/progress", &[("Origin", "http://localhost:3000")], &[]);
    let exposed = exposed.header("Access-Control-Expose-Headers").expect("a list").to_owned();
    for name in ["ETag", "Last-Modified", "Location", "Retry-After", "X-Pixlog-Version", "X-Request-Id"] {
        assert!(exposed.contains(name), "{name} is not in {exposed}");
    }
}

#[test]
fn options_without_an_origin_lists_methods() {
    let app = App::start();
    let answer = app.send("OPTIONS", "/api/v1/canvases", &[], &[]);
    assert_eq!((answer.status, answer.header("Allow")), (204, Some("GET, HEAD, OPTIONS, POST")));
}
