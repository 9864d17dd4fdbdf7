//! Canvases and entries as rows: JSON as in the API, CSV, and columns for people.

use serde::Serialize;

use crate::canvas::{Change, Entry, Rect};
use crate::journal::{Canvas, Head};
use crate::pingpong::RunView;

use super::words;

/// A canvas.
#[derive(Debug, Serialize)]
pub(super) struct CanvasRow {
    name: String,
    width: u32,
    height: u32,
    mode: &'static str,
    background: String,
    created_at: String,
    updated_at: String,
    version: u64,
}

impl CanvasRow {
    pub(super) const CSV_HEADER: &'static str = "name,width,height,mode,background,created_at,updated_at,version";

    pub(super) fn new(canvas: &Canvas, head: Head) -> Self {
        Self {
            name: canvas.name.to_string(),
            width: canvas.size.width(),
            height: canvas.size.height(),
            mode: canvas.mode.as_str(),
            background: canvas.background.to_hex(canvas.mode),
            created_at: words::time(canvas.created_at),
            updated_at: words::time(head.time),
            version: head.version.0,
        }
    }

    /// No field can hold a comma or a quote.
    pub(super) fn csv(&self) -> String {
        let Self { name, width, height, mode, background, created_at, updated_at, version } = self;
        format!("{name},{width},{height},{mode},{background},{created_at},{updated_at},{version}")
    }

    pub(super) const HEADER: &'static str =
        "name                             size  mode       version  updated                   created";

    pub(super) fn columns(&self) -> String {
        let Self { name, width, height, mode, created_at, updated_at, version, .. } = self;
        let size = format!("{width}×{height}");
        format!("{name:<24}  {size:>11}  {mode:<4}  {version:>12}  {updated_at}  {created_at}")
    }
}

/// An entry.
#[derive(Debug, Serialize)]
pub(super) struct EntryRow {
    version: u64,
    kind: &'static str,
    #[serde(flatten)]
    change: ChangeRow,
    time: String,
    author: Option<String>,
    authenticated: bool,
    source: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ChangeRow {
    Pixel { x: u32, y: u32, color: String },
    State { region: RegionRow, changed: u32 },
}

#[derive(Debug, Serialize)]
struct RegionRow {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

impl EntryRow {
    pub(super) const CSV_HEADER: &'static str = "version,kind,x,y,w,h,color,changed,time,author,authenticated,source";

    pub(super) fn new(canvas: &Canvas, entry: &Entry) -> Self {
        let (kind, change) = match entry.change {
            Change::Pixel(pixel) => {
                let (x, y) = canvas.size.position(pixel.cell);
                ("pixel", ChangeRow::Pixel { x, y, color: pixel.colour.to_hex(canvas.mode) })
            }
            Change::State { region: Rect { x, y, w, h }, changed } => {
                ("state", ChangeRow::State { region: RegionRow { x, y, w, h }, changed })
            }
        };
        Self {
            version: entry.version.0,
            kind,
            change,
            time: words::time(entry.time),
            author: entry.author.as_ref().map(|author| author.name.clone()),
            authenticated: entry.author.as_ref().is_some_and(|author| author.authenticated),
            source: entry.source.as_str(),
        }
    }

    /// The columns of the API, quoted as RFC 4180 has it; lines end as they do on this system.
    pub(super) fn csv(&self) -> String {
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

    pub(super) fn columns(&self) -> String {
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

/// A run.
#[derive(Debug, Serialize)]
pub(super) struct RunRow {
    id: u64,
    canvas: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    progression: u32,
    pixels: u32,
    cells: u32,
    pixels_per_second: f64,
    started_at: String,
    finished_at: Option<String>,
    granular: u32,
    pixels_per_hop: u32,
    exchange: &'static str,
    seed: u64,
    images: Vec<ImageRow>,
}

#[derive(Debug, Serialize)]
struct ImageRow {
    percent: u32,
    version: u64,
}

impl RunRow {
    pub(super) fn new(view: &RunView) -> Self {
        Self {
            id: view.id.0,
            canvas: view.canvas.name.to_string(),
            status: view.status.as_str(),
            error: view.error.clone(),
            progression: view.progression,
            pixels: view.pixels,
            cells: view.cells,
            pixels_per_second: view.pixels_per_second,
            started_at: words::time(view.started_at),
            finished_at: view.finished_at.map(words::time),
            granular: view.granular,
            pixels_per_hop: view.pixels_per_hop,
            exchange: view.exchange.as_str(),
            seed: view.seed,
            images: view
                .pictures
                .iter()
                .map(|picture| ImageRow { percent: picture.percent, version: picture.version.0 })
                .collect(),
        }
    }
}

/// The last line of NDJSON, which shows that none is missing.
#[derive(Debug, Serialize)]
pub(super) struct EndRow {
    pub(super) end: bool,
    pub(super) version: u64,
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
