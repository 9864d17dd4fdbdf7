//! `pixlog canvases`: a list of all of them.

use clap::Args;

use super::error::CliError;
use super::rows::{Rows, TextFormat};
use super::site::At;

/// `pixlog canvases`.
#[derive(Debug, Args)]
pub(super) struct Canvases {
    /// One line of JSON a canvas
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// One line of CSV a canvas, after a header
    #[arg(long)]
    csv: bool,
}

impl Canvases {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let site = at.reading()?;
        let mut rows = Rows::new(TextFormat::of(self.json, self.csv));
        site.canvases(&mut |row| rows.write(&row))?;
        rows.finish()
    }
}
