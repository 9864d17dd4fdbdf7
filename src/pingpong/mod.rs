//! The ping-pong run: a canvas filled pixel by pixel, its state passed between two endpoints.
//!
//! Knows nothing of HTTP: an exchange over HTTP is an [`Exchange`] that `http` brings.
//!
//! [`Runs`] starts and stops them; `registry` holds those that are going. Each has a thread (`drive`) that pushes an
//! `engine` from hop to hop: it drafts pixels by its `plan`, appends them, and follows what others draw. `progress` counts
//! and says when a picture is due, `charter` is what never changes, and both make the record. `stock` looks at what is
//! on a canvas before a run, `submit` is the way of a posted state, `started` what a repeatable start is remembered by.

mod bits;
mod charter;
mod drive;
mod engine;
mod error;
mod plan;
mod progress;
mod registry;
mod run;
mod runs;
mod started;
mod stock;
mod submit;
mod types;

pub use error::RunError;
pub use runs::Runs;
pub use types::{
    Exchange, ExchangeKind, HandOver, Hop, Picture, RunSpec, RunStatus, RunTarget, RunView, Side, Submission,
};
