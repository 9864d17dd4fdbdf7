//! What is damaged, cut short, too large or made to harm is refused, and costs nothing.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Drawing, Kind, LIMITS, header, push_chunk, read};
use crate::canvas::Mode;
use crate::picture::{Alpha, Format, Limits, Picture, PictureError};

fn kinds() -> impl Iterator<Item = Kind> {
    Kind::COLOURS
        .into_iter()
        .flat_map(|(colour_type, depth)| [false, true].map(|interlaced| Kind { colour_type, depth, interlaced }))
}

fn open(file: Vec<u8>, limits: Limits) -> Result<Picture, PictureError> {
    Picture::open(Arc::from(file), &[Format::Png], &limits)
}

#[test]
fn a_file_cut_short_anywhere_is_malformed() {
    for kind in kinds() {
        let file = Drawing::random(5, 4, kind, true, 3).file();
        for length in 0..file.len() {
            let result = read(&file[..length], Mode::Rgba, Alpha::Refuse);
            assert!(matches!(result, Err(PictureError::Malformed(_))), "{kind:?} cut at {length}: {result:?}");
        }
    }
}

#[test]
fn a_changed_byte_anywhere_is_found() {
    for kind in kinds() {
        let file = Drawing::random(5, 4, kind, true, 4).file();
        for place in 0..file.len() {
            for change in [0x01, 0x20, 0x80, 0xff] {
                let mut damaged = file.clone();
                damaged[place] ^= change;
                let result = read(&damaged, Mode::Rgba, Alpha::Refuse);
                assert!(result.is_err(), "{kind:?} with byte {place} changed by {change:#x} was read");
            }
        }
    }
}

#[test]
fn the_last_row_comes_only_when_the_rest_is_whole() {
    let kind = Kind { colour_type: 2, depth: 8, interlaced: false };
    let file = Drawing::random(3, 3, kind, false, 5).file();
    let mut damaged = file.clone();
    let time = file.len() - 12 - 8;
    damaged[time] ^= 1;
    for broken in [file[..file.len() - 1].to_vec(), file[..file.len() - 12].to_vec(), damaged] {
        let mut rows = open(broken, LIMITS).expect("a header").rows(Mode::Rgb, Alpha::Refuse).expect("rows");
        let mut row = [0; 9];
        rows.read_row(&mut row).expect("the first row");
        rows.read_row(&mut row).expect("the second row");
        assert!(matches!(rows.read_row(&mut row), Err(PictureError::Malformed(_))), "the last row was given");
        assert!(matches!(rows.read_row(&mut row), Err(PictureError::Io(_))), "more after an error");
    }
}

#[test]
fn what_is_no_png_is_malformed() {
    for bytes in [&b""[..], b"PNG", b"\x89PNG\r\n\x1a\n", b"\x89PNG\n\x1a\n\n"] {
        let result = open(bytes.to_vec(), LIMITS);
        assert!(matches!(result, Err(PictureError::Malformed(_))), "{bytes:?}: {result:?}");
    }
}

#[test]
fn limits_are_checked_from_the_header_alone() {
    let refused = |width, height, limits| match open(header(width, height, [8, 2, 0, 0, 0]), limits) {
        Err(PictureError::TooLarge { what, actual, max }) => (what, actual, max),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(16_385, 1, LIMITS), ("width", 16_385, 16_384));
    assert_eq!(refused(1, 16_385, LIMITS), ("height", 16_385, 16_384));
    assert_eq!(refused(16_384, 4097, LIMITS), ("cells", 67_125_248, 67_108_864));
    let none = Limits { side_max: u32::MAX, cells_max: u32::MAX };
    assert_eq!(refused(65_536, 65_536, none), ("cells", 1 << 32, (1 << 32) - 1));
    let size = open(header(16_384, 4096, [8, 2, 0, 0, 0]), LIMITS).expect("just within").size();
    assert_eq!((size.width(), size.height()), (16_384, 4096));
}

/// A file of a few dozen bytes that says it is a large picture.
fn bomb(side: u32, interlaced: bool) -> Vec<u8> {
    let mut file = header(side, side, [16, 6, 0, 0, u8::from(interlaced)]);
    push_chunk(&mut file, *b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&[0; 4096], 9));
    push_chunk(&mut file, *b"IEND", &[]);
    file
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    assert!(matches!(open(bomb(50_000, false), LIMITS), Err(PictureError::TooLarge { what: "width", .. })));
    // Where the limits let it through, its rows still are too few.
    let none = Limits { side_max: u32::MAX, cells_max: u32::MAX };
    let png = open(bomb(50_000, false), none).expect("no limits");
    let mut rows = png.rows(Mode::Rgba, Alpha::Refuse).expect("rows");
    assert!(matches!(rows.read_row(&mut vec![0; 200_000]), Err(PictureError::Malformed(_))));
}

#[test]
fn large_interlaced_pictures_are_not_taken() {
    assert!(open(bomb(1448, true), LIMITS).is_ok_and(|png| png.size().width() == 1448));
    match open(bomb(1449, true), LIMITS) {
        Err(error @ PictureError::Unsupported(_)) => assert!(error.to_string().contains("interlaced"), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn metadata_cannot_take_much_memory() {
    let mut file = header(1, 1, [8, 0, 0, 0, 0]);
    push_chunk(&mut file, *b"eXIf", &vec![0; 9 << 20]);
    push_chunk(&mut file, *b"IDAT", &miniz_oxide::deflate::compress_to_vec_zlib(&[0, 0], 9));
    push_chunk(&mut file, *b"IEND", &[]);
    assert!(matches!(read(&file, Mode::Rgb, Alpha::Refuse), Err(PictureError::Unsupported(_))));
}

#[test]
fn a_palette_picture_without_palette_is_malformed() {
    let kind = Kind { colour_type: 3, depth: 8, interlaced: false };
    let mut drawing = Drawing::random(2, 2, kind, false, 6);
    drawing.palette = None;
    let result = read(&drawing.file(), Mode::Rgb, Alpha::Refuse);
    assert!(matches!(result, Err(PictureError::Malformed(_))), "{result:?}");
}

/// Where the chunks of a well-formed file begin.
fn chunk_starts(file: &[u8]) -> Vec<usize> {
    let mut starts = vec![];
    let mut at = 8;
    while let Some(length) = file.get(at..at + 4).and_then(|bytes| bytes.first_chunk()) {
        starts.push(at);
        at += u32::from_be_bytes(*length) as usize + 12;
    }
    starts
}

proptest! {
    /// Damage that a CRC cannot show, since it was made for it: any answer will do, a panic will not.
    #[test]
    fn made_up_chunks_never_panic(
        kind in 0..30_usize,
        seed in any::<u64>(),
        chosen in any::<proptest::sample::Index>(),
        place in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        copied in any::<bool>(),
    ) {
        let kind = kinds().nth(kind).expect("one of thirty");
        let file = Drawing::random(7, 5, kind, true, seed).file();
        let starts = chunk_starts(&file);
        let start = starts[chosen.index(starts.len())];
        let length = u32::from_be_bytes(*file[start..].first_chunk().expect("a length")) as usize;
        let mut made_up = file[..start].to_vec();
        let mut body = file[start + 4..start + 8 + length].to_vec();
        let place = place.index(body.len());
        body[place] = byte;
        let name = *body.first_chunk().expect("a name");
        push_chunk(&mut made_up, name, &body[4..]);
        let rest = if copied { start } else { start + 12 + length };
        made_up.extend_from_slice(&file[rest..]);
        let _ = read(&made_up, Mode::Rgba, Alpha::Refuse);
        let _ = read(&made_up, Mode::Rgb, Alpha::Refuse);
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut file = header(3, 2, [8, 6, 0, 0, 0]);
        file.extend_from_slice(&bytes);
        prop_assert!(read(&file, Mode::Rgb, Alpha::Refuse).is_err());
        let mut file = header(3, 2, [8, 6, 0, 0, 0]);
        push_chunk(&mut file, *b"IDAT", &bytes);
        push_chunk(&mut file, *b"IEND", &[]);
        let _ = read(&file, Mode::Rgba, Alpha::Refuse);
    }
}
