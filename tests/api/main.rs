//! The API as clients see it, over real connections. The modules mirror the URLs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod past;
mod pictures;
mod wire;

mod access;
mod canvases;
mod cells;
mod diff;
mod errors;
mod health;
mod history;
mod images;
mod log;
mod pingpong;
mod pixels;
mod progress;
mod root;
mod runs;
mod server;
mod streams;
mod tiles;
mod timelapse;
mod timeline;
