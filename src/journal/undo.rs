//! Undo: what is still visible of some entries is taken back, as one new entry.
//!
//! The target is the image as it would be had the undone entries not happened, and all others had ([`super::without`]
//! rebuilds it). A cell that another entry has written since looks the same with and without them, so what differs from
//! the head is just what is still visible. An undone entry stays in the log: undoing the undo brings it back.

use std::sync::Arc;

use crate::canvas::{Author, AuthorId, BlockNumber, Rect, Source, Time, Version};
use crate::format::Slot;

use super::core::Core;
use super::live::Live;
use super::replay::{BLOCK, for_each_record, log_records, state_record};
use super::state::Leave;
use super::without::Without;
use super::writes::Let;
use super::{Answered, Canvas, Expectation, Journal, JournalError, Outcome, StateWrite, Terms, roster, state};

/// Which entries are taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// Which.
    pub entries: UndoEntries,
    /// Whose entries may be taken back: this author's only, or everybody's.
    pub only: Option<Author>,
}

/// A choice of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoEntries {
    /// All from the first version to the second, both included.
    Versions(Version, Version),
    /// All by the author of this name, from a time on.
    Author {
        /// The name.
        name: String,
        /// The time; without one, all.
        since: Option<Time>,
    },
}

/// What became of an undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoCommitted {
    /// The head after it: the new entry's version, or the head where nothing was left to take back.
    pub version: Version,
    /// Cells that have another colour now; with 0 no entry was made.
    pub changed: u32,
    /// Cells that the undone entries had written and others have written since: they stay as they are.
    pub skipped: u32,
    /// The time of that version.
    pub time: Time,
}

impl Journal {
    /// Takes back what is still visible of some entries within `write.region`, as one entry of the source `undo`
    /// (whatever `write.source` says).
    ///
    /// A pixel entry has written its cell, even where the colour was the same; a state entry has written the cells
    /// whose colour it changed. A cell whose last writer is an undone entry gets the colour that the last writer that
    /// is not undone gave it, or the background. Undoing the new entry is redo.
    ///
    /// Reads the entries from the first undone one to the head, once for each band of the image that they touch.
    ///
    /// # Errors
    ///
    /// As [`Self::put_state`], and [`JournalError::BadRange`], [`JournalError::NoVersion`],
    /// [`JournalError::TooFarBack`], [`JournalError::NotYours`].
    pub fn undo(&self, write: StateWrite, undo: Undo) -> Result<UndoCommitted, JournalError> {
        self.undo_once(write, undo, Terms::default()).map(|answered| answered.outcome)
    }

    /// As [`Self::undo`], on other terms than usual; says whether it was done before.
    ///
    /// # Errors
    ///
    /// As [`Self::undo`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`].
    #[expect(clippy::needless_pass_by_value, reason = "a request is given away, as in `append`")]
    pub fn undo_once(
        &self,
        write: StateWrite,
        undo: Undo,
        terms: Terms<'_>,
    ) -> Result<Answered<UndoCommitted>, JournalError> {
        write.records.check()?;
        let core = self.core();
        let (leave, _claim) = match self.leave(terms)? {
            Let::Before(Outcome::Undone(undone)) => return Ok(Answered::before(undone)),
            Let::Before(_) => return Err(JournalError::KeyReused),
            Let::In(leave, claim) => (leave, claim),
        };
        let live = core.live(write.canvas)?;
        let write = StateWrite { source: Source::Undo, ..write };
        let undone = state::persist(core, &live, &write, leave, |leave| attempt(core, &live, &write, &undo, leave))?;
        Ok(Answered::now(undone))
    }
}

/// Takes the entries back, if the head stays where it is.
fn attempt(
    core: &Arc<Core>,
    live: &Arc<Live>,
    write: &StateWrite,
    undo: &Undo,
    leave: Leave,
) -> Result<UndoCommitted, JournalError> {
    let head = live.head();
    write.expectation.check(head.version)?;
    if !write.region.fits(live.canvas.size) {
        return Err(JournalError::BadRegion);
    }
    let Some((undone, bounds)) = Undone::find(core, &live.canvas, head.version, undo, write.region)? else {
        let found = state::unchanged(core, write, head, Leave { skipped: Some(0), ..leave })?;
        return Ok(UndoCommitted { version: found.version, changed: 0, skipped: 0, time: found.time });
    };
    let Without { rows, skipped } = Without::rebuild(core, live, &undone, head.version, bounds)?;
    // The rows are those of this head: at another one the state must not be written.
    let write = StateWrite { region: bounds, expectation: Expectation::Head(head.version), ..write.clone() };
    let done =
        state::try_put(core, live, &write, &mut || Ok(rows.source()), Leave { skipped: Some(skipped), ..leave })?;
    Ok(UndoCommitted { version: done.version, changed: done.changed, skipped, time: done.time })
}

/// Which versions are undone: a bit each, from the first to the last.
pub(super) struct Undone {
    first: Version,
    bits: Vec<u64>,
}

impl Undone {
    /// The version before the first that is undone.
    pub(super) const fn before(&self) -> Version {
        Version(self.first.0 - 1)
    }

    /// Whether `version` is undone.
    #[inline]
    pub(super) fn contains(&self, version: Version) -> bool {
        let Some(at) = version.0.checked_sub(self.first.0) else { return false };
        let word = usize::try_from(at / 64).ok().and_then(|word| self.bits.get(word));
        word.is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn insert(&mut self, version: Version) {
        let at = version.0 - self.first.0;
        let word = usize::try_from(at / 64).unwrap_or(usize::MAX);
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        if let Some(word) = self.bits.get_mut(word) {
            *word |= 1 << (at % 64);
        }
    }

    /// The entries that `undo` chooses and that lie in `region`, and the smallest rectangle around what they can have
    /// changed there; `None` where there are none.
    fn find(
        core: &Core,
        canvas: &Canvas,
        head: Version,
        undo: &Undo,
        region: Rect,
    ) -> Result<Option<(Self, Rect)>, JournalError> {
        let choice = Choice::new(core, canvas, head, undo)?;
        let max = core.options.undo_entries_max;
        let entries = head.0 - choice.after.0;
        if entries > max {
            return Err(JournalError::TooFarBack { entries, max });
        }
        let mut found: Option<(Self, Rect)> = None;
        for_each_record(core, canvas, choice.after, choice.upto, |record, _, range| {
            for (index, slot) in record.slots(core, canvas)?.iter().enumerate().take(range.end).skip(range.start) {
                let version = record.first.after(index as u64);
                if !choice.names(slot) {
                    continue;
                }
                let Some(touched) = touched(core, canvas, version, slot, region)? else { continue };
                choice.check_owner(version, slot)?;
                let (undone, bounds) =
                    found.get_or_insert_with(|| (Self { first: version, bits: Vec::new() }, touched));
                undone.insert(version);
                *bounds = bounds.union(touched);
            }
            Ok(true)
        })?;
        Ok(found)
    }
}

/// The part of `region` that an entry can have changed.
fn touched(
    core: &Core,
    canvas: &Canvas,
    version: Version,
    slot: &Slot,
    region: Rect,
) -> Result<Option<Rect>, JournalError> {
    if let Some(pixel) = slot.pixel {
        let (x, y) = canvas.size.position(pixel.cell);
        return Ok(region.contains(x, y).then_some(Rect { x, y, w: 1, h: 1 }));
    }
    Ok(state_record(core, canvas, version)?.region.intersection(region))
}

/// A choice of entries, looked up in the log of one canvas.
struct Choice {
    after: Version,
    upto: Version,
    /// Only entries from this time on are chosen.
    since: Option<Time>,
    /// The numbers of the authors whose entries are chosen; `None` for everybody's.
    authors: Option<Vec<AuthorId>>,
    /// The numbers of the authors whose entries may be taken back; `None` for everybody's.
    owners: Option<Vec<AuthorId>>,
}

impl Choice {
    fn new(core: &Core, canvas: &Canvas, head: Version, undo: &Undo) -> Result<Self, JournalError> {
        let owners = match &undo.only {
            Some(author) => Some(roster::find(core, canvas.id, author)?.into_iter().collect()),
            None => None,
        };
        match &undo.entries {
            UndoEntries::Versions(first, last) => {
                if first.0 == 0 || first > last {
                    return Err(JournalError::BadRange { first: *first, last: *last });
                }
                if *last > head {
                    return Err(JournalError::NoVersion { asked: *last, head });
                }
                Ok(Self { after: Version(first.0 - 1), upto: *last, since: None, authors: None, owners })
            }
            UndoEntries::Author { name, since } => {
                let mut authors = Vec::new();
                for authenticated in [false, true] {
                    authors.extend(roster::find(core, canvas.id, &Author { name: name.clone(), authenticated })?);
                }
                // Somebody who has written nothing here needs no reading.
                let after = match since {
                    _ if authors.is_empty() => head,
                    None => Version(0),
                    Some(since) => before_time(core, canvas, head, *since)?,
                };
                Ok(Self { after, upto: head, since: *since, authors: Some(authors), owners })
            }
        }
    }

    fn names(&self, slot: &Slot) -> bool {
        self.since.is_none_or(|since| slot.who.time >= since)
            && self.authors.as_ref().is_none_or(|authors| authors.contains(&slot.who.author))
    }

    fn check_owner(&self, version: Version, slot: &Slot) -> Result<(), JournalError> {
        let is_allowed = self.owners.as_ref().is_none_or(|owners| owners.contains(&slot.who.author));
        if is_allowed { Ok(()) } else { Err(JournalError::NotYours(version)) }
    }
}

/// The last version before `time`, or up to a block earlier: the blocks are halved until one is left.
fn before_time(core: &Core, canvas: &Canvas, head: Version, time: Time) -> Result<Version, JournalError> {
    let (mut low, mut high) = (0, head.0.div_ceil(BLOCK));
    while low < high {
        let middle = low + (high - low) / 2;
        let records = log_records(core, canvas, BlockNumber(middle), Version(head.0.min((middle + 1) * BLOCK)))?;
        let last = records.last().map(|record| record.open(canvas).map(|view| view.times().1)).transpose()?;
        if last.is_some_and(|last| last < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(Version((low * BLOCK).min(head.0)))
}
