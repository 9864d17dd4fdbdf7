//! `…/log.bin`.

use insta::assert_snapshot;
use pixlog::canvas::Rect;

use crate::app::{Answer, App};
use crate::past::{draw, fill, image, items, scattered, small};
use crate::pictures::Image;

/// Status, headers and rows, for snapshots.
fn shown(answer: &Answer) -> String {
    let header = |name| answer.header(name).unwrap_or("-");
    let about = ["X-Pixlog-Version", "X-Pixlog-State", "Cache-Control", "Content-Type"].map(header).join(" | ");
    format!("{} {about} {:?}", answer.status, answer.body)
}

#[test]
fn rows_end_at_a_state_at_the_limit_or_at_the_head() {
    let app = small();
    let rows = |query: &str| shown(&app.get(&format!("/api/v1/canvases/a/log.bin?{query}")));
    assert_snapshot!(rows("limit=1"), @"200 1 | - | public, max-age=31536000, immutable | application/octet-stream [0, 0, 0, 0, 1, 1, 1]");
    assert_snapshot!(rows("after=1"), @"200 3 | 4 | public, max-age=31536000, immutable | application/octet-stream [1, 0, 0, 0, 2, 2, 2, 0, 0, 0, 0, 3, 3, 3]");
    assert_snapshot!(rows("after=3"), @"200 3 | 4 | public, max-age=31536000, immutable | application/octet-stream []");
    assert_snapshot!(rows("after=4"), @"200 6 | - | no-store | application/octet-stream [5, 0, 0, 0, 5, 5, 5, 5, 0, 0, 0, 5, 5, 5]");
    assert_snapshot!(rows("after=4&limit=2"), @"200 6 | - | public, max-age=31536000, immutable | application/octet-stream [5, 0, 0, 0, 5, 5, 5, 5, 0, 0, 0, 5, 5, 5]");
    assert_snapshot!(rows("after=6"), @"200 6 | - | no-store | application/octet-stream []");
    let refused = |query: &str| app.get(&format!("/api/v1/canvases/a/log.bin?{query}")).shown();
    assert_snapshot!(refused("after=7"), @"404 no-such-version: version 7 does not exist yet: the newest is 6 [current_version 6]");
    assert_snapshot!(refused("after=-1"), @"400 unreadable: after=-1 cannot be read: invalid digit found in string");
    assert_snapshot!(refused("limit=262145"), @"422 limit: limit is 1 to 262144, not 262145 [limit 262144]");
    assert_snapshot!(refused("version=1"), @r#"400 unreadable: the parameter "version" is not known here"#);
    assert_snapshot!(app.get("/api/v1/canvases/b/log.bin").shown(), @r#"404 no-such-canvas: there is no canvas "b""#);
}

#[test]
fn a_player_that_follows_the_rows_reaches_the_image() {
    let app = App::start();
    app.canvas("a", 40, 30);
    draw(&app, "a", &scattered(700, 40, 30));
    fill(&app, "a", Rect { x: 0, y: 0, w: 9, h: 9 }, [1, 1, 1]);
    fill(&app, "a", Rect { x: 5, y: 5, w: 9, h: 9 }, [2, 2, 2]);
    draw(&app, "a", &scattered(90, 40, 30));
    let mut picture = Image::filled(40, 30, [255; 3]);
    let (mut reached, mut pages) = (0, 0);
    loop {
        let page = app.get(&format!("/api/v1/canvases/a/log.bin?after={reached}&limit=256"));
        for row in page.body.chunks_exact(7) {
            let (cell, colour) = row.split_first_chunk::<4>().expect("a row");
            let cell = u32::from_le_bytes(*cell);
            picture.set(cell % 40, cell / 40, [colour[0], colour[1], colour[2]]);
        }
        pages += 1;
        let number = |name| page.header(name).map(|number| number.parse::<u64>().expect("a number"));
        reached = number("X-Pixlog-Version").expect("the version reached");
        if let Some(state) = number("X-Pixlog-State") {
            assert_eq!(state, reached + 1);
            let history = app.get(&format!("/api/v1/canvases/a/history?after={reached}&order=asc&limit=1")).json();
            let region = &items(&history, "entries")[0]["region"];
            let [x, y, w, h] = ["x", "y", "w", "h"].map(|name| region[name].as_u64().expect("a number"));
            let part = image(&app, "a", &format!("version={state}&region={x},{y},{w},{h}"));
            for (at, colour) in (0..).zip(part.cells()) {
                let column = u32::try_from(x).expect("small") + at % part.width;
                picture.set(column, u32::try_from(y).expect("small") + at / part.width, colour);
            }
            reached = state;
        } else if page.body.is_empty() {
            break;
        }
        assert!(picture == image(&app, "a", &format!("version={reached}")), "at version {reached}");
    }
    assert_eq!((reached, pages), (792, 6));
}
