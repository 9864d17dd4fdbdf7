//! Idempotency keys: a repeat never writes twice, and is never refused for what its original did.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pixlog::canvas::{Colour, RunId, Version};
use pixlog::journal::{
    Answered, Append, CreateTerms, Expectation, Journal, Options, Outcome, PixelProblem, Recalled, Records, StateWrite,
    Terms,
};
use pixlog::store::{Fault, MemoryStore};
use proptest::prelude::*;

use crate::common::{
    BLUE, RED, append, count, create, entries, error, head, key, new_canvas, open, open_with, pixel, pixels, plain,
    send, state, whole, with_key,
};
use crate::gated::GatedStore;

fn keys_in(store: &MemoryStore, kind: u8) -> usize {
    store.keys().iter().filter(|key| key[0] == kind).count()
}

#[test]
fn a_repeated_append_is_answered_as_the_first_also_after_a_power_loss() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = create(&journal, "a").id;
    let first = journal.append_once(append(id, 1), with_key(key(1, 1))).unwrap();
    assert!(!first.replayed);
    journal.append(append(id, 2)).unwrap();
    let again = Answered { replayed: true, ..first };
    assert_eq!(journal.append_once(append(id, 1), with_key(key(1, 1))).unwrap(), again);
    store.lose_power();
    let journal = open(&store.reopen());
    assert_eq!(journal.append_once(append(id, 1), with_key(key(1, 1))).unwrap(), again);
    assert_eq!(entries(&journal, id).len(), 2);
}

#[test]
fn a_key_comes_before_everything_else() {
    let journal = open(&MemoryStore::new());
    let id = create(&journal, "a").id;
    let conditional = Append { expectation: Expectation::Head(Version(0)), ..append(id, 1) };
    let first = journal.append_once(conditional.clone(), with_key(key(1, 1))).unwrap();
    let again = journal.append_once(conditional, with_key(key(1, 1))).unwrap();
    assert_eq!(again, Answered { replayed: true, ..first });
    let wrong = pixels(id, vec![pixel(9_999, RED)]);
    assert_eq!(error(journal.append_once(wrong.clone(), with_key(key(1, 2)))), "KeyReused");
    // With a free key, the expected head comes before the content.
    let moved = Append { expectation: Expectation::Head(Version(0)), ..wrong.clone() };
    assert!(error(journal.append_once(moved, with_key(key(2, 2)))).starts_with("HeadMoved"));
    let problem = PixelProblem::OutOfBounds;
    let expected = format!("BadPixel {{ index: 0, problem: {problem:?} }}");
    assert_eq!(error(journal.append_once(wrong, with_key(key(2, 2)))), expected);
}

#[test]
fn a_refused_write_is_not_remembered() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = create(&journal, "a").id;
    let terms = with_key(key(1, 1));
    let moved = Append { expectation: Expectation::Head(Version(5)), ..append(id, 1) };
    assert!(error(journal.append_once(moved, terms)).starts_with("HeadMoved"));
    store.set_full(true);
    assert!(error(journal.append_once(append(id, 1), terms)).starts_with("Store(Full"));
    store.set_full(false);
    assert!(!journal.append_once(append(id, 1), with_key(key(1, 9))).unwrap().replayed);
}

#[test]
fn a_repeat_in_the_same_group_is_answered_as_its_original() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = create(&journal, "a").id;
    for is_full in [true, false] {
        // What waits for the reservation goes into one group once that is over.
        let reservation = journal.reserve(id).unwrap();
        let sent: Vec<_> = [(1, 1), (1, 1), (1, 2), (2, 1)]
            .map(|(k, b)| send(&journal, append(id, k), with_key(key(u8::try_from(k).unwrap(), b))))
            .into();
        store.set_full(is_full);
        let commits = store.commits();
        drop(reservation);
        let answers: Vec<_> = sent.into_iter().map(|answer| answer.recv().unwrap()).collect();
        if is_full {
            assert!(answers.into_iter().all(|answer| error(answer).starts_with("Store(Full")));
            continue;
        }
        assert_eq!(store.commits(), commits + 1, "one group");
        let [first, again, reused, other] = answers.try_into().unwrap();
        let (first, other) = (first.unwrap(), other.unwrap());
        assert_eq!(again.unwrap(), Answered { replayed: true, ..first.clone() });
        assert_eq!(error(reused), "KeyReused");
        assert_eq!((first.replayed, other.replayed, other.outcome.version), (false, false, Version(2)));
    }
    assert_eq!(head(&journal, id), Version(2));
}

#[test]
fn a_key_that_is_held_is_in_flight_for_everybody_else() {
    let journal = open(&MemoryStore::new());
    let id = create(&journal, "a").id;
    let Recalled::Free(claim) = journal.recall(key(1, 1)).unwrap() else { panic!("it is new") };
    assert_eq!(error(journal.append_once(append(id, 1), with_key(key(1, 1)))), "KeyInFlight");
    assert_eq!(error(journal.recall(key(1, 1))), "KeyInFlight");
    let terms = Terms { claim: Some(&claim), ..Terms::default() };
    let first = journal.append_once(append(id, 1), terms).unwrap();
    assert!(!first.replayed);
    // Done, though not given back yet.
    let again = journal.append_once(append(id, 1), with_key(key(1, 1))).unwrap();
    assert_eq!(again, Answered { replayed: true, ..first.clone() });
    drop(claim);
    let Recalled::Before(outcome) = journal.recall(key(1, 1)).unwrap() else { panic!("it was done") };
    assert_eq!(outcome, Outcome::Appended(first.outcome));
    let Recalled::Free(unused) = journal.recall(key(2, 1)).unwrap() else { panic!("it is new") };
    drop(unused);
    assert!(!journal.append_once(append(id, 2), with_key(key(2, 7))).unwrap().replayed);
}

/// A group that fails takes nothing along but what it writes: a key that was held in it can be given back.
#[test]
fn a_key_that_is_held_in_a_group_that_fails_is_held() {
    let store = GatedStore::new(MemoryStore::new());
    let journal = Journal::open(Arc::new(store.clone()), Options::default()).unwrap();
    let id = create(&journal, "a").id;
    store.shut();
    let first = send(&journal, append(id, 1), Terms::default());
    store.wait_for_commit();
    std::thread::scope(|scope| {
        let recalling = scope.spawn(|| journal.recall(key(1, 1)));
        let failing = send(&journal, append(id, 2), Terms::default());
        std::thread::sleep(Duration::from_millis(20));
        store.inner.set_full(true);
        store.open_gate();
        first.recv().unwrap().unwrap();
        assert!(error(failing.recv().unwrap()).starts_with("Store(Full"));
        drop(recalling.join().unwrap());
    });
    store.inner.set_full(false);
    assert!(!journal.append_once(append(id, 3), with_key(key(1, 1))).unwrap().replayed);
}

#[test]
fn states_are_remembered_also_where_nothing_changed() {
    let journal = open(&MemoryStore::new());
    let id = create(&journal, "a").id;
    let put = |k, colour| journal.put_state_once(state(id, whole()), with_key(key(k, 1)), &mut plain(colour)).unwrap();
    let (first, same) = (put(1, RED), put(2, RED));
    assert_eq!((first.outcome.changed, same.outcome.changed, same.outcome.version), (256, 0, Version(1)));
    journal.append(append(id, 77)).unwrap();
    assert_eq!(put(1, RED), Answered { replayed: true, ..first });
    assert_eq!(put(2, RED), Answered { replayed: true, ..same });
    assert_eq!(head(&journal, id), Version(2));
    let reused = journal.put_state_once(state(id, whole()), with_key(key(1, 2)), &mut plain(BLUE));
    assert_eq!(error(reused), "KeyReused");
    let moved = StateWrite { expectation: Expectation::Head(Version(0)), ..state(id, whole()) };
    assert!(error(journal.put_state_once(moved, with_key(key(3, 1)), &mut plain(BLUE))).starts_with("HeadMoved"));
    assert!(!put(3, BLUE).replayed);
}

#[test]
fn a_canvas_is_made_once() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let make = |journal: &Journal, name, body| {
        let terms = CreateTerms { idempotency: Some(key(1, body)), ..CreateTerms::default() };
        journal.create_canvas_once(new_canvas(name), terms, |_| Records::default())
    };
    let first = make(&journal, None, 1).unwrap();
    assert_eq!(make(&journal, None, 1).unwrap(), Answered { replayed: true, ..first.clone() });
    assert_eq!(error(make(&journal, Some("b"), 2)), "KeyReused");
    store.lose_power();
    let journal = open(&store.reopen());
    assert_eq!(make(&journal, None, 1).unwrap(), Answered { replayed: true, ..first.clone() });
    assert_eq!(journal.canvases(None, 10).unwrap(), std::slice::from_ref(&first.outcome));
    journal.delete_canvas(first.outcome.id, Expectation::Any).unwrap();
    assert!(error(make(&journal, None, 1)).starts_with("Deleted"));
}

#[test]
fn records_are_written_once_with_the_outcome_of_their_own() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let write = |body, run: u64, outcome: &[u8]| {
        let records = Records { run: Some((RunId(run), vec![7])), current: None };
        journal.write_records_once(records, with_key(key(1, body)), outcome.to_vec())
    };
    assert_eq!(write(1, 1, b"one").unwrap(), Answered { outcome: b"one".to_vec(), replayed: false });
    assert_eq!(write(1, 2, b"two").unwrap(), Answered { outcome: b"one".to_vec(), replayed: true });
    assert_eq!(journal.run_records(None, 10).unwrap().len(), 1);
    assert_eq!(error(write(2, 2, b"")), "KeyReused");
    assert_eq!(error(write(1, 2, &[0; 4_097])), "OutcomeTooLong { bytes: 4097, max: 4096 }");
    // A canvas with something else to be remembered: a run that is started with it.
    let Recalled::Free(claim) = journal.recall(key(2, 1)).unwrap() else { panic!("it is new") };
    let terms = CreateTerms { claim: Some(&claim), outcome: Some(b"run 3".to_vec()), ..CreateTerms::default() };
    journal.create_canvas_once(new_canvas(None), terms, |_| Records::default()).unwrap();
    let Recalled::Before(outcome) = journal.recall(key(2, 1)).unwrap() else { panic!("it was done") };
    assert_eq!(outcome, Outcome::Bytes(b"run 3".to_vec()));
}

#[test]
fn no_more_keys_are_kept_than_the_limit_and_the_oldest_go_first() {
    let store = MemoryStore::new();
    let options = || Options { idempotency_keys_max: 5, ..Options::default() };
    let journal = open_with(&store, options());
    let id = create(&journal, "a").id;
    for k in 0..20 {
        journal.append_once(append(id, u32::from(k)), with_key(key(k, 1))).unwrap();
        assert_eq!(keys_in(&store, b'm'), usize::from(k + 1).min(5), "after key {k}");
        assert_eq!(keys_in(&store, b'o'), usize::from(k + 1).min(5), "after key {k}");
    }
    let store = store.reopen();
    let journal = open_with(&store, options());
    assert!(journal.append_once(append(id, 15), with_key(key(15, 1))).unwrap().replayed);
    assert!(!journal.append_once(append(id, 14), with_key(key(14, 1))).unwrap().replayed);
    assert_eq!(keys_in(&store, b'm'), 5);
}

#[test]
fn a_key_is_forgotten_when_its_time_is_over() {
    let store = MemoryStore::new();
    let options = |ms| Options { idempotency_ttl: Duration::from_millis(ms), ..Options::default() };
    let journal = open_with(&store, options(60_000));
    let id = create(&journal, "a").id;
    for k in 0..200 {
        journal.append_once(append(id, u32::from(k)), with_key(key(k, 1))).unwrap();
    }
    let store = store.reopen();
    std::thread::sleep(Duration::from_millis(5));
    let journal = open_with(&store, options(1));
    // One that is over but still there is taken for new, with another body too.
    assert!(!journal.append_once(append(id, 3), with_key(key(150, 2))).unwrap().replayed);
    assert!(keys_in(&store, b'm') >= 200 - 65, "a bounded number goes with one group");
    for _ in 0..4 {
        journal.append(append(id, 1)).unwrap();
    }
    std::thread::sleep(Duration::from_millis(5));
    journal.append(append(id, 1)).unwrap();
    assert_eq!((keys_in(&store, b'm'), keys_in(&store, b'o')), (0, 0));
}

/// What a key was remembered as before, and over, must not take what it is remembered as now along when it goes.
#[test]
fn a_key_that_is_used_again_is_remembered_anew() {
    let mut store = MemoryStore::new();
    let options = |ms, idempotency_keys_max| Options {
        idempotency_ttl: Duration::from_millis(ms),
        idempotency_keys_max,
        ..Options::default()
    };
    let journal = open_with(&store, options(60_000, 1_000));
    let id = create(&journal, "a").id;
    for k in (0..100).chain([200]) {
        journal.append_once(append(id, u32::from(k)), with_key(key(k, 1))).unwrap();
    }
    store = store.reopen();
    std::thread::sleep(Duration::from_millis(5));
    let journal = open_with(&store, options(1, 1_000));
    let second = journal.append_once(append(id, 7), with_key(key(200, 2))).unwrap();
    assert!(!second.replayed);
    store = store.reopen();
    let journal = open_with(&store, options(60_000, 1));
    for _ in 0..3 {
        journal.append(append(id, 1)).unwrap();
    }
    assert_eq!((keys_in(&store, b'm'), keys_in(&store, b'o')), (1, 1));
    let again = journal.append_once(append(id, 7), with_key(key(200, 2))).unwrap();
    assert_eq!(again, Answered { replayed: true, ..second });
}

#[test]
fn a_damaged_outcome_is_reported_and_not_taken_for_none() {
    let store = MemoryStore::new();
    let journal = open(&store);
    let id = create(&journal, "a").id;
    journal.append_once(append(id, 1), with_key(key(1, 1))).unwrap();
    let found = store.keys().into_iter().find(|key| key[0] == b'm').unwrap();
    assert!(store.corrupt(&found, |bytes| bytes[40] ^= 1));
    assert!(error(journal.append_once(append(id, 1), with_key(key(1, 1)))).contains("remembered outcome 01010101"));
    assert_eq!(head(&journal, id), Version(1));
}

/// Many clients at once, each key sent several times, some conditionally: exactly one of each takes effect.
#[test]
fn clients_that_repeat_themselves_at_once_write_each_thing_once() {
    let journal = open(&MemoryStore::new());
    let id = create(&journal, "a").id;
    let answers: Vec<(u8, Answered<_>)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8u8)
            .map(|client| {
                let journal = &journal;
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    for step in 0..120u8 {
                        let k = (step / 2).wrapping_add(client / 4) % 60;
                        let terms = with_key(key(k, k));
                        let answer = if k % 10 == 0 {
                            let colour = Colour::rgb(k, 1, 1);
                            // Another may hold the key just now; then it is asked again, as a client would.
                            loop {
                                match journal.put_state_once(state(id, whole()), terms, &mut plain(colour)) {
                                    Err(pixlog::journal::JournalError::KeyInFlight) => std::thread::yield_now(),
                                    answer => break answer.map(|it| (it.outcome.version, it.replayed)),
                                }
                            }
                        } else {
                            let answer = journal.append_once(append(id, u32::from(k)), terms);
                            answer.map(|it| (it.outcome.version, it.replayed))
                        };
                        let (outcome, replayed) = answer.unwrap();
                        answers.push((k, Answered { outcome, replayed }));
                    }
                    answers
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let mut by_key: BTreeMap<u8, Vec<Answered<Version>>> = BTreeMap::new();
    for (k, answer) in answers {
        by_key.entry(k).or_default().push(answer);
    }
    for (k, answers) in by_key {
        assert!(answers.len() > 8, "key {k} was repeated");
        assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1, "key {k}");
        assert!(answers.iter().all(|answer| answer.outcome == answers[0].outcome), "key {k}: {answers:?}");
        if k % 10 != 0 {
            assert_eq!(count(&journal, id, k.into()), 1, "key {k}");
        }
    }
    assert_eq!(head(&journal, id), Version(60));
}

#[derive(Debug, Clone)]
enum Step {
    Append { key: u8, conditional: bool },
    State { key: u8 },
    PowerLoss,
}

fn steps() -> impl Strategy<Value = Vec<(Step, Option<Fault>)>> {
    let step = prop_oneof![
        8 => (0..6u8, any::<bool>()).prop_map(|(key, conditional)| Step::Append { key, conditional }),
        3 => (10..13u8).prop_map(|key| Step::State { key }),
        1 => Just(Step::PowerLoss),
    ];
    let fault = prop_oneof![4 => Just(None), 1 => proptest::sample::select(Fault::ALL.to_vec()).prop_map(Some)];
    proptest::collection::vec((step, fault), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever fails in between: a key takes effect at most once, and once it was answered, always so.
    #[test]
    fn a_key_takes_effect_once_whatever_fails(steps in steps()) {
        let mut store = MemoryStore::new();
        let mut journal = open(&store);
        let id = create(&journal, "a").id;
        let mut known: BTreeMap<u8, Version> = BTreeMap::new();
        for (step, fault) in steps {
            if let Some(fault) = fault {
                store.fail_at_commit(store.commits() + 1, fault);
            }
            let (k, answer) = match step {
                Step::PowerLoss => {
                    store.lose_power();
                    (0, None)
                }
                Step::Append { key: k, conditional } => {
                    let expectation = if conditional { Expectation::Head(head(&journal, id)) } else { Expectation::Any };
                    let append = Append { expectation, ..append(id, 100 + u32::from(k)) };
                    let answer = journal.append_once(append, with_key(key(k, k)));
                    (k, answer.ok().map(|it| (it.outcome.version, it.replayed)))
                }
                Step::State { key: k } => {
                    let terms = with_key(key(k, k));
                    let answer = journal.put_state_once(state(id, whole()), terms, &mut plain(Colour::rgb(k, 0, 0)));
                    (k, answer.ok().map(|it| (it.outcome.version, it.replayed)))
                }
            };
            if let Some((version, replayed)) = answer {
                let before = known.insert(k, version);
                prop_assert!(before.is_none_or(|before| before == version && replayed), "key {k}");
            } else {
                store.clear_faults();
                drop(journal);
                store = store.reopen();
                journal = open(&store);
            }
        }
        for k in 0..6u8 {
            let count = count(&journal, id, 100 + u32::from(k));
            prop_assert!(if known.contains_key(&k) { count == 1 } else { count <= 1 }, "key {k} {count} times");
        }
    }
}
