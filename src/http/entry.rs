//! Entries of a log as JSON shows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::canvas::{Change, Entry, Mode, Rect, Size};

use super::answer::rfc3339;

/// An entry of a log.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryBody<'a> {
    pub(super) version: u64,
    #[schema(pattern = "^(pixel|state)$")]
    pub(super) kind: &'static str,
    #[serde(flatten)]
    pub(super) change: ChangeBody,
    #[schema(format = DateTime)]
    pub(super) time: String,
    pub(super) author: Option<&'a str>,
    /// Whether the author is known by a token
    pub(super) authenticated: bool,
    pub(super) source: &'static str,
}

/// What an entry changed: a cell, or a rectangle with how many cells of it.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ChangeBody {
    Pixel { x: u32, y: u32, color: String },
    State { region: RectBody, changed: u32 },
}

/// A rectangle of cells.
#[derive(Serialize, ToSchema)]
pub(super) struct RectBody {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) w: u32,
    pub(super) h: u32,
}

impl From<Rect> for RectBody {
    fn from(Rect { x, y, w, h }: Rect) -> Self {
        Self { x, y, w, h }
    }
}

impl<'a> EntryBody<'a> {
    /// An entry of a canvas of that size and mode.
    pub(super) fn new(entry: &'a Entry, size: Size, mode: Mode) -> Self {
        let (kind, change) = match entry.change {
            Change::Pixel(pixel) => {
                let (x, y) = size.position(pixel.cell);
                ("pixel", ChangeBody::Pixel { x, y, color: pixel.colour.to_hex(mode) })
            }
            Change::State { region, changed } => ("state", ChangeBody::State { region: region.into(), changed }),
        };
        Self {
            version: entry.version.0,
            kind,
            change,
            time: rfc3339(entry.time),
            author: entry.author.as_ref().map(|author| author.name.as_str()),
            authenticated: entry.author.as_ref().is_some_and(|author| author.authenticated),
            source: entry.source.as_str(),
        }
    }
}
