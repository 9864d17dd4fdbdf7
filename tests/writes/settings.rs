//! Palettes and cooldowns.

use pixlog::canvas::{Colour, Mode, Palette, PaletteError, Source};
use pixlog::journal::{
    Append, CallerId, Canvas, CreateTerms, Expectation, Journal, JournalError, NewCanvas, PixelProblem, Records,
    Settings, StateWrite, Terms,
};
use pixlog::store::MemoryStore;

use crate::common::{
    BLUE, RED, append, create, error, head, key, new_canvas, open, open_with, pixel, pixels, plain, state, whole,
};

fn limited(journal: &Journal, settings: Settings) -> Canvas {
    let terms = CreateTerms { settings, ..CreateTerms::default() };
    journal.create_canvas_once(new_canvas(Some("limited")), terms, |_| Records::default()).unwrap().outcome
}

fn red_and_blue() -> Settings {
    Settings { palette: Some(Palette::new(vec![RED, BLUE]).unwrap()), cooldown_ms: 0 }
}

fn cooling(cooldown_ms: u32) -> Settings {
    Settings { palette: None, cooldown_ms }
}

fn by(caller: u8) -> Terms<'static> {
    Terms { caller: Some(CallerId([caller; 16])), ..Terms::default() }
}

#[test]
fn settings_survive_a_restart_and_their_absence_means_none() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let settings = Settings { cooldown_ms: 1_500, ..red_and_blue() };
    let (made, plain) = (limited(&journal, settings.clone()), create(&journal, "plain"));
    assert_eq!((&*made.settings, &*plain.settings), (&settings, &Settings::default()));
    drop(journal);
    let journal = open(&store.reopen());
    assert_eq!(journal.canvas(made.id).unwrap(), made);
    assert_eq!(journal.canvas(plain.id).unwrap(), plain);
    let listed: Vec<_> = journal.canvas_page(None, 10).unwrap().canvases;
    let now = [&plain, &made].map(|canvas| journal.canvas_now(canvas.id).unwrap());
    assert_eq!(listed, now);
    assert_eq!(now.map(|now| now.canvas), [plain, made]);
}

#[test]
fn a_damaged_palette_is_reported_and_nothing_is_written_past_it() {
    let store = MemoryStore::new();
    let id = limited(&open(&store), red_and_blue()).id;
    let store = store.reopen();
    let settings = store.keys().into_iter().find(|key| key[0] == b'f').unwrap();
    assert!(store.corrupt(&settings, |bytes| bytes[7] ^= 1));
    let refused = open(&store).append(append(id, 0));
    let Err(JournalError::Corrupt { record, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(record, "settings");
}

#[test]
fn a_palette_binds_appends() {
    let journal = open(&MemoryStore::new());
    let id = limited(&journal, red_and_blue()).id;
    journal.append(pixels(id, vec![pixel(0, RED), pixel(1, BLUE)])).unwrap();
    // The background is not in the palette, and so cannot be drawn.
    for foreign in [Colour::WHITE, Colour::rgb(255, 0, 1)] {
        let refused = journal.append(pixels(id, vec![pixel(0, RED), pixel(1, foreign)]));
        let Err(JournalError::BadPixel { index, problem }) = refused else { panic!("{refused:?}") };
        assert_eq!((index, problem), (1, PixelProblem::NotInPalette));
    }
    assert_eq!(head(&journal, id).0, 2);
}

#[test]
fn a_palette_binds_states_where_they_change_something() {
    let journal = open(&MemoryStore::new());
    let id = limited(&journal, red_and_blue()).id;
    journal.append(pixels(id, vec![pixel(17, RED)])).unwrap();
    let refused = error(journal.put_state(state(id, whole()), &mut plain(Colour::WHITE)));
    assert_eq!(refused, "NotInPalette { x: 1, y: 1 }");
    let restored = StateWrite { source: Source::Restore, ..state(id, whole()) };
    assert_eq!(journal.put_state(restored.clone(), &mut plain(Colour::WHITE)).unwrap().changed, 1);
    assert_eq!(error(journal.put_state(restored, &mut plain(Colour::rgb(1, 1, 1)))), "NotInPalette { x: 0, y: 0 }");
    // Everything keeps the colour it has, which no palette speaks against.
    assert_eq!(journal.put_state(state(id, whole()), &mut plain(Colour::WHITE)).unwrap().changed, 0);
    assert_eq!(journal.put_state(state(id, whole()), &mut plain(BLUE)).unwrap().changed, 256);
}

#[test]
fn an_rgb_canvas_takes_no_transparent_palette() {
    let journal = open(&MemoryStore::new());
    let palette = Palette::new(vec![RED, Colour([1, 2, 3, 0])]).unwrap();
    let terms = || CreateTerms {
        settings: Settings { palette: Some(palette.clone()), cooldown_ms: 0 },
        ..CreateTerms::default()
    };
    let refused = journal.create_canvas_once(new_canvas(None), terms(), |_| Records::default());
    let Err(JournalError::Palette(problem)) = refused else { panic!("{refused:?}") };
    assert_eq!(problem, PaletteError::Transparent { index: 1 });
    let rgba = NewCanvas { mode: Mode::Rgba, ..new_canvas(None) };
    let made = journal.create_canvas_once(rgba, terms(), |_| Records::default()).unwrap().outcome;
    assert_eq!(made.settings.palette.as_ref(), Some(&palette));
}

#[test]
fn a_caller_waits_for_its_cooldown_and_no_other() {
    let journal = open(&MemoryStore::new());
    let id = limited(&journal, cooling(60_000)).id;
    journal.append_once(append(id, 1), by(1)).unwrap();
    let refused = journal.append_once(append(id, 2), by(1));
    let Err(JournalError::TooSoon { wait_ms }) = refused else { panic!("{refused:?}") };
    assert!((1..=60_000).contains(&wait_ms) && wait_ms > 50_000, "{wait_ms}");
    journal.append_once(append(id, 3), by(2)).unwrap();
    journal.append(append(id, 4)).unwrap();
    let other = create(&journal, "other").id;
    journal.append_once(append(other, 5), by(1)).unwrap();
    journal.append_once(append(other, 6), by(1)).unwrap();
    assert_eq!(head(&journal, id).0, 3);
}

#[test]
fn a_cooldown_ends() {
    let journal = open(&MemoryStore::new());
    let id = limited(&journal, cooling(1)).id;
    journal.append_once(append(id, 1), by(1)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    journal.append_once(append(id, 2), by(1)).unwrap();
}

#[test]
fn only_what_succeeds_starts_a_cooldown() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = limited(&journal, cooling(60_000)).id;
    let two = pixels(id, vec![pixel(0, RED), pixel(1, RED)]);
    assert_eq!(error(journal.append_once(two.clone(), by(1))), "BatchSize { count: 2, max: 1 }");
    let moved = Append { expectation: Expectation::Head(pixlog::canvas::Version(7)), ..append(id, 1) };
    assert!(error(journal.append_once(moved.clone(), by(1))).starts_with("HeadMoved"));
    store.set_full(true);
    assert!(error(journal.append_once(append(id, 1), by(1))).starts_with("Store(Full"));
    store.set_full(false);
    journal.append_once(append(id, 1), by(1)).unwrap();
    // Told in this order: the expected head, the cooldown, the content.
    assert!(error(journal.append_once(two, by(1))).starts_with("TooSoon"));
    assert!(error(journal.append_once(moved, by(1))).starts_with("HeadMoved"));
}

#[test]
fn a_repeat_is_not_refused_for_the_cooldown_that_it_started() {
    let journal = open(&MemoryStore::new());
    let id = limited(&journal, cooling(60_000)).id;
    let terms = Terms { idempotency: Some(key(1, 1)), ..by(1) };
    let first = journal.append_once(append(id, 1), terms).unwrap();
    let again = journal.append_once(append(id, 1), terms).unwrap();
    assert_eq!((again.outcome, again.replayed), (first.outcome, true));
}

#[test]
fn no_more_cooldowns_are_kept_than_the_limit() {
    let options = pixlog::journal::Options { cooldowns_max: 2, ..Default::default() };
    let journal = open_with(&MemoryStore::new(), options);
    let id = limited(&journal, cooling(60_000)).id;
    for caller in 1..=3 {
        journal.append_once(append(id, caller.into()), by(caller)).unwrap();
    }
    journal.append_once(append(id, 9), by(1)).unwrap();
    assert!(error(journal.append_once(append(id, 9), by(3))).starts_with("TooSoon"));
}
