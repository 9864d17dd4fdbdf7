//! `pixlog completions`: a script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::command::Cli;
use super::error::CliError;
use super::out::Out;

/// `pixlog completions SHELL`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), CliError> {
        // Into memory first: the generator panics where a write fails.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "pixlog", &mut script);
        let mut out = Out::new();
        std::io::Write::write_all(out.writer(), &script).map_err(CliError::Output)?;
        out.finish()
    }
}
