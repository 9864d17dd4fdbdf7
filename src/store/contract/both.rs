//! The contract of the trait.

use tempfile::TempDir;

use super::{contents, put, read};
use crate::store::{Batch, MemoryStore, Order, SledOptions, SledStore, Store, StoreError, VALUE_BYTES_MAX, last_under};

/// Runs `check` against a fresh store of each kind.
fn with_each(check: impl Fn(&dyn Store)) {
    check(&MemoryStore::new());
    let directory = TempDir::new().unwrap();
    check(&SledStore::open(directory.path(), &SledOptions { reserve_bytes: 0, ..SledOptions::default() }).unwrap());
}

fn keys(store: &dyn Store, from: &[u8], to: &[u8], order: Order, limit: usize) -> Vec<u8> {
    let records = store.scan(from, to, order, limit).unwrap();
    // Each record of these tests holds the last byte of its key.
    for (key, value) in &records {
        assert_eq!(key.last(), value.last());
    }
    records.into_iter().filter_map(|(key, _)| key.last().copied()).collect()
}

#[test]
fn what_was_put_is_read_until_it_is_deleted() {
    with_each(|store| {
        assert_eq!(read(store, b"a"), None);
        store.commit(&put(&[(b"a", b"1"), (b"b", b"2"), (b"", b"3")])).unwrap();
        assert_eq!(read(store, b"a"), Some(b"1".to_vec()));
        assert_eq!(read(store, b""), Some(b"3".to_vec()));
        let mut batch = put(&[(b"a", b"")]);
        batch.delete(*b"b");
        batch.delete(*b"never there");
        store.commit(&batch).unwrap();
        assert_eq!(contents(store), [(b"".to_vec(), b"3".to_vec()), (b"a".to_vec(), b"".to_vec())]);
    });
}

#[test]
fn a_scan_takes_the_range_from_either_end() {
    with_each(|store| {
        // Enough records for several of sled's nodes.
        let mut batch = Batch::new();
        (0..200u8).for_each(|n| batch.put([b'k', n], [n; 900]));
        store.commit(&batch).unwrap();
        let (up, down) = (Order::Ascending, Order::Descending);
        let none: [u8; 0] = [];
        assert_eq!(keys(store, &[b'k', 3], &[b'k', 6], up, 10), [3, 4, 5]);
        assert_eq!(keys(store, &[b'k', 3], &[b'k', 6], down, 10), [5, 4, 3]);
        assert_eq!(keys(store, &[b'k', 3], &[b'k', 150], up, 2), [3, 4]);
        assert_eq!(keys(store, &[b'k', 3], &[b'k', 150], down, 2), [149, 148]);
        assert_eq!(keys(store, b"k", b"l", up, usize::MAX), (0..200).collect::<Vec<_>>());
        assert_eq!(keys(store, b"k", b"l", down, usize::MAX), (0..200).rev().collect::<Vec<_>>());
        assert_eq!(keys(store, b"k", b"l", up, 0), none);
        assert_eq!(keys(store, b"a", b"k", up, 10), none);
        assert_eq!(keys(store, b"l", b"z", down, 10), none);
        assert_eq!(keys(store, &[b'k', 3], &[b'k', 3], up, 10), none);
        assert_eq!(keys(store, &[b'k', 9], &[b'k', 3], up, 10), none);
    });
}

#[test]
fn the_last_record_under_a_prefix_is_found() {
    with_each(|store| {
        store.commit(&put(&[(b"a\xff", b"1"), (b"a\xff\xff\xff", b"2"), (b"b", b"3"), (b"\xff\xff", b"4")])).unwrap();
        let last = |prefix: &[u8]| last_under(store, prefix).unwrap().map(|(key, value)| (key, value.to_vec()));
        assert_eq!(last(b"a"), Some((b"a\xff\xff\xff".to_vec(), b"2".to_vec())));
        assert_eq!(last(b"a\xff\xff"), Some((b"a\xff\xff\xff".to_vec(), b"2".to_vec())));
        assert_eq!(last(b"b"), Some((b"b".to_vec(), b"3".to_vec())));
        assert_eq!(last(b"c"), None);
    });
}

#[test]
fn a_refused_batch_leaves_no_trace() {
    with_each(|store| {
        store.commit(&put(&[(b"old", b"1"), (b"doomed", b"2")])).unwrap();
        let before = contents(store);
        let mut batch = put(&[(b"new", b"3"), (b"old", b"4")]);
        batch.delete(*b"doomed");
        batch.require_absent(*b"nowhere");
        batch.require_absent(*b"doomed");
        let refused = store.commit(&batch).unwrap_err();
        assert!(matches!(&refused, StoreError::Precondition { key } if key == b"doomed"), "{refused}");
        assert_eq!(contents(store), before);

        let mut batch = put(&[(b"new", b"3")]);
        batch.require_absent(*b"new");
        store.commit(&batch).unwrap();
        let refused = store.commit(&batch).unwrap_err();
        assert!(matches!(&refused, StoreError::Precondition { key } if key == b"new"), "{refused}");
    });
}

#[test]
fn a_batch_that_only_requires_is_checked() {
    with_each(|store| {
        store.commit(&put(&[(b"there", b"")])).unwrap();
        let mut batch = Batch::new();
        batch.require_absent(*b"elsewhere");
        store.commit(&batch).unwrap();
        batch.require_absent(*b"there");
        let refused = store.commit(&batch).unwrap_err();
        assert!(matches!(&refused, StoreError::Precondition { key } if key == b"there"), "{refused}");
    });
}

#[test]
fn a_value_that_is_too_long_is_refused_and_nothing_else_is_harmed() {
    with_each(|store| {
        store.commit(&put(&[(b"longest", &[7; VALUE_BYTES_MAX])])).unwrap();
        let mut batch = put(&[(b"a", b"1")]);
        // Past the assertion of `Batch::put`, which a release build does not have.
        batch.puts.push((b"b".to_vec(), vec![0; VALUE_BYTES_MAX + 1]));
        let refused = store.commit(&batch).unwrap_err();
        assert!(matches!(refused, StoreError::Io { .. }), "{refused}");
        assert_eq!(read(store, b"a"), None);
        store.commit(&put(&[(b"a", b"1")])).unwrap();
        assert_eq!(read(store, b"longest"), Some(vec![7; VALUE_BYTES_MAX]));
    });
}

#[test]
fn the_disk_counts_what_was_written() {
    with_each(|store| {
        let before = store.disk_bytes().unwrap();
        let mut batch = Batch::new();
        (0..250u8).for_each(|n| batch.put([n], [n; 4096]));
        store.commit(&batch).unwrap();
        let after = store.disk_bytes().unwrap();
        assert!(after >= before + 250 * 4096, "{before} bytes grew to {after}");
    });
}
