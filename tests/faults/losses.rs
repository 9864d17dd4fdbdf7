//! What damage once led to, by name.

use std::sync::Arc;

use pixlog::canvas::{Author, BlockNumber, CanvasId, Version};
use pixlog::format::key;
use pixlog::journal::{Append, Current, Journal, JournalError, NewCanvas, Options, Records};
use pixlog::store::MemoryStore;

use crate::common::check::read;
use crate::common::op::{Expects, Op};
use crate::common::world::World;
use crate::damage::{copy, kind, one_pixel, prepare, world};

fn damaged_world() -> (World, MemoryStore) {
    let world = world();
    let store = world.medium.memory().unwrap().clone();
    (world, store)
}

fn append(world: &mut World, canvas: usize, count: usize, seed: u64) -> Result<(), String> {
    world.apply(&Op::Append { canvas, count, seed, expects: Expects::Anything, with_records: false })
}

/// A tail record lost while its canvas is in use: the writer, when it loads the tail again, once put the next block's
/// entries in each other's places.
#[test]
fn a_tail_lost_in_use_stops_the_writer() {
    let (mut world, store) = damaged_world();
    append(&mut world, 0, 1, 50).unwrap();
    let tails: Vec<_> =
        store.keys().into_iter().filter(|at| at.starts_with(&key::tails(world.canvas(0).id()))).collect();
    assert!(tails.len() >= 2, "{} tail records", tails.len());
    store.remove(&tails[1]);
    // The writer gives up what it has in memory.
    world.apply(&Op::Full).unwrap();
    let problem = append(&mut world, 0, 600, 51).unwrap_err();
    assert!(problem.contains(&key::describe(&tails[1])), "{problem}");
}

/// The newest block lost, with a tail behind it: the log once ended before it, and went on from there.
#[test]
fn a_lost_block_does_not_shorten_the_log() {
    let (world, store) = damaged_world();
    let id = world.canvas(1).id();
    let newest = store.keys().into_iter().rfind(|at| at.starts_with(&key::blocks(id))).unwrap();
    store.remove(&newest);
    let journal = Journal::open(Arc::new(store.reopen()), Options::default()).unwrap();
    let error = journal.head(id).unwrap_err().to_string();
    assert!(error.contains(&key::describe(&newest)), "{error}");
}

/// A new canvas was once given the number, and so the entries, of one whose own record is lost.
#[test]
fn a_lost_canvas_does_not_give_its_number_away() {
    let (world, store) = damaged_world();
    let lost = world.canvas(1).canvas.clone();
    store.remove(&key::canvas(lost.id));
    let journal = Journal::open(Arc::new(store.reopen()), Options::default()).unwrap();
    let new = NewCanvas { name: None, size: lost.size, mode: lost.mode, background: lost.background };
    let new = journal.create_canvas(new, Records::default()).unwrap();
    assert!(new.id > lost.id);
    assert_eq!(journal.head(new.id).unwrap().version, Version(0));
    let error = journal.canvas_named(&lost.name).unwrap_err();
    assert!(matches!(error, JournalError::Corrupt { .. }), "{error}");
}

/// Where a snapshot's data was lost, the next one was once stored under its number: the older snapshot then showed the
/// newer one's cells.
#[test]
fn lost_data_does_not_give_its_number_away() {
    let mut world = World::in_memory(Options { snapshot_blocks_min: 0, ..Options::default() });
    world.restart().unwrap();
    world.apply(&Op::Create { shape: 4, is_rgba: false, seed: 1 }).unwrap();
    append(&mut world, 0, 512, 1).unwrap();
    world.apply(&Op::Settle).unwrap();
    let store = world.medium.memory().unwrap().clone();
    let is_data = |at: &Vec<u8>| at[0] == b'd';
    let lost: Vec<_> = store.keys().into_iter().filter(is_data).collect();
    assert!(!lost.is_empty(), "a snapshot was taken");
    for at in &lost {
        store.remove(at);
    }
    // No check in between, which would find the damage and have it replaced.
    let journal = Journal::open(Arc::new(store.reopen()), world.options.clone()).unwrap();
    journal.close();
    drop(journal);
    let journal = Journal::open(Arc::new(store.reopen()), world.options.clone()).unwrap();
    let pixels: Vec<_> = world.canvas(0).log.iter().flat_map(|logged| logged.pixels.clone()).rev().collect();
    journal.append(Append { pixels, ..one_pixel(world.canvas(0).id()) }).unwrap();
    journal.settle();
    let given: Vec<_> = store.keys().into_iter().filter(is_data).collect();
    assert!(!given.is_empty(), "another snapshot was taken");
    assert!(given.iter().all(|at| !lost.contains(at)), "the same number again");
    read(&journal, world.canvas(0), Version(512), world.canvas(0).canvas.size.rect()).unwrap();
}

/// One damaged record of the current canvas once kept the whole store from opening.
#[test]
fn a_damaged_current_canvas_leaves_the_others_served() {
    let (mut world, store) = damaged_world();
    append(&mut world, 0, 5, 2).unwrap();
    world.apply(&Op::Append { canvas: 0, count: 1, seed: 3, expects: Expects::Anything, with_records: true }).unwrap();
    assert_eq!(world.model.current.map(|current| current.canvas), Some(world.canvas(0).id()));
    let tail = store.keys().into_iter().rfind(|at| at.starts_with(&key::tails(world.canvas(0).id()))).unwrap();
    store.corrupt(&tail, |record| record[0] ^= 1);
    let journal = Journal::open(Arc::new(store.reopen()), Options::default()).unwrap();
    let other = world.canvas(1);
    read(&journal, other, other.head(), other.canvas.size.rect()).unwrap();
    let error = journal.head(world.canvas(0).id()).unwrap_err().to_string();
    assert!(error.contains(&key::describe(&tail)), "{error}");
}

/// The record of what is current damaged: it alone cannot be told, until it is set again.
#[test]
fn a_damaged_current_record_is_named_and_can_be_set_again() {
    let (world, store) = damaged_world();
    store.corrupt(&key::current(), |record| record[3] ^= 1);
    let journal = Journal::open(Arc::new(store.reopen()), Options::default()).unwrap();
    let error = journal.current().unwrap_err().to_string();
    assert!(error.contains("system record 1"), "{error}");
    let current = Current { canvas: world.canvas(1).id(), run: None };
    journal.write_records(Records { run: None, current: Some(current) }).unwrap();
    assert_eq!(journal.current().unwrap(), Some(current));
    let journal = Journal::open(Arc::new(store.reopen()), Options::default()).unwrap();
    assert_eq!(journal.current().unwrap(), Some(current));
}

/// An image that stands whole in a snapshot does not need the log, and a damaged record of it does no harm.
#[test]
fn an_image_in_a_snapshot_needs_no_log() {
    let prepared = prepare();
    let (id, version) = *prepared.snapshots.last().unwrap();
    let model = prepared.model.canvases.iter().find(|canvas| canvas.id().0 == id).unwrap();
    let store = copy(&prepared.records);
    for at in store.keys().iter().filter(|at| at.starts_with(&key::blocks(model.id()))) {
        let is_newest = (key::number(at, 1).unwrap() + 1) * 512 > model.head().0 - 512;
        if !is_newest {
            store.corrupt(at, |record| record[20] ^= 1);
        }
    }
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    let mut reader = journal.image_at(model.id(), version, model.canvas.size.rect()).unwrap();
    let band = reader.next_band().unwrap().unwrap();
    assert!(band.data() == model.image_at(version));
    assert!(journal.image_at(model.id(), Version(5), model.canvas.size.rect()).unwrap().next_band().is_err());
}

/// A damaged snapshot was once dropped before its replacement was there: where the log is damaged too, there is none,
/// and what was whole in it was lost.
#[test]
fn a_damaged_snapshot_over_a_damaged_log_is_kept() {
    let prepared = prepare();
    let store = copy(&prepared.records);
    let (id, version) = *prepared.snapshots.iter().rfind(|(id, _)| *id == 2).unwrap();
    let canvas = CanvasId(id);
    let manifest = key::snapshot(canvas, version, 0);
    store.corrupt(&key::block(canvas, BlockNumber(0)), |record| record[20] ^= 1);
    let at = store
        .keys()
        .into_iter()
        .find(|at| kind(at, &prepared.of_snapshots) == 'D' && at.starts_with(&key::data_of(canvas)));
    store.corrupt(&at.unwrap(), |record| record[20] ^= 1);
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    let size = prepared.model.canvases[1].canvas.size;
    for _ in 0..2 {
        let outcome = journal.image_at(canvas, version, size.rect()).unwrap().next_band();
        assert!(outcome.is_err());
        journal.settle();
    }
    assert!(store.keys().contains(&manifest));
}

/// The author index is read when an author writes for the first time: damaged, it is an error for that author alone.
#[test]
fn a_damaged_author_index_is_named() {
    let (world, store) = damaged_world();
    let alice = Author { name: "alice".to_owned(), authenticated: false };
    let index = key::author_name(world.canvas(0).id(), &alice);
    assert!(store.corrupt(&index, |record| record[3] ^= 1), "alice has written");
    let journal = Journal::open(Arc::new(store.reopen()), Options::default()).unwrap();
    let append = |author| Append { author, ..one_pixel(world.canvas(0).id()) };
    let error = journal.append(append(Some(alice))).unwrap_err().to_string();
    assert!(error.contains(&key::describe(&index)), "{error}");
    assert_eq!(journal.append(append(None)).unwrap().version, world.canvas(0).head().after(1));
}
