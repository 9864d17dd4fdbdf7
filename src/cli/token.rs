//! `pixlog token`: a new token.

use clap::Args;

use crate::config::Scopes;
use crate::config::tokens::{Token, TokenName, hash, new_token};

use super::error::CliError;
use super::out::Out;

/// `pixlog token NAME SCOPES`.
#[derive(Debug, Args)]
#[command(
    after_help = "The first line of the output is the token, which is kept nowhere: give it to whom it is for. The \
                        second goes into the file that PIXLOG_TOKENS names; a server reads that again by itself."
)]
pub(super) struct NewToken {
    /// Whose it is, which is the author of what is written with it
    name: TokenName,
    /// What it allows: read, write (which reads too) or admin (which does all), with commas
    scopes: Scopes,
}

impl NewToken {
    pub(super) fn run(self) -> Result<(), CliError> {
        let Self { name, scopes } = self;
        let token = new_token().map_err(|source| CliError::Io { action: "making a token", source })?;
        let mut out = Out::new();
        out.line(&token)?;
        out.line(&Token { name, scopes, hash: hash(&token) }.to_string())?;
        out.finish()
    }
}
