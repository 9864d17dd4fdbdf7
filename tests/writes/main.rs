//! Writes that may be repeated, palettes, cooldowns, tags and deletion, on a store in memory that fails on demand.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a test says what failed by panicking")]

mod common;
mod deletion;
mod faults;
mod keys;
mod labels;
mod settings;
mod tags;
