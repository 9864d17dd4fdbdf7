//! `pixlog history`: the entries of a canvas.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::canvas::{Name, Rect, Time, Version};
use crate::journal::{EntryFilter, HistoryQuery, Kind};
use crate::store::Order;

use super::error::CliError;
use super::row::EndRow;
use super::rows::{Rows, TextFormat};
use super::site::At;
use super::when::{time, time_up};

/// `pixlog history CANVAS`.
#[derive(Debug, Args)]
pub(super) struct History {
    /// Its name
    canvas: Name,
    /// At most so many entries [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<NonZeroUsize>,
    /// Only entries after this version
    #[arg(long, value_name = "VERSION")]
    after: Option<u64>,
    /// Only entries before this version
    #[arg(long, value_name = "VERSION")]
    before: Option<u64>,
    /// Oldest or newest first
    #[arg(long, value_enum, default_value_t = Direction::Desc)]
    order: Direction,
    /// Only entries of this kind
    #[arg(long, value_enum)]
    kind: Option<KindArg>,
    /// Only entries by the author of this name
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Only what lies within, or meets, this rectangle
    #[arg(long, value_name = "X,Y,W,H")]
    region: Option<Rect>,
    /// Only entries from this time on
    #[arg(long, value_name = "TIME", value_parser = time_up)]
    since: Option<Time>,
    /// Only entries up to this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<Time>,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindArg {
    /// One cell took one colour
    Pixel,
    /// A rectangle was replaced
    State,
}

impl History {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let site = at.reading()?;
        let mut rows = Rows::new(TextFormat::of(self.json, self.csv));
        let head = site.history(&self.canvas, self.query(), &mut |row| rows.write(&row))?;
        let entries = rows.written;
        rows.finish_with(&EndRow { end: true, version: Some(head.0), entries })
    }

    fn query(&self) -> HistoryQuery {
        let kind = self.kind.map(|kind| match kind {
            KindArg::Pixel => Kind::Pixel,
            KindArg::State => Kind::State,
        });
        HistoryQuery {
            order: match self.order {
                Direction::Asc => Order::Ascending,
                Direction::Desc => Order::Descending,
            },
            after: self.after.map(Version),
            before: self.before.map(Version),
            limit: self.limit.map_or(usize::MAX, NonZeroUsize::get),
            filter: EntryFilter {
                kind,
                author: self.author.clone(),
                region: self.region,
                since: self.since,
                until: self.until,
            },
        }
    }
}
