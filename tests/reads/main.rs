//! Reads of any moment against a plain model: a list of entries and the images that they make.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what failed by panicking")]

mod cells;
mod deltas;
mod diffs;
mod frames;
mod histories;
mod model;
mod moments;
mod tiles;
