//! The arguments of `pixlog bench`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::error::CliError;
use crate::cli::open;
use crate::cli::run::ExchangeArg;
use crate::cli::stop::Stop;

use super::place::Place;
use super::{import, load, reads, runs, server};

/// The side of the largest square that a run can fill, for which budgets are set.
pub(super) const LARGE_SIZE: u32 = 4_072;

/// The side of the square that is filled one pixel a hop, for which a budget is set.
pub(super) const HOP_SIZE: u32 = 256;

/// Bytes of log for which a budget of opening is set.
pub(super) const LOG_BYTES: u64 = 1_000_000_000;

/// Rows of r/place 2017, for which a budget is set.
pub(super) const PLACE_ROWS: u64 = 16_500_000;

/// `pixlog bench`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Bench {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    runs: RunsArgs,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Runs of several sizes beside bare sled and a plain file; also what `bench` alone does
    Runs(RunsArgs),
    /// Images at random versions, opening after a clean stop and after a kill, verifying
    Reads(ReadsArgs),
    /// A server: pictures of a run to the last byte, images, /progress during a run, runs over HTTP
    Http(HttpArgs),
    /// Importing CSV with the shape of r/place, and images of it at random versions
    Place(PlaceArgs),
    /// A server under load: writes beside a Rocket that stores nothing, live readers, tiles and cells
    Load(LoadArgs),
}

/// `pixlog bench [runs]`.
#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// Sides of square images, in cells
    #[arg(long, value_name = "N,N…", value_delimiter = ',', default_value = "5,10,28,56,128,256,512,1024,2048,4072")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) sizes: Vec<u32>,
    /// How the state gets from one endpoint to the other
    #[arg(long, value_enum, default_value_t = ExchangeArg::Local)]
    pub(super) exchange: ExchangeArg,
    /// Pixels that one hand-over adds [default: 1, and over HTTP 1024 above 256 cells a side]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) pixels_per_hop: Option<u32>,
    /// How often each is measured; times are medians, memory is the most that any took
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(super) repeat: u32,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `pixlog bench reads`.
#[derive(Debug, Args)]
pub(super) struct ReadsArgs {
    /// The side of the square images, in cells
    #[arg(long, value_name = "N", default_value_t = LARGE_SIZE, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) size: u32,
    /// Bytes of log that are opened again
    #[arg(long, value_name = "BYTES", default_value_t = LOG_BYTES)]
    pub(super) log_bytes: u64,
    /// Images that are read
    #[arg(long, value_name = "TIMES", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=999))]
    pub(super) repeat: u32,
    /// Chooses the versions
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `pixlog bench http`.
#[derive(Debug, Args)]
pub(super) struct HttpArgs {
    /// The side of the large square images, in cells
    #[arg(long, value_name = "N", default_value_t = LARGE_SIZE, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) size: u32,
    /// The side of the image that is filled one pixel a hop, in cells
    #[arg(long, value_name = "N", default_value_t = HOP_SIZE, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) hop_size: u32,
    /// Images that are read
    #[arg(long, value_name = "TIMES", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=999))]
    pub(super) repeat: u32,
    /// Chooses the versions
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `pixlog bench place`.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    /// Rows that are imported; a million take 140 MB of CSV on the disk
    #[arg(long, value_name = "N", default_value_t = PLACE_ROWS, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) rows: u64,
    /// Images that are read
    #[arg(long, value_name = "TIMES", default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=999))]
    pub(super) repeat: u32,
    /// Chooses the rows and the versions
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// `pixlog bench load`.
#[derive(Debug, Args)]
pub(super) struct LoadArgs {
    /// The side of the image whose tiles and cells are read, in cells
    #[arg(long, value_name = "N", default_value_t = LARGE_SIZE, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) size: u32,
    /// How long each load lasts
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=999))]
    pub(super) seconds: u32,
    /// How often each is measured; rates are medians
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub(super) repeat: u32,
    /// Tiles and cells that are read
    #[arg(long, value_name = "TIMES", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=99_999))]
    pub(super) moments: u32,
    /// As JSON
    #[arg(long)]
    pub(super) json: bool,
}

impl Bench {
    pub(in crate::cli) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let config = open::config(data)?;
        let stop = Stop::on_signals()?;
        let place = Place::beside(&config.data)?;
        match self.what.unwrap_or(What::Runs(self.runs)) {
            What::Runs(args) => runs::bench(&args, &place, &stop),
            What::Reads(args) => reads::bench(&args, &place, &stop),
            What::Http(args) => server::bench(&args, &place, &stop),
            What::Place(args) => import::bench(&args, &place, &stop),
            What::Load(args) => load::bench(&args, &place, &stop),
        }
    }
}
