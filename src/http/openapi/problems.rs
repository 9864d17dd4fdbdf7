//! The answers that many operations share, as components of the document: the errors, one for each status, and 304.

use std::collections::BTreeMap;

use rocket::http::Status;
use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

/// Status, when it is answered, and the kind and sentence of an example.
const PROBLEMS: &[(u16, &str, &str, &str)] = &[
    (
        400,
        "Unreadable JSON, form or picture, or a parameter that is unknown or not of its type",
        "unreadable",
        "version=x cannot be read: invalid digit found in string",
    ),
    (
        401,
        "It needs a token, and none came or one that is unknown",
        "no-token",
        "this needs a token with the scope write",
    ),
    (
        403,
        "The token lacks the scope, or it is a write from a page of another site",
        "missing-scope",
        "the token alice does not have the scope admin",
    ),
    (404, "No such canvas, version, tag or run", "no-such-canvas", "there is no canvas \"art\""),
    (
        405,
        "Another method; `Allow` names those that are taken",
        "method-not-allowed",
        "this page takes GET, HEAD, OPTIONS",
    ),
    (
        406,
        "It cannot be answered in a type that `Accept` names",
        "not-acceptable",
        "this page answers with application/json",
    ),
    (408, "The body did not come", "too-slow", "the body did not come"),
    (
        409,
        "The name is taken, the run's state does not allow it, or the first request with this key is still being answered",
        "name-taken",
        "the name art is taken",
    ),
    (410, "The canvas was deleted; its name is not given out again", "deleted", "the canvas art was deleted"),
    (
        412,
        "`If-Match` does not name the head, which `current_version` does",
        "head-moved",
        "the canvas is at version 7, which If-Match does not name",
    ),
    (
        413,
        "The body, or the picture in it, is over a limit",
        "body-too-large",
        "the body is over the limit of 4194304 bytes",
    ),
    (415, "The body is of a type that is not read here", "media-type", "the body must be application/json"),
    (421, "`Host` is not one of this server's names", "not-our-host", "this Host is not one of PIXLOG_HOSTS"),
    (
        422,
        "Understood and impossible: out of bounds, the wrong size, not in the palette, too many, a key of another body",
        "bad-pixel",
        "the pixel at index 0 lies outside of the canvas",
    ),
    (
        429,
        "Too many requests, or the cooldown of the canvas, of which `retry_after_ms` tells more exactly",
        "too-many-requests",
        "too many requests at once",
    ),
    (500, "The server's fault; its log says what it was", "internal", "the server failed; its log says why"),
    (
        503,
        "It is starting or stopping, too much is waiting, or the storage failed",
        "overloaded",
        "too many requests of this kind are waiting",
    ),
    (507, "The disk is full; nothing was written, and reads go on", "disk-full", "the disk is full"),
];

/// The name of the component for a status.
fn name(status: u16) -> String {
    Status::new(status).reason_lossy().replace([' ', '-'], "")
}

/// Where the document says what this status means.
pub(in crate::http) fn reference(status: u16) -> RefOr<Response> {
    RefOr::Ref(Ref::from_response_name(name(status)))
}

/// The component for each status.
pub(super) fn all() -> impl Iterator<Item = (String, RefOr<Response>)> {
    let problems = PROBLEMS.iter().map(|&(status, when, kind, detail)| {
        let response =
            ResponseBuilder::new().description(when).content("application/problem+json", content(status, kind, detail));
        let header = |text: &str| HeaderBuilder::new().description(Some(text)).build();
        let response = match status {
            401 => response.header("WWW-Authenticate", header("`Bearer`")),
            405 => response.header("Allow", header("The methods that are taken")),
            429 => response.header("Retry-After", header("Seconds after which it may be tried again")),
            503 => response.header(
                "Retry-After",
                header("Seconds after which it may be tried again; not after a failure of the storage"),
            ),
            _ => response,
        };
        (name(status), RefOr::T(response.build()))
    });
    problems.chain([not_modified()])
}

fn content(status: u16, kind: &str, detail: &str) -> Content {
    let example = json!({
        "type": format!("urn:pixlog:problem:{kind}"),
        "title": Status::new(status).reason_lossy(),
        "status": status,
        "detail": detail,
        "instance": "/api/v1/canvases/art",
        "request_id": "9f86d081884c7d65-42",
    });
    ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(Some(example)).build()
}

/// The answer to a client that has the version already.
fn not_modified() -> (String, RefOr<Response>) {
    (name(304), RefOr::T(ResponseBuilder::new().description("The client has this version").build()))
}

/// Names for the statuses that only some operations have, to be listed among their responses.
macro_rules! named {
    ($($name:ident = $status:literal),* $(,)?) => {$(
        pub(in crate::http) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                BTreeMap::from([($status.to_string(), reference($status))])
            }
        }
    )*};
}

named! {
    NotModified = 304,
    Unreadable = 400,
    NoToken = 401,
    NotFound = 404,
    NotAcceptable = 406,
    TooSlow = 408,
    Conflict = 409,
    Gone = 410,
    TooLarge = 413,
    Impossible = 422,
    TooMany = 429,
    Unavailable = 503,
    DiskFull = 507,
}
