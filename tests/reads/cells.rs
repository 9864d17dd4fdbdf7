//! One cell: its colour, the entry that gave it, its history.

use std::sync::Arc;

use pixlog::canvas::{CellIndex, Colour, Entry, Mode, Pixel, Rect, Size, Version};
use pixlog::format::{StateData, StateRecord, key, pixels_per_part};
use pixlog::journal::{CellColour, EntryFilter, HistoryQuery, JournalError, Options, Origin};
use pixlog::store::{MemoryStore, Order, Store};
use proptest::prelude::*;

use crate::model::{Model, Step, pages, steps};

/// The entries up to a version that set a cell, oldest first, and the colours they gave it.
fn entries_of(model: &Model, cell: CellIndex, version: Version) -> Vec<(Entry, Colour)> {
    let written = model.entries.iter().zip(&model.writes).take(usize::try_from(version.0).unwrap());
    let set = written.filter_map(|(entry, writes)| {
        let pixel = writes.iter().find(|pixel| pixel.cell == cell)?;
        Some((entry.clone(), pixel.colour))
    });
    set.collect()
}

fn check(model: &Model, cell: CellIndex, version: Version) {
    let (x, y) = model.size.position(cell);
    let expected = match entries_of(model, cell, version).pop() {
        Some((entry, colour)) => CellColour { colour, origin: Origin::Entry(entry) },
        None => CellColour { colour: Colour::WHITE, origin: Origin::Background },
    };
    let found = model.journal.pixel_at(model.canvas, version, x, y).unwrap();
    match found.origin {
        // It gave up, which it may do only in front of the entry.
        Origin::AtOrBefore(reached) => {
            assert_eq!(found.colour, expected.colour, "{x},{y} at {version}");
            let is_before = |entry: &Entry| entry.version <= reached;
            assert!(reached < version && !matches!(&expected.origin, Origin::Entry(entry) if !is_before(entry)));
        }
        _ => assert_eq!(found, expected, "{x},{y} at {version}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_cell_has_the_colour_of_its_last_entry(steps in steps(), cells in proptest::collection::vec(0u32..340, 1..9)) {
        let model = Model::written(Size::new(20, 17).unwrap(), Mode::Rgba, &steps);
        for version in model.some_versions(7) {
            for cell in [0].into_iter().chain(cells.iter().copied()) {
                check(&model, CellIndex(cell), version);
            }
        }
    }

    #[test]
    fn the_history_of_a_cell_has_every_entry_that_set_it(
        steps in steps(),
        cell in 0u32..340,
        limit in 1usize..5,
        is_ascending in any::<bool>(),
        bounds in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let model = Model::written(Size::new(20, 17).unwrap(), Mode::Rgb, &steps);
        let (x, y) = model.size.position(CellIndex(cell));
        let order = if is_ascending { Order::Ascending } else { Order::Descending };
        let bound = |index: prop::sample::Index| Version(index.index(model.writes.len() + 3) as u64);
        let (after, before) = (bound(bounds.0), bound(bounds.1));
        let query = HistoryQuery {
            order,
            after: Some(after),
            before: Some(before),
            limit,
            filter: EntryFilter::default(),
        };
        let found = pages(&query, |query| {
            let page = model.journal.pixel_history(model.canvas, x, y, query).unwrap();
            (page.entries, page.next)
        });
        let mut expected: Vec<_> = entries_of(&model, CellIndex(cell), model.head())
            .into_iter()
            .map(|(entry, _)| entry)
            .filter(|entry| entry.version > after && entry.version < before)
            .collect();
        if order == Order::Descending {
            expected.reverse();
        }
        prop_assert_eq!(found, expected);
    }
}

/// States of each of the three ways in which they are stored: in their record, as parts, as tiles.
#[test]
fn states_of_every_size_count_for_the_cells_that_they_changed() {
    let store = MemoryStore::new();
    let mut model = Model::new(Arc::new(store.clone()), Options::default(), Size::new(300, 270).unwrap(), Mode::Rgb);
    // Noise, so that tiles do not compress well.
    let noise = |n: u32| (n.wrapping_mul(2_654_435_761), n.wrapping_mul(40_503).to_be_bytes()[1]);
    model.step(&Step::Pixels((0..60_000).map(noise).collect(), None));
    model.step(&Step::State(Rect { x: 3, y: 3, w: 1, h: 1 }, 5, true));
    model.step(&Step::State(Rect { x: 1, y: 1, w: 5, h: 4 }, 1, true));
    model.step(&Step::State(Rect { x: 0, y: 0, w: 16, h: 16 }, 4, false));
    model.step(&Step::State(Rect { x: 2, y: 2, w: 13, h: 13 }, 4, false));
    model.step(&Step::State(Rect { x: 0, y: 0, w: 16, h: 16 }, 9, true));
    model.finish();
    assert_eq!(model.head().0, 60_004, "the fourth state changes nothing");
    let data = [60_001, 60_002, 60_003].map(|version| {
        let key = key::state(model.canvas, Version(version));
        StateRecord::decode(&key, &store.get(&key).unwrap().unwrap(), model.size).unwrap().data
    });
    assert!(matches!(data, [StateData::Inline(_), StateData::Staged { .. }, StateData::Tiles(_)]), "{data:?}");
    // The first and the last cells of parts of lists among them.
    let listed = model.writes[60_001].iter().step_by(pixels_per_part(Mode::Rgb)).map(|pixel| pixel.cell.0);
    let around: Vec<u32> = listed.flat_map(|cell| [cell.saturating_sub(1), cell, cell + 1]).collect();
    for cell in (0..model.size.cells()).step_by(1_237).chain([model.size.cells() - 1]).chain(around) {
        for version in [59_999, 60_001, 60_002, 60_003, 60_004] {
            check(&model, CellIndex(cell), Version(version));
        }
    }
}

#[test]
fn the_search_for_an_entry_is_bounded() {
    let mut model = Model::written(Size::new(20, 17).unwrap(), Mode::Rgb, &[Step::Pixels(vec![(7, 3)], None)]);
    // A block's bounds are the whole canvas, and no pixel of it is the cell that is looked for.
    for _ in 0..20 {
        model.append(
            (8..340).chain(0..7).map(|cell| Pixel { cell: CellIndex(cell), colour: Colour::WHITE }).collect(),
            None,
        );
    }
    model.finish();
    let found = model.journal.pixel_at(model.canvas, model.head(), 7, 0).unwrap();
    assert_eq!(found.colour, crate::model::colour(3, Mode::Rgb));
    assert!(matches!(found.origin, Origin::AtOrBefore(reached) if reached > Version(1)), "{found:?}");
    let found = model.journal.pixel_at(model.canvas, Version(900), 7, 0).unwrap();
    assert!(matches!(&found.origin, Origin::Entry(entry) if entry.version == Version(1)), "{found:?}");
}

#[test]
fn a_cell_outside_is_refused() {
    let model = Model::written(Size::new(4, 3).unwrap(), Mode::Rgb, &[]);
    for (x, y) in [(4, 0), (0, 3), (u32::MAX, u32::MAX)] {
        let error = model.journal.pixel_at(model.canvas, Version(0), x, y).err();
        assert!(matches!(error, Some(JournalError::BadRegion)), "{x},{y}: {error:?}");
    }
}
