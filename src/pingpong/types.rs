//! What a run is started with, and what it shows of itself.

use crate::canvas::{Author, CanvasId, Name, RunId, Size, Source, Time, Version};
use crate::journal::{Canvas, JournalError, RowSource};

use super::RunError;

/// The two endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `/ping`.
    Ping,
    /// `/pong`.
    Pong,
}

impl Side {
    /// The endpoint that it hands over to.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Ping => Self::Pong,
            Self::Pong => Self::Ping,
        }
    }

    /// The source of the entries that it writes.
    #[must_use]
    pub const fn source(self) -> Source {
        match self {
            Self::Ping => Source::Ping,
            Self::Pong => Source::Pong,
        }
    }

    /// `"ping"` or `"pong"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.source().as_str()
    }
}

/// How the state gets from one endpoint to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExchangeKind {
    /// A call within the process.
    #[default]
    Local,
    /// A loopback HTTP request for each hand-over, answered when its pixels are durable.
    Http,
}

impl ExchangeKind {
    /// `"local"` or `"http"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Http => "http",
        }
    }
}

/// A state handed to an endpoint: by reference, since the log holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOver {
    /// Whose.
    pub run: RunId,
    /// The version handed over: the run's newest.
    pub version: Version,
}

/// What an endpoint answers to a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The version after its pixels, durable.
    pub version: Version,
    /// floor(100 · coloured / cells) at that version.
    pub progression: u32,
}

/// The way from one endpoint to the other.
pub trait Exchange: Send {
    /// Hands the state to `side` and waits for its answer.
    ///
    /// # Errors
    ///
    /// [`RunError::Exchange`] where the endpoint could not be reached or refused.
    fn hand_over(&mut self, side: Side, state: HandOver) -> Result<Hop, RunError>;
}

/// Which canvas a run fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunTarget {
    /// A new white one of that size; without a name, one is made.
    New {
        /// Its size.
        size: Size,
        /// Its name.
        name: Option<Name>,
    },
    /// One that is there; its white cells are filled.
    Existing(CanvasId),
}

/// What a run is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSpec {
    /// The canvas.
    pub target: RunTarget,
    /// A picture at each multiple of so many percent, 1 to 100.
    pub granular: u32,
    /// Pixels added by one hand-over.
    pub pixels_per_hop: u32,
    /// How the state is handed over.
    pub exchange: ExchangeKind,
    /// Chooses cells and colours; without one, a random one is drawn.
    pub seed: Option<u64>,
    /// Who is named as the author.
    pub author: Option<Author>,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// It goes on by itself, also after a restart.
    Running,
    /// It waits to be resumed.
    Paused,
    /// Every cell is coloured.
    Completed,
    /// It was ended early; what it wrote stays.
    Cancelled,
    /// It could not go on.
    Failed,
}

impl RunStatus {
    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        }
    }

    /// Whether it will never add another pixel.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }
}

/// A picture of a run: the exact image at the version at which its progression became `percent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// The progression it shows, a multiple of the run's `granular`.
    pub percent: u32,
    /// The version to render.
    pub version: Version,
}

/// A run as it is now. Everything in it is durable.
#[derive(Debug, Clone, PartialEq)]
pub struct RunView {
    /// Its number.
    pub id: RunId,
    /// The canvas it fills. Of one that was deleted only number, name and size are still known.
    pub canvas: Canvas,
    /// Where it is.
    pub status: RunStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// floor(100 · coloured / cells).
    pub progression: u32,
    /// Coloured cells.
    pub pixels: u32,
    /// Cells in all.
    pub cells: u32,
    /// Pixels a second, over its time of running in this process; 0 where it did not run.
    pub pixels_per_second: f64,
    /// Seconds left at that rate, while it runs.
    pub eta_seconds: Option<f64>,
    /// When it was started.
    pub started_at: Time,
    /// When it was over.
    pub finished_at: Option<Time>,
    /// A picture at each multiple of so many percent.
    pub granular: u32,
    /// Pixels added by one hand-over.
    pub pixels_per_hop: u32,
    /// How the state is handed over.
    pub exchange: ExchangeKind,
    /// What chose its cells and colours.
    pub seed: u64,
    /// Its pictures so far, in order.
    pub pictures: Vec<Picture>,
    /// The newest version it made, or started from.
    pub version: Version,
}

/// A state posted by a client to one of the endpoints.
pub struct Submission<'a> {
    /// Which endpoint.
    pub side: Side,
    /// The size of the picture.
    pub size: Size,
    /// Opens its rows (rgb); may be called more than once.
    pub open: &'a mut dyn FnMut() -> std::io::Result<Box<dyn RowSource>>,
    /// Stop after so many pixels; without it, when the image is complete.
    pub hops: Option<u32>,
    /// Who posted it.
    pub author: Option<Author>,
}

impl From<crate::store::StoreError> for RunError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Journal(JournalError::Store(error))
    }
}
