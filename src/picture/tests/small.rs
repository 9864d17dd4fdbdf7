//! Tiles, differences and scaled images.

use proptest::prelude::*;

use super::{Noise, judge};
use crate::canvas::{Colour, Mode, Raster, Rect, Size};
use crate::picture::{Scaler, difference, fitted, nearest, png_of};

fn noise(rect: Rect, mode: Mode, seed: u64) -> Raster {
    let mut noise = Noise(seed);
    let cells = (0..rect.area() * mode.channels() as u64).map(|_| noise.byte()).collect();
    Raster::from_data(rect, mode, cells).expect("of that size")
}

#[test]
fn a_tile_is_a_png_of_its_cells() {
    for (w, h) in [(256, 256), (1, 1), (17, 256)] {
        let rect = Rect { x: 512, y: 256, w, h };
        for mode in [Mode::Rgb, Mode::Rgba] {
            let tile = noise(rect, mode, 1);
            let cells = judge(&png_of(&tile).expect("not empty"));
            let expected = (0..h).flat_map(|y| (0..w).map(move |x| (x, y)));
            let expected: Vec<u8> =
                expected.flat_map(|(x, y)| tile.colour(512 + x, 256 + y).expect("a cell of it").0).collect();
            assert_eq!(cells, expected);
        }
    }
    let empty = Raster::filled(Rect { x: 0, y: 0, w: 0, h: 3 }, Mode::Rgb, Colour::WHITE);
    assert!(png_of(&empty).expect_err("empty").to_string().contains("at least 1"));
}

#[test]
fn what_did_not_change_is_transparent() {
    let rect = Rect { x: 3, y: 5, w: 40, h: 30 };
    for mode in [Mode::Rgb, Mode::Rgba] {
        let before = noise(rect, mode, 2);
        let mut after = before.clone();
        let size = Size::new(100, 100).expect("small");
        let painted = [(3, 5, [1, 2, 3, 255]), (42, 34, [4, 5, 6, 255]), (20, 20, [255, 255, 255, 255])];
        for (x, y, colour) in painted {
            let cell = size.cell(x, y).expect("within");
            after.set(size, crate::canvas::Pixel { cell, colour: Colour(colour) });
        }
        let changed = difference(&before, &after).expect("alike");
        assert_eq!((changed.rect(), changed.mode()), (rect, Mode::Rgba));
        for (x, y) in (5..35).flat_map(|y| (3..43).map(move |x| (x, y))) {
            let change = painted.iter().find(|change| (change.0, change.1) == (x, y));
            assert_eq!(changed.colour(x, y), Some(Colour(change.map_or([0; 4], |change| change.2))), "at {x},{y}");
        }
        assert_eq!(judge(&png_of(&changed).expect("not empty")), changed.data());
    }
    let (rgb, rgba) = (noise(rect, Mode::Rgb, 1), noise(rect, Mode::Rgba, 1));
    assert_eq!(difference(&rgb, &rgba), None);
    assert_eq!(difference(&rgb, &noise(Rect { x: 4, ..rect }, Mode::Rgb, 1)), None);
}

#[test]
fn the_longer_side_is_as_long_as_asked() {
    let rect = |w, h| Rect { x: 9, y: 9, w, h };
    assert_eq!(fitted(rect(1000, 500), 512), (512, 256));
    assert_eq!(fitted(rect(500, 1000), 512), (256, 512));
    assert_eq!(fitted(rect(28, 28), 512), (512, 512));
    assert_eq!(fitted(rect(16_384, 1), 100), (100, 1));
    assert_eq!(fitted(rect(3, 2), 4), (4, 2));
}

proptest! {
    #[test]
    fn scaled_bands_are_the_scaled_image(
        (w, h) in (1..30_u32, 1..30_u32),
        (width, height) in (1..40_u32, 1..40_u32),
        (x, y) in (0..5_u32, 0..5_u32),
        mode in proptest::sample::select(vec![Mode::Rgb, Mode::Rgba]),
        band_height in 1..8_u32,
        seed in any::<u64>(),
    ) {
        let region = Rect { x, y, w, h };
        let image = noise(region, mode, seed);
        let size = Size::new(width, height).expect("small");
        let mut scaler = Scaler::new(region, size, mode);
        let mut rows = Vec::new();
        for top in (0..h).step_by(band_height as usize) {
            let rect = Rect { x, y: y + top, w, h: band_height.min(h - top) };
            let mut band = Raster::filled(rect, mode, Colour::WHITE);
            band.paste(&image);
            scaler.push(&band, |bytes| {
                rows.extend_from_slice(bytes);
                Ok::<(), std::convert::Infallible>(())
            }).expect("a vector takes all");
        }
        let mut expected = Vec::new();
        for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
            let colour = image.colour(x + column * w / width, y + row * h / height).expect("within");
            expected.extend_from_slice(colour.bytes(mode));
        }
        prop_assert_eq!(rows, expected);
    }

    #[test]
    fn the_nearest_cell_is_within(shown in 1..=u32::MAX, of in 1..=u32::MAX, at in any::<proptest::sample::Index>()) {
        let at = u32::try_from(at.index(shown as usize)).expect("below shown");
        prop_assert!(nearest(at, shown, of) < of);
        prop_assert!(nearest(shown - 1, shown, of) < of);
        prop_assert_eq!(nearest(0, shown, of), 0);
    }
}
