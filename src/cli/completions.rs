//! `pixlog completions`: a script for a shell.

use clap::{Args, Command, CommandFactory};
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
        clap_complete::generate(self.shell, &mut shown(&Cli::command()), "pixlog", &mut script);
        let mut out = Out::new();
        std::io::Write::write_all(out.writer(), &script).map_err(CliError::Output)?;
        out.finish()
    }
}

/// The program without what is hidden, which some generators do not leave out by themselves.
fn shown(program: &Command) -> Command {
    let commands = program.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    Command::new("pixlog").args(program.get_arguments().cloned()).subcommands(commands)
}
