//! Answers that are not errors: a type, a body, and what caches may make of it.

use std::collections::VecDeque;
use std::time::Duration;

use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::canvas::{Time, Version};

use super::connection::Connection;
use super::live::Events;
use super::problem::Problem;
use super::stream::{Body, CHUNK_BYTES, Produced};

/// The policy for what never changes: to be kept for a year, and not asked for again.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: Status,
    content_type: Option<ContentType>,
    headers: Vec<(&'static str, String)>,
    content: Content,
    /// Bytes of the body, where a stream's are known from the start.
    length: Option<u64>,
}

#[derive(Debug)]
enum Content {
    None,
    Whole(VecDeque<Vec<u8>>),
    Streamed(Body),
    Events(Box<Events>),
}

/// Bytes of events handed over at once: each reader keeps room for so many.
const EVENTS_CHUNK_BYTES: usize = 4 << 10;

impl Answer {
    fn new(status: Status, content_type: Option<ContentType>, content: Content) -> Self {
        Self { status, content_type, headers: Vec::new(), content, length: None }
    }

    /// 200 with a JSON value.
    pub(super) fn json(value: &impl Serialize) -> Result<Self, Problem> {
        let json = serde_json::to_vec(value).map_err(Problem::internal)?;
        Ok(Self::new(Status::Ok, Some(ContentType::JSON), Content::Whole(VecDeque::from([json]))))
    }

    /// 200 with bytes.
    pub(super) fn bytes(content_type: ContentType, bytes: Vec<u8>) -> Self {
        Self::new(Status::Ok, Some(content_type), Content::Whole(VecDeque::from([bytes])))
    }

    /// 200 with what a producer made.
    pub(super) fn produced(content_type: ContentType, produced: Produced) -> Self {
        let content = match produced {
            Produced::Whole(pieces) => Content::Whole(pieces),
            Produced::Streamed(body) => Content::Streamed(body),
        };
        Self::new(Status::Ok, Some(content_type), content)
    }

    /// 200 with events as they happen.
    pub(super) fn events(content_type: ContentType, events: Events) -> Self {
        Self::new(Status::Ok, Some(content_type), Content::Events(Box::new(events)))
    }

    /// A status without a body.
    pub(super) fn empty(status: Status) -> Self {
        Self::new(status, None, Content::None)
    }

    /// The same with another status.
    pub(super) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    /// The same with a header.
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with this entity tag in place of any other.
    pub(super) fn tagged(mut self, tag: String) -> Self {
        self.headers.retain(|(name, _)| *name != "ETag");
        self.header("ETag", tag)
    }

    /// The same, marked as an answer that was given before, where it was.
    pub(super) fn replayed(self, replayed: bool) -> Self {
        if replayed { self.header("Idempotent-Replayed", "true") } else { self }
    }

    /// The same, its length known: a stream that ends before is seen to be cut.
    pub(super) fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// The same, not to be kept.
    pub(super) fn no_store(self) -> Self {
        self.header("Cache-Control", "no-store")
    }

    /// The same, which never changes.
    pub(super) fn immutable(self) -> Self {
        self.header("Cache-Control", IMMUTABLE)
    }

    /// The same with what identifies the version shown. What was asked for by its version never changes, if it has its
    /// length with it, so that a cache can tell a whole answer from a cut one; a stream is not to be kept.
    pub(super) fn versioned(self, shown: Shown) -> Self {
        let policy = match (&self.content, shown.named) {
            (Content::Streamed(_), _) if self.length.is_none() => "no-store",
            (_, true) => IMMUTABLE,
            (_, false) => "no-cache",
        };
        self.header("Cache-Control", policy)
            .header("ETag", etag(shown.version))
            .header("Last-Modified", http_date(shown.time))
            .header("X-Pixlog-Version", shown.version.to_string())
    }
}

/// Which version an answer shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    /// The version.
    pub(super) version: Version,
    /// Its time.
    pub(super) time: Time,
    /// Whether the request named it by its number; else what it asked for, as the head does, may move.
    pub(super) named: bool,
}

/// The entity tag of a version.
pub(super) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

/// What tells contents of one URL apart in an entity tag: the first 64 bits of their SHA-256.
pub(super) fn fingerprint(content: &[u8]) -> String {
    let first = Sha256::digest(content).iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    format!("{first:016x}")
}

/// RFC 3339, UTC, with milliseconds.
pub(super) fn rfc3339(time: Time) -> String {
    time.to_rfc3339()
}

fn http_date(time: Time) -> String {
    time.timestamp().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Seconds with milliseconds.
pub(super) fn seconds(duration: f64) -> f64 {
    Duration::try_from_secs_f64(duration).map_or(0.0, |duration| {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a run stay far below 2^52")]
        let milliseconds = duration.as_millis() as f64;
        milliseconds / 1000.0
    })
}

impl<'r> Responder<'r, 'static> for Answer {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(self.status).max_chunk_size(CHUNK_BYTES);
        if let Some(content_type) = self.content_type {
            response.header(content_type);
        }
        for (name, value) in self.headers {
            response.raw_header(name, value);
        }
        match self.content {
            Content::None => {}
            Content::Whole(pieces) => {
                let length: usize = pieces.iter().map(Vec::len).sum();
                response.raw_header("Content-Length", length.to_string());
                // Rocket sets so many bytes aside; one more than there are lets it see the end in what is left of them.
                response.max_chunk_size((length + 1).min(CHUNK_BYTES)).streamed_body(Body::whole(pieces));
            }
            Content::Streamed(body) => {
                if let Some(length) = self.length {
                    response.raw_header("Content-Length", length.to_string());
                }
                body.goes_to(Connection::of(request));
                response.streamed_body(body);
            }
            Content::Events(events) => {
                events.goes_to(Connection::of(request));
                response.max_chunk_size(EVENTS_CHUNK_BYTES).streamed_body(*events);
            }
        }
        response.ok()
    }
}
