//! `pixlog canvases`: a list of all of them.

use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::open;
use super::out::Out;
use super::row::CanvasRow;

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
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let journal = open::to_read(data)?;
        let mut out = Out::new();
        if self.csv {
            out.line(CanvasRow::CSV_HEADER)?;
        } else if !self.json {
            out.line(CanvasRow::HEADER)?;
        }
        for canvas in open::canvases(&journal) {
            let canvas = canvas?;
            let row = CanvasRow::new(&canvas, journal.head(canvas.id)?);
            if self.json {
                out.json(&row)?;
            } else if self.csv {
                out.line(&row.csv())?;
            } else {
                out.line(&row.columns())?;
            }
        }
        out.finish()
    }
}
