//! `pixlog import`: a canvas out of an exported log, CSV of r/place, or a picture.

mod input;
mod lines;
mod picture;
mod place;
mod rows;
mod stamp;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use indicatif::ProgressBar;

use crate::canvas::{Name, Size};
use crate::journal::{Canvas, Journal};

pub(super) use self::place::RowProblem;

use self::input::{Content, Input};
use self::lines::Lines;
use super::error::CliError;
use super::out::Out;
use super::row::CanvasRow;
use super::site::{At, Site};
use super::stop::Stop;
use super::{progress, words};

/// `pixlog import FILE…`.
#[derive(Debug, Args)]
#[command(after_help = "What a file is shows in its first bytes; each may be packed by gzip.\n\n\
    A log that 'pixlog export' wrote becomes a canvas that is equal at every version. CSV of r/place 2017 (1001×1001) or 2022 \
    (2000×2000) becomes one of all its rows: each is an entry with its time, which is raised where it runs backwards, and its \
    user as the author; a moderator's rectangle is a state. A PNG, JPEG, GIF or WebP becomes a canvas with one state.\n\n\
    All of it is imported or, where a row or a byte is wrong, nothing.")]
pub(super) struct Import {
    /// The file, or - for standard input; of CSV also several, which are read in this order
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The name of the canvas [default: that in the log; else that of the file, or canvas-N for standard input]
    #[arg(long)]
    name: Option<Name>,
    /// The width of a canvas of CSV
    #[arg(long, value_name = "W", requires = "height")]
    width: Option<u32>,
    /// The height of a canvas of CSV
    #[arg(long, value_name = "H", requires = "width")]
    height: Option<u32>,
    /// The canvas as JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let wanted_size = self.size()?;
        let stop = Stop::on_signals()?;
        let is_remote = at.server()?.is_some();
        let bar = progress::bytes(input::length(&self.files), "reading");
        let mut inputs = self.files.iter().map(|path| Input::open(path, &bar)).collect::<Result<Vec<_>, _>>()?;
        let content = inputs.first().map_or(Content::Text, |input| input.content);
        check(content, wanted_size.is_some(), &inputs)?;
        let name = self.name.clone().or_else(|| name_of(self.files.first()?));
        if is_remote && name.is_none() && content != Content::Log {
            return Err(CliError::Usage("a canvas at a server is given a name here: add --name".to_owned()));
        }
        let site = at.writing()?;
        let imported = match (content, inputs.pop()) {
            (Content::Log, Some(input)) => import_log(&*site, input, self.name.as_ref(), &stop),
            (Content::Picture, Some(input)) => {
                let bytes = picture::read(input)?;
                site.build(&mut |journal| picture::build(journal, bytes.clone(), name.clone()))
            }
            (_, last) => {
                inputs.extend(last);
                let lines = Lines::start(inputs)?;
                site.build(&mut |journal| rows::build(journal, &lines, name.clone(), wanted_size, &stop))
            }
        };
        bar.finish_and_clear();
        self.tell(&imported?)
    }

    fn size(&self) -> Result<Option<Size>, CliError> {
        let size = self.width.zip(self.height).map(|(width, height)| Size::new(width, height)).transpose();
        size.map_err(|error| CliError::Usage(error.to_string()))
    }

    fn tell(&self, canvas: &CanvasRow) -> Result<(), CliError> {
        let mut out = Out::new();
        if self.json {
            out.json(canvas)?;
        } else {
            let CanvasRow { name, width, height, version, .. } = canvas;
            out.line(&format!("imported {name}: {width}×{height}, {}", words::counted(*version, "entry", "entries")))?;
        }
        out.finish()
    }
}

/// What goes together.
fn check(content: Content, has_size: bool, inputs: &[Input]) -> Result<(), CliError> {
    if content == Content::Text {
        return Ok(());
    }
    let what = if content == Content::Log { "a log" } else { "a picture" };
    if inputs.len() > 1 {
        return Err(CliError::Usage(format!("{what} is imported alone")));
    }
    if has_size {
        return Err(CliError::Usage(format!("{what} has a size: --width and --height are for CSV")));
    }
    Ok(())
}

/// A name for a canvas out of that of a file: what stands before the first dot, as a slug.
fn name_of(path: &Path) -> Option<Name> {
    let file = path.file_name()?.to_string_lossy().to_lowercase();
    let stem = file.split('.').next().unwrap_or_default();
    let slug: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let slug: String = slug.trim_start_matches(['-', '_']).chars().take(64).collect();
    slug.parse().ok()
}

/// Makes a canvas of files of CSV, for measurements.
pub(super) fn csv(journal: &Journal, paths: &[PathBuf], stop: &Stop) -> Result<Canvas, CliError> {
    let bar = ProgressBar::hidden();
    let inputs = paths.iter().map(|path| Input::open(path, &bar)).collect::<Result<_, _>>()?;
    rows::build(journal, &Lines::start(inputs)?, None, None, stop)
}

fn import_log(site: &dyn Site, input: Input, name: Option<&Name>, stop: &Stop) -> Result<CanvasRow, CliError> {
    let mut reader = Stoppable { from: input.reader, stop };
    let imported = site.import(&mut reader, name);
    stop.check(STOPPED)?;
    imported
}

/// What is said where a signal ended an import.
const STOPPED: &str = "stopped; nothing was imported";

/// Fails once it was asked to stop.
struct Stoppable<'a> {
    from: Box<dyn Read + Send>,
    stop: &'a Stop,
}

impl Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.asked().is_some() {
            return Err(io::Error::other("stopped"));
        }
        self.from.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canvas_is_named_for_its_file() {
        for (path, name) in [
            ("place.csv.gz", Some("place")),
            ("/a/b/2022_place_canvas_history-000000000001.csv.gzip", Some("2022_place_canvas_history-000000000001")),
            ("My Cat (1).PNG", Some("my-cat--1-")),
            ("_x", Some("x")),
            ("-", None),
            (".png", None),
            ("é", None),
        ] {
            assert_eq!(name_of(Path::new(path)).map(|name| name.to_string()).as_deref(), name, "{path}");
        }
    }
}
