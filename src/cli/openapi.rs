//! `pixlog openapi`: the document of the API, for generators of clients.

use std::io::Write;

use clap::Args;

use crate::http;

use super::error::CliError;
use super::out::Out;

/// `pixlog openapi`.
#[derive(Debug, Args)]
pub(super) struct OpenApi;

impl OpenApi {
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(self) -> Result<(), CliError> {
        let document = http::openapi().map_err(|error| CliError::Failed(error.to_string()))?;
        let mut out = Out::new();
        out.writer().write_all(document.as_bytes()).map_err(CliError::Output)?;
        out.finish()
    }
}
