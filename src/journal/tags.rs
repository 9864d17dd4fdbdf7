//! Tags: names for versions.
//!
//! A tag is decided on by the committer and written with its group; readers look it up in the store. So that they see
//! only what is durable, the old meaning of a tag that is under way is kept beside the canvas until the sync is over,
//! and looked at after the store was.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::canvas::{CanvasId, Tag, Version};
use crate::format::{NumberRecord, key};
use crate::store::{Batch, Order};

use super::core::{Core, corrupt, missing};
use super::live::Live;
use super::{Expectation, Idempotency, JournalError};

/// A tag to be put on a version, or taken away.
#[derive(Debug, Clone)]
pub struct TagWrite {
    /// On which canvas.
    pub canvas: CanvasId,
    /// The tag.
    pub tag: Tag,
    /// The version that it names from now on; `None` takes the tag away.
    pub version: Option<Version>,
    /// What must hold for it to happen.
    pub expectation: Expectation,
    /// Makes it repeatable.
    pub idempotency: Option<Idempotency>,
}

/// A page of tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagPage {
    /// The tags in the order of their names, and what they name.
    pub tags: Vec<(Tag, Version)>,
    /// The next page is of those after this one.
    pub next: Option<Tag>,
}

/// More than the key and the record of a tag take.
const CHANGE_BYTES_MAX: usize = 96;

/// The tags that a group under way changes.
#[derive(Default)]
pub(super) struct Tagging(BTreeMap<(CanvasId, Tag), Change>);

struct Change {
    live: Arc<Live>,
    /// What is durable.
    before: Option<Version>,
    after: Option<Version>,
}

impl Tagging {
    /// Changes what a tag names; says whether it named something before.
    pub(super) fn set(
        &mut self,
        core: &Core,
        live: &Arc<Live>,
        tag: Tag,
        after: Option<Version>,
    ) -> Result<bool, JournalError> {
        let place = (live.canvas.id, tag);
        let (before, now) = match self.0.get(&place) {
            Some(change) => (change.before, change.after),
            None => read(core, live.canvas.id, &place.1).map(|found| (found, found))?,
        };
        if after.is_none() && now.is_none() {
            return Err(JournalError::NoTag(place.1));
        }
        self.0.insert(place, Change { live: live.clone(), before, after });
        Ok(now.is_some())
    }

    /// Adds the changes to a batch that is about to be committed.
    pub(super) fn write(&self, batch: &mut Batch) {
        for ((canvas, tag), Change { live, before, after }) in &self.0 {
            live.tags_before.set(tag.clone(), *before);
            let key = key::tag(*canvas, tag);
            match after {
                Some(version) => {
                    let record = NumberRecord { number: version.0 }.encode(&key);
                    batch.put(key, record);
                }
                None => batch.delete(key),
            }
        }
    }

    /// At most so many bytes are written for it.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() * CHANGE_BYTES_MAX
    }

    /// The canvases whose tags change.
    pub(super) fn lives(&self) -> impl Iterator<Item = Arc<Live>> {
        self.0.values().map(|change| change.live.clone())
    }

    /// The changes are durable, or did not happen.
    pub(super) fn settle(&self) {
        self.0.values().for_each(|change| change.live.tags_before.clear());
    }
}

/// What tags under way named before.
#[derive(Debug, Default)]
pub(super) struct TagsBefore(std::sync::Mutex<BTreeMap<Tag, Option<Version>>>);

impl TagsBefore {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Tag, Option<Version>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn set(&self, tag: Tag, before: Option<Version>) {
        self.lock().insert(tag, before);
    }

    fn clear(&self) {
        self.lock().clear();
    }
}

fn read(core: &Core, canvas: CanvasId, tag: &Tag) -> Result<Option<Version>, JournalError> {
    let key = key::tag(canvas, tag);
    let Some(record) = core.store.get(&key)? else { return Ok(None) };
    decode(canvas, &key, &record).map(Some)
}

/// The version that a tag names.
pub(super) fn decode(canvas: CanvasId, key: &[u8], record: &[u8]) -> Result<Version, JournalError> {
    let found = NumberRecord::decode(key, record).map_err(|problem| corrupt(canvas, key, &problem))?;
    Ok(Version(found.number))
}

/// The version that a tag names.
pub(super) fn resolve(core: &Core, live: &Live, tag: &Tag) -> Result<Version, JournalError> {
    let found = read(core, live.canvas.id, tag)?;
    let found = live.tags_before.lock().get(tag).copied().unwrap_or(found);
    found.ok_or_else(|| JournalError::NoTag(tag.clone()))
}

/// At most `limit` tags after `after`.
pub(super) fn page(core: &Core, live: &Live, after: Option<&Tag>, limit: usize) -> Result<TagPage, JournalError> {
    let canvas = live.canvas.id;
    let (mut from, to) = key::tags(canvas);
    if let Some(after) = after {
        from = key::tag(canvas, after);
        // The first key after it.
        from.push(0);
    }
    let found = {
        let _permit = core.permits.acquire();
        core.store.scan(&from, &to, Order::Ascending, limit)?
    };
    let is_last = found.len() < limit;
    let mut tags = BTreeMap::new();
    for (key, record) in found {
        let text = key.get(9..).and_then(|text| std::str::from_utf8(text).ok());
        let tag: Tag = text.and_then(|text| text.parse().ok()).ok_or_else(|| missing(canvas, &key))?;
        tags.insert(tag, decode(canvas, &key, &record)?);
    }
    let next = if is_last { None } else { tags.keys().next_back().cloned() };
    let start = after.map_or(Bound::Unbounded, Bound::Excluded);
    let end = next.as_ref().map_or(Bound::Unbounded, Bound::Included);
    for (tag, before) in live.tags_before.lock().range::<Tag, _>((start, end)) {
        match before {
            Some(version) => tags.insert(tag.clone(), *version),
            None => tags.remove(tag),
        };
    }
    Ok(TagPage { tags: tags.into_iter().collect(), next })
}
