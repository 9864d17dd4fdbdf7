//! `pixlog history`: the entries of a canvas.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::canvas::{Name, Version};
use crate::journal::{EntryFilter, HistoryPage, HistoryQuery};
use crate::store::Order;

use super::error::CliError;
use super::open;
use super::out::Out;
use super::row::{EndRow, EntryRow};

/// Entries held in memory at once.
const PAGE_ENTRIES: usize = 4_096;

/// `pixlog history CANVAS`.
#[derive(Debug, Args)]
pub(super) struct History {
    /// Its name
    canvas: Name,
    /// At most so many entries [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Only entries after this version
    #[arg(long, value_name = "VERSION")]
    after: Option<u64>,
    /// Only entries before this version
    #[arg(long, value_name = "VERSION")]
    before: Option<u64>,
    /// Oldest or newest first
    #[arg(long, value_enum, default_value_t = Direction::Desc)]
    order: Direction,
    /// One line of JSON an entry; the last line says that it is the end
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// One line of CSV an entry, after a header
    #[arg(long)]
    csv: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Direction {
    /// Oldest first
    Asc,
    /// Newest first
    Desc,
}

impl History {
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let journal = open::to_read(data)?;
        let canvas = journal.canvas_named(&self.canvas)?;
        let mut out = Out::new();
        if self.csv {
            out.line(EntryRow::CSV_HEADER)?;
        }
        let mut query = self.query();
        let mut left = self.limit.unwrap_or(u64::MAX);
        let mut written = 0;
        let head = loop {
            query.limit = usize::try_from(left).unwrap_or(usize::MAX).min(PAGE_ENTRIES);
            let HistoryPage { head, entries, next } = journal.history(canvas.id, &query)?;
            for entry in &entries {
                let row = EntryRow::new(&canvas, entry);
                if self.json {
                    out.json(&row)?;
                } else if self.csv {
                    out.line(&row.csv())?;
                } else {
                    out.line(&row.columns())?;
                }
            }
            written += entries.len() as u64;
            left -= entries.len() as u64;
            match next.filter(|_| left > 0) {
                Some(next) if query.order == Order::Ascending => query.after = Some(next),
                Some(next) => query.before = Some(next),
                None => break head,
            }
        };
        if self.json {
            out.json(&EndRow { end: true, version: head.0, entries: written })?;
        }
        out.finish()
    }

    fn query(&self) -> HistoryQuery {
        HistoryQuery {
            order: match self.order {
                Direction::Asc => Order::Ascending,
                Direction::Desc => Order::Descending,
            },
            after: self.after.map(Version),
            before: self.before.map(Version),
            limit: PAGE_ENTRIES,
            filter: EntryFilter::default(),
        }
    }
}
