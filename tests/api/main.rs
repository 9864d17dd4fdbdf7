//! The API as clients see it, over real connections. The modules mirror the URLs.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod app;
mod contract;
mod keys;
mod past;
mod pictures;
mod wire;

mod access;
mod canvases;
mod cells;
mod contention;
mod deletion;
mod diff;
mod docs;
mod errors;
mod events;
mod health;
mod history;
mod images;
mod labels;
mod log;
mod metrics;
mod moves;
mod openapi;
mod page;
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
mod tiles;
mod timelapse;
mod timeline;
mod tokens;
mod transfer;
