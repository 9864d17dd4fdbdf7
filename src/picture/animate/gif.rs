//! Frames as images of a GIF.
//!
//! A cell that stays as it is needs no colour: it is drawn transparent, over what is there. So the palette of a frame is
//! only for what changes, and an animation in which few cells change at a time is exact however many colours it has.
//!
//! What cannot be drawn so is a cell that becomes transparent. Then the frame before is told to clear its rectangle when
//! it goes, and the next one draws all of that again. That is why a frame is written when the next one has come.

use std::borrow::Cow;

use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};

use super::super::PictureError;
use super::Animation;
use super::change::changed_cells;
use crate::canvas::{Mode, Rect, Size};

/// Colours that a palette has room for.
const PALETTE_MAX: usize = 256;

/// Pixels from which colours are learnt, about: more take longer than they are worth.
const SAMPLE_PIXELS: usize = 1 << 15;

/// The quantiser's slowest and most careful, and quickest step from pixel to pixel.
const SAMPLE_STEPS: (usize, usize) = (1, 30);

/// Programs take what is shorter, in hundredths of a second, for a mistake and wait ten times that.
const DELAY_MIN: u64 = 2;

/// The end mark (GIF 89a, section 27).
const TRAILER: u8 = 0x3b;

type Cell = [u8; 4];

const TRANSPARENT: Cell = [0; 4];

/// Makes images of frames.
pub(super) struct GifEncoder {
    size: Size,
    mode: Mode,
    rate: u64,
    /// Writes to memory: when it is dropped it writes an end mark, which must not get into a file that is not whole.
    encoder: Encoder<Vec<u8>>,
    /// What is seen before the waiting frame.
    shown: Vec<Cell>,
    /// The frame that came last.
    waiting: Option<Vec<Cell>>,
    /// Frames that were written.
    number: u64,
}

impl GifEncoder {
    /// Appends the header of the file.
    pub(super) fn new(animation: &Animation, to: &mut Vec<u8>) -> Result<Self, PictureError> {
        let Animation { size, mode, rate, .. } = *animation;
        let side = |what, side: u32| {
            let too_large = |_| PictureError::TooLarge { what, actual: side.into(), max: u16::MAX.into() };
            u16::try_from(side).map_err(too_large)
        };
        let (width, height) = (side("width", size.width())?, side("height", size.height())?);
        let mut encoder = Encoder::new(Vec::new(), width, height, &[]).map_err(encoding)?;
        encoder.set_repeat(Repeat::Infinite).map_err(encoding)?;
        to.append(encoder.get_mut());
        let shown = vec![TRANSPARENT; size.cells() as usize];
        Ok(Self { size, mode, rate: rate.get().into(), encoder, shown, waiting: None, number: 0 })
    }

    /// Takes a frame, and appends the one before.
    pub(super) fn frame(&mut self, cells: &[u8], to: &mut Vec<u8>) -> Result<(), PictureError> {
        let next: Vec<Cell> = match self.mode {
            Mode::Rgb => cells.as_chunks().0.iter().map(|[red, green, blue]| [*red, *green, *blue, 255]).collect(),
            Mode::Rgba => cells.as_chunks().0.iter().map(|cell| visible(*cell)).collect(),
        };
        if let Some(waiting) = self.waiting.take() {
            let vanishes = |before: Cell, after: Cell| before != TRANSPARENT && after == TRANSPARENT;
            let cleared = changed_cells(&waiting, &next, self.size.width(), vanishes);
            self.write(waiting, cleared, to)?;
        }
        self.waiting = Some(next);
        Ok(())
    }

    /// Appends the last frame and the end of the file.
    pub(super) fn end(&mut self, to: &mut Vec<u8>) -> Result<(), PictureError> {
        if let Some(waiting) = self.waiting.take() {
            self.write(waiting, None, to)?;
        }
        to.push(TRAILER);
        Ok(())
    }

    /// Appends `frame`, which clears at least the rectangle `cleared` when it goes.
    fn write(&mut self, frame: Vec<Cell>, cleared: Option<Rect>, to: &mut Vec<u8>) -> Result<(), PictureError> {
        let changed = changed_cells(&self.shown, &frame, self.size.width(), |before, after| before != after);
        let rect = match (changed, cleared) {
            // Whatever a program leaves of the last frame when it begins anew is gone.
            _ if self.number == 0 => self.size.rect(),
            (Some(changed), Some(cleared)) => changed.union(cleared),
            (Some(rect), None) | (None, Some(rect)) => rect,
            (None, None) => Rect { x: 0, y: 0, w: 1, h: 1 },
        };
        let drawn = self.drawn(&frame, rect);
        let (palette, indices, transparent) = paint(&drawn);
        // Within the size, whose sides are of 16 bits.
        let narrow = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
        let image = Frame {
            delay: self.delay(),
            dispose: if cleared.is_some() { DisposalMethod::Background } else { DisposalMethod::Keep },
            transparent,
            left: narrow(rect.x),
            top: narrow(rect.y),
            width: narrow(rect.w),
            height: narrow(rect.h),
            palette: Some(palette),
            buffer: Cow::Owned(indices),
            ..Frame::default()
        };
        self.encoder.write_frame(&image).map_err(encoding)?;
        to.append(self.encoder.get_mut());
        self.shown = frame;
        if cleared.is_some() {
            for row in rows(&mut self.shown, self.size, rect) {
                row.fill(TRANSPARENT);
            }
        }
        self.number += 1;
        Ok(())
    }

    /// The cells of `rect` that have to be drawn, and [`TRANSPARENT`] for the others.
    fn drawn(&self, frame: &[Cell], rect: Rect) -> Vec<Cell> {
        let width = self.size.width() as usize;
        let (start, end) = (rect.x as usize, (rect.x + rect.w) as usize);
        let rows = self.shown.chunks_exact(width).zip(frame.chunks_exact(width));
        rows.skip(rect.y as usize)
            .take(rect.h as usize)
            .flat_map(|(shown, frame)| shown[start..end].iter().zip(&frame[start..end]))
            .map(|(shown, cell)| if shown == cell { TRANSPARENT } else { *cell })
            .collect()
    }

    /// How long the frame is shown, in hundredths of a second: what is rounded off one is added to a later one.
    fn delay(&self) -> u16 {
        let begins = |number: u64| (number * 100 + self.rate / 2) / self.rate;
        let delay = begins(self.number + 1) - begins(self.number);
        // At one frame a second it is 100.
        u16::try_from(delay.max(DELAY_MIN)).unwrap_or(u16::MAX)
    }
}

/// The part of each row that lies within `rect`.
fn rows(cells: &mut [Cell], size: Size, rect: Rect) -> impl Iterator<Item = &mut [Cell]> {
    let rows = cells.chunks_exact_mut(size.width() as usize).skip(rect.y as usize).take(rect.h as usize);
    rows.map(move |row| &mut row[rect.x as usize..(rect.x + rect.w) as usize])
}

/// A cell as a GIF can show it.
fn visible([red, green, blue, alpha]: Cell) -> Cell {
    if alpha < 128 { TRANSPARENT } else { [red, green, blue, 255] }
}

/// The palette, the number of each cell's colour in it, and the number that stands for transparent, where it is needed.
fn paint(cells: &[Cell]) -> (Vec<u8>, Vec<u8>, Option<u8>) {
    let opaque: Vec<Cell> = cells.iter().copied().filter(|cell| *cell != TRANSPARENT).collect();
    let some_transparent = opaque.len() < cells.len();
    let room = PALETTE_MAX - usize::from(some_transparent);
    let mut colours = opaque.clone();
    colours.sort_unstable();
    colours.dedup();
    let (mut palette, numbers) = if colours.len() <= room {
        let palette: Vec<u8> = colours.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
        (palette, (0..colours.len()).map(narrow).collect::<Vec<u8>>())
    } else {
        let (slowest, quickest) = SAMPLE_STEPS;
        let step = (opaque.len() / SAMPLE_PIXELS).clamp(slowest, quickest);
        let nearest = NeuQuant::new(i32::try_from(step).unwrap_or(1), room, opaque.as_flattened());
        (nearest.color_map_rgb(), colours.iter().map(|colour| narrow(nearest.index_of(colour))).collect())
    };
    let transparent = some_transparent.then(|| {
        let number = narrow(palette.len() / 3);
        palette.extend_from_slice(&[0; 3]);
        number
    });
    let number = |cell: &Cell| match colours.binary_search(cell) {
        Ok(place) => numbers.get(place).copied().unwrap_or_default(),
        Err(_) => transparent.unwrap_or_default(),
    };
    (palette, cells.iter().map(number).collect(), transparent)
}

/// A number within a palette as a byte.
fn narrow(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn encoding(error: EncodingError) -> PictureError {
    match error {
        EncodingError::Io(error) => PictureError::Io(error),
        other => PictureError::Io(std::io::Error::other(other)),
    }
}
