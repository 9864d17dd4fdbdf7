//! `…/timelapse.gif` and `timelapse.png`.

use std::io::Cursor;
use std::time::Duration;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::{AnimationDecoder, Frame};
use insta::assert_snapshot;
use pixlog::canvas::Rect;

use crate::app::App;
use crate::past::{draw, fill, image, scattered, small};
use crate::pictures::Image;

/// The frames of an animation, each with how long it is shown.
fn frames(app: &App, kind: &str, query: &str) -> Vec<(Image, Duration)> {
    let answer = app.get(&format!("/api/v1/canvases/a/timelapse.{kind}?{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("Content-Type"), Some(format!("image/{kind}").as_str()));
    let bytes = Cursor::new(answer.body);
    let frames = match kind {
        "gif" => GifDecoder::new(bytes).expect("a GIF").into_frames().collect_frames(),
        _ => PngDecoder::new(bytes).expect("a PNG").apng().expect("animated").into_frames().collect_frames(),
    };
    let shown = |frame: Frame| {
        let time = Duration::from(frame.delay());
        let rgb = image::DynamicImage::from(frame.into_buffer()).to_rgb8();
        let image = Image { width: rgb.width(), height: rgb.height(), rgb: rgb.into_raw() };
        (image, time)
    };
    frames.expect("whole").into_iter().map(shown).collect()
}

#[test]
fn frames_are_the_images_of_evenly_spaced_versions() {
    let app = App::start();
    app.canvas("a", 40, 30);
    // So few colours that a GIF has them all.
    let pixels: Vec<_> = scattered(600, 40, 30).into_iter().map(|(x, y, [r, ..])| (x, y, [r & 0x70, 9, 9])).collect();
    draw(&app, "a", &pixels);
    fill(&app, "a", Rect { x: 0, y: 0, w: 20, h: 3 }, [1, 1, 1]);
    for kind in ["gif", "png"] {
        for (query, from, to, count, size) in [
            ("frames=7", 0, 601, 7_u64, 40),
            ("frames=5&from=100&to=500&size=20", 100, 500, 5, 20),
            ("frames=1&from=300", 300, 601, 1, 40),
            ("from=600&size=4096", 600, 601, 2, 40),
            ("from=10&to=10", 10, 10, 1, 40),
        ] {
            let found = frames(&app, kind, query);
            assert_eq!(found.len() as u64, count, "{kind} {query}");
            for (number, (frame, _)) in (0..).zip(&found) {
                let version = from + (to - from) * number / (count - 1).max(1);
                let expected = image(&app, "a", &format!("version={version}&fit={size}"));
                assert_eq!((frame.width, frame.height), (expected.width, expected.height), "{kind} {query}");
                assert!(*frame == expected, "{kind} {query}: frame {number}");
            }
        }
        assert_eq!(frames(&app, kind, "frames=3&fps=10")[1].1, Duration::from_millis(100), "{kind}");
        assert_eq!(frames(&app, kind, "frames=3")[1].1, Duration::from_millis(40), "{kind}");
        assert_eq!(frames(&app, kind, "").len(), 100, "{kind}");
    }
}

#[test]
fn transparency_is_kept() {
    let app = App::start();
    let new = r##"{"name":"a","width":2,"height":1,"mode":"rgba","background":"#00000000"}"##;
    assert_eq!(app.post_json("/api/v1/canvases", new).status, 201);
    assert_eq!(app.post_json("/api/v1/canvases/a/pixels", r##"{"pixels":[[1,0,"#05060780"]]}"##).status, 200);
    let bytes = app.get("/api/v1/canvases/a/timelapse.png").body;
    let frames = PngDecoder::new(Cursor::new(bytes)).expect("a PNG").apng().expect("animated").into_frames();
    let frames: Vec<_> =
        frames.collect_frames().expect("whole").into_iter().map(|frame| frame.into_buffer().into_raw()).collect();
    assert_eq!(frames, [[0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 5, 6, 7, 128]]);
}

#[test]
fn what_costs_too_much_is_refused_before_it_is_made() {
    let app = small();
    let refused = |query: &str| app.get(&format!("/api/v1/canvases/a/timelapse.gif?{query}")).shown();
    assert_snapshot!(refused("from=4&to=3"), @"422 bad-range: from is version 4, after version 3");
    assert_snapshot!(refused("frames=0"), @"422 frames: frames is 1 to 1000, not 0 [limit 1000]");
    assert_snapshot!(refused("frames=1001"), @"422 frames: frames is 1 to 1000, not 1001 [limit 1000]");
    assert_snapshot!(refused("fps=0"), @"422 fps: fps is 1 to 100, not 0 [limit 100]");
    assert_snapshot!(refused("fps=101"), @"422 fps: fps is 1 to 100, not 101 [limit 100]");
    assert_snapshot!(refused("size=0"), @"422 size: size is 1 to 16384, not 0 [limit 16384]");
    assert_snapshot!(refused("size=16385"), @"422 size: size is 1 to 16384, not 16385 [limit 16384]");
    assert_snapshot!(refused("frames=many"), @"400 unreadable: frames=many cannot be read: invalid digit found in string");
    app.canvas("large", 4_000, 2_000);
    let large = |query: &str| app.get(&format!("/api/v1/canvases/large/timelapse.png?{query}")).shown();
    assert_snapshot!(large("size=4000"), @"422 animation-too-large: a frame has at most 4194304 pixels, not 8000000 [limit 4194304]");
    draw(&app, "large", &scattered(999, 4_000, 2_000));
    assert_snapshot!(large("size=1000&frames=1000"), @"422 animation-too-large: an animation has at most 268435456 pixels in all, not 500000000 [limit 268435456]");
}
