//! What the measuring processes report, and how several reports become one figure.

use serde::{Deserialize, Serialize};

/// A run in a process of its own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunFigures {
    /// From asking for the run until its last pixel was durable.
    pub(super) seconds: f64,
    /// Until the snapshots due by then were taken, after that.
    pub(super) settling_seconds: f64,
    pub(super) pixels: u64,
    /// The most memory the process held up to the last pixel, and up to the last snapshot.
    pub(super) run_peak_bytes: u64,
    pub(super) peak_bytes: u64,
    pub(super) log_bytes: u64,
    pub(super) snapshot_bytes: u64,
    pub(super) snapshots: u64,
    /// What the store takes on disk, snapshots included.
    pub(super) disk_bytes: u64,
}

/// The same records in the same groups, without pixlog.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct BaselineFigures {
    pub(super) seconds: f64,
    pub(super) commits: u64,
    pub(super) records: u64,
    pub(super) bytes: u64,
}

/// Rows that were imported.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ImportFigures {
    /// The canvas that came of them.
    pub(super) canvas: String,
    pub(super) rows: u64,
    pub(super) csv_bytes: u64,
    /// Until all of them were durable and visible.
    pub(super) seconds: f64,
    /// Until the snapshots due by then were taken, after that.
    pub(super) settling_seconds: f64,
    pub(super) peak_bytes: u64,
    pub(super) log_bytes: u64,
    /// What the store takes on disk, snapshots included.
    pub(super) disk_bytes: u64,
}

/// A filled data directory.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FillFigures {
    pub(super) seconds: f64,
    pub(super) canvases: u64,
    pub(super) log_bytes: u64,
    pub(super) disk_bytes: u64,
}

/// One thing that was timed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TimeFigure {
    pub(super) seconds: f64,
    pub(super) peak_bytes: u64,
}

/// Images at random versions.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ImageFigures {
    /// Each in turn, the first by a process that had read nothing.
    pub(super) seconds: Vec<f64>,
    /// How much more memory the process held at most than before the first.
    pub(super) growth_bytes: u64,
}

/// The middle of several times; of an even number the upper one of the two.
pub(super) fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The longest of several times.
pub(super) fn longest(times: &[f64]) -> f64 {
    times.iter().copied().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]).to_bits(), 2.0f64.to_bits());
        assert_eq!(median(vec![4.0, 1.0]).to_bits(), 4.0f64.to_bits());
        assert!(median(Vec::new()).is_nan());
        assert_eq!(longest(&[1.0, 5.0, 2.0]).to_bits(), 5.0f64.to_bits());
    }
}
