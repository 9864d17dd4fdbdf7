//! How many requests a client may make: the generic cell rate algorithm (ITU-T I.371, annex A), a bucket of tokens kept
//! as one moment. The table has a fixed size; who was silent for a while is as unknown as who never came.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Sets of the table; with [`WAYS`] each, 128 KiB of clients.
const SETS: usize = 1024;

/// Clients of a set.
const WAYS: usize = 8;

/// Limits the rate of each client.
#[derive(Debug)]
pub(super) struct Rates {
    /// Nanoseconds of a request at the full rate.
    interval_ns: u64,
    /// How far ahead of the clock a client may be, in nanoseconds.
    ahead_max_ns: u64,
    begin: Instant,
    /// Keyed, so that nobody can choose whom to share a place with.
    hasher: RandomState,
    sets: Vec<Mutex<[Client; WAYS]>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Client {
    /// The hash of its identity.
    hash: u64,
    /// When its requests so far would have come at the full rate, in nanoseconds since the beginning.
    due_ns: u64,
}

impl Rates {
    /// `burst` requests at once and `per_second` on average; a burst of 0 is that of a second. Nothing where there is
    /// no limit.
    pub(super) fn new(per_second: u32, burst: u32) -> Option<Self> {
        let interval_ns = 1_000_000_000_u64.checked_div(per_second.into())?.max(1);
        let burst = if burst == 0 { per_second } else { burst };
        Some(Self {
            interval_ns,
            ahead_max_ns: interval_ns * u64::from(burst - 1),
            begin: Instant::now(),
            hasher: RandomState::new(),
            sets: std::iter::repeat_with(Mutex::default).take(SETS).collect(),
        })
    }

    /// Counts a request of this client.
    ///
    /// # Errors
    ///
    /// How long it has to wait, where it may not come now.
    pub(super) fn enter(&self, client: &[u8]) -> Result<(), Duration> {
        let now_ns = u64::try_from(self.begin.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.enter_at(client, now_ns)
    }

    fn enter_at(&self, client: &[u8], now_ns: u64) -> Result<(), Duration> {
        let hash = self.hasher.hash_one(client);
        let set = usize::try_from(hash % SETS as u64).ok().and_then(|set| self.sets.get(set));
        let Some(set) = set else { return Ok(()) };
        let mut clients = set.lock().unwrap_or_else(PoisonError::into_inner);
        // Where it is not known, it takes the place of whoever was silent the longest.
        let known = clients.iter().position(|known| known.hash == hash);
        let longest = || (0..WAYS).min_by_key(|way| clients[*way].due_ns).unwrap_or(0);
        let way = known.unwrap_or_else(longest);
        let due_ns = known.map_or(0, |way| clients[way].due_ns).max(now_ns);
        let wait_ns = due_ns.saturating_sub(now_ns + self.ahead_max_ns);
        if wait_ns > 0 {
            return Err(Duration::from_nanos(wait_ns));
        }
        clients[way] = Client { hash, due_ns: due_ns + self.interval_ns };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_then_the_rate() {
        let rates = Rates::new(10, 3).expect("a limit");
        let enter = |now_ns| rates.enter_at(b"a", now_ns).map_err(|wait| wait.as_millis());
        assert_eq!([0; 5].map(enter), [Ok(()), Ok(()), Ok(()), Err(100), Err(100)], "refusals cost nothing");
        assert_eq!(enter(SECOND / 20), Err(50));
        assert_eq!([SECOND / 10; 2].map(enter), [Ok(()), Err(100)]);
        assert_eq!([SECOND; 4].map(enter), [Ok(()), Ok(()), Ok(()), Err(100)], "rest is not saved up");
        assert_eq!(rates.enter_at(b"b", SECOND), Ok(()), "others are not touched");
    }

    #[test]
    fn a_burst_that_is_not_said_is_that_of_a_second() {
        let rates = Rates::new(2, 0).expect("a limit");
        let enter = |now_ns| rates.enter_at(b"a", now_ns).map_err(|wait| wait.as_millis());
        assert_eq!([0; 3].map(enter), [Ok(()), Ok(()), Err(500)]);
        assert!(Rates::new(0, 7).is_none(), "no limit");
    }

    #[test]
    fn many_clients_take_no_more_memory_and_the_newest_are_known() {
        let rates = Rates::new(1, 1).expect("a limit");
        for client in 0..100_000_u32 {
            assert_eq!(rates.enter_at(&client.to_be_bytes(), client.into()), Ok(()));
            assert!(rates.enter_at(&client.to_be_bytes(), client.into()).is_err(), "{client} is known");
        }
        assert_eq!((rates.sets.len(), rates.sets[0].lock().expect("whole").len()), (SETS, WAYS));
    }
}
