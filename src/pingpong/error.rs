//! What can go wrong in a run.

use thiserror::Error;

use crate::canvas::{RunId, Version};
use crate::journal::JournalError;

/// What can go wrong in a run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// More cells to colour than there are colours left.
    #[error("{cells} cells need as many different colours, and there are {colours}")]
    TooFewColours {
        /// White cells to be coloured.
        cells: u32,
        /// Colours that are neither white nor in the image.
        colours: u32,
    },
    /// `granular` is not 1 to 100.
    #[error("granular is 1 to 100, not {0}")]
    Granular(u32),
    /// `pixels_per_hop` is 0 or more than an append takes.
    #[error("pixels_per_hop is 1 to {max}, not {asked}")]
    PixelsPerHop {
        /// What was asked for.
        asked: u32,
        /// The most that is taken.
        max: u32,
    },
    /// Runs and the ping-pong surface work on rgb canvases.
    #[error("a run needs an rgb canvas")]
    NotRgb,
    /// A run brings as many colours as there are cells.
    #[error("a run needs a canvas without a palette")]
    Palette,
    /// The run is not in a state in which that can be done.
    #[error("run {run} is {status}; it cannot be {wish}")]
    WrongStatus {
        /// Which run.
        run: RunId,
        /// What it is now.
        status: &'static str,
        /// What was asked for: "paused", "resumed", "cancelled", "continued".
        wish: &'static str,
    },
    /// A hand-over names a version that is not the run's newest.
    #[error("run {run} is at version {head}, not at {named}")]
    StaleHandOver {
        /// Which run.
        run: RunId,
        /// The version handed over.
        named: Version,
        /// The run's newest.
        head: Version,
    },
    /// The other endpoint did not answer as it should.
    #[error("the hand-over failed: {0}")]
    Exchange(String),
    /// A run that was waited for could not go on.
    #[error("run {run} failed: {reason}")]
    Failed {
        /// Which run.
        run: RunId,
        /// Why.
        reason: String,
    },
    /// The journal refused or failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
