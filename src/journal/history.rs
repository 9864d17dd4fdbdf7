//! Reading entries back: pages of history, the time of a version.

use std::collections::HashMap;

use crate::canvas::{Author, AuthorId, BlockNumber, Change, Entry, Rect, Version};
use crate::format::{Slot, key};
use crate::store::Order;

use super::core::{Core, missing};
use super::live::Live;
use super::replay::{BLOCK, log_records, state_record};
use super::{Canvas, EntryFilter, HistoryPage, HistoryQuery, JournalError, Kind, roster};

/// Blocks that one page looks at, at most: a filtered page may end before it is full.
const BLOCKS_PER_PAGE: u64 = 128;

/// A page of history.
pub(super) fn page(core: &Core, live: &Live, query: &HistoryQuery) -> Result<HistoryPage, JournalError> {
    let canvas = &live.canvas;
    let head = live.head().version;
    let first = query.after.map_or(1, |after| after.0.saturating_add(1));
    let last = query.before.map_or(head.0, |before| before.0.saturating_sub(1).min(head.0));
    let mut page = HistoryPage { head, entries: Vec::new(), next: None };
    if first > last || query.limit == 0 {
        return Ok(page);
    }
    let mut authors = Authors { core, canvas, known: HashMap::new() };
    let (low, high) = ((first - 1) / BLOCK, (last - 1) / BLOCK);
    for step in 0..=(high - low) {
        let number = if query.order == Order::Ascending { low + step } else { high - step };
        if step == BLOCKS_PER_PAGE {
            // The entries of this block and beyond are left for the next page.
            page.next = Some(match query.order {
                Order::Ascending => Version(number * BLOCK),
                Order::Descending => Version((number + 1) * BLOCK + 1),
            });
            return Ok(page);
        }
        let _permit = core.permits.acquire();
        let mut slots = block_slots(core, canvas, BlockNumber(number), Version(last))?;
        slots.retain(|(version, _)| (first..=last).contains(&version.0));
        if query.order == Order::Descending {
            slots.reverse();
        }
        for (version, slot) in slots {
            if let Some(entry) = select(core, &mut authors, version, &slot, &query.filter)? {
                if page.entries.len() == query.limit {
                    page.next = page.entries.last().map(|entry| entry.version);
                    return Ok(page);
                }
                page.entries.push(entry);
            }
        }
    }
    Ok(page)
}

/// The entries of a block up to `upto`, with their versions. The caller holds a permit.
pub(super) fn block_slots(
    core: &Core,
    canvas: &Canvas,
    number: BlockNumber,
    upto: Version,
) -> Result<Vec<(Version, Slot)>, JournalError> {
    let mut slots = Vec::new();
    for record in log_records(core, canvas, number, upto)? {
        let found = record.slots(core, canvas)?;
        slots.extend((record.first.0..).map(Version).zip(found));
    }
    slots.retain(|(version, _)| *version <= upto);
    Ok(slots)
}

/// The entry, if the filter lets it through.
fn select(
    core: &Core,
    authors: &mut Authors<'_>,
    version: Version,
    slot: &Slot,
    filter: &EntryFilter,
) -> Result<Option<Entry>, JournalError> {
    let (who, canvas) = (slot.who, authors.canvas);
    let kind = if slot.pixel.is_some() { Kind::Pixel } else { Kind::State };
    let in_time =
        filter.since.is_none_or(|since| who.time >= since) && filter.until.is_none_or(|until| who.time <= until);
    if !in_time || filter.kind.is_some_and(|wanted| wanted != kind) {
        return Ok(None);
    }
    let change = if let Some(pixel) = slot.pixel {
        let (x, y) = canvas.size.position(pixel.cell);
        if filter.region.is_some_and(|region| !region.contains(x, y)) {
            return Ok(None);
        }
        Change::Pixel(pixel)
    } else {
        let state = state_record(core, canvas, version)?;
        if filter.region.is_some_and(|region: Rect| region.intersection(state.region).is_none()) {
            return Ok(None);
        }
        Change::State { region: state.region, changed: state.changed }
    };
    let author = authors.get(who.author)?;
    if let Some(wanted) = &filter.author
        && author.as_ref().is_none_or(|author| author.name != *wanted)
    {
        return Ok(None);
    }
    Ok(Some(Entry { version, time: who.time, author, source: who.source, change }))
}

/// The authors met on one page.
struct Authors<'a> {
    core: &'a Core,
    canvas: &'a Canvas,
    known: HashMap<AuthorId, Author>,
}

impl Authors<'_> {
    fn get(&mut self, id: AuthorId) -> Result<Option<Author>, JournalError> {
        if id == AuthorId(0) {
            return Ok(None);
        }
        if let Some(author) = self.known.get(&id) {
            return Ok(Some(author.clone()));
        }
        let author = roster::author(self.core, self.canvas.id, id)?;
        self.known.insert(id, author.clone());
        Ok(Some(author))
    }
}

/// The time of a version, of the canvas's creation for version 0.
pub(super) fn time_of(core: &Core, live: &Live, version: Version) -> Result<crate::canvas::Time, JournalError> {
    let head = live.head();
    if version > head.version {
        return Err(JournalError::NoVersion { asked: version, head: head.version });
    }
    if version == head.version {
        return Ok(head.time);
    }
    let Some(index) = version.0.checked_sub(1) else { return Ok(live.canvas.created_at) };
    let number = BlockNumber(index / BLOCK);
    let _permit = core.permits.acquire();
    let slots = block_slots(core, &live.canvas, number, version)?;
    let found = slots.last().filter(|(found, _)| *found == version).map(|(_, slot)| slot.who.time);
    found.ok_or_else(|| missing(live.canvas.id, &key::block(live.canvas.id, number)))
}
