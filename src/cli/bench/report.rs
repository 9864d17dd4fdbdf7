//! Markdown tables that also read well in a terminal, row by row as the figures come.

use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::out::Out;
use crate::cli::words;

/// A Markdown table whose columns have fixed widths, so that rows can be written before the last is known.
pub(super) struct Table {
    columns: Vec<Column>,
}

/// Its width, and whether what stands in it is moved to the right.
struct Column {
    width: usize,
    is_number: bool,
}

impl Table {
    /// Writes the head. Each column is as wide as its title; what stands in it should not be wider. A title that starts
    /// with a space is moved to the right, and so is what stands below it.
    pub(super) fn begin(out: &mut Out, titles: &[&str]) -> Result<Self, CliError> {
        let column = |title: &&str| Column { width: title.chars().count(), is_number: title.starts_with(' ') };
        let table = Self { columns: titles.iter().map(column).collect() };
        table.row(out, titles)?;
        let rule = |column: &Column| {
            let rule = "-".repeat(column.width.saturating_sub(1));
            if column.is_number { format!("{rule}:") } else { format!("{rule}-") }
        };
        let rules: Vec<_> = table.columns.iter().map(rule).collect();
        table.row(out, &rules)?;
        Ok(table)
    }

    /// Writes a row, and shows it.
    pub(super) fn row(&self, out: &mut Out, cells: &[impl AsRef<str>]) -> Result<(), CliError> {
        let padded = |(cell, column): (&_, &Column)| {
            let (cell, width): (&str, usize) = (AsRef::as_ref(cell), column.width);
            if column.is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        };
        let cells: Vec<_> = cells.iter().zip(&self.columns).map(padded).collect();
        out.line(&format!("| {} |", cells.join(" | ")))?;
        out.flush()
    }
}

/// One figure beside what it should be.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) unit: Unit,
    /// What the value should not be above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) budget: Option<f64>,
    /// Whether the value should not be below that instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_least: bool,
}

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    Seconds,
    Bytes,
    PerSecond,
    Ratio,
}

impl Figure {
    pub(super) fn seconds(what: impl Into<String>, value: f64) -> Self {
        Self::new(what, value, Unit::Seconds)
    }

    pub(super) fn per_second(what: impl Into<String>, value: f64) -> Self {
        Self::new(what, value, Unit::PerSecond)
    }

    pub(super) fn ratio(what: impl Into<String>, value: f64) -> Self {
        Self::new(what, value, Unit::Ratio)
    }

    fn new(what: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self { what: what.into(), value, unit, budget: None, is_least: false }
    }

    #[expect(clippy::cast_precision_loss, reason = "exact to 2^53 bytes")]
    pub(super) fn bytes(what: impl Into<String>, value: u64) -> Self {
        Self::new(what, value as f64, Unit::Bytes)
    }

    /// How many of something in a second.
    #[expect(clippy::cast_precision_loss, reason = "fractions do not matter")]
    pub(super) fn rate(what: &str, count: u64, seconds: f64) -> Self {
        Self::new(format!("{what} a second"), count as f64 / seconds, Unit::PerSecond)
    }

    /// What it should not be above, where the budget `applies`: they are set for certain sizes.
    pub(super) fn at_most(self, budget: f64, applies: bool) -> Self {
        Self { budget: applies.then_some(budget), ..self }
    }

    /// What it should not be below, where the budget `applies`.
    pub(super) fn at_least(self, budget: f64, applies: bool) -> Self {
        Self { budget: applies.then_some(budget), is_least: true, ..self }
    }

    fn is_met(&self, budget: f64) -> bool {
        if self.is_least { self.value >= budget } else { self.value <= budget }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes, or a limit on it")]
    fn show(&self, value: f64) -> String {
        match self.unit {
            Unit::Seconds => words::seconds(value),
            Unit::Bytes => words::bytes(value as u64),
            Unit::PerSecond => format!("{}/s", words::count(value as u64)),
            Unit::Ratio => format!("{value:.2}"),
        }
    }
}

/// Figures, written as they come or as one JSON object at the end.
pub(super) struct Figures {
    out: Out,
    /// `None` where JSON is wanted.
    table: Option<Table>,
    all: Vec<Figure>,
}

#[derive(Serialize)]
struct Report<'a, M: Serialize> {
    machine: &'a M,
    figures: &'a [Figure],
}

impl Figures {
    pub(super) fn begin(machine: &str, json: bool) -> Result<Self, CliError> {
        const WHAT: &str = "what                                                                ";
        let mut out = Out::new();
        let table = if json {
            None
        } else {
            out.line(machine)?;
            out.line("")?;
            Some(Table::begin(&mut out, &[WHAT, "  measured", "    budget", "     "])?)
        };
        Ok(Self { out, table, all: Vec::new() })
    }

    pub(super) fn add(&mut self, figure: Figure) -> Result<(), CliError> {
        if let Some(table) = &self.table {
            let budget = figure.budget.map_or_else(String::new, |budget| figure.show(budget));
            let verdict = figure.budget.map_or("", |budget| if figure.is_met(budget) { "met" } else { "NOT" });
            table.row(&mut self.out, &[&figure.what, &figure.show(figure.value), &budget, verdict])?;
        }
        self.all.push(figure);
        Ok(())
    }

    pub(super) fn finish(mut self, machine: &impl Serialize) -> Result<(), CliError> {
        if self.table.is_none() {
            self.out.json(&Report { machine, figures: &self.all })?;
        }
        self.out.finish()
    }
}
