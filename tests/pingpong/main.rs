//! Runs as whoever starts them sees them: the rules of every pixel, exact pictures, foreign writers, restarts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    clippy::similar_names,
    reason = "a test says what failed by panicking, and its numbers are small"
)]

mod common;
mod foreign;
mod http;
mod restart;
mod rules;
mod submit;
mod wishes;
