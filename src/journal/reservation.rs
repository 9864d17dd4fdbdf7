//! Writing to a canvas while others wait.

use std::sync::Arc;

use crate::canvas::CanvasId;

use super::JournalError;
use super::core::Core;
use super::request::{Request, Token};

/// Leave to be the only one who writes to a canvas, given back when dropped.
pub struct Reservation {
    core: Arc<Core>,
    canvas: CanvasId,
    token: Token,
}

impl Reservation {
    /// Waits until all writes queued before are durable, and earlier reservations of the canvas are over.
    pub(super) fn new(core: &Arc<Core>, canvas: CanvasId) -> Result<Self, JournalError> {
        let token = core.ask_own(|reply| Request::Reserve(canvas, reply))?;
        Ok(Self { core: core.clone(), canvas, token })
    }

    /// What its holder's writes are known by.
    pub(super) const fn token(&self) -> Token {
        self.token
    }
}

impl std::fmt::Debug for Reservation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reservation({} of canvas {})", self.token, self.canvas)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // It fails only where the committer ends, and the reservation with it.
        let _ = self.core.submit_own(Request::Release(self.canvas));
    }
}
