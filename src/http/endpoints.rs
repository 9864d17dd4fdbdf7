//! `POST /ping` and `POST /pong`: a state comes as a form with a base64 PNG from a client, or by reference from the
//! other endpoint of this process. An `Idempotency-Key` is refused: what a post does goes on for as long as a run, and is
//! seen by `/progress`.

use std::io;
use std::sync::Arc;

use rocket::data::{self, Data, FromData};
use rocket::http::{ContentType, MediaType, Status};
use rocket::outcome::Outcome;
use rocket::request::Request;
use rocket::tokio::runtime::Handle;
use rocket::{Route, post, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use crate::canvas::{Author, Mode, Size};
use crate::journal::RowSource;
use crate::picture::{Alpha, Format, Limits, Picture, PictureRows, decode_base64};
use crate::pingpong::{HandOver, Runs, Side, Submission};

use super::answer::Answer;
use super::app::{App, Opened, app};
use super::body;
use super::caller::Caller;
use super::exchange::{HopBody, state_in};
use super::forms::{Form, read_form};
use super::gate::{Rules, gated};
use super::openapi::bodies::SentState;
use super::openapi::problems::{Conflict, Impossible};
use super::problem::Problem;
use super::query::Query;
use super::work::{Lane, Place, away};

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![ping, pong], &Rules::answering(MediaType::JSON))
}

/// For examples: the base64 of a PNG of 4×4 white pixels.
pub(super) const WHITE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAD0lEQVR42mP4jwQYiOMAANuQL9HXPgz1AAAAAElFTkSuQmCC";

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(ping, pong))]
pub(super) struct Doc;

/// What an endpoint is sent.
enum Posted {
    /// By the other endpoint of this process.
    HandOver(HandOver),
    /// By a client; its bytes hold a place among the uploads.
    Form(Form, Place),
}

/// What an endpoint is sent, or why it cannot be read.
struct Sent(Result<Posted, Problem>);

#[rocket::async_trait]
impl<'r> FromData<'r> for Sent {
    type Error = std::convert::Infallible;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, Self::Error> {
        Outcome::Success(Self(read(request, data).await))
    }
}

async fn read<'r>(request: &'r Request<'_>, data: Data<'r>) -> Result<Posted, Problem> {
    let app = app(request).ok_or_else(|| Problem::internal("no state"))?;
    if app.secret.is_in(request.headers()) {
        let state = state_in(request.headers()).ok_or_else(|| Problem::unreadable("a hand-over names no state"))?;
        return Ok(Posted::HandOver(state));
    }
    let limit = app.config.limits.upload_bytes_max;
    body::content_type(request, &[ContentType::Form, ContentType::FormData])?;
    body::check_length(request, limit)?;
    let place = app.work.uploads.enter().await?;
    Ok(Posted::Form(read_form(request, data, limit).await?, place))
}

/// Hand over a state to ping
///
/// It adds a pixel of a new colour on a white cell, hands over to the other endpoint, and so on until the image is
/// complete, or `hops` pixels were added.
#[utoipa::path(
    post,
    path = "/ping",
    operation_id = "ping",
    tag = "ping-pong",
    params(("hops" = Option<u32>, Query, description = "As the field of the form", minimum = 1, example = 2)),
    request_body(content(
        (SentState = "application/x-www-form-urlencoded", example = json!({"file": WHITE, "image_path": "x.png", "hops": 2})),
        (SentState = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "How far the image is now", body = ProgressionBody),
        (status = 302, description = "It was, or is with the first pixel, complete", headers(
            ("Location" = String, description = "`/`"))),
        Conflict,
        Impossible,
    )
)]
#[post("/ping", data = "<sent>")]
async fn ping(query: Query<'_>, caller: &Caller, app: &App, opened: &Opened, sent: Sent) -> Result<Answer, Problem> {
    endpoint(Side::Ping, query, caller, app, opened, sent).await
}

/// Hand over a state to pong
///
/// It adds a pixel of a new colour on a white cell, hands over to the other endpoint, and so on until the image is
/// complete, or `hops` pixels were added.
#[utoipa::path(
    post,
    path = "/pong",
    operation_id = "pong",
    tag = "ping-pong",
    params(("hops" = Option<u32>, Query, description = "As the field of the form", minimum = 1, example = 2)),
    request_body(content(
        (SentState = "application/x-www-form-urlencoded", example = json!({"file": WHITE, "image_path": "x.png", "hops": 2})),
        (SentState = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "How far the image is now", body = ProgressionBody),
        (status = 302, description = "It was, or is with the first pixel, complete", headers(
            ("Location" = String, description = "`/`"))),
        Conflict,
        Impossible,
    )
)]
#[post("/pong", data = "<sent>")]
async fn pong(query: Query<'_>, caller: &Caller, app: &App, opened: &Opened, sent: Sent) -> Result<Answer, Problem> {
    endpoint(Side::Pong, query, caller, app, opened, sent).await
}

/// How far the image is.
#[derive(Serialize, ToSchema)]
struct ProgressionBody {
    /// Percent of the cells that are not white
    progression: u32,
}

async fn endpoint(
    side: Side,
    mut query: Query<'_>,
    caller: &Caller,
    app: &App,
    opened: &Opened,
    Sent(posted): Sent,
) -> Result<Answer, Problem> {
    let runs = opened.runs.clone();
    let (form, place) = match posted? {
        Posted::HandOver(state) => {
            let hop = away(move || runs.hop(side, state)).await?;
            return Answer::json(&HopBody::from(hop));
        }
        Posted::Form(form, place) => (form, place),
    };
    let hops = match form.hops()? {
        Some(hops) => Some(hops),
        None => query.get("hops")?,
    };
    if hops == Some(0) {
        return Err(Problem::impossible("hops", "hops is at least 1"));
    }
    let wish = Wish { side, hops, author: caller.author(None)? };
    let (limits, heavy) = (app.config.picture(), app.work.heavy.clone());
    let (progression, at_once) = away(move || submit(&runs, form, place, wish, limits, &heavy)).await?;
    if at_once {
        return Ok(Answer::empty(Status::Found).header("Location", "/").no_store());
    }
    Ok(Answer::json(&ProgressionBody { progression })?.no_store())
}

/// What a client wants done with a state.
struct Wish {
    side: Side,
    hops: Option<u32>,
    author: Option<Author>,
}

fn submit(
    runs: &Runs,
    form: Form,
    upload: Place,
    Wish { side, hops, author }: Wish,
    limits: Limits,
    heavy: &Lane,
) -> Result<(u32, bool), Problem> {
    let handle = Handle::current();
    let place = handle.block_on(heavy.enter())?;
    let png = Picture::open(Arc::from(form.into_png()?), &[Format::Png], &limits)?;
    drop(place);
    // Once the state is read, others may upload while the run that it begins goes on.
    let mut upload = Some(upload);
    let mut open = || {
        let places = (upload.take(), handle.block_on(heavy.enter_again()));
        let decoder = png.rows(Mode::Rgb, Alpha::Refuse).map_err(io::Error::other)?;
        Ok(Box::new(Rows::new(decoder, png.size(), places)) as Box<dyn RowSource>)
    };
    let submission = Submission { side, size: png.size(), open: &mut open, hops, author };
    Ok(runs.submit(submission)?)
}

/// The rows of an upload, decoded in the heavy lane; its places are given back with the last of them.
pub(super) struct Rows {
    decoder: PictureRows,
    left: u32,
    places: (Option<Place>, Option<Place>),
}

impl Rows {
    /// The rows of a picture of that size, and the places that are theirs alone.
    pub(super) fn new(decoder: PictureRows, size: Size, places: (Option<Place>, Option<Place>)) -> Self {
        Self { decoder, left: size.height(), places }
    }
}

impl RowSource for Rows {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        self.decoder.read_row(row).map_err(io::Error::other)?;
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            self.places = (None, None);
        }
        Ok(())
    }
}

impl Form {
    /// The bytes of the PNG in it.
    fn into_png(self) -> Result<Vec<u8>, Problem> {
        Ok(decode_base64(&self.into_file()?)?)
    }
}
