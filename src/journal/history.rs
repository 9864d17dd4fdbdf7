//! Reading entries back: pages of history, of the whole canvas, of a region or of one cell.

use std::collections::HashMap;
use std::sync::Arc;

use crate::canvas::{Author, AuthorId, BlockNumber, CellIndex, Change, DeltaNumber, Entry, Rect, Time, Version};
use crate::format::{BlockView, DELTA_ENTRIES, Slot, StateRecord, Who};
use crate::store::Order;

use super::core::Core;
use super::live::Live;
use super::replay::{BLOCK, LogRecord, log_records, state_record};
use super::{Canvas, HistoryPage, HistoryQuery, JournalError, Kind, cell, delta, roster, times};

/// What a look into a delta costs, in records of the log.
const WORK_PER_DELTA: u64 = 8;

/// Where entries are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// Everywhere.
    Canvas,
    /// Within a rectangle of the canvas: pixels in it, states that meet it.
    Region(Rect),
    /// One cell: pixels of it, states that gave it another colour.
    Cell(CellIndex),
}

/// A page of history. Whole stretches are skipped where a delta, and blocks where their bounds or their only author, say
/// that nothing in them is wanted; `since` and `until` are found by binary search.
pub(super) fn page(core: &Core, live: &Arc<Live>, query: &HistoryQuery) -> Result<HistoryPage, JournalError> {
    let place = match query.filter.region {
        None => Some(Place::Canvas),
        Some(region) => region.intersection(live.canvas.size.rect()).map(Place::Region),
    };
    match place {
        Some(place) => page_of(core, live, query, place),
        // Nothing lies outside the canvas.
        None => Ok(HistoryPage { head: live.head().version, entries: Vec::new(), next: None }),
    }
}

/// As [`page`], of what lies at `place`.
pub(super) fn page_of(
    core: &Core,
    live: &Arc<Live>,
    query: &HistoryQuery,
    place: Place,
) -> Result<HistoryPage, JournalError> {
    let (canvas, head) = (&live.canvas, live.head());
    let mut low = query.after.unwrap_or(Version(0));
    let mut high = query.before.map_or(head.version, |before| Version(before.0.saturating_sub(1)).min(head.version));
    if let Some(since) = query.filter.since {
        let earlier = Time(since.0.saturating_sub(1));
        low = low.max(times::version_at(core, canvas, head, earlier)?);
    }
    if let Some(until) = query.filter.until {
        high = high.min(times::version_at(core, canvas, head, until)?);
    }
    let authors = Authors { core, canvas, known: HashMap::new() };
    let wanted = query.filter.author.as_deref().map(|name| authors.ids_of(name)).transpose()?;
    let mut search = Search {
        core,
        live,
        query,
        place,
        authors,
        wanted,
        page: HistoryPage { head: head.version, entries: Vec::new(), next: None },
        work: 0,
    };
    let is_empty = low >= high || query.limit == 0 || search.wanted.as_ref().is_some_and(Vec::is_empty);
    if !is_empty {
        search.run(low, high)?;
    }
    Ok(search.page)
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

/// A page being filled.
struct Search<'a> {
    core: &'a Core,
    live: &'a Arc<Live>,
    query: &'a HistoryQuery,
    place: Place,
    authors: Authors<'a>,
    /// The numbers of the author that is wanted: with and without a token's word for it.
    wanted: Option<Vec<AuthorId>>,
    page: HistoryPage,
    work: u64,
}

impl Search<'_> {
    /// Looks at the entries after `low` up to `high`, stretch by stretch, block by block, until the page is full or its
    /// work is done.
    fn run(&mut self, low: Version, high: Version) -> Result<(), JournalError> {
        for stretch in self.in_order(low.0 / DELTA_ENTRIES, (high.0 - 1) / DELTA_ENTRIES) {
            let (start, end) = (stretch * DELTA_ENTRIES, (stretch + 1) * DELTA_ENTRIES);
            let (low, high) = (low.0.max(start), high.0.min(end));
            if end <= self.page.head.0 && self.is_skipped(DeltaNumber(stretch))? {
                continue;
            }
            for number in self.in_order(low / BLOCK, (high - 1) / BLOCK) {
                let (low, high) = (low.max(number * BLOCK), high.min((number + 1) * BLOCK));
                if self.is_worn_out() {
                    // The entries of this block and beyond are left for the next page.
                    self.page.next = Some(Version(if self.is_ascending() { low } else { high + 1 }));
                    return Ok(());
                }
                if !self.block(BlockNumber(number), Version(low), Version(high))? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether the page has looked at as many records as it may.
    fn is_worn_out(&self) -> bool {
        self.work >= self.core.options.page_records_max
    }

    fn is_ascending(&self) -> bool {
        self.query.order == Order::Ascending
    }

    /// The numbers from `first` to `last` in the order of the page.
    fn in_order(&self, first: u64, last: u64) -> impl Iterator<Item = u64> + use<> {
        let is_ascending = self.is_ascending();
        (0..=last - first).map(move |step| if is_ascending { first + step } else { last - step })
    }

    /// Whether the delta of a stretch says that nothing in it is wanted.
    fn is_skipped(&mut self, number: DeltaNumber) -> Result<bool, JournalError> {
        if self.is_worn_out() || !delta::are_kept(&self.core.options, &self.live.canvas) {
            return Ok(false);
        }
        let (core, live) = (self.core, self.live);
        self.work += WORK_PER_DELTA;
        if self.query.filter.kind == Some(Kind::State) {
            // A stretch with states has no delta.
            return delta::is_whole(core, live, number);
        }
        let has_any = match self.place {
            Place::Canvas => return Ok(false),
            Place::Region(region) => delta::has_region(core, live, number, region),
            Place::Cell(cell) => delta::has_cell(core, live, number, cell),
        };
        Ok(has_any? == Some(false))
    }

    /// Looks at the entries of a block after `low` up to `high`; `false` once the page is full.
    fn block(&mut self, number: BlockNumber, low: Version, high: Version) -> Result<bool, JournalError> {
        let mut records = {
            let _permit = self.core.permits.acquire();
            log_records(self.core, &self.live.canvas, number, high)?
        };
        self.work += records.len() as u64;
        if !self.is_ascending() {
            records.reverse();
        }
        for record in &records {
            let view = record.open(&self.live.canvas)?;
            let start = record.first.0 - 1;
            let index = |version: Version| usize::try_from(version.0.saturating_sub(start)).unwrap_or(usize::MAX);
            let mut indexes = self.candidates(&view, index(low)..index(high).min(view.count()));
            if !self.is_ascending() {
                indexes.reverse();
            }
            if !indexes.is_empty() && !self.take(record, &view, &indexes)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The entries of `range` that may be wanted, by what can be told without their authors and the records of states.
    fn candidates(&self, view: &BlockView<'_>, range: std::ops::Range<usize>) -> Vec<usize> {
        let kind = self.query.filter.kind;
        if view.is_pixels_only() {
            let is_away = match (self.place, view.bounds()) {
                (_, None) => true,
                (Place::Canvas, _) => false,
                (Place::Region(region), Some(bounds)) => region.intersection(bounds).is_none(),
                (Place::Cell(cell), Some(bounds)) => {
                    let (x, y) = self.live.canvas.size.position(cell);
                    !bounds.contains(x, y)
                }
            };
            if is_away || kind == Some(Kind::State) || self.is_by_another(view) {
                return Vec::new();
            }
            if let Place::Cell(cell) = self.place {
                return view.entries_of(cell, range).collect();
            }
        } else if self.is_by_another(view) {
            return Vec::new();
        }
        let is_candidate = |index: &usize| match view.pixel(*index) {
            None => kind != Some(Kind::Pixel),
            Some(pixel) => kind != Some(Kind::State) && self.is_at_place(pixel.cell),
        };
        range.filter(is_candidate).collect()
    }

    /// Whether all entries of a block are by one author, who is not wanted. A source that does not exist is reported
    /// where an entry is read.
    fn is_by_another(&self, view: &BlockView<'_>) -> bool {
        let Some(wanted) = &self.wanted else { return false };
        let who = view.uniform_who().unwrap_or(None);
        who.is_some_and(|who| !wanted.contains(&who.author))
    }

    fn is_at_place(&self, cell: CellIndex) -> bool {
        match self.place {
            Place::Canvas => true,
            Place::Region(region) => {
                let (x, y) = self.live.canvas.size.position(cell);
                region.contains(x, y)
            }
            Place::Cell(wanted) => cell == wanted,
        }
    }

    /// Adds those of the entries at `indexes` that are wanted; `false` once the page is full.
    fn take(&mut self, record: &LogRecord, view: &BlockView<'_>, indexes: &[usize]) -> Result<bool, JournalError> {
        let whos = {
            let _permit = self.core.permits.acquire();
            record.whos(self.core, &self.live.canvas, view)?
        };
        self.work += 1;
        for index in indexes {
            let Some(who) = whos.get(*index) else { continue };
            if self.wanted.as_ref().is_some_and(|wanted| !wanted.contains(&who.author)) {
                continue;
            }
            let version = record.first.after(*index as u64);
            let change = match view.pixel(*index) {
                Some(pixel) => Change::Pixel(pixel),
                None => match self.state(version)? {
                    Some(state) => Change::State { region: state.region, changed: state.changed },
                    None => continue,
                },
            };
            if self.page.entries.len() == self.query.limit {
                self.page.next = self.page.entries.last().map(|entry| entry.version);
                return Ok(false);
            }
            let Who { time, author, source } = *who;
            let author = self.authors.get(author)?;
            self.page.entries.push(Entry { version, time, author, source, change });
        }
        Ok(true)
    }

    /// What the state entry at `version` did, where that is at the place.
    fn state(&mut self, version: Version) -> Result<Option<StateRecord>, JournalError> {
        let state = {
            let _permit = self.core.permits.acquire();
            state_record(self.core, &self.live.canvas, version)?
        };
        self.work += 1;
        let is_wanted = match self.place {
            Place::Canvas => true,
            Place::Region(region) => region.intersection(state.region).is_some(),
            Place::Cell(wanted) => {
                self.work += cell::work_of(&state, &self.live.canvas, wanted);
                cell::changed_by(self.core, self.live, version, &state, wanted)?
            }
        };
        Ok(is_wanted.then_some(state))
    }
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

    /// The numbers of the authors of that name: at most two, one for whom a token vouched and one who called itself so.
    fn ids_of(&self, name: &str) -> Result<Vec<AuthorId>, JournalError> {
        let mut ids = Vec::new();
        for authenticated in [false, true] {
            let author = Author { name: name.to_owned(), authenticated };
            ids.extend(roster::find(self.core, self.canvas.id, &author)?);
        }
        Ok(ids)
    }
}
