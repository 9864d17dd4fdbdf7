//! Settles the allocator, parses the arguments, calls.

use std::process::ExitCode;

use clap::Parser;
use pixlog::cli::{Cli, allocator};

fn main() -> ExitCode {
    allocator::settle();
    Cli::parse().run()
}
