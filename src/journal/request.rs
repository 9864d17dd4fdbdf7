//! What the committer is asked to do.

use crate::canvas::{Author, CanvasId, Pixel, Source, StateId, Time};
use crate::format::StateRecord;
use crate::store::Batch;

use super::{Canvas, Committed, Expectation, Head, JournalError, NewCanvas, Records};

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
}

/// What the entries are.
pub(super) enum Content {
    Pixels(Vec<Pixel>),
    /// One state, and the staging mark to be taken away, where data was staged for it.
    State(Box<StateRecord>, Option<StateId>),
}

/// A hidden canvas, complete but for its own record and its name.
pub(super) struct Shown {
    pub(super) id: CanvasId,
    pub(super) new: NewCanvas,
    pub(super) created_at: Time,
    pub(super) head: Head,
    pub(super) records: Records,
}

/// What the committer is asked to do.
pub(super) enum Request {
    /// Append entries.
    Write(Write, Reply<Committed>),
    /// Make a canvas, with the records that belong to its number.
    Create(NewCanvas, RecordsFor, Reply<Canvas>),
    /// Give out a number for a canvas that nobody sees yet, and mark it as hidden.
    Hide(Reply<CanvasId>),
    /// Make a hidden canvas visible.
    Show(Box<Shown>, Reply<Canvas>),
    /// Write records of the layer above.
    Records(Records, Reply<()>),
    /// Write what is not visible yet, or is derived.
    Stage(Batch, Reply<()>),
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
