//! The ping-pong run: a canvas filled pixel by pixel, its state passed between two endpoints.
//!
//! Knows nothing of HTTP: an exchange over HTTP is an [`Exchange`] that `http` brings.

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
mod stock;
mod submit;
mod types;

pub use error::RunError;
pub use runs::Runs;
pub use types::{
    Exchange, ExchangeKind, HandOver, Hop, Picture, RunSpec, RunStatus, RunTarget, RunView, Side, Submission,
};
