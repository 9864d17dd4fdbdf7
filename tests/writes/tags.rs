//! Tags: names for versions.

use std::collections::BTreeMap;
use std::sync::Arc;

use pixlog::canvas::{CanvasId, Tag, Version};
use pixlog::journal::{Answered, Expectation, Journal, JournalError, Options, TagWrite};
use pixlog::store::MemoryStore;
use proptest::prelude::*;

use crate::common::{append, create, error, key, open};
use crate::gated::GatedStore;

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

fn set(canvas: CanvasId, text: &str, version: Option<u64>) -> TagWrite {
    let expectation = Expectation::Any;
    TagWrite { canvas, tag: tag(text), version: version.map(Version), expectation, idempotency: None }
}

/// A canvas of three versions.
fn drawn(journal: &Journal) -> CanvasId {
    let id = create(journal, "a").id;
    (0..3).for_each(|colour| assert_eq!(journal.append(append(id, colour)).unwrap().version.0, u64::from(colour) + 1));
    id
}

fn all(journal: &Journal, canvas: CanvasId, limit: usize) -> Vec<(String, u64)> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = journal.tags(canvas, after.as_ref(), limit).unwrap();
        found.extend(page.tags.into_iter().map(|(tag, version)| (tag.to_string(), version.0)));
        after = page.next;
        if after.is_none() {
            return found;
        }
    }
}

#[test]
fn a_tag_names_a_version_until_it_is_moved_or_taken_away() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = drawn(&journal);
    journal.write_tag(set(id, "best", Some(2))).unwrap();
    assert_eq!(journal.tag(id, &tag("best")).unwrap(), Version(2));
    journal.write_tag(set(id, "best", Some(3))).unwrap();
    journal.write_tag(set(id, "empty", Some(0))).unwrap();
    assert_eq!(error(journal.write_tag(set(id, "best", Some(4)))), "NoVersion { asked: Version(4), head: Version(3) }");
    store.lose_power();
    let journal = open(&store.reopen());
    assert_eq!(all(&journal, id, 10), [("best".to_owned(), 3), ("empty".to_owned(), 0)]);
    journal.write_tag(set(id, "best", None)).unwrap();
    assert_eq!(error(journal.write_tag(set(id, "best", None))), "NoTag(Tag(\"best\"))");
    assert_eq!(error(journal.tag(id, &tag("best"))), "NoTag(Tag(\"best\"))");
    assert_eq!(error(journal.write_tag(set(CanvasId(9), "best", Some(0)))), "NoCanvasId(CanvasId(9))");
}

#[test]
fn a_tag_may_be_conditional_and_repeated() {
    let journal = open(&MemoryStore::new());
    let id = drawn(&journal);
    let moved = TagWrite { expectation: Expectation::Head(Version(2)), ..set(id, "best", Some(2)) };
    assert!(error(journal.write_tag(moved)).starts_with("HeadMoved"));
    let repeated = TagWrite { idempotency: Some(key(1, 1)), ..set(id, "best", Some(2)) };
    assert_eq!(journal.write_tag(repeated.clone()).unwrap(), Answered { outcome: false, replayed: false });
    journal.write_tag(set(id, "best", Some(3))).unwrap();
    assert_eq!(journal.write_tag(repeated.clone()).unwrap(), Answered { outcome: false, replayed: true });
    assert_eq!(journal.tag(id, &tag("best")).unwrap(), Version(3), "a repeat changes nothing");
    let other = TagWrite { idempotency: Some(key(1, 2)), ..repeated };
    assert_eq!(error(journal.write_tag(other)), "KeyReused");
}

#[test]
fn a_damaged_tag_is_reported() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = drawn(&journal);
    journal.write_tag(set(id, "best", Some(2))).unwrap();
    let found = store.keys().into_iter().find(|key| key[0] == b'v').unwrap();
    assert!(store.corrupt(&found, |bytes| bytes[1] ^= 1));
    assert!(error(journal.tag(id, &tag("best"))).contains("tag \\\"best\\\""));
    assert!(error(journal.tags(id, None, 10)).contains("tag \\\"best\\\""));
}

/// A tag shows what it named before until the change is durable, one by one and in lists.
#[test]
fn a_tag_is_visible_when_it_is_durable() {
    let store = GatedStore::new(MemoryStore::new());
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    let id = drawn(&journal);
    for text in ["b", "d"] {
        journal.write_tag(set(id, text, Some(1))).unwrap();
    }
    let before = all(&journal, id, 10);
    let changes = [set(id, "a", Some(2)), set(id, "b", Some(2)), set(id, "d", None), set(id, "e", Some(2))];
    for change in changes {
        let expected = journal.tag(id, &change.tag).ok();
        store.shut();
        std::thread::scope(|scope| {
            let write = scope.spawn(|| journal.write_tag(change.clone()).unwrap());
            store.wait_for_commit();
            let found = journal.tag(id, &change.tag).ok();
            let listed: Vec<_> = (1..4).map(|limit| all(&journal, id, limit)).collect();
            // Before anything is asserted, or a failure would wait for ever.
            store.open_gate();
            write.join().unwrap();
            assert_eq!(found, expected, "{change:?}");
            let expected = expected.map(|version| (change.tag.to_string(), version.0));
            for listed in listed {
                assert_eq!(listed.into_iter().find(|(text, _)| *text == change.tag.to_string()), expected);
            }
        });
        assert_eq!(journal.tag(id, &change.tag).ok(), change.version);
    }
    assert_eq!(before, [("b".to_owned(), 1), ("d".to_owned(), 1)]);
    assert_eq!(all(&journal, id, 2), [("a", 2), ("b", 2), ("e", 2)].map(|(text, version)| (text.to_owned(), version)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Many tags changed at once, in whatever groups come about, are in the end what a map would be.
    #[test]
    fn tags_are_a_map(
        changes in proptest::collection::vec((0..8u8, proptest::option::weighted(0.7, 0..=3u64)), 1..60),
        limit in 1..5usize,
    ) {
        let journal = open(&MemoryStore::new());
        let id = drawn(&journal);
        // Each tag belongs to one thread, so that its changes come in order; the threads meet in groups.
        let outcomes: Vec<BTreeMap<u8, u64>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4u8).map(|thread| {
                let (journal, changes) = (&journal, &changes);
                scope.spawn(move || {
                    let mut model = BTreeMap::new();
                    for (name, version) in changes.iter().filter(|(name, _)| name % 4 == thread) {
                        let answer = journal.write_tag(set(id, &format!("t{name}"), *version));
                        let was = match version {
                            Some(version) => model.insert(*name, *version),
                            None => model.remove(name),
                        };
                        match answer {
                            Ok(_) => assert!(version.is_some() || was.is_some()),
                            Err(JournalError::NoTag(_)) => assert!(version.is_none() && was.is_none()),
                            Err(error) => panic!("{error}"),
                        }
                    }
                    model
                })
            }).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let model: BTreeMap<u8, u64> = outcomes.into_iter().flatten().collect();
        let expected: Vec<_> = model.into_iter().map(|(name, version)| (format!("t{name}"), version)).collect();
        prop_assert_eq!(all(&journal, id, limit), expected);
    }
}
