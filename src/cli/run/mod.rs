//! `pixlog run`: a ping-pong run from the command line, in a data directory or at a server.

mod here;
mod there;

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::canvas::Size;
use crate::pingpong::{ExchangeKind, RunStatus};

use super::error::CliError;
use super::out::{Out, write_file};
use super::row::{ImageRow, RunRow};
use super::site::At;
use super::stop::Stop;
use super::{progress, words};

pub(super) use here::exchange_server;

/// How long a stop may go unnoticed.
const POLL: Duration = Duration::from_millis(100);

/// `pixlog run`.
#[derive(Debug, Args)]
#[command(
    override_usage = "pixlog run [OPTIONS] --size <N>\n       pixlog run [OPTIONS] --width <W> --height <H>",
    after_help = "Ctrl-C and SIGTERM stop the run at a durable point. The same command again goes on with it; at a server, \
                  with one that is paused."
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

/// What a run is started with.
#[derive(Debug, Clone, Copy)]
struct Wish {
    size: Size,
    granular: u32,
    pixels_per_hop: u32,
    exchange: ExchangeKind,
    seed: Option<u64>,
}

impl Wish {
    /// Whether a run was started the same way, but for the size of its canvas.
    fn is_like(&self, run: &RunRow) -> bool {
        run.granular == self.granular
            && run.pixels_per_hop == self.pixels_per_hop
            && run.exchange == self.exchange.as_str()
            && self.seed.is_none_or(|seed| seed == run.seed)
    }
}

/// Where runs run.
trait Runner {
    /// Goes on with the newest unfinished run that was started the same way; starts one where there is none.
    fn start_or_go_on(&self, wish: &Wish) -> Result<RunRow, CliError>;

    /// The run after a while, or as soon as it has more than `pictures` pictures.
    fn wait(&self, run: u64, pictures: usize) -> Result<RunRow, CliError>;

    /// Stops the run at a durable point.
    fn stop(&self, run: u64) -> Result<RunRow, CliError>;

    /// Writes a picture of a run as a PNG.
    fn picture(&self, run: &RunRow, picture: ImageRow, to: &mut dyn Write) -> Result<(), CliError>;

    /// Ends what was begun to run here.
    fn close(self: Box<Self>) {}
}

impl Run {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let wish = self.wish()?;
        let stop = Stop::on_signals()?;
        if let Some(folder) = &self.out {
            let failed = |source| CliError::File { action: "making", path: folder.clone(), source };
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let runner: Box<dyn Runner> = match at.server()? {
            Some(client) => Box::new(there::RunsThere::new(client)),
            None => Box::new(here::RunsHere::open(at.into_data(), wish.exchange)?),
        };
        let outcome = runner.start_or_go_on(&wish).and_then(|run| self.follow(&*runner, run, &stop));
        // Whatever happened, what is still going here stops at a durable point.
        runner.close();
        self.tell(&outcome?, wish.size)
    }

    fn wish(&self) -> Result<Wish, CliError> {
        let (width, height) = match (self.size, self.width, self.height) {
            (None, Some(width), Some(height)) => (width, height),
            (size, ..) => (size.unwrap_or_default(), size.unwrap_or_default()),
        };
        let size = Size::new(width, height).map_err(|error| CliError::Usage(error.to_string()))?;
        let Self { granular, pixels_per_hop, exchange, seed, .. } = *self;
        Ok(Wish { size, granular, pixels_per_hop, exchange: exchange.into(), seed })
    }

    /// Waits for the end of the run, with a bar, and with the pictures as they come.
    fn follow(&self, runner: &dyn Runner, mut run: RunRow, stop: &Stop) -> Result<RunRow, CliError> {
        let bar = progress::bar(run.cells.into(), &run.canvas);
        // The rate shown is that of this process, not of all the time since the run began.
        bar.set_position(run.pixels.into());
        bar.reset_eta();
        let mut written = 0;
        while run.has_status(RunStatus::Running) {
            if let Some(signal) = stop.asked() {
                run = runner.stop(run.id)?;
                if !run.is_over() {
                    bar.finish_and_clear();
                    return Err(CliError::Stopped { signal, said: stopped_at(&run) });
                }
                break;
            }
            // Woken by each picture only where somebody wants it.
            let known = if self.out.is_some() { written } else { usize::MAX };
            run = runner.wait(run.id, known)?;
            bar.set_position(run.pixels.into());
            written = self.write_pictures(runner, &run, written, 1)?;
        }
        self.write_pictures(runner, &run, written, usize::MAX)?;
        bar.finish_and_clear();
        Ok(run)
    }

    /// Writes at most `count` pictures after the first `written`; how many are written then.
    fn write_pictures(
        &self,
        runner: &dyn Runner,
        run: &RunRow,
        written: usize,
        count: usize,
    ) -> Result<usize, CliError> {
        let Some(folder) = &self.out else { return Ok(written) };
        let new = run.images.get(written..).unwrap_or_default();
        for picture in new.iter().take(count) {
            let path = folder.join(picture_name(picture.percent));
            write_file(&path, |file| runner.picture(run, *picture, file))?;
        }
        Ok(written + new.len().min(count))
    }

    fn tell(&self, run: &RunRow, size: Size) -> Result<(), CliError> {
        let RunRow { id, canvas, status, error, .. } = run;
        if run.has_status(RunStatus::Failed) {
            let why = error.as_deref().unwrap_or("for an unknown reason");
            return Err(CliError::Failed(format!("run {id} failed: {why}")));
        }
        if !run.has_status(RunStatus::Completed) {
            let why = error.as_deref().map_or_else(String::new, |why| format!(": {why}"));
            return Err(CliError::Failed(format!("run {id} was {status}{why}")));
        }
        let mut out = Out::new();
        if self.json {
            out.json(run)?;
        } else {
            let (pixels, rate) = (words::count(run.pixels.into()), words::rounded(run.pixels_per_second));
            let (width, height) = (size.width(), size.height());
            out.line(&format!("run {id} completed {canvas}: {width}×{height}, {pixels} pixels, {rate} a second"))?;
        }
        out.finish()
    }
}

/// What the original service called the picture at so many percent.
fn picture_name(percent: u32) -> String {
    format!("myImg_{percent}.png")
}

fn stopped_at(run: &RunRow) -> String {
    let (pixels, cells) = (words::count(run.pixels.into()), words::count(run.cells.into()));
    format!(
        "run {} stopped at pixel {pixels} of {cells}; all of them are durable, and the same command goes on",
        run.id
    )
}

/// Tells that a run is not begun anew.
fn tell_of_going_on(run: &RunRow) {
    let (pixels, cells) = (words::count(run.pixels.into()), words::count(run.cells.into()));
    progress::notice(&format!("run {} goes on at pixel {pixels} of {cells}", run.id));
}
