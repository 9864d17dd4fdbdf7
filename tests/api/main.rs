//! The API as clients see it, over real connections. The modules mirror the URLs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod keys;
mod pictures;
mod wire;

mod access;
mod canvases;
mod errors;
mod events;
mod health;
mod history;
mod images;
mod pingpong;
mod pixels;
mod progress;
mod proxies;
mod rates;
mod root;
mod runs;
mod server;
mod session;
mod streams;
mod tokens;
