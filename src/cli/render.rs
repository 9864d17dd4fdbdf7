//! `pixlog render`: the image of a canvas at any version.

use std::convert::Infallible;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;

use crate::canvas::{Name, Version};
use crate::journal::{Canvas, Journal};
use crate::picture::PngWriter;

use super::error::CliError;
use super::open;
use super::out::{Out, write_file};

/// `pixlog render CANVAS`.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// Its name
    canvas: Name,
    /// The image after so many entries [default: all of them]
    #[arg(long, value_name = "N")]
    version: Option<u64>,
    /// Where to: FILE.png, FILE.raw (rows of pixels, 3 or 4 bytes each), or - for a PNG on standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Destination,
}

/// Where an image goes.
#[derive(Debug, Clone)]
enum Destination {
    Stdout,
    File(PathBuf),
}

impl FromStr for Destination {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "-" { Self::Stdout } else { Self::File(PathBuf::from(text)) })
    }
}

/// How an image is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageFormat {
    Png,
    Raw,
}

impl ImageFormat {
    /// What the file's ending says.
    fn of(path: &Path) -> Result<Self, CliError> {
        match path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).as_deref() {
            Some("png") => Ok(Self::Png),
            Some("raw") => Ok(Self::Raw),
            // A device says nothing by its name.
            _ if path.exists() && !path.is_file() && !path.is_dir() => Ok(Self::Png),
            _ => Err(CliError::Usage(format!("{} does not end in .png or .raw", path.display()))),
        }
    }
}

impl Render {
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let format = match &self.output {
            Destination::File(path) => ImageFormat::of(path)?,
            Destination::Stdout if io::stdout().is_terminal() => {
                return Err(CliError::Usage("a PNG is not for a terminal: name a file with -o".to_owned()));
            }
            Destination::Stdout => ImageFormat::Png,
        };
        let journal = open::to_read(data)?;
        let canvas = journal.canvas_named(&self.canvas)?;
        let version = match self.version {
            Some(version) => Version(version),
            None => journal.head(canvas.id)?.version,
        };
        match &self.output {
            Destination::File(path) => write_file(path, |file| write_image(&journal, &canvas, version, format, file)),
            Destination::Stdout => {
                let mut out = Out::new();
                write_image(&journal, &canvas, version, format, out.writer())?;
                out.finish()
            }
        }
    }
}

/// Writes the image of `canvas` at `version`, a band at a time.
pub(super) fn write_image(
    journal: &Journal,
    canvas: &Canvas,
    version: Version,
    format: ImageFormat,
    mut to: impl Write,
) -> Result<(), CliError> {
    let mut bands = journal.image_at(canvas.id, version, canvas.size.rect())?;
    match format {
        ImageFormat::Png => {
            let mut png = PngWriter::new(to, canvas.size, canvas.mode)?;
            while let Some(band) = bands.next_band()? {
                png.write_rows(band.data())?;
            }
            png.finish()?;
        }
        ImageFormat::Raw => {
            while let Some(band) = bands.next_band()? {
                to.write_all(band.data()).map_err(CliError::Output)?;
            }
        }
    }
    Ok(())
}
