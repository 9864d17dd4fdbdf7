//! Tokens, and what everyone may do without one.

use insta::assert_snapshot;
use pixlog::config::Scopes;

use crate::app::{Answer, App, until};
use crate::keys::{Keys, bearer};

const CANVAS: &str = r#"{"name":"a","width":2,"height":1}"#;
const PIXELS: &str = "/api/v1/canvases/a/pixels";

fn send(app: &App, method: &str, path: &str, token: Option<&str>, body: &str) -> Answer {
    let (name, value) = bearer(token.unwrap_or_default());
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(token.map(|_| (name, value.as_str())));
    app.send(method, path, &headers, body.as_bytes())
}

fn pixel(app: &App, token: Option<&str>, author: &str) -> Answer {
    send(app, "POST", PIXELS, token, &format!("{{\"pixels\":[[0,0,\"#010203\"]]{author}}}"))
}

/// Name and `authenticated` of the newest entry's author.
fn author(app: &App) -> String {
    let page = send(app, "GET", "/api/v1/canvases/a/history?limit=1", Some("admin"), "").json();
    format!("{} {}", page["entries"][0]["author"], page["entries"][0]["authenticated"])
}

#[test]
fn a_token_opens_what_its_scopes_say() {
    let app = Keys::new().app(None);
    assert_snapshot!(send(&app, "POST", "/api/v1/canvases", None, CANVAS).shown(), @"401 no-token: this needs a token with the scope write");
    assert_snapshot!(send(&app, "POST", "/api/v1/canvases", Some("reader"), CANVAS).shown(), @"403 missing-scope: the token reader does not have the scope write");
    assert_snapshot!(send(&app, "POST", "/api/v1/canvases", Some("stranger"), CANVAS).shown(), @"401 unknown-token: this is none of the tokens of this server");
    assert_eq!(send(&app, "POST", "/api/v1/canvases", Some("writer"), CANVAS).status, 201);
    assert_eq!(pixel(&app, Some("admin"), "").status, 200);
    for token in [None, Some("reader"), Some("writer"), Some("admin")] {
        assert_eq!(send(&app, "GET", "/api/v1/canvases/a", token, "").status, 200, "{token:?}");
    }
    let refused = send(&app, "GET", "/api/v1/canvases/a", Some("stranger"), "");
    assert_eq!((refused.status, refused.header("WWW-Authenticate")), (401, Some("Bearer")));
    assert_eq!(send(&app, "GET", "/health/ready", Some("stranger"), "").status, 200, "for everyone");
}

#[test]
fn what_is_no_bearer_token_is_refused() {
    let app = Keys::new().app(None);
    for value in ["Basic c2VjcmV0", "Bearer", "secret-of-admin", "Bearer secret-of-admin x", "Bearer  "] {
        let answer = app.send("GET", "/progress", &[("Authorization", value)], &[]);
        assert_eq!(answer.shown(), "401 unknown-token: this is none of the tokens of this server", "{value}");
        assert_eq!(answer.header("WWW-Authenticate"), Some("Bearer"), "{value}");
    }
    let good = app.send("GET", "/progress", &[("Authorization", "bearer secret-of-admin")], &[]);
    assert_eq!(good.status, 200);
}

#[test]
fn without_tokens_nobody_is_asked_for_one() {
    let app = App::start();
    for value in ["Basic c2VjcmV0", "Bearer unknown"] {
        assert_eq!(app.send("GET", "/progress", &[("Authorization", value)], &[]).status, 200, "{value}");
    }
    assert_eq!(app.send("POST", "/api/v1/session", &[], b"").status, 401, "there is nothing it could stand for");
}

#[test]
fn what_everyone_may_do_can_be_less_without_tokens() {
    let app = App::with(|config| config.anonymous = Some(Scopes::READ));
    assert_eq!(app.get("/progress").status, 200);
    assert_snapshot!(app.post_json("/api/v1/canvases", CANVAS).shown(), @"401 no-token: this needs a token with the scope write");
    assert_snapshot!(app.get("/?init=1&width=1&height=1").shown(), @"401 no-token: this needs a token with the scope write");
    assert_snapshot!(app.get("/api/v1").json()["caller"], @r#"{"name":null,"scopes":["read"]}"#);
}

#[test]
fn everyone_may_write_where_that_is_said() {
    let app = Keys::new().app(Some("write".parse().expect("a scope")));
    assert_eq!(app.post_json("/api/v1/canvases", CANVAS).status, 201);
    assert_eq!(pixel(&app, None, r#","author":"Zoë""#).status, 200);
    assert_snapshot!(author(&app), @r#""Zoë" false"#);
    assert_eq!(pixel(&app, None, "").status, 200);
    assert_snapshot!(author(&app), @"null false");
    assert_snapshot!(pixel(&app, Some("reader"), "").shown(), @"403 missing-scope: the token reader does not have the scope write");
}

#[test]
fn who_wrote_is_whose_token_it_was() {
    let app = Keys::new().app(Some("write".parse().expect("a scope")));
    send(&app, "POST", "/api/v1/canvases", Some("writer"), CANVAS);
    for other in ["", r#","author":"Zoë""#, r#","author":"admin""#] {
        assert_eq!(pixel(&app, Some("writer"), other).status, 200, "{other}");
        assert_eq!(author(&app), r#""writer" true"#, "{other}");
    }
    for taken in ["writer", "Writer", " reader "] {
        let refused = pixel(&app, None, &format!(r#","author":"{taken}""#));
        assert_eq!(refused.shown(), "422 name-of-a-token: this author has a token: send it, or use another name");
    }
    let rows = app.post(&format!("{PIXELS}?author=writer"), "application/octet-stream", &[0; 7]);
    assert_eq!(rows.status, 422);
    assert_snapshot!(pixel(&app, Some("writer"), r#","author":"""#).shown(), @"422 bad-author: an author is 1 to 128 characters, none of them a control character [limit 128]");
}

#[test]
fn runs_have_the_token_as_their_author_and_hand_over_without_it() {
    let app = Keys::new().app(Some(Scopes::NONE));
    let run = r#"{"width":2,"height":2,"canvas":"a","exchange":"http"}"#;
    assert_eq!(send(&app, "POST", "/api/v1/runs", None, run).status, 401);
    assert_eq!(send(&app, "POST", "/api/v1/runs", Some("writer"), run).status, 202);
    let view = || send(&app, "GET", "/api/v1/runs/1", Some("reader"), "").json();
    until("the run's end", view, |run| run["status"] == "completed");
    assert_snapshot!(author(&app), @r#""writer" true"#);
    let (name, value) = bearer("admin");
    let init = app.send("GET", "/?init=1&width=2&height=1&images=none", &[(name, &value)], &[]);
    assert_eq!(init.status, 200);
    let page = app.send("GET", "/history?limit=1", &[(name, &value)], &[]).json();
    assert_snapshot!(page["entries"][0]["author"], @r#""admin""#);
    assert_eq!(
        app.send("POST", "/ping", &[("X-Pixlog-Hand-Over", "guessed"), ("X-Pixlog-State", "1 4")], b"").status,
        401
    );
}

#[test]
fn a_caller_learns_who_it_is() {
    let app = Keys::new().app(None);
    let caller = |token| send(&app, "GET", "/api/v1", token, "").json()["caller"].clone();
    assert_snapshot!(caller(None), @r#"{"name":null,"scopes":["read"]}"#);
    assert_snapshot!(caller(Some("reader")), @r#"{"name":"reader","scopes":["read"]}"#);
    assert_snapshot!(caller(Some("admin")), @r#"{"name":"admin","scopes":["read","write","admin"]}"#);
}

#[test]
fn what_not_everyone_may_read_no_cache_gives_to_others() {
    let caching = |anonymous, path: &str| {
        let app = Keys::new().app(anonymous);
        send(&app, "POST", "/api/v1/canvases", Some("writer"), CANVAS);
        let answer = send(&app, "GET", path, Some("reader"), "");
        assert_eq!(answer.status, 200, "{path}");
        format!("{} / {}", answer.header("Cache-Control").unwrap_or_default(), answer.headers("Vary").join(", "))
    };
    let (version, head) = ("/api/v1/canvases/a/image.png?version=0", "/api/v1/canvases/a/image.png");
    assert_snapshot!(caching(None, version), @"public, max-age=31536000, immutable / Origin");
    assert_snapshot!(caching(None, head), @"no-cache / Origin");
    let nothing = Some(Scopes::NONE);
    assert_snapshot!(caching(nothing, version), @"private, max-age=31536000, immutable / Origin, Authorization, Cookie");
    assert_snapshot!(caching(nothing, head), @"private, no-cache / Origin, Authorization, Cookie");
    assert_snapshot!(caching(nothing, "/progress"), @"no-store / Origin, Authorization, Cookie");
}

#[test]
fn a_file_that_changes_is_read_again_unless_it_is_wrong() {
    let keys = Keys::new();
    let app = keys.app(Some(Scopes::NONE));
    let status = |name: &str| send(&app, "GET", "/progress", Some(name), "").status;
    assert_eq!(["reader", "other"].map(status), [200, 401]);
    keys.write(&[("other", "read")]);
    until("the new tokens", || ["reader", "other"].map(status), |found| *found == [401, 200]);
    keys.write_text("nonsense\n");
    // Longer than a change goes unseen.
    std::thread::sleep(std::time::Duration::from_millis(1_200));
    assert_eq!(["reader", "other"].map(status), [401, 200]);
    keys.write(&[("reader", "read")]);
    until("the old tokens", || ["reader", "other"].map(status), |found| *found == [200, 401]);
}
