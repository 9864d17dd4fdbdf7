//! The rules of a run on a canvas that nobody else writes to.

use pixlog::canvas::{Change, Colour, Mode, Source, Version};
use pixlog::journal::{JournalError, NewCanvas, Records};
use pixlog::pingpong::{ExchangeKind, RunError, RunSpec, RunStatus, RunTarget, Runs};

use crate::common::{draw, entries, finish, fresh, image, journal, pixel, replay, size, spec, white_canvas};

#[test]
fn every_cell_once_and_every_picture_exact() {
    for (batch, seed) in [(1, 1), (7, 2), (65_536, 3)] {
        let journal = journal(batch);
        let runs = Runs::new(journal.clone());
        for (width, height) in [(1, 1), (3, 3), (5, 5), (10, 7), (10, 10), (28, 28), (33, 40)] {
            for granular in [1, 3, 5, 7, 30, 33, 50, 51, 99, 100] {
                let view = runs.start(fresh(width, height, granular, seed), true).unwrap();
                let view = finish(&runs, view.id);
                let what = format!("{width}×{height}, {granular} %, {batch} an append");
                assert_eq!((view.status, view.progression), (RunStatus::Completed, 100), "{what}");
                assert_eq!((view.pixels, view.version.0), (width * height, u64::from(width * height)), "{what}");
                let replay = replay(&journal, view.canvas.id);
                assert!(replay.is_complete(), "{what}");
                assert_eq!(replay.colours(), (width * height) as usize, "{what}");
                assert_eq!(view.pictures, replay.pictures(0, granular), "{what}");
                assert!(view.finished_at >= Some(view.started_at) && view.pixels_per_second > 0.0, "{view:?}");
                // What is recorded is the same as what was shown.
                assert_eq!(Runs::new(journal.clone()).view(view.id).unwrap().pictures, view.pictures);
            }
        }
    }
}

#[test]
fn pictures_of_a_hundred_cells_are_every_multiple() {
    let journal = journal(65_536);
    let runs = Runs::new(journal);
    let view = runs.start(fresh(10, 10, 30, 1), true).unwrap();
    let pictures: Vec<_> = finish(&runs, view.id).pictures.iter().map(|p| (p.percent, p.version.0)).collect();
    assert_eq!(pictures, [(30, 30), (60, 60), (90, 90)]);
}

#[test]
fn a_seed_repeats_and_another_does_not() {
    let picture = |seed, batch, pixels_per_hop| {
        let journal = journal(batch);
        let runs = Runs::new(journal.clone());
        let view = runs.start(RunSpec { pixels_per_hop, ..fresh(20, 20, 5, seed) }, true).unwrap();
        let view = finish(&runs, view.id);
        assert_eq!(view.seed, seed);
        entries(&journal, view.canvas.id).into_iter().map(|entry| entry.change).collect::<Vec<Change>>()
    };
    assert_eq!(picture(5, 65_536, 1), picture(5, 13, 4));
    assert_ne!(picture(5, 65_536, 1), picture(6, 65_536, 1));
}

#[test]
fn runs_inside_the_process_write_as_the_run() {
    let journal = journal(100);
    let runs = Runs::new(journal.clone());
    let author = pixlog::canvas::Author { name: "somebody".to_owned(), authenticated: true };
    let view = runs.start(RunSpec { author: Some(author.clone()), ..fresh(20, 20, 5, 1) }, true).unwrap();
    finish(&runs, view.id);
    for entry in entries(&journal, view.canvas.id) {
        assert_eq!((entry.source, entry.author.as_ref()), (Source::Run, Some(&author)));
    }
}

#[test]
fn a_partly_coloured_canvas_is_completed() {
    for coloured in [1, 50, 399] {
        let journal = journal(32);
        let runs = Runs::new(journal.clone());
        let canvas = white_canvas(&journal, 20, 20);
        for first in (0..coloured).step_by(32) {
            let pixels = (first..coloured.min(first + 32)).map(|i| pixel(i * 7 % 400, i * 1_000)).collect();
            draw(&journal, canvas, pixels);
        }
        let view = runs.start(spec(RunTarget::Existing(canvas), 10, 3), true).unwrap();
        assert_eq!(view.pictures, []);
        let view = finish(&runs, view.id);
        let replay = replay(&journal, canvas);
        assert_eq!((view.status, view.version), (RunStatus::Completed, Version(400)));
        assert_eq!((replay.is_complete(), replay.colours()), (true, 400));
        assert_eq!(view.pictures, replay.pictures(coloured as usize, 10), "from {coloured}");
    }
}

#[test]
fn a_complete_canvas_is_completed_at_once() {
    let journal = journal(65_536);
    let runs = Runs::new(journal.clone());
    let new = NewCanvas { name: None, size: size(4, 4), mode: Mode::Rgb, background: Colour::rgb(1, 2, 3) };
    let canvas = journal.create_canvas(new, Records::default()).unwrap().id;
    let view = runs.start(spec(RunTarget::Existing(canvas), 10, 3), true).unwrap();
    let view = finish(&runs, view.id);
    assert_eq!((view.status, view.progression, view.version), (RunStatus::Completed, 100, Version(0)));
    assert_eq!(view.pictures, []);
    assert_eq!(Runs::new(journal).view(view.id).unwrap().status, RunStatus::Completed);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let journal = journal(100);
    let runs = Runs::new(journal.clone());
    let first = runs.start(fresh(2, 2, 50, 1), true).unwrap();
    finish(&runs, first.id);
    let rgba = NewCanvas { name: None, size: size(4, 4), mode: Mode::Rgba, background: Colour::WHITE };
    let rgba = journal.create_canvas(rgba, Records::default()).unwrap().id;
    let before = (journal.canvases(None, 100).unwrap().len(), runs.list(None, 100).unwrap().len());
    let name = Some(first.canvas.name.clone());
    let good = fresh(3, 3, 5, 1);
    let refused = |spec: RunSpec| runs.start(spec, true).unwrap_err();
    assert!(matches!(refused(RunSpec { granular: 0, ..good.clone() }), RunError::Granular(0)));
    assert!(matches!(refused(RunSpec { granular: 101, ..good.clone() }), RunError::Granular(101)));
    for asked in [0, 101] {
        let error = refused(RunSpec { pixels_per_hop: asked, ..good.clone() });
        assert!(matches!(error, RunError::PixelsPerHop { asked: found, max: 100 } if found == asked), "{error}");
    }
    let http = RunSpec { exchange: ExchangeKind::Http, ..good.clone() };
    assert!(matches!(refused(http), RunError::Exchange(_)));
    for (width, height) in [(4_096, 4_096), (5_000, 5_000)] {
        let error = refused(fresh(width, height, 5, 1));
        assert!(
            matches!(error, RunError::TooFewColours { cells, colours: 16_777_215 } if cells == width * height),
            "{error}"
        );
    }
    let error = refused(fresh(16_385, 1, 5, 1));
    assert!(matches!(error, RunError::Journal(JournalError::TooLarge { .. })), "{error}");
    let taken = RunTarget::New { size: size(2, 2), name };
    let error = refused(spec(taken, 5, 1));
    assert!(matches!(error, RunError::Journal(JournalError::NameTaken(_))), "{error}");
    assert!(matches!(refused(spec(RunTarget::Existing(rgba), 5, 1)), RunError::NotRgb));
    let error = refused(spec(RunTarget::Existing(pixlog::canvas::CanvasId(99)), 5, 1));
    assert!(matches!(error, RunError::Journal(JournalError::NoCanvasId(_))), "{error}");
    let after = (journal.canvases(None, 100).unwrap().len(), runs.list(None, 100).unwrap().len());
    assert_eq!(before, after);
    assert_eq!(runs.current().unwrap().unwrap().id, first.id);
}

#[test]
fn current_and_lists_follow() {
    let journal = journal(65_536);
    let runs = Runs::new(journal.clone());
    assert_eq!((runs.current().unwrap(), runs.current_progression().unwrap()), (None, 0));
    let first = runs.start(fresh(5, 5, 5, 1), true).unwrap();
    finish(&runs, first.id);
    let aside = runs.start(fresh(6, 6, 5, 1), false).unwrap();
    finish(&runs, aside.id);
    assert_eq!(runs.current().unwrap().map(|run| run.id), Some(first.id));
    assert_eq!(runs.current_progression().unwrap(), 100);
    let ids = |views: Vec<pixlog::pingpong::RunView>| views.into_iter().map(|view| view.id).collect::<Vec<_>>();
    assert_eq!(ids(runs.list(None, 10).unwrap()), [aside.id, first.id]);
    assert_eq!(ids(runs.list(None, 1).unwrap()), [aside.id]);
    assert_eq!(ids(runs.list(Some(aside.id), 10).unwrap()), [first.id]);
    // A client whitens a cell: the progression is that of the image.
    draw(&journal, first.canvas.id, vec![pixel(0, 0x00ff_ffff)]);
    assert_eq!(runs.current_progression().unwrap(), 96);
    draw(&journal, first.canvas.id, vec![pixel(0, 1), pixel(0, 2)]);
    assert_eq!(runs.current_progression().unwrap(), 100);
}

#[test]
fn several_runs_at_once() {
    let journal = journal(50);
    let runs = Runs::new(journal.clone());
    let views: Vec<_> = (0..6).map(|seed| runs.start(fresh(40, 40, 10, seed), false).unwrap()).collect();
    for view in views {
        let view = finish(&runs, view.id);
        assert_eq!(view.status, RunStatus::Completed);
        assert_eq!(view.pictures, replay(&journal, view.canvas.id).pictures(0, 10));
    }
}

#[test]
fn two_runs_on_one_canvas_share_it() {
    for round in 0..5 {
        let journal = journal(5);
        let runs = Runs::new(journal.clone());
        let canvas = white_canvas(&journal, 30, 30);
        let views: Vec<_> = (0..2)
            .map(|seed| runs.start(spec(RunTarget::Existing(canvas), 10, seed + round), false).unwrap())
            .collect();
        for view in views {
            assert_eq!(finish(&runs, view.id).status, RunStatus::Completed);
        }
        let replay = replay(&journal, canvas);
        assert_eq!((replay.colours(), replay.coloured.len()), (900, 901));
    }
}

#[test]
fn earlier_images_are_the_pictures() {
    let journal = journal(9);
    let runs = Runs::new(journal.clone());
    let view = runs.start(fresh(20, 10, 20, 9), true).unwrap();
    let view = finish(&runs, view.id);
    for picture in &view.pictures {
        let cells = image(&journal, view.canvas.id, picture.version);
        let coloured = cells.iter().filter(|colour| **colour != Colour::WHITE).count();
        assert_eq!((coloured / 2, coloured % 2), (picture.percent as usize, 0));
    }
}
