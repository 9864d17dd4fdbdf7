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

#[test]
fn pages_show_each_entry_once_while_others_write() {
    let app = filled();
    let write =
        || app.post_json("/api/v1/canvases/a/pixels", r##"{"pixels":[[0,0,"#000000"],[1,0,"#000001"]]}"##).status;
    (0..45).for_each(|_| assert_eq!(write(), 200));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Acquire) {
                assert_eq!(write(), 200);
            }
        });
        for start in ["/api/v1/canvases/a/history?", "/history?canvas=a&"] {
            let mut path = format!("{start}limit=7");
            let mut found = Vec::new();
            loop {
                let page = app.get(&path).json();
                found.extend(versions(&page));
                let Some(next) = page["next"].as_str() else { break };
                path = next.to_owned();
            }
            let newest = found[0];
            assert!(newest >= 100);
            assert_eq!(found, (1..=newest).rev().collect::<Vec<_>>(), "newest first");
            let (mut path, mut found) = (format!("{start}limit=7&order=asc"), Vec::new());
            while found.len() < 150 {
                let page = app.get(&path).json();
                found.extend(versions(&page));
                // At the head there is no next page until somebody writes: then it goes on after the last entry.
                let after = found.last().expect("some");
                path = page["next"].as_str().map_or(format!("{start}limit=7&order=asc&after={after}"), str::to_owned);
            }
            assert_eq!(found, (1..=found.len() as u64).collect::<Vec<_>>(), "oldest first");
        }
        done.store(true, std::sync::atomic::Ordering::Release);
    });
}

#[test]
fn streams_take_every_filter() {
    let app = filled();
    let all = app.get("/api/v1/canvases/a/history?order=asc").json();
    let times: Vec<&str> = all["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["time"].as_str().expect("a time"))
        .collect();
    // Entries may have the same time; as texts they are in order.
    let within = |from: &str, to: &str| {
        (1..=10_u64).zip(&times).filter(|(_, time)| (from..=to).contains(*time)).map(|(n, _)| n).collect()
    };
    for (filter, expected) in [
        ("after=3&before=8".to_owned(), vec![4, 5, 6, 7]),
        ("author=even".to_owned(), vec![1, 3, 5, 7, 9]),
        ("region=2,0,3,1".to_owned(), vec![3, 4, 5]),
        ("kind=state".to_owned(), vec![]),
        (format!("since={}", times[4]), within(times[4], "3")),
        (format!("until={}", times[4]), within("2", times[4])),
        (format!("after=1&author=even&kind=pixel&region=0,0,7,1&since={}&until={}", times[1], times[8]), vec![3, 5, 7]),
    ] {
        for start in ["/api/v1/canvases/a/history", "/history"] {
            let canvas = if start == "/history" { "&canvas=a" } else { "" };
            let ask = |form: &str, order: &str| app.get(&format!("{start}{form}?{filter}&order={order}{canvas}"));
            assert_eq!(versions(&ask("", "asc").json()), expected, "{start} {filter}");
            let newest_first: Vec<u64> = expected.iter().rev().copied().collect();
            let text = ask(".ndjson", "desc").text();
            let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            let end = lines.pop().expect("a last line");
            assert_eq!(end, serde_json::json!({"end": true, "version": 10, "entries": expected.len()}));
            let found: Vec<u64> = lines.iter().map(|line| line["version"].as_u64().expect("a number")).collect();
            assert_eq!(found, newest_first, "{start} {filter}");
            let text = ask(".csv", "asc").text();
            let mut rows: Vec<&str> = text.lines().skip(1).collect();
            assert_eq!(rows.pop(), Some(format!("end,10,{},,,,,,,,,", expected.len()).as_str()));
            let version = |row: &&str| row.split(',').next().expect("a version").parse::<u64>().expect("a number");
            assert_eq!(rows.iter().map(version).collect::<Vec<_>>(), expected, "{start} {filter}");
        }
    }
}
