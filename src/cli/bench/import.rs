//! Importing rows with the shape of r/place, and reading what came of them.

use std::ffi::OsString;

use crate::cli::error::CliError;
use crate::cli::stop::Stop;
use crate::cli::{progress, words};

use super::args::{PLACE_ROWS, PlaceArgs};
use super::figures::{ImageFigures, ImportFigures, TimeFigure, longest, median};
use super::place::Place;
use super::process::measure;
use super::report::{Figure, Figures};

/// Measures everything and prints the figures.
pub(super) fn bench(args: &PlaceArgs, place: &Place, stop: &Stop) -> Result<(), CliError> {
    let is_whole = args.rows == PLACE_ROWS;
    let mut figures = Figures::begin(&place.machine.describe(), args.json)?;
    let (file, data) = (place.path("rows.csv"), place.path("data"));
    let (rows, seed, repeat) = (args.rows.to_string(), args.seed.to_string(), args.repeat.to_string());
    let spinner = progress::spinner("writing rows");
    let write: [OsString; 4] = ["rows".into(), rows.into(), seed.clone().into(), file.clone().into()];
    let _: TimeFigure = measure(&data, &write)?;
    stop.check("stopped; nothing is left behind")?;
    spinner.set_message("importing them");
    let imported: ImportFigures = measure(&data, &["import".into(), file.into()])?;
    let what = format!(
        "importing {} of CSV, {}",
        words::counted(imported.rows, "row", "rows"),
        words::bytes(imported.csv_bytes)
    );
    figures.add(Figure::seconds(what, imported.seconds).at_most(15.0, is_whole))?;
    figures.add(Figure::rate("rows", imported.rows, imported.seconds))?;
    figures.add(Figure::seconds("until the last snapshot after that", imported.settling_seconds))?;
    figures.add(Figure::bytes("peak memory of importing", imported.peak_bytes).at_most(200e6, is_whole))?;
    figures.add(Figure::bytes("log", imported.log_bytes))?;
    figures.add(Figure::bytes("disk", imported.disk_bytes))?;
    stop.check("stopped; nothing is left behind")?;
    place.remove("rows.csv")?;

    spinner.set_message("reading images at random versions");
    let images: [OsString; 4] = ["images".into(), imported.canvas.into(), repeat.into(), seed.into()];
    let images: ImageFigures = measure(&data, &images)?;
    spinner.finish_and_clear();
    let worst = longest(&images.seconds);
    let what = "PNG at a random version";
    figures.add(Figure::seconds(format!("{what}, median of {}", images.seconds.len()), median(images.seconds)))?;
    figures.add(Figure::seconds(format!("{what}, longest"), worst))?;
    figures.finish(&place.machine)
}
