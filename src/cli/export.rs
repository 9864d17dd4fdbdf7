//! `pixlog export`: the whole log of a canvas as one file.

use clap::Args;

use crate::canvas::Name;

use super::destination::Destination;
use super::error::CliError;
use super::progress;
use super::site::At;

/// `pixlog export CANVAS`.
#[derive(Debug, Args)]
#[command(
    after_help = "'pixlog import' takes the file back, equal at every version. It says itself whether it is whole."
)]
pub(super) struct Export {
    /// The canvas
    canvas: Name,
    /// Where to: a file, or - for standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Destination,
}

impl Export {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        self.output.refuse_terminal("a log")?;
        let site = at.reading()?;
        let bar = progress::bytes(None, self.canvas.as_str());
        self.output.write(|to| site.export(&self.canvas, &mut bar.wrap_write(to)))?;
        bar.finish_and_clear();
        Ok(())
    }
}
