//! How busy a canvas was: its history in a few hundred buckets.

use crate::canvas::{AuthorId, BlockNumber, Time, Version};
use crate::format::{BlockView, decode_who};

use super::core::{Core, corrupt, missing};
use super::live::Live;
use super::replay::{BLOCK, LogRecord, log_records, state_record};
use super::{Canvas, JournalError, times};

/// Blocks that one timeline reads, at most: about 100 ms. A longer history is sampled.
const BLOCKS_MAX: u64 = 16_384;

/// The most buckets.
const BUCKETS_MAX: u32 = 4_096;

/// Authors that are told apart: 2 MiB of bits.
const AUTHORS_MAX: usize = 1 << 24;

/// A history in buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The buckets, oldest first, without a gap between them.
    pub buckets: Vec<Bucket>,
    /// Whether every entry was counted. Otherwise some blocks of each bucket stand for all of them: `changed` is scaled
    /// up, `authors` are at least so many.
    pub is_exact: bool,
}

/// Some versions in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The version before the first entry.
    pub from: Version,
    /// The version of the last entry.
    pub to: Version,
    /// The time of the last entry.
    pub time: Time,
    /// Cells set: one for each pixel, and as many as it changed for each state.
    pub changed: u64,
    /// Different authors, nobody known being one.
    pub authors: u32,
}

/// The entries after `from` up to `to` in at most `count` buckets of as many versions each. See
/// [`super::Journal::timeline`].
pub(super) fn read(core: &Core, live: &Live, from: Version, to: Version, count: u32) -> Result<Timeline, JournalError> {
    let entries = to.0.saturating_sub(from.0);
    let count = u64::from(count.min(BUCKETS_MAX)).min(entries);
    let blocks_each = (BLOCKS_MAX / count.max(1)).max(1);
    let mut timeline = Timeline { buckets: Vec::new(), is_exact: true };
    let mut authors = Authors::default();
    let bound = |index: u64| {
        let share = u128::from(entries) * u128::from(index) / u128::from(count.max(1));
        Version(from.0 + u64::try_from(share).unwrap_or(u64::MAX))
    };
    for index in 0..count {
        let (from, to) = (bound(index), bound(index + 1));
        let mut sums = Sums { looked_at: 0, changed: 0, authors: &mut authors };
        let (first, end) = (from.0 / BLOCK, to.0.div_ceil(BLOCK));
        let step = (end - first).div_ceil(blocks_each);
        for number in (first..end).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            sums.add_block(core, &live.canvas, BlockNumber(number), from, to)?;
        }
        let (entries, looked_at) = (to.0 - from.0, sums.looked_at.max(1));
        let changed = u128::from(sums.changed) * u128::from(entries) / u128::from(looked_at);
        let time = times::time_of(core, live, to)?;
        let changed = u64::try_from(changed).unwrap_or(u64::MAX);
        timeline.is_exact &= looked_at == entries && authors.are_told_apart;
        timeline.buckets.push(Bucket { from, to, time, changed, authors: authors.count_and_clear() });
    }
    Ok(timeline)
}

/// A bucket being filled.
struct Sums<'a> {
    looked_at: u64,
    changed: u64,
    authors: &'a mut Authors,
}

impl Sums<'_> {
    /// Adds the entries of a block after `from` up to `to`. The slots of a block of pixels are not looked at.
    fn add_block(
        &mut self,
        core: &Core,
        canvas: &Canvas,
        number: BlockNumber,
        from: Version,
        to: Version,
    ) -> Result<(), JournalError> {
        let _permit = core.permits.acquire();
        let end = Version((number.0 + 1) * BLOCK);
        for record in log_records(core, canvas, number, to.min(end))? {
            let view = record.open(canvas)?;
            let start = record.first.0 - 1;
            let index = |version: Version| usize::try_from(version.0.saturating_sub(start)).unwrap_or(usize::MAX);
            let range = index(from)..index(to).min(view.count());
            if range.is_empty() {
                continue;
            }
            self.looked_at += range.len() as u64;
            self.add_authors(core, canvas, &record, &view, &range)?;
            if view.is_pixels_only() {
                self.changed += range.len() as u64;
                continue;
            }
            for index in range {
                self.changed += if view.is_state(index) {
                    state_record(core, canvas, record.first.after(index as u64))?.changed.into()
                } else {
                    1
                };
            }
        }
        Ok(())
    }

    fn add_authors(
        &mut self,
        core: &Core,
        canvas: &Canvas,
        record: &LogRecord,
        view: &BlockView<'_>,
        range: &std::ops::Range<usize>,
    ) -> Result<(), JournalError> {
        if let Some(who) = view.uniform_who().map_err(|problem| corrupt(canvas.id, &record.key, &problem))? {
            self.authors.add(who.author);
            return Ok(());
        }
        let key = &record.who_key;
        let whos = core.store.get(key)?.ok_or_else(|| missing(canvas.id, key))?;
        let runs = decode_who(key, &whos, view.count()).map_err(|problem| corrupt(canvas.id, key, &problem))?;
        let mut start = 0;
        for run in runs {
            let end = start + run.count;
            if start < range.end && end > range.start {
                self.authors.add(run.who.author);
            }
            start = end;
        }
        Ok(())
    }
}

/// The authors of a bucket: a bit for each, and the words that are not 0.
struct Authors {
    bits: Vec<u64>,
    words: Vec<u32>,
    are_told_apart: bool,
}

impl Default for Authors {
    fn default() -> Self {
        Self { bits: Vec::new(), words: Vec::new(), are_told_apart: true }
    }
}

impl Authors {
    fn add(&mut self, AuthorId(id): AuthorId) {
        self.are_told_apart &= (id as usize) < AUTHORS_MAX;
        let id = id as usize % AUTHORS_MAX;
        let word = id / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        if let (Some(bits), Ok(word)) = (self.bits.get_mut(word), u32::try_from(word)) {
            if *bits == 0 {
                self.words.push(word);
            }
            *bits |= 1 << (id % 64);
        }
    }

    fn count_and_clear(&mut self) -> u32 {
        let mut count = 0;
        for word in self.words.drain(..) {
            count += self.bits.get_mut(word as usize).map_or(0, |bits| std::mem::take(bits).count_ones());
        }
        count
    }
}
