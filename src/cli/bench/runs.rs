//! Runs of several sizes, beside bare sled and a plain file.

use std::ffi::OsString;

use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::out::Out;
use crate::cli::run::ExchangeArg;
use crate::cli::stop::Stop;
use crate::cli::{progress, words};

use super::args::RunsArgs;
use super::figures::{BaselineFigures, RunFigures, median};
use super::place::{Machine, Place};
use super::process::measure;
use super::report::Table;

/// What the service that this one replaces took for one pixel a hop over HTTP; it ran out of memory from 512 on.
const ORIGINAL_SECONDS: [(u32, f64); 6] =
    [(5, 0.14), (10, 0.38), (28, 2.61), (56, 13.08), (128, 173.95), (256, 1_020.15)];

/// The largest side that is filled one pixel a hop over HTTP where nothing else is asked for.
const SINGLE_PIXEL_SIDE_MAX: u32 = 256;

/// Pixels a hop above that.
const PIXELS_PER_HOP: u32 = 1_024;

/// Chooses the same cells and colours each time.
const SEED: u64 = 1;

/// One size.
#[derive(Debug, Serialize)]
struct Row {
    size: u32,
    pixels_per_hop: u32,
    seconds: f64,
    pixels_per_second: f64,
    peak_bytes: u64,
    log_bytes: u64,
    disk_bytes: u64,
    /// How often the run waited for the disk.
    commits: u64,
    /// How many times as long as bare sled, and as a plain file.
    times_sled: f64,
    times_file: f64,
    original_seconds: Option<f64>,
    /// Each run that was measured.
    runs: Vec<RunFigures>,
    sled: Vec<BaselineFigures>,
    file: Vec<BaselineFigures>,
}

#[derive(Serialize)]
struct Report<'a> {
    machine: &'a Machine,
    exchange: &'static str,
    repeat: u32,
    rows: &'a [Row],
}

/// Measures each size and prints the table.
pub(super) fn bench(args: &RunsArgs, place: &Place, stop: &Stop) -> Result<(), CliError> {
    let mut out = Out::new();
    let table = if args.json { None } else { Some(begin(args, place, &mut out)?) };
    let mut rows = Vec::new();
    for size in &args.sizes {
        let row = measure_size(args, place, stop, *size)?;
        if let Some(table) = &table {
            table.row(&mut out, &cells(&row))?;
        }
        rows.push(row);
    }
    if table.is_none() {
        let exchange = crate::pingpong::ExchangeKind::from(args.exchange).as_str();
        out.json(&Report { machine: &place.machine, exchange, repeat: args.repeat, rows: &rows })?;
    }
    out.finish()
}

fn begin(args: &RunsArgs, place: &Place, out: &mut Out) -> Result<Table, CliError> {
    out.line(&place.machine.describe())?;
    let exchange = match args.exchange {
        ExchangeArg::Local => "Hand-overs within the process",
        ExchangeArg::Http => "Hand-overs over loopback HTTP, each answered when its pixels are durable",
    };
    out.line(&format!(
        "{exchange}. Time: from asking for the run until its last pixel is durable, without rendering its pictures; \
         median of {}. Memory: the most of any of these processes, snapshots included. × sled, × file: how many times \
         as long as sled alone, and a plain file, take for the log's records in the same groups, each group synced.",
        args.repeat
    ))?;
    out.line("")?;
    Table::begin(
        out,
        &[
            "       size",
            "  a hop",
            "      time",
            "   pixels/s",
            " peak RSS",
            "      log",
            "     disk",
            " × sled",
            " × file",
            "    original",
        ],
    )
}

fn cells(row: &Row) -> [String; 10] {
    let original = match row.original_seconds {
        Some(seconds) => words::seconds(seconds),
        None if row.size >= 512 => "memory leak".to_owned(),
        None => "–".to_owned(),
    };
    [
        format!("{0}×{0}", row.size),
        words::count(row.pixels_per_hop.into()),
        words::seconds(row.seconds),
        words::rounded(row.pixels_per_second),
        words::bytes(row.peak_bytes),
        words::bytes(row.log_bytes),
        words::bytes(row.disk_bytes),
        format!("{:.2}", row.times_sled),
        format!("{:.2}", row.times_file),
        original,
    ]
}

/// Records one run, then times runs and what was recorded in turn, so that all meet the same state of the machine.
fn measure_size(args: &RunsArgs, place: &Place, stop: &Stop, size: u32) -> Result<Row, CliError> {
    let over_http = args.exchange == ExchangeArg::Http;
    let usual = if over_http && size > SINGLE_PIXEL_SIDE_MAX { PIXELS_PER_HOP } else { 1 };
    let pixels_per_hop = args.pixels_per_hop.unwrap_or(usual);
    let exchange = if over_http { "http" } else { "local" };
    let task: Vec<OsString> =
        ["run".to_owned(), size.to_string(), exchange.to_owned(), pixels_per_hop.to_string(), SEED.to_string()]
            .map(OsString::from)
            .into();
    let trace = place.path("trace");

    let spinner = progress::spinner(&format!("{size}×{size}"));
    let recording = [task.clone(), vec!["--record".into(), trace.clone().into()]].concat();
    measure::<RunFigures>(&place.path("data"), &recording)?;
    place.remove("data")?;
    let (mut runs, mut sled, mut file) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..args.repeat {
        stop.check("stopped; nothing is left behind")?;
        runs.push(measure::<RunFigures>(&place.path("data"), &task)?);
        place.remove("data")?;
        sled.push(measure::<BaselineFigures>(&place.path("sled"), &["sled".into(), trace.clone().into()])?);
        place.remove("sled")?;
        file.push(measure::<BaselineFigures>(&place.path("file"), &["file".into(), trace.clone().into()])?);
        place.remove("file")?;
    }
    place.remove("trace")?;
    spinner.finish_and_clear();
    Ok(row(size, pixels_per_hop, runs, sled, file))
}

#[expect(clippy::cast_precision_loss, reason = "exact to 2^53 pixels")]
fn row(
    size: u32,
    pixels_per_hop: u32,
    runs: Vec<RunFigures>,
    sled: Vec<BaselineFigures>,
    file: Vec<BaselineFigures>,
) -> Row {
    let seconds = median(runs.iter().map(|run| run.seconds).collect());
    let of = |baseline: &[BaselineFigures]| median(baseline.iter().map(|figures| figures.seconds).collect());
    let most = |figure: fn(&RunFigures) -> u64| runs.iter().map(figure).max().unwrap_or(0);
    Row {
        size,
        pixels_per_hop,
        seconds,
        pixels_per_second: most(|run| run.pixels) as f64 / seconds,
        peak_bytes: most(|run| run.peak_bytes),
        log_bytes: most(|run| run.log_bytes),
        disk_bytes: most(|run| run.disk_bytes),
        commits: sled.iter().map(|figures| figures.commits).max().unwrap_or(0),
        times_sled: seconds / of(&sled),
        times_file: seconds / of(&file),
        original_seconds: ORIGINAL_SECONDS.iter().find(|(side, _)| *side == size).map(|(_, seconds)| *seconds),
        runs,
        sled,
        file,
    }
}
