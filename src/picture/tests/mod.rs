//! Pictures as tests make them, by hand, and the image crate as an independent judge.

#![allow(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod animation;
mod cut;
mod damage;
mod formats;
mod read;
mod small;
mod text;
mod write;

use std::sync::Arc;

use super::{Alpha, Format, Limits, Picture, PictureError};
use crate::canvas::{Mode, Size};

const LIMITS: Limits = Limits { side_max: 16_384, cells_max: 1 << 26 };
const WIDE_LIMITS: Limits = Limits { side_max: 65_536, cells_max: 1 << 26 };

/// `SplitMix64`, so that what a seed makes never changes.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// What the header of a PNG says of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    colour_type: u8,
    depth: u8,
    interlaced: bool,
}

impl Kind {
    /// Every colour type and depth that the PNG specification allows (table 11.1).
    const COLOURS: [(u8, u8); 15] = [
        (0, 1),
        (0, 2),
        (0, 4),
        (0, 8),
        (0, 16),
        (2, 8),
        (2, 16),
        (3, 1),
        (3, 2),
        (3, 4),
        (3, 8),
        (4, 8),
        (4, 16),
        (6, 8),
        (6, 16),
    ];

    fn channels(self) -> usize {
        match self.colour_type {
            0 | 3 => 1,
            4 => 2,
            2 => 3,
            _ => 4,
        }
    }
}

/// A picture as samples, and the chunks beside them.
#[derive(Debug, Clone)]
struct Drawing {
    width: u32,
    height: u32,
    kind: Kind,
    palette: Option<Vec<u8>>,
    transparency: Option<Vec<u8>>,
    samples: Vec<u16>,
}

impl Drawing {
    /// A picture of random samples; where `transparent`, with a tRNS chunk if its kind can have one.
    fn random(width: u32, height: u32, kind: Kind, transparent: bool, seed: u64) -> Self {
        let mut noise = Noise(seed);
        let values = 1_u64 << kind.depth;
        let count = (width * height) as usize * kind.channels();
        let samples: Vec<u16> =
            (0..count).map(|_| u16::try_from(noise.below(values)).expect("a sample of at most 16 bits")).collect();
        let palette = (kind.colour_type == 3).then(|| (0..values * 3).map(|_| noise.byte()).collect());
        let transparency = match kind.colour_type {
            // The first cell's colour, so that there is something to see.
            0 | 2 if transparent => {
                Some(samples.iter().take(kind.channels()).flat_map(|sample| sample.to_be_bytes()).collect())
            }
            // Shorter than the palette: the rest of it is opaque.
            3 if transparent => Some((0..values.div_ceil(2)).map(|_| noise.byte()).collect()),
            _ => None,
        };
        Self { width, height, kind, palette, transparency, samples }
    }

    fn cell(&self, x: u32, y: u32) -> &[u16] {
        let channels = self.kind.channels();
        let start = (y * self.width + x) as usize * channels;
        self.samples.get(start..start + channels).expect("a cell of the picture")
    }

    /// The colour of a cell, worked out from the specification with numbers wide enough not to think about.
    fn colour(&self, x: u32, y: u32) -> [u8; 4] {
        let cell = self.cell(x, y);
        let maximum = (1_u32 << self.kind.depth) - 1;
        let scaled = |sample: u16| {
            u8::try_from((u32::from(sample) * 255 + maximum / 2) / maximum).expect("at most 255, being scaled")
        };
        let keyed = || {
            let bytes: Vec<u8> = cell.iter().flat_map(|sample| sample.to_be_bytes()).collect();
            if self.transparency.as_ref() == Some(&bytes) { 0 } else { 255 }
        };
        match (self.kind.colour_type, cell) {
            (0, &[grey]) => [scaled(grey), scaled(grey), scaled(grey), keyed()],
            (2, &[red, green, blue]) => [scaled(red), scaled(green), scaled(blue), keyed()],
            (3, &[index]) => {
                let index = usize::from(index);
                let palette = self.palette.as_ref().expect("a palette");
                let alpha = self.transparency.as_ref().and_then(|alphas| alphas.get(index)).copied().unwrap_or(255);
                [palette[3 * index], palette[3 * index + 1], palette[3 * index + 2], alpha]
            }
            (4, &[grey, alpha]) => [scaled(grey), scaled(grey), scaled(grey), scaled(alpha)],
            (6, &[red, green, blue, alpha]) => [scaled(red), scaled(green), scaled(blue), scaled(alpha)],
            other => panic!("no such kind of cell: {other:?}"),
        }
    }

    fn colours(&self) -> Vec<[u8; 4]> {
        (0..self.height).flat_map(|y| (0..self.width).map(move |x| (x, y))).map(|(x, y)| self.colour(x, y)).collect()
    }

    /// The file, with filter 0 throughout. Passes as in the specification, section 8.2.
    fn file(&self) -> Vec<u8> {
        const ADAM7: [(u32, u32, u32, u32); 7] =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        let passes: &[_] = if self.kind.interlaced { &ADAM7 } else { &[(0, 0, 1, 1)] };
        let mut rows = Vec::new();
        for (left, top, across, down) in passes.iter().copied() {
            let columns: Vec<u32> = (left..self.width).step_by(across as usize).collect();
            if columns.is_empty() {
                continue;
            }
            for y in (top..self.height).step_by(down as usize) {
                rows.push(0);
                let samples = columns.iter().flat_map(|x| self.cell(*x, y).iter().copied());
                push_packed(samples, self.kind.depth, &mut rows);
            }
        }
        let interlace = u8::from(self.kind.interlaced);
        let mut file = header(self.width, self.height, [self.kind.depth, self.kind.colour_type, 0, 0, interlace]);
        if let Some(palette) = &self.palette {
            push_chunk(&mut file, *b"PLTE", palette);
        }
        if let Some(transparency) = &self.transparency {
            push_chunk(&mut file, *b"tRNS", transparency);
        }
        push_chunk(&mut file, *b"tEXt", b"Comment\0not needed, and checked all the same");
        let data = miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6);
        let (first, second) = data.split_at(data.len() / 2);
        push_chunk(&mut file, *b"IDAT", first);
        push_chunk(&mut file, *b"IDAT", second);
        push_chunk(&mut file, *b"tIME", &[7, 228, 1, 2, 3, 4, 5]);
        push_chunk(&mut file, *b"IEND", &[]);
        file
    }
}

/// Packs samples into bytes, the first in the highest bits; the last byte is filled up with zeros.
fn push_packed(samples: impl Iterator<Item = u16>, depth: u8, to: &mut Vec<u8>) {
    let (mut bits, mut count) = (0_u32, 0);
    for sample in samples {
        bits = bits << depth | u32::from(sample);
        count += depth;
        while count >= 8 {
            count -= 8;
            to.push(u8::try_from(bits >> count & 0xff).expect("eight bits"));
        }
        bits &= (1 << count) - 1;
    }
    if count > 0 {
        to.push(u8::try_from(bits << (8 - count)).expect("eight bits"));
    }
}

/// The signature and the IHDR chunk.
fn header(width: u32, height: u32, rest: [u8; 5]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut data = width.to_be_bytes().to_vec();
    data.extend_from_slice(&height.to_be_bytes());
    data.extend_from_slice(&rest);
    push_chunk(&mut file, *b"IHDR", &data);
    file
}

fn push_chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend_from_slice(&u32::try_from(data.len()).expect("a small chunk").to_be_bytes());
    file.extend_from_slice(&kind);
    file.extend_from_slice(data);
    let mut crc = crc32fast::Hasher::new();
    crc.update(&kind);
    crc.update(data);
    file.extend_from_slice(&crc.finalize().to_be_bytes());
}

/// All rows of a file as the code under test reads them.
fn read(file: &[u8], mode: Mode, alpha: Alpha) -> Result<(Size, Vec<u8>), PictureError> {
    let picture = Picture::open(Arc::from(file), &Format::ALL, &WIDE_LIMITS)?;
    let mut rows = picture.rows(mode, alpha)?;
    let mut cells = vec![0; usize::try_from(picture.size().bytes(mode)).expect("a small picture")];
    for row in cells.chunks_mut(picture.size().width() as usize * mode.channels()) {
        rows.read_row(row)?;
    }
    Ok((picture.size(), cells))
}

/// All cells of a file as the image crate reads them, with alpha.
fn judge(file: &[u8]) -> Vec<u8> {
    let image = image::load_from_memory_with_format(file, image::ImageFormat::Png).expect("the judge takes the file");
    image.to_rgba8().into_raw()
}
