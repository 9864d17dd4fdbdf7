//! Writes that may be repeated, palettes, cooldowns, tags and deletion, on a store in memory that fails on demand.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test says what failed by panicking")]

mod common;
mod deletion;
mod faults;
#[path = "../common/gated.rs"]
#[allow(dead_code, reason = "other tests let a sync fail, these do not")]
mod gated;
mod keys;
mod labels;
mod settings;
mod tags;
