//! `GET /progress`.

use insta::assert_snapshot;

use crate::app::App;
use crate::pictures::listed;

#[test]
fn nothing_ran() {
    let app = App::start();
    assert_snapshot!(app.get("/progress").shown(), @r#"
    200
    {"generate_images":[],"progression":0}
    "#);
}

#[test]
fn the_newest_picture_is_there_in_each_form() {
    let app = App::start();
    // One that is kept rendered, and one that is too large for that.
    for (width, height) in [(20, 10), (600, 500)] {
        let list = listed(&app.get(&format!("/?init=1&width={width}&height={height}&granular=50")).json());
        for _ in 0..2 {
            let progress = app.get("/progress");
            assert_eq!(progress.json()["progression"], 100);
            assert_eq!(progress.header("Cache-Control"), Some("no-store"));
            assert!(listed(&progress.json()) == list[1..], "the newest of the list");
        }
        assert_eq!(
            app.get("/progress?images=none").text(),
            r#"{"progression":100,"generate_images":["myImg_100.png"]}"#
        );
    }
    assert_snapshot!(app.get("/progress?images=url").shown(), @r#"
    200
    {"generate_images":[{"myImg_100.png":"/api/v1/canvases/canvas-2/image.png?version=300000"}],"progression":100}
    "#);
    assert_snapshot!(app.get("/progress?images=some").shown(), @"400 unreadable: images=some cannot be read: write inline, url or none");
}

#[test]
fn the_progression_is_that_of_the_current_canvas() {
    let app = App::start();
    assert_eq!(app.get("/?init=1&width=3&height=3&granular=100").status, 200);
    let name = app.get("/api/v1/canvases?limit=1").json()["canvases"][0]["name"].as_str().expect("a name").to_owned();
    let white = r##"{"pixels":[[0,0,"#ffffff"],[1,0,"#ffffff"],[2,0,"#ffffff"]]}"##;
    assert_eq!(app.post_json(&format!("/api/v1/canvases/{name}/pixels"), white).status, 200);
    assert_eq!(app.get("/progress?images=none").json()["progression"], 66);
}
