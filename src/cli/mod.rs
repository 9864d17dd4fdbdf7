//! The command line: one file a command. Results go to standard output, progress and errors to standard error.

pub mod allocator;
mod bench;
mod canvases;
mod command;
mod completions;
mod error;
mod health;
mod history;
mod log;
mod open;
mod openapi;
mod out;
mod progress;
mod render;
mod row;
mod run;
mod serve;
mod stop;
mod token;
mod verify;
mod words;

pub use command::Cli;
