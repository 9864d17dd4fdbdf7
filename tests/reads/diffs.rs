//! What differs between two versions.

use pixlog::canvas::{CellIndex, Mode, Rect, Size, Version};
use pixlog::journal::{DiffCount, DiffQuery, Difference};
use proptest::prelude::*;

use crate::model::{Model, Step, steps};

fn expected(model: &Model, from: Version, to: Version, region: Rect) -> Vec<Difference> {
    let (old, new) = (model.image(from), model.image(to));
    let cells = (0..model.size.cells()).map(CellIndex).filter(|cell| {
        let (x, y) = model.size.position(*cell);
        region.contains(x, y)
    });
    cells
        .map(|cell| Difference { cell, before: old[cell.0 as usize], after: new[cell.0 as usize] })
        .filter(|it| it.before != it.after)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pages_show_each_cell_that_differs_once(
        steps in steps(),
        versions in any::<(prop::sample::Index, prop::sample::Index)>(),
        (x, y, w, h) in (0u32..20, 0u32..17, 1u32..21, 1u32..18),
        limit in 1usize..90,
        is_counted in any::<bool>(),
        is_rgb in any::<bool>(),
    ) {
        let mode = if is_rgb { Mode::Rgb } else { Mode::Rgba };
        let model = Model::written(Size::new(20, 17).unwrap(), mode, &steps);
        let version = |index: prop::sample::Index| Version(index.index(model.writes.len() + 1) as u64);
        let (from, to) = (version(versions.0), version(versions.1));
        let region = Rect { x, y, w: w.min(20 - x), h: h.min(17 - y) };
        let expected = expected(&model, from, to, region);
        let mut query = DiffQuery { from, to, region, after: None, limit, is_counted };
        let mut found = Vec::new();
        loop {
            let page = model.journal.diff(model.canvas, &query).unwrap();
            prop_assert!(page.cells.len() <= limit);
            if let Some(DiffCount { changed, bounds }) = page.count {
                prop_assert_eq!(changed as usize, expected.len());
                let cells = expected.iter().map(|it| model.size.position(it.cell));
                let around = cells.map(|(x, y)| Rect { x, y, w: 1, h: 1 }).reduce(Rect::union);
                prop_assert_eq!(bounds, around);
            }
            prop_assert_eq!(page.count.is_some(), is_counted);
            found.extend(page.cells);
            query.after = page.next;
            if page.next.is_none() {
                break;
            }
        }
        prop_assert_eq!(found, expected);
    }
}

/// Between two versions of which only states tell what they touched.
#[test]
fn states_alone_make_a_difference() {
    let state = |x, seed| Step::State(Rect { x, y: 2, w: 2, h: 3 }, seed, true);
    let model = Model::written(Size::new(32, 32).unwrap(), Mode::Rgb, &[state(1, 1), state(9, 2), state(12, 3)]);
    for (from, to) in [(0, 1), (1, 3), (3, 1), (0, 3)].map(|(from, to)| (Version(from), Version(to))) {
        let region = model.size.rect();
        let query = DiffQuery { from, to, region, after: None, limit: usize::MAX, is_counted: false };
        let page = model.journal.diff(model.canvas, &query).unwrap();
        assert!(!page.cells.is_empty(), "{from} to {to}");
        assert_eq!(page.cells, expected(&model, from, to, region));
    }
}

#[test]
fn bands_show_both_versions_side_by_side() {
    let pixels = (0..2_000).map(|n| (n * 37, 1)).collect();
    let model = Model::written(Size::new(40, 30).unwrap(), Mode::Rgb, &[Step::Pixels(pixels, None)]);
    let query = DiffQuery {
        from: Version(500),
        to: Version(2_000),
        region: model.size.rect(),
        after: None,
        limit: 0,
        is_counted: false,
    };
    let mut bands = model.journal.diff_bands(model.canvas, &query).unwrap();
    let (mut old, mut new) = (Vec::new(), Vec::new());
    while let Some((before, after)) = bands.next_bands().unwrap() {
        assert_eq!(before.rect(), after.rect());
        old.extend(crate::model::colours(&before));
        new.extend(crate::model::colours(&after));
    }
    assert_eq!((old, new), (model.image(Version(500)), model.image(Version(2_000))));
}
