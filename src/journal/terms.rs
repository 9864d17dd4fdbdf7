//! What a write asks for beyond the usual: to be repeatable, to be let in, to be subject to a cooldown.

use std::sync::Arc;

use crate::canvas::{CanvasId, Label, Source};

use super::core::Core;
use super::request::{Keyed, Request, Token};
use super::{Committed, JournalError, Reservation, Settings, StateCommitted, UndoCommitted};

/// Who writes, as far as cooldowns are concerned: whatever tells callers apart, a token or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallerId(pub [u8; 16]);

/// What makes a write repeatable. Both are hashes that do not collide, such as SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    /// The hash of whatever must be equal for two writes to be the same one: caller, path, key.
    pub key: [u8; 32],
    /// The hash of what is written.
    pub body: [u8; 32],
}

/// What a write asks for beyond the usual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// The way on which every second pixel came in: the two sides of a ping-pong in turn.
    pub every_second: Option<Source>,
    /// The reservation that lets it in.
    pub reservation: Option<&'a Reservation>,
    /// Who is subject to the canvas's cooldown: may then append one pixel at a time. Without it, nobody is.
    pub caller: Option<CallerId>,
    /// Makes it repeatable.
    pub idempotency: Option<Idempotency>,
    /// Makes it repeatable by a key that is held already; then `idempotency` is not looked at.
    pub claim: Option<&'a Claim>,
}

impl Terms<'_> {
    /// What the write is remembered by.
    pub(super) fn keyed(&self) -> Option<Keyed> {
        let by_claim = self.claim.map(Claim::keyed);
        by_claim.or_else(|| self.idempotency.map(|idempotency| Keyed { idempotency, claim: None }))
    }
}

/// What the making of a canvas asks for beyond the usual.
#[derive(Debug, Clone, Default)]
pub struct CreateTerms<'a> {
    /// What the canvas is limited to.
    pub settings: Settings,
    /// What people call it, to begin with.
    pub label: Option<Label>,
    /// Makes it repeatable.
    pub idempotency: Option<Idempotency>,
    /// Makes it repeatable by a key that is held already; then `idempotency` is not looked at.
    pub claim: Option<&'a Claim>,
    /// What is remembered instead of the canvas. Whoever gives it looks first, by [`super::Journal::recall`].
    pub outcome: Option<Vec<u8>>,
}

/// What became of a write that may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Pixels were appended.
    Appended(Committed),
    /// A state was put, or was there already.
    State(StateCommitted),
    /// Entries were taken back.
    Undone(UndoCommitted),
    /// A canvas was made.
    Created(CanvasId),
    /// What the layer above had remembered, at most [`Outcome::BYTES_MAX`] bytes.
    Bytes(Vec<u8>),
}

impl Outcome {
    /// The most bytes of an outcome.
    pub const BYTES_MAX: usize = 4_096;

    /// That it can be remembered.
    pub(super) const fn check(bytes: &[u8]) -> Result<(), JournalError> {
        let (bytes, max) = (bytes.len(), Self::BYTES_MAX);
        if bytes <= max { Ok(()) } else { Err(JournalError::OutcomeTooLong { bytes, max }) }
    }

    /// The outcome of a write to a log: of a state, where it says how many cells changed.
    pub(super) fn of(committed: Committed, changed: Option<u32>, skipped: Option<u32>) -> Self {
        let Committed { version, time, .. } = committed;
        match changed {
            Some(changed) => Self::of_state(StateCommitted { version, changed, time }, skipped),
            None => Self::Appended(committed),
        }
    }

    /// The outcome of a state, which is an undo where it says how many cells it left as they are.
    pub(super) const fn of_state(committed: StateCommitted, skipped: Option<u32>) -> Self {
        let StateCommitted { version, changed, time } = committed;
        match skipped {
            Some(skipped) => Self::Undone(UndoCommitted { version, changed, skipped, time }),
            None => Self::State(committed),
        }
    }

    /// The outcome of a write to a log.
    pub(super) const fn committed(&self) -> Result<Committed, JournalError> {
        match *self {
            Self::Appended(committed) => Ok(committed),
            Self::State(StateCommitted { version, time, .. }) | Self::Undone(UndoCommitted { version, time, .. }) => {
                Ok(Committed { first_version: version, version, time })
            }
            Self::Created(_) | Self::Bytes(_) => Err(JournalError::KeyReused),
        }
    }
}

/// An outcome, and whether it is that of an earlier write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered<T> {
    /// The outcome.
    pub outcome: T,
    /// Whether the write was done before, by the same key, and nothing was written now.
    pub replayed: bool,
}

impl<T> Answered<T> {
    /// What was done now.
    pub(super) const fn now(outcome: T) -> Self {
        Self { outcome, replayed: false }
    }

    /// What was done before.
    pub(super) const fn before(outcome: T) -> Self {
        Self { outcome, replayed: true }
    }
}

/// What is known of an idempotency key.
#[derive(Debug)]
pub enum Recalled {
    /// The write was done before, with this outcome.
    Before(Outcome),
    /// It was not; the key is held for whoever asked.
    Free(Claim),
}

/// An idempotency key that is held for a write of several steps, and given back when dropped. Until then others who use
/// the key get [`JournalError::KeyInFlight`].
pub struct Claim {
    core: Arc<Core>,
    idempotency: Idempotency,
    token: Token,
}

impl Claim {
    pub(super) const fn new(core: Arc<Core>, idempotency: Idempotency, token: Token) -> Self {
        Self { core, idempotency, token }
    }

    /// What its holder's write is known by.
    pub(super) const fn keyed(&self) -> Keyed {
        Keyed { idempotency: self.idempotency, claim: Some(self.token) }
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Claim({})", self.token)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // It fails only where the committer ends, and the claim with it.
        let _ = self.core.submit_own(Request::Unclaim(self.idempotency.key, self.token));
    }
}
