//! `POST /api/v1/canvases/{name}/pixels`: the one route that is asked tens of thousands of times a second. What it does
//! is in memory until the committer answers, so it stays on the async threads.

use std::fmt;

use rocket::http::{ContentType, MediaType};
use rocket::tokio::sync::oneshot;
use rocket::{Route, post, routes};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{CellIndex, Colour, ParseColourError, Pixel, Source};
use crate::journal::{Answered, Append, Canvas, Committed, JournalError, PixelProblem, Records, Terms};

use super::answer::{Answer, etag, rfc3339};
use super::app::{App, Opened};
use super::body;
use super::canvases::find;
use super::gate::{Rules, gated};
use super::openapi::bodies::Bytes;
use super::openapi::params::{IfMatch, OfCanvas, Repeatable};
use super::problem::Problem;
use super::sent::Sent;
use super::work::away;
use super::writing::Writing;

/// A body of more bytes is read on a thread that may take its time.
const INLINE_BYTES_MAX: usize = 16 << 10;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![append], &Rules::answering(MediaType::JSON).repeatable())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(append))]
pub(super) struct Doc;

/// Pixels to be written, in this order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PixelsBody {
    /// Column, row and colour of each
    #[schema(value_type = Vec<(u32, u32, String)>, min_items = 1)]
    pixels: Pixels,
    /// What an anonymous writer calls itself
    #[schema(min_length = 1, max_length = 128)]
    author: Option<String>,
}

/// Column, row and colour of each pixel; not checked against the canvas yet.
#[derive(Debug)]
struct Pixels(Vec<(i64, i64, Hex)>);

impl<'de> Deserialize<'de> for Pixels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Pixels;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of [x, y, \"#rrggbb\"]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pixels, A::Error> {
                let mut pixels = Vec::new();
                loop {
                    let item = items.next_element::<(i64, i64, Hex)>();
                    match item.map_err(|error| A::Error::custom(format!("pixel {}: {error}", pixels.len())))? {
                        Some(pixel) => pixels.push(pixel),
                        None => return Ok(Pixels(pixels)),
                    }
                }
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// A colour as `#rrggbb`, read without keeping the text; what is none is reported with its place in the batch.
#[derive(Debug)]
struct Hex(Result<Colour, ParseColourError>);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Hex;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a colour, #rrggbb or #rrggbbaa")
            }

            fn visit_str<E>(self, text: &str) -> Result<Hex, E> {
                Ok(Hex(text.parse()))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// What was written.
#[derive(Debug, Serialize, ToSchema)]
struct CommittedBody {
    first_version: u64,
    version: u64,
    #[schema(format = DateTime)]
    time: String,
}

/// Write pixels
///
/// All or none: one bad pixel refuses them all, naming its index. The rows of `application/octet-stream` are each a
/// little-endian `u32` cell (y · width + x) and 3 (`rgb`) or 4 (`rgba`) bytes of colour. On a canvas with a cooldown a
/// call has one pixel.
#[utoipa::path(
    post,
    path = "/canvases/{name}/pixels",
    operation_id = "writePixels",
    tag = "writing",
    params(OfCanvas, IfMatch, Repeatable,
        ("author" = Option<String>, Query, example = "ada",
            description = "The author of rows, which have no other place for it")),
    request_body(content(
        (PixelsBody = "application/json", example = json!({"pixels": [[1, 2, "#ff0000"], [3, 4, "#00ff00"]], "author": "ada"})),
        (Bytes = "application/octet-stream"),
    )),
    responses(
        (status = 200, description = "They are on stable storage", body = CommittedBody,
            headers(("ETag" = String, description = "The version that they made"))),
    )
)]
#[post("/canvases/<name>/pixels", data = "<sent>")]
async fn append(
    name: &str,
    writing: Writing<'_>,
    app: &App,
    opened: &Opened,
    sent: Sent<'_>,
) -> Result<Answer, Problem> {
    let Writing { mut query, conditions, repeat, caller } = writing;
    let taken = [ContentType::JSON, ContentType::Binary];
    let rows = *sent.content_type(&taken)? == ContentType::Binary;
    let named = if rows { query.text("author")?.map(std::borrow::Cow::into_owned) } else { None };
    query.finish()?;
    let canvas = find(&opened.journal, name)?;
    let expectation = conditions.expectation(|| Ok(opened.journal.head(canvas.id)?))?;
    let bytes = sent.bytes(app.config.limits.json_bytes_max).await?;
    let (id, few) = (canvas.id, bytes.len() <= INLINE_BYTES_MAX);
    let cooling = (canvas.settings.cooldown_ms > 0).then(|| caller.cooling_id());
    let read = move || {
        let idempotency = repeat.with(&bytes);
        let read =
            if rows { from_rows(&canvas, &bytes).map(|pixels| (pixels, named)) } else { from_json(&canvas, &bytes) };
        Ok::<_, Problem>((read, Terms { caller: cooling, idempotency, ..Terms::default() }))
    };
    let (read, terms) = if few { read()? } else { away(read).await? };
    let read = read.and_then(|(pixels, named)| Ok((pixels, caller.author(named.as_deref())?)));
    let (pixels, author, wrong) = match read {
        Ok((pixels, author)) => (pixels, author, None),
        Err(problem) => (Vec::new(), None, Some(problem)),
    };
    let append = Append { canvas: id, pixels, author, source: Source::Api, expectation, records: Records::default() };
    let answered = match (commit(opened, append, terms).await, wrong) {
        // What is wrong with the content is told where nothing that comes before it is: no pixels are wrong, too.
        (Ok(_) | Err(JournalError::BatchSize { .. }), Some(problem)) => return Err(problem),
        (outcome, _) => outcome?,
    };
    let Answered { outcome: Committed { first_version, version, time }, replayed } = answered;
    let body = CommittedBody { first_version: first_version.0, version: version.0, time: rfc3339(time) };
    Ok(Answer::json(&body)?.no_store().header("ETag", etag(version)).replayed(replayed))
}

/// Queues an append and waits for the committer's answer without holding a thread.
async fn commit(opened: &Opened, append: Append, terms: Terms<'static>) -> Result<Answered<Committed>, JournalError> {
    let (reply, replied) = oneshot::channel();
    opened.journal.append_once_then(append, terms, move |outcome| {
        // A client that left does not hear what became of its pixels.
        let _ = reply.send(outcome);
    })?;
    replied.await.unwrap_or(Err(JournalError::Stopping))
}

fn from_json(canvas: &Canvas, bytes: &[u8]) -> Result<(Vec<Pixel>, Option<String>), Problem> {
    let PixelsBody { pixels: Pixels(found), author } = body::parse(bytes)?;
    let mut pixels = Vec::with_capacity(found.len());
    for (index, (x, y, Hex(colour))) in found.into_iter().enumerate() {
        let colour = colour.map_err(|error| Problem::unreadable(format!("pixel {index}: {error}")).index(index))?;
        let cell = u32::try_from(x).ok().zip(u32::try_from(y).ok()).and_then(|(x, y)| canvas.size.cell(x, y));
        let cell = cell.ok_or(JournalError::BadPixel { index, problem: PixelProblem::OutOfBounds })?;
        pixels.push(Pixel { cell, colour });
    }
    Ok((pixels, author))
}

/// Rows of a little-endian cell and 3 or 4 colour bytes. The journal checks that the cells exist.
fn from_rows(canvas: &Canvas, bytes: &[u8]) -> Result<Vec<Pixel>, Problem> {
    let row_bytes = 4 + canvas.mode.channels();
    let (rows, rest) = (bytes.chunks_exact(row_bytes), bytes.len() % row_bytes);
    if rest != 0 {
        let detail = format!("{} bytes are no whole number of rows of {row_bytes}", bytes.len());
        return Err(Problem::unreadable(detail));
    }
    let pixel = |row: &[u8]| {
        let (cell, colour) = row.split_first_chunk::<4>()?;
        Some(Pixel { cell: CellIndex(u32::from_le_bytes(*cell)), colour: Colour::from_cell(colour)? })
    };
    Ok(rows.filter_map(pixel).collect())
}
