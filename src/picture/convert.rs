//! Decoded samples as cells of a canvas.

use super::PictureError;
use crate::canvas::{Colour, Mode};

/// What becomes of cells that are not opaque on an rgb canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alpha {
    /// They are an error.
    Refuse,
    /// They are laid over this colour.
    Flatten(Colour),
}

/// How decoded samples lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Samples {
    /// 1: grey, 2: grey and alpha, 3: red, green, blue, 4: these and alpha.
    pub(super) channels: usize,
    /// 16 bits a sample, big-endian, in place of 8.
    pub(super) wide: bool,
}

/// Turns rows of samples into rows of cells.
#[derive(Debug)]
pub(super) struct Converter {
    samples: Samples,
    mode: Mode,
    alpha: Alpha,
    /// The samples of a row reduced to 8 bits, where they were wide.
    narrowed: Vec<u8>,
}

impl Converter {
    pub(super) fn new(samples: Samples, mode: Mode, alpha: Alpha) -> Self {
        Self { samples, mode, alpha, narrowed: Vec::new() }
    }

    /// Whether samples are cells already.
    pub(super) fn changes_nothing(&self) -> bool {
        !self.samples.wide && self.samples.channels == self.mode.channels()
    }

    /// Fills `row`, number `y`, from the samples in `line`.
    pub(super) fn convert(&mut self, line: &[u8], row: &mut [u8], y: u32) -> Result<(), PictureError> {
        let mut narrowed = std::mem::take(&mut self.narrowed);
        let line = if self.samples.wide {
            narrowed.clear();
            narrowed.extend(line.as_chunks().0.iter().copied().map(narrow));
            &narrowed
        } else {
            line
        };
        let result = self.colours(line, row, y);
        self.narrowed = narrowed;
        result
    }

    fn colours(&self, line: &[u8], row: &mut [u8], y: u32) -> Result<(), PictureError> {
        match self.samples.channels {
            1 => self.cells(line, row, y, |[grey]| [grey, grey, grey, 255]),
            2 => self.cells(line, row, y, |[grey, alpha]| [grey, grey, grey, alpha]),
            3 => self.cells(line, row, y, |[red, green, blue]| [red, green, blue, 255]),
            _ => self.cells(line, row, y, |rgba: [u8; 4]| rgba),
        }
    }

    fn cells<const CHANNELS: usize>(
        &self,
        line: &[u8],
        row: &mut [u8],
        y: u32,
        colour: impl Fn([u8; CHANNELS]) -> [u8; 4],
    ) -> Result<(), PictureError> {
        let colours = line.as_chunks().0.iter().map(|samples| colour(*samples));
        match self.mode {
            Mode::Rgba => {
                for (cell, rgba) in row.as_chunks_mut().0.iter_mut().zip(colours) {
                    *cell = rgba;
                }
            }
            Mode::Rgb => {
                for ((x, cell), rgba) in (0..).zip(row.as_chunks_mut().0).zip(colours) {
                    *cell = opaque(rgba, self.alpha).ok_or(PictureError::Transparent { x, y })?;
                }
            }
        }
        Ok(())
    }
}

/// What is seen of a colour where nothing shines through, if `alpha` allows it.
fn opaque([red, green, blue, opacity]: [u8; 4], alpha: Alpha) -> Option<[u8; 3]> {
    if opacity == 255 {
        return Some([red, green, blue]);
    }
    let Alpha::Flatten(Colour([under_red, under_green, under_blue, _])) = alpha else {
        return None;
    };
    let over = |above: u8, under: u8| {
        let sum = u32::from(above) * u32::from(opacity) + u32::from(under) * u32::from(255 - opacity);
        // The sum is at most 255 · 255, so the rounded quotient is a byte.
        u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
    };
    Some([over(red, under_red), over(green, under_green), over(blue, under_blue)])
}

/// Rounds a big-endian sample of 16 bits to the nearest of 8: 65,535 is 257 · 255.
fn narrow(wide: [u8; 2]) -> u8 {
    let rounded = (u32::from(u16::from_be_bytes(wide)) + 128) / 257;
    u8::try_from(rounded).unwrap_or(u8::MAX)
}
