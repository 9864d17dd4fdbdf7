//! The API as clients see it, over real connections. The modules mirror the URLs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod pictures;
mod wire;

mod access;
mod canvases;
mod contention;
mod deletion;
mod errors;
mod health;
mod history;
mod images;
mod keys;
mod moves;
mod pingpong;
mod pixels;
mod progress;
mod root;
mod runs;
mod server;
mod settings;
mod states;
mod streams;
mod tags;
