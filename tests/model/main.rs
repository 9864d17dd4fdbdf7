//! The journal against a plain model in memory: whatever is done, every answer is the model's.
//!
//! Each run prints its seed; `PIXLOG_SEED=<number>` repeats one. `PIXLOG_CASES=<number>` sets how many random sequences
//! each property tries, which the gate keeps small. What was ever found is a named test in `regressions.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    missing_docs,
    reason = "a test says what failed by panicking, and counts small things"
)]
#![allow(dead_code, reason = "each binary uses a part of what they share")]

#[path = "../common/mod.rs"]
mod common;
mod concurrency;
mod properties;
mod regressions;
mod steps;
mod stores;
