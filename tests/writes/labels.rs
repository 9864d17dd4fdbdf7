//! Labels: what people call canvases.

use std::sync::Arc;

use pixlog::canvas::{CanvasId, Label, Version};
use pixlog::journal::{CreateTerms, Expectation, Journal, JournalError, LabelWrite, Options, Records};
use pixlog::store::{Fault, MemoryStore};

use crate::common::{append, create, error, head, key, new_canvas, open, open_with};
use crate::gated::GatedStore;

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn set(canvas: CanvasId, text: Option<&str>) -> LabelWrite {
    LabelWrite { canvas, label: text.map(label), expectation: Expectation::Any, idempotency: None }
}

fn shown(journal: &Journal, canvas: CanvasId) -> Option<String> {
    journal.canvas_now(canvas).unwrap().label.map(|label| label.to_string())
}

/// The labels in the list, newest canvas first.
fn listed(journal: &Journal) -> Vec<Option<String>> {
    let page = journal.canvas_page(None, 10).unwrap();
    page.canvases.into_iter().map(|now| now.label.map(|label| label.to_string())).collect()
}

#[test]
fn a_label_stays_until_it_is_changed_or_taken_away() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let terms = CreateTerms { label: Some(label("from the start")), ..CreateTerms::default() };
    let made = journal.create_canvas_once(new_canvas(Some("a")), terms, |_| Records::default()).unwrap().outcome.id;
    let plain = create(&journal, "b").id;
    assert_eq!(listed(&journal), [None, Some("from the start".to_owned())]);
    journal.append(append(plain, 1)).unwrap();
    let set_at = journal.write_label(set(plain, Some("later"))).unwrap();
    assert_eq!((set_at.outcome, set_at.replayed), (journal.head(plain).unwrap(), false));
    assert_eq!(head(&journal, plain), Version(1), "a label is no entry");
    store.lose_power();
    let store = store.reopen();
    let journal = open(&store);
    // Listed before either is in use, and after.
    for _ in 0..2 {
        assert_eq!(listed(&journal), [Some("later".to_owned()), Some("from the start".to_owned())]);
        assert_eq!(
            (shown(&journal, made).as_deref(), shown(&journal, plain).as_deref()),
            (Some("from the start"), Some("later"))
        );
    }
    journal.write_label(set(made, None)).unwrap();
    journal.write_label(set(plain, Some("last"))).unwrap();
    store.lose_power();
    let journal = open(&store.reopen());
    assert_eq!(listed(&journal), [Some("last".to_owned()), None]);
    assert_eq!(error(journal.write_label(set(CanvasId(9), None))), "NoCanvasId(CanvasId(9))");
    journal.delete_canvas(plain, Expectation::Any).unwrap();
    assert_eq!(error(journal.write_label(set(plain, Some("late")))), "Deleted(Name(\"b\"))");
    assert_eq!(error(journal.canvas_now(plain)), "Deleted(Name(\"b\"))");
}

#[test]
fn a_label_may_be_conditional_and_repeated() {
    let journal = open(&MemoryStore::new());
    let id = create(&journal, "a").id;
    journal.append(append(id, 1)).unwrap();
    let moved = LabelWrite { expectation: Expectation::Head(Version(0)), ..set(id, Some("a")) };
    assert!(error(journal.write_label(moved)).starts_with("HeadMoved"));
    assert_eq!(shown(&journal, id), None);
    let repeated = LabelWrite { idempotency: Some(key(1, 1)), ..set(id, Some("a")) };
    let first = journal.write_label(repeated.clone()).unwrap();
    assert!(!first.replayed);
    journal.write_label(set(id, Some("b"))).unwrap();
    journal.append(append(id, 2)).unwrap();
    let again = journal.write_label(repeated.clone()).unwrap();
    assert_eq!((again.outcome, again.replayed), (first.outcome, true));
    assert_eq!(shown(&journal, id).as_deref(), Some("b"), "a repeat changes nothing");
    let other = LabelWrite { idempotency: Some(key(1, 2)), ..repeated };
    assert_eq!(error(journal.write_label(other)), "KeyReused");
}

/// Who wants the pixels needs no label, and who sets one puts it right.
#[test]
fn a_damaged_label_is_reported_and_keeps_nobody_from_the_canvas() {
    let store = MemoryStore::new();
    let id = create(&open(&store), "a").id;
    open(&store).write_label(set(id, Some("a"))).unwrap();
    let store = store.reopen();
    let found = store.keys().into_iter().find(|key| key[0] == b'y').unwrap();
    assert!(store.corrupt(&found, |bytes| bytes[9] ^= 1));
    let journal = open(&store);
    let told = journal.canvas_now(id);
    let Err(JournalError::Corrupt { record, canvas, .. }) = told else { panic!("{told:?}") };
    assert_eq!((record.as_str(), canvas), ("label", id));
    assert_eq!(listed(&journal), [None; 0]);
    let mut damaged = Vec::new();
    journal.verify(id, &mut |_| {}, &mut |what| damaged.push(what)).unwrap();
    assert!(damaged.len() == 1 && damaged[0].contains("label"), "{damaged:?}");
    assert_eq!(journal.append(append(id, 1)).unwrap().version, Version(1));
    journal.write_label(set(id, Some("b"))).unwrap();
    assert_eq!(listed(&journal), [Some("b".to_owned())]);
    damaged.clear();
    journal.verify(id, &mut |_| {}, &mut |what| damaged.push(what)).unwrap();
    assert_eq!(damaged, Vec::<String>::new());
}

/// Damage that came while the canvas was in use, and every answer still right, is found too.
#[test]
fn verify_looks_at_the_record_of_a_label_that_is_in_use() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = create(&journal, "a").id;
    journal.write_label(set(id, Some("a"))).unwrap();
    let found = store.keys().into_iter().find(|key| key[0] == b'y').unwrap();
    assert!(store.remove(&found));
    let mut damaged = Vec::new();
    journal.verify(id, &mut |_| {}, &mut |what| damaged.push(what)).unwrap();
    assert!(damaged.len() == 1 && damaged[0].contains("label"), "{damaged:?}");
}

#[test]
fn a_label_is_visible_when_it_is_durable() {
    let store = GatedStore::new(MemoryStore::new());
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    let id = create(&journal, "a").id;
    let mut before = None;
    for after in [Some("a"), Some("b"), None] {
        store.shut();
        std::thread::scope(|scope| {
            let write = scope.spawn(|| journal.write_label(set(id, after)).unwrap());
            store.wait_for_commit();
            let found = (shown(&journal, id), listed(&journal));
            // Before anything is asserted, or a failure would wait for ever.
            store.open_gate();
            write.join().unwrap();
            assert_eq!(found, (before.clone(), vec![before.clone()]), "before {after:?}");
        });
        before = after.map(str::to_owned);
        assert_eq!((shown(&journal, id), listed(&journal)), (before.clone(), vec![before.clone()]));
    }
}

/// The store may show a label whose commit failed; nobody else does, however many canvases are used meanwhile.
#[test]
fn a_label_that_may_not_be_durable_is_not_shown() {
    let store = MemoryStore::new();
    let journal = open_with(&store, Options { canvases_cached_max: 0, ..Options::default() });
    let ids = ["a", "b", "c"].map(|name| create(&journal, name).id);
    store.fail_at_commit(store.commits() + 1, Fault::SyncFails);
    assert!(journal.write_label(set(ids[0], Some("lost"))).is_err());
    // When this is answered, the committer has let go of what the group before it used.
    assert!(error(journal.append(append(ids[1], 1))).contains("Poisoned"));
    for id in ids.iter().chain(&ids) {
        assert_eq!(shown(&journal, *id), None);
    }
    assert_eq!(listed(&journal), [None, None, None]);
}
