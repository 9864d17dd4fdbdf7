//! The seam between the journal and whatever keeps its bytes: opaque keys and values, one atomic durable commit.
//!
//! Two backends: [`SledStore`], the embedded one, and [`MemoryStore`], for tests, which can fail or lose power on
//! demand. Only this module names sled.

pub mod baseline;
#[cfg(test)]
mod contract;
mod directory;
mod error;
mod memory;
mod next_opening;
mod sled;
mod value;
mod watchdog;

pub use error::StoreError;
pub use memory::{Fault, MemoryStore};
pub use sled::{SledOptions, SledStore};
pub use value::{Batch, Value};

/// The largest value a store takes, header included. Above about 6.8 KiB sled 0.34 may move a page to a file under
/// `blobs/`, which it never syncs.
pub const VALUE_BYTES_MAX: usize = 6_144;

/// Which end of a range a scan starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Smallest key first.
    Ascending,
    /// Greatest key first.
    Descending,
}

/// Keys and values of bytes, ordered by key. Every method may block on the disk.
pub trait Store: Send + Sync + 'static {
    /// The value under `key`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] or [`StoreError::Corrupt`] where the value cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError>;

    /// At most `limit` records with `from <= key < to`, in `order`. Meant for small ranges: all are held at once.
    ///
    /// # Errors
    ///
    /// As [`Store::get`].
    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError>;

    /// Does all that `batch` says, or nothing, and returns once it is on stable storage. Called by one thread at a time.
    ///
    /// # Errors
    ///
    /// [`StoreError::Precondition`] and [`StoreError::Full`]: nothing was done, and a later commit may succeed. Any
    /// other: whether the batch took effect is unknown until the store is opened again.
    fn commit(&self, batch: &Batch) -> Result<(), StoreError>;

    /// Bytes that the store takes on its medium now.
    ///
    /// # Errors
    ///
    /// [`StoreError::Io`] where that cannot be found out.
    fn disk_bytes(&self) -> Result<u64, StoreError>;
}

/// The greatest key that starts with `prefix`, and its value.
///
/// # Errors
///
/// As [`Store::get`].
pub fn last_under(store: &dyn Store, prefix: &[u8]) -> Result<Option<(Vec<u8>, Value)>, StoreError> {
    let mut end = prefix.to_vec();
    // The first key beyond the prefix: its last byte that is not 0xff, raised by one, the rest cut.
    while let Some(byte) = end.pop() {
        if byte < 0xff {
            end.push(byte + 1);
            return Ok(store.scan(prefix, &end, Order::Descending, 1)?.pop());
        }
    }
    Ok(None)
}
