//! Versions by time, rows for players, timelines.

use std::collections::HashSet;

use pixlog::canvas::{Change, Mode, Size, Time, Version};
use pixlog::journal::{Bucket, JournalError};
use proptest::prelude::*;

use crate::model::{Model, Step, steps};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_time_names_the_last_version_at_or_before_it(steps in steps()) {
        let model = Model::written(Size::new(20, 17).unwrap(), Mode::Rgb, &steps);
        let created = model.journal.canvas(model.canvas).unwrap().created_at;
        let times: HashSet<Time> = model.entries.iter().map(|entry| entry.time).chain([created]).collect();
        for time in times.into_iter().flat_map(|Time(time)| [time - 1, time, time + 1]).map(Time) {
            let expected = model.entries.iter().filter(|entry| entry.time <= time).count() as u64;
            prop_assert_eq!(model.journal.version_at(model.canvas, time).unwrap(), Version(expected), "{:?}", time);
        }
        prop_assert_eq!(model.journal.version_at(model.canvas, Time(i64::MIN)).unwrap(), Version(0));
        prop_assert_eq!(model.journal.version_at(model.canvas, Time(i64::MAX)).unwrap(), model.head());
    }

    #[test]
    fn rows_for_players_hold_all_pixels_and_stop_at_states(steps in steps(), limit in 1usize..700, is_rgb in any::<bool>()) {
        let mode = if is_rgb { Mode::Rgb } else { Mode::Rgba };
        let model = Model::written(Size::new(20, 17).unwrap(), mode, &steps);
        let (mut after, mut seen) = (Version(0), 0u64);
        loop {
            let found = model.journal.log_rows(model.canvas, after, limit).unwrap();
            let rows: Vec<_> = found.rows.chunks_exact(4 + mode.channels()).collect();
            prop_assert!(rows.len() <= limit);
            prop_assert_eq!(found.upto.0, after.0 + rows.len() as u64);
            prop_assert_eq!(found.head, model.head());
            for row in rows {
                let pixel = model.writes[usize::try_from(seen).unwrap()][0];
                let expected = [pixel.cell.0.to_le_bytes().as_slice(), pixel.colour.bytes(mode)].concat();
                prop_assert_eq!(row, expected);
                seen += 1;
            }
            after = found.upto;
            if let Some(state) = found.state {
                prop_assert_eq!(state.0, seen + 1);
                let entry = &model.entries[usize::try_from(seen).unwrap()];
                prop_assert!(matches!(entry.change, Change::State { .. }), "version {} is a state", state);
                seen += 1;
                after = state;
            } else if after == model.head() {
                break;
            } else {
                prop_assert_eq!(found.rows.len(), limit * (4 + mode.channels()), "nothing else ends a page early");
            }
        }
        prop_assert_eq!(seen, model.head().0);
    }

    #[test]
    fn timelines_count_every_entry(steps in steps(), count in 1u32..40, from in any::<prop::sample::Index>()) {
        let model = Model::written(Size::new(20, 17).unwrap(), Mode::Rgb, &steps);
        let (head, from) = (model.head(), Version(from.index(model.writes.len() + 1) as u64));
        let timeline = model.journal.timeline(model.canvas, from, head, count).unwrap();
        prop_assert!(timeline.is_exact);
        prop_assert_eq!(timeline.buckets.len() as u64, u64::from(count).min(head.0 - from.0));
        let mut reached = from;
        for Bucket { from, to, time, changed, authors } in timeline.buckets {
            prop_assert_eq!(from, reached);
            reached = to;
            let range = usize::try_from(from.0).unwrap()..usize::try_from(to.0).unwrap();
            let entries = &model.entries[range.clone()];
            let different: HashSet<_> = entries.iter().map(|entry| &entry.author).collect();
            let cells: usize = model.writes[range].iter().map(Vec::len).sum();
            prop_assert_eq!((changed, authors as usize), (cells as u64, different.len()));
            prop_assert_eq!(Some(time), entries.last().map(|entry| entry.time));
        }
        prop_assert_eq!(reached, head);
    }
}

#[test]
fn what_is_beyond_the_head_does_not_exist() {
    let model = Model::written(Size::new(4, 4).unwrap(), Mode::Rgb, &[Step::Pixels(vec![(1, 1), (2, 2)], None)]);
    let (id, beyond) = (model.canvas, Version(3));
    let is_refused = |error: Option<JournalError>| match error {
        Some(JournalError::NoVersion { asked, head }) => (asked, head) == (beyond, Version(2)),
        _ => false,
    };
    assert!(is_refused(model.journal.log_rows(id, beyond, 1).err()), "rows");
    assert!(is_refused(model.journal.timeline(id, Version(0), beyond, 1).err()), "timeline");
    assert!(is_refused(model.journal.pixel_at(id, beyond, 0, 0).err()), "pixel");
    assert!(is_refused(model.journal.tile(id, beyond, 0, 0, 0).err()), "tile");
    assert!(is_refused(model.journal.tiles_changed(id, beyond).err()), "tiles");
}

#[test]
fn an_empty_canvas_has_an_empty_timeline() {
    let model = Model::written(Size::new(4, 4).unwrap(), Mode::Rgb, &[]);
    let timeline = model.journal.timeline(model.canvas, Version(0), Version(0), 10).unwrap();
    assert_eq!((timeline.buckets.len(), timeline.is_exact), (0, true));
    assert_eq!(model.journal.version_at(model.canvas, Time(i64::MAX)).unwrap(), Version(0));
}
