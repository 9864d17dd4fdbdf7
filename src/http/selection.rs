//! Which entries a history shows: the parameters of every kind of it.

use std::fmt::Write as _;

use crate::canvas::{ParseTimeError, Rect, Time, Version, When};
use crate::journal::{EntryFilter, HistoryQuery, Kind};
use crate::store::Order;

use super::problem::Problem;
use super::query::{Query, encoded};

/// Entries of a page where nothing is said, and at most.
pub(super) const PAGE_LIMIT: (usize, usize) = (100, 10_000);

/// Entries read at once for a stream.
const STREAM_PAGE: usize = 4_096;

/// Which entries a history shows, and how a URL says so.
#[derive(Debug)]
pub(super) struct Selection {
    pub(super) query: HistoryQuery,
    /// The parameters that stay the same from page to page.
    kept: String,
}

impl Selection {
    /// Takes the parameters that select entries of a canvas; `limit` is taken by pages only.
    pub(super) fn take(query: &mut Query<'_>) -> Result<Self, Problem> {
        let mut selection = Self::take_common(query)?;
        let region = selection.keep("region", query)?;
        let region =
            region.map(|text| text.parse::<Rect>().map_err(|_| unreadable("region", &text, "x,y,w,h"))).transpose()?;
        selection.query.filter.region = region;
        Ok(selection)
    }

    /// Takes the parameters that select entries of one cell, and the moment up to which.
    pub(super) fn take_of_cell(query: &mut Query<'_>) -> Result<(Self, When), Problem> {
        let mut selection = Self::take_common(query)?;
        let when = When::take(query)?;
        if let Some((name, value)) = when.parameter() {
            selection.put(name, &value);
        }
        Ok((selection, when))
    }

    fn take_common(query: &mut Query<'_>) -> Result<Self, Problem> {
        let query_of_all = HistoryQuery {
            order: Order::Descending,
            after: query.get("after")?.map(Version),
            before: query.get("before")?.map(Version),
            limit: STREAM_PAGE,
            filter: EntryFilter::default(),
        };
        let mut selection = Self { query: query_of_all, kept: String::new() };
        selection.query.order = match selection.keep("order", query)?.as_deref() {
            None | Some("desc") => Order::Descending,
            Some("asc") => Order::Ascending,
            Some(other) => return Err(unreadable("order", other, "desc or asc")),
        };
        let kind = match selection.keep("kind", query)?.as_deref() {
            None => None,
            Some("pixel") => Some(Kind::Pixel),
            Some("state") => Some(Kind::State),
            Some(other) => return Err(unreadable("kind", other, "pixel or state")),
        };
        let author = selection.keep("author", query)?;
        let mut keep_time = |name: &str, parse: fn(&str) -> Result<Time, ParseTimeError>| {
            let text = selection.keep(name, query)?;
            text.map(|text| parse(&text).map_err(|_| unreadable(name, &text, "an RFC 3339 time"))).transpose()
        };
        let (since, until) = (keep_time("since", Time::parse_up)?, keep_time("until", Time::parse)?);
        selection.query.filter = EntryFilter { kind, author, region: None, since, until };
        Ok(selection)
    }

    /// Takes a parameter that stays the same from page to page.
    fn keep(&mut self, name: &str, query: &mut Query<'_>) -> Result<Option<String>, Problem> {
        let text = query.text(name)?;
        if let Some(text) = &text {
            self.put(name, text);
        }
        Ok(text.map(std::borrow::Cow::into_owned))
    }

    fn put(&mut self, name: &str, value: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.kept, "&{name}={}", encoded(value));
    }

    /// The parameters of the page that goes on at `next`.
    pub(super) fn next(&self, next: Version) -> String {
        let HistoryQuery { order, after, before, limit, .. } = self.query;
        let (after, before) = match order {
            Order::Ascending => (Some(next), before),
            Order::Descending => (after, Some(next)),
        };
        let mut text = format!("limit={limit}{}", self.kept);
        for (name, bound) in [("after", after), ("before", before)] {
            if let Some(bound) = bound {
                let _ = write!(text, "&{name}={bound}");
            }
        }
        text
    }
}

/// 400, naming a value and what could stand in its place.
pub(super) fn unreadable(name: &str, value: &str, wanted: &str) -> Problem {
    let value: String = value.chars().take(40).collect();
    Problem::unreadable(format!("{name}={value} cannot be read: write {wanted}"))
}
