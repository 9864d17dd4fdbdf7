//! The embedded store: one sled tree.
//!
//! What sled 0.34 leaves undone is done here: its `flush` ends in `sync_file_range`, which does not survive a power
//! loss, so each commit ends in `fdatasync`; it goes on after a failed write, so the store poisons itself; it cannot
//! open on a full disk, so a ballast file is kept.

use std::fmt;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::directory::{self, DataDirectory};
use super::next_opening::NextOpening;
use super::value::Repr;
use super::watchdog::Watchdog;
use super::{Batch, Order, Store, StoreError, VALUE_BYTES_MAX, Value};

/// One access of sled's cache for so many bytes of a value.
const BYTES_PER_ACCESS: usize = 512;

/// How a [`SledStore`] is opened.
#[derive(Debug, Clone)]
pub struct SledOptions {
    /// Bytes of pages that sled may keep in memory.
    pub cache_bytes: u64,
    /// Bytes of disk that must stay free; below it commits answer [`StoreError::Full`].
    pub reserve_bytes: u64,
}

impl Default for SledOptions {
    fn default() -> Self {
        // Measured: less than 4 MiB slows writing by half, 32 MiB and more only add to the process's memory.
        Self { cache_bytes: 8 << 20, reserve_bytes: 64 << 20 }
    }
}

/// One sled tree in a directory.
///
/// The data directory holds `lock`, held while the store is open, `ballast`, and `store/`, which is sled's own.
pub struct SledStore {
    tree: ::sled::Db,
    /// Kept open for `fdatasync`: an error that the kernel meets between two commits is reported to handles that were
    /// open then, and to no other.
    log: File,
    reserve_bytes: u64,
    poisoned: AtomicBool,
    watchdog: Watchdog,
    /// After the tree, which it opens once more.
    next_opening: NextOpening,
    /// Last, so that the directory is unlocked after sled has closed.
    directory: DataDirectory,
}

impl fmt::Debug for SledStore {
    // sled's own Debug prints every record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("directory", &self.directory.path()).finish_non_exhaustive()
    }
}

impl SledStore {
    /// Whether there is a store in `directory`; nothing is made or locked.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] where that cannot be found out.
    pub fn is_in(directory: &Path) -> Result<bool, StoreError> {
        directory.join(directory::STORE).try_exists().map_err(io_error("opening the data directory"))
    }

    /// Opens the store in `directory`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`], [`StoreError::ReadOnly`], [`StoreError::Full`], [`StoreError::Corrupt`] or
    /// [`StoreError::Io`].
    pub fn open(directory: &Path, options: &SledOptions) -> Result<Self, StoreError> {
        let directory = DataDirectory::lock(directory)?;
        let opened = match open_tree(&directory, options) {
            Err(error) if directory::is_disk_full(&error) && directory.give_up_ballast() => {
                open_tree(&directory, options)
            }
            opened => opened,
        };
        let tree = opened.map_err(|error| directory.describe_full(error, options.reserve_bytes))?;
        directory.keep_ballast(options.reserve_bytes);
        let log = File::open(directory.store().join("db")).map_err(io_error("opening the log"))?;
        // What a process that was killed wrote but did not sync can be read now, and so must not go with the power.
        log.sync_all().map_err(io_error("syncing"))?;
        Ok(Self {
            tree,
            log,
            reserve_bytes: options.reserve_bytes,
            poisoned: AtomicBool::new(false),
            watchdog: Watchdog::start("writing to the disk"),
            next_opening: NextOpening::new(directory.store(), options.clone()),
            directory,
        })
    }

    fn write(&self, batch: &Batch) -> Result<(), StoreError> {
        match (&batch.puts[..], &batch.deletes[..]) {
            // One record is whole or not there, whatever happens; a batch of sled's begins with a write and a sync of its own.
            ([(key, value)], []) => self.tree.insert(key, value.as_slice()).map(drop),
            (puts, deletes) => {
                let mut writes = ::sled::Batch::default();
                for (key, value) in puts {
                    writes.insert(key.as_slice(), value.as_slice());
                }
                for key in deletes {
                    writes.remove(key.as_slice());
                }
                self.tree.apply_batch(writes)
            }
        }
        .map_err(sled_error("writing"))?;
        self.tree.flush().map_err(sled_error("flushing"))?;
        self.log.sync_data().map_err(io_error("syncing"))
    }

    /// Looks up a value that was just read or written a few times more, so that sled gives up others sooner: each of
    /// its 256 cache shards looks at what it holds only after 64 accesses, which lets 16,384 values pile up whatever
    /// the capacity, 50 MB of blocks or 100 MB of tiles. A look-up of a page in memory takes well under a microsecond.
    fn hurry_eviction(&self, key: &[u8], value_bytes: usize) -> Result<(), StoreError> {
        for _ in 0..value_bytes / BYTES_PER_ACCESS {
            self.tree.contains_key(key).map_err(sled_error("reading"))?;
        }
        Ok(())
    }

    fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        if let Some((_, value)) = batch.puts.iter().find(|(_, value)| value.len() > VALUE_BYTES_MAX) {
            let problem = format!("a value of {} bytes is over {VALUE_BYTES_MAX}", value.len());
            return Err(io_error("writing")(io::Error::new(io::ErrorKind::InvalidInput, problem)));
        }
        for key in &batch.absent {
            if self.tree.contains_key(key).map_err(sled_error("reading"))? {
                return Err(StoreError::Precondition { key: key.clone() });
            }
        }
        let free_bytes = self.directory.free_bytes()?;
        if free_bytes < self.reserve_bytes {
            return Err(StoreError::Full { free_bytes, reserve_bytes: self.reserve_bytes });
        }
        Ok(())
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        let found = self.tree.get(key).map_err(sled_error("reading"))?;
        if let Some(value) = &found {
            self.hurry_eviction(key, value.len())?;
        }
        Ok(found.map(|bytes| Value(Repr::Sled(bytes))))
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let records = self.tree.range(from..to);
        let record = |found: ::sled::Result<(::sled::IVec, ::sled::IVec)>| {
            let (key, value) = found.map_err(sled_error("reading"))?;
            Ok((key.to_vec(), Value(Repr::Sled(value))))
        };
        match order {
            Order::Ascending => records.take(limit).map(record).collect(),
            Order::Descending => records.rev().take(limit).map(record).collect(),
        }
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(StoreError::Poisoned);
        }
        self.check(batch)?;
        if batch.is_empty() {
            return Ok(());
        }
        // Poisoned until the contrary is known, so that no way out of here, a panic in sled included, forgets it.
        self.poisoned.store(true, Ordering::Release);
        let _watched = self.watchdog.watch();
        let panicked = || StoreError::Corrupt { detail: "sled panicked while it wrote".to_owned() };
        catch_unwind(AssertUnwindSafe(|| self.write(batch))).unwrap_or_else(|_| Err(panicked()))?;
        for (key, value) in &batch.puts {
            self.hurry_eviction(key, value.len())?;
        }
        self.poisoned.store(false, Ordering::Release);
        self.next_opening.note(batch.bytes());
        Ok(())
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.directory.store_bytes()
    }
}

/// Opens sled; a store that is not there yet is made under another name and takes its own when it is whole, because
/// sled writes its configuration file in two steps and cannot open after a crash between them.
fn open_tree(directory: &DataDirectory, options: &SledOptions) -> Result<::sled::Db, StoreError> {
    if !directory.has_store()? {
        let unfinished = directory.clear_unfinished()?;
        drop(open_sled(&unfinished, options)?);
        directory.finish(&unfinished)?;
    }
    directory.remove_leftovers()?;
    let tree = open_sled(&directory.store(), options)?;
    directory.sync_store()?;
    Ok(tree)
}

pub(super) fn open_sled(path: &Path, options: &SledOptions) -> Result<::sled::Db, StoreError> {
    let config = || {
        ::sled::Config::new()
            .path(path)
            .cache_capacity(options.cache_bytes)
            // Every commit flushes; a flush in the background would only log its errors.
            .flush_every_ms(None)
            .use_compression(false)
            // Not less: a page of more than a quarter of it goes to a file under `blobs/`. Fixed once a store is made.
            .segment_size(512 << 10)
    };
    let mut attempts_left = 100;
    loop {
        match config().open() {
            // The directory is locked already, so whoever still holds sled's own lock is a thread of sled's in this
            // process that has not finished with a store closed just now.
            Err(::sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                attempts_left -= 1;
                if attempts_left == 0 {
                    return Err(StoreError::Locked { directory: PathBuf::from(path) });
                }
                thread::sleep(Duration::from_millis(20));
            }
            opened => return opened.map_err(sled_error("opening the store")),
        }
    }
}

pub(super) fn io_error(action: &'static str) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::Io { action, source }
}

pub(super) fn sled_error(action: &'static str) -> impl Fn(::sled::Error) -> StoreError {
    move |error| match error {
        ::sled::Error::Io(source) => StoreError::Io { action, source },
        other => StoreError::Corrupt { detail: format!("{action}: {other}") },
    }
}
