//! `pixlog render`: the image of a canvas at any version.

use std::io::Write;

use clap::Args;

use crate::canvas::{Name, Size, Version};
use crate::journal::{Canvas, Journal};
use crate::picture::{PngWriter, Scaler};

use super::destination::Destination;
use super::error::CliError;
use super::site::{At, ImageFormat, ImageWish};
use super::when::WhenArgs;

/// Pixels that a cell has on a side, at most.
const SCALE_MAX: u32 = 64;

/// The longest side of an image, in pixels: as a server allows.
const SIDE_MAX: u32 = 16_384;

/// The most pixels of an image.
const PIXELS_MAX: u32 = 1 << 26;

/// `pixlog render CANVAS`.
#[derive(Debug, Args)]
pub(super) struct Render {
    /// Its name
    canvas: Name,
    #[command(flatten)]
    when: WhenArgs,
    /// Each cell is a square of so many pixels
    #[arg(long, value_name = "TIMES", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=i64::from(SCALE_MAX)))]
    scale: u32,
    /// Where to: FILE.png, FILE.raw (rows of pixels, 3 or 4 bytes each), or - for a PNG on standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Destination,
}

impl Render {
    pub(super) fn run(self, at: At) -> Result<(), CliError> {
        let format = self.output.ending(&[("png", ImageFormat::Png), ("raw", ImageFormat::Raw)])?;
        self.output.refuse_terminal("a PNG")?;
        let site = at.reading()?;
        let format = format.unwrap_or(ImageFormat::Png);
        let wish = ImageWish { when: self.when.when(), format, scale: self.scale };
        self.output.write(|to| site.image(&self.canvas, &wish, to))
    }
}

/// Writes the image of `canvas` at `version`, a band at a time, each cell as a square of `scale` pixels.
pub(super) fn write_image(
    journal: &Journal,
    canvas: &Canvas,
    version: Version,
    format: ImageFormat,
    scale: u32,
    mut to: impl Write,
) -> Result<(), CliError> {
    let size = scaled(canvas.size, scale)?;
    let region = canvas.size.rect();
    let mut bands = journal.image_at(canvas.id, version, region)?;
    let mut scaler = Scaler::new(region, size, canvas.mode);
    match format {
        ImageFormat::Png => {
            let mut png = PngWriter::new(to, size, canvas.mode)?;
            while let Some(band) = bands.next_band()? {
                scaler.push(&band, |rows| png.write_rows(rows))?;
            }
            png.finish()?;
        }
        ImageFormat::Raw => {
            while let Some(band) = bands.next_band()? {
                scaler.push(&band, |rows| to.write_all(rows).map_err(CliError::Output))?;
            }
        }
    }
    Ok(())
}

/// As large as it is, an image may be; enlarged, it may not be larger than a server allows.
fn scaled(size: Size, scale: u32) -> Result<Size, CliError> {
    if scale == 1 {
        return Ok(size);
    }
    let enlarged = |side: u32| side.checked_mul(scale).filter(|side| *side <= SIDE_MAX);
    let sides = enlarged(size.width()).zip(enlarged(size.height()));
    let scaled = sides.and_then(|(width, height)| Size::new(width, height).ok());
    scaled.filter(|scaled| scaled.cells() <= PIXELS_MAX).ok_or_else(|| {
        CliError::Failed(format!("an image is at most {SIDE_MAX} pixels a side and {PIXELS_MAX} in all"))
    })
}
