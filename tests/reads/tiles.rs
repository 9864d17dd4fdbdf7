//! Tiles of every zoom, and which of them changed.

use std::collections::BTreeSet;

use pixlog::canvas::{Change, Mode, Rect, Size, TileGrid, TileIndex, Version};
use pixlog::journal::JournalError;

use crate::model::{Model, Step, colours};

fn model() -> Model {
    let numbers = |count: u32, times: u32| (0..count).map(|n| (n.wrapping_mul(times), 3)).collect();
    let steps = [
        Step::Pixels(numbers(1_500, 2_654_435_761), None),
        Step::State(Rect { x: 1, y: 2, w: 9, h: 3 }, 5, true),
        Step::Pixels(numbers(700, 7), Some(1)),
        Step::State(Rect { x: 0, y: 0, w: 16, h: 16 }, 8, true),
        Step::Pixels(numbers(900, 40_503), None),
    ];
    Model::written(Size::new(600, 300).unwrap(), Mode::Rgb, &steps)
}

#[test]
fn every_tile_of_every_zoom_is_sampled_from_its_version() {
    let model = model();
    let grid = TileGrid::new(model.size);
    assert_eq!(grid.max_zoom(), 2);
    let mut shown = 0;
    for version in model.some_versions(6) {
        let image = &model.image(version);
        for (z, x, y) in (0..4).flat_map(|z| (0..4).flat_map(move |x| (0..3).map(move |y| (z, x, y)))) {
            let step = 4 >> z;
            let (left, top) = (x * 256 * step, y * 256 * step);
            if z > 2 || left >= 600 || top >= 300 {
                let error = model.journal.tile(model.canvas, version, z, x, y).err();
                assert!(matches!(error, Some(JournalError::BadRegion)), "{z}/{x}/{y}: {error:?}");
                continue;
            }
            let tile = model.journal.tile(model.canvas, version, z, x, y).unwrap();
            let columns = || (left..(left + 256 * step).min(600)).step_by(step as usize);
            let rows = (top..(top + 256 * step).min(300)).step_by(step as usize);
            let expected: Vec<_> = rows.flat_map(|y| columns().map(move |x| image[(y * 600 + x) as usize])).collect();
            assert_eq!(tile.rect().w as usize, columns().count());
            assert_eq!(colours(&tile), expected, "{z}/{x}/{y} at {version}");
            shown += 1;
        }
    }
    assert_eq!(shown, 7 * (6 + 2 + 1));
}

#[test]
fn every_changed_tile_is_named() {
    let model = model();
    let grid = TileGrid::new(model.size);
    for since in model.some_versions(40) {
        let later = usize::try_from(since.0).unwrap();
        let written = model.writes[later..].iter().flatten().map(|pixel| grid.tile_of(pixel.cell));
        let must: BTreeSet<TileIndex> = written.collect();
        let sent = model.entries[later..].iter().flat_map(|entry| match entry.change {
            Change::Pixel(pixel) => vec![grid.tile_of(pixel.cell)],
            Change::State { region, .. } => grid.tiles_in(region).collect(),
        });
        let may: BTreeSet<TileIndex> = sent.collect();
        let (head, found) = model.journal.tiles_changed(model.canvas, since).unwrap();
        assert_eq!(head, model.head());
        assert!(found.is_sorted(), "{found:?}");
        let found: BTreeSet<TileIndex> = found.into_iter().collect();
        assert!(must.is_subset(&found) && found.is_subset(&may), "since {since}: {must:?} {found:?} {may:?}");
    }
    assert_eq!(model.journal.tiles_changed(model.canvas, model.head()).unwrap(), (model.head(), Vec::new()));
    let last = Version(model.head().0 - 900);
    assert_eq!(model.journal.tiles_changed(model.canvas, last).unwrap().1.len(), 6);
}
