//! `pixlog run`: a ping-pong run from the command line.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::canvas::{RunId, Size};
use crate::config::Config;
use crate::http::Server;
use crate::journal::Journal;
use crate::pingpong::{ExchangeKind, RunSpec, RunStatus, RunTarget, RunView, Runs};

use super::error::CliError;
use super::out::{Out, write_file};
use super::render::{ImageFormat, write_image};
use super::row::RunRow;
use super::stop::Stop;
use super::{open, progress, words};

/// How long a stop may go unnoticed.
const POLL: Duration = Duration::from_millis(100);

/// `pixlog run`.
#[derive(Debug, Args)]
#[command(
    override_usage = "pixlog run [OPTIONS] --size <N>\n       pixlog run [OPTIONS] --width <W> --height <H>",
    after_help = "Ctrl-C and SIGTERM stop the run at a durable point. The same command again goes on with it."
)]
pub(super) struct Run {
    /// Width and height, in cells
    #[arg(long, value_name = "N", conflicts_with_all = ["width", "height"], required_unless_present = "width")]
    size: Option<u32>,
    /// The width, in cells
    #[arg(long, value_name = "W", requires = "height")]
    width: Option<u32>,
    /// The height, in cells
    #[arg(long, value_name = "H", requires = "width")]
    height: Option<u32>,
    /// A picture at each multiple of so many percent
    #[arg(long, value_name = "PERCENT", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    granular: u32,
    /// Pixels that one hand-over adds
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pixels_per_hop: u32,
    /// How the state gets from one endpoint to the other
    #[arg(long, value_enum, default_value_t = ExchangeArg::Local)]
    exchange: ExchangeArg,
    /// Chooses cells and colours, so that the run can be repeated [default: a random one]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(..1 << 53))]
    seed: Option<u64>,
    #[arg(long, value_name = "DIR")]
    #[arg(help = "Writes the pictures to this directory as they come, as myImg_5.png, myImg_10.png …")]
    out: Option<PathBuf>,
    /// The finished run as JSON
    #[arg(long)]
    json: bool,
}

/// `--exchange`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExchangeArg {
    /// A call within the process
    Local,
    /// A loopback HTTP request for each hand-over, answered when its pixels are durable
    Http,
}

impl From<ExchangeArg> for ExchangeKind {
    fn from(exchange: ExchangeArg) -> Self {
        match exchange {
            ExchangeArg::Local => Self::Local,
            ExchangeArg::Http => Self::Http,
        }
    }
}

impl Run {
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let spec = self.spec()?;
        let stop = Stop::on_signals()?;
        if let Some(folder) = &self.out {
            let failed = |source| CliError::File { action: "making", path: folder.clone(), source };
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let config = open::config(data)?;
        let journal = open::to_write(&config)?;
        let runs = Runs::new(journal.clone());
        let server = exchange_server(&config, &journal, &runs, spec.exchange)?;
        let outcome = start_or_go_on(&runs, spec).and_then(|run| self.follow(&journal, &runs, run, &stop));
        // Whatever happened, what is still going stops at a durable point.
        runs.shut_down();
        if let Some(server) = server {
            server.stop();
        }
        journal.close();
        self.tell(&outcome?)
    }

    fn spec(&self) -> Result<RunSpec, CliError> {
        let (width, height) = match (self.size, self.width, self.height) {
            (None, Some(width), Some(height)) => (width, height),
            (size, ..) => (size.unwrap_or_default(), size.unwrap_or_default()),
        };
        let size = Size::new(width, height).map_err(|error| CliError::Usage(error.to_string()))?;
        Ok(RunSpec {
            target: RunTarget::New { size, name: None },
            granular: self.granular,
            pixels_per_hop: self.pixels_per_hop,
            exchange: self.exchange.into(),
            seed: self.seed,
            author: None,
        })
    }

    /// Waits for the end of the run, with a bar, and with the pictures as they come.
    fn follow(&self, journal: &Journal, runs: &Runs, run: RunId, stop: &Stop) -> Result<RunView, CliError> {
        let mut view = runs.view(run)?;
        let bar = progress::bar(view.cells.into(), view.canvas.name.as_str());
        // The rate shown is that of this process, not of all the time since the run began.
        bar.set_position(view.pixels.into());
        bar.reset_eta();
        let mut written = 0;
        while view.status == RunStatus::Running {
            if let Some(signal) = stop.asked() {
                runs.shut_down();
                view = runs.view(run)?;
                if view.status == RunStatus::Running {
                    bar.finish_and_clear();
                    return Err(CliError::Stopped { signal, said: stopped_at(&view) });
                }
                break;
            }
            // Woken by each picture only where somebody wants it.
            let known = if self.out.is_some() { written } else { usize::MAX };
            view = runs.wait(run, known, POLL)?;
            bar.set_position(view.pixels.into());
            written = self.write_pictures(journal, &view, written, 1)?;
        }
        self.write_pictures(journal, &view, written, usize::MAX)?;
        bar.finish_and_clear();
        Ok(view)
    }

    /// Writes at most `count` pictures after the first `written`; how many are written then.
    fn write_pictures(
        &self,
        journal: &Journal,
        view: &RunView,
        written: usize,
        count: usize,
    ) -> Result<usize, CliError> {
        let Some(folder) = &self.out else { return Ok(written) };
        let new = view.pictures.get(written..).unwrap_or_default();
        for picture in new.iter().take(count) {
            let path = folder.join(picture_name(picture.percent));
            write_file(&path, |file| write_image(journal, &view.canvas, picture.version, ImageFormat::Png, file))?;
        }
        Ok(written + new.len().min(count))
    }

    fn tell(&self, view: &RunView) -> Result<(), CliError> {
        match view.status {
            RunStatus::Completed => {}
            RunStatus::Failed => {
                let why = view.error.as_deref().unwrap_or("for an unknown reason");
                return Err(CliError::Failed(format!("run {} failed: {why}", view.id)));
            }
            status => {
                let why = view.error.as_deref().map_or_else(String::new, |why| format!(": {why}"));
                return Err(CliError::Failed(format!("run {} was {}{why}", view.id, status.as_str())));
            }
        }
        let mut out = Out::new();
        if self.json {
            out.json(&RunRow::new(view))?;
        } else {
            let (pixels, rate) = (words::count(view.pixels.into()), words::rounded(view.pixels_per_second));
            let (width, height) = (view.canvas.size.width(), view.canvas.size.height());
            let name = &view.canvas.name;
            out.line(&format!("run {} completed {name}: {width}×{height}, {pixels} pixels, {rate} a second", view.id))?;
        }
        out.finish()
    }
}

/// What the original service called the picture at so many percent.
fn picture_name(percent: u32) -> String {
    format!("myImg_{percent}.png")
}

fn stopped_at(view: &RunView) -> String {
    let (pixels, cells) = (words::count(view.pixels.into()), words::count(view.cells.into()));
    format!(
        "run {} stopped at pixel {pixels} of {cells}; all of them are durable, and the same command goes on",
        view.id
    )
}

/// The server that hand-overs go through, where they go over HTTP: on loopback, on any port.
pub(super) fn exchange_server(
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

/// Goes on with the newest unfinished run that was started the same way; starts one where there is none. Another
/// unfinished run that is current stays so: making this one current would cancel it.
fn start_or_go_on(runs: &Runs, spec: RunSpec) -> Result<RunId, CliError> {
    if let Some(found) = unfinished(runs, &spec)? {
        let (pixels, cells) = (words::count(found.pixels.into()), words::count(found.cells.into()));
        notice(&format!("run {} goes on at pixel {pixels} of {cells}", found.id));
        // One that was cut off is recorded as running, and is taken up as one that was paused.
        if found.status == RunStatus::Running {
            runs.pause(found.id)?;
        }
        runs.resume(found.id)?;
        return Ok(found.id);
    }
    let current = runs.current()?.filter(|current| current.status == RunStatus::Running);
    if let Some(current) = &current {
        notice(&format!("run {} on {} is unfinished and stays the current one", current.id, current.canvas.name));
    }
    Ok(runs.start(spec, current.is_none())?.id)
}

fn unfinished(runs: &Runs, spec: &RunSpec) -> Result<Option<RunView>, CliError> {
    const PAGE: usize = 64;
    let mut before = None;
    loop {
        let page = runs.list(before, PAGE)?;
        before = page.last().map(|run| run.id);
        let is_last = page.len() < PAGE;
        if let Some(found) = page.into_iter().find(|run| !run.status.is_over() && is_alike(run, spec)) {
            return Ok(Some(found));
        }
        if is_last {
            return Ok(None);
        }
    }
}

fn is_alike(run: &RunView, spec: &RunSpec) -> bool {
    matches!(&spec.target, RunTarget::New { size, .. } if *size == run.canvas.size)
        && run.granular == spec.granular
        && run.pixels_per_hop == spec.pixels_per_hop
        && run.exchange == spec.exchange
        && spec.seed.is_none_or(|seed| seed == run.seed)
}

/// Something worth knowing that is neither a result nor an error.
fn notice(text: &str) {
    // Where standard error is closed nobody wants to know.
    let _ = writeln!(io::stderr(), "{text}");
}
