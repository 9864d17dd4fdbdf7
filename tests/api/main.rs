//! The API as clients see it, over real connections. The modules mirror the URLs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod keys;
mod pictures;
mod wire;

mod access;
mod canvases;
mod contention;
mod deletion;
mod errors;
mod events;
mod health;
mod history;
mod images;
mod moves;
mod pingpong;
mod pixels;
mod progress;
mod proxies;
mod rates;
mod repeats;
mod root;
mod runs;
mod server;
mod session;
mod settings;
mod states;
mod streams;
mod tags;
mod tokens;
