//! What worlds are made of: sizes, pixels, rows, options, from numbers.

use std::io;

use pixlog::canvas::{CellIndex, Colour, Mode, Pixel, Rect, Size, TILE_SIDE};
use pixlog::journal::{Options, RowSource};

use super::Numbers;
use super::model::CanvasModel;
use super::op::Content;

/// Sizes around the borders of tiles, and small ones.
pub const SHAPES: [(u32, u32); 14] = [
    (1, 1),
    (1, 300),
    (300, 1),
    (255, 3),
    (256, 2),
    (257, 2),
    (2, 257),
    (255, 256),
    (256, 256),
    (257, 255),
    (28, 28),
    (5, 513),
    (64, 300),
    (10, 10),
];

/// Rows from memory.
pub struct Rows(pub io::Cursor<Vec<u8>>);

impl RowSource for Rows {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        io::Read::read_exact(&mut self.0, row)
    }
}

/// A state of these rows.
pub fn rows(data: &[u8]) -> impl FnMut() -> io::Result<Box<dyn RowSource>> {
    let data = data.to_vec();
    move || Ok(Box::new(Rows(io::Cursor::new(data.clone()))) as Box<dyn RowSource>)
}

/// Pixels all over the canvas, or most of them in few cells.
pub fn pixels(model: &CanvasModel, count: usize, numbers: &mut Numbers) -> Vec<Pixel> {
    let (cells, mode) = (model.canvas.size.cells(), model.canvas.mode);
    let within = if numbers.below(3) == 0 { cells.min(9) } else { cells };
    let mut pixel = || Pixel { cell: CellIndex(numbers.below(within)), colour: numbers.colour(mode) };
    (0..count).map(|_| pixel()).collect()
}

pub fn new_rows(old: &[u8], mode: Mode, content: Content, numbers: &mut Numbers) -> Vec<u8> {
    let channels = mode.channels();
    let cells = (old.len() / channels) as u32;
    let changes = match content {
        Content::Same => 0,
        Content::OneChange => 1,
        Content::SomeChanges => 1 + numbers.below(cells.min(2_000)),
        Content::Flat => return numbers.colour(mode).bytes(mode).repeat(cells as usize),
        Content::Noise => {
            return (0..cells).flat_map(|_| numbers.colour(mode).bytes(mode).to_vec()).collect();
        }
    };
    let mut new = old.to_vec();
    for _ in 0..changes {
        let at = numbers.below(cells) as usize * channels;
        new[at..at + channels].copy_from_slice(numbers.colour(mode).bytes(mode));
    }
    new
}

pub fn differences(old: &[u8], new: &[u8], size: Size, mode: Mode, region: Rect) -> Vec<Pixel> {
    let channels = mode.channels();
    let cells = (0u32..).zip(old.chunks(channels).zip(new.chunks(channels)));
    let changed = cells.filter(|(_, (old, new))| old != new);
    changed
        .map(|(index, (_, new))| {
            let (x, y) = (region.x + index % region.w, region.y + index / region.w);
            Pixel { cell: CellIndex(y * size.width() + x), colour: Colour::from_cell(new).expect("a cell") }
        })
        .collect()
}

/// The options that the hostile tests choose from.
pub fn options(seed: u64) -> Options {
    let mut numbers = Numbers(seed);
    let mut choose = |values: &[usize]| values[numbers.below(values.len() as u32) as usize];
    Options {
        snapshot_blocks_min: choose(&[0, 1, 2]) as u64,
        band_bytes: choose(&[1, 700, 4_096, TILE_SIDE as usize * 256 * 3, 4 << 20]),
        sort_bytes: choose(&[0, 3_000, 4 << 20]),
        canvases_cached_max: choose(&[1, 2, 256]),
        readers_max: choose(&[1, 2]),
        batch_pixels_max: 2_048,
        ..Options::default()
    }
}
