//! `/api/v1/canvases/{name}/export` and `/api/v1/canvases/import`: a whole log as one file, and back.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use rocket::http::{ContentType, MediaType};
use rocket::tokio::sync::mpsc;
use rocket::{Route, get, post, routes};
use utoipa::OpenApi;

use crate::canvas::Name;
use crate::journal::{Answered, CanvasNow, ImportTerms, Journal, JournalError, Records};

use super::answer::Answer;
use super::app::{App, Opened};
use super::canvases::{self, CanvasBody, find};
use super::gate::{Rules, gated};
use super::openapi::bodies::Bytes;
use super::openapi::params::{OfCanvas, Repeatable};
use super::openapi::problems::Gone;
use super::problem::Problem;
use super::query::Query;
use super::render;
use super::repeat;
use super::sent::Sent;
use super::stream::Out;
use super::work::away;
use super::writing::Writing;

/// The type of an exported log, and what else it may be sent as.
const FILE: (&str, &str) = ("application", "vnd.pixlog");

/// Pieces of a file that may wait for whoever reads it.
const PIECES_WAITING: usize = 4;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    let mut all = gated(routes![export], &Rules::answering(MediaType::new(FILE.0, FILE.1)));
    all.extend(gated(routes![import], &Rules::answering(MediaType::JSON).admin().repeatable()));
    all
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(export, import))]
pub(super) struct Doc;

/// Export the whole log of a canvas
///
/// One file that describes itself, with checksums, its tags and settings; what is cut is not taken back.
#[utoipa::path(
    get,
    path = "/canvases/{name}/export",
    operation_id = "exportCanvas",
    tag = "canvases",
    params(OfCanvas),
    responses((status = 200, description = "The file", body = Bytes, content_type = "application/vnd.pixlog",
        headers(("Content-Disposition" = String, description = "A name for it"))))
)]
#[get("/canvases/<name>/export")]
async fn export(name: &str, query: Query<'_>, app: &App, opened: &Opened) -> Result<Answer, Problem> {
    query.finish()?;
    let (journal, text) = (opened.journal.clone(), name.to_owned());
    let canvas = app.work.light(move || find(&journal, &text)).await?;
    let journal = opened.journal.clone();
    let disposition = format!("attachment; filename=\"{}.pixlog\"", canvas.name);
    let written = move |out: &mut Out| match journal.export(canvas.id, out) {
        Ok(_) => Ok(()),
        Err(JournalError::Output(error)) => Err(render::sent(error)),
        Err(error) => Err(error.into()),
    };
    let produced = app.produce(written).await?;
    let answer = Answer::produced(ContentType::new(FILE.0, FILE.1), produced);
    Ok(answer.no_store().header("Content-Disposition", disposition))
}

/// Import an exported log as a new canvas
///
/// It is equal at every version, and visible only when all of it is there and verified. Times are kept, raised where
/// they run backwards.
#[utoipa::path(
    post,
    path = "/canvases/import",
    operation_id = "importCanvas",
    tag = "canvases",
    params(Repeatable,
        ("name" = Option<String>, Query, description = "What it is called; without it as in the file", example = "back")),
    request_body(content((Bytes = "application/vnd.pixlog"), (Bytes = "application/octet-stream"))),
    security((), ("token" = ["admin"])),
    responses((status = 201, description = "The canvas", body = CanvasBody, headers(
        ("Location" = String, description = "Its path"), ("ETag" = String, description = "Its version"))), Gone)
)]
#[post("/canvases/import", data = "<sent>")]
async fn import(writing: Writing<'_>, app: &App, opened: &Opened, sent: Sent<'_>) -> Result<Answer, Problem> {
    let Writing { mut query, repeat, .. } = writing;
    let named = query.text("name")?.as_deref().map(canvases::name).transpose()?;
    query.finish()?;
    sent.content_type(&[ContentType::new(FILE.0, FILE.1), ContentType::Binary])?;
    let limit = app.config.limits.import_bytes_max;
    sent.check_length(limit)?;
    let _place = app.work.uploads.enter().await?;
    let (sender, pieces) = mpsc::channel(PIECES_WAITING);
    let journal = opened.journal.clone();
    let hash = repeat.pieces();
    let imported = away(move || import_file(&journal, named, Arriving::new(pieces), hash));
    let (fed, imported) = rocket::tokio::join!(sent.feed(limit, sender), imported);
    // Where the body itself was wrong, the file was not read to its end, which says less.
    fed?;
    let (now, replayed) = imported?;
    canvases::created(&now, replayed)
}

/// Takes a file in as it arrives; says whether the same was done before.
fn import_file(
    journal: &Journal,
    named: Option<Name>,
    file: Arriving,
    hash: Option<repeat::Pieces>,
) -> Result<(CanvasNow, bool), Problem> {
    let mut file = Hashed { file, hash: hash.map(RefCell::new).map(Rc::new) };
    let hash = file.hash.clone();
    let mut terms = || ImportTerms { idempotency: hash.as_ref().map(|hash| hash.borrow().idempotency()), claim: None };
    let terms: Option<&mut dyn FnMut() -> ImportTerms<'static>> = if hash.is_some() { Some(&mut terms) } else { None };
    let Answered { outcome: canvas, replayed } =
        journal.import_file_once(&mut file, named, &mut |_| {}, terms, Records::default())?;
    Ok((journal.canvas_now(canvas.id)?, replayed))
}

/// A file that is hashed as it is read, where its import may be repeated.
struct Hashed {
    file: Arriving,
    hash: Option<Rc<RefCell<repeat::Pieces>>>,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        if let (Some(hash), Some(piece)) = (&self.hash, buffer.get(..read)) {
            hash.borrow_mut().add(piece);
        }
        Ok(read)
    }
}

/// A body that arrives in pieces, as a file that is read on a thread of its own.
struct Arriving {
    pieces: mpsc::Receiver<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
    at: usize,
}

impl Arriving {
    const fn new(pieces: mpsc::Receiver<io::Result<Vec<u8>>>) -> Self {
        Self { pieces, piece: Vec::new(), at: 0 }
    }
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() {
            match self.pieces.blocking_recv() {
                Some(piece) => (self.piece, self.at) = (piece?, 0),
                None => return Ok(0),
            }
        }
        let rest = self.piece.get(self.at..).unwrap_or_default();
        let taken = rest.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&rest[..taken]);
        self.at += taken;
        Ok(taken)
    }
}
