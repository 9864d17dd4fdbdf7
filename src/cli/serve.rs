//! `pixlog serve`: the server.

use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, Overrides};
use crate::http;

use super::error::CliError;

/// `pixlog serve`.
#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    #[arg(long, value_name = "ADDRESS")]
    #[arg(help = "The address to listen on [default: 127.0.0.1, or what Rocket.toml or ROCKET_ADDRESS says]")]
    address: Option<IpAddr>,
    #[arg(long, value_name = "PORT")]
    #[arg(help = "The port, 0 for any that is free [default: 8000, or what Rocket.toml or ROCKET_PORT says]")]
    port: Option<u16>,
}

impl Serve {
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let config = Config::load(&Overrides { data, address: self.address, port: self.port })?;
        let directory = config.data.clone();
        http::serve(config, move |address| {
            let mut stdout = io::stdout().lock();
            // A server serves on where nobody reads what it says.
            let _ = writeln!(stdout, "pixlog listens on http://{address} with its data in {}", directory.display());
            let _ = stdout.flush();
        })?;
        Ok(())
    }
}
