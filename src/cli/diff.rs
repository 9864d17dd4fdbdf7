//! `pixlog diff`: what differs between two versions.

use clap::Args;

use crate::canvas::{Name, Version};

use super::destination::Destination;
use super::error::CliError;
use super::rows::{Rows, TextFormat};
use super::site::{At, Range};

/// `pixlog diff CANVAS`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The canvas
    canvas: Name,
    /// The version before
    #[arg(long, value_name = "N")]
    from: u64,
    /// The version after, which may be the smaller of the two [default: the newest]
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Where to: FILE.png, or - for standard output; the cells that differ, as they are after, on transparency
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Destination,
    /// A line of JSON a cell in place of the picture; the last line says that it is the end
    #[arg(long, conflicts_with_all = ["csv", "output"])]
    json: bool,
    /// A line of CSV a cell in place of the picture, after a header
    #[arg(long, conflicts_with = "output")]
    csv: bool,
}

impl Diff {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let range = Range { from: Version(self.from), to: self.to.map(Version) };
        let format = TextFormat::of(self.json, self.csv);
        if format == TextFormat::People {
            self.output.ending(&[("png", ())])?;
            self.output.refuse_terminal("a PNG")?;
            let site = at.reading()?;
            return self.output.write(|output| site.difference_image(&self.canvas, range, output));
        }
        let site = at.reading()?;
        let mut rows = Rows::new(format);
        let end = site.differences(&self.canvas, range, &mut |row| rows.write(&row))?;
        rows.finish_with(&end)
    }
}
