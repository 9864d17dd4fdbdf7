//! Rows with the shape of r/place 2022: few users with many rows and many with few, spots that are fought over, a canvas
//! that grows, now and then a moderator's rectangle.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::canvas::Time;
use crate::cli::words;

/// Rows for each user, on average: 1.2 million users drew 16.5 million rows in 2017.
const ROWS_PER_USER: u64 = 14;

/// When it began, and how long it went on.
const START: Time = Time(1_648_817_050_315);
const HOURS: u64 = 83;

/// Places that are fought over.
const SPOTS: usize = 64;

/// Colours to choose from.
const COLOURS: u64 = 32;

/// One row in so many is a rectangle.
const ROWS_PER_RECTANGLE: u64 = 4_000_000;

/// The first line.
const HEADER: &str = "timestamp,user_id,pixel_color,coordinate";

/// `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, which is at least 1.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// From 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A place that is fought over by those who want it in different colours.
struct Spot {
    x: u64,
    y: u64,
    /// How far it reaches.
    spread: u64,
    colours: [u64; 4],
}

/// Writes a header and `rows` rows, the same for the same seed.
pub(super) fn write_rows(rows: u64, seed: u64, to: &mut dyn Write) -> io::Result<()> {
    let mut numbers = Numbers(seed);
    let spot = |numbers: &mut Numbers| Spot {
        x: numbers.below(2_000),
        y: numbers.below(2_000),
        spread: 4 + numbers.below(60),
        colours: [(); 4].map(|()| numbers.below(COLOURS)),
    };
    let spots: Vec<_> = (0..SPOTS).map(|_| spot(&mut numbers)).collect();
    let users = (rows / ROWS_PER_USER).max(1);
    let step_ms = (HOURS * 3_600_000 / rows.max(1)).max(1);
    let mut time = START;
    writeln!(to, "{HEADER}")?;
    for row in 0..rows {
        time = Time(time.0.saturating_add_unsigned(numbers.below(2 * step_ms + 1)));
        let (width, height) = match row * 3 / rows {
            0 => (1_000, 1_000),
            1 => (2_000, 1_000),
            _ => (2_000, 2_000),
        };
        let (x, y, colour) = place(&mut numbers, &spots);
        let (x, y) = (x.min(width - 1), y.min(height - 1));
        let stamp = words::time(time).replace('T', " ").replace('Z', " UTC");
        let user = user(heavy_tailed(&mut numbers, users), seed);
        // Spread over the cube of colours.
        let colour = colour * 0x07_f3a1 % 0x100_0000;
        write!(to, "{stamp},{user},#{colour:06X},\"{x},{y}")?;
        if row % ROWS_PER_RECTANGLE == ROWS_PER_RECTANGLE / 2 {
            write!(to, ",{},{}", (x + 40).min(width - 1), (y + 30).min(height - 1))?;
        }
        writeln!(to, "\"")?;
    }
    Ok(())
}

/// Three rows of four lie around one of the spots.
fn place(numbers: &mut Numbers, spots: &[Spot]) -> (u64, u64, u64) {
    let anywhere = (numbers.below(2_000), numbers.below(2_000), numbers.below(COLOURS));
    let index = usize::try_from(numbers.below(spots.len() as u64)).unwrap_or_default();
    let Some(spot) = spots.get(index).filter(|_| numbers.below(4) > 0) else { return anywhere };
    // The sum of two lies near the middle more often than not.
    let mut off = || numbers.below(spot.spread) + numbers.below(spot.spread);
    let (x, y) = (off(), off());
    let colour = spot.colours.get((numbers.next() % 4) as usize).copied().unwrap_or_default();
    ((spot.x + x).saturating_sub(spot.spread), (spot.y + y).saturating_sub(spot.spread), colour)
}

/// A number below `users`, the small ones far more often: of the first of a thousand users come a tenth of all rows.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small")]
fn heavy_tailed(numbers: &mut Numbers, users: u64) -> u64 {
    (numbers.fraction().powi(3) * users as f64) as u64
}

/// 88 characters, as the base64 of a SHA-512 has them.
fn user(number: u64, seed: u64) -> String {
    let mut numbers = Numbers(number.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ seed);
    let bytes: Vec<u8> = (0..8).flat_map(|_| numbers.next().to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn rows_repeat_and_have_the_shape() {
        let rows = |seed| {
            let mut text = Vec::new();
            write_rows(20_000, seed, &mut text).unwrap();
            String::from_utf8(text).unwrap()
        };
        let text = rows(7);
        assert_eq!(text, rows(7));
        assert_ne!(text, rows(8));
        let mut users: HashMap<&str, u32> = HashMap::new();
        for line in text.lines().skip(1) {
            let fields: Vec<_> = line.splitn(4, ',').collect();
            assert_eq!((fields[0].len(), fields[1].len(), fields[2].len()), (27, 88, 7), "{line}");
            *users.entry(fields[1]).or_default() += 1;
        }
        assert_eq!(users.values().sum::<u32>(), 20_000);
        assert!((1_200..1_429).contains(&users.len()), "{}", users.len());
        let most = users.values().max().unwrap();
        assert!(*most > 1_000, "the busiest has {most}");
    }
}
