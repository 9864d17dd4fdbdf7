//! The command line as a user meets it: the real binary, its output, its exit status, and what it leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what failed by panicking")]

mod bench;
mod errors;
mod export;
mod health;
mod help;
mod import;
mod lists;
mod looks;
mod operating;
mod render;
mod run;
mod serve;
mod served;
mod terminal;
mod token;
mod verify;
