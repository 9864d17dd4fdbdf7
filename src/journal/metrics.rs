//! What the journal counts of its own work, for whoever shows it. Nothing here is ever read to decide something, so
//! every access is relaxed: numbers that are read together may be a moment apart.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the histogram of a group's requests. One alone is a queue that is empty; a group takes 4,096 at most.
const GROUP_BOUNDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0];

/// Upper bounds of the histogram of a commit's time, in seconds: from a disk with a cache of its own to one that hangs.
const COMMIT_BOUNDS: &[f64] = &[0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// What a journal did since it was opened.
#[derive(Debug)]
pub struct Metrics {
    appends: AtomicU64,
    pixels: AtomicU64,
    states: AtomicU64,
    batch_bytes: AtomicU64,
    failed_commits: AtomicU64,
    group_requests: Histogram,
    commit_seconds: Histogram,
    /// Below zero for a moment where a request is taken before its sender counted it, or when the journal closes.
    waiting: AtomicI64,
    snapshots_taken: AtomicU64,
    snapshots_failed: AtomicU64,
    deltas_taken: AtomicU64,
    deltas_failed: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            appends: AtomicU64::new(0),
            pixels: AtomicU64::new(0),
            states: AtomicU64::new(0),
            batch_bytes: AtomicU64::new(0),
            failed_commits: AtomicU64::new(0),
            group_requests: Histogram::new(GROUP_BOUNDS),
            commit_seconds: Histogram::new(COMMIT_BOUNDS),
            waiting: AtomicI64::new(0),
            snapshots_taken: AtomicU64::new(0),
            snapshots_failed: AtomicU64::new(0),
            deltas_taken: AtomicU64::new(0),
            deltas_failed: AtomicU64::new(0),
        }
    }
}

/// What a group adds to the logs of its canvases.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Added {
    appends: u64,
    pixels: u64,
    states: u64,
}

impl Added {
    /// Counts an append of so many pixels.
    pub(super) fn pixels(&mut self, count: usize) {
        self.appends += 1;
        self.pixels += count as u64;
    }

    /// Counts an append of one state.
    pub(super) fn state(&mut self) {
        self.appends += 1;
        self.states += 1;
    }
}

/// What was read of a journal's [`Metrics`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MetricsReading {
    /// Writes that became durable: each one request's entries for one canvas.
    pub appends: u64,
    /// Pixel entries in them.
    pub pixels: u64,
    /// State entries in them.
    pub states: u64,
    /// Bytes of keys and values handed to the store.
    pub batch_bytes: u64,
    /// Commits that failed, on a full disk too.
    pub failed_commits: u64,
    /// Requests in each group that was committed.
    pub group_requests: HistogramReading,
    /// Seconds that each commit took, its `fdatasync` included.
    pub commit_seconds: HistogramReading,
    /// Requests that wait for the committer now, those put aside for a reserved canvas included.
    pub waiting: u64,
    /// Snapshots that were taken.
    pub snapshots_taken: u64,
    /// Snapshots that could not be taken.
    pub snapshots_failed: u64,
    /// Deltas that were taken.
    pub deltas_taken: u64,
    /// Deltas that could not be taken.
    pub deltas_failed: u64,
}

impl Metrics {
    /// One more request waits for the committer.
    pub(super) fn request_waits(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// A request waits no longer: it is in a group, or was refused.
    pub(super) fn request_waited(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// A group of so many requests was committed, or its commit failed; its batch had so many bytes.
    pub(super) fn group_ended(&self, committed: bool, added: Added, requests: usize, bytes: usize, commit: Duration) {
        if !committed {
            self.failed_commits.fetch_add(1, Ordering::Relaxed);
            return;
        }
        for (counter, more) in [
            (&self.appends, added.appends),
            (&self.pixels, added.pixels),
            (&self.states, added.states),
            (&self.batch_bytes, bytes as u64),
        ] {
            counter.fetch_add(more, Ordering::Relaxed);
        }
        if bytes > 0 {
            self.group_requests.observe(u32::try_from(requests).map_or(f64::MAX, f64::from));
            self.commit_seconds.observe(commit.as_secs_f64());
        }
    }

    /// A snapshot was taken.
    pub(super) fn snapshot_taken(&self) {
        self.snapshots_taken.fetch_add(1, Ordering::Relaxed);
    }

    /// A snapshot could not be taken.
    pub(super) fn snapshot_failed(&self) {
        self.snapshots_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// A delta was taken.
    pub(super) fn delta_taken(&self) {
        self.deltas_taken.fetch_add(1, Ordering::Relaxed);
    }

    /// A delta could not be taken.
    pub(super) fn delta_failed(&self) {
        self.deltas_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// All of it, now.
    #[must_use]
    pub fn read(&self) -> MetricsReading {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        MetricsReading {
            appends: of(&self.appends),
            pixels: of(&self.pixels),
            states: of(&self.states),
            batch_bytes: of(&self.batch_bytes),
            failed_commits: of(&self.failed_commits),
            group_requests: self.group_requests.read(),
            commit_seconds: self.commit_seconds.read(),
            waiting: u64::try_from(self.waiting.load(Ordering::Relaxed)).unwrap_or(0),
            snapshots_taken: of(&self.snapshots_taken),
            snapshots_failed: of(&self.snapshots_failed),
            deltas_taken: of(&self.deltas_taken),
            deltas_failed: of(&self.deltas_failed),
        }
    }
}

/// How often a value lay in each of a fixed number of ranges, as Prometheus counts. Bounded, and never locked.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [f64],
    /// One more than there are bounds: the last counts what lies above all of them.
    counts: Box<[AtomicU64]>,
    /// The bits of the sum of all values.
    sum: AtomicU64,
}

/// What was read of a [`Histogram`].
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramReading {
    /// Each upper bound, and how many values were at most that.
    pub up_to: Vec<(f64, u64)>,
    /// How many values there were.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
}

impl Histogram {
    /// An empty one with these upper bounds, which ascend.
    #[must_use]
    pub fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0f64.to_bits()) }
    }

    /// Counts a value.
    pub fn observe(&self, value: f64) {
        let range = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(range) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let more = |sum: u64| Some((f64::from_bits(sum) + value).to_bits());
        // It goes on until no other thread came between.
        let _ = self.sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// What was counted so far.
    #[must_use]
    pub fn read(&self) -> HistogramReading {
        let mut count = 0;
        let mut running = self.counts.iter().map(|of_range| {
            count += of_range.load(Ordering::Relaxed);
            count
        });
        let up_to = self.bounds.iter().copied().zip(running.by_ref()).collect();
        let count = running.last().unwrap_or(0);
        HistogramReading { up_to, count, sum: f64::from_bits(self.sum.load(Ordering::Relaxed)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_up_to_and_with_each_bound() {
        let histogram = Histogram::new(&[1.0, 2.0, 4.0]);
        for value in [0.5, 1.0, 1.5, 4.0, 9.0] {
            histogram.observe(value);
        }
        let expected = HistogramReading { up_to: vec![(1.0, 2), (2.0, 3), (4.0, 4)], count: 5, sum: 16.0 };
        assert_eq!(histogram.read(), expected);
    }

    #[test]
    fn a_request_taken_before_it_was_counted_is_no_huge_queue() {
        let metrics = Metrics::default();
        metrics.request_waited();
        assert_eq!(metrics.read().waiting, 0);
        metrics.request_waits();
        metrics.request_waits();
        assert_eq!(metrics.read().waiting, 1);
    }
}
