//! Times as the files of r/place write them.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::canvas::Time;

const DAY_MS: i64 = 86_400_000;

/// Reads times. Most rows are of the day of the row before, whose beginning is kept.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    /// A date as it was written, and the milliseconds at which it began.
    day: Option<([u8; 10], i64)>,
}

impl Stamps {
    /// Milliseconds since 1970 as a number, or `2022-04-04 00:53:51.577 UTC`, in which the fraction may be missing and
    /// has up to nine digits, of which those below a millisecond are cut off.
    pub(super) fn parse(&mut self, text: &[u8]) -> Option<Time> {
        if text.iter().all(u8::is_ascii_digit) {
            return number(text, 15).map(Time);
        }
        let (date, rest) = text.split_first_chunk::<10>()?;
        let text = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"T"))?;
        let text = text.strip_suffix(b" UTC").or_else(|| text.strip_suffix(b"Z"))?;
        let (clock, fraction) = text.split_first_chunk::<8>()?;
        let &[h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return None };
        let [hours, minutes, seconds] = [[h1, h2], [m1, m2], [s1, s2]].map(|pair| number(&pair, 2));
        let (hours, minutes, seconds) = (hours?, minutes?, seconds?);
        if hours > 23 || minutes > 59 || seconds > 59 {
            return None;
        }
        let clock_ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + milliseconds(fraction)?;
        Some(Time(self.day_start(*date)? + clock_ms))
    }

    fn day_start(&mut self, date: [u8; 10]) -> Option<i64> {
        match self.day {
            Some((known, start)) if known == date => Some(start),
            _ => {
                let day: Date = std::str::from_utf8(&date).ok()?.parse().ok()?;
                let start = day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
                debug_assert_eq!(start % DAY_MS, 0);
                self.day = Some((date, start));
                Some(start)
            }
        }
    }
}

/// A fraction of a second, with its dot, or nothing.
fn milliseconds(fraction: &[u8]) -> Option<i64> {
    let digits = match fraction {
        [] => return Some(0),
        [b'.', digits @ ..] => digits,
        _ => return None,
    };
    number(digits, 9)?;
    let [a, b, c] = [0, 1, 2].map(|place| i64::from(digits.get(place).map_or(0, |digit| digit - b'0')));
    Some(a * 100 + b * 10 + c)
}

/// A number of 1 to `digits_max` digits.
pub(super) fn number(digits: &[u8], digits_max: usize) -> Option<i64> {
    if digits.is_empty() || digits.len() > digits_max || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_numbers_or_text() {
        let mut stamps = Stamps::default();
        for (text, ms) in [
            ("1490918688000", 1_490_918_688_000),
            ("0", 0),
            ("2022-04-04 00:53:51.577 UTC", 1_649_033_631_577),
            ("2022-04-04 00:53:51.57 UTC", 1_649_033_631_570),
            ("2022-04-04 00:53:51 UTC", 1_649_033_631_000),
            ("2022-04-05 23:59:59.999999 UTC", 1_649_203_199_999),
            ("2022-04-04T00:53:51.5Z", 1_649_033_631_500),
            ("1969-12-31 23:59:59.999 UTC", -1),
        ] {
            assert_eq!(stamps.parse(text.as_bytes()), Some(Time(ms)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let mut stamps = Stamps::default();
        for text in [
            "",
            "-1",
            "1234567890123456",
            "2022-04-04",
            "2022-04-04 00:53:51.577",
            "2022-02-30 00:00:00 UTC",
            "2022-04-04 24:00:00 UTC",
            "2022-04-04 00:60:00 UTC",
            "2022-04-04 00:00:60 UTC",
            "2022-04-04 00:00:00. UTC",
            "2022-04-04 00:00:00.1234567890 UTC",
            "2022-04-04 00:00:00,5 UTC",
            "2022-04-04 +0:00:00 UTC",
            "2022/04/04 00:00:00 UTC",
            "yesterday",
        ] {
            assert_eq!(stamps.parse(text.as_bytes()), None, "{text}");
        }
    }
}
