//! `…/history`, in its three forms.

use insta::assert_snapshot;
use serde_json::Value;

use crate::app::App;

/// A canvas with ten entries by two authors.
fn filled() -> App {
    let app = App::start();
    app.canvas("a", 10, 1);
    for n in 0..10 {
        let author = if n % 2 == 0 { "even" } else { "odd, \\\"odd\\\"" };
        let body = format!("{{\"pixels\":[[{n},0,\"#00000{n}\"]],\"author\":\"{author}\"}}");
        assert_eq!(app.post_json("/api/v1/canvases/a/pixels", &body).status, 200);
    }
    app
}

fn versions(page: &Value) -> Vec<u64> {
    page["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["version"].as_u64().expect("a number"))
        .collect()
}

#[test]
fn pages_follow_each_other_in_both_directions() {
    let app = filled();
    for (order, expected) in [("desc", (1..=10).rev().collect::<Vec<u64>>()), ("asc", (1..=10).collect())] {
        let mut found = Vec::new();
        let mut path = format!("/api/v1/canvases/a/history?limit=3&order={order}");
        loop {
            let page = app.get(&path).json();
            assert_eq!((&page["canvas"], &page["version"]), (&"a".into(), &10.into()));
            found.extend(versions(&page));
            let Some(next) = page["next"].as_str() else { break };
            path = next.to_owned();
        }
        assert_eq!(found, expected);
    }
}

#[test]
fn filters_select_and_are_kept_from_page_to_page() {
    let app = filled();
    let page = |query: &str| app.get(&format!("/api/v1/canvases/a/history?{query}")).json();
    assert_eq!(versions(&page("author=even")), [9, 7, 5, 3, 1]);
    assert_eq!(versions(&page("author=odd,+%22odd%22&limit=2")), [10, 8]);
    let next = page("author=odd,+%22odd%22&limit=2")["next"].as_str().expect("more").to_owned();
    assert_snapshot!(next, @"/api/v1/canvases/a/history?limit=2&author=odd%2C%20%22odd%22&before=8");
    assert_eq!(versions(&app.get(&next).json()), [6, 4]);
    assert_eq!(versions(&page("region=2,0,3,1&order=asc")), [3, 4, 5]);
    assert_eq!(versions(&page("after=3&before=6")), [5, 4]);
    assert_eq!(versions(&page("kind=state")), [0_u64; 0]);
    assert_eq!(versions(&page("since=2100-01-01T00:00:00Z")), [0_u64; 0]);
    assert_eq!(versions(&page("until=2100-01-01T00:00:00.000%2B02:00&limit=1")), [10]);
}

#[test]
fn what_selects_nothing_sensible_is_refused() {
    let app = filled();
    let refused = |query: &str| app.get(&format!("/api/v1/canvases/a/history?{query}")).shown();
    assert_snapshot!(refused("order=up"), @"400 unreadable: order=up cannot be read: write desc or asc");
    assert_snapshot!(refused("kind=line"), @"400 unreadable: kind=line cannot be read: write pixel or state");
    assert_snapshot!(refused("region=1,2,3"), @"400 unreadable: region=1,2,3 cannot be read: write x,y,w,h");
    assert_snapshot!(refused("since=yesterday"), @"400 unreadable: since=yesterday cannot be read: write an RFC 3339 time");
    assert_snapshot!(refused("limit=10001"), @"422 limit: limit is 1 to 10000, not 10001 [limit 10000]");
    assert_snapshot!(refused("before=-1"), @"400 unreadable: before=-1 cannot be read: invalid digit found in string");
    assert_snapshot!(refused("at=2024-01-01T00:00:00Z"), @r#"400 unreadable: the parameter "at" is not known here"#);
    assert_snapshot!(app.get("/api/v1/canvases/none/history").shown(), @r#"404 no-such-canvas: there is no canvas "none""#);
    assert_snapshot!(app.get("/api/v1/canvases/none/history.ndjson").shown(), @r#"404 no-such-canvas: there is no canvas "none""#);
    assert_snapshot!(app.get("/api/v1/canvases/a/history.csv?limit=1").shown(), @r#"400 unreadable: the parameter "limit" is not known here"#);
}

#[test]
fn lines_end_with_a_line_that_says_so() {
    let app = filled();
    let lines = app.get("/api/v1/canvases/a/history.ndjson?order=asc&author=even");
    assert_eq!(lines.header("Content-Type"), Some("application/x-ndjson"));
    let text = lines.text();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 6);
    assert_eq!((&lines[0]["version"], &lines[4]["version"]), (&1.into(), &9.into()));
    assert_snapshot!(lines[5], @r#"{"end":true,"entries":5,"version":10}"#);
    let csv = app.get("/api/v1/canvases/a/history.csv?after=8");
    assert_eq!(csv.header("Content-Type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<String> = csv.text().split("\r\n").map(str::to_owned).collect();
    let masked: Vec<String> =
        lines.iter().map(|line| line.replace(lines[1].split(',').nth(8).expect("a time"), "…")).collect();
    assert_eq!(masked[0], "version,kind,x,y,w,h,color,changed,time,author,authenticated,source");
    assert!(lines[1].starts_with("10,pixel,9,0,1,1,#000009,,2"), "{}", lines[1]);
    assert!(lines[1].ends_with(",\"odd, \"\"odd\"\"\",false,api"), "{}", lines[1]);
    assert!(lines[2].starts_with("9,pixel,8,0,1,1,#000008,,2"), "{}", lines[2]);
    assert_eq!(lines[3], "end,10,2,,,,,,,,,");
}

#[test]
fn the_root_shows_the_current_canvas_or_the_one_named() {
    let app = filled();
    assert_snapshot!(app.get("/history").shown(), @"404 no-current-canvas: no canvas is current: no run was started here");
    assert_snapshot!(app.get("/history/1").shown(), @"404 no-current-canvas: no canvas is current: no run was started here");
    assert_eq!(versions(&app.get("/history?canvas=a&limit=2").json()), [10, 9]);
    assert_snapshot!(app.get("/history?canvas=a&limit=2").json()["next"], @r#""/history?canvas=a&limit=2&before=9""#);
    assert_snapshot!(app.get("/history/11?canvas=a").shown(), @"404 no-such-version: version 11 does not exist yet: the newest is 10 [current_version 10]");
    assert_snapshot!(app.get("/history/x?canvas=a").shown(), @"400 unreadable: version=x cannot be read: write a number");
}
