//! Numbers as people read them.

use crate::canvas::Time;

/// `16,581,184`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate or another number of which the fraction does not matter.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, and not negative")]
pub(super) fn rounded(number: f64) -> String {
    count(number.max(0.0).round() as u64)
}

/// `5.2 kB`, `178.2 MB`: of a thousand and a million bytes each.
#[expect(clippy::cast_precision_loss, reason = "only one decimal is shown")]
pub(super) fn bytes(bytes: u64) -> String {
    if bytes < 100_000 { format!("{:.1} kB", bytes as f64 / 1e3) } else { format!("{:.1} MB", bytes as f64 / 1e6) }
}

/// `1.9 ms`, `0.45 s`, `173.95 s`.
pub(super) fn seconds(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.1} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// `1 canvas`, `2 canvases`.
pub(super) fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { more })
}

/// RFC 3339, UTC, with milliseconds.
pub(super) fn time(time: Time) -> String {
    jiff::Timestamp::from_millisecond(time.0).map_or_else(|_| format!("{} ms", time.0), |time| format!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1_000, 16_581_184].map(count), ["0", "999", "1,000", "16,581,184"]);
        assert_eq!(rounded(1_234.5), "1,235");
        assert_eq!([5_249, 178_249_000].map(bytes), ["5.2 kB", "178.2 MB"]);
        assert_eq!(seconds(0.0312), "31.2 ms");
        assert_eq!(seconds(173.949), "173.95 s");
        assert_eq!([1, 2].map(|n| counted(n, "canvas", "canvases")), ["1 canvas", "2 canvases"]);
    }

    #[test]
    fn times_have_milliseconds_and_end_in_z() {
        assert_eq!(time(Time(1_732_480_496_070)), "2024-11-24T20:34:56.070Z");
        assert_eq!(time(Time(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(time(Time(i64::MAX)), "9223372036854775807 ms");
    }
}
