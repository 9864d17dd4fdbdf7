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
    /// The version; without it: the head
    #[param(example = 2, nullable = false)]
    version: Option<u64>,
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
    /// Only entries that touch the rectangle `x,y,w,h`
    #[param(example = "0,0,8,8", pattern = r"^\d+,\d+,\d+,\d+$", nullable = false)]
    region: Option<String>,
    /// Only entries at or after this time
    #[param(example = "2026-01-01T00:00:00Z", format = DateTime, nullable = false)]
    since: Option<String>,
    /// Only entries at or before this time
    #[param(example = "2100-01-01T00:00:00Z", format = DateTime, nullable = false)]
    until: Option<String>,
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
