//! Runs in this process, on a data directory.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use crate::canvas::{RunId, Version};
use crate::cli::error::CliError;
use crate::cli::open;
use crate::cli::progress::notice;
use crate::cli::render::write_image;
use crate::cli::row::{ImageRow, RunRow};
use crate::cli::site::ImageFormat;
use crate::config::Config;
use crate::http::Server;
use crate::journal::Journal;
use crate::pingpong::{ExchangeKind, RunSpec, RunStatus, RunTarget, RunView, Runs};

use super::{POLL, Runner, Wish, tell_of_going_on};

/// Runs in this process.
pub(super) struct RunsHere {
    journal: Journal,
    runs: Runs,
    server: Option<Server>,
}

impl RunsHere {
    pub(super) fn open(data: Option<PathBuf>, exchange: ExchangeKind) -> Result<Self, CliError> {
        let config = open::config(data)?;
        let journal = open::to_write(&config)?;
        let runs = Runs::new(journal.clone());
        let server = exchange_server(&config, &journal, &runs, exchange)?;
        Ok(Self { journal, runs, server })
    }

    fn unfinished(&self, wish: &Wish) -> Result<Option<RunView>, CliError> {
        const PAGE: usize = 64;
        let mut before = None;
        loop {
            let page = self.runs.list(before, PAGE)?;
            before = page.last().map(|run| run.id);
            let is_last = page.len() < PAGE;
            let is_alike = |run: &RunView| run.canvas.size == wish.size && wish.is_like(&RunRow::new(run));
            if let Some(found) = page.into_iter().find(|run| !run.status.is_over() && is_alike(run)) {
                return Ok(Some(found));
            }
            if is_last {
                return Ok(None);
            }
        }
    }
}

impl Runner for RunsHere {
    /// Another unfinished run that is current stays so: making this one current would cancel it.
    fn start_or_go_on(&self, wish: &Wish) -> Result<RunRow, CliError> {
        if let Some(found) = self.unfinished(wish)? {
            tell_of_going_on(&RunRow::new(&found));
            // One that was cut off is recorded as running, and is taken up as one that was paused.
            if found.status == RunStatus::Running {
                self.runs.pause(found.id)?;
            }
            return Ok(RunRow::new(&self.runs.resume(found.id)?));
        }
        let current = self.runs.current()?.filter(|current| current.status == RunStatus::Running);
        if let Some(current) = &current {
            notice(&format!("run {} on {} is unfinished and stays the current one", current.id, current.canvas.name));
        }
        let Wish { size, granular, pixels_per_hop, exchange, seed } = *wish;
        let target = RunTarget::New { size, name: None };
        let spec = RunSpec { target, granular, pixels_per_hop, exchange, seed, author: None };
        Ok(RunRow::new(&self.runs.start(spec, current.is_none())?))
    }

    fn wait(&self, run: u64, pictures: usize) -> Result<RunRow, CliError> {
        Ok(RunRow::new(&self.runs.wait(RunId(run), pictures, POLL)?))
    }

    fn stop(&self, run: u64) -> Result<RunRow, CliError> {
        self.runs.shut_down();
        Ok(RunRow::new(&self.runs.view(RunId(run))?))
    }

    fn picture(&self, run: &RunRow, picture: ImageRow, to: &mut dyn Write) -> Result<(), CliError> {
        let canvas = self.runs.view(RunId(run.id))?.canvas;
        write_image(&self.journal, &canvas, Version(picture.version), ImageFormat::Png, 1, to)
    }

    fn close(self: Box<Self>) {
        self.runs.shut_down();
        if let Some(server) = self.server {
            server.stop();
        }
        self.journal.close();
    }
}

/// The server that hand-overs go through, where they go over HTTP: on loopback, on any port.
pub(in crate::cli) fn exchange_server(
    config: &Config,
    journal: &Journal,
    runs: &Runs,
    exchange: ExchangeKind,
) -> Result<Option<Server>, CliError> {
    if exchange == ExchangeKind::Local {
        return Ok(None);
    }
    let mut config = config.clone();
    (config.address, config.port) = (IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    Ok(Some(Server::start(config, journal.clone(), runs.clone())?))
}
