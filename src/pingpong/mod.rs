//! The ping-pong run: a canvas filled pixel by pixel, its state passed between two endpoints.
//!
//! Knows nothing of HTTP: an exchange over HTTP is an [`Exchange`] that `http` brings.

mod error;
mod runs;
mod types;

pub use error::RunError;
pub use runs::Runs;
pub use types::{
    Exchange, ExchangeKind, HandOver, Hop, Picture, RunSpec, RunStatus, RunTarget, RunView, Side, Submission,
};
