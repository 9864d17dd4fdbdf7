//! `pixlog bench-child`: one measurement, reported as one line of JSON.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};

use crate::canvas::{Name, Permutation, Size, Version};
use crate::cli::error::CliError;
use crate::cli::import;
use crate::cli::open;
use crate::cli::out::Out;
use crate::cli::render::write_image;
use crate::cli::run::{ExchangeArg, exchange_server};
use crate::cli::site::ImageFormat;
use crate::cli::stop::Stop;
use crate::config::Config;
use crate::http;
use crate::journal::{Canvas, Journal, Options};
use crate::pingpong::{RunSpec, RunStatus, RunTarget, RunView, Runs};
use crate::store::SledStore;
use crate::store::baseline::{RecordingStore, Trace, bare_sled, plain_file};

use super::figures::{BaselineFigures, FillFigures, ImageFigures, ImportFigures, RunFigures, TimeFigure};
use super::process::{Memory, reset_own_peak};
use super::wall;

/// `pixlog bench-child TASK`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Child {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// A run in a new data directory
    Run(RunTask),
    /// What a run wrote, by sled alone, in the data directory
    Sled { trace: PathBuf },
    /// What a run wrote, to a plain file in place of the data directory
    File { trace: PathBuf },
    /// Runs until there are so many bytes of log
    Fill {
        size: u32,
        log_bytes: u64,
        /// Reports, then waits to be killed
        #[arg(long)]
        wait: bool,
    },
    /// Opening the data directory until it is ready
    Open,
    /// Images of a canvas at random versions
    Images { canvas: Name, count: u32, seed: u64 },
    /// Writing rows as those of r/place to a file
    Rows { rows: u64, seed: u64, file: PathBuf },
    /// Importing them into a new data directory
    Import { file: PathBuf },
    /// Verifying a canvas
    Verify { canvas: Name },
    /// A Rocket that stores nothing, until it is killed
    Bare,
}

#[derive(Debug, Args)]
struct RunTask {
    size: u32,
    exchange: ExchangeArg,
    pixels_per_hop: u32,
    seed: u64,
    /// Writes down what is committed, without snapshots
    #[arg(long)]
    record: Option<PathBuf>,
}

impl Child {
    pub(in crate::cli) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let config = open::config(data)?;
        let mut out = Out::new();
        match self.task {
            Task::Run(task) => out.json(&task.run(&config)?)?,
            Task::Sled { trace } => {
                let trace = read_trace(trace)?;
                let time = bare_sled(&config.data, &trace)?;
                out.json(&baseline(time, &trace))?;
            }
            Task::File { trace } => {
                let trace = read_trace(trace)?;
                let written = plain_file(&config.data, &trace);
                let time = written.map_err(|source| CliError::Io { action: "writing a plain file", source })?;
                out.json(&baseline(time, &trace))?;
            }
            Task::Fill { size, log_bytes, wait } => return fill(&config, size, log_bytes, wait, out),
            Task::Open => out.json(&open_and_resume(&config)?)?,
            Task::Images { canvas, count, seed } => {
                let journal = open::to_write(&config)?;
                let canvas = journal.canvas_named(&canvas)?;
                out.json(&images(&journal, &canvas, count, seed)?)?;
            }
            Task::Rows { rows, seed, file } => out.json(&write_rows(rows, seed, &file)?)?,
            Task::Import { file } => out.json(&import_rows(&config, file)?)?,
            Task::Verify { canvas } => {
                let journal = open::to_write(&config)?;
                let canvas = journal.canvas_named(&canvas)?;
                out.json(&verify(&journal, &canvas)?)?;
            }
            Task::Bare => {
                drop(out);
                return serve_nothing();
            }
        }
        out.finish()
    }
}

fn serve_nothing() -> Result<(), CliError> {
    let said = |address| {
        let mut out = Out::new();
        // Who started it reads this line.
        let _ = out.line(&format!("http://{address}")).and_then(|()| out.flush());
    };
    Ok(http::serve_nothing(said)?)
}

fn read_trace(path: PathBuf) -> Result<Trace, CliError> {
    Trace::read(&path).map_err(|source| CliError::File { action: "reading", path, source })
}

fn baseline(time: Duration, trace: &Trace) -> BaselineFigures {
    BaselineFigures {
        seconds: time.as_secs_f64(),
        commits: trace.commits() as u64,
        records: trace.records() as u64,
        bytes: trace.bytes(),
    }
}

impl RunTask {
    fn run(self, config: &Config) -> Result<RunFigures, CliError> {
        let journal = match &self.record {
            None => open::to_write(config)?,
            Some(path) => {
                // What making a data directory writes is no part of a run, which is timed in one that is open.
                open::to_write(config)?.close();
                let store = RecordingStore::new(SledStore::open(&config.data, &config.store())?, path);
                let store = store.map_err(|source| CliError::File { action: "making", path: path.clone(), source })?;
                Journal::open(Arc::new(store), Options { snapshots: false, ..config.journal() })?
            }
        };
        let runs = Runs::new(journal.clone());
        let spec = spec(self.size, self.exchange, self.pixels_per_hop, Some(self.seed))?;
        let server = exchange_server(config, &journal, &runs, spec.exchange)?;
        let start = Instant::now();
        let view = complete(&runs, spec)?;
        let seconds = start.elapsed().as_secs_f64();
        let run_peak_bytes = Memory::own().peak;
        journal.settle();
        let settling_seconds = start.elapsed().as_secs_f64() - seconds;
        let peak_bytes = Memory::own().peak;
        let stats = journal.stats(view.canvas.id)?;
        let figures = RunFigures {
            seconds,
            settling_seconds,
            pixels: view.pixels.into(),
            run_peak_bytes,
            peak_bytes,
            log_bytes: stats.log_bytes,
            snapshot_bytes: stats.snapshot_bytes,
            snapshots: stats.snapshots,
            disk_bytes: journal.disk_bytes()?,
        };
        if let Some(server) = server {
            server.stop();
        }
        journal.close();
        Ok(figures)
    }
}

fn spec(cells_a_side: u32, exchange: ExchangeArg, pixels_per_hop: u32, seed: Option<u64>) -> Result<RunSpec, CliError> {
    let size = Size::new(cells_a_side, cells_a_side).map_err(|error| CliError::Usage(error.to_string()))?;
    let target = RunTarget::New { size, name: None };
    Ok(RunSpec { target, granular: 5, pixels_per_hop, exchange: exchange.into(), seed, author: None })
}

/// Starts a run and waits until its last pixel is durable.
fn complete(runs: &Runs, spec: RunSpec) -> Result<RunView, CliError> {
    let mut view = runs.start(spec, true)?;
    while view.status == RunStatus::Running {
        view = runs.wait(view.id, usize::MAX, Duration::from_secs(1))?;
    }
    match view.status {
        RunStatus::Completed => Ok(view),
        status => {
            let why = view.error.unwrap_or_default();
            Err(CliError::Failed(format!("run {} ended {}: {why}", view.id, status.as_str())))
        }
    }
}

fn fill(config: &Config, side: u32, log_bytes_min: u64, wait: bool, mut out: Out) -> Result<(), CliError> {
    let journal = open::to_write(config)?;
    let runs = Runs::new(journal.clone());
    let start = Instant::now();
    let (mut canvases, mut log_bytes) = (0, 0);
    while canvases == 0 || log_bytes < log_bytes_min {
        // As many pixels a hop as make no difference here.
        let view = complete(&runs, spec(side, ExchangeArg::Local, 1, None)?)?;
        log_bytes += journal.stats(view.canvas.id)?.log_bytes;
        canvases += 1;
    }
    journal.settle();
    let disk_bytes = journal.disk_bytes()?;
    out.json(&FillFigures { seconds: start.elapsed().as_secs_f64(), canvases, log_bytes, disk_bytes })?;
    out.flush()?;
    if wait {
        loop {
            thread::park();
        }
    }
    journal.close();
    Ok(())
}

/// What a server does until it is ready.
fn open_and_resume(config: &Config) -> Result<TimeFigure, CliError> {
    let start = Instant::now();
    let journal = open::to_write(config)?;
    let runs = Runs::new(journal.clone());
    runs.resume_all()?;
    let seconds = start.elapsed().as_secs_f64();
    let figure = TimeFigure { seconds, peak_bytes: Memory::own().peak };
    runs.shut_down();
    journal.close();
    Ok(figure)
}

fn images(journal: &Journal, canvas: &Canvas, count: u32, seed: u64) -> Result<ImageFigures, CliError> {
    let head = journal.head(canvas.id)?.version;
    let before = Memory::own().now;
    reset_own_peak();
    let mut seconds = Vec::new();
    for version in random_versions(head.0, count, seed) {
        let start = Instant::now();
        write_image(journal, canvas, Version(version), ImageFormat::Png, 1, std::io::sink())?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(ImageFigures { seconds, growth_bytes: Memory::own().peak.saturating_sub(before) })
}

/// `count` different versions up to `head`, the same for the same seed.
pub(super) fn random_versions(head: u64, count: u32, seed: u64) -> Vec<u64> {
    let n = u32::try_from(head).unwrap_or(u32::MAX);
    let permutation = Permutation::new(n, seed);
    (0..count).filter_map(|index| permutation.get(index)).map(|index| u64::from(index) + 1).collect()
}

fn write_rows(rows: u64, seed: u64, path: &Path) -> Result<TimeFigure, CliError> {
    let start = Instant::now();
    let write = || {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        wall::write_rows(rows, seed, &mut file)?;
        // What the disk still has to do for it is no part of the import.
        file.into_inner()?.sync_all()
    };
    write().map_err(|source| CliError::File { action: "writing", path: path.to_owned(), source })?;
    Ok(TimeFigure { seconds: start.elapsed().as_secs_f64(), peak_bytes: Memory::own().peak })
}

fn import_rows(config: &Config, file: PathBuf) -> Result<ImportFigures, CliError> {
    let csv_bytes = file.metadata().map_or(0, |file| file.len());
    let journal = open::to_write(config)?;
    let start = Instant::now();
    let canvas = import::csv(&journal, &[file], &Stop::on_signals()?)?;
    let seconds = start.elapsed().as_secs_f64();
    journal.settle();
    let settling_seconds = start.elapsed().as_secs_f64() - seconds;
    let figures = ImportFigures {
        canvas: canvas.name.to_string(),
        rows: journal.head(canvas.id)?.version.0,
        csv_bytes,
        seconds,
        settling_seconds,
        peak_bytes: Memory::own().peak,
        log_bytes: journal.stats(canvas.id)?.log_bytes,
        disk_bytes: journal.disk_bytes()?,
    };
    journal.close();
    Ok(figures)
}

fn verify(journal: &Journal, canvas: &Canvas) -> Result<TimeFigure, CliError> {
    let mut damaged = Vec::new();
    let start = Instant::now();
    journal.verify(canvas.id, &mut |_| {}, &mut |problem| damaged.push(problem))?;
    let seconds = start.elapsed().as_secs_f64();
    if let Some(problem) = damaged.first() {
        return Err(CliError::Failed(format!("what was just written is damaged: {problem}")));
    }
    Ok(TimeFigure { seconds, peak_bytes: Memory::own().peak })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_versions_differ_and_repeat() {
        let versions = random_versions(1_000, 50, 7);
        assert_eq!(versions, random_versions(1_000, 50, 7));
        let mut sorted = versions.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), 50);
        assert!(sorted.iter().all(|version| (1..=1_000).contains(version)));
        assert_eq!(random_versions(3, 50, 7).len(), 3);
    }
}
