//! What can go wrong in the journal.

use std::io;

use thiserror::Error;

use crate::canvas::{Author, CanvasId, Name, PaletteError, RunId, SizeError, Tag, Version};
use crate::format::ExportError;
use crate::store::StoreError;

/// What can go wrong in the journal. Errors say what; `http` decides which status that is.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JournalError {
    /// No canvas has this name.
    #[error("there is no canvas {0:?}")]
    NoCanvas(String),
    /// No canvas has this number.
    #[error("there is no canvas number {0}")]
    NoCanvasId(CanvasId),
    /// The canvas was deleted; its name is not given out again.
    #[error("the canvas {0} was deleted")]
    Deleted(Name),
    /// Another canvas has, or had, this name.
    #[error("the name {0} is taken")]
    NameTaken(Name),
    /// No run has this number.
    #[error("there is no run {0}")]
    NoRun(RunId),
    /// The version is beyond the head.
    #[error("version {asked} does not exist yet: the newest is {head}")]
    NoVersion {
        /// The version asked for.
        asked: Version,
        /// The newest there is.
        head: Version,
    },
    /// The head is not where the writer expected it.
    #[error("the canvas is at version {head}, not at {expected}")]
    HeadMoved {
        /// The version the writer named.
        expected: Version,
        /// The newest there is.
        head: Version,
    },
    /// A width and a height that make no canvas.
    #[error(transparent)]
    Size(#[from] SizeError),
    /// A canvas larger than the limits allow.
    #[error("{width}×{height} is larger than the limit of {side_max} cells a side and {cells_max} cells in all")]
    TooLarge {
        /// The width asked for.
        width: u32,
        /// The height asked for.
        height: u32,
        /// The longest side allowed.
        side_max: u32,
        /// The most cells allowed.
        cells_max: u32,
    },
    /// One pixel of a batch cannot be written; none was.
    #[error("pixel {index} of the batch {problem}")]
    BadPixel {
        /// Its place in the batch, from 0.
        index: usize,
        /// What is wrong with it.
        problem: PixelProblem,
    },
    /// A batch with no pixel in it, or more than one call may carry.
    #[error("a batch carries 1 to {max} pixels, not {count}")]
    BatchSize {
        /// How many there were.
        count: usize,
        /// The most that are taken.
        max: usize,
    },
    /// A range of versions that names none.
    #[error("{first} to {last} is not a range of versions: the first is at least 1, and not after the last")]
    BadRange {
        /// The first version named.
        first: Version,
        /// The last version named.
        last: Version,
    },
    /// More entries would have to be looked at than one undo may take back.
    #[error("{entries} entries would have to be looked at, more than {max}: choose later ones")]
    TooFarBack {
        /// Entries from the first chosen one to the head.
        entries: u64,
        /// The most that are looked at.
        max: u64,
    },
    /// An entry that somebody else has written.
    #[error("version {0} was written by somebody else")]
    NotYours(Version),
    /// A region that is empty or not within the canvas.
    #[error("the region does not lie within the canvas")]
    BadRegion,
    /// A transparent colour for a canvas that has none.
    #[error("the canvas has no transparency, but the colour at {x},{y} is not opaque")]
    Transparent {
        /// Its column.
        x: u32,
        /// Its row.
        y: u32,
    },
    /// Colours that make no palette for the canvas.
    #[error(transparent)]
    Palette(#[from] PaletteError),
    /// A state would give a cell a colour that is not in the canvas's palette.
    #[error("the colour at {x},{y} is not in the palette")]
    NotInPalette {
        /// Its column.
        x: u32,
        /// Its row.
        y: u32,
    },
    /// The caller wrote to the canvas a moment ago.
    #[error("the next pixel may come in {wait_ms} ms")]
    TooSoon {
        /// Milliseconds to wait, at least 1.
        wait_ms: u64,
    },
    /// The idempotency key was used for another write.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The write with this idempotency key is not answered yet.
    #[error("the request with this idempotency key is still in flight")]
    KeyInFlight,
    /// An outcome that is too long to be remembered.
    #[error("an outcome that is remembered has at most {max} bytes, not {bytes}")]
    OutcomeTooLong {
        /// Bytes it has.
        bytes: usize,
        /// The most that are taken.
        max: usize,
    },
    /// The canvas has no such tag.
    #[error("there is no tag {0}")]
    NoTag(Tag),
    /// The rows of a state could not be read.
    #[error("the image could not be read: {0}")]
    Rows(#[source] io::Error),
    /// A file is not a log that can be imported; nothing was.
    #[error("the file cannot be imported (at byte {offset}): {problem}")]
    BadFile {
        /// How many bytes were read.
        offset: u64,
        /// What is wrong.
        problem: ExportError,
    },
    /// What was to be imported could not be read.
    #[error("the file could not be read: {0}")]
    Input(#[source] io::Error),
    /// What was exported could not be written.
    #[error("the file could not be written: {0}")]
    Output(#[source] io::Error),
    /// A stored record is damaged or missing.
    #[error("{record} of canvas {canvas} is damaged: {problem}")]
    Corrupt {
        /// Which record: its kind and number.
        record: String,
        /// Whose.
        canvas: CanvasId,
        /// What is wrong with it.
        problem: String,
    },
    /// The name of an author that is empty, too long or has control characters.
    #[error("an author has 1 to {} characters and no control characters", Author::NAME_CHARS_MAX)]
    BadAuthor,
    /// The record of a run that is too long to be stored.
    #[error("the record of a run has at most {max} bytes, not {bytes}")]
    RecordTooLong {
        /// Bytes it has.
        bytes: usize,
        /// The most that are taken.
        max: usize,
    },
    /// More requests wait than the queue holds.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The journal is closing; nothing was written.
    #[error("the server is stopping")]
    Stopping,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl JournalError {
    /// Whether a write that answered with this may have taken effect.
    pub(super) const fn may_have_written(&self) -> bool {
        match self {
            Self::Store(error) => !matches!(error, StoreError::Full { .. } | StoreError::Precondition { .. }),
            // The committer may have ended between the commit and its answer.
            Self::Stopping => true,
            _ => false,
        }
    }
}

/// What is wrong with one pixel of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PixelProblem {
    /// Its cell is not on the canvas.
    #[error("lies outside the canvas")]
    OutOfBounds,
    /// It is transparent on a canvas without transparency.
    #[error("is transparent, which an rgb canvas cannot hold")]
    Transparent,
    /// Its colour is not in the canvas's palette.
    #[error("has a colour that is not in the palette")]
    NotInPalette,
}
