//! What is written is a PNG, small, whole or visibly not, and the same picture to every reader.

use std::io::{self, Write};

use proptest::prelude::*;

use super::{Noise, judge, read};
use crate::canvas::{Mode, Size};
use crate::picture::runs::RunCoder;
use crate::picture::{Alpha, PictureError, PngWriter};

/// What a canvas may look like.
#[derive(Debug, Clone, Copy)]
enum Look {
    /// One colour.
    Plain,
    /// Cells of any colour.
    Noise,
    /// One cell in so many is of any colour, the others are white.
    Scattered(u64),
    /// Blocks of a few colours.
    Blocks,
    /// One of 16 colours each.
    Palette,
    /// Smooth in both directions.
    Gradient,
    /// Any colour, the same all the way down.
    Columns,
    /// Stripes of all the others, each as high as a band.
    All,
}

impl Look {
    const SIMPLE: [Self; 8] = [
        Self::Plain,
        Self::Noise,
        Self::Scattered(2),
        Self::Scattered(10),
        Self::Blocks,
        Self::Palette,
        Self::Gradient,
        Self::Columns,
    ];

    fn paint(self, size: Size, mode: Mode, seed: u64) -> Vec<u8> {
        let mut noise = Noise(seed);
        let mut cells = Vec::new();
        for y in 0..size.height() {
            for x in 0..size.width() {
                let colour = self.colour(x, y, &mut noise);
                cells.extend_from_slice(&colour[..mode.channels()]);
            }
        }
        cells
    }

    fn colour(self, x: u32, y: u32, noise: &mut Noise) -> [u8; 4] {
        let any = noise.next().to_le_bytes();
        let [red, green, blue, alpha, ..] = any;
        let shade = |number: u32| number.to_le_bytes()[0];
        match self {
            Self::Plain => [12, 200, 12, 255],
            Self::Noise => [red, green, blue, alpha],
            Self::Scattered(one_in) => {
                if noise.below(one_in) == 0 {
                    [red, green, blue, alpha]
                } else {
                    [255; 4]
                }
            }
            Self::Blocks => [shade(x / 9 * 40), shade(y / 7 * 40), shade((x / 9 + y / 7) * 16), 255],
            Self::Palette => [red & 0xf0, (red & 0xf0) / 2, 255 - (red & 0xf0), 255],
            Self::Gradient => [shade(x), shade(y), shade(x.midpoint(y)), 255],
            Self::Columns => Noise(x.into()).next().to_le_bytes()[..4].try_into().expect("four bytes"),
            Self::All => {
                let stripe = (y / 128) as usize % Self::SIMPLE.len();
                Self::SIMPLE[stripe].colour(x, y, noise)
            }
        }
    }
}

fn looks() -> impl Strategy<Value = Look> {
    proptest::sample::select(Look::SIMPLE.to_vec())
}

fn modes() -> impl Strategy<Value = Mode> {
    proptest::sample::select(vec![Mode::Rgb, Mode::Rgba])
}

/// Writes `cells` in pieces of 1 to `most` rows.
fn write(size: Size, mode: Mode, cells: &[u8], most: u64, seed: u64) -> Vec<u8> {
    let row_bytes = size.width() as usize * mode.channels();
    let mut noise = Noise(seed);
    let mut writer = PngWriter::new(Vec::new(), size, mode).expect("a vector takes all");
    let mut rest = cells;
    while !rest.is_empty() {
        let rows = usize::try_from(noise.below(most + 1)).expect("a few");
        let (now, later) = rest.split_at((rows * row_bytes).min(rest.len()));
        writer.write_rows(now).expect("a vector takes all");
        rest = later;
    }
    writer.finish().expect("all rows were written")
}

/// The cells as the image crate has them: with alpha.
fn with_alpha(cells: &[u8], mode: Mode) -> Vec<u8> {
    match mode {
        Mode::Rgba => cells.to_vec(),
        Mode::Rgb => {
            cells.as_chunks::<3>().0.iter().flat_map(|[red, green, blue]| [*red, *green, *blue, 255]).collect()
        }
    }
}

/// The lengths of the chunks of one kind.
fn chunks(file: &[u8], kind: [u8; 4]) -> Vec<usize> {
    let mut found = vec![];
    let mut rest = &file[8..];
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = u32::from_be_bytes(*length) as usize;
        if after.starts_with(&kind) {
            found.push(length);
        }
        rest = &after[length + 8..];
    }
    found
}

fn check(size: Size, mode: Mode, cells: &[u8], file: &[u8]) {
    assert!(judge(file) == with_alpha(cells, mode), "the image crate reads another picture");
    let (read_size, read) = read(file, mode, Alpha::Refuse).expect("a whole file");
    assert_eq!(read_size, size);
    assert!(read == cells, "another picture is read back");
}

proptest! {
    #[test]
    fn any_picture_is_the_same_to_every_reader(
        width in 1..90_u32, height in 1..90_u32, mode in modes(), look in looks(), most in 1..40_u64, seed in any::<u64>(),
    ) {
        let size = Size::new(width, height).expect("small");
        let cells = look.paint(size, mode, seed);
        check(size, mode, &cells, &write(size, mode, &cells, most, seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pictures_of_several_bands_are_too(
        width in 200..400_u32, height in 300..900_u32, mode in modes(), most in 1..500_u64, seed in any::<u64>(),
    ) {
        let size = Size::new(width, height).expect("small");
        let cells = Look::All.paint(size, mode, seed);
        check(size, mode, &cells, &write(size, mode, &cells, most, seed));
    }

    #[test]
    fn rows_longer_than_a_band_are_too(width in 30_000..60_000_u32, height in 1..5_u32, look in looks(), seed in any::<u64>()) {
        let size = Size::new(width, height).expect("small");
        let cells = look.paint(size, Mode::Rgba, seed);
        check(size, Mode::Rgba, &cells, &write(size, Mode::Rgba, &cells, 2, seed));
    }

    /// The run coder by itself, on bytes that no picture makes: long and short runs, any start, any frequencies.
    #[test]
    fn the_run_coder_says_what_it_was_told(
        runs in proptest::collection::vec((any::<u8>(), prop_oneof![1..4_usize, 1..40_usize, 250..800_usize]), 1..300),
        skewed in any::<bool>(),
    ) {
        let mut bytes: Vec<u8> = runs.iter().flat_map(|(byte, length)| vec![*byte; *length]).collect();
        if skewed {
            // Frequencies that double from byte to byte make codes that are too long at first.
            bytes.extend((0..17_u8).flat_map(|byte| [byte, 99].repeat(1 << byte)));
        }
        let mut blocks = vec![];
        if RunCoder::default().encode(&bytes, &mut blocks) {
            prop_assert!(blocks.len() < bytes.len() + 16);
            blocks.extend_from_slice(&[3, 0]);
            prop_assert!(miniz_oxide::inflate::decompress_to_vec(&blocks).expect("deflate") == bytes);
        } else {
            prop_assert!(blocks.is_empty());
        }
    }
}

#[test]
fn what_can_be_small_is_small() {
    // In thousandths of the raw size.
    for (look, most) in [
        (Look::Plain, 8),
        (Look::Noise, 1001),
        (Look::Scattered(2), 640),
        (Look::Scattered(10), 165),
        (Look::Blocks, 20),
        (Look::Palette, 420),
        (Look::Gradient, 20),
        (Look::Columns, 30),
    ] {
        for mode in [Mode::Rgb, Mode::Rgba] {
            let size = Size::new(700, 700).expect("small");
            let cells = look.paint(size, mode, 8);
            let file = write(size, mode, &cells, 64, 9);
            check(size, mode, &cells, &file);
            let share = file.len() * 1000 / cells.len();
            assert!(share <= most, "{look:?} {mode:?}: {share} thousandths, at most {most}");
        }
    }
}

#[test]
fn chunks_are_few_and_moderate() {
    let size = Size::new(1000, 500).expect("small");
    let file = write(size, Mode::Rgb, &Look::Noise.paint(size, Mode::Rgb, 1), 7, 1);
    let lengths = chunks(&file, *b"IDAT");
    assert_eq!(lengths.len(), 12);
    assert!(lengths.iter().all(|length| *length <= 132_000), "{lengths:?}");
    assert_eq!(chunks(&file, *b"IEND"), [0]);
}

fn misused(error: &PictureError) -> String {
    match error {
        PictureError::Io(error) if error.kind() == io::ErrorKind::InvalidInput => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_that_are_missing_too_many_or_not_whole_are_errors() {
    let size = Size::new(2, 3).expect("small");
    let mut writer = PngWriter::new(Vec::new(), size, Mode::Rgb).expect("a vector takes all");
    writer.write_rows(&[0; 6]).expect("a row");
    assert_eq!(misused(&writer.write_rows(&[0; 5]).expect_err("not whole")), "5 bytes are not whole rows of 6");
    assert_eq!(misused(&writer.write_rows(&[0; 18]).expect_err("four")), "more rows than the picture has");
    assert_eq!(misused(&writer.finish().expect_err("one of three")), "2 rows are missing");
}

/// Takes so many bytes, fails once, and takes the rest.
#[derive(Debug)]
struct Flaky {
    to: Vec<u8>,
    left: Option<usize>,
}

impl Write for Flaky {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = match &mut self.left {
            None => bytes.len(),
            Some(0) => {
                self.left = None;
                return Err(io::Error::new(io::ErrorKind::BrokenPipe, "gone"));
            }
            Some(left) => {
                let taken = bytes.len().min(*left);
                *left -= taken;
                taken
            }
        };
        self.to.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn without_finish_there_is_no_end() {
    let size = Size::new(300, 600).expect("small");
    let cells = Look::All.paint(size, Mode::Rgb, 3);
    let mut all = vec![];
    let mut writer = PngWriter::new(&mut all, size, Mode::Rgb).expect("a vector takes all");
    writer.write_rows(&cells).expect("a vector takes all");
    drop(writer);
    assert!(all.len() > 1000, "bands were written as they came");
    assert!(!all.windows(4).any(|kind| kind == b"IEND"));
    assert!(matches!(read(&all, Mode::Rgb, Alpha::Refuse), Err(PictureError::Malformed(_))));
}

#[test]
fn after_a_failure_nothing_more_is_written() {
    let size = Size::new(300, 600).expect("small");
    let cells = Look::Noise.paint(size, Mode::Rgb, 4);
    for left in [33, 40, 50_000, 200_000] {
        let mut to = Flaky { to: vec![], left: Some(left) };
        let mut writer = PngWriter::new(&mut to, size, Mode::Rgb).expect("the header fits");
        let errors = cells.chunks(900).filter_map(|row| writer.write_rows(row).err());
        let errors: Vec<String> = errors.map(|error| error.to_string()).collect();
        assert_eq!(errors.first().map(String::as_str), Some("writing the picture failed: gone"));
        assert_eq!(misused(&writer.finish().expect_err("it is broken")), "an earlier write failed");
        assert_eq!(to.to.len(), left);
    }
}
