//! States that clients post to the endpoints.

use std::collections::HashSet;

use pixlog::canvas::{Change, Colour, Source, Version};
use pixlog::journal::JournalError;
use pixlog::pingpong::{RunError, RunStatus, Runs, Side};

use crate::common::{draw, entries, finish, fresh, image, journal, pixel, post, post_rows, replay, size, until};

/// A picture with so many coloured cells, each another colour.
fn picture(cells: u32, coloured: u32) -> Vec<Colour> {
    (0..cells).map(|i| if i < coloured { Colour::from_rgb_number(i * 3 + 1) } else { Colour::WHITE }).collect()
}

fn sources(journal: &pixlog::journal::Journal, runs: &Runs) -> Vec<(bool, Source)> {
    let canvas = journal.current().unwrap().unwrap().canvas;
    assert!(runs.current_progression().unwrap() <= 100);
    let is_state = |change| matches!(change, Change::State { .. });
    entries(journal, canvas).into_iter().map(|entry| (is_state(entry.change), entry.source)).collect()
}

#[test]
fn a_posted_state_is_completed_by_the_sides_in_turn() {
    for batch in [1, 7, 65_536] {
        for side in [Side::Ping, Side::Pong] {
            let journal = journal(batch);
            let runs = Runs::new(journal.clone());
            // More than a block, which is cut after an odd number of pixels.
            let posted = picture(33 * 31, 10);
            assert_eq!(post(&runs, side, size(33, 31), &posted, None).unwrap(), (100, false));
            let mut expected = vec![(true, side.source())];
            expected.extend((0..33 * 31 - 10).map(|i| (false, if i % 2 == 0 { side } else { side.other() }.source())));
            assert_eq!(sources(&journal, &runs), expected, "{batch} an append");
            let canvas = journal.current().unwrap().unwrap().canvas;
            assert_eq!(image(&journal, canvas, Version(1)), posted);
            let replay = replay(&journal, canvas);
            assert_eq!((replay.is_complete(), replay.colours()), (true, 33 * 31));
            let run = runs.current().unwrap().unwrap();
            assert_eq!((run.status, run.pictures.clone()), (RunStatus::Completed, replay.pictures(1, 5)));
        }
    }
}

#[test]
fn hops_stop_where_they_are_told_to() {
    let journal = journal(4);
    let runs = Runs::new(journal.clone());
    let white = picture(20, 0);
    // A white picture equals a new canvas: no state entry.
    assert_eq!(post(&runs, Side::Ping, size(5, 4), &white, Some(1)).unwrap(), (5, false));
    assert_eq!(sources(&journal, &runs), [(false, Source::Ping)]);
    let canvas = journal.current().unwrap().unwrap().canvas;
    let now = image(&journal, canvas, Version(1));
    assert_eq!(post(&runs, Side::Pong, size(5, 4), &now, Some(7)).unwrap(), (40, false));
    assert_eq!(journal.current().unwrap().unwrap().canvas, canvas);
    let mut expected = vec![(false, Source::Ping)];
    expected.extend((0..7).map(|i| (false, if i % 2 == 0 { Source::Pong } else { Source::Ping })));
    assert_eq!(sources(&journal, &runs), expected);
    assert_eq!(
        post(&runs, Side::Ping, size(5, 4), &image(&journal, canvas, Version(8)), Some(0)).unwrap(),
        (40, false)
    );
    // More hops than white cells.
    assert_eq!(
        post(&runs, Side::Ping, size(5, 4), &image(&journal, canvas, Version(8)), Some(99)).unwrap(),
        (100, false)
    );
    assert_eq!(replay(&journal, canvas).colours(), 20);
    assert_eq!(runs.list(None, 10).unwrap(), []);
    assert_eq!(runs.current_progression().unwrap(), 100);
}

#[test]
fn the_first_pixel_or_none_completes() {
    let journal = journal(100);
    let runs = Runs::new(journal.clone());
    assert_eq!(post(&runs, Side::Ping, size(5, 4), &picture(20, 19), None).unwrap(), (100, true));
    assert_eq!(sources(&journal, &runs), [(true, Source::Ping), (false, Source::Ping)]);
    let first = runs.current().unwrap().unwrap();
    // The very image that is there: nothing is written, and the run stays current.
    let canvas = journal.current().unwrap().unwrap().canvas;
    let now = image(&journal, canvas, Version(2));
    assert_eq!(post(&runs, Side::Pong, size(5, 4), &now, None).unwrap(), (100, true));
    assert_eq!(post(&runs, Side::Pong, size(5, 4), &now, Some(3)).unwrap(), (100, true));
    assert_eq!((entries(&journal, canvas).len(), runs.current().unwrap().unwrap()), (2, first));
    // A complete image of another size becomes current as it is.
    assert_eq!(post(&runs, Side::Pong, size(3, 3), &picture(9, 9), None).unwrap(), (100, true));
    assert_eq!((runs.current().unwrap(), runs.current_progression().unwrap()), (None, 100));
    assert_eq!(sources(&journal, &runs), [(true, Source::Pong)]);
    assert_eq!(post(&runs, Side::Ping, size(1, 1), &picture(1, 0), Some(1)).unwrap(), (100, true));
    assert_eq!(post(&runs, Side::Ping, size(3, 3), &picture(9, 8), Some(1)).unwrap(), (100, true));
    assert_eq!(post(&runs, Side::Ping, size(3, 3), &picture(9, 8), Some(0)).unwrap(), (88, false));
}

#[test]
fn a_bad_picture_changes_nothing() {
    let journal = journal(100);
    let runs = Runs::new(journal.clone());
    let run = runs.start(fresh(300, 300, 5, 1), true).unwrap();
    for (width, height, fails_at) in [(300, 300, 0), (300, 300, 299), (9, 9, 8)] {
        let cells = picture(width * height, 5);
        let error = post_rows(&runs, Side::Ping, size(width, height), &cells, None, Some(fails_at)).unwrap_err();
        assert!(matches!(error, RunError::Journal(JournalError::Rows(_))), "{error}");
    }
    let error = post(&runs, Side::Ping, size(16_385, 1), &[], None).unwrap_err();
    assert!(matches!(error, RunError::Journal(JournalError::TooLarge { .. })), "{error}");
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 1);
    let current = runs.current().unwrap().unwrap();
    assert_eq!((current.id, current.status == RunStatus::Cancelled), (run.id, false));
    assert_eq!(finish(&runs, run.id).status, RunStatus::Completed);
}

#[test]
fn more_white_cells_than_colours_are_refused() {
    let journal = journal(65_536);
    let runs = Runs::new(journal.clone());
    // 2^24 + 2^12 cells, of which 4,000 have colours: too many are white.
    let cells = picture(4_097 * 4_096, 4_000);
    let error = post(&runs, Side::Ping, size(4_097, 4_096), &cells, None).unwrap_err();
    let (white, left) = (4_097 * 4_096 - 4_000, (1 << 24) - 1 - 4_000);
    assert!(
        matches!(error, RunError::TooFewColours { cells, colours } if (cells, colours) == (white, left)),
        "{error}"
    );
    assert_eq!((journal.canvases(None, 10).unwrap().len(), journal.current().unwrap()), (0, None));
}

#[test]
fn a_post_cancels_the_run_that_is_going() {
    let journal = journal(3);
    let runs = Runs::new(journal.clone());
    let run = runs.start(fresh(300, 300, 5, 1), true).unwrap();
    until("the first pixels", || runs.view(run.id).unwrap().pixels > 0);
    let posted = picture(90_000, 75_000);
    assert_eq!(post(&runs, Side::Ping, size(300, 300), &posted, Some(2)).unwrap(), (83, false));
    let cancelled = runs.view(run.id).unwrap();
    assert_eq!(cancelled.status, RunStatus::Cancelled);
    // The state lies on the same canvas, right after what the run had made.
    assert_eq!(image(&journal, run.canvas.id, cancelled.version.after(1)), posted);
    assert_eq!(journal.head(run.canvas.id).unwrap().version, cancelled.version.after(3));
    assert_eq!(journal.current().unwrap().unwrap().canvas, run.canvas.id);
}

#[test]
fn posts_at_the_same_time_keep_the_rules() {
    for round in 0..4 {
        let journal = journal(5);
        let runs = Runs::new(journal.clone());
        let answers: Vec<_> = std::thread::scope(|scope| {
            let posts: Vec<_> = (0..6u32)
                .map(|i| {
                    let runs = runs.clone();
                    scope.spawn(move || {
                        let hops = (i % 2 == 0).then_some(10 + round);
                        post(&runs, Side::Ping, size(12, 12), &picture(144, 20 * i), hops).unwrap()
                    })
                })
                .collect();
            posts.into_iter().map(|post| post.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|(progression, _)| *progression <= 100), "{answers:?}");
        assert_eq!(journal.canvases(None, 10).unwrap().len(), 1);
        replay(&journal, journal.current().unwrap().unwrap().canvas);
        let going = runs.list(None, 10).unwrap().iter().filter(|run| run.status == RunStatus::Running).count();
        assert_eq!(going, 0);
    }
}

#[test]
fn random_choices_differ() {
    let mut firsts = HashSet::new();
    for _ in 0..20 {
        let journal = journal(5);
        let runs = Runs::new(journal.clone());
        post(&runs, Side::Ping, size(40, 40), &picture(1_600, 0), Some(1)).unwrap();
        let canvas = journal.current().unwrap().unwrap().canvas;
        match entries(&journal, canvas)[0].change {
            Change::Pixel(pixel) => firsts.insert((pixel.cell.0, pixel.colour)),
            Change::State { .. } => panic!("a state"),
        };
    }
    assert!(firsts.len() > 15, "{firsts:?}");
}

#[test]
fn drawing_on_a_posted_canvas_is_counted() {
    let journal = journal(5);
    let runs = Runs::new(journal.clone());
    post(&runs, Side::Ping, size(10, 10), &picture(100, 10), Some(0)).unwrap();
    assert_eq!(runs.current_progression().unwrap(), 10);
    let canvas = journal.current().unwrap().unwrap().canvas;
    draw(&journal, canvas, vec![pixel(50, 7), pixel(51, 7), pixel(0, 0x00ff_ffff)]);
    assert_eq!(runs.current_progression().unwrap(), 11);
}
