//! pixlog keeps images as logs: every pixel durable before it is answered, every past image one request away.
//!
//! The layers, imports pointing downwards only; `docs/ARCHITECTURE.md` walks one write and one read through them:
//!
//! - [`canvas`]: pure values.
//! - [`mod@format`]: bytes on disk.
//! - [`picture`]: PNG and base64 at the edge.
//! - [`store`]: the seam to whatever keeps the bytes.
//! - [`journal`]: append, read, snapshots, recovery.
//! - [`pingpong`]: the runs that fill a canvas.
//! - [`http`]: the routes.
//! - [`cli`]: the commands.

pub mod canvas;
pub mod format;
pub mod journal;
pub mod picture;
pub mod pingpong;
pub mod store;
