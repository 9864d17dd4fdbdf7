//! The exchange over HTTP: a real request from one endpoint to the other, on one kept-alive loopback connection.
//!
//! The state goes by reference, run and version, since the log holds it. Only this process knows the secret that a
//! hand-over carries, so nobody else can make one.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rocket::http::HeaderMap;
use serde::{Deserialize, Serialize};
use ureq::Agent;

use crate::canvas::{RunId, Version};
use crate::pingpong::{Exchange, HandOver, Hop, RunError, Side};

use super::access::loopback;
use super::headers;

/// The header that carries the secret.
const SECRET_HEADER: &str = "X-Pixlog-Hand-Over";

/// The header that carries the state, its run and its version: without a body a hand-over is one packet.
const STATE_HEADER: &str = "X-Pixlog-State";

/// How long an endpoint may take: a hop waits for the disk.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Known to this process alone.
#[derive(Clone)]
pub(super) struct Secret(Arc<str>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one: 256 random bits, or, where the system has none to give, one that nothing equals.
    pub(super) fn new() -> Self {
        let mut bytes = [0; 32];
        let mut text = String::new();
        match getrandom::fill(&mut bytes) {
            Ok(()) => bytes.iter().for_each(|byte| {
                // Writing to a String cannot fail.
                let _ = write!(text, "{byte:02x}");
            }),
            Err(error) => tracing::error!(%error, "no random bytes; exchange=http will not work"),
        }
        Self(text.into())
    }

    /// Whether these headers carry it. Takes as long for any text of the same length.
    pub(super) fn is_in(&self, headers: &HeaderMap<'_>) -> bool {
        headers::first(headers, SECRET_HEADER).is_some_and(|found| {
            let same_length = !self.0.is_empty() && found.len() == self.0.len();
            let difference = found.bytes().zip(self.0.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
            same_length && difference == 0
        })
    }
}

/// The state that these headers hand over.
pub(super) fn state_in(headers: &HeaderMap<'_>) -> Option<HandOver> {
    let (run, version) = headers.get_one(STATE_HEADER)?.split_once(' ')?;
    Some(HandOver { run: RunId(run.parse().ok()?), version: Version(version.parse().ok()?) })
}

/// The answer to a hand-over.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct HopBody {
    version: u64,
    progression: u32,
}

impl From<Hop> for HopBody {
    fn from(hop: Hop) -> Self {
        Self { version: hop.version.0, progression: hop.progression }
    }
}

/// Hands over by HTTP.
pub(super) struct HttpExchange {
    agent: Agent,
    /// Where it listens, as a URL.
    server: String,
    secret: Secret,
}

impl HttpExchange {
    /// To the endpoints of the server that listens on `address`.
    pub(super) fn new(address: SocketAddr, secret: Secret) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            // Not one for the whole: ureq would start a thread for each request, to look up the name in time.
            .timeout_per_read(Some(TIMEOUT))
            .timeout_per_write(Some(TIMEOUT))
            .build();
        Self { agent: config.new_agent(), server: format!("http://{}", loopback(address)), secret }
    }

    fn post(&self, side: Side, state: HandOver) -> Result<HopBody, String> {
        let request = self
            .agent
            .post(format!("{}/{}", self.server, side.as_str()))
            .header(SECRET_HEADER, &*self.secret.0)
            .header(STATE_HEADER, format!("{} {}", state.run, state.version));
        let mut response = request.send_empty().map_err(|error| error.to_string())?;
        let answer = response.body_mut().read_to_vec().map_err(|error| error.to_string())?;
        if response.status() != 200 {
            return Err(format!(
                "{} answered {}: {}",
                side.as_str(),
                response.status(),
                String::from_utf8_lossy(&answer)
            ));
        }
        serde_json::from_slice(&answer).map_err(|error| error.to_string())
    }
}

impl Exchange for HttpExchange {
    fn hand_over(&mut self, side: Side, state: HandOver) -> Result<Hop, RunError> {
        let answer = self.post(side, state).map_err(RunError::Exchange)?;
        Ok(Hop { version: Version(answer.version), progression: answer.progression })
    }
}
