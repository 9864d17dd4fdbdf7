//! `/health`, and what a failing or full disk does to everything else.

use insta::assert_snapshot;
use pixlog::store::Fault;

use crate::app::App;

const PIXEL: &str = r##"{"pixels":[[0,0,"#010203"]]}"##;

#[test]
fn a_server_that_is_open_is_live_and_ready() {
    let app = App::start();
    assert_snapshot!(app.get("/health/live").shown(), @r#"
    200
    {"status":"live"}
    "#);
    assert_snapshot!(app.get("/health/ready").shown(), @r#"
    200
    {"status":"ready"}
    "#);
}

#[test]
fn a_full_disk_refuses_writes_and_serves_reads() {
    let (app, store) = App::on_memory();
    app.canvas("a", 1, 1);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", PIXEL).status, 200);
    store.set_full(true);
    assert_snapshot!(app.post_json("/api/v1/canvases/a/pixels", PIXEL).shown(), @"507 disk-full: the disk is full");
    assert_snapshot!(app.post_json("/api/v1/canvases", r#"{"width":1,"height":1}"#).shown(), @"507 disk-full: the disk is full");
    assert_snapshot!(app.get("/?init=1&width=2&height=2").shown(), @"507 disk-full: the disk is full");
    assert_eq!(app.get("/api/v1/canvases/a/image.raw").body, [1, 2, 3]);
    assert_eq!(app.get("/api/v1/canvases/a/history").status, 200);
    store.set_full(false);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", PIXEL).json()["version"], 2);
}

#[test]
fn a_disk_that_failed_is_said_in_ready_and_not_to_writers() {
    let (app, store) = App::on_memory();
    app.canvas("a", 1, 1);
    store.fail_at_commit(store.commits() + 1, Fault::IoBefore);
    assert_snapshot!(app.post_json("/api/v1/canvases/a/pixels", PIXEL).shown(), @"500 internal: the server failed; its log says why");
    assert_snapshot!(app.post_json("/api/v1/canvases/a/pixels", PIXEL).shown(), @"503 storage-failed: an earlier write failed; a restart is needed");
    assert_snapshot!(app.get("/health/ready").shown(), @"503 storage-failed: an earlier write failed; a restart is needed");
    assert_eq!(app.get("/health/live").status, 200);
    assert_eq!(app.get("/api/v1/canvases/a").json()["version"], 0);
}
