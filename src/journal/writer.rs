//! The committer's own view of a canvas: its head with what is under way, and the entries after the last full block.

use std::collections::HashMap;
use std::sync::Arc;

use crate::canvas::{Author, AuthorId, BlockNumber, DeltaNumber, Pixel, Source, Time, Version};
use crate::format::{
    AuthorRecord, BLOCK_ENTRIES, FormatError, NumberRecord, Slot, StateRecord, Who, encode_block, encode_who, key,
};
use crate::store::Batch;

use super::core::{Core, corrupt, missing};
use super::live::Live;
use super::replay::{BLOCK, first_hole, tail_records};
use super::snapshot::Weight;
use super::{Committed, Head, JournalError, delta, roster};

/// Authors whose numbers are kept in memory, a canvas.
const AUTHORS_CACHED_MAX: usize = 1_024;

/// The committer's own view of a canvas.
pub(super) struct Writer {
    pub(super) live: Arc<Live>,
    /// The head with everything in the group under way.
    pub(super) head: Head,
    /// The log since a snapshot was last asked for.
    pub(super) weight: Weight,
    /// The version up to which deltas were asked for; `None` where the canvas has none.
    deltas_upto: Option<Version>,
    /// Entries after the last full block; those before `written` stand in tail records.
    slots: Vec<Slot>,
    written: usize,
    /// The first versions of the tail records, and whether each has a record of authors and times beside it.
    tails: Vec<(Version, bool)>,
    authors: HashMap<Author, AuthorId>,
    next_author: Option<AuthorId>,
}

impl Writer {
    /// The canvas as it stands in the store.
    pub(super) fn load(core: &Core, live: Arc<Live>) -> Result<Self, JournalError> {
        let head = live.head();
        let start = Version(head.version.0 / BLOCK * BLOCK);
        let (mut slots, mut tails) = (Vec::with_capacity(BLOCK_ENTRIES), Vec::new());
        let records = tail_records(core, &live.canvas, start.after(1), head.version)?;
        // With an entry less than there are versions, the next block would put every later one in another's place.
        if let Some(hole) = first_hole(&live.canvas, &records, start, head.version)? {
            return Err(missing(live.canvas.id, &key::tail(live.canvas.id, hole)));
        }
        for record in records {
            let found = record.slots(core, &live.canvas)?;
            let is_uniform = record.open(&live.canvas)?.uniform_who().is_ok_and(|who| who.is_some());
            tails.push((record.first, !is_uniform));
            slots.extend(found);
        }
        if slots.len() as u64 != head.version.0 - start.0 {
            return Err(corrupt(
                live.canvas.id,
                &key::tail(live.canvas.id, head.version),
                &FormatError::Content("count"),
            ));
        }
        let weight = super::snapshot::weight_since_last(core, &live)?;
        let written = slots.len();
        // Those that are missing from before are asked for by whoever would have read them.
        let deltas_upto = delta::are_kept(&core.options, &live.canvas).then_some(head.version);
        Ok(Self { live, head, weight, deltas_upto, slots, written, tails, authors: HashMap::new(), next_author: None })
    }

    /// The stretches that ended since this was last asked, whose deltas are due.
    pub(super) fn finished_stretches(&mut self) -> impl Iterator<Item = DeltaNumber> + use<> {
        let head = self.head.version;
        self.deltas_upto.as_mut().map(|upto| delta::numbers(std::mem::replace(upto, head), head)).into_iter().flatten()
    }

    /// The time for entries committed now: never before the head's.
    fn stamp(&self, now: Time) -> Time {
        now.max(self.head.time)
    }

    /// Adds pixels to the log, by the two of `by` in turn.
    pub(super) fn push_pixels(&mut self, batch: &mut Batch, pixels: &[Pixel], by: [Who; 2], now: Time) -> Committed {
        let first_version = self.head.version.after(1);
        let time = self.stamp(now);
        let mut by = by.map(|who| Who { time, ..who });
        let mut rest = pixels;
        while !rest.is_empty() {
            let room = BLOCK_ENTRIES - self.slots.len();
            let (these, after) = rest.split_at(room.min(rest.len()));
            for pair in these.chunks(2) {
                self.slots.extend(pair.iter().zip(by).map(|(pixel, who)| Slot { pixel: Some(*pixel), who }));
            }
            if these.len() % 2 == 1 {
                by.reverse();
            }
            rest = after;
            self.head = Head { version: self.head.version.after(these.len() as u64), time };
            self.write_block_if_full(batch);
        }
        Committed { first_version, version: self.head.version, time }
    }

    /// Adds a pixel with a time of its own, which is raised where it lies before the head's.
    pub(super) fn push_dated(&mut self, batch: &mut Batch, pixel: Pixel, who: Who) {
        let time = self.stamp(who.time);
        self.slots.push(Slot { pixel: Some(pixel), who: Who { time, ..who } });
        self.head = Head { version: self.head.version.after(1), time };
        self.write_block_if_full(batch);
    }

    /// Adds a state to the log.
    pub(super) fn push_state(
        &mut self,
        core: &Core,
        batch: &mut Batch,
        state: &StateRecord,
        who: Who,
        now: Time,
    ) -> Committed {
        let version = self.head.version.after(1);
        let who = Who { time: self.stamp(now), ..who };
        let key = key::state(self.live.canvas.id, version);
        let record = state.encode(&key);
        let bytes = record.len() as u64 + state.stored_bytes;
        self.weight.add_state(&core.options, &self.live.canvas, version, bytes);
        batch.put(key, record);
        self.slots.push(Slot { pixel: None, who });
        self.head = Head { version, time: who.time };
        self.write_block_if_full(batch);
        Committed { first_version: version, version, time: who.time }
    }

    fn write_block_if_full(&mut self, batch: &mut Batch) {
        if self.slots.len() < BLOCK_ENTRIES {
            return;
        }
        let canvas = &self.live.canvas;
        let number = BlockNumber(self.head.version.0 / BLOCK - 1);
        let key = key::block(canvas.id, number);
        let (record, is_uniform) = encode_block(&key, canvas.size, canvas.mode, &self.slots);
        self.weight.add_bytes(record.len() as u64);
        batch.put(key, record);
        if !is_uniform {
            let key = key::block_who(canvas.id, number);
            let record = encode_who(&key, self.slots.iter().map(|slot| slot.who));
            batch.put(key, record);
        }
        for (first, has_who) in self.tails.drain(..) {
            batch.delete(key::tail(canvas.id, first));
            if has_who {
                batch.delete(key::tail_who(canvas.id, first));
            }
        }
        self.slots.clear();
        self.written = 0;
    }

    /// Puts the entries that no record holds yet into one tail record.
    pub(super) fn write_tail(&mut self, batch: &mut Batch) {
        let Some(fresh) = self.slots.get(self.written..).filter(|fresh| !fresh.is_empty()) else { return };
        let canvas = &self.live.canvas;
        let first = Version(self.head.version.0 - fresh.len() as u64 + 1);
        let key = key::tail(canvas.id, first);
        let (record, is_uniform) = encode_block(&key, canvas.size, canvas.mode, fresh);
        batch.put(key, record);
        if !is_uniform {
            let key = key::tail_who(canvas.id, first);
            let record = encode_who(&key, fresh.iter().map(|slot| slot.who));
            batch.put(key, record);
        }
        self.tails.push((first, !is_uniform));
        self.written = self.slots.len();
    }

    /// Who wrote something, on which way; a new author gets a number. The time is set when it is pushed.
    pub(super) fn who(
        &mut self,
        core: &Core,
        batch: &mut Batch,
        author: Option<&Author>,
        source: Source,
    ) -> Result<Who, JournalError> {
        let author = match author {
            None => AuthorId(0),
            Some(author) => match self.authors.get(author) {
                Some(id) => *id,
                None => self.look_up_author(core, batch, author)?,
            },
        };
        Ok(Who { time: Time(0), author, source })
    }

    fn look_up_author(&mut self, core: &Core, batch: &mut Batch, author: &Author) -> Result<AuthorId, JournalError> {
        let canvas = self.live.canvas.id;
        let id = if let Some(id) = roster::find(core, canvas, author)? {
            id
        } else {
            let id = match self.next_author {
                Some(id) => id,
                None => AuthorId(roster::last(core, canvas)?.0.saturating_add(1)),
            };
            if id == AuthorId(u32::MAX) {
                return Err(corrupt(canvas, &key::author(canvas, id), &FormatError::Content("number")));
            }
            self.next_author = Some(AuthorId(id.0 + 1));
            let (key, name_key) = (key::author(canvas, id), key::author_name(canvas, author));
            let record = AuthorRecord { name: author.name.clone(), authenticated: author.authenticated };
            batch.put(key.clone(), record.encode(&key));
            batch.put(name_key.clone(), NumberRecord { number: id.0.into() }.encode(&name_key));
            id
        };
        self.authors.insert(author.clone(), id);
        Ok(id)
    }

    /// Keeps the cache of authors' numbers small. Called between groups only: an author new in the group under way is not
    /// in the store yet and would be given a second number.
    pub(super) fn settle_authors(&mut self) {
        if self.authors.len() >= AUTHORS_CACHED_MAX {
            self.authors.clear();
        }
    }
}
