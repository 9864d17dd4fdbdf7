//! The faults of the store in memory: each does what it says, or the tests that use them prove nothing.

use super::{contents, put, read};
use crate::store::{Fault, MemoryStore, Order, Store, StoreError};

fn is_io<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Io { .. }))
}

/// A store that holds "a", whose next call meets `fault`.
fn about_to(fault: Fault) -> MemoryStore {
    let store = MemoryStore::new();
    store.commit(&put(&[(b"a", b"1")])).unwrap();
    store.fail_at(store.calls() + 1, fault);
    store
}

#[test]
fn a_commit_meets_each_fault() {
    let new = put(&[(b"b", b"2")]);
    for (fault, survives) in [
        (Fault::IoBefore, false),
        (Fault::IoAfter, true),
        (Fault::PowerLossBeforeSync, false),
        (Fault::PowerLossAfterSync, true),
    ] {
        let store = about_to(fault);
        assert!(is_io(&store.commit(&new)), "{fault:?}");
        let again = store.commit(&put(&[(b"c", b"3")])).unwrap_err();
        let lost_power = matches!(fault, Fault::PowerLossBeforeSync | Fault::PowerLossAfterSync);
        assert_eq!(matches!(again, StoreError::Poisoned), !lost_power, "{fault:?}: {again}");
        assert_eq!(is_io(&store.get(b"a")), lost_power, "{fault:?}");
        let store = store.reopen();
        assert_eq!(read(&store, b"b").is_some(), survives, "{fault:?}");
        assert_eq!(read(&store, b"c"), None, "{fault:?}");
        store.commit(&put(&[(b"c", b"3")])).unwrap();
        assert_eq!(read(&store, b"a"), Some(b"1".to_vec()));
    }
}

#[test]
fn a_sync_that_failed_leaves_what_can_be_read_but_goes_with_the_power() {
    let store = about_to(Fault::SyncFails);
    assert!(is_io(&store.commit(&put(&[(b"b", b"2")]))));
    assert_eq!(read(&store, b"b"), Some(b"2".to_vec()));
    assert!(matches!(store.commit(&put(&[(b"c", b"3")])), Err(StoreError::Poisoned)));
    store.lose_power();
    assert_eq!(contents(&store.reopen()), [(b"a".to_vec(), b"1".to_vec())]);

    let store = about_to(Fault::SyncFails);
    assert!(is_io(&store.commit(&put(&[(b"b", b"2")]))));
    let store = store.reopen();
    store.lose_power();
    assert_eq!(read(&store.reopen(), b"b"), Some(b"2".to_vec()), "opening syncs");
}

#[test]
fn a_full_disk_harms_nothing() {
    let store = about_to(Fault::Full);
    let new = put(&[(b"b", b"2")]);
    assert!(matches!(store.commit(&new), Err(StoreError::Full { .. })));
    assert_eq!(read(&store, b"b"), None);
    store.set_full(true);
    assert!(matches!(store.commit(&new), Err(StoreError::Full { .. })));
    assert_eq!(read(&store, b"a"), Some(b"1".to_vec()));
    store.set_full(false);
    store.commit(&new).unwrap();
    assert_eq!(read(&store, b"b"), Some(b"2".to_vec()));
}

#[test]
fn a_read_meets_each_fault_once() {
    for fault in Fault::ALL {
        let store = about_to(fault);
        assert_eq!(is_io(&store.scan(b"a", b"b", Order::Ascending, 1)), fault != Fault::Full, "{fault:?}");
        assert_eq!(read(&store.reopen(), b"a"), Some(b"1".to_vec()), "{fault:?}");
    }
    let store = about_to(Fault::IoBefore);
    assert!(is_io(&store.get(b"a")));
    assert_eq!(read(&store, b"a"), Some(b"1".to_vec()));
}

#[test]
fn calls_are_counted_and_commits_among_them() {
    let store = MemoryStore::new();
    let clone = store.clone();
    clone.commit(&put(&[(b"a", b"1")])).unwrap();
    read(&store, b"a");
    store.scan(b"a", b"b", Order::Descending, 1).unwrap();
    store.fail_at_commit(2, Fault::IoBefore);
    assert_eq!((store.calls(), store.commits()), (3, 1));
    read(&store, b"a");
    assert!(is_io(&clone.commit(&put(&[(b"b", b"2")]))));
    assert_eq!((store.calls(), store.commits()), (5, 2));
}

#[test]
fn an_ended_process_can_do_nothing_more() {
    let before = MemoryStore::new();
    before.commit(&put(&[(b"a", b"1")])).unwrap();
    let after = before.reopen();
    let calls = after.calls();
    assert!(is_io(&before.clone().commit(&put(&[(b"b", b"2")]))));
    assert!(is_io(&before.get(b"a")));
    assert_eq!(after.calls(), calls);
    assert_eq!(contents(&after), [(b"a".to_vec(), b"1".to_vec())]);
}

#[test]
fn what_was_never_synced_goes_with_the_power_but_not_with_the_process() {
    let store = MemoryStore::without_sync();
    store.commit(&put(&[(b"a", b"1")])).unwrap();
    let store = store.reopen();
    assert_eq!(read(&store, b"a"), Some(b"1".to_vec()));
    store.lose_power();
    assert_eq!(contents(&store.reopen()), []);

    let store = MemoryStore::new();
    store.commit(&put(&[(b"a", b"1")])).unwrap();
    store.lose_power();
    assert_eq!(contents(&store.reopen()), [(b"a".to_vec(), b"1".to_vec())]);
}

#[test]
fn damage_lasts() {
    let store = MemoryStore::new();
    store.commit(&put(&[(b"a", b"1"), (b"b", b"2")])).unwrap();
    assert!(store.corrupt(b"a", |bytes| bytes[0] ^= 1));
    assert!(store.remove(b"b"));
    assert!(!store.remove(b"b"));
    assert!(!store.corrupt(b"b", |bytes| bytes.push(0)));
    assert_eq!(store.keys(), [b"a".to_vec()]);
    store.lose_power();
    assert_eq!(contents(&store.reopen()), [(b"a".to_vec(), b"0".to_vec())]);
}
