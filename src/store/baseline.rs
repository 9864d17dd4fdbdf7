//! What a run is measured against: the very records it wrote, in the same groups, written by sled alone, or to a plain
//! file.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::sled::{io_error, open_sled, sled_error};
use super::{Batch, Order, SledOptions, SledStore, Store, StoreError, Value};

/// An embedded store that also writes every commit down, to be replayed.
#[derive(Debug)]
pub struct RecordingStore {
    inner: SledStore,
    trace: Mutex<File>,
}

impl RecordingStore {
    /// Writes what `inner` commits to a new file at `trace`.
    ///
    /// # Errors
    ///
    /// What the file cannot be made for.
    pub fn new(inner: SledStore, trace: &Path) -> io::Result<Self> {
        Ok(Self { inner, trace: Mutex::new(File::create_new(trace)?) })
    }
}

impl Store for RecordingStore {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        self.inner.scan(from, to, order, limit)
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        self.inner.commit(batch)?;
        let mut trace = self.trace.lock().unwrap_or_else(PoisonError::into_inner);
        trace.write_all(&encode(batch)).map_err(io_error("recording a commit"))
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        self.inner.disk_bytes()
    }
}

/// A group: two counts, then each put as key length, value length, key, value, then each delete as key length, key.
/// Lengths are 32 bits, little-endian.
fn encode(batch: &Batch) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(batch.bytes() + 16 * (batch.puts.len() + batch.deletes.len() + 1));
    // A commit holds a megabyte at most, so no length comes near 32 bits.
    let put_length = |bytes: &mut Vec<u8>, length: usize| {
        bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    };
    put_length(&mut bytes, batch.puts.len());
    put_length(&mut bytes, batch.deletes.len());
    for (key, value) in &batch.puts {
        put_length(&mut bytes, key.len());
        put_length(&mut bytes, value.len());
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(value);
    }
    for key in &batch.deletes {
        put_length(&mut bytes, key.len());
        bytes.extend_from_slice(key);
    }
    bytes
}

/// All commits of a run, in order.
#[derive(Debug, Default)]
pub struct Trace {
    groups: Vec<Batch>,
}

impl Trace {
    /// Reads what a [`RecordingStore`] wrote; all of it is held in memory, so that reading is no part of a measurement.
    ///
    /// # Errors
    ///
    /// What reading fails with; [`io::ErrorKind::UnexpectedEof`] where the file is cut short.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = std::fs::read(path)?;
        let mut rest = bytes.as_slice();
        let mut groups = Vec::new();
        while !rest.is_empty() {
            let mut group = Batch::new();
            let (puts, deletes) = (take_length(&mut rest)?, take_length(&mut rest)?);
            for _ in 0..puts {
                let (key, value) = (take_length(&mut rest)?, take_length(&mut rest)?);
                let key = take(&mut rest, key)?;
                group.put(key, take(&mut rest, value)?);
            }
            for _ in 0..deletes {
                let key = take_length(&mut rest)?;
                group.delete(take(&mut rest, key)?);
            }
            groups.push(group);
        }
        Ok(Self { groups })
    }

    /// How many commits there were.
    #[must_use]
    pub fn commits(&self) -> usize {
        self.groups.len()
    }

    /// How many records were written.
    #[must_use]
    pub fn records(&self) -> usize {
        self.groups.iter().map(|group| group.puts.len()).sum()
    }

    /// Bytes of all keys and values that were written.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let bytes = |group: &Batch| group.puts.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum::<u64>();
        self.groups.iter().map(bytes).sum()
    }
}

fn take_length(bytes: &mut &[u8]) -> io::Result<usize> {
    let mut length = [0; 4];
    bytes.read_exact(&mut length)?;
    Ok(u32::from_le_bytes(length) as usize)
}

fn take(bytes: &mut &[u8], length: usize) -> io::Result<Vec<u8>> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
    *bytes = rest;
    Ok(taken.to_vec())
}

/// How long sled takes for `trace`, each group flushed and synced, in a new store in `directory`, opened as ours is.
/// Opening is left out.
///
/// # Errors
///
/// [`StoreError::Io`], [`StoreError::Corrupt`].
pub fn bare_sled(directory: &Path, trace: &Trace) -> Result<Duration, StoreError> {
    let tree = open_sled(directory, &SledOptions::default())?;
    let log = File::open(directory.join("db")).map_err(io_error("opening the log"))?;
    let start = Instant::now();
    for group in &trace.groups {
        let mut batch = ::sled::Batch::default();
        group.puts.iter().for_each(|(key, value)| batch.insert(key.as_slice(), value.as_slice()));
        group.deletes.iter().for_each(|key| batch.remove(key.as_slice()));
        tree.apply_batch(batch).map_err(sled_error("writing"))?;
        tree.flush().map_err(sled_error("flushing"))?;
        log.sync_data().map_err(io_error("syncing"))?;
    }
    Ok(start.elapsed())
}

/// How long writing the keys and values of `trace` to a new file at `path` takes, each group in one write and one sync.
///
/// # Errors
///
/// What the file fails with.
pub fn plain_file(path: &Path, trace: &Trace) -> io::Result<Duration> {
    let mut file = File::create_new(path)?;
    let start = Instant::now();
    for group in &trace.groups {
        let mut bytes = Vec::with_capacity(group.bytes());
        for (key, value) in &group.puts {
            bytes.extend_from_slice(key);
            bytes.extend_from_slice(value);
        }
        file.write_all(&bytes)?;
        file.sync_data()?;
    }
    Ok(start.elapsed())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_was_committed_is_read_back_and_replayed() {
        let directory = TempDir::new().unwrap();
        let path = |name: &str| directory.path().join(name);
        let inner =
            SledStore::open(&path("data"), &SledOptions { reserve_bytes: 0, ..SledOptions::default() }).unwrap();
        let store = RecordingStore::new(inner, &path("trace")).unwrap();
        let (mut first, mut second) = (Batch::new(), Batch::new());
        first.put(*b"a", vec![7; 3_000]);
        first.put(*b"bb", Vec::new());
        second.put(*b"c", *b"value");
        second.delete(*b"a");
        store.commit(&first).unwrap();
        store.commit(&second).unwrap();
        let trace = Trace::read(&path("trace")).unwrap();
        assert_eq!(trace.groups, [first, second]);
        assert_eq!((trace.commits(), trace.records(), trace.bytes()), (2, 3, 3_001 + 2 + 6));

        bare_sled(&path("bare"), &trace).unwrap();
        let bare = open_sled(&path("bare"), &SledOptions::default()).unwrap();
        let found: Vec<_> = bare.iter().map(|record| record.map(|(k, v)| (k.to_vec(), v.to_vec())).unwrap()).collect();
        assert_eq!(found, [(b"bb".to_vec(), Vec::new()), (b"c".to_vec(), b"value".to_vec())]);
        plain_file(&path("plain"), &trace).unwrap();
        assert_eq!(std::fs::metadata(path("plain")).unwrap().len(), trace.bytes());
    }

    #[test]
    fn a_trace_cut_short_is_an_error() {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("trace");
        let mut batch = Batch::new();
        batch.put(*b"a", *b"value");
        let whole = encode(&batch);
        for length in 1..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(Trace::read(&path).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{length} bytes");
        }
    }
}
