//! The data directory of the embedded store: its lock, its ballast, and what sled leaves to others about its files.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FallocateFlags, fallocate, statvfs};

use super::StoreError;
use super::sled::io_error;

/// Enough for sled to write the snapshot of its page table that it needs to open, and for what it then frees.
const BALLAST_BYTES: u64 = 16 << 20;

/// The folder in a data directory that is sled's own.
pub(super) const STORE: &str = "store";

/// A data directory that no other process holds, until this is dropped.
#[derive(Debug)]
pub(super) struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory where it is missing, and locks it. The lock is the kernel's and ends with the process.
    pub(super) fn lock(path: &Path) -> Result<Self, StoreError> {
        let explain = |error: io::Error| match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                StoreError::ReadOnly { directory: path.to_owned() }
            }
            _ => StoreError::Io { action: "opening the data directory", source: error },
        };
        create_durably(path).map_err(explain)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join("lock"));
        let lock = lock.map_err(explain)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { directory: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(explain(error)),
        }
    }

    /// The directory itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where sled keeps its files.
    pub(super) fn store(&self) -> PathBuf {
        self.path.join(STORE)
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }

    /// Whether a store has been made here.
    pub(super) fn has_store(&self) -> Result<bool, StoreError> {
        self.store().try_exists().map_err(io_error("opening the store"))
    }

    /// The name under which a store is made, with nothing there.
    pub(super) fn clear_unfinished(&self) -> Result<PathBuf, StoreError> {
        let unfinished = self.path.join("store.unfinished");
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error("making the store")(error)),
            _ => Ok(unfinished),
        }
    }

    /// Gives a store that was made under another name its own, durably.
    pub(super) fn finish(&self, unfinished: &Path) -> Result<(), StoreError> {
        let finish = || {
            sync_tree(unfinished)?;
            fs::rename(unfinished, self.store())?;
            sync(&self.path)
        };
        finish().map_err(io_error("making the store"))
    }

    /// Removes what a crash during an earlier start left: a half-written snapshot of sled's page table, which sled
    /// would take for a whole one.
    pub(super) fn remove_leftovers(&self) -> Result<(), StoreError> {
        let remove = || {
            for file in fs::read_dir(self.store())? {
                let file = file?;
                let name = file.file_name();
                let name = name.to_string_lossy();
                if name.starts_with("snap.") && name.ends_with(".generating") {
                    fs::remove_file(file.path())?;
                }
            }
            Ok(())
        };
        remove().map_err(io_error("cleaning the store"))
    }

    /// Makes the names of sled's files durable: it syncs what is in them, not that they are there.
    pub(super) fn sync_store(&self) -> Result<(), StoreError> {
        sync(&self.store()).map_err(io_error("syncing the store's directory"))
    }

    /// Bytes free to this user.
    pub(super) fn free_bytes(&self) -> Result<u64, StoreError> {
        let found = statvfs(&self.path).map_err(|error| io_error("asking for free space")(error.into()))?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }

    /// Bytes allocated to sled's files.
    pub(super) fn store_bytes(&self) -> Result<u64, StoreError> {
        allocated_bytes(&self.store()).map_err(io_error("measuring the store"))
    }

    /// Sets blocks aside that a later start on a full disk can use, where there is room beyond `reserve_bytes`.
    pub(super) fn keep_ballast(&self, reserve_bytes: u64) {
        let keep = || -> io::Result<()> {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.ballast())?;
            if file.metadata()?.blocks() * 512 < BALLAST_BYTES {
                fallocate(&file, FallocateFlags::empty(), 0, BALLAST_BYTES)?;
            }
            Ok(())
        };
        // The ballast that is there is kept whatever is free; a new one must not take what commits may still use.
        let room = self.free_bytes().is_ok_and(|free| free >= reserve_bytes.saturating_add(BALLAST_BYTES));
        if !(room || self.ballast().exists()) {
            return;
        }
        if let Err(error) = keep() {
            tracing::warn!(%error, "no ballast could be set aside; a start on a full disk may fail");
            self.give_up_ballast();
        }
    }

    /// Frees the ballast; whether there was one.
    pub(super) fn give_up_ballast(&self) -> bool {
        fs::remove_file(self.ballast()).is_ok()
    }

    /// Names a full disk where that is what `error` comes from.
    pub(super) fn describe_full(&self, error: StoreError, reserve_bytes: u64) -> StoreError {
        match self.free_bytes() {
            Ok(free_bytes) if is_disk_full(&error) => StoreError::Full { free_bytes, reserve_bytes },
            _ => error,
        }
    }
}

/// Whether a write failed for lack of space.
pub(super) fn is_disk_full(error: &StoreError) -> bool {
    let full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded];
    match error {
        StoreError::Io { source, .. } => full.contains(&source.kind()),
        _ => false,
    }
}

/// Makes a directory and those above it, and their names durable.
fn create_durably(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    create_durably(parent)?;
    match fs::create_dir(path) {
        Err(error) if !path.is_dir() => Err(error),
        _ => sync(parent),
    }
}

/// Makes a file's bytes, or a directory's names, durable.
fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn sync_tree(path: &Path) -> io::Result<()> {
    for file in fs::read_dir(path)? {
        let file = file?;
        if file.file_type()?.is_dir() {
            sync_tree(&file.path())?;
        } else {
            sync(&file.path())?;
        }
    }
    sync(path)
}

fn allocated_bytes(path: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for file in fs::read_dir(path)? {
        let file = file?;
        bytes += match file.metadata() {
            Ok(metadata) if metadata.is_dir() => allocated_bytes(&file.path())?,
            Ok(metadata) => metadata.blocks() * 512,
            // sled removes its older snapshot files when it likes.
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(bytes)
}
