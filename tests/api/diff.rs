//! `…/diff` and `diff.png`.

use insta::assert_snapshot;
use pixlog::canvas::Rect;
use serde_json::Value;

use crate::app::App;
use crate::past::{draw, fill, image, items, scattered, small};

#[test]
fn a_difference_is_told_cell_by_cell() {
    let app = small();
    let diff = |query: &str| app.get(&format!("/api/v1/canvases/a/diff?{query}")).shown();
    assert_snapshot!(diff(""), @r##"
    200
    {"bounds":{"h":2,"w":3,"x":0,"y":0},"changed":4,"from":0,"pixels":[[0,0,"#ffffff","#030303"],[1,0,"#ffffff","#040404"],[1,1,"#ffffff","#040404"],[2,1,"#ffffff","#050505"]],"to":6}
    "##);
    assert_snapshot!(diff("from=1&to=3"), @r##"
    200
    {"bounds":{"h":1,"w":2,"x":0,"y":0},"changed":2,"from":1,"pixels":[[0,0,"#010101","#030303"],[1,0,"#ffffff","#020202"]],"to":3}
    "##);
    assert_snapshot!(diff("from=3&to=1"), @r##"
    200
    {"bounds":{"h":1,"w":2,"x":0,"y":0},"changed":2,"from":3,"pixels":[[0,0,"#030303","#010101"],[1,0,"#020202","#ffffff"]],"to":1}
    "##);
    assert_snapshot!(diff("from=5"), @r#"
    200
    {"bounds":null,"changed":0,"from":5,"pixels":[],"to":6}
    "#);
    assert_snapshot!(diff("from=3&version=four"), @r##"
    200
    {"bounds":{"h":2,"w":1,"x":1,"y":0},"changed":2,"from":3,"pixels":[[1,0,"#020202","#040404"],[1,1,"#ffffff","#040404"]],"to":4}
    "##);
    assert_snapshot!(diff("limit=2"), @r##"
    200
    {"bounds":{"h":2,"w":3,"x":0,"y":0},"changed":4,"from":0,"next":"/api/v1/canvases/a/diff?from=0&to=6&limit=2&after=1","pixels":[[0,0,"#ffffff","#030303"],[1,0,"#ffffff","#040404"]],"to":6}
    "##);
    assert_snapshot!(diff("from=0&to=6&limit=2&after=1"), @r##"
    200
    {"from":0,"pixels":[[1,1,"#ffffff","#040404"],[2,1,"#ffffff","#050505"]],"to":6}
    "##);
    assert_snapshot!(diff("after=4294967295"), @r#"
    200
    {"from":0,"pixels":[],"to":6}
    "#);
    assert_snapshot!(diff("limit=10001"), @"422 limit: limit is 1 to 10000, not 10001 [limit 10000]");
    assert_snapshot!(diff("from=x"), @"400 unreadable: from=x cannot be read: invalid digit found in string");
}

#[test]
fn pages_belong_together_while_others_write() {
    let app = App::start();
    app.canvas("a", 40, 30);
    draw(&app, "a", &scattered(300, 40, 30));
    fill(&app, "a", Rect { x: 3, y: 4, w: 20, h: 9 }, [0, 0, 9]);
    let (before, after) = (image(&app, "a", "version=100"), image(&app, "a", "version=301"));
    let mut path = "/api/v1/canvases/a/diff?from=100&limit=50".to_owned();
    let (mut found, mut pages) = (Vec::new(), Vec::new());
    loop {
        let page = app.get(&path).json();
        assert_eq!((&page["from"], &page["to"]), (&100.into(), &301.into()));
        found.extend(items(&page, "pixels").iter().cloned());
        pages.push(page["changed"].clone());
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
        draw(&app, "a", &[(0, 0, [1, 2, 3])]);
    }
    let hex = |[r, g, b]: [u8; 3]| format!("#{r:02x}{g:02x}{b:02x}");
    let cells = before.cells().zip(after.cells()).enumerate().filter(|(_, (before, after))| before != after);
    let expected: Vec<Value> = cells
        .map(|(cell, (before, after))| serde_json::json!([cell % 40, cell / 40, hex(before), hex(after)]))
        .collect();
    assert_eq!(found, expected);
    assert!(pages.len() > 4, "{} pages", pages.len());
    assert_eq!(pages[0], expected.len());
    assert!(pages[1..].iter().all(Value::is_null), "counted once");
}

#[test]
fn a_picture_of_a_difference_shows_what_is_new() {
    let app = small();
    let picture = |query: &str| {
        let answer = app.get(&format!("/api/v1/canvases/a/diff.png?{query}"));
        assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("image/png")), "{}", answer.text());
        let image = image::load_from_memory(&answer.body).expect("a PNG");
        assert_eq!(image.color(), image::ColorType::Rgba8);
        image
            .to_rgba8()
            .into_raw()
            .as_chunks::<4>()
            .0
            .iter()
            .map(|[r, g, b, a]| [*r, *g, *b, *a].map(i32::from))
            .collect::<Vec<_>>()
    };
    let (none, shown) = ([0; 4], |grey| [grey, grey, grey, 255]);
    assert_eq!(picture("from=1&to=4"), [shown(3), shown(4), none, none, shown(4), none]);
    assert_eq!(picture("from=4&to=1"), [shown(1), shown(255), none, none, shown(255), none]);
    assert_eq!(picture("from=6"), [none; 6]);
}
