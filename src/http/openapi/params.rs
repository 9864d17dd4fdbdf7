//! Parameters that several operations take. The handlers take them by name, so these stand for the document alone.

#![expect(dead_code, reason = "they are read by what their derives make")]

use utoipa::IntoParams;

/// The canvas that a path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct OfCanvas {
    /// The name of the canvas
    #[param(example = "art", pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    name: String,
}

/// The tag that a path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct OfTag {
    /// A name for a version: as that of a canvas, but not digits alone
    #[param(example = "first", pattern = "^[a-z0-9][a-z0-9_-]{0,63}$")]
    tag: String,
}

/// The cell that a path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct OfCell {
    /// The column
    #[param(example = 1)]
    x: u32,
    /// The row
    #[param(example = 1)]
    y: u32,
}

/// The tile that a path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct OfTile {
    /// The zoom, from 0, the whole canvas in one tile, to `max_z`, its full size
    #[param(example = 0)]
    z: u32,
    /// The column of tiles
    #[param(example = 0)]
    x: u32,
    /// The row of tiles
    #[param(example = 0)]
    y: u32,
}

/// The run that a path names.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct OfRun {
    /// The number of the run
    #[param(example = 1)]
    id: u64,
}

/// A moment of a canvas.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct At {
    /// The version, or a tag; without it: the head
    #[param(example = "first", pattern = "^[a-z0-9][a-z0-9_-]{0,63}$", nullable = false)]
    version: Option<String>,
    /// In place of `version`: the last version at or before this time
    #[param(example = "2100-01-01T00:00:00Z", format = DateTime, nullable = false)]
    at: Option<String>,
}

/// A range of versions of a canvas.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Range {
    /// The version that it begins with; the empty canvas where nothing is said
    #[param(example = 1, default = 0, nullable = false)]
    from: Option<u64>,
    /// The version that it ends with, in place of `version` and `at`; without any of them: the head
    #[param(example = 3, nullable = false)]
    to: Option<u64>,
}

/// What of an image is shown, and how large.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct View {
    /// The rectangle `x,y,w,h` of the canvas; without it: all of it
    #[param(example = "0,0,8,8", pattern = r"^\d+,\d+,\d+,\d+$", nullable = false)]
    region: Option<String>,
    /// How many pixels a cell is wide and high
    #[param(example = 2, minimum = 1, maximum = 64, default = 1, nullable = false)]
    scale: Option<u32>,
    /// The longest side in pixels, in place of `scale`
    #[param(example = 32, minimum = 1, nullable = false)]
    fit: Option<u32>,
}

/// A page of a list that goes back from the newest.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Page {
    /// The most items of a page
    #[param(example = 10, minimum = 1, maximum = 1000, default = 100, nullable = false)]
    limit: Option<usize>,
    /// Only what is older than the item of this number, as `next` says it
    #[param(example = 100, nullable = false)]
    before: Option<u64>,
}

/// The most entries of a page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct EntriesMax {
    /// The most entries of a page
    #[param(example = 10, minimum = 1, maximum = 10000, default = 100, nullable = false)]
    limit: Option<usize>,
}

/// Which entries of a history are shown, in which order.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Selection {
    /// Only entries after this version
    #[param(example = 1, nullable = false)]
    after: Option<u64>,
    /// Only entries before this version
    #[param(example = 3, nullable = false)]
    before: Option<u64>,
    /// Newest or oldest first
    #[param(example = "asc", pattern = "^(asc|desc)$", default = "desc", nullable = false)]
    order: Option<String>,
    /// Only pixels, or only states
    #[param(example = "pixel", pattern = "^(pixel|state)$", nullable = false)]
    kind: Option<String>,
    /// Only entries of this author
    #[param(example = "ada", nullable = false)]
    author: Option<String>,
    /// Only entries at or after this time
    #[param(example = "2026-01-01T00:00:00Z", format = DateTime, nullable = false)]
    since: Option<String>,
    /// Only entries at or before this time
    #[param(example = "2100-01-01T00:00:00Z", format = DateTime, nullable = false)]
    until: Option<String>,
}

/// Where the entries are that a history shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct InRegion {
    /// Only entries that touch the rectangle `x,y,w,h`
    #[param(example = "0,0,8,8", pattern = r"^\d+,\d+,\d+,\d+$", nullable = false)]
    region: Option<String>,
}

/// The frames of an animation.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Animated {
    /// How many frames, evenly by version
    #[param(example = 3, minimum = 1, maximum = 1000, default = 100, nullable = false)]
    frames: Option<u32>,
    /// Frames a second; a GIF shows 50 at most
    #[param(example = 10, minimum = 1, maximum = 100, default = 25, nullable = false)]
    fps: Option<u32>,
    /// The longest side in pixels
    #[param(example = 32, minimum = 1, maximum = 16384, default = 512, nullable = false)]
    size: Option<u32>,
}

/// A canvas in place of the current one.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct InPlaceOfCurrent {
    /// The name of a canvas; without it: the current one
    #[param(example = "art", nullable = false)]
    canvas: Option<String>,
}

/// How a list shows its pictures.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Shown {
    /// `inline`: each with the base64 of its PNG; `url`: each with its URL; `none`: their names
    #[param(example = "url", pattern = "^(inline|url|none)$", default = "inline", nullable = false)]
    images: Option<String>,
}

/// What a client has already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(in crate::http) struct IfNoneMatch {
    /// Entity tags of versions that the client has: 304 where one of them is meant
    #[param(rename = "If-None-Match", example = "\"3\"", nullable = false)]
    if_none_match: Option<String>,
}

/// What a write requires.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(in crate::http) struct IfMatch {
    /// The entity tag of the head, so that nobody else's write came between: else 412
    #[param(rename = "If-Match", example = "\"3\"", nullable = false)]
    if_match: Option<String>,
}

/// What makes a write repeatable.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(in crate::http) struct Repeatable {
    /// The same request with the same key is done once, and answered as it was the first time, for 24 hours
    #[param(rename = "Idempotency-Key", example = "3f2a-1", min_length = 1, max_length = 255, nullable = false)]
    idempotency_key: Option<String>,
}
