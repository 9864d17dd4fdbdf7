//! Following what happens: nothing missed, nothing twice, whatever is slow.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use pixlog::canvas::{CanvasId, Colour, Rect, Version};
use pixlog::journal::{
    Canvas, ChangeLimits, Changed, Changes, Followed, Follower, Glance, Journal, JournalError, Options,
};
use pixlog::store::MemoryStore;

use crate::support::{Numbers, canvas, draw, head, image, journal, options, paint, pixel, write};

const SMALL: ChangeLimits = ChangeLimits { pixels_max: 10, entries_max: 100, to_head: false, states_to_head: false };

/// A copy of a canvas that only knows what it is told.
struct Copy {
    canvas: Canvas,
    cells: Vec<u8>,
    reached: Version,
}

impl Copy {
    fn new(journal: &Journal, canvas: &Canvas, version: Version) -> Self {
        Self { canvas: canvas.clone(), cells: image(journal, canvas, version), reached: version }
    }

    fn apply(&mut self, journal: &Journal, changes: &Changes) {
        assert_eq!(changes.from, self.reached, "missed or twice");
        assert!(changes.version > changes.from);
        match &changes.what {
            Changed::Pixels(pixels) => {
                assert_eq!(pixels.len() as u64, changes.version.0 - changes.from.0);
                for pixel in pixels {
                    let at = pixel.cell.0 as usize * 3;
                    self.cells[at..at + 3].copy_from_slice(&pixel.colour.0[..3]);
                }
            }
            Changed::Region(region) => {
                let mut reader = journal.image_at(self.canvas.id, changes.version, *region).unwrap();
                while let Some(band) = reader.next_band().unwrap() {
                    let rect = band.rect();
                    for y in rect.y..rect.y + rect.h {
                        let at = (y * self.canvas.size.width() + rect.x) as usize * 3;
                        let span = band.span(rect.x, y, rect.w).unwrap();
                        self.cells[at..at + span.len()].copy_from_slice(span);
                    }
                }
            }
        }
        self.reached = changes.version;
    }

    /// Takes all there is; whether it looks into the memory of the journal first is told.
    fn catch_up(&mut self, journal: &Journal, follower: &mut Follower, limits: &ChangeLimits, glances: bool) {
        loop {
            let news = match glances.then(|| follower.glance(limits)) {
                Some(Glance::Followed(news)) => news,
                Some(Glance::Idle) => return,
                _ => match follower.next(limits).unwrap() {
                    Some(news) => news,
                    None => return,
                },
            };
            let Followed::Changed(id, changes) = news else { panic!("{news:?}") };
            assert_eq!(id, self.canvas.id);
            self.apply(journal, &changes);
        }
    }

    fn check(&self, journal: &Journal) {
        assert_eq!(self.reached, head(journal, &self.canvas));
        assert!(self.cells == image(journal, &self.canvas, self.reached), "another image at {}", self.reached);
    }
}

fn follow(journal: &Journal, canvas: CanvasId, after: u64) -> Follower {
    journal.follow(&[(canvas, Version(after))]).unwrap()
}

/// Pixels in commits of every size, and states among them.
fn scribble(journal: &Journal, art: &Canvas, numbers: &mut Numbers, steps: u32) {
    for _ in 0..steps {
        match numbers.below(6) {
            0 => {
                let region = Rect { x: numbers.below(20), y: numbers.below(20), w: 9, h: 5 };
                paint(journal, art, region, None, |_| numbers.colour());
            }
            1 => {
                let pixels = (0..=numbers.below(300)).map(|_| numbers.pixel(art.size)).collect();
                draw(journal, art.id, None, pixels);
            }
            _ => {
                draw(journal, art.id, None, vec![numbers.pixel(art.size)]);
            }
        }
    }
}

#[test]
fn whoever_follows_sees_every_change_once() {
    for recent_pixels_max in [0, 700, 1 << 18] {
        let journal = Journal::open(Arc::new(MemoryStore::new()), Options { recent_pixels_max, ..options() }).unwrap();
        let art = canvas(&journal, "art", 30, 30);
        let mut numbers = Numbers(5);
        scribble(&journal, &art, &mut numbers, 20);
        let half = head(&journal, &art).0 / 2;
        let to_head = ChangeLimits { to_head: true, ..SMALL };
        let mut followers = Vec::new();
        for limits in [SMALL, to_head, ChangeLimits::default(), ChangeLimits { pixels_max: 1, ..SMALL }] {
            for glances in [false, true] {
                let copy = Copy::new(&journal, &art, Version(half));
                followers.push((copy, follow(&journal, art.id, half), limits, glances));
            }
        }
        for round in 0..12 {
            scribble(&journal, &art, &mut numbers, 1 + round % 3);
            for (number, (copy, follower, limits, glances)) in followers.iter_mut().enumerate() {
                // Some come late.
                if (round as usize + number).is_multiple_of(3) {
                    copy.catch_up(&journal, follower, limits, *glances);
                    copy.check(&journal);
                }
            }
        }
        for (copy, follower, limits, glances) in &mut followers {
            copy.catch_up(&journal, follower, limits, *glances);
            copy.check(&journal);
            assert_eq!(follower.reached().collect::<Vec<_>>(), [(art.id, copy.reached)]);
            assert_eq!(follower.next(limits).unwrap(), None);
        }
    }
}

/// Readers that come and go while two write: whoever goes on from where they were has missed nothing.
#[test]
fn readers_come_and_go() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 30, 30);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (journal, art, stop) = (&journal, &art, &stop);
        let writers: Vec<_> =
            (0..2).map(|seed| scope.spawn(move || scribble(journal, art, &mut Numbers(seed), 300))).collect();
        for seed in 0..4 {
            scope.spawn(move || {
                let mut numbers = Numbers(seed);
                let mut copy = Copy::new(journal, art, Version(0));
                while !stop.load(Ordering::Acquire) || copy.reached < head(journal, art) {
                    let mut follower = follow(journal, art.id, copy.reached.0);
                    for _ in 0..numbers.below(9) {
                        follower.wait(Duration::from_millis(5));
                        copy.catch_up(journal, &mut follower, &SMALL, seed % 2 == 0);
                    }
                }
                copy.check(journal);
            });
        }
        for writer in writers {
            writer.join().unwrap();
        }
        stop.store(true, Ordering::Release);
    });
}

#[test]
fn who_is_far_behind_goes_on_by_a_region() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 30, 30);
    draw(&journal, art.id, None, vec![pixel(0, 1); 600]);
    draw(&journal, art.id, None, vec![pixel(899, 1)]);
    let near = draw(&journal, art.id, None, (0..99).map(|at| pixel(32 + 30 * (at % 20), 2)).collect());
    let since = |after, limits| journal.changes_since(art.id, Version(after), &limits).unwrap().unwrap();
    let changes = since(602, ChangeLimits { entries_max: 97, ..SMALL });
    assert_eq!((changes.from, changes.version), (Version(602), near));
    let Changed::Region(region) = changes.what else { panic!("{changes:?}") };
    assert_eq!(region.intersection(Rect { x: 2, y: 1, w: 1, h: 20 }), Some(Rect { x: 2, y: 1, w: 1, h: 20 }));
    assert!(region.w < 30 || region.h < 30, "{region:?} is the whole canvas");
    assert!(matches!(since(602, SMALL).what, Changed::Pixels(pixels) if pixels.len() == 10));
    let to_head = since(602, ChangeLimits { to_head: true, ..SMALL });
    assert_eq!((to_head.version, to_head.what), (near, Changed::Region(region)));
    let all = ChangeLimits { to_head: true, pixels_max: 98, ..SMALL };
    assert!(matches!(since(602, all).what, Changed::Pixels(pixels) if pixels.len() == 98));
    assert_eq!(since(0, ChangeLimits::default()).version, near);
    assert_eq!(journal.changes_since(art.id, near, &SMALL).unwrap(), None);
}

#[test]
fn a_version_that_is_not_there_cannot_be_followed() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 3, 3);
    let error = journal.follow(&[(art.id, Version(1))]).unwrap_err();
    assert!(matches!(error, JournalError::NoVersion { asked: Version(1), head: Version(0) }), "{error}");
    assert!(matches!(journal.follow(&[(CanvasId(9), Version(0))]), Err(JournalError::NoCanvasId(_))));
    assert!(journal.changes_since(art.id, Version(1), &SMALL).is_err());
}

/// A waker that counts how often it is called.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn wakers_are_called_once_a_change() {
    let (journal, _) = journal();
    let (one, other) = (canvas(&journal, "one", 3, 3), canvas(&journal, "other", 3, 3));
    let mut follower = journal.follow(&[(one.id, Version(0)), (other.id, Version(0))]).unwrap();
    let counter = Arc::new(Counter::default());
    let waker = Waker::from(counter.clone());
    let poll = |follower: &mut Follower| follower.poll_moved(&mut Context::from_waker(&waker));
    let count = || counter.0.load(Ordering::SeqCst);
    assert_eq!((poll(&mut follower), poll(&mut follower)), (Poll::Pending, Poll::Pending));
    assert_eq!(follower.glance(&SMALL), Glance::Idle);
    draw(&journal, one.id, None, vec![pixel(0, 1)]);
    assert_eq!(count(), 1);
    draw(&journal, one.id, None, vec![pixel(0, 2)]);
    assert_eq!(count(), 1, "nobody waited again");
    draw(&journal, other.id, None, vec![pixel(0, 2)]);
    assert_eq!(count(), 2, "the other canvas was waited for");
    assert_eq!(poll(&mut follower), Poll::Ready(()));
    let mut seen = HashMap::new();
    while let Some(Followed::Changed(id, changes)) = follower.next(&SMALL).unwrap() {
        seen.insert(id, changes.version);
    }
    assert_eq!(seen, HashMap::from([(one.id, Version(2)), (other.id, Version(1))]));
    assert_eq!(poll(&mut follower), Poll::Pending);
    drop(follower);
    draw(&journal, one.id, None, vec![pixel(0, 3)]);
    assert_eq!(count(), 2, "who is gone is not woken");
}

#[test]
fn waiting_ends_with_a_change_or_in_time() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 3, 3);
    let mut follower = follow(&journal, art.id, 0);
    assert!(!follower.wait(Duration::from_millis(10)));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| follower.wait(Duration::from_secs(600)));
        draw(&journal, art.id, None, vec![pixel(0, 1)]);
        assert!(waiting.join().unwrap());
    });
    assert!(follower.wait(Duration::ZERO));
}

/// A canvas that never rests does not keep the changes of another back.
#[test]
fn canvases_take_turns() {
    let (journal, _) = journal();
    let (busy, calm) = (canvas(&journal, "busy", 3, 3), canvas(&journal, "calm", 3, 3));
    let mut follower = journal.follow(&[(busy.id, Version(0)), (calm.id, Version(0))]).unwrap();
    draw(&journal, calm.id, None, vec![pixel(0, 1)]);
    let mut seen = Vec::new();
    for _ in 0..3 {
        draw(&journal, busy.id, None, vec![pixel(0, 1); 50]);
        let Some(Followed::Changed(id, _)) = follower.next(&SMALL).unwrap() else { panic!("nothing") };
        seen.push(id);
    }
    assert_eq!(seen, [busy.id, calm.id, busy.id]);
}

/// A hundred readers of one canvas read nothing from the store as long as they keep up.
#[test]
fn the_newest_entries_are_in_memory() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 30, 30);
    let mut followers: Vec<_> = (0..100).map(|_| follow(&journal, art.id, 0)).collect();
    for round in 1..=20 {
        let version = draw(&journal, art.id, None, vec![pixel(round, 1); 7]);
        let calls = store.calls();
        for follower in &mut followers {
            let glance = follower.glance(&ChangeLimits::default());
            let Glance::Followed(Followed::Changed(_, changes)) = glance else { panic!("{glance:?}") };
            assert_eq!(changes.version, version);
        }
        assert_eq!(store.calls(), calls);
    }
    // A state is a region; without anybody who follows, nothing is kept.
    journal.restore(write(&art), Version(0)).unwrap();
    let glance = followers[0].glance(&SMALL);
    assert!(matches!(glance, Glance::Followed(Followed::Changed(_, Changes { what: Changed::Region(_), .. }))));
    drop(followers);
    draw(&journal, art.id, None, vec![pixel(0, 1)]);
    draw(&journal, art.id, None, vec![pixel(0, 2)]);
    let mut late = follow(&journal, art.id, head(&journal, &art).0 - 1);
    assert_eq!(late.glance(&SMALL), Glance::InLog);
    assert!(late.next(&SMALL).unwrap().is_some());
    // What was kept before and what is kept now have a hole between them, which the log fills.
    let before = head(&journal, &art);
    draw(&journal, art.id, None, vec![pixel(3, 1)]);
    drop(late);
    draw(&journal, art.id, None, vec![pixel(4, 1)]);
    let mut again = follow(&journal, art.id, before.0);
    draw(&journal, art.id, None, vec![pixel(5, 1)]);
    let Some(Followed::Changed(_, changes)) = again.next(&SMALL).unwrap() else { panic!("nothing") };
    assert_eq!(changes.what, Changed::Pixels(vec![pixel(3, 1), pixel(4, 1), pixel(5, 1)]));
}

/// Nobody sees a change that is not durable, or that was rolled back.
#[test]
fn what_failed_is_not_followed() {
    let (journal, store) = journal();
    let art = canvas(&journal, "art", 3, 3);
    let mut follower = follow(&journal, art.id, 0);
    let mut seen = Vec::new();
    store.set_full(true);
    let append = pixlog::journal::Append {
        canvas: art.id,
        pixels: vec![pixel(0, 9)],
        author: None,
        source: pixlog::canvas::Source::Api,
        expectation: pixlog::journal::Expectation::Any,
        records: pixlog::journal::Records::default(),
    };
    assert!(journal.append(append).is_err());
    assert_eq!(follower.glance(&SMALL), Glance::Idle);
    store.set_full(false);
    draw(&journal, art.id, None, vec![pixel(1, 1)]);
    while let Glance::Followed(followed) = follower.glance(&SMALL) {
        seen.push(followed);
    }
    let wanted = Changes { from: Version(0), version: Version(1), what: Changed::Pixels(vec![pixel(1, 1)]) };
    assert_eq!(seen, [Followed::Changed(art.id, wanted)]);
}

/// Many states in a row are one region to somebody who wants it so, whether they stand in memory or in the log.
#[test]
fn states_in_a_row_can_be_one_region() {
    let (journal, _) = journal();
    let art = canvas(&journal, "art", 30, 30);
    draw(&journal, art.id, None, vec![Numbers(1).pixel(art.size)]);
    let mut followers = [follow(&journal, art.id, 1), follow(&journal, art.id, 1)];
    for x in 0..5 {
        let colour = Colour::from_rgb_number(x);
        paint(&journal, &art, Rect { x, y: 2 * x, w: 3, h: 2 }, None, |_| colour);
    }
    let limits = ChangeLimits { states_to_head: true, ..ChangeLimits::default() };
    let whole =
        Changes { from: Version(1), version: Version(6), what: Changed::Region(Rect { x: 0, y: 0, w: 7, h: 10 }) };
    let Glance::Followed(in_memory) = followers[0].glance(&limits) else { panic!("it is in memory") };
    assert_eq!(in_memory, Followed::Changed(art.id, whole.clone()));
    assert_eq!(journal.changes_since(art.id, Version(1), &limits).unwrap(), Some(whole));
    // Without that they are told one by one.
    let apart = followers[1].next(&ChangeLimits::default()).unwrap();
    let first =
        Changes { from: Version(1), version: Version(2), what: Changed::Region(Rect { x: 0, y: 0, w: 3, h: 2 }) };
    assert_eq!(apart, Some(Followed::Changed(art.id, first)));
}
