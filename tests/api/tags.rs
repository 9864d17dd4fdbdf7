//! `/api/v1/canvases/{name}/tags`.

use insta::assert_snapshot;

use crate::app::App;

const PATH: &str = "/api/v1/canvases/a/tags";

fn drawn() -> App {
    let app = App::start();
    app.canvas("a", 1, 1);
    let pixels = r##"{"pixels":[[0,0,"#010203"],[0,0,"#040506"]]}"##;
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", pixels).status, 200);
    app
}

fn put(app: &App, tag: &str, version: u64) -> String {
    app.send_json("PUT", &format!("{PATH}/{tag}"), &[], &format!("{{\"version\":{version}}}")).shown()
}

fn delete(app: &App, tag: &str) -> String {
    app.send("DELETE", &format!("{PATH}/{tag}"), &[], &[]).shown()
}

#[test]
fn a_tag_names_a_version_until_it_is_moved_or_taken_away() {
    let app = drawn();
    assert_snapshot!(put(&app, "best", 1), @r#"
    201
    {"tag":"best","version":1}
    "#);
    assert_snapshot!(put(&app, "best", 2), @r#"
    200
    {"tag":"best","version":2}
    "#);
    assert_snapshot!(put(&app, "empty", 0), @r#"
    201
    {"tag":"empty","version":0}
    "#);
    assert_snapshot!(app.get(PATH).shown(), @r#"
    200
    {"tags":[{"tag":"best","version":2},{"tag":"empty","version":0}]}
    "#);
    assert_snapshot!(delete(&app, "best"), @"204");
    assert_snapshot!(delete(&app, "best"), @"404 no-such-tag: there is no tag best");
    assert_snapshot!(app.get(PATH).shown(), @r#"
    200
    {"tags":[{"tag":"empty","version":0}]}
    "#);
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 2, "a tag is no entry");
}

#[test]
fn what_cannot_be_a_tag_is_refused() {
    let app = drawn();
    assert_snapshot!(put(&app, "7", 1), @r#"422 bad-tag: "7" is not a tag: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit, not digits only"#);
    assert_snapshot!(put(&app, "Best", 1), @r#"422 bad-tag: "Best" is not a tag: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit, not digits only"#);
    assert_snapshot!(put(&app, "best", 3), @"404 no-such-version: version 3 does not exist yet: the newest is 2 [current_version 2]");
    assert_snapshot!(delete(&app, "7"), @"404 no-such-tag: there is no tag 7");
    let body = |body: &str| app.send_json("PUT", &format!("{PATH}/best"), &[], body).shown();
    assert_snapshot!(body("{}"), @"400 unreadable: the JSON cannot be read: missing field `version` at line 1 column 2");
    assert_snapshot!(body(r#"{"version":-1}"#), @"400 unreadable: the JSON cannot be read: invalid value: integer `-1`, expected u64 at line 1 column 13");
    assert_snapshot!(app.send("PUT", &format!("{PATH}/best"), &[], b"x").shown(), @"415 media-type: the body must be application/json");
    assert_snapshot!(app.send_json("PUT", "/api/v1/canvases/b/tags/best", &[], "{}").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    assert_snapshot!(app.get("/api/v1/canvases/b/tags").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    assert_snapshot!(app.get(PATH).shown(), @r#"
    200
    {"tags":[]}
    "#);
}

#[test]
fn a_tag_may_depend_on_the_head() {
    let app = drawn();
    let body = r#"{"version":1}"#;
    let path = format!("{PATH}/best");
    assert_snapshot!(app.send_json("PUT", &path, &[("If-Match", "\"1\"")], body).shown(), @"412 head-moved: the canvas is at version 2, not at 1 [current_version 2]");
    assert_snapshot!(app.send_json("PUT", &path, &[("If-Match", "\"1\"")], "{").shown(), @"412 head-moved: the canvas is at version 2, not at 1 [current_version 2]");
    assert_eq!(app.send_json("PUT", &path, &[("If-Match", "\"2\"")], body).status, 201);
    assert_snapshot!(app.send("DELETE", &path, &[("If-Match", "\"1\"")], &[]).shown(), @"412 head-moved: the canvas is at version 2, not at 1 [current_version 2]");
    assert_eq!(app.send("DELETE", &path, &[("If-Match", "\"2\"")], &[]).status, 204);
}

#[test]
fn the_list_shows_each_tag_once_in_order_while_others_come() {
    let app = drawn();
    for tag in ["c", "a", "e", "b", "d"] {
        put(&app, tag, 1);
    }
    let (mut path, mut found) = (format!("{PATH}?limit=2"), Vec::new());
    loop {
        let page = app.get(&path).json();
        let tags = page["tags"].as_array().expect("a list");
        found.extend(tags.iter().map(|tag| tag["tag"].as_str().expect("a tag").to_owned()));
        // Before what was shown: not met any more.
        put(&app, &format!("a{}", found.len()), 0);
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => break,
        }
    }
    assert_eq!(found, ["a", "b", "c", "d", "e"]);
    assert_snapshot!(app.get(&format!("{PATH}?limit=1001")).shown(), @"422 limit: limit is 1 to 1000, not 1001 [limit 1000]");
    assert_snapshot!(app.get(&format!("{PATH}?after=A")).shown(), @r#"400 unreadable: after=A cannot be read: "A" is not a tag: 1 to 64 of a-z, 0-9, '_' and '-', the first a letter or a digit, not digits only"#);
}
