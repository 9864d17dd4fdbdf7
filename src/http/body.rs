//! Reading the body of a request: its type first, then its length, then its bytes, never more than a limit.

use std::io;
use std::time::Duration;

use rocket::data::{ByteUnit, Data};
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::tokio::io::AsyncReadExt;
use rocket::tokio::sync::mpsc;
use rocket::tokio::time::timeout;
use serde::Deserialize;

use super::problem::Problem;

/// How long a client may send nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of a body that are handed over at once.
const PIECE_BYTES: usize = 64 << 10;

/// The most that is set aside for a body before it is there.
const RESERVED_BYTES: u64 = 1 << 20;

/// Refuses a body that is announced as longer than `limit`.
pub(super) fn check_length(request: &Request<'_>, limit: u64) -> Result<(), Problem> {
    match announced(request) {
        Some(length) if length > limit => Err(Problem::too_large(limit)),
        _ => Ok(()),
    }
}

fn announced(request: &Request<'_>) -> Option<u64> {
    request.headers().get_one("Content-Length").and_then(|length| length.parse().ok())
}

/// The bytes of a body of at most `limit`.
pub(super) async fn read(request: &Request<'_>, data: Data<'_>, limit: u64) -> Result<Vec<u8>, Problem> {
    let announced = announced(request);
    if announced.is_some_and(|length| length > limit) {
        return Err(Problem::too_large(limit));
    }
    let reserved = announced.unwrap_or(0).min(RESERVED_BYTES);
    let mut bytes = Vec::with_capacity(usize::try_from(reserved).unwrap_or(0));
    // One byte more than is taken tells a body that is too long from one that just fits.
    let mut stream = data.open(ByteUnit::from(limit.saturating_add(1)));
    loop {
        match timeout(PATIENCE, stream.read_buf(&mut bytes)).await {
            Ok(Ok(0)) => return Ok(bytes),
            Ok(Ok(_)) if bytes.len() as u64 > limit => return Err(Problem::too_large(limit)),
            // Nothing comes after as much as was announced, and asking for it would cost as much as the first read.
            Ok(Ok(_)) if announced == Some(bytes.len() as u64) => return Ok(bytes),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(Problem::unreadable(format!("the body ended early: {error}"))),
            Err(_) => return Err(Problem::new(Status::RequestTimeout, "too-slow", "the body did not come")),
        }
    }
}

/// Hands a body of at most `limit` over, piece by piece. Whoever takes it may stop early, and then says why; what is wrong
/// with the body is told to them, too, so that they do not take what came for the whole.
pub(super) async fn feed(
    request: &Request<'_>,
    data: Data<'_>,
    limit: u64,
    to: mpsc::Sender<io::Result<Vec<u8>>>,
) -> Result<(), Problem> {
    check_length(request, limit)?;
    let mut stream = data.open(ByteUnit::from(limit.saturating_add(1)));
    let mut left = limit;
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let problem = match timeout(PATIENCE, stream.read_buf(&mut piece)).await {
            Ok(Ok(0)) => return Ok(()),
            Ok(Ok(count)) => {
                if let Some(fewer) = left.checked_sub(count as u64) {
                    left = fewer;
                    if to.send(Ok(piece)).await.is_err() {
                        return Ok(());
                    }
                    continue;
                }
                Problem::too_large(limit)
            }
            Ok(Err(error)) => Problem::unreadable(format!("the body ended early: {error}")),
            Err(_) => Problem::new(Status::RequestTimeout, "too-slow", "the body did not come"),
        };
        let _ = to.send(Err(io::ErrorKind::UnexpectedEof.into())).await;
        return Err(problem);
    }
}

/// The type of a body, if it is one of `taken`.
pub(super) fn content_type<'a>(request: &Request<'_>, taken: &'a [ContentType]) -> Result<&'a ContentType, Problem> {
    let sent = request.content_type();
    let found = sent.and_then(|sent| taken.iter().find(|one| one.top() == sent.top() && one.sub() == sent.sub()));
    found.ok_or_else(|| {
        let names: Vec<String> = taken.iter().map(ToString::to_string).collect();
        let detail = format!("the body must be {}", names.join(" or "));
        Problem::new(Status::UnsupportedMediaType, "media-type", detail)
    })
}

/// The value that `bytes` are the JSON of.
pub(super) fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::unreadable(format!("the JSON cannot be read: {error}")))
}
