//! `…/pixels/{x}/{y}` and its history.

use std::sync::atomic::{AtomicBool, Ordering};

use insta::assert_snapshot;

use crate::app::App;
use crate::past::{draw, items, small};

#[test]
fn a_cell_tells_which_entry_gave_it_its_colour() {
    let app = small();
    let cell = |path: &str| app.get(&format!("/api/v1/canvases/a/pixels/{path}")).shown();
    assert_snapshot!(cell("0/0"), @r##"
    200
    {"author":null,"color":"#030303","time":"…","version":3,"x":0,"y":0}
    "##);
    assert_snapshot!(cell("0/0?version=2"), @r##"
    200
    {"author":null,"color":"#010101","time":"…","version":1,"x":0,"y":0}
    "##);
    assert_snapshot!(cell("1/1"), @r##"
    200
    {"author":null,"color":"#040404","time":"…","version":4,"x":1,"y":1}
    "##);
    assert_snapshot!(cell("2/1"), @r##"
    200
    {"author":"me","color":"#050505","time":"…","version":6,"x":2,"y":1}
    "##);
    assert_snapshot!(cell("0/1"), @r##"
    200
    {"author":null,"color":"#ffffff","time":"…","version":0,"x":0,"y":1}
    "##);
    let made = app.get("/api/v1/canvases/a").json()["created_at"].clone();
    assert_eq!(app.get("/api/v1/canvases/a/pixels/0/1").json()["time"], made);
}

#[test]
fn a_cell_tells_its_history() {
    let app = small();
    let history = |path: &str| app.get(&format!("/api/v1/canvases/a/pixels/{path}")).shown();
    assert_snapshot!(history("0/0/history"), @r##"
    200
    {"entries":[{"authenticated":false,"author":null,"color":"#030303","kind":"pixel","source":"api","time":"…","version":3,"x":0,"y":0},{"authenticated":false,"author":null,"color":"#010101","kind":"pixel","source":"api","time":"…","version":1,"x":0,"y":0}]}
    "##);
    assert_snapshot!(history("1/0/history?version=four"), @r##"
    200
    {"entries":[{"authenticated":false,"author":null,"changed":2,"kind":"state","region":{"h":2,"w":1,"x":1,"y":0},"source":"api","time":"…","version":4},{"authenticated":false,"author":null,"color":"#020202","kind":"pixel","source":"api","time":"…","version":2,"x":1,"y":0}]}
    "##);
    assert_snapshot!(history("2/1/history?limit=1"), @r##"
    200
    {"entries":[{"authenticated":false,"author":"me","color":"#050505","kind":"pixel","source":"api","time":"…","version":6,"x":2,"y":1}],"next":"/api/v1/canvases/a/pixels/2/1/history?limit=1&before=6"}
    "##);
    assert_snapshot!(history("2/1/history?limit=1&before=6"), @r##"
    200
    {"entries":[{"authenticated":false,"author":"me","color":"#050505","kind":"pixel","source":"api","time":"…","version":5,"x":2,"y":1}]}
    "##);
    assert_snapshot!(history("2/1/history?limit=1&order=asc&version=5"), @r##"
    200
    {"entries":[{"authenticated":false,"author":"me","color":"#050505","kind":"pixel","source":"api","time":"…","version":5,"x":2,"y":1}]}
    "##);
    assert_snapshot!(history("2/1/history?limit=1&order=asc&version=6&author=me&since=2000-01-01T00:00:00Z"), @r##"
    200
    {"entries":[{"authenticated":false,"author":"me","color":"#050505","kind":"pixel","source":"api","time":"…","version":5,"x":2,"y":1}],"next":"/api/v1/canvases/a/pixels/2/1/history?limit=1&order=asc&author=me&since=2000-01-01T00%3A00%3A00Z&version=6&after=5"}
    "##);
    assert_snapshot!(history("1/0/history?kind=state"), @r#"
    200
    {"entries":[{"authenticated":false,"author":null,"changed":2,"kind":"state","region":{"h":2,"w":1,"x":1,"y":0},"source":"api","time":"…","version":4}]}
    "#);
    assert_snapshot!(history("0/1/history"), @r#"
    200
    {"entries":[]}
    "#);
}

#[test]
fn what_is_no_cell_is_refused() {
    let app = small();
    let refused = |path: &str| app.get(&format!("/api/v1/canvases/a/pixels/{path}")).shown();
    for path in ["", "/history"] {
        let outside = "422 out-of-bounds: 3,0 lies outside the canvas of 3×2";
        assert_eq!(refused(&format!("3/0{path}")), outside);
        assert_eq!(refused(&format!("0/2{path}")), "422 out-of-bounds: 0,2 lies outside the canvas of 3×2");
        assert_eq!(refused(&format!("x/0{path}")), "400 unreadable: x=x cannot be read: invalid digit found in string");
        assert_eq!(
            refused(&format!("0/-1{path}")),
            "400 unreadable: y=-1 cannot be read: invalid digit found in string"
        );
    }
    assert_snapshot!(refused("0/0/history?limit=0"), @"422 limit: limit is 1 to 10000, not 0 [limit 10000]");
    assert_snapshot!(refused("0/0/history?region=0,0,1,1"), @r#"400 unreadable: the parameter "region" is not known here"#);
    assert_snapshot!(refused("0/0/history?order=up"), @"400 unreadable: order=up cannot be read: write desc or asc");
    assert_snapshot!(refused("0/0?limit=1"), @r#"400 unreadable: the parameter "limit" is not known here"#);
}

#[test]
fn the_pages_of_a_cell_show_each_entry_once_while_others_write() {
    let app = App::start();
    app.canvas("a", 2, 1);
    let write = |n: u8| draw(&app, "a", &[(0, 0, [n, 0, 0]), (1, 0, [n, 1, 1])]);
    (0..40).for_each(write);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                write(99);
            }
        });
        for order in ["desc", "asc"] {
            let mut path = format!("/api/v1/canvases/a/pixels/0/0/history?limit=7&order={order}&version=80");
            let mut found = Vec::new();
            loop {
                let page = app.get(&path).json();
                found.extend(items(&page, "entries").iter().map(|entry| entry["version"].as_u64().expect("a number")));
                let Some(next) = page["next"].as_str() else { break };
                path = next.to_owned();
            }
            if order == "desc" {
                found.reverse();
            }
            assert_eq!(found, (0..40).map(|n| 2 * n + 1).collect::<Vec<u64>>(), "{order}");
        }
        done.store(true, Ordering::Release);
    });
}
