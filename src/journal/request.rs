//! What the committer is asked to do.

use crate::canvas::{Author, CanvasId, Label, Pixel, Source, StateId, Time};
use crate::format::StateRecord;
use crate::store::Batch;

use super::{
    Answered, CallerId, Canvas, Committed, Expectation, Head, Idempotency, JournalError, LabelWrite, NewCanvas,
    Outcome, Records, Settings, TagWrite,
};

/// How a request is answered: called once, by the committer, without blocking. Dropped uncalled where the journal closes.
pub(super) type Reply<T> = Box<dyn FnOnce(Result<T, JournalError>) + Send>;

/// What is written together with a new canvas, once its number is known.
pub(super) type RecordsFor = Box<dyn FnOnce(CanvasId) -> Records + Send>;

/// Leave to write to a canvas that is reserved.
pub(super) type Token = u64;

/// Entries for one canvas.
pub(super) struct Write {
    pub(super) canvas: CanvasId,
    pub(super) content: Content,
    pub(super) author: Option<Author>,
    pub(super) source: Source,
    pub(super) expectation: Expectation,
    pub(super) records: Records,
    pub(super) token: Option<Token>,
    /// The way on which every second pixel came in, where that is another.
    pub(super) every_second: Option<Source>,
    /// Who is subject to the canvas's cooldown.
    pub(super) caller: Option<CallerId>,
    pub(super) keyed: Option<Box<Keyed>>,
    /// Cells that an undo leaves as they are; told again by its outcome.
    pub(super) skipped: Option<u32>,
}

impl Content {
    /// How many cells a state changes.
    pub(super) fn changed(&self) -> Option<u32> {
        match self {
            Self::State(state, _) => Some(state.changed),
            _ => None,
        }
    }
}

/// What a write that may be repeated is known by, and the token of whoever holds the key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keyed {
    pub(super) idempotency: Idempotency,
    pub(super) claim: Option<Token>,
}

/// A canvas to be made.
pub(super) struct Create {
    pub(super) new: NewCanvas,
    pub(super) settings: Settings,
    pub(super) label: Option<Label>,
    pub(super) records: RecordsFor,
    pub(super) keyed: Option<Keyed>,
    /// What is remembered instead of the canvas.
    pub(super) outcome: Option<Vec<u8>>,
}

/// What is known of an idempotency key: an outcome, or the token of whoever asked and holds it now.
pub(super) enum Recall {
    Before(Outcome),
    Free(Token),
}

/// What the entries are.
pub(super) enum Content {
    Pixels(Vec<Pixel>),
    /// One state, and the staging mark to be taken away, where data was staged for it.
    State(Box<StateRecord>, Option<StateId>),
    /// Nothing: it was found wrong beforehand, which is told when its turn has come.
    Wrong(JournalError),
}

/// A hidden canvas, complete but for its own record and its name.
pub(super) struct Shown {
    pub(super) id: CanvasId,
    pub(super) new: NewCanvas,
    pub(super) settings: Settings,
    pub(super) created_at: Time,
    pub(super) head: Head,
    pub(super) records: Records,
    pub(super) keyed: Option<Keyed>,
}

/// What the committer is asked to do.
pub(super) enum Request {
    /// Append entries.
    Write(Write, Reply<Answered<Committed>>),
    /// Make a canvas, with the records that belong to its number.
    Create(Box<Create>, Reply<Answered<Canvas>>),
    /// Give out a number for a canvas that nobody sees yet, and mark it as hidden.
    Hide(Reply<CanvasId>),
    /// Make a hidden canvas visible.
    Show(Box<Shown>, Reply<Answered<Canvas>>),
    /// Write records of the layer above.
    Records(Records, Reply<()>),
    /// The same, with an outcome to be remembered; answered with that of before, where it was done before.
    Remember(Records, Box<(Keyed, Outcome)>, Reply<Option<Outcome>>),
    /// Look up an idempotency key and hold it, where it is free.
    Recall(Box<Idempotency>, Reply<Recall>),
    /// Give an idempotency key back.
    Unclaim([u8; 32], Token),
    /// Name a version, or no longer.
    Tag(Box<TagWrite>, Reply<Answered<bool>>),
    /// Give a canvas a label, or none; answered with its head.
    Label(Box<LabelWrite>, Reply<Answered<Head>>),
    /// Delete a canvas.
    Delete(CanvasId, Expectation, Reply<()>),
    /// Delete what a deleted canvas has left behind.
    Purge(Batch, Reply<()>),
    /// Write what is not visible yet, or is derived, for a canvas that is not deleted.
    Stage(CanvasId, Batch, Reply<()>),
    /// Let only the bearer of the token write to a canvas; others' requests wait.
    Reserve(CanvasId, Reply<Token>),
    /// Let everybody write again.
    Release(CanvasId),
    /// Finish.
    Close,
}

impl Request {
    /// Pixels that it keeps in memory while it waits. What the journal asks of itself counts nothing: it must get
    /// through when clients' writes, which may be waiting for just that, have used up the bound.
    pub(super) fn pixels(&self) -> usize {
        match self {
            Self::Write(Write { content: Content::Pixels(pixels), .. }, _) => pixels.len(),
            _ => 0,
        }
    }
}
