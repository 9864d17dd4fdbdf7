//! Stores that single tests need.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex};

use pixlog::store::{Batch, MemoryStore, Order, Store, StoreError, Value};

use crate::common::gated::GatedStore;

/// A store in memory in which a scan can be held up after it has read.
#[derive(Clone, Default)]
pub struct SlowScan {
    inner: MemoryStore,
    hold: Arc<Mutex<Option<Vec<u8>>>>,
    held: Arc<(Mutex<bool>, Condvar)>,
}

impl SlowScan {
    pub fn hold_next_scan_of(&self, prefix: Vec<u8>) {
        *self.hold.lock().unwrap() = Some(prefix);
    }

    pub fn wait_until_held(&self) {
        let mut held = self.held.0.lock().unwrap();
        while !*held {
            held = self.held.1.wait(held).unwrap();
        }
    }

    pub fn let_go(&self) {
        *self.held.0.lock().unwrap() = false;
        self.held.1.notify_all();
    }
}

impl Store for SlowScan {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        let found = self.inner.scan(from, to, order, limit);
        let is_it = self.hold.lock().unwrap().take_if(|prefix| from.starts_with(prefix)).is_some();
        if is_it {
            let mut held = self.held.0.lock().unwrap();
            *held = true;
            self.held.1.notify_all();
            while *held {
                held = self.held.1.wait(held).unwrap();
            }
        }
        found
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.inner.commit(batch)
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.inner.disk_bytes()
    }
}

/// A store that remembers its largest commit.
#[derive(Clone)]
pub struct Measured {
    pub inner: GatedStore,
    pub largest: Arc<AtomicUsize>,
}

impl Store for Measured {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        self.inner.scan(from, to, order, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.largest.fetch_max(batch.bytes(), Relaxed);
        self.inner.commit(batch)
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.inner.disk_bytes()
    }
}
