//! JPEG, GIF and WebP are read as other libraries have them, from their bytes alone.

use std::sync::Arc;

use super::{LIMITS, Noise, judge, read};
use crate::canvas::{Colour, Mode};
use crate::picture::{Alpha, Format, Limits, Picture, PictureError};

/// The pictures of `fixtures`: the name, the file, what it decodes to, and how far a channel may be from that.
macro_rules! fixtures {
    ($($name:literal: $tolerance:literal),* $(,)?) => {
        [$(Fixture {
            name: $name,
            file: include_bytes!(concat!("fixtures/", $name)),
            expected: include_bytes!(concat!("fixtures/", $name, ".png")),
            tolerance: $tolerance,
        }),*]
    };
}

pub(super) struct Fixture {
    pub(super) name: &'static str,
    pub(super) file: &'static [u8],
    expected: &'static [u8],
    tolerance: u8,
}

/// Decoders of JPEG may differ in rounding and in how they enlarge colours; those of WebP may not, but for the latter.
pub(super) const FIXTURES: [Fixture; 12] = fixtures! {
    "baseline.jpg": 8,
    "progressive.jpg": 8,
    "restart.jpg": 8,
    "turned.jpg": 3,
    "grey.jpg": 2,
    "cmyk.jpg": 3,
    "lossy.webp": 2,
    "lossy-alpha.webp": 2,
    "lossless.webp": 0,
    "lossless-alpha.webp": 0,
    "animated.webp": 0,
    "animated-lossy.webp": 2,
};

#[test]
fn jpeg_and_webp_are_read_as_by_their_own_libraries() {
    for Fixture { name, file, expected, tolerance } in FIXTURES {
        let (size, cells) = read(file, Mode::Rgba, Alpha::Refuse).expect(name);
        assert_eq!((size.width(), size.height()), (37, 23), "{name}");
        let expected = judge(expected);
        let farthest = cells.iter().zip(&expected).map(|(ours, theirs)| ours.abs_diff(*theirs)).max();
        assert_eq!(cells.len(), expected.len(), "{name}");
        assert!(farthest <= Some(tolerance), "{name}: a channel is {farthest:?} away");
    }
}

#[test]
fn the_bytes_say_what_a_picture_is() {
    let format = |file: &[u8]| Picture::open(Arc::from(file), &Format::ALL, &LIMITS).expect("whole").format();
    for Fixture { name, file, expected, .. } in FIXTURES {
        let is_jpeg = std::path::Path::new(name).extension().is_some_and(|ending| ending == "jpg");
        assert_eq!(format(file), if is_jpeg { Format::Jpeg } else { Format::WebP }, "{name}");
        assert_eq!(format(expected), Format::Png);
    }
    assert_eq!(format(&gif(&Drawn::random(3, 2, 4, 1))), Format::Gif);
}

#[test]
fn a_format_that_is_not_asked_for_is_not_taken() {
    for (file, name) in [
        (FIXTURES[0].file, "JPEG"),
        (FIXTURES[8].file, "WebP"),
        (b"BM\x1e\0\0\0".as_slice(), "BMP"),
        (b"\0\0\0\x1cftypavif\0", "AVIF"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    ] {
        match Picture::open(Arc::from(file), &[Format::Png, Format::Gif], &LIMITS) {
            Err(PictureError::Unsupported(what)) => assert_eq!(what, format!("it is {name}, not PNG or GIF")),
            other => panic!("{name}: {other:?}"),
        }
    }
    match Picture::open(Arc::from(b"neither".as_slice()), &Format::ALL, &LIMITS) {
        Err(PictureError::Malformed(what)) => assert_eq!(what, "it does not begin as PNG, JPEG, GIF or WebP does"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn on_rgb_alpha_of_any_format_is_refused_or_flattened() {
    let transparent_at = |file, place| match read(file, Mode::Rgb, Alpha::Refuse) {
        Err(PictureError::Transparent { x, y }) => assert_eq!((x, y), place),
        other => panic!("{other:?}"),
    };
    for name in ["lossless-alpha.webp", "lossy-alpha.webp", "animated.webp"] {
        let fixture = FIXTURES.iter().find(|fixture| fixture.name == name).expect(name);
        transparent_at(fixture.file, (0, 0));
        let (_, cells) = read(fixture.file, Mode::Rgb, Alpha::Flatten(Colour::rgb(1, 2, 3))).expect(name);
        assert_eq!(cells[..3], [1, 2, 3], "{name}");
    }
    let mut drawn = Drawn::random(4, 3, 5, 7);
    drawn.indices[6] = 2;
    let index = drawn.indices.iter().position(|index| *index == 2).expect("there is one");
    drawn.transparent = Some(2);
    let (x, y) = (u32::try_from(index % 4).expect("small"), u32::try_from(index / 4).expect("small"));
    transparent_at(&gif(&drawn), (x, y));
}

/// A GIF as its parts.
pub(super) struct Drawn {
    screen: (u16, u16),
    place: (u16, u16),
    size: (u16, u16),
    palette: Vec<u8>,
    indices: Vec<u8>,
    transparent: Option<u8>,
    interlaced: bool,
    frames: usize,
}

impl Drawn {
    pub(super) fn random(width: u16, height: u16, colours: u64, seed: u64) -> Self {
        let mut noise = Noise(seed);
        let palette = (0..colours * 3).map(|_| noise.byte()).collect();
        let cells = usize::from(width) * usize::from(height);
        let indices = (0..cells).map(|_| u8::try_from(noise.below(colours)).expect("at most 256")).collect();
        let (screen, place, size) = ((width, height), (0, 0), (width, height));
        Self { screen, place, size, palette, indices, transparent: None, interlaced: false, frames: 1 }
    }

    /// What is seen at a place of the screen.
    fn colour(&self, x: u16, y: u16) -> [u8; 4] {
        let within = |at: u16, start: u16, length: u16| at.checked_sub(start).filter(|at| *at < length);
        let (Some(x), Some(y)) = (within(x, self.place.0, self.size.0), within(y, self.place.1, self.size.1)) else {
            return [0; 4];
        };
        let index = self.indices[usize::from(y) * usize::from(self.size.0) + usize::from(x)];
        if self.transparent == Some(index) {
            return [0; 4];
        }
        let start = usize::from(index) * 3;
        [self.palette[start], self.palette[start + 1], self.palette[start + 2], 255]
    }

    fn colours(&self) -> Vec<[u8; 4]> {
        let (width, height) = self.screen;
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| self.colour(x, y)).collect()
    }
}

/// The file of a drawing; its further frames, if any, are of another colour.
pub(super) fn gif(drawn: &Drawn) -> Vec<u8> {
    let mut encoder = gif::Encoder::new(Vec::new(), drawn.screen.0, drawn.screen.1, &drawn.palette).expect("a header");
    let rows: Vec<&[u8]> = drawn.indices.chunks(usize::from(drawn.size.0)).collect();
    let order: Vec<usize> = if drawn.interlaced {
        [(0, 8), (4, 8), (2, 4), (1, 2)].iter().flat_map(|(start, step)| (*start..rows.len()).step_by(*step)).collect()
    } else {
        (0..rows.len()).collect()
    };
    for number in 0..drawn.frames {
        let buffer: Vec<u8> = order.iter().flat_map(|row| rows[*row].iter().copied()).collect();
        let buffer = if number == 0 { buffer } else { vec![0; buffer.len()] };
        let frame = gif::Frame {
            left: drawn.place.0,
            top: drawn.place.1,
            width: drawn.size.0,
            height: drawn.size.1,
            interlaced: drawn.interlaced,
            transparent: drawn.transparent,
            buffer: buffer.into(),
            ..gif::Frame::default()
        };
        encoder.write_frame(&frame).expect("a frame");
    }
    encoder.into_inner().expect("an end")
}

#[test]
fn every_kind_of_gif_is_read_exactly() {
    for seed in 0..40 {
        let mut noise = Noise(seed);
        let length = |noise: &mut Noise| u16::try_from(noise.below(30) + 1).expect("small");
        let size = (length(&mut noise), length(&mut noise));
        let colours = [2, 3, 16, 200, 256][usize::try_from(noise.below(5)).expect("small")];
        let mut drawn = Drawn::random(size.0, size.1, colours, seed);
        drawn.interlaced = noise.below(2) == 0;
        drawn.transparent = (noise.below(2) == 0).then_some(1);
        drawn.frames = usize::try_from(noise.below(3) + 1).expect("small");
        drawn.place = (length(&mut noise) - 1, length(&mut noise) - 1);
        drawn.screen =
            (size.0 + drawn.place.0 + length(&mut noise) - 1, size.1 + drawn.place.1 + length(&mut noise) - 1);
        let file = gif(&drawn);
        let (_, cells) = read(&file, Mode::Rgba, Alpha::Refuse).expect("a whole file");
        assert_eq!(cells.as_slice(), drawn.colours().as_flattened(), "seed {seed}");
    }
}

#[test]
fn a_gif_is_as_the_image_crate_has_it() {
    let mut drawn = Drawn::random(13, 9, 100, 3);
    drawn.screen = (20, 20);
    drawn.place = (5, 4);
    let file = gif(&drawn);
    let (_, cells) = read(&file, Mode::Rgba, Alpha::Refuse).expect("a whole file");
    let theirs = image::load_from_memory_with_format(&file, image::ImageFormat::Gif).expect("a GIF").to_rgba8();
    assert_eq!(cells, theirs.into_raw());
}

#[test]
fn a_lossless_webp_of_another_encoder_is_read_exactly() {
    let mut noise = Noise(11);
    let cells: Vec<u8> = (0..41 * 17 * 4).map(|_| noise.byte()).collect();
    for (colour, channels, mode) in
        [(image::ExtendedColorType::Rgb8, 3, Mode::Rgb), (image::ExtendedColorType::Rgba8, 4, Mode::Rgba)]
    {
        let mut file = Vec::new();
        let cells = &cells[..41 * 17 * channels];
        image::codecs::webp::WebPEncoder::new_lossless(&mut file).encode(cells, 41, 17, colour).expect("a WebP");
        let (_, read) = read(&file, mode, Alpha::Refuse).expect("a whole file");
        assert_eq!(read, cells, "{colour:?}");
    }
}

#[test]
fn what_takes_too_much_memory_is_refused_by_its_header() {
    let limits = Limits { side_max: u32::MAX, cells_max: u32::MAX };
    let refused = |file: &[u8], limits| match Picture::open(Arc::from(file), &Format::ALL, &limits) {
        Err(PictureError::TooLarge { what, actual, max }) => (what, actual, max),
        other => panic!("{other:?}"),
    };
    let screen = |side: u16| {
        let mut file = gif(&Drawn::random(1, 1, 2, 0));
        file[6..8].copy_from_slice(&side.to_le_bytes());
        file[8..10].copy_from_slice(&side.to_le_bytes());
        file
    };
    assert_eq!(refused(&screen(60_000), LIMITS), ("width", 60_000, 16_384));
    assert_eq!(refused(&screen(60_000), limits), ("bytes to decode it", 3_600_000_000, 128 << 20));
    assert_eq!(refused(&jpeg_of(60_000, "baseline.jpg"), LIMITS), ("width", 60_000, 16_384));
    // Three channels, and of coefficients of 16 bits half a cell's for colours.
    assert_eq!(refused(&jpeg_of(5000, "progressive.jpg"), LIMITS), ("bytes to decode it", 150_000_000, 128 << 20));
    assert_eq!(refused(&jpeg_of(7000, "baseline.jpg"), LIMITS), ("bytes to decode it", 147_000_000, 128 << 20));
    let one = Limits { side_max: 37, cells_max: 37 * 23 - 1 };
    for Fixture { file, .. } in FIXTURES {
        assert_eq!(refused(file, one), ("cells", 37 * 23, 37 * 23 - 1));
    }
}

/// A fixture that says it is larger than it is.
fn jpeg_of(side: u16, name: &str) -> Vec<u8> {
    let mut file = FIXTURES.iter().find(|fixture| fixture.name == name).expect(name).file.to_vec();
    let frame = file.windows(2).position(|marker| [[0xff, 0xc0], [0xff, 0xc2]].contains(&[marker[0], marker[1]]));
    let frame = frame.expect("a frame header");
    file[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
    file
}
