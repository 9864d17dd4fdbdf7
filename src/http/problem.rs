//! Errors as clients see them: `application/problem+json` (RFC 9457), and which status each error below has.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::Cursor;
use std::time::Duration;

use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use serde::Serialize;

use crate::canvas::{Author, PaletteError, Version};
use crate::journal::JournalError;
use crate::picture::PictureError;
use crate::pingpong::RunError;
use crate::store::StoreError;

use super::began::began;
use super::conditions;

/// Seconds after which a refused client may try again.
const RETRY_AFTER_S: u32 = 1;

/// An error with a status, told to the client.
#[derive(Debug)]
pub(super) struct Problem(Box<Fields>);

#[derive(Debug)]
struct Fields {
    status: Status,
    slug: &'static str,
    detail: Cow<'static, str>,
    index: Option<usize>,
    limit: Option<u64>,
    current_version: Option<u64>,
    retry_after_s: Option<u32>,
    /// The same more exactly, where the client is told.
    retry_after_ms: Option<u64>,
    allow: Option<String>,
    /// What goes to the log and not to the client.
    log: Option<String>,
}

impl Problem {
    /// A problem of that kind, explained by a sentence.
    pub(super) fn new(status: Status, slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Fields {
            status,
            slug,
            detail: detail.into(),
            index: None,
            limit: None,
            current_version: None,
            retry_after_s: None,
            retry_after_ms: None,
            allow: None,
            log: None,
        }))
    }

    /// 400: what was sent cannot be read.
    pub(super) fn unreadable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::BadRequest, "unreadable", detail)
    }

    /// 422: it was understood and is impossible.
    pub(super) fn impossible(slug: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::UnprocessableEntity, slug, detail)
    }

    /// 413: more bytes than are taken.
    pub(super) fn too_large(limit: u64) -> Self {
        Self::new(Status::PayloadTooLarge, "body-too-large", format!("the body is over the limit of {limit} bytes"))
            .limit(limit)
    }

    /// 500: our fault; `cause` goes to the log only.
    pub(super) fn internal(cause: impl Display) -> Self {
        let mut problem = Self::new(Status::InternalServerError, "internal", "the server failed; its log says why");
        problem.0.log = Some(cause.to_string());
        problem
    }

    /// 404: there is no such page.
    pub(super) fn no_page() -> Self {
        Self::new(Status::NotFound, "not-found", "there is no such page")
    }

    /// 503: the data directory is being opened.
    pub(super) fn recovering() -> Self {
        Self::unavailable("recovering", "the data directory is being opened")
    }

    /// 503: no more writes.
    pub(super) fn stopping() -> Self {
        Self::unavailable("stopping", "the server is stopping")
    }

    /// 503: too much at once.
    pub(super) fn overloaded() -> Self {
        Self::unavailable("overloaded", "too many requests of this kind are waiting")
    }

    /// 429: too many requests; another may come after `wait`.
    pub(super) fn too_many(wait: Duration) -> Self {
        Self::new(Status::TooManyRequests, "too-many-requests", "too many requests at once").retry_after(wait)
    }

    /// 429: the cooldown of a canvas is not over yet.
    fn too_soon(wait_ms: u64, detail: String) -> Self {
        let wait = Duration::from_millis(wait_ms);
        let mut problem = Self::new(Status::TooManyRequests, "too-soon", detail).retry_after(wait);
        problem.0.retry_after_ms = Some(wait_ms);
        problem
    }

    fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after_s = Some(u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1));
        self
    }

    fn unavailable(slug: &'static str, detail: &'static str) -> Self {
        let mut problem = Self::new(Status::ServiceUnavailable, slug, detail);
        problem.0.retry_after_s = Some(RETRY_AFTER_S);
        problem
    }

    /// 405, with the methods that are allowed.
    pub(super) fn method_not_allowed(allow: String) -> Self {
        let detail = format!("this page takes {allow}");
        let mut problem = Self::new(Status::MethodNotAllowed, "method-not-allowed", detail);
        problem.0.allow = Some(allow);
        problem
    }

    /// The same, naming the place in a list.
    pub(super) fn index(mut self, index: usize) -> Self {
        self.0.index = Some(index);
        self
    }

    /// The same, naming the limit.
    pub(super) fn limit(mut self, limit: u64) -> Self {
        self.0.limit = Some(limit);
        self
    }

    /// The same, naming the head.
    pub(super) fn current(mut self, version: Version) -> Self {
        self.0.current_version = Some(version.0);
        self
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.log.as_deref().unwrap_or(&self.0.detail))
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let fields = *self.0;
        let began = began(request);
        if let Some(cause) = &fields.log {
            let uri = request.uri();
            began.span.in_scope(|| tracing::error!(%uri, %cause, "a request failed"));
        }
        let kind = format!("urn:pixlog:problem:{}", fields.slug);
        let body = Body {
            kind: &kind,
            title: fields.status.reason_lossy(),
            status: fields.status.code,
            detail: &fields.detail,
            instance: request.uri().path().as_str(),
            request_id: &began.id,
            index: fields.index,
            limit: fields.limit,
            current_version: fields.current_version,
            retry_after_ms: fields.retry_after_ms,
        };
        let json = serde_json::to_vec(&body).map_err(|_| Status::InternalServerError)?;
        let mut response = Response::build();
        response.status(fields.status);
        response.header(ContentType::new("application", "problem+json"));
        response.raw_header("Cache-Control", "no-store");
        if let Some(seconds) = fields.retry_after_s {
            response.raw_header("Retry-After", seconds.to_string());
        }
        if fields.status == Status::Unauthorized {
            // RFC 9110, section 15.5.2, asks for it.
            response.raw_header("WWW-Authenticate", "Bearer");
        }
        if let Some(allow) = fields.allow {
            response.raw_header("Allow", allow);
        }
        response.sized_body(json.len(), Cursor::new(json));
        response.ok()
    }
}

impl From<JournalError> for Problem {
    fn from(error: JournalError) -> Self {
        use JournalError as E;
        let detail = error.to_string();
        match error {
            E::NoCanvas(_) | E::NoCanvasId(_) => Self::new(Status::NotFound, "no-such-canvas", detail),
            E::NoTag(_) => Self::new(Status::NotFound, "no-such-tag", detail),
            E::NoRun(_) => Self::new(Status::NotFound, "no-such-run", detail),
            E::Deleted(_) => Self::new(Status::Gone, "deleted", detail),
            E::NameTaken(_) => Self::new(Status::Conflict, "name-taken", detail),
            E::NoVersion { head, .. } => Self::new(Status::NotFound, "no-such-version", detail).current(head),
            E::HeadMoved { expected, head } => conditions::refused(expected, head),
            E::Size(_) => Self::impossible("impossible-size", detail),
            E::TooLarge { width, height, side_max, cells_max } => {
                let limit = if width.max(height) > side_max { side_max } else { cells_max };
                Self::impossible("canvas-too-large", detail).limit(limit.into())
            }
            E::BadPixel { index, .. } => Self::impossible("bad-pixel", detail).index(index),
            E::BatchSize { max, .. } => Self::impossible("batch-size", detail).limit(max as u64),
            E::BadRange { .. } => Self::impossible("bad-range", detail),
            E::TooFarBack { max, .. } => Self::impossible("too-far-back", detail).limit(max),
            E::NotYours(_) => Self::new(Status::Forbidden, "not-yours", detail),
            E::BadRegion => Self::impossible("bad-region", detail),
            E::Transparent { .. } => Self::impossible("transparent", detail),
            E::Palette(error) => palette(error, detail),
            E::NotInPalette { .. } => Self::impossible("not-in-palette", detail),
            E::BadAuthor => Self::impossible("bad-author", detail).limit(Author::NAME_CHARS_MAX as u64),
            E::TooSoon { wait_ms } => Self::too_soon(wait_ms, detail),
            E::KeyReused => Self::impossible("key-reused", detail),
            E::KeyInFlight => Self::new(Status::Conflict, "key-in-flight", detail),
            E::BadFile { .. } => Self::new(Status::BadRequest, "bad-file", detail),
            E::Input(_) => Self::unreadable(detail),
            E::Rows(error) => match error.downcast::<PictureError>() {
                Ok(error) => error.into(),
                Err(error) => Self::internal(error),
            },
            E::Overloaded => Self::overloaded(),
            E::Stopping => Self::stopping(),
            E::Store(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

fn palette(error: PaletteError, detail: String) -> Problem {
    let problem = Problem::impossible("palette", detail);
    match error {
        PaletteError::Count { max, .. } => problem.limit(max as u64),
        PaletteError::Transparent { index } => problem.index(index),
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::new(Status::InsufficientStorage, "disk-full", "the disk is full"),
            StoreError::Poisoned => Self::unavailable("storage-failed", "an earlier write failed; a restart is needed"),
            error => Self::internal(error),
        }
    }
}

impl From<RunError> for Problem {
    fn from(error: RunError) -> Self {
        use RunError as E;
        let detail = error.to_string();
        match error {
            E::TooFewColours { colours, .. } => Self::impossible("too-few-colours", detail).limit(colours.into()),
            E::Granular(_) => Self::impossible("granular", detail).limit(100),
            E::PixelsPerHop { max, .. } => Self::impossible("pixels-per-hop", detail).limit(max.into()),
            E::NotRgb => Self::impossible("not-rgb", detail),
            E::Palette => Self::impossible("palette", detail),
            E::WrongStatus { .. } => Self::new(Status::Conflict, "wrong-run-state", detail),
            E::StaleHandOver { head, .. } => Self::new(Status::Conflict, "stale-hand-over", detail).current(head),
            E::Journal(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        use PictureError as E;
        let detail = error.to_string();
        match error {
            E::Base64(_) | E::Malformed(_) => Self::unreadable(detail),
            E::Unsupported(_) => Self::impossible("unsupported-picture", detail),
            E::TooLarge { max, .. } => Self::new(Status::PayloadTooLarge, "picture-too-large", detail).limit(max),
            E::Transparent { .. } => Self::impossible("transparent", detail),
            error => Self::internal(error),
        }
    }
}
