//! A canvas that starts from the image of another.

use pixlog::canvas::{Change, Colour, Palette, Rect, Source, Version};
use pixlog::journal::{
    Append, CreateTerms, Expectation, Fork, Journal, JournalError, PixelProblem, Records, Settings, TagWrite,
};
use pixlog::store::{Fault, MemoryStore};

use crate::support::{
    Numbers, assert_sound, author, canvas, draw, entries, head, image, journal, new_canvas, open, paint, pixel,
};

fn fork(canvas: &pixlog::journal::Canvas, version: u64, name: Option<&str>) -> Fork {
    Fork {
        canvas: canvas.id,
        version: Version(version),
        name: name.map(|name| name.parse().unwrap()),
        author: Some(author("ann")),
        records: Records::default(),
    }
}

#[test]
fn version_1_is_the_image() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 300, 270);
    let mut numbers = Numbers(4);
    draw(&journal, art.id, None, (0..600).map(|_| numbers.pixel(art.size)).collect());
    paint(&journal, &art, Rect { x: 7, y: 9, w: 280, h: 200 }, None, |_| numbers.colour());
    draw(&journal, art.id, None, (0..600).map(|_| numbers.pixel(art.size)).collect());
    for (version, name) in [(600, Some("few")), (601, Some("many")), (1_201, None)] {
        let forked = journal.fork(fork(&art, version, name)).unwrap();
        assert_eq!((forked.size, forked.mode, forked.background), (art.size, art.mode, art.background));
        assert_eq!(forked.name.to_string(), name.map_or_else(|| format!("canvas-{}", forked.id), str::to_owned));
        assert_eq!(journal.canvas_named(&forked.name).unwrap(), forked);
        assert!(image(&journal, &forked, Version(1)) == image(&journal, &art, Version(version)), "{version}");
        let made = entries(&journal, &forked);
        let changed = image(&journal, &forked, Version(1)).chunks(3).filter(|cell| *cell != [255; 3]).count();
        assert_eq!(made.len(), 1);
        assert_eq!((made[0].source, &made[0].author), (Source::Fork, &Some(author("ann"))));
        let changed = u32::try_from(changed).unwrap();
        assert_eq!(made[0].change, Change::State { region: art.size.rect(), changed });
        assert_eq!(made[0].time, forked.created_at);
        draw(&journal, forked.id, Some("bob"), vec![pixel(3, 3)]);
        assert_eq!(head(&journal, &forked), Version(2));
        assert_sound(&journal, &forked);
    }
    assert_eq!(journal.canvases(None, 10).unwrap().len(), 4);
    assert!(!store.keys().iter().any(|key| [b'g', b'h'].contains(&key[0])), "a mark is left");
}

/// A fork of an empty image has an entry, too, so that its version 1 is that image like any other's.
#[test]
fn a_fork_of_the_background_has_an_entry() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 4, 4);
    let forked = journal.fork(fork(&art, 0, Some("copy"))).unwrap();
    let made = entries(&journal, &forked);
    assert_eq!(made.len(), 1);
    assert_eq!(made[0].change, Change::State { region: art.size.rect(), changed: 0 });
    assert_eq!(image(&journal, &forked, Version(1)), image(&journal, &art, Version(0)));
    assert_sound(&journal, &forked);
}

#[test]
fn what_cannot_be_forked_leaves_nothing() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 4, 4);
    draw(&journal, art.id, None, vec![pixel(1, 7)]);
    let before = store.keys();
    let refused = |fork: Fork| journal.fork(fork).unwrap_err().to_string();
    assert_eq!(refused(fork(&art, 2, None)), "version 2 does not exist yet: the newest is 1");
    assert_eq!(refused(fork(&art, 1, Some("art"))), "the name art is taken");
    assert_eq!(store.keys(), before);
    let missing = Fork { canvas: pixlog::canvas::CanvasId(9), ..fork(&art, 1, None) };
    assert!(matches!(journal.fork(missing).unwrap_err(), JournalError::NoCanvasId(_)));
}

/// Two forks of one name at once: the one that loses leaves nothing.
#[test]
fn forks_race_for_a_name() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 40, 40);
    let mut numbers = Numbers(4);
    paint(&journal, &art, art.size.rect(), None, |_| numbers.colour());
    let made: usize = std::thread::scope(|scope| {
        let forks: Vec<_> = (0..4).map(|_| scope.spawn(|| journal.fork(fork(&art, 1, Some("copy"))).is_ok())).collect();
        forks.into_iter().map(|fork| usize::from(fork.join().unwrap())).sum()
    });
    assert_eq!(made, 1);
    let copy = journal.canvas_named(&"copy".parse().unwrap()).unwrap();
    assert_only(&store, &[art.id.0, copy.id.0]);
}

/// No record but those of these canvases is there, and no mark.
pub fn assert_only(store: &MemoryStore, canvases: &[u64]) {
    for key in store.keys() {
        if ![b'n', b'k', b'r'].contains(&key[0]) {
            let canvas = u64::from_be_bytes(key[1..9].try_into().unwrap());
            assert!(canvases.contains(&canvas) && ![b'g', b'h'].contains(&key[0]), "{key:?} is left");
        }
    }
}

#[test]
fn a_fork_is_there_whole_or_not_at_all() {
    for fault in Fault::ALL {
        for commit in 1..8 {
            let (journal, store) = journal();
            let art = canvas(&journal, "art", 60, 60);
            let mut numbers = Numbers(3);
            paint(&journal, &art, art.size.rect(), None, |_| Colour::from_rgb_number(numbers.below(1 << 24)));
            let whole = image(&journal, &art, Version(1));
            store.fail_at_commit(store.commits() + commit, fault);
            let outcome = journal.fork(fork(&art, 1, Some("copy")));
            drop(journal);
            store.clear_faults();
            let store = store.reopen();
            let journal: Journal = open(&store);
            match journal.canvas_named(&"copy".parse().unwrap()) {
                Ok(copy) => {
                    assert!(image(&journal, &copy, Version(1)) == whole, "{fault:?} at {commit}");
                    assert_eq!(head(&journal, &copy), Version(1));
                    assert_sound(&journal, &copy);
                    assert_only(&store, &[art.id.0, copy.id.0]);
                }
                Err(error) => {
                    assert!(matches!(error, JournalError::NoCanvas(_)), "{error}");
                    assert!(outcome.is_err(), "{fault:?} at {commit}: an answer without a canvas");
                    assert_only(&store, &[art.id.0]);
                }
            }
        }
    }
}

/// What binds a canvas binds its fork; its tags stay with it.
#[test]
fn a_fork_has_the_settings_of_the_other() {
    let (journal, store) = journal();
    let red = Colour::rgb(255, 0, 0);
    let settings = Settings { palette: Some(Palette::new(vec![red]).unwrap()), cooldown_ms: 9 };
    let terms = CreateTerms { settings: settings.clone(), ..CreateTerms::default() };
    let new = new_canvas("art", 4, 4);
    let art = journal.create_canvas_once(new, terms, |_| Records::default()).unwrap().outcome;
    draw(&journal, art.id, None, vec![pixel(1, 0x00ff_0000)]);
    let (tag, expectation) = ("best".parse().unwrap(), Expectation::Any);
    let tag = TagWrite { canvas: art.id, tag, version: Some(Version(1)), expectation, idempotency: None };
    journal.write_tag(tag).unwrap();
    let forked = journal.fork(fork(&art, 1, Some("copy"))).unwrap();
    assert_eq!(*forked.settings, settings);
    assert_eq!(journal.tags(forked.id, None, 10).unwrap().tags, []);
    drop(journal);
    let journal = open(&store.reopen());
    assert_eq!(journal.canvas(forked.id).unwrap(), forked);
    let append = |canvas| Append {
        canvas,
        pixels: vec![pixel(0, 5)],
        author: None,
        source: Source::Api,
        expectation,
        records: Records::default(),
    };
    for id in [art.id, forked.id] {
        let refused = journal.append(append(id));
        let problem = PixelProblem::NotInPalette;
        assert!(matches!(refused, Err(JournalError::BadPixel { index: 0, problem: found }) if found == problem));
    }
    assert_sound(&journal, &forked);
}
