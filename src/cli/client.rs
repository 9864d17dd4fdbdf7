//! Asking a server over HTTP.

use std::env;
use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use ureq::http::uri::PathAndQuery;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, DefaultConnector};
use ureq::{Agent, Body, SendBody};

use super::connection::Hearing;

use super::error::CliError;

/// The token that is sent along.
const TOKEN_VARIABLE: &str = "PIXLOG_TOKEN";

/// How long a server may take to accept a connection. How long an answer takes depends on what is asked, and Ctrl-C ends
/// the waiting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The most bytes of an answer in JSON: a page of 10,000 entries takes 2 MB.
const JSON_BYTES_MAX: u64 = 64 << 20;

/// The most bytes of a problem.
const PROBLEM_BYTES_MAX: u64 = 64 << 10;

/// Bytes that are copied at once.
const COPY_BYTES: usize = 64 << 10;

/// The URL of a server: `http://HOST[:PORT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerUrl(String);

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not the URL of a server.
#[derive(Debug, PartialEq, Eq, Error)]
pub(super) enum ParseServerUrlError {
    #[error(
        "https is not spoken: name a tunnel that ends at the server, as 'ssh -L 8000:localhost:8000 HOST' makes one"
    )]
    Https,
    #[error("write http://HOST:PORT")]
    Malformed,
}

impl FromStr for ServerUrl {
    type Err = ParseServerUrlError;

    fn from_str(text: &str) -> Result<Self, ParseServerUrlError> {
        let uri: Uri = text.parse().map_err(|_| ParseServerUrlError::Malformed)?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(ParseServerUrlError::Https),
            _ => return Err(ParseServerUrlError::Malformed),
        }
        match (uri.authority(), uri.path_and_query().map(PathAndQuery::as_str)) {
            (Some(authority), None | Some("/")) if !authority.as_str().contains('@') => {
                Ok(Self(format!("http://{authority}")))
            }
            _ => Err(ParseServerUrlError::Malformed),
        }
    }
}

/// What a problem (RFC 9457) says to people.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

/// A server that is asked.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    server: ServerUrl,
    /// The value of `Authorization`.
    authorization: Option<String>,
}

/// Parameters of a request.
pub(super) type Parameters<'a> = [(&'a str, String)];

impl Client {
    /// With the token of the environment, where there is one.
    pub(super) fn new(server: ServerUrl) -> Result<Self, CliError> {
        let authorization = match env::var(TOKEN_VARIABLE) {
            Ok(token) if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Some(format!("Bearer {token}"))
            }
            Ok(token) if token.is_empty() => None,
            Err(env::VarError::NotPresent) => None,
            _ => return Err(CliError::Usage(format!("what {TOKEN_VARIABLE} holds is no token"))),
        };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // The server was named, so nobody stands between; the token goes to nobody else.
            .proxy(None)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .build();
        let connector = DefaultConnector::new().chain(Hearing);
        let agent = Agent::with_parts(config, connector, DefaultResolver::default());
        Ok(Self { agent, server, authorization })
    }

    /// An answer in JSON. `path` is one of the server's, with or without parameters.
    pub(super) fn json<T: DeserializeOwned>(&self, path: &str, parameters: &Parameters<'_>) -> Result<T, CliError> {
        self.parsed(self.get(path, parameters)?)
    }

    /// Copies an answer; fails where it is cut off.
    pub(super) fn copy(&self, path: &str, parameters: &Parameters<'_>, to: &mut dyn Write) -> Result<(), CliError> {
        let mut body = self.get(path, parameters)?.into_body().into_reader();
        let mut buffer = vec![0; COPY_BYTES];
        loop {
            match body.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => to.write_all(buffer.get(..length).unwrap_or_default()).map_err(CliError::Output)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.cut_off(&error)),
            }
        }
    }

    /// Sends JSON, or nothing, and takes JSON.
    pub(super) fn post<T: DeserializeOwned>(&self, path: &str, json: &str) -> Result<T, CliError> {
        let content_type = if json.is_empty() { None } else { Some("application/json") };
        self.send(path, &[], content_type, SendBody::from_reader(&mut json.as_bytes()), false)
    }

    /// Sends what a reader gives and takes JSON.
    pub(super) fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &Parameters<'_>,
        content_type: &str,
        from: &mut dyn Read,
    ) -> Result<T, CliError> {
        let mut source = Source { from, failed: None };
        let outcome = self.send(path, parameters, Some(content_type), SendBody::from_reader(&mut source), true);
        match source.failed {
            Some(source) => Err(CliError::Io { action: "reading what is to be sent", source }),
            None => outcome,
        }
    }

    fn send<T: DeserializeOwned>(
        &self,
        path: &str,
        parameters: &Parameters<'_>,
        content_type: Option<&str>,
        body: SendBody<'_>,
        is_long: bool,
    ) -> Result<T, CliError> {
        let mut request = self.agent.post(self.url(path));
        for (name, value) in parameters {
            request = request.query(name, value);
        }
        // A server that refuses says so before it is sent anything, rather than cutting off who still sends.
        let expect = content_type.filter(|_| is_long).map(|_| "100-continue");
        let authorization = self.authorization.as_deref();
        for (name, value) in [("Content-Type", content_type), ("Authorization", authorization), ("Expect", expect)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = request.send(body).map_err(|error| self.unreachable(&error))?;
        self.parsed(self.checked(answer)?)
    }

    fn get(&self, path: &str, parameters: &Parameters<'_>) -> Result<Response<Body>, CliError> {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in parameters {
            request = request.query(name, value);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        let answer = request.call().map_err(|error| self.unreachable(&error))?;
        self.checked(answer)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }

    /// Turns an answer that is a problem into the error that it tells of.
    fn checked(&self, mut answer: Response<Body>) -> Result<Response<Body>, CliError> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = answer.body_mut().with_config().limit(PROBLEM_BYTES_MAX).read_to_vec().unwrap_or_default();
        Err(match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => CliError::Server { status: status.as_u16(), detail: problem.detail },
            Err(_) => {
                CliError::Failed(format!("what listens on {} answered {status}: is it a pixlog server?", self.server))
            }
        })
    }

    fn parsed<T: DeserializeOwned>(&self, mut answer: Response<Body>) -> Result<T, CliError> {
        let body = answer.body_mut().with_config().limit(JSON_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| self.cut_off(&error))?;
        serde_json::from_slice(&body).map_err(|error| {
            CliError::Failed(format!("what {} answered cannot be read ({error}): is it a pixlog server?", self.server))
        })
    }

    fn unreachable(&self, error: &ureq::Error) -> CliError {
        CliError::Unreachable { server: self.server.to_string(), problem: error.to_string() }
    }

    fn cut_off(&self, error: &impl fmt::Display) -> CliError {
        CliError::Failed(format!("the answer of {} was cut off: {error}", self.server))
    }
}

/// What is sent. Its failure is kept apart from those of the connection.
struct Source<'a> {
    from: &'a mut dyn Read,
    failed: Option<io::Error>,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed = Some(error);
            }
            kind.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_named_by_http_urls() {
        for (text, url) in [
            ("http://localhost:8000", "http://localhost:8000"),
            ("http://[::1]:8000/", "http://[::1]:8000"),
            ("HTTP://example.org", "http://example.org"),
        ] {
            assert_eq!(text.parse::<ServerUrl>().map(|url| url.to_string()), Ok(url.to_owned()));
        }
        assert_eq!("https://example.org".parse::<ServerUrl>(), Err(ParseServerUrlError::Https));
        for text in ["", "localhost:8000", "http://", "http://a/b", "http://a?b", "http://me@a", "ftp://a", "/a"] {
            assert_eq!(text.parse::<ServerUrl>(), Err(ParseServerUrlError::Malformed), "{text}");
        }
    }
}
