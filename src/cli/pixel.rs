//! `pixlog pixel`: one cell, the entry that gave it its colour, and its history.

use std::num::NonZeroUsize;

use clap::Args;

use crate::canvas::Name;

use super::error::CliError;
use super::row::EndRow;
use super::rows::{Rows, TextFormat};
use super::site::{At, CellAt};
use super::when::WhenArgs;

/// `pixlog pixel CANVAS X Y`.
#[derive(Debug, Args)]
pub(super) struct Pixel {
    /// The canvas
    canvas: Name,
    /// The column, from 0
    x: u32,
    /// The row, from 0
    y: u32,
    #[command(flatten)]
    when: WhenArgs,
    /// Every entry that set it, newest first
    #[arg(long)]
    history: bool,
    /// At most so many entries of its history [default: all]
    #[arg(long, value_name = "N", requires = "history")]
    limit: Option<NonZeroUsize>,
    /// As JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV, after a header
    #[arg(long)]
    csv: bool,
}

impl Pixel {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let Self { canvas, x, y, when, history, limit, json, csv } = self;
        let (format, cell) = (TextFormat::of(json, csv), CellAt { canvas, x, y, when: when.when() });
        let site = at.reading()?;
        if history {
            let mut rows = Rows::new(format);
            site.pixel_history(&cell, limit.map_or(usize::MAX, NonZeroUsize::get), &mut |row| rows.write(&row))?;
            let entries = rows.written;
            return rows.finish_with(&EndRow { end: true, version: None, entries });
        }
        let row = site.pixel(&cell)?;
        let mut rows = Rows::new(format);
        rows.write(&row)?;
        rows.finish()
    }
}
