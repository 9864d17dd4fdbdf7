//! Making the next opening quick.
//!
//! sled writes the snapshot of its page table only while it opens, from all that was logged since the one before: about
//! 1.5 s for each GB. A store that is closed in order therefore opens once more, so that this time is spent while nobody
//! waits for the answer. It is a gain only: a process that is killed meanwhile leaves what a killed start leaves.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::SledOptions;
use super::sled::open_sled;

/// Bytes written for which it is worth it: less makes no start slow, more would make the stop slow.
const WORTH_BYTES: RangeInclusive<u64> = 128 << 20..=3 << 30;

/// Opens the store once more when it is dropped. It must be dropped after the store and before the directory's lock.
#[derive(Debug)]
pub(super) struct NextOpening {
    store: PathBuf,
    options: SledOptions,
    written_bytes: AtomicU64,
}

impl NextOpening {
    /// Of the store at that path, to which nothing was written yet.
    pub(super) const fn new(store: PathBuf, options: SledOptions) -> Self {
        Self { store, options, written_bytes: AtomicU64::new(0) }
    }

    /// Notes bytes that were written.
    pub(super) fn note(&self, bytes: usize) {
        self.written_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for NextOpening {
    fn drop(&mut self) {
        if WORTH_BYTES.contains(self.written_bytes.get_mut())
            && let Err(error) = open_sled(&self.store, &self.options)
        {
            tracing::warn!(%error, "the next opening will be slow");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Batch, SledStore, Store as _};

    /// The name of sled's snapshot says how much of the log is in it.
    fn snapshot(directory: &std::path::Path) -> Vec<std::ffi::OsString> {
        let files = std::fs::read_dir(directory.join("store")).expect("a store");
        let names = files.map(|file| file.expect("a file").file_name());
        names.filter(|name| name.to_string_lossy().starts_with("snap.")).collect()
    }

    #[test]
    fn much_that_was_written_is_in_the_snapshot_of_the_next_opening() {
        let directory = tempfile::tempdir().expect("a folder");
        let options = SledOptions { reserve_bytes: 0, ..SledOptions::default() };
        let store = SledStore::open(directory.path(), &options).expect("a new store");
        let mut batch = Batch::new();
        for key in 0..200u8 {
            batch.put([key], vec![key; 6_000]);
        }
        store.commit(&batch).expect("there is room");
        drop(store);
        let first = snapshot(directory.path());
        let close_after = |bytes| {
            let next = NextOpening::new(directory.path().join("store"), options.clone());
            next.note(bytes);
        };
        close_after(127 << 20);
        assert_eq!(snapshot(directory.path()), first);
        close_after(128 << 20);
        assert_ne!(snapshot(directory.path()), first);
        let store = SledStore::open(directory.path(), &options).expect("it was closed in order");
        assert_eq!(store.get(&[7]).expect("it can be read").as_deref(), Some(&[7; 6_000][..]));
    }
}
