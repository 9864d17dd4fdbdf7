//! Canvases, entries, cells and runs as rows: JSON as in the API, from which a server's are read, CSV, and columns for
//! people.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::canvas::{Change, Entry, Rect};
use crate::journal::{Canvas, CanvasNow, CellColour, Origin};
use crate::pingpong::{RunStatus, RunView};

use super::rows::Row;
use super::words;

/// A word that is known beforehand, or that a server said.
type Word = Cow<'static, str>;

/// A canvas.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CanvasRow {
    pub(super) name: String,
    #[serde(default)]
    label: Option<String>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) mode: Word,
    background: String,
    #[serde(default)]
    palette: Option<Vec<String>>,
    #[serde(default)]
    cooldown_ms: u32,
    created_at: String,
    updated_at: String,
    pub(super) version: u64,
}

impl CanvasRow {
    pub(super) fn new(CanvasNow { canvas, head, label }: &CanvasNow) -> Self {
        Self {
            name: canvas.name.to_string(),
            label: label.as_ref().map(ToString::to_string),
            width: canvas.size.width(),
            height: canvas.size.height(),
            mode: canvas.mode.as_str().into(),
            background: canvas.background.to_hex(canvas.mode),
            palette: canvas
                .settings
                .palette
                .as_ref()
                .map(|palette| palette.colours().iter().map(|colour| colour.to_hex(canvas.mode)).collect()),
            cooldown_ms: canvas.settings.cooldown_ms,
            created_at: words::time(canvas.created_at),
            updated_at: words::time(head.time),
            version: head.version.0,
        }
    }
}

impl Row for CanvasRow {
    const CSV_HEADER: &'static str = "name,width,height,mode,background,created_at,updated_at,version,label";
    const HEADER: Option<&'static str> = Some(
        "name                             size  mode       version  updated                   created                   label",
    );

    /// No field but the label can hold a comma or a quote.
    fn csv(&self) -> String {
        let Self { name, width, height, mode, background, created_at, updated_at, version, label, .. } = self;
        let label = label.as_deref().map_or_else(String::new, quoted);
        format!("{name},{width},{height},{mode},{background},{created_at},{updated_at},{version},{label}")
    }

    fn columns(&self) -> String {
        let Self { name, width, height, mode, created_at, updated_at, version, label, .. } = self;
        let size = format!("{width}×{height}");
        let label = label.as_deref().map_or_else(String::new, |label| format!("  {label}"));
        format!("{name:<24}  {size:>11}  {mode:<4}  {version:>12}  {updated_at}  {created_at}{label}")
    }
}

/// An entry.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EntryRow {
    version: u64,
    kind: Word,
    #[serde(flatten)]
    change: ChangeRow,
    time: String,
    author: Option<String>,
    authenticated: bool,
    source: Word,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum ChangeRow {
    Pixel { x: u32, y: u32, color: String },
    State { region: RegionRow, changed: u32 },
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct RegionRow {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

impl From<Rect> for RegionRow {
    fn from(Rect { x, y, w, h }: Rect) -> Self {
        Self { x, y, w, h }
    }
}

impl EntryRow {
    pub(super) fn new(canvas: &Canvas, entry: &Entry) -> Self {
        let (kind, change) = match entry.change {
            Change::Pixel(pixel) => {
                let (x, y) = canvas.size.position(pixel.cell);
                ("pixel", ChangeRow::Pixel { x, y, color: pixel.colour.to_hex(canvas.mode) })
            }
            Change::State { region, changed } => ("state", ChangeRow::State { region: region.into(), changed }),
        };
        Self {
            version: entry.version.0,
            kind: kind.into(),
            change,
            time: words::time(entry.time),
            author: entry.author.as_ref().map(|author| author.name.clone()),
            authenticated: entry.author.as_ref().is_some_and(|author| author.authenticated),
            source: entry.source.as_str().into(),
        }
    }
}

impl Row for EntryRow {
    const CSV_HEADER: &'static str = "version,kind,x,y,w,h,color,changed,time,author,authenticated,source";

    /// The columns of the API, quoted as RFC 4180 has it; lines end as they do on this system.
    fn csv(&self) -> String {
        let Self { version, kind, time, authenticated, source, .. } = self;
        let change = match &self.change {
            ChangeRow::Pixel { x, y, color } => format!("{x},{y},1,1,{color},"),
            ChangeRow::State { region: RegionRow { x, y, w, h }, changed } => {
                format!("{x},{y},{w},{h},,{changed}")
            }
        };
        let author = self.author.as_deref().map_or_else(String::new, quoted);
        format!("{version},{kind},{change},{time},{author},{authenticated},{source}")
    }

    fn columns(&self) -> String {
        let Self { version, kind, time, source, .. } = self;
        let change = match &self.change {
            ChangeRow::Pixel { x, y, color } => format!("{color} at {x},{y}"),
            ChangeRow::State { region: RegionRow { x, y, w, h }, changed } => {
                format!("{w}×{h} at {x},{y}, {} changed", words::counted((*changed).into(), "cell", "cells"))
            }
        };
        let author = self.author.as_deref().map_or_else(String::new, |author| format!("  {author}"));
        format!("{version:>10}  {time}  {kind}  {source:<7}  {change}{author}")
    }
}

/// A cell, and the entry that gave it its colour.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PixelRow {
    x: u32,
    y: u32,
    color: String,
    version: Option<u64>,
    time: Option<String>,
    author: Option<String>,
    /// Where the entry was not found among the newest: it is at or before this version, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_after: Option<u64>,
}

impl PixelRow {
    pub(super) fn new(canvas: &Canvas, (x, y): (u32, u32), found: &CellColour) -> Self {
        let color = found.colour.to_hex(canvas.mode);
        let row = Self { x, y, color, version: None, time: None, author: None, not_after: None };
        match &found.origin {
            Origin::Background => Self { version: Some(0), time: Some(words::time(canvas.created_at)), ..row },
            Origin::Entry(entry) => Self {
                version: Some(entry.version.0),
                time: Some(words::time(entry.time)),
                author: entry.author.as_ref().map(|author| author.name.clone()),
                ..row
            },
            Origin::AtOrBefore(version) => Self { not_after: Some(version.0), ..row },
        }
    }
}

impl Row for PixelRow {
    const CSV_HEADER: &'static str = "x,y,color,version,time,author";

    /// Without the entry, its fields are empty.
    fn csv(&self) -> String {
        let Self { x, y, color, version, time, author, .. } = self;
        let version = version.map_or_else(String::new, |version| version.to_string());
        let author = author.as_deref().map_or_else(String::new, quoted);
        format!("{x},{y},{color},{version},{},{author}", time.as_deref().unwrap_or_default())
    }

    fn columns(&self) -> String {
        let Self { x, y, color, version, time, author, not_after } = self;
        let time = time.as_deref().unwrap_or_default();
        let origin = match (version, not_after) {
            (Some(0), _) => "since the canvas was made".to_owned(),
            (Some(version), _) => format!("since version {version}, {time}"),
            (None, not_after) => format!("since version {} or before", not_after.unwrap_or_default()),
        };
        let author = author.as_deref().map_or_else(String::new, |author| format!(", by {author}"));
        format!("{color} at {x},{y} {origin}{author}")
    }
}

/// A cell that differs between two versions.
#[derive(Debug, Serialize)]
pub(super) struct DifferenceRow {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) before: String,
    pub(super) after: String,
}

impl Row for DifferenceRow {
    const CSV_HEADER: &'static str = "x,y,before,after";

    fn csv(&self) -> String {
        let Self { x, y, before, after } = self;
        format!("{x},{y},{before},{after}")
    }

    fn columns(&self) -> String {
        let Self { x, y, before, after } = self;
        format!("{x},{y}: {before} became {after}")
    }
}

/// What was compared, and how much differs: the last line, which shows that none is missing.
#[derive(Debug, Serialize)]
pub(super) struct DiffEnd {
    pub(super) end: bool,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) changed: u32,
    pub(super) bounds: Option<RegionRow>,
}

/// A run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RunRow {
    pub(super) id: u64,
    pub(super) canvas: String,
    pub(super) status: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    progression: u32,
    pub(super) pixels: u32,
    pub(super) cells: u32,
    pub(super) pixels_per_second: f64,
    started_at: String,
    finished_at: Option<String>,
    pub(super) granular: u32,
    pub(super) pixels_per_hop: u32,
    pub(super) exchange: Word,
    pub(super) seed: u64,
    pub(super) images: Vec<ImageRow>,
}

/// A picture of a run.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct ImageRow {
    pub(super) percent: u32,
    pub(super) version: u64,
}

impl RunRow {
    pub(super) fn new(view: &RunView) -> Self {
        Self {
            id: view.id.0,
            canvas: view.canvas.name.to_string(),
            status: view.status.as_str().into(),
            error: view.error.clone(),
            progression: view.progression,
            pixels: view.pixels,
            cells: view.cells,
            pixels_per_second: view.pixels_per_second,
            started_at: words::time(view.started_at),
            finished_at: view.finished_at.map(words::time),
            granular: view.granular,
            pixels_per_hop: view.pixels_per_hop,
            exchange: view.exchange.as_str().into(),
            seed: view.seed,
            images: view
                .pictures
                .iter()
                .map(|picture| ImageRow { percent: picture.percent, version: picture.version.0 })
                .collect(),
        }
    }

    pub(super) fn has_status(&self, status: RunStatus) -> bool {
        self.status == status.as_str()
    }

    /// Whether it will never add another pixel.
    pub(super) fn is_over(&self) -> bool {
        [RunStatus::Completed, RunStatus::Cancelled, RunStatus::Failed].iter().any(|status| self.has_status(*status))
    }
}

/// The last line of NDJSON, which shows that none is missing.
#[derive(Debug, Serialize)]
pub(super) struct EndRow {
    pub(super) end: bool,
    /// The head, where that says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u64>,
    pub(super) entries: u64,
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::{Author, CanvasId, CellIndex, Colour, Mode, Pixel, Size, Source, Time, Version};

    fn canvas() -> Canvas {
        Canvas {
            id: CanvasId(1),
            name: "wall".parse().unwrap(),
            size: Size::new(3, 2).unwrap(),
            mode: Mode::Rgb,
            background: Colour::WHITE,
            created_at: Time(0),
            settings: std::sync::Arc::default(),
        }
    }

    fn entry(change: Change, author: &str) -> Entry {
        let author = (!author.is_empty()).then(|| Author { name: author.to_owned(), authenticated: true });
        Entry { version: Version(7), time: Time(1), author, source: Source::Ping, change }
    }

    #[test]
    fn a_pixel_is_a_row() {
        let pixel = Change::Pixel(Pixel { cell: CellIndex(5), colour: Colour::rgb(1, 2, 3) });
        let row = EntryRow::new(&canvas(), &entry(pixel, ""));
        assert_eq!(row.csv(), "7,pixel,2,1,1,1,#010203,,1970-01-01T00:00:00.001Z,,false,ping");
        insta::assert_json_snapshot!(row, @r##"
        {
          "version": 7,
          "kind": "pixel",
          "x": 2,
          "y": 1,
          "color": "#010203",
          "time": "1970-01-01T00:00:00.001Z",
          "author": null,
          "authenticated": false,
          "source": "ping"
        }
        "##);
    }

    #[test]
    fn a_state_is_a_row_and_an_author_is_quoted() {
        let state = Change::State { region: Rect { x: 1, y: 0, w: 2, h: 2 }, changed: 4 };
        let row = EntryRow::new(&canvas(), &entry(state, "a \"b\", c"));
        let csv = "7,state,1,0,2,2,,4,1970-01-01T00:00:00.001Z,\"a \"\"b\"\", c\",true,ping";
        assert_eq!(row.csv(), csv);
        assert_eq!(
            csv.matches(',').count() - 1,
            EntryRow::CSV_HEADER.matches(',').count(),
            "but for the one within quotes"
        );
        insta::assert_json_snapshot!(row, @r#"
        {
          "version": 7,
          "kind": "state",
          "region": {
            "x": 1,
            "y": 0,
            "w": 2,
            "h": 2
          },
          "changed": 4,
          "time": "1970-01-01T00:00:00.001Z",
          "author": "a \"b\", c",
          "authenticated": true,
          "source": "ping"
        }
        "#);
    }
}
