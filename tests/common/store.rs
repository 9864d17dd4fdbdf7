//! Where a world keeps its bytes.

use std::path::PathBuf;
use std::sync::Arc;

use pixlog::store::{MemoryStore, Order, SledOptions, SledStore, Store, StoreError};

/// Where a world keeps its bytes.
pub enum Medium {
    Memory(MemoryStore),
    Sled(PathBuf),
}

impl Medium {
    /// The store as the next process finds it.
    pub fn open(&mut self) -> Result<Arc<dyn Store>, StoreError> {
        match self {
            Self::Memory(store) => {
                *store = store.reopen();
                Ok(Arc::new(store.clone()))
            }
            Self::Sled(directory) => {
                let options = SledOptions { reserve_bytes: 1 << 20, ..SledOptions::default() };
                Ok(Arc::new(SledStore::open(directory, &options)?))
            }
        }
    }

    pub fn memory(&self) -> Option<&MemoryStore> {
        match self {
            Self::Memory(store) => Some(store),
            Self::Sled(_) => None,
        }
    }
}

/// A key and what is under it.
pub type Record = (Vec<u8>, Vec<u8>);

/// Every record of a store.
pub fn records(store: &dyn Store) -> Result<Vec<Record>, StoreError> {
    let found = store.scan(&[0], &[0xff], Order::Ascending, usize::MAX)?;
    Ok(found.into_iter().map(|(key, value)| (key, value.to_vec())).collect())
}
