//! A request's body, not read yet, as the last argument of a handler.

use std::convert::Infallible;
use std::io;

use rocket::data::{self, Data, FromData};
use rocket::http::ContentType;
use rocket::outcome::Outcome;
use rocket::request::Request;
use rocket::tokio::sync::mpsc;

use super::body;
use super::problem::Problem;

/// A body that is read when the handler asks.
pub(super) struct Sent<'r> {
    request: &'r Request<'r>,
    data: Data<'r>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Sent<'r> {
    type Error = Infallible;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self, Infallible> {
        Outcome::Success(Self { request, data })
    }
}

impl Sent<'_> {
    /// The type of the body, if it is one of `taken`.
    pub(super) fn content_type<'a>(&self, taken: &'a [ContentType]) -> Result<&'a ContentType, Problem> {
        body::content_type(self.request, taken)
    }

    /// Refuses a body that is announced as longer than `limit`.
    pub(super) fn check_length(&self, limit: u64) -> Result<(), Problem> {
        body::check_length(self.request, limit)
    }

    /// Its bytes, at most `limit`.
    pub(super) async fn bytes(self, limit: u64) -> Result<Vec<u8>, Problem> {
        body::read(self.request, self.data, limit).await
    }

    /// Hands its bytes over, at most `limit`, piece by piece.
    pub(super) async fn feed(self, limit: u64, to: mpsc::Sender<io::Result<Vec<u8>>>) -> Result<(), Problem> {
        body::feed(self.request, self.data, limit, to).await
    }

    /// The bytes of what must be JSON, at most `limit`; [`body::parse`] reads them.
    pub(super) async fn json(self, limit: u64) -> Result<Vec<u8>, Problem> {
        self.content_type(&[ContentType::JSON])?;
        self.bytes(limit).await
    }
}
