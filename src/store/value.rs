//! Values read from a store, and batches written to it.

use std::ops::Deref;
use std::sync::Arc;

/// Bytes read from a store, shared with its cache where the backend has one.
#[derive(Debug, Clone)]
pub struct Value(pub(super) Repr);

#[derive(Debug, Clone)]
pub(super) enum Repr {
    Sled(::sled::IVec),
    Heap(Arc<[u8]>),
}

impl Value {
    pub(super) fn shared(bytes: &Arc<[u8]>) -> Self {
        Self(Repr::Heap(Arc::clone(bytes)))
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.0 {
            Repr::Sled(bytes) => bytes,
            Repr::Heap(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self(Repr::Heap(bytes.into()))
    }
}

/// Writes that happen together or not at all, and what must hold for them to happen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub(super) absent: Vec<Vec<u8>>,
    pub(super) puts: Vec<(Vec<u8>, Vec<u8>)>,
    pub(super) deletes: Vec<Vec<u8>>,
    bytes: usize,
}

impl Batch {
    /// A batch that does nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The batch happens only if no record has this key.
    pub fn require_absent(&mut self, key: impl Into<Vec<u8>>) {
        self.absent.push(key.into());
    }

    /// Puts `value` under `key`, over whatever is there. A key is put or deleted at most once in a batch.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        let (key, value) = (key.into(), value.into());
        debug_assert!(value.len() <= super::VALUE_BYTES_MAX, "a value of {} bytes", value.len());
        self.bytes += key.len() + value.len();
        self.puts.push((key, value));
    }

    /// Deletes the record under `key`, if it is there.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) {
        let key = key.into();
        self.bytes += key.len();
        self.deletes.push(key);
    }

    /// Adds all that `other` says.
    pub fn append(&mut self, mut other: Self) {
        self.absent.append(&mut other.absent);
        self.puts.append(&mut other.puts);
        self.deletes.append(&mut other.deletes);
        self.bytes += other.bytes;
    }

    /// Bytes of all keys and values in it.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether it does nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.deletes.is_empty()
    }
}
