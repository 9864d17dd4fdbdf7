//! `/api/v1/runs`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::app::{App, until};

fn run(app: &App, id: u64) -> Value {
    app.get(&format!("/api/v1/runs/{id}")).json()
}

fn completed(app: &App, id: u64) -> Value {
    until("the end of the run", || run(app, id), |run| run["status"] == "completed")
}

#[test]
fn a_run_fills_a_canvas() {
    let app = App::start();
    let started = app.post_json("/api/v1/runs", r#"{"width":20,"height":5,"granular":50,"seed":7,"canvas":"a"}"#);
    assert_eq!((started.status, started.header("Location")), (202, Some("/api/v1/runs/1")));
    completed(&app, 1);
    assert_snapshot!(app.get("/api/v1/runs/1").shown(), @r#"
    200
    {"canvas":"a","cells":100,"eta_seconds":null,"exchange":"local","finished_at":"…","granular":50,"id":1,"images":[{"percent":50,"url":"/api/v1/canvases/a/image.png?version=50","version":50},{"percent":100,"url":"/api/v1/canvases/a/image.png?version=100","version":100}],"pixels":100,"pixels_per_hop":1,"pixels_per_second":"…","progression":100,"seed":7,"started_at":"…","status":"completed"}
    "#);
    let canvas = app.get("/api/v1/canvases/a").json();
    assert_eq!(canvas["version"], 100);
    assert_eq!(app.get("/progress?images=none").json()["progression"], 0, "it did not become current");
}

#[test]
fn a_run_is_repeatable_from_its_seed_and_exchange_does_not_matter() {
    let app = App::start();
    for (id, exchange) in [(1, "local"), (2, "http")] {
        let body = format!(
            "{{\"width\":9,\"height\":9,\"seed\":5,\"exchange\":\"{exchange}\",\"canvas\":\"c{id}\",\"pixels_per_hop\":4}}"
        );
        assert_eq!(app.post_json("/api/v1/runs", &body).status, 202);
        completed(&app, id);
    }
    let image = |name: &str| app.get(&format!("/api/v1/canvases/{name}/image.raw?version=40")).body;
    assert_eq!(image("c1"), image("c2"));
    assert_eq!(image("c1").len(), 9 * 9 * 3);
}

#[test]
fn a_run_is_paused_resumed_and_cancelled() {
    let app = App::start();
    let start = r#"{"width":128,"height":128,"exchange":"http"}"#;
    assert_eq!(app.post_json("/api/v1/runs", start).status, 202);
    let order = |id: u64, what: &str| app.send("POST", &format!("/api/v1/runs/{id}/{what}"), &[], &[]);
    assert_eq!(order(1, "pause").json()["status"], "paused");
    let before = run(&app, 1)["pixels"].clone();
    assert_snapshot!(order(1, "pause").shown(), @"409 wrong-run-state: run 1 is paused; it cannot be paused");
    assert_eq!(run(&app, 1)["pixels"], before, "a paused run stands still");
    assert_eq!(order(1, "resume").json()["status"], "running");
    until("pixels", || run(&app, 1)["pixels"].clone(), |pixels| *pixels != before);
    assert_eq!(order(1, "cancel").json()["status"], "cancelled");
    assert_snapshot!(order(1, "resume").shown(), @"409 wrong-run-state: run 1 is cancelled; it cannot be resumed");
    assert_snapshot!(order(1, "cancel").shown(), @"409 wrong-run-state: run 1 is cancelled; it cannot be cancelled");
    let run = run(&app, 1);
    let canvas = app.get(&format!("/api/v1/canvases/{}", run["canvas"].as_str().expect("a name"))).json();
    assert_eq!(canvas["version"], run["pixels"], "its pixels stay readable");
    assert_snapshot!(order(2, "cancel").shown(), @"404 no-such-run: there is no run 2");
    assert_snapshot!(app.send("POST", "/api/v1/runs/x/cancel", &[], &[]).shown(), @"404 no-such-run: there is no run with this number");
}

#[test]
fn a_run_fills_what_is_white_of_a_canvas_that_is_there() {
    let app = App::start();
    app.canvas("a", 2, 2);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", r##"{"pixels":[[1,0,"#010203"]]}"##).status, 200);
    assert_eq!(app.post_json("/api/v1/runs", r#"{"canvas":"a"}"#).status, 202);
    let run = completed(&app, 1);
    assert_eq!((&run["pixels"], &run["cells"]), (&4.into(), &4.into()));
    let image = app.get("/api/v1/canvases/a/image.raw").body;
    assert_eq!(image[3..6], [1, 2, 3]);
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 4);
}

#[test]
fn what_cannot_be_run_is_refused_and_writes_nothing() {
    let app = App::start();
    app.canvas("there", 2, 2);
    let refused = |body: &str| app.post_json("/api/v1/runs", body).shown();
    assert_snapshot!(refused(r#"{"width":5000,"height":5000}"#), @"422 too-few-colours: 25000000 cells need as many different colours, and there are 16777215 [limit 16777215]");
    assert_snapshot!(refused(r#"{"width":0,"height":1}"#), @"422 impossible-size: width and height must be at least 1");
    assert_snapshot!(refused(r#"{"width":2}"#), @"400 unreadable: width and height are missing");
    assert_snapshot!(refused(r#"{"width":2,"height":2,"granular":0}"#), @"422 granular: granular is 1 to 100, not 0 [limit 100]");
    assert_snapshot!(refused(r#"{"width":2,"height":2,"granular":101}"#), @"422 granular: granular is 1 to 100, not 101 [limit 100]");
    assert_snapshot!(refused(r#"{"width":2,"height":2,"pixels_per_hop":0}"#), @"422 pixels-per-hop: pixels_per_hop is 1 to 65536, not 0 [limit 65536]");
    assert_snapshot!(refused(r#"{"width":2,"height":2,"pixels_per_hop":65537}"#), @"422 pixels-per-hop: pixels_per_hop is 1 to 65536, not 65537 [limit 65536]");
    assert_snapshot!(refused(r#"{"width":2,"height":2,"exchange":"pigeon"}"#), @"400 unreadable: exchange: write local or http");
    assert_snapshot!(refused(r#"{"width":3,"height":2,"canvas":"there"}"#), @"422 wrong-size: there has another size");
    assert_snapshot!(refused(r#"{"canvas":"none"}"#), @"400 unreadable: width and height are missing");
    assert_snapshot!(refused(r#"{"width":2,"height":2,"speed":9}"#), @"400 unreadable: the JSON cannot be read: unknown field `speed`, expected one of `width`, `height`, `granular`, `pixels_per_hop`, `exchange`, `seed`, `canvas` at line 1 column 29");
    assert_snapshot!(app.get("/api/v1/runs/1").shown(), @"404 no-such-run: there is no run 1");
    assert_eq!(app.get("/api/v1/canvases").json()["canvases"].as_array().map(Vec::len), Some(1));
    assert_eq!(app.get("/api/v1/runs").json()["runs"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_list_of_runs_has_pages() {
    let app = App::start();
    for id in 1..=3 {
        assert_eq!(app.post_json("/api/v1/runs", r#"{"width":1,"height":1}"#).status, 202);
        completed(&app, id);
    }
    let page = app.get("/api/v1/runs?limit=2").json();
    assert_eq!((&page["runs"][0]["id"], &page["runs"][1]["id"]), (&3.into(), &2.into()));
    let rest = app.get(page["next"].as_str().expect("a next page")).json();
    assert_eq!((&rest["runs"][0]["id"], &rest["next"]), (&1.into(), &Value::Null));
}
