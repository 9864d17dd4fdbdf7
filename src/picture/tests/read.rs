//! Every kind of PNG is read as the specification and the image crate have it.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Drawing, Kind, LIMITS, Noise, judge, read};
use crate::canvas::{Colour, Mode, Size};
use crate::picture::{Alpha, Format, Picture, PictureError};

fn drawings() -> impl Strategy<Value = Drawing> {
    let kind = (proptest::sample::select(Kind::COLOURS.to_vec()), any::<bool>())
        .prop_map(|((colour_type, depth), interlaced)| Kind { colour_type, depth, interlaced });
    (1..24_u32, 1..24_u32, kind, any::<bool>(), any::<u64>())
        .prop_map(|(width, height, kind, transparent, seed)| Drawing::random(width, height, kind, transparent, seed))
}

/// Over one colour, by floating-point numbers.
fn flattened(colours: &[[u8; 4]], under: [u8; 3]) -> Vec<u8> {
    let over = |above: u8, below: u8, alpha: u8| {
        let alpha = f64::from(alpha) / 255.0;
        (f64::from(above) * alpha + f64::from(below) * (1.0 - alpha)).round()
    };
    let mut cells = Vec::new();
    for &[red, green, blue, alpha] in colours {
        for (above, below) in [red, green, blue].into_iter().zip(under) {
            let seen = over(above, below, alpha);
            cells.push((0..=255).find(|byte| (f64::from(*byte) - seen).abs() < 0.5).expect("a byte"));
        }
    }
    cells
}

proptest! {
    #[test]
    fn every_kind_is_read_as_specified(drawing in drawings()) {
        let file = drawing.file();
        let colours = drawing.colours();
        let size = Size::new(drawing.width, drawing.height).expect("small");
        let (read_size, cells) = read(&file, Mode::Rgba, Alpha::Refuse).expect("a whole file");
        prop_assert_eq!(read_size, size);
        prop_assert_eq!(&cells, colours.as_flattened());
        prop_assert_eq!(judge(&file), cells);
    }

    #[test]
    fn on_rgb_what_shines_through_is_refused_or_flattened(drawing in drawings(), under in any::<[u8; 3]>()) {
        let file = drawing.file();
        let colours = drawing.colours();
        let [red, green, blue] = under;
        let (_, cells) = read(&file, Mode::Rgb, Alpha::Flatten(Colour::rgb(red, green, blue))).expect("a whole file");
        prop_assert_eq!(&cells, &flattened(&colours, under));
        let first = colours.iter().position(|colour| colour[3] != 255);
        match (read(&file, Mode::Rgb, Alpha::Refuse), first) {
            (Ok((_, refused)), None) => prop_assert_eq!(refused, cells),
            (Err(PictureError::Transparent { x, y }), Some(first)) => {
                prop_assert_eq!((y * drawing.width + x) as usize, first);
            }
            (result, first) => prop_assert!(false, "{result:?} where {first:?} is the first such cell"),
        }
    }
}

#[test]
fn sixteen_bits_are_rounded_to_the_nearest_of_eight() {
    let kind = Kind { colour_type: 0, depth: 16, interlaced: false };
    let samples: Vec<u16> = (0..=u16::MAX).collect();
    let drawing = Drawing { width: 256, height: 256, kind, palette: None, transparency: None, samples };
    let (_, cells) = read(&drawing.file(), Mode::Rgb, Alpha::Refuse).expect("a whole file");
    for (sample, cell) in (0_u32..).zip(cells.as_chunks::<3>().0) {
        let distance = (f64::from(cell[0]) - f64::from(sample) / 257.0).abs();
        assert!(distance < 0.5, "{sample} became {}", cell[0]);
    }
}

#[test]
fn all_filters_and_levels_of_another_encoder_are_read() {
    let mut noise = Noise(5);
    let cells: Vec<u8> =
        (0..61 * 47 * 4).map(|index: u32| if index.is_multiple_of(3) { noise.byte() } else { 77 }).collect();
    for filter in [
        png::Filter::NoFilter,
        png::Filter::Sub,
        png::Filter::Up,
        png::Filter::Avg,
        png::Filter::Paeth,
        png::Filter::Adaptive,
    ] {
        for compression in [png::Compression::Fastest, png::Compression::High, png::Compression::NoCompression] {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 61, 47);
            encoder.set_color(png::ColorType::Rgba);
            encoder.set_compression(compression);
            encoder.set_filter(filter);
            let mut writer = encoder.write_header().expect("a header");
            writer.write_image_data(&cells).expect("an image");
            writer.finish().expect("an end");
            let (_, read) = read(&file, Mode::Rgba, Alpha::Refuse).expect("a whole file");
            assert_eq!(read, cells, "{filter:?} {compression:?}");
        }
    }
}

#[test]
fn of_an_animation_the_default_image_is_read() {
    let (first, second) = ([10_u8; 12], [200_u8; 12]);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(2, 0).expect("an animation");
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&first).expect("a frame");
    writer.write_image_data(&second).expect("a frame");
    writer.finish().expect("an end");
    assert!(file.windows(4).any(|kind| kind == b"fdAT"), "the second frame is in the file");
    let (_, cells) = read(&file, Mode::Rgb, Alpha::Refuse).expect("a whole file");
    assert_eq!(cells, first);
}

#[test]
fn rows_can_be_read_again_and_only_as_they_are() {
    let kind = Kind { colour_type: 2, depth: 8, interlaced: false };
    let drawing = Drawing::random(3, 2, kind, false, 1);
    let png = Picture::open(Arc::from(drawing.file()), &[Format::Png], &LIMITS).expect("a PNG");
    let expected: Vec<u8> = drawing.colours().iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    for _ in 0..2 {
        let mut rows = png.rows(Mode::Rgb, Alpha::Refuse).expect("rows");
        let mut cells = [0; 18];
        assert!(matches!(rows.read_row(&mut cells), Err(PictureError::Io(_))), "a row of twice the length");
        for row in cells.chunks_mut(9) {
            rows.read_row(row).expect("a row");
        }
        assert_eq!(cells.as_slice(), expected);
        assert!(matches!(rows.read_row(&mut [0; 9]), Err(PictureError::Io(_))), "a third row of two");
    }
}

#[test]
fn what_follows_the_end_is_left_alone() {
    let kind = Kind { colour_type: 0, depth: 1, interlaced: false };
    let drawing = Drawing::random(9, 3, kind, false, 2);
    let mut file = drawing.file();
    file.extend_from_slice(b"something else");
    let (_, cells) = read(&file, Mode::Rgba, Alpha::Refuse).expect("a whole file");
    assert_eq!(cells, drawing.colours().as_flattened());
}
