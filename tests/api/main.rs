//! The API as clients see it, over real connections. The modules mirror the URLs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod contract;
mod pictures;
mod wire;

mod access;
mod canvases;
mod docs;
mod errors;
mod health;
mod history;
mod images;
mod metrics;
mod openapi;
mod pingpong;
mod pixels;
mod progress;
mod root;
mod runs;
mod server;
mod streams;
