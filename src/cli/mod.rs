//! The command line: one file a command. Results go to standard output, progress and errors to standard error.
//!
//! A command asks a `site::Site` for what it shows: a data directory (`here`) or a server (`there`).

pub mod allocator;
mod bench;
mod canvases;
mod client;
mod command;
mod completions;
mod connection;
mod destination;
mod diff;
mod error;
mod export;
mod health;
mod here;
mod history;
mod import;
mod log;
mod open;
mod openapi;
mod out;
mod pixel;
mod progress;
mod render;
mod row;
mod rows;
mod run;
mod serve;
mod site;
mod stop;
mod there;
mod timelapse;
mod token;
mod verify;
mod when;
mod words;

pub use command::Cli;
