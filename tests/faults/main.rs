//! The journal over stores that fail, lose power, rot, fill up, or are killed.
//!
//! - `PIXLOG_KILLS=<number>`: how many times `kill.rs` kills a process over a store on disk; the gate does 10.
//! - `PIXLOG_CALLS=<number>`: up to which call of the store `sweep.rs` lets each kind of fault happen; the gate does 440, about all that there are.
//! - `PIXLOG_FLIPS=<number>`: how many random bytes of each kind of record `damage.rs` flips; the gate does 3.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    missing_docs,
    reason = "a test says what failed by panicking, and counts small things"
)]
#![allow(dead_code, reason = "each binary uses a part of what they share")]

mod codecs;
#[path = "../common/mod.rs"]
mod common;
mod damage;
mod full_disk;
mod kill;
mod losses;
mod sweep;

/// A number from the environment, or the gate's.
fn number(variable: &str, gate: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(gate)
}
