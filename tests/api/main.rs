//! The API as clients see it, over real connections. The modules mirror the URLs.

mod app;
mod wire;

mod access;
mod canvases;
mod errors;
mod health;
mod history;
mod pixels;
mod runs;
mod server;
