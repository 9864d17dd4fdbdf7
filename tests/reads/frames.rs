//! Frames of a time-lapse.

use pixlog::canvas::{Colour, Mode, Sampling, Size, Version};
use pixlog::journal::FramesQuery;
use proptest::prelude::*;

use crate::model::{Model, colours, steps};

/// The cells of `image` that a picture shows.
fn sampled(model: &Model, image: &[Colour], sampling: &Sampling) -> Vec<Colour> {
    let cells = image.iter().enumerate().filter(|(cell, _)| {
        let cell = pixlog::canvas::CellIndex(u32::try_from(*cell).unwrap());
        let (x, y) = model.size.position(cell);
        sampling.column(x).is_some() && sampling.row(y).is_some()
    });
    cells.map(|(_, colour)| *colour).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn each_frame_is_its_version_made_smaller(
        steps in steps(),
        bounds in any::<(prop::sample::Index, prop::sample::Index)>(),
        count in 0u32..12,
        side_max in 1u32..50,
    ) {
        let model = Model::written(Size::new(40, 27).unwrap(), Mode::Rgb, &steps);
        let bound = |index: prop::sample::Index| index.index(model.writes.len() + 1) as u64;
        let (a, b) = (bound(bounds.0), bound(bounds.1));
        let query = FramesQuery { from: Version(a.min(b)), to: Version(a.max(b)), count, side_max };
        let mut frames = model.journal.frames(model.canvas, query).unwrap();
        let sampling = frames.sampling();
        let mut versions = Vec::new();
        while let Some(frame) = frames.next_frame().unwrap() {
            versions.push(frame.version);
            prop_assert_eq!(frame.raster.rect(), sampling.size().rect());
            prop_assert_eq!(colours(frame.raster), sampled(&model, &model.image(frame.version), &sampling));
        }
        prop_assert_eq!(versions.len(), frames.count() as usize);
        prop_assert_eq!(versions.len() as u64, u64::from(count).min(a.max(b) - a.min(b) + 1));
        prop_assert!(versions.is_sorted_by(|a, b| a < b), "{:?}", versions);
        if count > 0 {
            prop_assert_eq!(versions[0], query.from);
        }
        if let [_, .., last] = versions.as_slice() {
            prop_assert_eq!(*last, query.to);
        }
    }
}
