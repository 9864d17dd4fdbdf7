//! Moving images through time and between canvases: restore, undo, fork, export, import, and following what happens.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what failed by panicking")]

mod export;
mod follow;
mod fork;
mod import;
mod keys;
mod restore;
mod support;
mod undo;
