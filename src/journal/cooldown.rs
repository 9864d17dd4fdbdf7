//! Cooldowns: who must wait before the next pixel. Kept in memory only: a restart forgets them.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use super::{CallerId, JournalError};
use crate::canvas::CanvasId;

/// A caller on a canvas.
pub(super) type Cooling = (CanvasId, CallerId);

/// Who must wait, and until when.
#[derive(Debug)]
pub(super) struct Cooldowns {
    until: HashMap<Cooling, Instant>,
    /// The same, in the order in which they end.
    ends: BTreeSet<(Instant, Cooling)>,
    max: usize,
}

impl Cooldowns {
    /// Nobody waits; at most `max` ever do: of more, those that would be over first are let off.
    pub(super) fn new(max: usize) -> Self {
        Self { until: HashMap::new(), ends: BTreeSet::new(), max: max.max(1) }
    }

    /// Whether the caller may write.
    pub(super) fn check(&self, cooling: Cooling, now: Instant) -> Result<(), JournalError> {
        let left = self.until.get(&cooling).map(|until| until.saturating_duration_since(now));
        // At most 2^32 ms.
        let wait_ms = left.map_or(0, |left| u64::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX));
        if wait_ms == 0 { Ok(()) } else { Err(JournalError::TooSoon { wait_ms }) }
    }

    /// The caller has written.
    pub(super) fn start(&mut self, cooling: Cooling, now: Instant, cooldown_ms: u32) {
        self.end(cooling);
        let is_over = |(until, _): &(Instant, Cooling)| *until <= now;
        while self.ends.first().is_some_and(is_over) || self.ends.len() >= self.max {
            let Some((_, over)) = self.ends.pop_first() else { break };
            self.until.remove(&over);
        }
        let until = now + Duration::from_millis(cooldown_ms.into());
        self.until.insert(cooling, until);
        self.ends.insert((until, cooling));
    }

    /// The caller need not wait: what it wrote did not become durable.
    pub(super) fn end(&mut self, cooling: Cooling) {
        if let Some(until) = self.until.remove(&cooling) {
            self.ends.remove(&(until, cooling));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(cooldowns: &Cooldowns, cooling: Cooling, now: Instant) -> Option<u64> {
        match cooldowns.check(cooling, now) {
            Ok(()) => None,
            Err(JournalError::TooSoon { wait_ms }) => Some(wait_ms),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_caller_waits_out_its_own_cooldown_on_that_canvas_only() {
        let mut cooldowns = Cooldowns::new(10);
        let (start, ada, bob) = (Instant::now(), CallerId([1; 16]), CallerId([2; 16]));
        cooldowns.start((CanvasId(1), ada), start, 100);
        assert_eq!(wait(&cooldowns, (CanvasId(1), ada), start), Some(100));
        assert_eq!(wait(&cooldowns, (CanvasId(1), ada), start + Duration::from_micros(99_001)), Some(1));
        assert_eq!(wait(&cooldowns, (CanvasId(1), ada), start + Duration::from_millis(100)), None);
        assert_eq!(wait(&cooldowns, (CanvasId(1), bob), start), None);
        assert_eq!(wait(&cooldowns, (CanvasId(2), ada), start), None);
        cooldowns.end((CanvasId(1), ada));
        assert_eq!(wait(&cooldowns, (CanvasId(1), ada), start), None);
    }

    #[test]
    fn no_more_than_the_limit_are_kept_and_what_is_over_goes() {
        let mut cooldowns = Cooldowns::new(3);
        let start = Instant::now();
        let caller = |number| (CanvasId(1), CallerId([number; 16]));
        for number in 0..5 {
            cooldowns.start(caller(number), start, 100 + u32::from(number));
        }
        assert_eq!(wait(&cooldowns, caller(1), start), None);
        assert_eq!(wait(&cooldowns, caller(2), start), Some(102));
        cooldowns.start(caller(2), start, 50);
        cooldowns.start(caller(9), start + Duration::from_secs(1), 5);
        assert_eq!((cooldowns.until.len(), cooldowns.ends.len()), (1, 1));
    }
}
