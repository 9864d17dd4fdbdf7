//! pixlog keeps images as logs: every pixel durable before it is answered, every past image one request away.
//!
//! The layers, imports pointing downwards only; `docs/ARCHITECTURE.md` walks one write and one read through them:
//!
//! - [`cli`]: the commands.
//! - [`http`]: the routes.
//! - [`pingpong`]: the runs that fill a canvas.
//! - [`journal`]: append, read, snapshots, recovery.
//! - [`store`]: the seam to whatever keeps the bytes.
//! - [`picture`]: pictures and base64 at the edge.
//! - [`mod@format`]: bytes on disk.
//! - [`canvas`]: pure values.
//!
//! [`config`] stands beside them: read once, handed down.

pub mod canvas;
pub mod cli;
pub mod config;
pub mod format;
pub mod http;
pub mod journal;
pub mod picture;
pub mod pingpong;
pub mod store;
