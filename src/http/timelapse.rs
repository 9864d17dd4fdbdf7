//! `/api/v1/canvases/{name}/timelapse.gif` and `timelapse.png`: how an image came to be, as an animation.

use std::num::NonZeroU16;

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::canvas::{Version, When};
use crate::journal::{FrameReader, FramesQuery};
use crate::picture::{Animation, AnimationFormat, AnimationWriter};

use super::answer::Answer;
use super::app::{App, Opened};
use super::conditions::Conditions;
use super::gate::{Rules, gated};
use super::moment::{Moment, in_order, take_from};
use super::openapi::bodies::Bytes;
use super::openapi::params::{Animated, At, IfNoneMatch, OfCanvas, Range};
use super::openapi::problems::{Impossible, NotModified};
use super::problem::Problem;
use super::query::{Query, within};
use super::stream::Out;

/// Frames, frames a second and pixels on the longest side where nothing is said.
const DEFAULTS: (u32, u32, u32) = (100, 25, 512);

/// The most frames.
pub(super) const FRAMES_MAX: u32 = 1_000;

/// The most frames a second; a GIF shows 50 at most.
const RATE_MAX: u32 = 100;

/// The longest side, in pixels.
const SIDE_MAX: u32 = 16_384;

/// The most pixels of all frames together.
pub(super) const PIXELS_MAX: u64 = 1 << 28;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![gif], &Rules::answering(MediaType::GIF));
    all.extend(gated(routes![png], &Rules::answering(MediaType::PNG)));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(gif, png))]
pub(super) struct Doc;

/// What is asked for, apart from the canvas.
#[derive(Debug)]
struct Wish {
    from: Version,
    to: When,
    frames: u32,
    rate: NonZeroU16,
    side: u32,
}

impl Wish {
    fn take(query: &mut Query<'_>) -> Result<Self, Problem> {
        let (frames, rate, side) = DEFAULTS;
        let rate = within("fps", query.get("fps")?.unwrap_or(rate), 1, RATE_MAX)?;
        Ok(Self {
            from: take_from(query)?,
            to: When::take_end(query)?,
            frames: within("frames", query.get("frames")?.unwrap_or(frames), 1, FRAMES_MAX)?,
            rate: u16::try_from(rate).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN),
            side: within("size", query.get("size")?.unwrap_or(side), 1, SIDE_MAX)?,
        })
    }
}

/// An animation, written as its frames are made. It holds some frames, and nothing else of the image.
async fn animation(
    format: AnimationFormat,
    name: &str,
    mut query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let Wish { from, to, frames, rate, side } = Wish::take(&mut query)?;
    query.finish()?;
    let moment = Moment::after(name, from, to, app, opened).await?;
    let Moment { canvas, shown } = &moment;
    in_order("from", from, shown.version)?;
    let wanted = FramesQuery { from, to: shown.version, count: frames, side_max: side };
    let reader = opened.journal.frames(canvas.id, wanted)?;
    let animation = Animation { size: reader.sampling().size(), mode: canvas.mode, frames: reader.count(), rate };
    check(&animation, app.config.limits.frame_pixels_max)?;
    if let Some(unchanged) = moment.unchanged(&conditions) {
        return Ok(unchanged);
    }
    let produced = app.produce(move |out| write(reader, format, &animation, out)).await?;
    let content_type = match format {
        AnimationFormat::Gif => ContentType::GIF,
        AnimationFormat::Png => ContentType::PNG,
    };
    Ok(Answer::produced(content_type, produced).versioned(moment.shown))
}

/// Refuses what takes too much, before any of it is made.
fn check(animation: &Animation, frame_pixels_max: u64) -> Result<(), Problem> {
    let frame = u64::from(animation.size.cells());
    let refuse = |detail: String, limit| Err(Problem::impossible("animation-too-large", detail).limit(limit));
    if frame > frame_pixels_max {
        return refuse(format!("a frame has at most {frame_pixels_max} pixels, not {frame}"), frame_pixels_max);
    }
    let all = frame * u64::from(animation.frames);
    if all > PIXELS_MAX {
        return refuse(format!("an animation has at most {PIXELS_MAX} pixels in all, not {all}"), PIXELS_MAX);
    }
    Ok(())
}

fn write(
    mut frames: FrameReader,
    format: AnimationFormat,
    animation: &Animation,
    out: &mut Out,
) -> Result<(), Problem> {
    let mut writer = AnimationWriter::new(out, format, animation)?;
    while let Some(frame) = frames.next_frame()? {
        writer.write_frame(frame.raster.data())?;
    }
    writer.finish()?;
    Ok(())
}

/// How an image came to be, as a GIF
///
/// Frames are spread evenly by version. A frame, and all of them together, may have only so many pixels.
#[utoipa::path(
    get,
    path = "/canvases/{name}/timelapse.gif",
    operation_id = "getTimelapseGif",
    tag = "history",
    params(OfCanvas, Range, At, Animated, IfNoneMatch),
    responses((status = 200, description = "The animation", body = Bytes, content_type = "image/gif"), NotModified, Impossible)
)]
#[get("/canvases/<name>/timelapse.gif")]
async fn gif(
    name: &str,
    query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    animation(AnimationFormat::Gif, name, query, conditions, app, opened).await
}

/// How an image came to be, as an animated PNG
///
/// Frames are spread evenly by version. A frame, and all of them together, may have only so many pixels.
#[utoipa::path(
    get,
    path = "/canvases/{name}/timelapse.png",
    operation_id = "getTimelapsePng",
    tag = "history",
    params(OfCanvas, Range, At, Animated, IfNoneMatch),
    responses((status = 200, description = "The animation", body = Bytes, content_type = "image/png"), NotModified, Impossible)
)]
#[get("/canvases/<name>/timelapse.png")]
async fn png(
    name: &str,
    query: Query<'_>,
    conditions: Conditions<'_>,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    animation(AnimationFormat::Png, name, query, conditions, app, opened).await
}
