//! Labels: what people call canvases.
//!
//! A label is decided on by the committer and written with its group. What is shown is kept beside the canvas in use and
//! changes when the sync is over, as heads do. A damaged record keeps nobody from the canvas itself: it is reported to
//! who asks for the label, and written anew by who sets one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::canvas::{CanvasId, Label, Time, Version};
use crate::format::{FormatError, LabelRecord, key};
use crate::store::Batch;

use super::core::Core;
use super::live::Live;
use super::{Expectation, Head, Idempotency, JournalError};

/// A label to be given to a canvas, or taken away.
#[derive(Debug, Clone)]
pub struct LabelWrite {
    /// To which canvas.
    pub canvas: CanvasId,
    /// The label from now on; `None` takes it away.
    pub label: Option<Label>,
    /// What must hold for it to happen.
    pub expectation: Expectation,
    /// Makes it repeatable.
    pub idempotency: Option<Idempotency>,
}

/// The label of a canvas, or what is wrong with its record.
pub(super) type Known = Result<Option<Label>, FormatError>;

/// More than the key and the record of a label take.
const CHANGE_BYTES_MAX: usize = 4 * Label::CHARS_MAX + 64;

/// The labels that a group under way changes. The canvases are held until it is over, so that nobody looks into the store
/// for what is not durable yet.
#[derive(Default)]
pub(super) struct Labelling(BTreeMap<CanvasId, (Arc<Live>, Option<Label>)>);

impl Labelling {
    /// Changes the label of a canvas; of several changes in a group, the last counts.
    pub(super) fn set(&mut self, live: &Arc<Live>, label: Option<Label>) {
        self.0.insert(live.canvas.id, (live.clone(), label));
    }

    /// Adds the changes to a batch that is about to be committed.
    pub(super) fn write(&self, batch: &mut Batch) {
        self.0.iter().for_each(|(id, (_, label))| put(batch, *id, label.as_ref()));
    }

    /// At most so many bytes are written for it.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() * CHANGE_BYTES_MAX
    }

    /// The canvases whose labels change.
    pub(super) fn lives(&self) -> impl Iterator<Item = Arc<Live>> {
        self.0.values().map(|(live, _)| live.clone())
    }

    /// The changes are durable.
    pub(super) fn publish(&self) {
        self.0.values().for_each(|(live, label)| live.publish_label(label.clone()));
    }
}

/// Writes the label of a canvas; one that has none has no such record.
pub(super) fn put(batch: &mut Batch, canvas: CanvasId, label: Option<&Label>) {
    let key = key::label(canvas);
    match label {
        Some(label) => {
            let record = LabelRecord { label: label.to_string() }.encode(&key);
            batch.put(key, record);
        }
        None => batch.delete(key),
    }
}

/// The label in the store, of a canvas that is not in use.
pub(super) fn read(core: &Core, canvas: CanvasId) -> Result<Known, JournalError> {
    let key = key::label(canvas);
    let Some(record) = core.store.get(&key)? else { return Ok(Ok(None)) };
    Ok(LabelRecord::decode(&key, &record)
        .and_then(|LabelRecord { label }| label.parse().map(Some).map_err(|_| FormatError::Content("label"))))
}

/// What is remembered of a label that was given: where the head was then.
pub(super) fn outcome(head: Head) -> Vec<u8> {
    [head.version.0.to_le_bytes(), head.time.0.to_le_bytes()].concat()
}

/// The head in what was remembered; nothing where that is the outcome of another kind of write.
pub(super) fn remembered(outcome: &[u8]) -> Option<Head> {
    let (version, time) = outcome.split_first_chunk::<8>()?;
    let time = time.try_into().ok()?;
    Some(Head { version: Version(u64::from_le_bytes(*version)), time: Time(i64::from_le_bytes(time)) })
}
