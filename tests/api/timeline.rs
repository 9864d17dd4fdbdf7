//! `…/timeline` and `…/stats`.

use insta::assert_snapshot;

use crate::past::small;

#[test]
fn a_timeline_tells_how_busy_it_was() {
    let app = small();
    let timeline = |query: &str| app.get(&format!("/api/v1/canvases/a/timeline?{query}")).shown();
    assert_snapshot!(timeline("buckets=2"), @r#"
    200
    {"buckets":[{"authors":1,"changed":3,"from":0,"time":"…","to":3},{"authors":2,"changed":4,"from":3,"time":"…","to":6}],"exact":true}
    "#);
    assert_snapshot!(timeline("buckets=1&from=3&to=5"), @r#"
    200
    {"buckets":[{"authors":2,"changed":3,"from":3,"time":"…","to":5}],"exact":true}
    "#);
    assert_snapshot!(timeline("from=6"), @r#"
    200
    {"buckets":[],"exact":true}
    "#);
    assert_snapshot!(timeline("buckets=0"), @"422 buckets: buckets is 1 to 4096, not 0 [limit 4096]");
    assert_snapshot!(timeline("buckets=4097"), @"422 buckets: buckets is 1 to 4096, not 4097 [limit 4096]");
    let buckets = app.get("/api/v1/canvases/a/timeline").json()["buckets"].as_array().expect("a list").len();
    assert_eq!(buckets, 6, "no bucket is empty");
    let last = app.get("/api/v1/canvases/a/timeline?buckets=1").json()["buckets"][0]["time"].clone();
    assert_eq!(last, app.get("/api/v1/canvases/a").json()["updated_at"]);
}

#[test]
fn what_a_canvas_takes_up_is_told() {
    let app = small();
    let answer = app.get("/api/v1/canvases/a/stats");
    assert_eq!(answer.header("Cache-Control"), Some("no-store"));
    let mut stats = answer.json();
    let bytes = stats["log_bytes"].as_u64().expect("a number");
    assert!((50..2_000).contains(&bytes), "{bytes}");
    stats["log_bytes"] = "…".into();
    assert_snapshot!(stats, @r#"{"authors":1,"blocks":0,"canvas":"a","delta_bytes":0,"deltas":0,"entries":{"pixel":5,"state":1},"log_bytes":"…","snapshot_bytes":0,"snapshots":0,"version":6}"#);
    assert_snapshot!(app.get("/api/v1/canvases/b/stats").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
    assert_snapshot!(app.get("/api/v1/canvases/a/stats?version=1").shown(), @r#"400 unreadable: the parameter "version" is not known here"#);
}
