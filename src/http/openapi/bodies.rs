//! Bodies that are written or read piece by piece, and so have no struct of their own but here, for the document.

#![expect(dead_code, reason = "they are read by what their derives make")]

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// An error (RFC 9457).
#[derive(ToSchema)]
pub(in crate::http) struct Problem {
    /// What kind it is
    #[schema(rename = "type", pattern = "^urn:pixlog:problem:[a-z-]+$")]
    kind: String,
    /// The status in words
    title: String,
    /// The status
    status: u16,
    /// A sentence about this one
    detail: String,
    /// The path that was asked for
    instance: String,
    /// What the server's log calls the request
    request_id: String,
    /// Which item of a list is meant
    #[schema(nullable = false)]
    index: Option<usize>,
    /// The limit that was passed
    #[schema(nullable = false)]
    limit: Option<u64>,
    /// The newest version of the canvas
    #[schema(nullable = false)]
    current_version: Option<u64>,
    /// Milliseconds until the cooldown of the canvas is over
    #[schema(nullable = false)]
    retry_after_ms: Option<u64>,
}

/// Bytes that are no JSON.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(in crate::http) struct Bytes(Vec<u8>);

/// A canvas at a version, with its image.
#[derive(ToSchema)]
pub(in crate::http) struct State {
    canvas: String,
    version: u64,
    #[schema(format = DateTime)]
    time: String,
    width: u32,
    height: u32,
    /// The base64 of a PNG
    image: String,
}

/// The pictures of a run, in their order.
#[derive(ToSchema)]
pub(in crate::http) struct Pictures {
    generate_images: Vec<Picture>,
}

/// How far a run is, and its newest picture.
#[derive(ToSchema)]
pub(in crate::http) struct Progress {
    /// Percent of the cells that are not white
    #[schema(maximum = 100)]
    progression: u32,
    generate_images: Vec<Picture>,
}

/// A picture: its name, alone or with the base64 of its PNG or its URL.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::http) enum Picture {
    /// Its name
    Name(String),
    /// Its name, and what it is
    Named(BTreeMap<String, String>),
}

/// What the endpoints take.
#[derive(ToSchema)]
pub(in crate::http) struct SentState {
    /// The base64 of a PNG
    file: String,
    /// A label; nothing is written there
    #[schema(nullable = false)]
    image_path: Option<String>,
    /// How many pixels are added before it ends
    #[schema(minimum = 1, nullable = false)]
    hops: Option<u32>,
}

/// A version: its number, or a tag.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::http) enum VersionOrTag {
    /// Its number
    Number(u64),
    /// The name that somebody gave it
    Tag(String),
}

/// The data of `event: pixels`.
#[derive(ToSchema)]
pub(in crate::http) struct PixelsEvent {
    canvas: String,
    /// The version before the first of them
    from: u64,
    /// The version with the last of them
    version: u64,
    /// Column, row and colour of each
    #[schema(max_items = 1024)]
    pixels: Vec<(u32, u32, String)>,
}
