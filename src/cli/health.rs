//! `pixlog health`: whether a server is ready, for whoever restarts it; a container needs no other program for that.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use ureq::Agent;

use crate::config::Config;
use crate::http;

use super::error::CliError;
use super::open;
use super::out::Out;
use super::site::At;

/// How long the server may take: readiness is known without a look at the disk.
const TIMEOUT: Duration = Duration::from_secs(5);

/// `pixlog health`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --server: the one on this machine that the settings describe.\n\nExit status: 0 where the server reads and writes, else 1."
)]
pub(super) struct Health;

/// What of a problem is told.
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Health {
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let (server, host) = match at.named_server() {
            Some(server) => (server.to_string(), None),
            None => local(&open::config(at.into_data())?),
        };
        let agent =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT)).proxy(None).build();
        let mut request = agent.new_agent().get(format!("{server}/health/ready"));
        if let Some(host) = host {
            request = request.header("Host", host);
        }
        let failed = |error: ureq::Error| CliError::Failed(format!("{server} does not answer: {error}"));
        let mut answer = request.call().map_err(failed)?;
        let status = answer.status().as_u16();
        if status != 200 {
            let problem = answer.body_mut().read_to_string().ok().and_then(|body| serde_json::from_str(&body).ok());
            let detail = problem.map_or_else(String::new, |Problem { detail }| format!(": {detail}"));
            return Err(CliError::Failed(format!("{server} is not ready ({status}{detail})")));
        }
        let mut out = Out::new();
        out.line("ready")?;
        out.finish()
    }
}

/// Where a server with this configuration listens, and a name that it takes for its own.
fn local(config: &Config) -> (String, Option<String>) {
    let address = http::loopback(SocketAddr::new(config.address, config.port));
    (format!("http://{address}"), config.hosts.first().cloned())
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine_by_a_name_of_its_own() {
        let hosts = vec!["pixlog.example".to_owned(), "localhost".to_owned()];
        let config = Config { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), port: 81, hosts, ..Config::default() };
        assert_eq!(local(&config), ("http://127.0.0.1:81".to_owned(), Some("pixlog.example".to_owned())));
    }
}
