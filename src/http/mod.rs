//! The routes: Rocket is named here only. Thin: parse, call, answer.
//!
//! A request passes the `gate` (whose name, which page, which type, is the server ready), then its resource's file,
//! which reads parameters (`query`, `body`, `forms`, `conditions`), calls the layers below through `work`, and answers
//! with an `answer::Answer` or a `problem::Problem`. Long answers come through `stream`.

mod access;
mod answer;
mod app;
mod began;
mod body;
mod build;
mod canvases;
mod catchers;
mod conditions;
mod connection;
mod cors;
mod counters;
mod current;
mod docs;
mod endpoints;
mod exchange;
mod forms;
mod gate;
mod health;
mod history;
mod images;
mod info;
mod metrics;
mod newest;
mod observed;
mod openapi;
mod page;
mod pictures;
mod pixels;
mod problem;
mod progress;
mod query;
mod render;
mod root;
mod runs;
mod sent;
mod server;
mod stream;
mod work;

pub use access::loopback;
pub use openapi::openapi;
pub use server::{ServeError, Server, serve};
