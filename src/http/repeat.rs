//! `Idempotency-Key`: a POST, PUT or PATCH that may be sent again, and is then answered as it was the first time.
//!
//! A key belongs to who sends it, and to method, path and query. It is decided together with the write, in the commit
//! that makes the write durable; a write of several steps holds it until its commit. What was refused is not remembered.

use rocket::http::{HeaderMap, Method};
use rocket::request::Request;
use sha2::{Digest, Sha256};

use crate::journal::{Claim, Idempotency, Journal, JournalError, Outcome, Recalled};

use super::began::began;
use super::caller::Caller;
use super::headers;
use super::problem::Problem;

/// The header.
const HEADER: &str = "Idempotency-Key";

/// The most characters of a key.
pub(super) const CHARS_MAX: usize = 255;

/// The key in these headers, where a request of that method has one.
pub(super) fn key<'a>(method: Method, headers: &'a HeaderMap<'_>) -> Result<Option<&'a str>, Problem> {
    if !matches!(method, Method::Post | Method::Put | Method::Patch) || !headers::has(headers, HEADER) {
        return Ok(None);
    }
    let mut found = headers.get(HEADER);
    let key = found.next().unwrap_or_default();
    let is_printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if !(1..=CHARS_MAX).contains(&key.len()) || !key.bytes().all(is_printable) || found.next().is_some() {
        let detail = format!("{HEADER} is given once, with 1 to {CHARS_MAX} printable characters of ASCII");
        return Err(Problem::unreadable(detail).limit(CHARS_MAX as u64));
    }
    Ok(Some(key))
}

/// Whether a request may be sent again, and what it is known by but for its body.
#[derive(Debug)]
pub(super) struct Repeat(Option<Known>);

#[derive(Debug)]
struct Known {
    key: [u8; 32],
    /// The hash of the body, which begins with its type.
    body: Sha256,
}

/// Whether a write that may have been sent before is done now.
#[derive(Debug)]
pub(super) enum Begun {
    /// It was done, with this outcome.
    Before(Outcome),
    /// It is done now; its key, where it has one, is held until the claim is dropped.
    Now(Option<Claim>),
}

impl Repeat {
    /// What `request`, whose key the gate has looked at, is known by.
    pub(super) fn of(request: &Request<'_>, caller: &Caller) -> Self {
        let method = began(request).method;
        let Ok(Some(key)) = self::key(method, request.headers()) else { return Self(None) };
        let (id, uri) = (caller.id(), request.uri().to_string());
        let key = hash([&id[..], method.as_str().as_bytes(), uri.as_bytes(), key.as_bytes()]);
        let body = hash([request.headers().get_one("Content-Type").unwrap_or_default().as_bytes()]);
        Self(Some(Known { key: key.finalize().into(), body }))
    }

    /// What the journal knows the request by, where it may be repeated.
    pub(super) fn with(&self, body: &[u8]) -> Option<Idempotency> {
        let known = self.0.as_ref()?;
        let hash = known.body.clone().chain_update(body);
        Some(Idempotency { key: known.key, body: hash.finalize().into() })
    }

    /// As [`Self::with`], for a body that comes piece by piece.
    pub(super) fn pieces(&self) -> Option<Pieces> {
        self.0.as_ref().map(|known| Pieces { key: known.key, body: known.body.clone() })
    }

    /// Begins a write of several steps. May block.
    ///
    /// # Errors
    ///
    /// A key that was used for another body, or is in flight.
    pub(super) fn begin(&self, journal: &Journal, body: &[u8]) -> Result<Begun, JournalError> {
        let Some(idempotency) = self.with(body) else { return Ok(Begun::Now(None)) };
        Ok(match journal.recall(idempotency)? {
            Recalled::Before(outcome) => Begun::Before(outcome),
            Recalled::Free(claim) => Begun::Now(Some(claim)),
        })
    }
}

/// A body that is hashed as it comes.
#[derive(Debug)]
pub(super) struct Pieces {
    key: [u8; 32],
    body: Sha256,
}

impl Pieces {
    /// Adds the next piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.body.update(piece);
    }

    /// What the journal knows the request by.
    pub(super) fn idempotency(&self) -> Idempotency {
        Idempotency { key: self.key, body: self.body.clone().finalize().into() }
    }
}

/// A hash of parts, each after its length, so that no two lists of parts look the same.
fn hash<const PARTS: usize>(parts: [&[u8]; PARTS]) -> Sha256 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    #[test]
    fn a_key_is_short_and_printable_and_stands_once() {
        let long = "x".repeat(256);
        let refusal = Err("Idempotency-Key is given once, with 1 to 255 printable characters of ASCII".to_owned());
        for (values, found) in [
            (&[][..], Ok(None)),
            (&["a b~!"], Ok(Some("a b~!"))),
            (&[&long[1..]], Ok(Some(&long[1..]))),
            (&[&long], refusal.clone()),
            (&[""], refusal.clone()),
            (&["é"], refusal.clone()),
            (&["a\tb"], refusal.clone()),
            (&["a", "a"], refusal.clone()),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.add(Header::new(HEADER, (*value).to_owned()));
            }
            let key = |method| key(method, &headers).map_err(|problem| problem.to_string());
            for method in [Method::Post, Method::Put, Method::Patch] {
                assert_eq!(key(method), found, "{method} {values:?}");
            }
            assert_eq!(key(Method::Get), Ok(None), "{values:?}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let hash = |parts: [&'static [u8]; 2]| hash(parts).finalize();
        assert_ne!(hash([b"ab", b"c"]), hash([b"a", b"bc"]));
        assert_eq!(hash([b"ab", b"c"]), hash([b"ab", b"c"]));
    }
}
