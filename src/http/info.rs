//! `GET /api/v1`: what this server is and allows.

use rocket::http::MediaType;
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Author, Palette, TILE_SIDE};
use crate::config::Config;

use super::answer::Answer;
use super::app::App;
use super::caller::Caller;
use super::gate::{Rules, gated};
use super::openapi::problems::{NotAcceptable, Unavailable};
use super::problem::Problem;
use super::{canvases, diff, live, log, render, repeat, selection, timelapse};

/// What this server can do, in the order of the API.
const FEATURES: [&str; 26] = [
    "pingpong",
    "canvases",
    "palettes",
    "cooldowns",
    "tags",
    "pixels",
    "states",
    "conditional-writes",
    "idempotency",
    "restore",
    "undo",
    "fork",
    "images",
    "tiles",
    "cells",
    "diff",
    "timelapse",
    "history",
    "timeline",
    "log",
    "live",
    "runs",
    "export",
    "import",
    "tokens",
    "sessions",
];

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![info], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(info))]
pub(super) struct Doc;

/// What the server is and allows.
#[derive(Serialize, ToSchema)]
struct InfoBody<'a> {
    name: &'static str,
    version: &'static str,
    limits: LimitsBody,
    /// What it can do; a name that is here stays
    features: [&'static str; FEATURES.len()],
    caller: CallerBody<'a>,
}

/// What a client may send and ask for at once, and the size of what it gets.
#[derive(Serialize, ToSchema)]
struct LimitsBody {
    /// Cells of the longest side of a canvas
    side_max: u32,
    /// Cells of a canvas
    cells_max: u32,
    /// Colours of a palette
    palette_colours_max: usize,
    /// Characters of an author
    author_chars_max: usize,
    /// Pixels of a call
    batch_pixels_max: usize,
    /// Bytes of JSON, or of rows of pixels
    json_bytes_max: u64,
    /// Bytes of a form, or of a picture
    upload_bytes_max: u64,
    /// Bytes of a file that is imported
    import_bytes_max: u64,
    /// Characters of an idempotency key
    idempotency_key_chars_max: usize,
    /// For how long an idempotency key is kept
    idempotency_hours: u64,
    /// Entries that are looked through to undo an author's
    undo_entries_max: u64,
    /// Canvases, runs or tags of a page
    list_page_max: usize,
    /// Entries of a page of history
    history_page_max: usize,
    /// Pixels of a page of a difference
    diff_page_max: usize,
    /// Rows of a page of the log
    log_rows_max: usize,
    /// Pixels of the side of a tile
    tile_size: u32,
    /// Pixels of the longest side of an image that is shown
    image_side_max: u64,
    /// Pixels of an image that is shown
    image_pixels_max: u64,
    /// Frames of a time-lapse
    timelapse_frames_max: u32,
    /// Pixels of all frames of a time-lapse
    timelapse_pixels_max: u64,
    /// Pixels of a frame of a time-lapse
    frame_pixels_max: u64,
    /// Pixels of an event
    event_pixels_max: usize,
    /// Canvases, and runs, that one connection follows
    event_canvases_max: usize,
    /// Connections that follow canvases and runs, of all clients
    readers_max: usize,
    /// Requests of a client in a second, on average; 0 for any number
    requests_per_second_max: u32,
}

impl LimitsBody {
    fn new(config: &Config) -> Self {
        let (limits, journal) = (&config.limits, config.journal());
        Self {
            side_max: limits.side_max,
            cells_max: limits.cells_max,
            palette_colours_max: Palette::COLOURS_MAX,
            author_chars_max: Author::NAME_CHARS_MAX,
            batch_pixels_max: limits.batch_pixels_max,
            json_bytes_max: limits.json_bytes_max,
            upload_bytes_max: limits.upload_bytes_max,
            import_bytes_max: limits.import_bytes_max,
            idempotency_key_chars_max: repeat::CHARS_MAX,
            idempotency_hours: journal.idempotency_ttl.as_secs() / 3_600,
            undo_entries_max: journal.undo_entries_max,
            list_page_max: canvases::LIST_LIMIT.1,
            history_page_max: selection::PAGE_LIMIT.1,
            diff_page_max: diff::PAGE_LIMIT.1,
            log_rows_max: log::ROWS_LIMIT.1,
            tile_size: TILE_SIDE,
            image_side_max: render::SIDE_MAX,
            image_pixels_max: render::PIXELS_MAX,
            timelapse_frames_max: timelapse::FRAMES_MAX,
            timelapse_pixels_max: timelapse::PIXELS_MAX,
            frame_pixels_max: limits.frame_pixels_max,
            event_pixels_max: live::EVENT_PIXELS_MAX,
            event_canvases_max: live::CANVASES_MAX,
            readers_max: limits.readers_max,
            requests_per_second_max: limits.requests_per_second_max,
        }
    }
}

/// Who asks, and what that one may do.
#[derive(Serialize, ToSchema)]
struct CallerBody<'a> {
    name: Option<&'a str>,
    scopes: Vec<&'static str>,
}

/// What the server is and allows
#[utoipa::path(
    get,
    path = "",
    operation_id = "getInfo",
    tag = "operating",
    responses((status = 200, description = "Version, limits, features, and the caller's name and scopes", body = InfoBody),
        NotAcceptable, Unavailable)
)]
#[get("/")]
fn info(caller: &Caller, app: &App) -> Result<Answer, Problem> {
    let body = InfoBody {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        limits: LimitsBody::new(&app.config),
        features: FEATURES,
        caller: CallerBody { name: caller.token.as_deref(), scopes: caller.scopes.names().collect() },
    };
    Ok(Answer::json(&body)?.no_store())
}
