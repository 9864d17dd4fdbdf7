//! Settles the allocator, parses the arguments, sets up logging, calls.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use pixlog::cli::{Cli, allocator};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    allocator::settle();
    let cli = Cli::parse();
    trace(cli.default_log());
    cli.run()
}

/// Logs to standard error what `PIXLOG_LOG`, or else `RUST_LOG`, lets through.
fn trace(default: &str) {
    let said = ["PIXLOG_LOG", "RUST_LOG"].into_iter().find_map(|name| std::env::var(name).ok());
    let filter = EnvFilter::try_new(said.as_deref().unwrap_or(default)).unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false).init();
}
