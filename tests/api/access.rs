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

/// What pages of other sites can make a browser send to a server on the same machine, header by header.
#[test]
fn attacks_from_pages_of_other_sites_change_nothing() {
    let app = App::start();
    app.canvas("a", 1, 1);
    let own = app.address();
    let attack = |method: &str, path: &str, host: &str, headers: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\nHost: {host}\n{headers}\nContent-Length: {length}\nConnection: close\n\n{body}"
        );
        wire::head(&wire::exchange(own, &request), &["access-control-allow-origin"])
    };
    let host = own.to_string();
    let pixels = "/api/v1/canvases/a/pixels";
    let body = r##"{"pixels":[[0,0,"#000000"]]}"##;
    let image = "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nSec-Fetch-Dest: image\nAccept: image/*";
    let sandbox = "Origin: null\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nContent-Type: ";
    let fetch = "Origin: https://evil.example\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: no-cors\nContent-Type: ";
    let old = "Origin: https://evil.example\nContent-Type: ";
    for (method, path, headers, body) in [
        ("GET", INIT, image.to_owned(), ""),
        ("GET", "/?x=1&init=1&width=2&height=2", image.replace("image", "iframe"), ""),
        ("POST", "/ping", format!("{sandbox}application/x-www-form-urlencoded"), "file=x"),
        ("POST", "/pong", format!("{sandbox}multipart/form-data; boundary=b"), "--b--"),
        ("POST", pixels, format!("{sandbox}text/plain"), body),
        ("POST", pixels, format!("{fetch}text/plain"), body),
        ("POST", pixels, format!("{fetch}application/json"), body),
        ("POST", pixels, format!("{old}application/json"), body),
        ("POST", "/api/v1/runs", format!("{fetch}application/json"), r#"{"width":2,"height":2}"#),
        ("POST", "/api/v1/canvases", format!("{fetch}application/json"), r#"{"width":2,"height":2}"#),
        ("POST", "/api/v1/session", format!("{fetch}text/plain"), ""),
        ("DELETE", "/api/v1/session", "Origin: https://evil.example".to_owned(), ""),
    ] {
        assert_eq!(attack(method, path, &host, &headers, body), "HTTP/1.1 403 Forbidden", "{method} {path} {headers}");
    }
    // A name of theirs that was made to point here: the browser takes the page for one of that very origin.
    let rebound = "Origin: http://evil.example:8000\nSec-Fetch-Site: same-origin\nContent-Type: application/json";
    for (method, path, body) in [("GET", INIT, ""), ("POST", pixels, body), ("GET", "/progress", "")] {
        let answer = attack(method, path, "evil.example:8000", rebound, body);
        assert_eq!(answer, "HTTP/1.1 421 Misdirected Request", "{method} {path}");
    }
    assert_eq!(runs(&app), 0);
    let canvases = app.get("/api/v1/canvases").json();
    assert_eq!(
        (canvases["canvases"][0]["version"].as_u64(), canvases["canvases"].as_array().map(Vec::len)),
        (Some(0), Some(1))
    );
}

#[test]
fn preflights_allow_every_method_and_header_of_the_contract() {
    let app = App::with(|config| config.cors_origins = vec!["https://app.example".into()]);
    let named = "accept,authorization,cache-control,content-type,idempotency-key,if-match,if-none-match,last-event-id,x-request-id";
    let preflight = |origin: &str, method: &str, headers: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", headers),
        ];
        let answer = app.send("OPTIONS", "/api/v1/canvases", &headers, &[]);
        let allowed = answer.header("Access-Control-Allow-Origin").map(str::to_owned);
        let methods = answer.header("Access-Control-Allow-Methods").unwrap_or_default();
        (answer.status, allowed, methods.split(',').any(|one| one.trim().eq_ignore_ascii_case(method)))
    };
    let yes = (204, Some("https://app.example".to_owned()), true);
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        assert_eq!(preflight("https://app.example", method, named), yes, "{method}");
        for origin in ["https://evil.example", "null", "https://app.example.evil.example", "http://app.example", "*"] {
            assert_eq!(preflight(origin, method, named), (403, None, false), "{method} {origin}");
        }
    }
    let answer = app.send("GET", "/api/v1", &[("Origin", "https://app.example")], &[]);
    let exposed = answer.header("Access-Control-Expose-Headers").expect("a list").to_ascii_lowercase();
    for name in [
        "allow",
        "etag",
        "idempotent-replayed",
        "last-modified",
        "location",
        "retry-after",
        "www-authenticate",
        "x-pixlog-version",
        "x-request-id",
    ] {
        assert!(exposed.split(',').any(|one| one.trim() == name), "{name} is not in {exposed}");
    }
    assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("https://app.example"), "never * with credentials");
}

#[test]
fn a_refusal_can_be_read_by_a_page_that_may_call() {
    let app = crate::keys::Keys::new().app(Some(pixlog::config::Scopes::NONE));
    let headers = [("Origin", "http://localhost:5173"), ("Access-Control-Request-Method", "GET")];
    assert_eq!(app.send("OPTIONS", "/progress", &headers, &[]).status, 204, "a preflight has no token");
    let refused = app.send("GET", "/progress", &headers[..1], &[]);
    let allowed = refused.header("Access-Control-Allow-Origin");
    assert_eq!((refused.status, allowed), (401, Some("http://localhost:5173")));
}
