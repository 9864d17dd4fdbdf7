//! What only the store on disk has: files, a lock, a reserve.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{contents, put, read};
use crate::store::{Batch, SledOptions, SledStore, Store, StoreError, VALUE_BYTES_MAX};

fn open(directory: &Path) -> SledStore {
    SledStore::open(directory, &SledOptions { reserve_bytes: 0, ..SledOptions::default() }).unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(directory).unwrap().map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Numbers that look random and are the same each time (Knuth's MMIX generator, its upper half).
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap()
}

#[test]
fn reopening_keeps_everything() {
    let directory = TempDir::new().unwrap();
    let deep = directory.path().join("made/on/the/way");
    let store = open(&deep);
    let mut expected = Vec::new();
    for group in 0..20u8 {
        let mut batch = Batch::new();
        for n in 0..100u8 {
            batch.put([group, n], vec![n; 40 * usize::from(n)]);
            expected.push((vec![group, n], vec![n; 40 * usize::from(n)]));
        }
        store.commit(&batch).unwrap();
    }
    drop(store);
    assert_eq!(contents(&open(&deep)), expected);
    assert_eq!(names(&deep), ["ballast", "lock", "store"]);
}

#[test]
fn a_second_open_is_refused_by_name() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    let refused = SledStore::open(directory.path(), &SledOptions::default()).unwrap_err();
    assert!(matches!(&refused, StoreError::Locked { directory: named } if named == directory.path()), "{refused}");
    store.commit(&put(&[(b"a", b"1")])).unwrap();
    drop(store);
    assert_eq!(read(&open(directory.path()), b"a"), Some(b"1".to_vec()));
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    // The kernel refuses to make directories in sysfs, even to the superuser.
    let place = Path::new("/sys/pixlog");
    let refused = SledStore::open(place, &SledOptions::default()).unwrap_err();
    assert!(matches!(&refused, StoreError::ReadOnly { directory } if directory == place), "{refused}");
}

#[test]
fn below_the_reserve_nothing_is_written_and_all_is_read() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    store.commit(&put(&[(b"a", b"1")])).unwrap();
    drop(store);
    let options = SledOptions { reserve_bytes: u64::MAX, ..SledOptions::default() };
    let store = SledStore::open(directory.path(), &options).unwrap();
    for _ in 0..2 {
        let refused = store.commit(&put(&[(b"b", b"2")])).unwrap_err();
        assert!(matches!(refused, StoreError::Full { reserve_bytes: u64::MAX, .. }), "{refused}");
    }
    assert_eq!(contents(&store), [(b"a".to_vec(), b"1".to_vec())]);
    drop(store);
    open(directory.path()).commit(&put(&[(b"b", b"2")])).unwrap();
}

#[test]
fn what_a_crash_during_a_start_left_is_cleared() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    store.commit(&put(&[(b"a", b"1")])).unwrap();
    drop(store);
    let leftover = directory.path().join("store/snap.FFFFFFFFFFFFFFFF.generating");
    fs::write(&leftover, "half a snapshot").unwrap();
    assert_eq!(read(&open(directory.path()), b"a"), Some(b"1".to_vec()));
    assert!(!leftover.exists());
}

#[test]
fn a_store_that_was_never_finished_is_made_anew() {
    let directory = TempDir::new().unwrap();
    let unfinished = directory.path().join("store.unfinished");
    fs::create_dir_all(unfinished.join("blobs")).unwrap();
    // What sled's two writes of this file leave when the power goes between them; it cannot open with it.
    fs::write(unfinished.join("conf"), "segment_size: 524288\nuse_compression").unwrap();
    open(directory.path()).commit(&put(&[(b"a", b"1")])).unwrap();
    assert_eq!(names(directory.path()), ["ballast", "lock", "store"]);
}

#[test]
fn the_ballast_holds_real_blocks() {
    use std::os::unix::fs::MetadataExt;
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    let ballast = fs::metadata(directory.path().join("ballast")).unwrap();
    assert!(ballast.blocks() * 512 >= 16 << 20, "{} blocks", ballast.blocks());
    assert!(store.disk_bytes().unwrap() < 4 << 20, "the ballast is not the store's");
}

/// A page of sled's that grows beyond 128 KiB goes to a file that is never synced. A page is largest when a node of 16
/// records takes in what is left of its neighbour, so keys are deleted in runs and the rest is written again.
#[test]
fn no_page_ever_leaves_the_log() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    let mut state = 1;
    let mut written = 0usize;
    for round in 0..12 {
        for _ in 0..30 {
            let batch = scattered_puts(&mut state, 2_000);
            written += batch.puts.len();
            store.commit(&batch).unwrap();
        }
        for _ in 0..60 {
            let mut batch = Batch::new();
            let start = random(&mut state) % 2_000;
            (start..start + 5 + random(&mut state) % 30).for_each(|key| batch.delete(key.to_be_bytes()));
            store.commit(&batch).unwrap();
        }
        assert_eq!(names(&directory.path().join("store/blobs")), Vec::<String>::new(), "after round {round}");
    }
    assert!(written > 20_000, "only {written} values were written");
}

/// The longest values under 64 of `keys` keys, some of them there already.
fn scattered_puts(state: &mut u64, keys: usize) -> Batch {
    let mut batch = Batch::new();
    let chosen: BTreeSet<_> = (0..64).map(|_| random(state) % keys).collect();
    for key in chosen {
        batch.put(key.to_be_bytes(), vec![b'v'; VALUE_BYTES_MAX]);
    }
    batch
}
