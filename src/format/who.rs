//! Who wrote the entries of a block, when, and on which way: runs of equal values, as variable-length integers.
//!
//! Replay never reads these records. LEB128 (DWARF 5, section 7.6) keeps the worst block, 512 different entries, within
//! one value: each run takes one byte for its length, one for its source, at most 5 for the author, and the time deltas
//! of a block sum to less than 2^48 ms, so that few of them can be long.

use super::{BLOCK_ENTRIES, FormatError, frame::end_frame, frame::start_frame, open_frame};
use crate::canvas::{AuthorId, Source, Time};

/// Who wrote an entry, when, on which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// When it was committed.
    pub time: Time,
    /// Who wrote it; 0 is nobody known.
    pub author: AuthorId,
    /// On which way it came in.
    pub source: Source,
}

impl Default for Who {
    fn default() -> Self {
        Self { time: Time(0), author: AuthorId(0), source: Source::Api }
    }
}

/// So many entries in a row with the same [`Who`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhoRun {
    /// How many.
    pub count: usize,
    /// Whose.
    pub who: Who,
}

/// The record of `whos`, one for each entry in order, times not decreasing, under `key`.
#[must_use]
pub fn encode_who(key: &[u8], whos: impl Iterator<Item = Who>) -> Vec<u8> {
    let mut runs: Vec<WhoRun> = Vec::new();
    for who in whos {
        match runs.last_mut() {
            Some(run) if run.who == who => run.count += 1,
            _ => runs.push(WhoRun { count: 1, who }),
        }
    }
    let mut record = start_frame(16 * runs.len());
    let mut time = 0;
    for run in runs {
        put_varint(&mut record, run.count as u64);
        record.push(run.who.source as u8);
        put_varint(&mut record, u64::from(run.who.author.0));
        put_varint(&mut record, run.who.time.0.saturating_sub(time).cast_unsigned());
        time = run.who.time.0;
    }
    end_frame(key, record)
}

/// The runs of `record`, read from under `key`, which must cover `count` entries.
///
/// # Errors
///
/// [`FormatError`] where it is damaged or covers another number of entries.
pub fn decode_who(key: &[u8], record: &[u8], count: usize) -> Result<Vec<WhoRun>, FormatError> {
    let mut rest = open_frame(key, record)?;
    let mut runs = Vec::new();
    let (mut covered, mut time) = (0, 0i64);
    while !rest.is_empty() {
        let length = usize::try_from(take_varint(&mut rest)?).map_err(|_| FormatError::Content("count"))?;
        if length == 0 || length > BLOCK_ENTRIES {
            return Err(FormatError::Content("count"));
        }
        let (number, after) = rest.split_first().ok_or(FormatError::Short)?;
        rest = after;
        let source = Source::from_number(*number).ok_or(FormatError::Content("source"))?;
        let author = u32::try_from(take_varint(&mut rest)?).map_err(|_| FormatError::Content("author"))?;
        let delta = take_varint(&mut rest)?.cast_signed();
        // The first delta is the time itself and may be negative; later ones never are.
        if delta < 0 && !runs.is_empty() {
            return Err(FormatError::Content("time"));
        }
        time = time.checked_add(delta).ok_or(FormatError::Content("time"))?;
        covered += length;
        runs.push(WhoRun { count: length, who: Who { time: Time(time), author: AuthorId(author), source } });
    }
    if covered == count { Ok(runs) } else { Err(FormatError::Content("count")) }
}

fn put_varint(record: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            return record.push(low & 0x7f);
        }
        record.push(low | 0x80);
    }
}

fn take_varint(rest: &mut &[u8]) -> Result<u64, FormatError> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().ok_or(FormatError::Short)?;
        *rest = after;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            break;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(FormatError::Content("integer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whos() -> impl Strategy<Value = Vec<Who>> {
        let who = (any::<i64>(), any::<u32>(), 0u8..8).prop_map(|(time, author, source)| Who {
            time: Time(time >> 15),
            author: AuthorId(author),
            source: Source::from_number(source).expect("0 to 7"),
        });
        proptest::collection::vec((who, 1usize..4), 1..200).prop_map(|runs| {
            let mut whos: Vec<_> = runs.into_iter().flat_map(|(who, count)| vec![who; count]).collect();
            whos.truncate(BLOCK_ENTRIES);
            whos.sort_by_key(|who| who.time);
            whos
        })
    }

    proptest! {
        #[test]
        fn runs_round_trip(whos in whos()) {
            let record = encode_who(b"key", whos.iter().copied());
            let runs = decode_who(b"key", &record, whos.len()).expect("just encoded");
            let decoded: Vec<_> = runs.iter().flat_map(|run| vec![run.who; run.count]).collect();
            prop_assert_eq!(&decoded, &whos);
            prop_assert_eq!(decode_who(b"key", &record, whos.len() + 1), Err(FormatError::Content("count")));
        }
    }

    #[test]
    fn the_worst_block_fits_one_value() {
        // 4-byte authors (over 2 million of them on one canvas) and three days between any two entries.
        let whos = (0..512).map(|i| Who {
            time: Time(1_800_000_000_000 + i * (1 << 28)),
            author: AuthorId((1 << 28) - 1 - u32::try_from(i).expect("small")),
            source: Source::Api,
        });
        let record = encode_who(b"key", whos);
        assert!(record.len() <= crate::format::VALUE_BYTES_MAX, "{} bytes", record.len());
    }
}
