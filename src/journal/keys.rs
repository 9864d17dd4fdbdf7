//! Idempotency keys: which writes were done, with what outcome, for how long that is remembered.
//!
//! Only the committer asks and tells, so that a key is decided on together with what is written. An outcome is a record
//! under the hash of its key, written in the commit of what it is the outcome of; a second record, under a number that
//! counts up, says in which order outcomes were remembered, so that those that expire are the first of a short range.
//! Nothing of this is kept in memory but the keys that are held by writes of several steps.

use std::collections::HashMap;

use crate::canvas::{CanvasId, Time, Version};
use crate::format::{OutcomeKind, OutcomeOrderRecord, OutcomeRecord, key};
use crate::store::{Order, last_under};

use super::core::{Core, corrupt, missing};
use super::group::Group;
use super::request::{Keyed, Token};
use super::{Committed, JournalError, Outcome, StateCommitted, UndoCommitted};

/// Outcomes that one group forgets beyond as many as it remembers.
const FORGET_PER_GROUP: usize = 64;

/// The hash of a key.
type Hash = [u8; 32];

/// What the committer knows of idempotency keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// The keys held by writes of several steps, each bounded by the threads that wait for them.
    claims: HashMap<Hash, Token>,
    /// The number of the next outcome, once it was looked up.
    next: Option<u64>,
    oldest: Oldest,
}

/// The oldest outcome that is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Oldest {
    #[default]
    Unknown,
    None,
    At(u64, Time),
}

/// The outcomes that a group under way will have remembered.
#[derive(Debug, Default)]
pub(super) struct Fresh(HashMap<Hash, (Hash, Outcome)>);

/// What is known of a key.
pub(super) enum Found<V> {
    /// The write was done before.
    Known(Outcome),
    /// It was not.
    Free(V),
}

/// Leave to remember an outcome under a key.
pub(super) struct Vacancy {
    number: u64,
    /// The number of an outcome that has expired and is still there.
    expired: Option<u64>,
}

impl Keys {
    /// What is known of a key: from the group under way, the store, or who holds it.
    pub(super) fn recall(&mut self, core: &Core, group: &Group, keyed: &Keyed) -> Result<Found<Vacancy>, JournalError> {
        let hash = keyed.idempotency.key;
        let answer = |body: Hash, outcome: Outcome| {
            if body == keyed.idempotency.body { Ok(Found::Known(outcome)) } else { Err(JournalError::KeyReused) }
        };
        if let Some((body, outcome)) = group.fresh.0.get(&hash) {
            return answer(*body, outcome.clone());
        }
        let mut expired = None;
        if let Some(record) = read(core, &hash)? {
            if is_remembered(core, Time(record.time), group.now) {
                return answer(record.body, from_kind(record.kind));
            }
            expired = Some(record.number);
        }
        match self.claims.get(&hash) {
            Some(token) if keyed.claim != Some(*token) => Err(JournalError::KeyInFlight),
            _ => Ok(Found::Free(Vacancy { number: self.number(core)?, expired })),
        }
    }

    /// Holds a free key for a write of several steps.
    pub(super) fn claim(&mut self, hash: Hash, token: Token) {
        self.claims.insert(hash, token);
    }

    /// Lets others use a key.
    pub(super) fn unclaim(&mut self, hash: Hash, token: Token) {
        if self.claims.get(&hash) == Some(&token) {
            self.claims.remove(&hash);
        }
    }

    /// Remembers an outcome together with what it is the outcome of.
    pub(super) fn remember(&mut self, group: &mut Group, keyed: &Keyed, vacancy: &Vacancy, outcome: Outcome) {
        let Group { batch, fresh, now, .. } = group;
        let Vacancy { number, expired } = *vacancy;
        let (hash, body) = (keyed.idempotency.key, keyed.idempotency.body);
        if let Some(expired) = expired {
            batch.delete(key::outcome_order(expired));
        }
        let record = OutcomeRecord { body, number, time: now.0, kind: to_kind(&outcome) };
        let (outcome_key, order_key) = (key::outcome(&hash), key::outcome_order(number));
        let order = OutcomeOrderRecord { hash, time: now.0 }.encode(&order_key);
        let record = record.encode(&outcome_key);
        batch.put(outcome_key, record);
        batch.put(order_key, order);
        fresh.0.insert(hash, (body, outcome));
        self.next = Some(number + 1);
        if self.oldest == Oldest::None {
            self.oldest = Oldest::At(number, *now);
        }
    }

    /// Forgets some of the outcomes that are too old, or of which there are too many.
    pub(super) fn forget(&mut self, core: &Core, group: &mut Group) -> Result<(), JournalError> {
        let Group { batch, fresh, now, .. } = group;
        let now = *now;
        let next = self.number(core)?;
        let is_due = |number: u64, time: Time| {
            next - number > core.options.idempotency_keys_max || !is_remembered(core, time, now)
        };
        match self.oldest {
            Oldest::None => return Ok(()),
            Oldest::At(number, time) if !is_due(number, time) => return Ok(()),
            Oldest::At(..) | Oldest::Unknown => {}
        }
        self.oldest = Oldest::Unknown;
        let most = FORGET_PER_GROUP + fresh.0.len();
        let found = core.store.scan(&key::outcome_orders(), &key::outcome_order(next), Order::Ascending, most)?;
        let is_all = found.len() < most;
        for (order_key, record) in found {
            let number = key::number(&order_key, 0).ok_or_else(|| missing(CanvasId(0), &order_key))?;
            match OutcomeOrderRecord::decode(&order_key, &record) {
                Ok(OutcomeOrderRecord { time, .. }) if !is_due(number, Time(time)) => {
                    self.oldest = Oldest::At(number, Time(time));
                    return Ok(());
                }
                // Remembered anew by this group, which has taken this away already.
                Ok(OutcomeOrderRecord { hash, .. }) if fresh.0.contains_key(&hash) => {}
                Ok(OutcomeOrderRecord { hash, .. }) => {
                    batch.delete(key::outcome(&hash));
                    batch.delete(order_key);
                }
                Err(problem) => {
                    // Its outcome stays behind, unused, once its time is over.
                    tracing::error!(error = %corrupt(CanvasId(0), &order_key, &problem), "it is dropped");
                    batch.delete(order_key);
                }
            }
        }
        if is_all && fresh.0.is_empty() {
            self.oldest = Oldest::None;
        }
        Ok(())
    }

    /// The group that was under way did not happen.
    pub(super) fn roll_back(&mut self) {
        self.oldest = Oldest::Unknown;
    }

    /// The number of the next outcome.
    fn number(&mut self, core: &Core) -> Result<u64, JournalError> {
        if let Some(next) = self.next {
            return Ok(next);
        }
        let last = last_under(&*core.store, &key::outcome_orders())?;
        let next = last.and_then(|(key, _)| key::number(&key, 0)).unwrap_or(0) + 1;
        self.next = Some(next);
        Ok(next)
    }
}

/// What the store remembers under a key.
fn read(core: &Core, hash: &Hash) -> Result<Option<OutcomeRecord>, JournalError> {
    let key = key::outcome(hash);
    let Some(record) = core.store.get(&key)? else { return Ok(None) };
    OutcomeRecord::decode(&key, &record).map(Some).map_err(|problem| corrupt(CanvasId(0), &key, &problem))
}

/// Whether what was remembered at `time` still is.
fn is_remembered(core: &Core, time: Time, now: Time) -> bool {
    let ttl = i64::try_from(core.options.idempotency_ttl.as_millis()).unwrap_or(i64::MAX);
    time.0.saturating_add(ttl) > now.0
}

fn to_kind(outcome: &Outcome) -> OutcomeKind {
    match outcome {
        Outcome::Appended(Committed { first_version, version, time }) => {
            OutcomeKind::Appended { first_version: first_version.0, version: version.0, time: time.0 }
        }
        Outcome::State(StateCommitted { version, changed, time }) => {
            OutcomeKind::State { version: version.0, changed: *changed, time: time.0 }
        }
        Outcome::Undone(UndoCommitted { version, changed, skipped, time }) => {
            OutcomeKind::Undone { version: version.0, changed: *changed, skipped: *skipped, time: time.0 }
        }
        Outcome::Created(canvas) => OutcomeKind::Created(canvas.0),
        Outcome::Bytes(bytes) => OutcomeKind::Bytes(bytes.clone()),
    }
}

fn from_kind(kind: OutcomeKind) -> Outcome {
    match kind {
        OutcomeKind::Appended { first_version, version, time } => {
            let (first_version, version) = (Version(first_version), Version(version));
            Outcome::Appended(Committed { first_version, version, time: Time(time) })
        }
        OutcomeKind::State { version, changed, time } => {
            Outcome::State(StateCommitted { version: Version(version), changed, time: Time(time) })
        }
        OutcomeKind::Undone { version, changed, skipped, time } => {
            Outcome::Undone(UndoCommitted { version: Version(version), changed, skipped, time: Time(time) })
        }
        OutcomeKind::Created(canvas) => Outcome::Created(CanvasId(canvas)),
        OutcomeKind::Bytes(bytes) => Outcome::Bytes(bytes),
    }
}
