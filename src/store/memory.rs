//! A store in memory for tests, which fails, fills up or loses power on demand.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Batch, Order, Store, StoreError, VALUE_BYTES_MAX, Value};

/// What goes wrong at one call. [`MemoryStore::fail_at`] says at which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The call fails and does nothing. After a commit that fails so, the store is poisoned.
    IoBefore,
    /// A commit takes effect, durably, and yet answers an error; the store is poisoned. A read just fails.
    IoAfter,
    /// The sync of a commit fails: it answers an error, and what it wrote can be read until the power goes. The store is
    /// poisoned. A read just fails.
    SyncFails,
    /// A commit answers [`StoreError::Full`] and does nothing; the next may succeed. A read goes well.
    Full,
    /// The power goes before the call has made anything durable. The process is gone with it: each later call fails
    /// until [`MemoryStore::reopen`].
    PowerLossBeforeSync,
    /// The power goes after a commit is durable, but before it is answered.
    PowerLossAfterSync,
}

impl Fault {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::IoBefore,
        Self::IoAfter,
        Self::SyncFails,
        Self::Full,
        Self::PowerLossBeforeSync,
        Self::PowerLossAfterSync,
    ];
}

/// A handle to a store that lives in memory. All handles that come from one share its medium; a clone belongs to the
/// same process as its original, [`MemoryStore::reopen`] starts the next one.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    medium: Arc<Mutex<Medium>>,
    process: u64,
}

type Records = BTreeMap<Vec<u8>, Arc<[u8]>>;

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Medium {
    /// What reads see.
    current: Records,
    /// What is still there after a power loss.
    synced: Records,
    /// Whether `current` has what `synced` has not, where syncs are not forgotten.
    is_ahead: bool,
    /// Which process may use the medium; an earlier one is dead.
    process: u64,
    poisoned: bool,
    full: bool,
    forgets_sync: bool,
    calls: u64,
    commits: u64,
    faults_by_call: BTreeMap<u64, Fault>,
    faults_by_commit: BTreeMap<u64, Fault>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self { medium: Arc::default(), process: 0 }
    }

    /// An empty store whose commits are never synced: a power loss takes all of them. Tests of durability must fail
    /// with it.
    #[must_use]
    pub fn without_sync() -> Self {
        let store = Self::new();
        store.medium().forgets_sync = true;
        store
    }

    /// The store as the next process finds it after this one ended at this instant. All earlier handles are dead:
    /// their calls fail and change nothing. A poisoned store is so no longer, and what can be read is durable: opening
    /// a store syncs it.
    #[must_use]
    pub fn reopen(&self) -> Self {
        let mut medium = self.medium();
        medium.end_process();
        if medium.is_ahead && !medium.forgets_sync {
            medium.synced = medium.current.clone();
            medium.is_ahead = false;
        }
        Self { medium: Arc::clone(&self.medium), process: medium.process }
    }

    /// Cuts the power: what was not synced is gone, and all handles are dead until [`Self::reopen`].
    pub fn lose_power(&self) {
        self.medium().lose_power();
    }

    /// Lets `fault` happen at call number `call`, counted from 1 as [`Self::calls`] does. It happens once.
    pub fn fail_at(&self, call: u64, fault: Fault) {
        self.medium().faults_by_call.insert(call, fault);
    }

    /// Lets `fault` happen at commit number `commit`, counted from 1 as [`Self::commits`] does. It happens once.
    pub fn fail_at_commit(&self, commit: u64, fault: Fault) {
        self.medium().faults_by_commit.insert(commit, fault);
    }

    /// Lets no planned fault happen any more.
    pub fn clear_faults(&self) {
        let mut medium = self.medium();
        medium.faults_by_call.clear();
        medium.faults_by_commit.clear();
    }

    /// How many times a process that was alive has called [`Store::get`], [`Store::scan`] or [`Store::commit`].
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.medium().calls
    }

    /// How many of [`Self::calls`] were commits.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.medium().commits
    }

    /// Whether the medium is full: while it is, commits answer [`StoreError::Full`].
    pub fn set_full(&self, full: bool) {
        self.medium().full = full;
    }

    /// Every key, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<Vec<u8>> {
        self.medium().current.keys().cloned().collect()
    }

    /// Changes the bytes of a record behind the back of whoever wrote it; whether there is such a record.
    pub fn corrupt(&self, key: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut medium = self.medium();
        let Some(value) = medium.current.get(key) else { return false };
        let mut bytes = value.to_vec();
        change(&mut bytes);
        medium.put(key, &bytes.into());
        true
    }

    /// Loses a record behind the back of whoever wrote it; whether there was such a record.
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn remove(&self, key: &[u8]) -> bool {
        let mut medium = self.medium();
        medium.synced.remove(key);
        medium.current.remove(key).is_some()
    }

    fn medium(&self) -> MutexGuard<'_, Medium> {
        // No call below leaves the medium half changed, so a test that panicked elsewhere does not matter.
        self.medium.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a read and lets it meet its fault.
    fn read(&self) -> Result<MutexGuard<'_, Medium>, StoreError> {
        let mut medium = self.medium();
        match medium.begin(self.process)? {
            None | Some(Fault::Full) => Ok(medium),
            Some(Fault::IoBefore | Fault::IoAfter | Fault::SyncFails) => Err(failed("reading")),
            Some(Fault::PowerLossBeforeSync | Fault::PowerLossAfterSync) => {
                medium.lose_power();
                Err(failed("reading"))
            }
        }
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Value>, StoreError> {
        Ok(self.read()?.current.get(key).map(Value::shared))
    }

    fn scan(&self, from: &[u8], to: &[u8], order: Order, limit: usize) -> Result<Vec<(Vec<u8>, Value)>, StoreError> {
        let medium = self.read()?;
        if from >= to {
            return Ok(Vec::new());
        }
        let records = medium.current.range(from.to_vec()..to.to_vec());
        let record = |(key, value): (&Vec<u8>, &Arc<[u8]>)| (key.clone(), Value::shared(value));
        Ok(match order {
            Order::Ascending => records.take(limit).map(record).collect(),
            Order::Descending => records.rev().take(limit).map(record).collect(),
        })
    }

    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut medium = self.medium();
        let fault = medium.begin_commit(self.process)?;
        if medium.poisoned {
            return Err(StoreError::Poisoned);
        }
        medium.check(batch)?;
        match fault {
            None => {
                medium.apply(batch);
                medium.sync(batch);
                Ok(())
            }
            Some(Fault::Full) => Err(disk_full()),
            Some(Fault::IoBefore) => {
                medium.poisoned = true;
                Err(failed("writing"))
            }
            Some(Fault::IoAfter) => {
                medium.apply(batch);
                medium.sync(batch);
                medium.poisoned = true;
                Err(failed("syncing"))
            }
            Some(Fault::SyncFails) => {
                medium.apply(batch);
                medium.is_ahead = true;
                medium.poisoned = true;
                Err(failed("syncing"))
            }
            Some(Fault::PowerLossBeforeSync) => {
                medium.apply(batch);
                medium.lose_power();
                Err(failed("syncing"))
            }
            Some(Fault::PowerLossAfterSync) => {
                medium.apply(batch);
                medium.sync(batch);
                medium.lose_power();
                Err(failed("syncing"))
            }
        }
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        let medium = self.medium();
        Ok(medium.current.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum())
    }
}

impl Medium {
    fn begin(&mut self, process: u64) -> Result<Option<Fault>, StoreError> {
        if process != self.process {
            return Err(failed("using a store whose process has ended"));
        }
        self.calls += 1;
        Ok(self.faults_by_call.remove(&self.calls))
    }

    fn begin_commit(&mut self, process: u64) -> Result<Option<Fault>, StoreError> {
        let by_call = self.begin(process)?;
        self.commits += 1;
        let by_commit = self.faults_by_commit.remove(&self.commits);
        Ok(by_call.or(by_commit))
    }

    /// What a commit may be refused for without harm.
    fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        if batch.puts.iter().any(|(_, value)| value.len() > VALUE_BYTES_MAX) {
            return Err(StoreError::Io { action: "writing", source: io::ErrorKind::InvalidInput.into() });
        }
        if let Some(key) = batch.absent.iter().find(|key| self.current.contains_key(*key)) {
            return Err(StoreError::Precondition { key: key.clone() });
        }
        if self.full { Err(disk_full()) } else { Ok(()) }
    }

    fn apply(&mut self, batch: &Batch) {
        write(&mut self.current, batch);
    }

    /// Makes `batch` durable, and so both layers equal: every commit before it was synced too.
    fn sync(&mut self, batch: &Batch) {
        if !self.forgets_sync {
            write(&mut self.synced, batch);
        }
    }

    fn put(&mut self, key: &[u8], value: &Arc<[u8]>) {
        for layer in [&mut self.current, &mut self.synced] {
            layer.insert(key.to_vec(), Arc::clone(value));
        }
    }

    fn lose_power(&mut self) {
        self.current = self.synced.clone();
        self.is_ahead = false;
        self.end_process();
    }

    fn end_process(&mut self) {
        self.process += 1;
        self.poisoned = false;
    }
}

fn write(records: &mut Records, batch: &Batch) {
    for (key, value) in &batch.puts {
        records.insert(key.clone(), value.as_slice().into());
    }
    for key in &batch.deletes {
        records.remove(key);
    }
}

fn failed(action: &'static str) -> StoreError {
    StoreError::Io { action, source: io::Error::other("the store was told to fail") }
}

fn disk_full() -> StoreError {
    StoreError::Full { free_bytes: 0, reserve_bytes: 1 }
}
