//! Animations are, frame by frame, what an independent decoder shows, small, and whole only when they were finished.

use std::io::{self, Cursor, Write};
use std::num::NonZeroU16;

use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use proptest::prelude::*;

use super::Noise;
use crate::canvas::{Mode, Rect, Size};
use crate::picture::animate::changed;
use crate::picture::{Animation, AnimationFormat, AnimationWriter, PictureError};

fn animation(width: u32, height: u32, mode: Mode, frames: usize, rate: u16) -> Animation {
    let size = Size::new(width, height).expect("small");
    let frames = u32::try_from(frames).expect("few");
    Animation { size, mode, frames, rate: NonZeroU16::new(rate).expect("at least one") }
}

fn write(animation: &Animation, format: AnimationFormat, frames: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = AnimationWriter::new(Vec::new(), format, animation).expect("a header");
    for frame in frames {
        writer.write_frame(frame).expect("a frame");
    }
    writer.finish().expect("an end")
}

/// Every frame as rgba cells, and how long it is shown, in milliseconds.
fn judge(file: &[u8], format: AnimationFormat) -> Vec<(Vec<u8>, f64)> {
    let frames = match format {
        AnimationFormat::Gif => GifDecoder::new(Cursor::new(file)).expect("a GIF").into_frames(),
        AnimationFormat::Png => {
            PngDecoder::new(Cursor::new(file)).and_then(PngDecoder::apng).expect("an APNG").into_frames()
        }
    };
    let frames = frames.collect_frames().expect("whole frames");
    let shown = frames.into_iter().map(|frame| {
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        (frame.into_buffer().into_raw(), f64::from(numerator) / f64::from(denominator))
    });
    shown.collect()
}

fn with_alpha(frame: &[u8], mode: Mode) -> Vec<u8> {
    match mode {
        Mode::Rgba => frame.to_vec(),
        Mode::Rgb => frame.as_chunks().0.iter().flat_map(|[red, green, blue]| [*red, *green, *blue, 255]).collect(),
    }
}

/// Frames that each change a few cells of the one before; of as many colours as there are changes.
fn frames(width: u32, height: u32, mode: Mode, changes: &[u8], transparent: bool, seed: u64) -> Vec<Vec<u8>> {
    let mut noise = Noise(seed);
    let channels = mode.channels();
    let cells = (width * height) as usize;
    let mut frame = vec![255; cells * channels];
    let mut all = Vec::new();
    for count in changes {
        for _ in 0..*count {
            let place = usize::try_from(noise.below(cells as u64)).expect("small") * channels;
            let cell = &mut frame[place..place + channels];
            cell.fill_with(|| noise.byte());
            if let [.., alpha] = cell
                && channels == 4
            {
                *alpha = 255;
                if transparent && noise.below(2) == 0 {
                    cell.fill(0);
                }
            }
        }
        all.push(frame.clone());
    }
    all
}

fn modes() -> impl Strategy<Value = Mode> {
    proptest::sample::select(vec![Mode::Rgb, Mode::Rgba])
}

proptest! {
    #[test]
    fn every_frame_is_shown_as_it_was_given(
        (width, height) in (1..20_u32, 1..20_u32),
        mode in modes(),
        changes in proptest::collection::vec(0..60_u8, 1..8),
        transparent in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let frames = frames(width, height, mode, &changes, transparent, seed);
        let animation = animation(width, height, mode, frames.len(), 25);
        for format in [AnimationFormat::Gif, AnimationFormat::Png] {
            let shown = judge(&write(&animation, format, &frames), format);
            prop_assert_eq!(shown.len(), frames.len());
            for (number, ((shown, delay), frame)) in shown.iter().zip(&frames).enumerate() {
                prop_assert_eq!(shown, &with_alpha(frame, mode), "frame {} of {:?}", number, format);
                prop_assert!((delay - 40.0).abs() < 0.01, "{} ms", delay);
            }
        }
    }

    #[test]
    fn the_changed_rectangle_is_the_smallest(
        (width, height) in (1..12_u32, 1..12_u32),
        channels in 3..5_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), 1..=255_u8), 0..5),
    ) {
        let before = vec![7; (width * height) as usize * channels];
        let mut after = before.clone();
        for (place, by) in changes {
            let place = place.index(after.len());
            after[place] = 7 ^ by;
        }
        let expected = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .filter(|(x, y)| {
                let start = (y * width + x) as usize * channels;
                before[start..start + channels] != after[start..start + channels]
            })
            .map(|(x, y)| Rect { x, y, w: 1, h: 1 })
            .reduce(Rect::union);
        prop_assert_eq!(changed(&before, &after, width, channels), expected);
    }
}

#[test]
fn more_colours_than_a_palette_holds_come_out_near_in_a_gif_and_exact_in_a_png() {
    let (width, height) = (64, 48);
    let frame = |shift: u32| -> Vec<u8> {
        let cells = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        cells
            .flat_map(|(x, y)| [x * 4, y * 5, (x + y + shift) * 2])
            .map(|byte| (byte & 0xff).to_le_bytes()[0])
            .collect()
    };
    let frames = [frame(0), frame(3)];
    let animation = animation(width, height, Mode::Rgb, 2, 10);
    let exact = judge(&write(&animation, AnimationFormat::Png, &frames), AnimationFormat::Png);
    let near = judge(&write(&animation, AnimationFormat::Gif, &frames), AnimationFormat::Gif);
    for (number, frame) in frames.iter().enumerate() {
        let frame = with_alpha(frame, Mode::Rgb);
        assert_eq!(exact[number].0, frame);
        let distance: u64 = near[number].0.iter().zip(&frame).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = distance / frame.len() as u64;
        assert!(mean <= 6, "frame {number}: a channel is {mean} away, on average");
        assert!(near[number].0.as_chunks::<4>().0.iter().all(|cell| cell[3] == 255), "frame {number} has holes");
    }
}

#[test]
fn many_colours_are_exact_where_few_cells_change() {
    let mut noise = Noise(8);
    let mut frame = vec![255; 40 * 40 * 3];
    let mut frames = Vec::new();
    for cells in frame.clone().chunks(200 * 3).enumerate() {
        for byte in &mut frame[cells.0 * 600..cells.0 * 600 + cells.1.len()] {
            *byte = noise.byte();
        }
        frames.push(frame.clone());
    }
    let animation = animation(40, 40, Mode::Rgb, frames.len(), 25);
    let shown = judge(&write(&animation, AnimationFormat::Gif, &frames), AnimationFormat::Gif);
    for (shown, frame) in shown.iter().zip(&frames) {
        assert_eq!(shown.0, with_alpha(frame, Mode::Rgb));
    }
}

#[test]
fn a_gif_shows_half_transparent_cells_opaque_or_not_at_all() {
    let frames = [vec![9, 8, 7, 127, 9, 8, 7, 128], vec![1, 2, 3, 255, 1, 2, 3, 0]];
    let animation = animation(2, 1, Mode::Rgba, 2, 10);
    let shown = judge(&write(&animation, AnimationFormat::Gif, &frames), AnimationFormat::Gif);
    assert_eq!(shown[0].0, [0, 0, 0, 0, 9, 8, 7, 255]);
    assert_eq!(shown[1].0, [1, 2, 3, 255, 0, 0, 0, 0]);
    let shown = judge(&write(&animation, AnimationFormat::Png, &frames), AnimationFormat::Png);
    assert_eq!([&shown[0].0, &shown[1].0], [&frames[0], &frames[1]]);
}

#[test]
fn a_gif_keeps_the_rate_over_many_frames() {
    let total = |rate: u16, count: usize| -> f64 {
        let frames = vec![vec![0; 3]; count];
        let file = write(&animation(1, 1, Mode::Rgb, count, rate), AnimationFormat::Gif, &frames);
        judge(&file, AnimationFormat::Gif).iter().map(|(_, delay)| delay).sum()
    };
    for (rate, count, milliseconds) in [(30, 60, 2000.0), (7, 14, 2000.0), (1, 3, 3000.0), (50, 50, 1000.0)] {
        let total = total(rate, count);
        assert!((total - milliseconds).abs() < 10.0, "{count} frames at {rate} take {total} ms");
    }
    assert!((total(1000, 10) - 200.0).abs() < 0.01, "no frame is shorter than 20 ms");
}

#[test]
fn only_what_changes_is_written() {
    let mut noise = Noise(4);
    let still: Vec<u8> = (0..100 * 100 * 3).map(|_| noise.byte() & 0xe0).collect();
    let mut moved = still.clone();
    moved[5055 * 3] ^= 0x10;
    for format in [AnimationFormat::Gif, AnimationFormat::Png] {
        let length =
            |frames: &[Vec<u8>]| write(&animation(100, 100, Mode::Rgb, frames.len(), 10), format, frames).len();
        let one = length(std::slice::from_ref(&still));
        let grown = length(&[still.clone(), moved.clone(), moved.clone(), still.clone()]) - one;
        assert!(grown < 400, "{format:?}: three frames of one cell took {grown} bytes");
    }
}

#[test]
fn without_finish_an_animation_has_no_end() {
    for (format, end) in [(AnimationFormat::Gif, b";".as_slice()), (AnimationFormat::Png, b"IEND\xae\x42\x60\x82")] {
        let mut file = Vec::new();
        let animation = animation(3, 2, Mode::Rgb, 2, 10);
        let mut writer = AnimationWriter::new(&mut file, format, &animation).expect("a header");
        writer.write_frame(&[1; 18]).expect("a frame");
        writer.write_frame(&[2; 18]).expect("a frame");
        drop(writer);
        let whole = write(&animation, format, &[vec![1; 18], vec![2; 18]]);
        assert!(whole.ends_with(end) && !file.ends_with(end), "{format:?}");
        assert!(whole.starts_with(&file), "{format:?}");
    }
}

#[test]
fn frames_that_are_missing_too_many_or_not_whole_are_errors() {
    let misused = |error: PictureError| match error {
        PictureError::Io(error) if error.kind() == io::ErrorKind::InvalidInput => error.to_string(),
        other => panic!("{other:?}"),
    };
    for format in [AnimationFormat::Gif, AnimationFormat::Png] {
        let two = animation(3, 2, Mode::Rgb, 2, 10);
        let none = Animation { frames: 0, ..two };
        let error = AnimationWriter::new(Vec::new(), format, &none).expect_err("no frames");
        assert_eq!(misused(error), "an animation of no frames");
        let mut writer = AnimationWriter::new(Vec::new(), format, &two).expect("a header");
        assert_eq!(misused(writer.write_frame(&[0; 17]).expect_err("short")), "17 bytes are not a frame of 18");
        writer.write_frame(&[0; 18]).expect("the first");
        let mut other = AnimationWriter::new(Vec::new(), format, &two).expect("a header");
        other.write_frame(&[0; 18]).expect("the first");
        assert_eq!(misused(other.finish().expect_err("one is missing")), "1 frames are missing");
        writer.write_frame(&[0; 18]).expect("the second");
        assert_eq!(misused(writer.write_frame(&[0; 18]).expect_err("a third")), "more frames than the animation has");
        writer.finish().expect("an end");
    }
    let wide = Animation { size: Size::new(65_536, 1).expect("small"), ..animation(1, 1, Mode::Rgb, 1, 1) };
    let error = AnimationWriter::new(Vec::new(), AnimationFormat::Gif, &wide).expect_err("too wide");
    assert!(matches!(error, PictureError::TooLarge { what: "width", actual: 65_536, max: 65_535 }), "{error:?}");
}

#[test]
fn after_a_failure_nothing_more_is_written() {
    /// Takes so many writes, then fails once.
    #[derive(Debug)]
    struct Broken<'a>(&'a mut Vec<u8>, u32);
    impl Write for Broken<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 = self.1.wrapping_sub(1);
            if self.1 == 0 {
                return Err(io::Error::other("broken"));
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for (format, writes) in [(AnimationFormat::Gif, 3), (AnimationFormat::Png, 2)] {
        let mut file = Vec::new();
        let animation = animation(3, 2, Mode::Rgb, 3, 10);
        let mut writer = AnimationWriter::new(Broken(&mut file, writes), format, &animation).expect("a header");
        let results: Vec<_> = (0..3_u8).map(|number| writer.write_frame(&[number; 18]).err()).collect();
        let messages: Vec<_> = results.iter().flatten().map(ToString::to_string).collect();
        assert_eq!(messages.first().map(String::as_str), Some("writing the picture failed: broken"), "{format:?}");
        let error = writer.finish().expect_err("it failed");
        assert_eq!(error.to_string(), "writing the picture failed: an earlier write failed");
        let whole = write(&animation, format, &[vec![0; 18], vec![1; 18], vec![2; 18]]);
        assert!(file.len() < whole.len() - 12 && whole.starts_with(&file), "{format:?}");
    }
}
