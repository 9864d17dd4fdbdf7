//! Deltas: with them, without them and with damaged ones every answer is the same.

use std::fmt::Write as _;
use std::sync::Arc;

use pixlog::canvas::{CellIndex, Mode, Permutation, Pixel, Rect, Size, TileGrid, Version};
use pixlog::format::DELTA_ENTRIES;
use pixlog::journal::{DiffQuery, EntryFilter, FramesQuery, HistoryQuery, Journal, Options};
use pixlog::store::{Batch, MemoryStore, Order, Store};

use crate::model::{Model, Step, colour, colours, pages};

const DELTA: u8 = b'x';

fn options(deltas: bool) -> Options {
    Options { deltas, delta_image_bytes_min: 0, band_bytes: 100_000, snapshot_blocks_min: 600, ..Options::default() }
}

/// Three stretches of the log, the second with a state in it, and a rest; pixels all over the canvas in the first, in the
/// upper two rows of tiles in the second and some of the third, in the uppermost in the rest.
fn model(store: &MemoryStore) -> Model {
    let mut model = Model::new(Arc::new(store.clone()), options(true), Size::new(700, 530).unwrap(), Mode::Rgb);
    let entries = u32::try_from(DELTA_ENTRIES).unwrap();
    let [cells, upper, uppermost] = [700 * 530, 300_000, 140_000].map(|cells| (Permutation::new(cells, 3), cells));
    let mut written = 0u32;
    let mut write = |model: &mut Model, upto: u32, (cells, modulo): &(Permutation, u32)| {
        while written < upto {
            let end = upto.min(written + 50_000);
            let pixel = |n: u32| Pixel {
                cell: CellIndex(cells.get(n % *modulo).unwrap()),
                colour: colour(n.to_le_bytes()[0] ^ n.to_le_bytes()[1], Mode::Rgb),
            };
            model.append((written..end).map(pixel).collect(), None);
            written = end;
        }
    };
    write(&mut model, entries + 1_000, &cells);
    model.step(&Step::State(Rect { x: 2, y: 3, w: 12, h: 6 }, 3, true));
    write(&mut model, 2 * entries + 100_000, &upper);
    write(&mut model, 3 * entries + 7_000, &uppermost);
    model.journal.settle();
    model
}

fn delta_keys(store: &MemoryStore) -> Vec<Vec<u8>> {
    let found = store.scan(&[DELTA], &[DELTA + 1], Order::Ascending, usize::MAX).unwrap();
    found.into_iter().map(|(key, _)| key).collect()
}

/// Much of what a client can see, as one text.
fn answers(journal: &Journal, model: &Model) -> String {
    let (id, head, size) = (model.canvas, model.head(), model.size);
    let mut text = String::new();
    let mut add = |what: &dyn std::fmt::Debug| writeln!(text, "{what:?}").unwrap();
    for step in 1..=7 {
        let version = Version(head.0 * step / 7);
        for region in [size.rect(), Rect { x: 250, y: 200, w: 90, h: 80 }, Rect { x: 5, y: 520, w: 1, h: 1 }] {
            let mut reader = journal.image_at(id, version, region).unwrap();
            while let Some(band) = reader.next_band().unwrap() {
                add(&crc32c::crc32c(band.data()));
            }
        }
        for (z, x, y) in [(2, 0, 0), (2, 2, 2), (1, 1, 0), (0, 0, 0)] {
            add(&crc32c::crc32c(journal.tile(id, version, z, x, y).unwrap().data()));
        }
        add(&journal.pixel_at(id, version, 5, 520).unwrap());
        add(&journal.pixel_at(id, version, 250, 150).unwrap());
        add(&journal.tiles_changed(id, version).unwrap());
    }
    add(&journal.tiles_changed(id, Version(2 * DELTA_ENTRIES + 101_000)).unwrap());
    for kind in [None, Some(pixlog::journal::Kind::State)] {
        let region = Some(Rect { x: 650, y: 515, w: 50, h: 15 });
        let filter = EntryFilter { kind, region, ..EntryFilter::default() };
        for order in [Order::Ascending, Order::Descending] {
            let query = HistoryQuery { order, after: None, before: None, limit: 50, filter: filter.clone() };
            let entries = pages(&query, |query| {
                let page = journal.history(id, query).unwrap();
                (page.entries, page.next)
            });
            add(&(entries.len(), crc32c::crc32c(format!("{entries:?}").as_bytes())));
            let query = HistoryQuery { filter: EntryFilter::default(), ..query };
            let of_cell = pages(&query, |query| {
                let page = journal.pixel_history(id, 100, 100, query).unwrap();
                (page.entries, page.next)
            });
            add(&of_cell);
        }
    }
    let mut frames = journal.frames(id, FramesQuery { from: Version(9), to: head, count: 3, side_max: 64 }).unwrap();
    while let Some(frame) = frames.next_frame().unwrap() {
        add(&crc32c::crc32c(frame.raster.data()));
    }
    let region = size.rect();
    let query = DiffQuery { from: Version(0), to: head, region, after: None, limit: 3, is_counted: true };
    add(&journal.diff(id, &query).unwrap());
    text
}

fn problems(journal: &Journal, model: &Model) -> Vec<String> {
    let mut found = Vec::new();
    journal.verify(model.canvas, &mut |_| {}, &mut |problem| found.push(problem)).unwrap();
    found
}

#[test]
fn answers_are_the_same_with_and_without_deltas() {
    let store = MemoryStore::new();
    let model = model(&store);
    let stats = model.journal.stats(model.canvas).unwrap();
    assert_eq!((stats.deltas, stats.states, stats.pixels), (3, 1, model.head().0 - 1));
    assert!(stats.snapshots >= 1, "{stats:?}");
    assert_eq!(problems(&model.journal, &model), Vec::<String>::new());
    let head = model.head();
    assert!(model.journal_image(head) == model.image(head), "the newest image is the model's");
    let cropped = model.journal.tile(model.canvas, head, 2, 2, 2).unwrap();
    let (image, grid) = (model.image(head), TileGrid::new(model.size));
    let rect = grid.rect(pixlog::canvas::TileIndex(8)).unwrap();
    let rows = (rect.y..rect.y + rect.h).flat_map(|y| (rect.x..rect.x + rect.w).map(move |x| (y * 700 + x) as usize));
    assert!(colours(&cropped) == rows.map(|cell| image[cell]).collect::<Vec<_>>(), "so is a tile of it");

    let with = answers(&model.journal, &model);
    model.journal.close();
    let without = Journal::open(Arc::new(store.reopen()), options(false)).unwrap();
    assert_eq!(answers(&without, &model), with);
}

/// Deltas are derived: whoever deletes them gets them back.
#[test]
fn deleted_deltas_are_taken_again() {
    let store = MemoryStore::new();
    let model = model(&store);
    let with = answers(&model.journal, &model);
    model.journal.close();
    let store = store.reopen();
    let (mut batch, keys) = (Batch::new(), delta_keys(&store));
    for key in &keys {
        batch.delete(key.clone());
    }
    store.commit(&batch).unwrap();
    let journal = Journal::open(Arc::new(store.clone()), options(true)).unwrap();
    assert_eq!(answers(&journal, &model), with);
    journal.settle();
    assert_eq!(delta_keys(&store), keys);
    assert_eq!(problems(&journal, &model), Vec::<String>::new());
}

#[test]
fn damaged_deltas_are_passed_over_and_mended() {
    let store = MemoryStore::new();
    let model = model(&store);
    let with = answers(&model.journal, &model);
    model.journal.close();
    let keys = delta_keys(&store.reopen());
    // Of the first delta its directory, then a part of its bytes.
    for key in [&keys[0], &keys[20]] {
        let store = store.reopen();
        let whole = store.get(key).unwrap().unwrap().to_vec();
        let mut damaged = whole.clone();
        damaged[9] ^= 4;
        let mut batch = Batch::new();
        batch.put(key.clone(), damaged);
        store.commit(&batch).unwrap();
        let journal = Journal::open(Arc::new(store.clone()), options(true)).unwrap();
        assert_eq!(problems(&journal, &model).len(), 1);
        assert_eq!(answers(&journal, &model), with);
        journal.settle();
        assert_eq!(store.get(key).unwrap().map(|value| value.to_vec()), Some(whole));
        assert_eq!(problems(&journal, &model), Vec::<String>::new());
        journal.close();
    }
}

/// A delta that is whole and yet not what the log says is a bug, which only a comparison with the log can find.
#[test]
fn a_delta_that_differs_from_its_log_is_found() {
    let store = MemoryStore::new();
    let model = model(&store);
    model.journal.close();
    let store = store.reopen();
    let keys = delta_keys(&store);
    let body = pixlog::format::open_frame(&keys[1], &store.get(&keys[1]).unwrap().unwrap()).unwrap().to_vec();
    let mut other = body.clone();
    *other.last_mut().unwrap() ^= 1;
    let mut batch = Batch::new();
    batch.put(keys[1].clone(), pixlog::format::seal_frame(&keys[1], &other));
    store.commit(&batch).unwrap();
    let journal = Journal::open(Arc::new(store), options(true)).unwrap();
    let found = problems(&journal, &model);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("is not what its log says"), "{found:?}");
}
