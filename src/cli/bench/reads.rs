//! Reading, opening and verifying.

use std::ffi::OsString;

use crate::cli::error::CliError;
use crate::cli::stop::Stop;
use crate::cli::{progress, words};

use super::args::{LARGE_SIZE, LOG_BYTES, ReadsArgs};
use super::figures::{FillFigures, ImageFigures, TimeFigure, longest, median};
use super::place::Place;
use super::process::{Running, measure};
use super::report::{Figure, Figures};

/// The name of the first canvas of a directory filled by [`super::child`].
const FIRST_CANVAS: &str = "canvas-1";

fn task(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// Measures everything and prints the figures.
pub(super) fn bench(args: &ReadsArgs, place: &Place, stop: &Stop) -> Result<(), CliError> {
    let mut figures = Figures::begin(&place.machine.describe(), args.json)?;
    opening(args, place, stop, &mut figures)?;
    reading(args, place, stop, &mut figures)?;
    figures.finish(&place.machine)
}

/// After a kill, again after that, and after a clean stop; what was stopped cleanly stays for [`reading`].
fn opening(args: &ReadsArgs, place: &Place, stop: &Stop, figures: &mut Figures) -> Result<(), CliError> {
    let (size, log_bytes) = (args.size.to_string(), args.log_bytes.to_string());
    let killed = place.path("killed");
    let spinner = progress::spinner("filling a log that will be cut off by a kill");
    let fill = ["bench-child", "fill", &size, &log_bytes, "--wait"];
    let running = Running::start(&killed, &task(&fill))?;
    let filled: FillFigures = running.reported()?;
    running.kill()?;
    stop.check("stopped; nothing is left behind")?;
    let log = format!("{} of log, {} on disk", words::bytes(filled.log_bytes), words::bytes(filled.disk_bytes));
    figures.add(Figure::seconds(format!("filling {} canvases: {log}", filled.canvases), filled.seconds))?;
    let after_kill: TimeFigure = measure(&killed, &task(&["open"]))?;
    figures.add(
        Figure::seconds("opening it after a kill", after_kill.seconds).at_most(3.0, args.log_bytes == LOG_BYTES),
    )?;
    let again: TimeFigure = measure(&killed, &task(&["open"]))?;
    figures.add(Figure::seconds("opening it once more", again.seconds))?;
    place.remove("killed")?;
    stop.check("stopped; nothing is left behind")?;

    spinner.set_message("filling a log that will be closed");
    let clean = place.path("clean");
    let _: FillFigures = measure(&clean, &task(&["fill", &size, &log_bytes]))?;
    let after_stop: TimeFigure = measure(&clean, &task(&["open"]))?;
    spinner.finish_and_clear();
    figures.add(
        Figure::seconds("opening as much after a clean stop", after_stop.seconds)
            .at_most(1.0, args.log_bytes == LOG_BYTES),
    )?;
    figures.add(Figure::bytes("peak memory of opening, any of these", after_kill.peak_bytes.max(after_stop.peak_bytes)))
}

fn reading(args: &ReadsArgs, place: &Place, stop: &Stop, figures: &mut Figures) -> Result<(), CliError> {
    stop.check("stopped; nothing is left behind")?;
    let clean = place.path("clean");
    let size = args.size;
    let spinner = progress::spinner("reading images at random versions");
    let images = ["images", FIRST_CANVAS, &args.repeat.to_string(), &args.seed.to_string()];
    let images: ImageFigures = measure(&clean, &task(&images))?;
    let (first, worst) = (images.seconds.first().copied().unwrap_or(f64::NAN), longest(&images.seconds));
    let what = format!("PNG of {size}×{size} at a random version");
    figures.add(
        Figure::seconds(format!("{what}, median of {}", images.seconds.len()), median(images.seconds))
            .at_most(0.6, size == LARGE_SIZE),
    )?;
    figures.add(Figure::seconds(format!("{what}, first"), first))?;
    figures.add(Figure::seconds(format!("{what}, longest"), worst))?;
    figures.add(Figure::bytes("memory that these took", images.growth_bytes).at_most(32e6, size == LARGE_SIZE))?;
    spinner.set_message("verifying");
    let verified: TimeFigure = measure(&clean, &task(&["verify", FIRST_CANVAS]))?;
    spinner.finish_and_clear();
    figures.add(Figure::seconds(format!("verifying {size}×{size}"), verified.seconds))?;
    figures.add(Figure::bytes("peak memory of verifying", verified.peak_bytes))
}
