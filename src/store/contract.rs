//! What every backend must do, run against each of them, and what is particular to one.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod both;
mod memory;
mod sled;

use super::{Batch, Order, Store};

fn put(records: &[(&[u8], &[u8])]) -> Batch {
    let mut batch = Batch::new();
    for (key, value) in records {
        batch.put(*key, *value);
    }
    batch
}

fn read(store: &dyn Store, key: &[u8]) -> Option<Vec<u8>> {
    store.get(key).unwrap().map(|value| value.to_vec())
}

/// Every record, in order.
fn contents(store: &dyn Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let records = store.scan(&[], &[0xff; 16], Order::Ascending, usize::MAX).unwrap();
    records.into_iter().map(|(key, value)| (key, value.to_vec())).collect()
}
