//! Rows on their way to standard output: columns for people, JSON or CSV.

use std::marker::PhantomData;

use serde::Serialize;

use super::error::CliError;
use super::out::Out;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextFormat {
    /// Columns, or sentences.
    People,
    /// A line of JSON each.
    Json,
    /// A line of CSV each, after a header.
    Csv,
}

impl TextFormat {
    /// What `--json` and `--csv` say, which exclude each other.
    pub(super) const fn of(json: bool, csv: bool) -> Self {
        match (json, csv) {
            (true, _) => Self::Json,
            (false, true) => Self::Csv,
            (false, false) => Self::People,
        }
    }
}

/// Something that is listed.
pub(super) trait Row: Serialize {
    /// The first line of CSV.
    const CSV_HEADER: &'static str;
    /// What stands above columns, where that needs to be said.
    const HEADER: Option<&'static str> = None;

    /// A line of CSV.
    fn csv(&self) -> String;

    /// A line for people.
    fn columns(&self) -> String;
}

/// Rows on their way to standard output.
pub(super) struct Rows<T: Row> {
    out: Out,
    format: TextFormat,
    pub(super) written: u64,
    has_begun: bool,
    row: PhantomData<T>,
}

impl<T: Row> Rows<T> {
    pub(super) fn new(format: TextFormat) -> Self {
        Self { out: Out::new(), format, written: 0, has_begun: false, row: PhantomData }
    }

    /// The header comes with the first row or with the end, so that an error stands alone.
    fn begin(&mut self) -> Result<(), CliError> {
        let header = match (std::mem::replace(&mut self.has_begun, true), self.format) {
            (false, TextFormat::Csv) => Some(T::CSV_HEADER),
            (false, TextFormat::People) => T::HEADER,
            _ => None,
        };
        header.map_or(Ok(()), |header| self.out.line(header))
    }

    pub(super) fn write(&mut self, row: &T) -> Result<(), CliError> {
        self.begin()?;
        self.written += 1;
        match self.format {
            TextFormat::People => self.out.line(&row.columns()),
            TextFormat::Csv => self.out.line(&row.csv()),
            TextFormat::Json => self.out.json(row),
        }
    }

    pub(super) fn finish(mut self) -> Result<(), CliError> {
        self.begin()?;
        self.out.finish()
    }

    /// In JSON, a last line shows that none is missing.
    pub(super) fn finish_with(mut self, end: &impl Serialize) -> Result<(), CliError> {
        if self.format == TextFormat::Json {
            self.out.json(end)?;
        }
        self.finish()
    }
}
