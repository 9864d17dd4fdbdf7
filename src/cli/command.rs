//! The arguments, and which command they name.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::bench::{Bench, Child};
use super::canvases::Canvases;
use super::client::ServerUrl;
use super::completions::Completions;
use super::diff::Diff;
use super::error::CliError;
use super::export::Export;
use super::health::Health;
use super::history::History;
use super::import::Import;
use super::log;
use super::openapi::OpenApi;
use super::pixel::Pixel;
use super::render::Render;
use super::run::Run;
use super::serve::Serve;
use super::site::At;
use super::timelapse::Timelapse;
use super::token::NewToken;
use super::verify::Verify;

/// Why `verify` asks no server.
const ONLY_STOPPED: &str = "it reads the records themselves, on the server's machine while the server is stopped";

/// Keeps images as logs: every pixel durable, every past image one request away.
#[derive(Debug, Parser)]
#[command(
    name = "pixlog",
    version,
    after_help = "Without a command: serve.\n\nExit status: 0 done, 1 it failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 by SIGTERM."
)]
pub struct Cli {
    #[arg(long, value_name = "DIR", global = true)]
    #[arg(help = "The data directory [default: ./data, or what Rocket.toml or PIXLOG_DATA says]")]
    data: Option<PathBuf>,
    #[arg(long, value_name = "URL", global = true)]
    #[arg(help = "Ask a server in place of a data directory, with the token in PIXLOG_TOKEN [default: PIXLOG_SERVER]")]
    server: Option<ServerUrl>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web app and the API
    Serve(Serve),
    /// Fill a new canvas by a ping-pong run, or go on with one that was cut off
    Run(Run),
    /// List the canvases, newest first
    Canvases(Canvases),
    /// List the entries of a canvas, newest first
    History(History),
    /// Show a cell of a canvas at any version, or its history
    Pixel(Pixel),
    /// Write the image of a canvas at any version to a file
    Render(Render),
    /// Write what differs between two versions, as a picture or a list
    Diff(Diff),
    /// Write how an image came to be, as a GIF or an animated PNG
    Timelapse(Timelapse),
    /// Make a canvas of an exported log, CSV of r/place, or a picture
    Import(Import),
    /// Write the whole log of a canvas to a file
    Export(Export),
    /// Read everything and report what is damaged
    Verify(Verify),
    /// Measure runs, reads or the server, each in a process of its own
    Bench(Bench),
    /// Print a new token, once, and its line for the file of tokens
    Token(NewToken),
    /// Ask a server whether it is ready
    Health(Health),
    /// Write the OpenAPI document of the API
    Openapi(OpenApi),
    /// Write a script for a shell that completes commands and options
    Completions(Completions),
    /// What `bench` starts
    #[command(hide = true)]
    BenchChild(Child),
}

impl Cli {
    /// What is logged where neither `PIXLOG_LOG` nor `RUST_LOG` says: a server tells what it does, a command only what
    /// is wrong.
    const fn default_log(&self) -> &'static str {
        match self.command {
            None | Some(Command::Serve(_)) => "warn,pixlog=info",
            Some(_) => "warn",
        }
    }

    /// Carries the command out; errors are told on standard error.
    #[must_use]
    pub fn run(self) -> ExitCode {
        let outcome = log::start(self.default_log()).map_err(CliError::from).and_then(|()| self.carry_out());
        outcome.map_or_else(|error: CliError| error.tell(), |()| ExitCode::SUCCESS)
    }

    fn carry_out(self) -> Result<(), CliError> {
        let at = At::new(self.data, self.server)?;
        match self.command.unwrap_or_else(|| Command::Serve(Serve::default())) {
            Command::Serve(serve) => serve.run(at.only_data("it is one")?),
            Command::Run(run) => run.run(at),
            Command::Canvases(canvases) => canvases.run(at),
            Command::History(history) => history.run(at),
            Command::Pixel(pixel) => pixel.run(at),
            Command::Render(render) => render.run(at),
            Command::Diff(diff) => diff.run(at),
            Command::Timelapse(timelapse) => timelapse.run(at),
            Command::Import(import) => import.run(at),
            Command::Export(export) => export.run(at),
            Command::Verify(verify) => verify.run(at.only_data_by_any_name(ONLY_STOPPED)?),
            Command::Bench(bench) => bench.run(at.only_data("it starts its own")?),
            Command::Token(token) => at.only_data("it asks nobody").and_then(|_| token.run()),
            Command::Health(health) => health.run(at),
            Command::Openapi(openapi) => at.only_data("it asks nobody").and_then(|_| openapi.run()),
            Command::Completions(completions) => at.only_data("it asks nobody").and_then(|_| completions.run()),
            Command::BenchChild(child) => child.run(at.into_data()),
        }
    }
}
