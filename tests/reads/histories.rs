//! Pages of history under every filter.

use pixlog::canvas::{Change, Entry, Mode, Rect, Size, Time, Version};
use pixlog::journal::{EntryFilter, HistoryQuery, Kind};
use pixlog::store::Order;
use proptest::prelude::*;

use crate::model::{Model, pages, steps};

fn is_shown(model: &Model, filter: &EntryFilter, entry: &Entry) -> bool {
    let (kind, is_in_region) = match entry.change {
        Change::Pixel(pixel) => {
            let (x, y) = model.size.position(pixel.cell);
            (Kind::Pixel, filter.region.is_none_or(|region| region.contains(x, y)))
        }
        Change::State { region, .. } => {
            (Kind::State, filter.region.is_none_or(|wanted| wanted.intersection(region).is_some()))
        }
    };
    let author = entry.author.as_ref().map(|author| author.name.as_str());
    is_in_region
        && filter.kind.is_none_or(|wanted| wanted == kind)
        && filter.author.as_deref().is_none_or(|wanted| author == Some(wanted))
        && filter.since.is_none_or(|since| entry.time >= since)
        && filter.until.is_none_or(|until| entry.time <= until)
}

fn filters() -> impl Strategy<Value = (EntryFilter, Option<prop::sample::Index>, Option<prop::sample::Index>)> {
    let kind = proptest::option::of(prop_oneof![Just(Kind::Pixel), Just(Kind::State)]);
    let author = proptest::option::of(prop_oneof![Just("author 0"), Just("author 1"), Just("stranger")]);
    let region =
        proptest::option::of((0u32..24, 0u32..24, 1u32..9, 1u32..9).prop_map(|(x, y, w, h)| Rect { x, y, w, h }));
    let index = || proptest::option::of(any::<prop::sample::Index>());
    (kind, author, region, index(), index()).prop_map(|(kind, author, region, since, until)| {
        (EntryFilter { kind, author: author.map(str::to_owned), region, since: None, until: None }, since, until)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn pages_show_each_matching_entry_once(
        steps in steps(),
        (mut filter, since, until) in filters(),
        limit in 1usize..600,
        is_ascending in any::<bool>(),
    ) {
        let model = Model::written(Size::new(20, 17).unwrap(), Mode::Rgb, &steps);
        let time = |index: prop::sample::Index| {
            let Time(time) = model.entries.get(index.index(model.entries.len().max(1))).map_or(Time(0), |it| it.time);
            Time(time + i64::try_from(index.index(3)).unwrap() - 1)
        };
        (filter.since, filter.until) = (since.map(time), until.map(time));
        let order = if is_ascending { Order::Ascending } else { Order::Descending };
        let query = HistoryQuery { order, after: None, before: None, limit, filter };
        let found = pages(&query, |query| {
            let page = model.journal.history(model.canvas, query).unwrap();
            assert_eq!(page.head, model.head());
            (page.entries, page.next)
        });
        let mut expected: Vec<_> =
            model.entries.iter().filter(|entry| is_shown(&model, &query.filter, entry)).cloned().collect();
        if order == Order::Descending {
            expected.reverse();
        }
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_full_page_that_nothing_follows_is_the_last() {
    let model =
        Model::written(Size::new(9, 9).unwrap(), Mode::Rgb, &[crate::model::Step::Pixels(vec![(3, 1); 600], None)]);
    let query = |limit, before| HistoryQuery {
        order: Order::Descending,
        after: None,
        before,
        limit,
        filter: EntryFilter::default(),
    };
    let next = |limit, before| model.journal.history(model.canvas, &query(limit, before)).unwrap().next;
    assert_eq!(next(600, None), None);
    assert_eq!(next(599, None), Some(Version(2)));
    assert_eq!(next(1, Some(Version(2))), None);
    assert_eq!(next(0, None), None);
}
