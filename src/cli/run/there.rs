//! Runs at a server.

use std::io::Write;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::cli::client::Client;
use crate::cli::error::CliError;
use crate::cli::row::{CanvasRow, ImageRow, RunRow};
use crate::pingpong::RunStatus;

use super::{POLL, Runner, Wish, tell_of_going_on};

/// Runs at a server.
pub(super) struct RunsThere(Client);

/// A page of runs.
#[derive(Deserialize)]
struct RunsPage {
    runs: Vec<RunRow>,
    next: Option<String>,
}

/// What a run is started with.
#[derive(Serialize)]
struct NewRun {
    width: u32,
    height: u32,
    granular: u32,
    pixels_per_hop: u32,
    exchange: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
}

impl RunsThere {
    pub(super) const fn new(client: Client) -> Self {
        Self(client)
    }

    /// The newest run that is paused and was started the same way. One that is going may be somebody else's.
    fn paused(&self, wish: &Wish) -> Result<Option<RunRow>, CliError> {
        let mut page: RunsPage = self.0.json("/api/v1/runs", &[])?;
        loop {
            for run in page.runs {
                if run.has_status(RunStatus::Paused) && wish.is_like(&run) && run.cells == wish.size.cells() {
                    let canvas: CanvasRow = self.0.json(&format!("/api/v1/canvases/{}", run.canvas), &[])?;
                    if (canvas.width, canvas.height) == (wish.size.width(), wish.size.height()) {
                        return Ok(Some(run));
                    }
                }
            }
            match page.next {
                Some(next) => page = self.0.json(&next, &[])?,
                None => return Ok(None),
            }
        }
    }
}

impl Runner for RunsThere {
    fn start_or_go_on(&self, wish: &Wish) -> Result<RunRow, CliError> {
        if let Some(found) = self.paused(wish)? {
            tell_of_going_on(&found);
            return self.0.post(&format!("/api/v1/runs/{}/resume", found.id), "");
        }
        let Wish { size, granular, pixels_per_hop, exchange, seed } = *wish;
        let (width, height) = (size.width(), size.height());
        let new = NewRun { width, height, granular, pixels_per_hop, exchange: exchange.as_str(), seed };
        let json = serde_json::to_string(&new).map_err(|error| CliError::Failed(error.to_string()))?;
        self.0.post("/api/v1/runs", &json)
    }

    fn wait(&self, run: u64, _pictures: usize) -> Result<RunRow, CliError> {
        thread::sleep(POLL);
        self.0.json(&format!("/api/v1/runs/{run}"), &[])
    }

    fn stop(&self, run: u64) -> Result<RunRow, CliError> {
        match self.0.post(&format!("/api/v1/runs/{run}/pause"), "") {
            // It ended in the meantime.
            Err(CliError::Server { status: 409, .. }) => self.0.json(&format!("/api/v1/runs/{run}"), &[]),
            outcome => outcome,
        }
    }

    fn picture(&self, run: &RunRow, picture: ImageRow, to: &mut dyn Write) -> Result<(), CliError> {
        let path = format!("/api/v1/canvases/{}/image.png", run.canvas);
        self.0.copy(&path, &[("version", picture.version.to_string())], to)
    }
}
