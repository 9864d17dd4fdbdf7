//! A store that holds its commits back, as a slow sync does.

use std::sync::{Arc, Condvar, Mutex};

use pixlog::store::{Batch, MemoryStore, Order, Store, StoreError, Value};

/// A store whose commits wait at a gate between writing and syncing, as sled's do: readers see what is written, but it
/// is not durable before the gate lets it through.
#[derive(Clone)]
pub struct GatedStore {
    pub inner: MemoryStore,
    gate: Arc<(Mutex<Gate>, Condvar)>,
}

#[derive(Default)]
struct Gate {
    is_shut: bool,
    /// Commits that are written and wait.
    waiting: usize,
    /// The next commit that is let through answers with an error.
    fails: bool,
}

impl GatedStore {
    pub fn new(inner: MemoryStore) -> Self {
        Self { inner, gate: Arc::default() }
    }

    pub fn shut(&self) {
        self.gate.0.lock().unwrap().is_shut = true;
    }

    pub fn open_gate(&self) {
        self.gate.0.lock().unwrap().is_shut = false;
        self.gate.1.notify_all();
    }

    /// Opens the gate; the commit that waits there answers that its sync failed.
    pub fn fail(&self) {
        self.gate.0.lock().unwrap().fails = true;
        self.open_gate();
    }

    /// Waits until a commit waits at the gate.
    pub fn wait_for_commit(&self) {
        let mut gate = self.gate.0.lock().unwrap();
        while gate.waiting == 0 {
            gate = self.gate.1.wait(gate).unwrap();
        }
    }
}

impl Store for GatedStore {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        self.inner.scan(from, to, order, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.inner.commit(batch)?;
        let mut gate = self.gate.0.lock().unwrap();
        gate.waiting += 1;
        self.gate.1.notify_all();
        while gate.is_shut {
            gate = self.gate.1.wait(gate).unwrap();
        }
        gate.waiting -= 1;
        if std::mem::take(&mut gate.fails) {
            return Err(StoreError::Io { action: "syncing", source: std::io::Error::other("told to fail") });
        }
        Ok(())
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.inner.disk_bytes()
    }
}
