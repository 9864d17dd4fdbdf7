//! The embedded store: one sled tree.

use std::path::Path;
use super::{Batch, Order, Store, StoreError, Value};

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
        Self { cache_bytes: 16 << 20, reserve_bytes: 64 << 20 }
    }
}

/// One sled tree in a directory.
#[derive(Debug)]
pub struct SledStore;

impl SledStore {
    /// Opens the store in `directory`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`], [`StoreError::ReadOnly`], [`StoreError::Corrupt`] or [`StoreError::Io`].
    pub fn open(_directory: &Path, _options: &SledOptions) -> Result<Self, StoreError> {
        todo!()
    }
}

impl Store for SledStore {
    fn get(&self, _key: &[u8]) -> Result<Option<Value>, StoreError> {
        todo!()
    }
    fn scan(&self, _from: &[u8], _to: &[u8], _order: Order, _limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        todo!()
    }
    fn commit(&self, _batch: &Batch) -> Result<(), StoreError> {
        todo!()
    }
    fn disk_bytes(&self) -> Result<u64, StoreError> {
        todo!()
    }
}
