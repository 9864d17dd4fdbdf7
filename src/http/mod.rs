//! The routes: Rocket is named here only. Thin: parse, call, answer.
//!
//! A request passes the `gate` (whose name, which page, who may, which type, is the server ready), then its resource's file,
//! which reads parameters (`query`, `body`, `forms`, `conditions`), calls the layers below through `work`, and answers
//! with an `answer::Answer` or a `problem::Problem`. Long answers come through `stream`.
//!
//! A write is decided in one order: its `Idempotency-Key` (`repeat`), `If-Match`, the cooldown, its content (`writing`).
//! One pixel or many (`pixels`), tags and labels are decided by the journal's committer alone; states, restore, undo, fork, new
//! canvases and new runs hold their key from the first look at it to their commit.

mod access;
mod answer;
mod app;
mod bare;
mod began;
mod body;
mod build;
mod caller;
mod canvases;
mod catchers;
mod cells;
mod conditions;
mod connection;
mod cors;
mod counters;
mod current;
mod diff;
mod docs;
mod embedded;
mod endpoints;
mod entry;
mod exchange;
mod fork;
mod forms;
mod gate;
mod headers;
mod health;
mod history;
mod images;
mod info;
mod live;
mod log;
mod metrics;
mod moment;
mod newest;
mod observed;
mod openapi;
mod page;
mod peer;
mod pictures;
mod pixels;
mod problem;
mod progress;
mod query;
mod rates;
mod render;
mod repeat;
mod restore;
mod root;
mod runs;
#[cfg(test)]
mod scopes;
mod selection;
mod sent;
mod server;
mod session;
mod states;
mod stats;
mod stream;
mod tags;
mod tile_cache;
mod tiles;
mod timelapse;
mod timeline;
mod tokens;
mod transfer;
mod undo;
mod work;
mod writing;

pub use access::loopback;
pub use bare::serve_nothing;
pub use openapi::openapi;
pub use server::{ServeError, Server, serve};
