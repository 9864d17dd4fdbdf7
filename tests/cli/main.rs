//! The command line as a user meets it: the real binary, its output, its exit status, and what it leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what failed by panicking")]

mod bench;
mod errors;
mod health;
mod help;
mod lists;
mod operating;
mod render;
mod run;
mod serve;
mod terminal;
mod token;
mod verify;
