//! `…/tiles/{z}/{x}/{y}.png`, `…/tiles.json`, `…/tiles/changed`.

use insta::assert_snapshot;
use pixlog::canvas::Rect;

use crate::app::App;
use crate::past::{draw, fill, image, scattered};
use crate::pictures::Image;

const WIDTH: u32 = 600;
const HEIGHT: u32 = 300;

/// A canvas `a` of three by two tiles, at version 2,101.
fn filled() -> App {
    let app = App::start();
    app.canvas("a", WIDTH, HEIGHT);
    draw(&app, "a", &scattered(1_500, WIDTH, HEIGHT));
    fill(&app, "a", Rect { x: 200, y: 100, w: 100, h: 50 }, [1, 2, 3]);
    draw(&app, "a", &scattered(600, WIDTH, HEIGHT));
    app
}

fn tile(app: &App, place: &str, query: &str) -> Image {
    let answer = app.get(&format!("/api/v1/canvases/a/tiles/{place}.png{query}"));
    assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("image/png")), "{}", answer.text());
    Image::from_png(&answer.body)
}

/// Every `step`th column and row of a square of an image.
fn sampled(image: &Image, left: u32, top: u32, step: u32) -> Image {
    let columns: Vec<u32> = (left..image.width.min(left + 256 * step)).step_by(step as usize).collect();
    let rows: Vec<u32> = (top..image.height.min(top + 256 * step)).step_by(step as usize).collect();
    let cell = |x: u32, y: u32| &image.rgb[(y * image.width + x) as usize * 3..][..3];
    let rgb = rows.iter().flat_map(|y| columns.iter().flat_map(|x| cell(*x, *y).to_vec())).collect();
    let side = |list: &[u32]| u32::try_from(list.len()).expect("small");
    Image { width: side(&columns), height: side(&rows), rgb }
}

#[test]
fn tiles_show_what_the_image_shows() {
    let app = filled();
    for version in [0, 700, 1_501, 2_101] {
        let whole = image(&app, "a", &format!("version={version}"));
        for (z, x, y, step) in
            [(2, 0, 0, 1), (2, 1, 0, 1), (2, 2, 1, 1), (2, 0, 1, 1), (1, 0, 0, 2), (1, 1, 0, 2), (0, 0, 0, 4)]
        {
            let expected = sampled(&whole, x * 256 * step, y * 256 * step, step);
            let query = format!("?version={version}");
            // The second time it comes out of memory.
            for time in ["new", "kept"] {
                let found = tile(&app, &format!("{z}/{x}/{y}"), &query);
                assert_eq!((found.width, found.height), (expected.width, expected.height), "{z}/{x}/{y}");
                assert!(found == expected, "{z}/{x}/{y} at {version}, {time}");
            }
        }
    }
    let newest = image(&app, "a", "");
    assert!(tile(&app, "2/1/0", "") == sampled(&newest, 256, 0, 1));
}

#[test]
fn a_tile_that_is_in_memory_follows_what_is_drawn() {
    let app = filled();
    let before = tile(&app, "2/0/0", "");
    let all = tile(&app, "0/0/0", "");
    // Elsewhere: the tile stays as it is, the whole at zoom 0 does not.
    draw(&app, "a", &[(400, 200, [9, 8, 7])]);
    assert!(tile(&app, "2/0/0", "") == before);
    assert!(tile(&app, "0/0/0", "") != all && tile(&app, "0/0/0", "").set_to(100, 50, [9, 8, 7]));
    draw(&app, "a", &[(255, 255, [9, 8, 7])]);
    let after = tile(&app, "2/0/0", "");
    assert!(after != before && after.set_to(255, 255, [9, 8, 7]));
    fill(&app, "a", Rect { x: 250, y: 250, w: 10, h: 10 }, [5, 5, 5]);
    assert!(tile(&app, "2/0/0", "").set_to(255, 255, [5, 5, 5]));
    assert!(tile(&app, "2/0/0", "?version=2101") == before, "the past stays");
}

trait SetTo {
    fn set_to(&self, x: u32, y: u32, colour: [u8; 3]) -> bool;
}

impl SetTo for Image {
    fn set_to(&self, x: u32, y: u32, colour: [u8; 3]) -> bool {
        self.rgb[(y * self.width + x) as usize * 3..][..3] == colour
    }
}

#[test]
fn many_maps_at_once_get_their_tiles_also_without_memory_for_them() {
    for cache_bytes in [0, 16 << 20] {
        let app = App::with(|config| config.limits.tile_cache_bytes = cache_bytes);
        app.canvas("a", WIDTH, HEIGHT);
        draw(&app, "a", &scattered(1_500, WIDTH, HEIGHT));
        let expected = sampled(&image(&app, "a", ""), 256, 0, 1);
        std::thread::scope(|scope| {
            let asked: Vec<_> = (0..16).map(|_| scope.spawn(|| tile(&app, "2/1/0", ""))).collect();
            for one in asked {
                assert!(one.join().expect("no panic") == expected);
            }
        });
    }
}

#[test]
fn a_map_is_told_how_its_tiles_lie() {
    let app = filled();
    assert_snapshot!(app.get("/api/v1/canvases/a/tiles.json").shown(), @r#"
    200
    {"height":300,"max_z":2,"tile_size":256,"version":2101,"width":600}
    "#);
    app.canvas("dot", 1, 1);
    assert_snapshot!(app.get("/api/v1/canvases/dot/tiles.json").shown(), @r#"
    200
    {"height":1,"max_z":0,"tile_size":256,"version":0,"width":1}
    "#);
}

#[test]
fn what_is_no_tile_is_refused() {
    let app = filled();
    let refused = |path: &str| app.get(&format!("/api/v1/canvases/a/tiles/{path}")).shown();
    assert_snapshot!(refused("2/3/0.png"), @"422 no-such-tile: the canvas has no such tile");
    assert_snapshot!(refused("2/0/2.png"), @"422 no-such-tile: the canvas has no such tile");
    assert_snapshot!(refused("3/0/0.png"), @"422 no-such-tile: the canvas has no such tile");
    assert_snapshot!(refused("0/4294967295/4294967295.png"), @"422 no-such-tile: the canvas has no such tile");
    assert_snapshot!(refused("z/0/0.png"), @"400 unreadable: z=z cannot be read: invalid digit found in string");
    assert_snapshot!(refused("0/-1/0.png"), @"400 unreadable: x=-1 cannot be read: invalid digit found in string");
    assert_snapshot!(refused("0/0/0"), @"404 not-found: there is no such page");
    assert_snapshot!(refused("0/0/0.gif"), @"404 not-found: there is no such page");
    assert_snapshot!(refused("0/0/.png"), @"400 unreadable: y= cannot be read: cannot parse integer from empty string");
    assert_snapshot!(app.send("POST", "/api/v1/canvases/a/tiles/0/0/0.png", &[], b"x").shown(), @"405 method-not-allowed: this page takes GET, HEAD, OPTIONS");
    let wanted = app.send("GET", "/api/v1/canvases/a/tiles/0/0/0.png", &[("Accept", "image/webp")], &[]);
    assert_snapshot!(wanted.shown(), @"406 not-acceptable: this page answers with image/png");
}

#[test]
fn a_map_is_told_which_tiles_changed() {
    let app = App::start();
    app.canvas("a", WIDTH, HEIGHT);
    draw(&app, "a", &[(0, 0, [1, 1, 1]), (599, 299, [2, 2, 2]), (256, 255, [3, 3, 3])]);
    fill(&app, "a", Rect { x: 250, y: 280, w: 10, h: 1 }, [4, 4, 4]);
    let changed = |query: &str| app.get(&format!("/api/v1/canvases/a/tiles/changed?{query}")).shown();
    assert_snapshot!(changed("since=0"), @r#"
    200
    {"tiles":[[0,0],[1,0],[0,1],[1,1],[2,1]],"version":4}
    "#);
    assert_snapshot!(changed("since=2"), @r#"
    200
    {"tiles":[[1,0],[0,1],[1,1]],"version":4}
    "#);
    assert_snapshot!(changed("since=1&version=3"), @r#"
    200
    {"tiles":[[1,0],[2,1]],"version":3}
    "#);
    assert_snapshot!(changed("since=4"), @r#"
    200
    {"tiles":[],"version":4}
    "#);
    assert_snapshot!(changed("since=new"), @"400 unreadable: since=new cannot be read: invalid digit found in string");
    assert_snapshot!(changed(""), @"400 unreadable: since is missing");
}
