//! What can go wrong in a store.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// What can go wrong in a store.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The medium has less free space than the reserve. Nothing was done.
    #[error("the disk is full: {free_bytes} bytes free, {reserve_bytes} are kept in reserve")]
    Full {
        /// Bytes free.
        free_bytes: u64,
        /// Bytes that must stay free.
        reserve_bytes: u64,
    },
    /// A key that had to be absent is there. Nothing was done.
    #[error("a record that had to be new is already there (key {key:02x?})")]
    Precondition {
        /// The key.
        key: Vec<u8>,
    },
    /// Another process holds the directory.
    #[error("the data directory {} is in use by another process", directory.display())]
    Locked {
        /// The data directory.
        directory: PathBuf,
    },
    /// The directory cannot be written.
    #[error("the data directory {} cannot be written", directory.display())]
    ReadOnly {
        /// The data directory.
        directory: PathBuf,
    },
    /// The store's own files are damaged.
    #[error("the store is damaged: {detail}")]
    Corrupt {
        /// What the backend said.
        detail: String,
    },
    /// An operation of the medium failed.
    #[error("{action} failed: {source}")]
    Io {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// An earlier commit failed with its outcome unknown; nothing more is written until the store is opened again.
    #[error("an earlier write failed; nothing more is written until a restart")]
    Poisoned,
}
