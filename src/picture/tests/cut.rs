//! JPEG, GIF and WebP that are cut short, changed or made to harm: an error or a picture, never a panic.

use super::formats::{Drawn, FIXTURES, gif};
use super::{Noise, read};
use crate::canvas::Mode;
use crate::picture::{Alpha, PictureError};

fn files() -> Vec<Vec<u8>> {
    let gifs = [(5, 4, 3), (17, 9, 256)].map(|(width, height, colours)| gif(&Drawn::random(width, height, colours, 3)));
    FIXTURES.iter().map(|fixture| fixture.file.to_vec()).chain(gifs).collect()
}

fn malformed(file: &[u8]) -> String {
    match read(file, Mode::Rgba, Alpha::Refuse) {
        Err(PictureError::Malformed(what)) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_cut_short_anywhere_is_malformed() {
    for (number, file) in files().iter().enumerate() {
        read(file, Mode::Rgba, Alpha::Refuse).expect("the whole file is read");
        for length in 0..file.len() {
            let result = read(&file[..length], Mode::Rgba, Alpha::Refuse);
            assert!(matches!(result, Err(PictureError::Malformed(_))), "file {number} cut at {length}: {result:?}");
        }
    }
}

#[test]
fn a_jpeg_whose_data_end_early_is_malformed() {
    for fixture in
        FIXTURES.iter().filter(|fixture| ["baseline.jpg", "grey.jpg", "cmyk.jpg", "turned.jpg"].contains(&fixture.name))
    {
        let file = fixture.file;
        let data = file.windows(2).position(|marker| marker == [0xff, 0xda]).expect("a scan") + 14;
        // A byte of the data may be filling, and so may bits of the last one.
        for length in (data..file.len() - 8).filter(|length| file[length - 1] != 0xff) {
            let cut = [&file[..length], &[0xff, 0xd9]].concat();
            let result = read(&cut, Mode::Rgba, Alpha::Refuse);
            assert!(
                matches!(result, Err(PictureError::Malformed(_))),
                "{} without data from {length} on",
                fixture.name
            );
        }
    }
}

#[test]
fn what_says_two_things_is_malformed() {
    let file = |name: &str| FIXTURES.iter().find(|fixture| fixture.name == name).expect(name).file.to_vec();
    // The frame of the compressed data, beside the size of the canvas.
    let mut lossy = file("lossy-alpha.webp");
    let key = lossy.windows(3).position(|bytes| bytes == [0x9d, 0x01, 0x2a]).expect("a key frame");
    lossy[key + 3..key + 7].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    assert_eq!(malformed(&lossy), "its image has another size than it says");
    let mut lossy = file("animated-lossy.webp");
    let key = lossy.windows(3).position(|bytes| bytes == [0x9d, 0x01, 0x2a]).expect("a key frame");
    lossy[key + 3..key + 7].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    assert_eq!(malformed(&lossy), "its first frame has another size than it says");
    let mut animated = file("animated.webp");
    let frame = animated.windows(4).position(|name| name == b"ANMF").expect("a frame");
    animated[frame + 8..frame + 11].copy_from_slice(&[0xff; 3]);
    assert_eq!(malformed(&animated), "its image has another size than it says");
    // Two frame headers: the second may ask for more than was checked.
    let jpeg = file("baseline.jpg");
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).expect("a frame header");
    let twice = [&jpeg[..frame + 19], &jpeg[frame..]].concat();
    assert_eq!(malformed(&twice), "it has two frame headers");
    // An image that is larger than the screen.
    let mut screen = gif(&Drawn::random(5, 4, 3, 1));
    screen[6] = 4;
    assert_eq!(malformed(&screen), "its first image does not lie within it");
}

#[test]
fn a_colour_beside_the_palette_is_malformed() {
    let mut file = gif(&Drawn::random(5, 4, 8, 1));
    // Two colours in place of eight: the bytes of the others are taken out too.
    file[10] &= !7;
    file.drain(13 + 6..13 + 24);
    assert_eq!(malformed(&file), "a pixel has a colour that is not in the palette");
}

/// Changes, takes out or puts in a byte.
fn damage(file: &mut Vec<u8>, noise: &mut Noise) {
    let place = usize::try_from(noise.below(file.len() as u64)).expect("small");
    let byte = if noise.below(2) == 0 { noise.byte() } else { [0, 1, 127, 255][usize::from(noise.byte() % 4)] };
    match noise.below(4) {
        0 => drop(file.remove(place)),
        1 => file.insert(place, byte),
        _ => file[place] = byte,
    }
}

#[test]
fn changed_bytes_never_panic() {
    let mut noise = Noise(17);
    for file in files() {
        for _ in 0..1500 {
            let mut damaged = file.clone();
            for _ in 0..=noise.below(3) {
                damage(&mut damaged, &mut noise);
            }
            // The outermost length of a WebP is made to fit, so that what is within it is looked at.
            if damaged.starts_with(b"RIFF") {
                let length = u32::try_from(damaged.len() - 8).expect("small");
                damaged[4..8].copy_from_slice(&length.to_le_bytes());
            }
            let _ = read(&damaged, Mode::Rgba, Alpha::Refuse);
            let _ = read(&damaged, Mode::Rgb, Alpha::Refuse);
        }
    }
}
