//! Images of a version, written as they are rebuilt: PNG, base64, raw rows; whole, cut out, scaled.

use std::io::{self, Write};

use crate::canvas::{Mode, Rect, Size, Version};
use crate::journal::{Canvas, Journal};
use crate::picture::{Base64Writer, PngWriter, Scaler, fitted};

use super::problem::Problem;

/// The longest side of a rendered image, in pixels.
pub(super) const SIDE_MAX: u64 = 16_384;

/// The most pixels of a rendered image.
pub(super) const PIXELS_MAX: u64 = 1 << 26;

/// What of a canvas is shown, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct View {
    region: Rect,
    size: Size,
}

/// How a region is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// Each cell is a square of so many pixels.
    Times(u32),
    /// The longer side is so many pixels.
    Fit(u32),
}

impl View {
    /// The whole canvas, a pixel a cell.
    pub(super) fn whole(canvas: &Canvas) -> Self {
        Self { region: canvas.size.rect(), size: canvas.size }
    }

    /// A region of it, scaled.
    pub(super) fn new(canvas: &Canvas, region: Option<Rect>, scale: Scale) -> Result<Self, Problem> {
        let region = region.unwrap_or_else(|| canvas.size.rect());
        if !region.fits(canvas.size) {
            return Err(Problem::impossible("bad-region", "the region does not lie within the canvas"));
        }
        let (w, h) = (u64::from(region.w), u64::from(region.h));
        let (width, height) = match scale {
            Scale::Times(times) => (w * u64::from(times), h * u64::from(times)),
            Scale::Fit(longest) => fitted(region, longest),
        };
        let too_large = || {
            let detail = format!("an image is at most {SIDE_MAX} pixels a side and {PIXELS_MAX} in all");
            Problem::impossible("image-too-large", detail).limit(SIDE_MAX)
        };
        if width.max(height) > SIDE_MAX || width * height > PIXELS_MAX {
            return Err(too_large());
        }
        let narrow = |side: u64| u32::try_from(side).map_err(|_| too_large());
        let size = Size::new(narrow(width)?, narrow(height)?).map_err(|_| too_large())?;
        Ok(Self { region, size })
    }

    /// Bytes of its rows.
    pub(super) const fn bytes(self, mode: Mode) -> u64 {
        self.size.bytes(mode)
    }
}

/// Calls `write` with the rows of a view, one or more at a time, from the top.
fn rows(
    journal: &Journal,
    canvas: &Canvas,
    version: Version,
    view: View,
    write: &mut dyn FnMut(&[u8]) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let View { region, size } = view;
    let mut reader = journal.image_at(canvas.id, version, region)?;
    let mut scaler = Scaler::new(region, size, canvas.mode);
    while let Some(band) = reader.next_band()? {
        scaler.push(&band, &mut *write)?;
    }
    Ok(())
}

/// Writes the rows of a view as they are.
pub(super) fn raw(
    journal: &Journal,
    canvas: &Canvas,
    version: Version,
    view: View,
    to: &mut dyn Write,
) -> Result<(), Problem> {
    rows(journal, canvas, version, view, &mut |bytes| to.write_all(bytes).map_err(sent))
}

/// Writes a view as a PNG.
pub(super) fn png(
    journal: &Journal,
    canvas: &Canvas,
    version: Version,
    view: View,
    to: impl Write,
) -> Result<(), Problem> {
    let mut png = PngWriter::new(to, view.size, canvas.mode)?;
    rows(journal, canvas, version, view, &mut |bytes| Ok(png.write_rows(bytes)?))?;
    png.finish()?;
    Ok(())
}

/// Writes a view as the base64 of a PNG.
pub(super) fn base64_png(
    journal: &Journal,
    canvas: &Canvas,
    version: Version,
    view: View,
    to: &mut dyn Write,
) -> Result<(), Problem> {
    let mut base64 = Base64Writer::new(to);
    png(journal, canvas, version, view, &mut base64)?;
    base64.finish().map_err(sent)?;
    Ok(())
}

/// The problem of a client that went away; nobody reads it.
pub(super) fn sent(error: io::Error) -> Problem {
    Problem::internal(error)
}
