//! `GET /progress`: asked again and again while a run goes, so it must not wait for it.

use std::io::Write;

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::pingpong::{Picture, RunView};

use super::answer::Answer;
use super::app::{App, Opened};
use super::gate::{Rules, gated};
use super::newest::Newest;
use super::openapi::bodies;
use super::openapi::params::Shown;
use super::pictures::{self, Images};
use super::problem::Problem;
use super::query::Query;
use super::render::sent;
use super::stream::Out;
use super::work::away;

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![progress], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(progress))]
pub(super) struct Doc;

/// How far the current run is
#[utoipa::path(
    get,
    path = "/progress",
    operation_id = "getProgress",
    tag = "ping-pong",
    params(Shown),
    responses((status = 200, description = "Percent, and the newest picture if there is one", body = bodies::Progress))
)]
#[get("/progress")]
async fn progress(mut query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    let images: Images = query.get("images")?.unwrap_or_default();
    let runs = opened.runs.clone();
    // Not in a lane: it answers at once also when others wait for theirs.
    let (progression, view) = away(move || Ok::<_, Problem>((runs.current_progression()?, runs.current()?))).await?;
    let mut begin = Vec::new();
    write!(begin, "{{\"progression\":{progression},\"generate_images\":[").map_err(sent)?;
    let newest = view.and_then(|view| view.pictures.last().copied().map(|picture| (view, picture)));
    let Some((view, picture)) = newest else { return Ok(short(begin)) };
    let journal = opened.journal.clone();
    if images != Images::Inline {
        pictures::write(images, &journal, &view.canvas, picture, &mut begin)?;
        return Ok(short(begin));
    }
    if Newest::keeps(&view.canvas) {
        return small(begin, view, picture, app, opened).await;
    }
    let write = move |out: &mut Out| {
        out.write_all(&begin).map_err(sent)?;
        pictures::write(images, &journal, &view.canvas, picture, out)?;
        out.write_all(b"]}").map_err(sent)
    };
    Ok(Answer::produced(ContentType::JSON, app.produce(write).await?).no_store())
}

/// With a picture that is kept rendered.
async fn small(
    mut begin: Vec<u8>,
    view: RunView,
    picture: Picture,
    app: &App,
    opened: &Opened,
) -> Result<Answer, Problem> {
    let (journal, newest) = (opened.journal.clone(), app.newest.clone());
    let base64 = away(move || newest.base64(&journal, &view.canvas, picture.version)).await?;
    pictures::write_rendered(picture, &base64, &mut begin)?;
    Ok(short(begin))
}

fn short(mut begin: Vec<u8>) -> Answer {
    begin.extend_from_slice(b"]}");
    Answer::bytes(ContentType::JSON, begin).no_store()
}
