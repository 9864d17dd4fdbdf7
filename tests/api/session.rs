//! `/api/v1/session`: cookies that read and do nothing else.

use insta::assert_snapshot;
use pixlog::config::Scopes;

use crate::app::{Answer, App, until};
use crate::keys::{Keys, bearer};

const SESSION: &str = "/api/v1/session";
const INIT: &str = "/?init=1&width=2&height=2";

fn begin(app: &App, token: &str, more: &[(&str, &str)]) -> Answer {
    let (name, value) = bearer(token);
    app.send("POST", SESSION, &[&[(name, value.as_str())], more].concat(), &[])
}

/// The cookie of a new session, as a browser sends it back.
fn cookie(app: &App, token: &str) -> String {
    let answer = begin(app, token, &[]);
    let set = answer.header("Set-Cookie").expect("a cookie");
    set.split(';').next().expect("a part").to_owned()
}

#[test]
fn a_token_buys_a_cookie_that_is_not_the_token() {
    let app = Keys::new().app(Some(Scopes::NONE));
    let answer = begin(&app, "writer", &[]);
    assert_snapshot!(answer.shown(), @r#"
    200
    {"name":"writer","scopes":["read","write"]}
    "#);
    let set = answer.header("Set-Cookie").expect("a cookie");
    let (pair, attributes) = set.split_once("; ").expect("attributes");
    let secret = pair.strip_prefix("pixlog_session=").expect("the name");
    assert_eq!((secret.len(), secret.contains("secret-of")), (43, false));
    assert_snapshot!(attributes, @"Path=/; Max-Age=604800; HttpOnly; SameSite=Strict");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    assert_ne!(cookie(&app, "writer"), pair, "each is new");
}

#[test]
fn only_a_token_begins_a_session() {
    let app = Keys::new().app(None);
    assert_snapshot!(app.send("POST", SESSION, &[], &[]).shown(), @"401 no-token: this needs a token");
    assert_snapshot!(begin(&app, "stranger", &[]).shown(), @"401 unknown-token: this is none of the tokens of this server");
    assert_snapshot!(app.send("POST", SESSION, &[("Cookie", &cookie(&app, "reader"))], &[]).shown(), @"401 no-token: this needs a token");
    let foreign = begin(&app, "reader", &[("Origin", "https://evil.example")]);
    assert_eq!((foreign.status, foreign.header("Set-Cookie")), (403, None));
}

#[test]
fn a_session_reads_and_does_not_write() {
    let app = Keys::new().app(Some(Scopes::NONE));
    let cookie = cookie(&app, "admin");
    let ask = |method: &str, path: &str| {
        let body: &[u8] = if method == "POST" { b"{\"name\":\"a\",\"width\":1,\"height\":1}" } else { b"" };
        app.send(method, path, &[("Cookie", &cookie), ("Content-Type", "application/json")], body)
    };
    for (method, path) in [("GET", "/progress"), ("HEAD", "/progress"), ("GET", "/"), ("GET", "/api/v1/canvases")] {
        assert_eq!(ask(method, path).status, 200, "{method} {path}");
        assert_eq!(app.send(method, path, &[], &[]).status, 401, "without it: {method} {path}");
    }
    assert_snapshot!(ask("GET", "/api/v1").json()["caller"], @r#"{"name":"admin","scopes":["read","write","admin"]}"#);
    for (method, path) in
        [("GET", INIT), ("HEAD", INIT), ("POST", "/api/v1/canvases"), ("POST", "/ping"), ("POST", "/api/v1/runs")]
    {
        assert_eq!(ask(method, path).status, 401, "{method} {path}");
    }
    assert_eq!(ask("GET", "/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_token_counts_for_more_than_a_session() {
    let app = Keys::new().app(Some(Scopes::NONE));
    let cookie = cookie(&app, "admin");
    let ask = |token: &str| {
        let (name, value) = bearer(token);
        app.send("GET", "/api/v1", &[("Cookie", cookie.as_str()), (name, value.as_str())], &[])
    };
    assert_snapshot!(ask("reader").json()["caller"]["name"], @r#""reader""#);
    assert_eq!(ask("stranger").status, 401);
}

#[test]
fn a_session_ends_when_it_is_told_to() {
    let app = Keys::new().app(Some(Scopes::NONE));
    let (one, other) = (cookie(&app, "reader"), cookie(&app, "reader"));
    let status = |cookie: &str| app.send("GET", "/progress", &[("Cookie", cookie)], &[]).status;
    assert_eq!([status(&one), status(&other), status("pixlog_session=x")], [200, 200, 401]);
    let foreign = [("Cookie", one.as_str()), ("Origin", "https://evil.example")];
    assert_eq!((app.send("DELETE", SESSION, &foreign, &[]).status, status(&one)), (403, 200));
    let ended = app.send("DELETE", SESSION, &[("Cookie", &one)], &[]);
    assert_eq!(ended.status, 204);
    assert_snapshot!(ended.header("Set-Cookie").expect("an end"), @"pixlog_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    assert_eq!([status(&one), status(&other)], [401, 200]);
    assert_eq!(app.send("DELETE", SESSION, &[], &[]).status, 204, "nothing to end");
}

#[test]
fn a_session_ends_with_its_token() {
    let keys = Keys::new();
    let app = keys.app(Some(Scopes::NONE));
    let cookie = cookie(&app, "reader");
    let status = || app.send("GET", "/progress", &[("Cookie", &cookie)], &[]).status;
    assert_eq!(status(), 200);
    keys.write(&[("writer", "write")]);
    until("the end of the session", status, |status| *status == 401);
}
