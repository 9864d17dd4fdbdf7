//! What never changes about a run, and its record.

use std::sync::Arc;

use crate::canvas::{Author, CanvasId, Colour, Mode, Name, RunId, Size, Time, Version};
use crate::format::{FormatError, RunRecord};
use crate::journal::{Canvas, Journal, JournalError, Records};

use super::plan::Cursor;
use super::progress::{Progress, Scale};
use super::{ExchangeKind, Picture, RunError, RunStatus, RunView, Side};

/// The longest reason for a failure that is recorded, in bytes.
const ERROR_BYTES_MAX: usize = 500;

/// What never changes about a run.
#[derive(Debug, Clone)]
pub(super) struct Charter {
    /// The canvas that it fills.
    pub(super) canvas: Canvas,
    /// How it fills it.
    pub(super) brief: Brief,
}

/// How a run fills its canvas.
#[derive(Debug, Clone)]
pub(super) struct Brief {
    /// The number of the run; `None` where nothing is recorded about it.
    pub(super) run: Option<RunId>,
    /// A picture at each multiple of so many percent.
    pub(super) granular: u32,
    /// Pixels added by one hand-over.
    pub(super) pixels_per_hop: u32,
    /// How the state is handed over.
    pub(super) exchange: ExchangeKind,
    /// The side that makes the first hop, where its entries are the sides'; else they are the run's.
    pub(super) first_side: Option<Side>,
    /// What chooses its cells and colours.
    pub(super) seed: u64,
    /// Who is named as the author.
    pub(super) author: Option<Author>,
    /// When it was started.
    pub(super) started_at: Time,
}

impl Brief {
    /// The side that makes the hop after `added` pixels, where the sides take turns.
    pub(super) fn side_after(&self, added: u64) -> Option<Side> {
        let hops = added / u64::from(self.pixels_per_hop.max(1));
        self.first_side.map(|first| if hops.is_multiple_of(2) { first } else { first.other() })
    }

    /// The record of the run at `progress`; `is_plain`: all that is taken lies behind its cursor.
    pub(super) fn records(&self, canvas: CanvasId, size: Size, progress: &Progress, is_plain: bool) -> Records {
        let record = |run| (run, self.record((canvas, size), progress, is_plain).encode());
        Records { run: self.run.map(record), current: None }
    }

    fn record(&self, (canvas, size): (CanvasId, Size), progress: &Progress, is_plain: bool) -> RunRecord {
        let error = progress.error.as_ref().map(|error| error.chars().take(ERROR_BYTES_MAX / 4).collect());
        let Cursor { cell, colour } = progress.cursor;
        RunRecord {
            canvas: canvas.0,
            status: status_number(progress.status),
            exchange: match self.exchange {
                ExchangeKind::Local => 0,
                ExchangeKind::Http => 1,
            },
            sides: match self.first_side {
                None => 0,
                Some(Side::Ping) => 1,
                Some(Side::Pong) => 2,
            },
            granular: self.granular,
            pixels_per_hop: self.pixels_per_hop,
            seed: self.seed,
            author: self.author.as_ref().map(|author| (author.name.clone(), author.authenticated)),
            started_at: self.started_at.0,
            finished_at: progress.finished_at.map(|time| time.0),
            error,
            version: progress.version.0,
            coloured: progress.coloured,
            added: progress.added,
            running_us: progress.running_us,
            cursors: is_plain.then_some((cell, colour)),
            peak: progress.peak,
            pictures: progress.pictures.iter().map(|picture| (byte(picture.percent), picture.version.0)).collect(),
            size: Some((size.width(), size.height())),
        }
    }
}

impl Charter {
    /// What decides when a picture is due.
    pub(super) const fn scale(&self) -> Scale {
        Scale { cells: self.canvas.size.cells(), granular: self.brief.granular }
    }

    /// The record of the run at `progress`; `is_plain`: all that is taken lies behind its cursor.
    pub(super) fn records(&self, progress: &Progress, is_plain: bool) -> Records {
        self.brief.records(self.canvas.id, self.canvas.size, progress, is_plain)
    }

    /// What a client may see of a run at `progress`.
    pub(super) fn view(&self, progress: &Progress) -> RunView {
        let (brief, scale) = (&self.brief, self.scale());
        let pixels_per_second = rate(progress.added, progress.running_us);
        let goes_on = progress.status == RunStatus::Running && pixels_per_second > 0.0;
        RunView {
            id: brief.run.unwrap_or(RunId(0)),
            canvas: self.canvas.clone(),
            status: progress.status,
            error: progress.error.clone(),
            progression: scale.percent(progress.coloured),
            pixels: progress.coloured,
            cells: scale.cells,
            pixels_per_second,
            eta_seconds: goes_on.then(|| f64::from(progress.white(scale)) / pixels_per_second),
            started_at: brief.started_at,
            finished_at: progress.finished_at,
            granular: brief.granular,
            pixels_per_hop: brief.pixels_per_hop,
            exchange: brief.exchange,
            seed: brief.seed,
            pictures: progress.pictures.clone(),
            version: progress.version,
        }
    }
}

/// A run as its record shows it.
#[derive(Debug)]
pub(super) struct Recorded {
    /// What never changes.
    pub(super) charter: Charter,
    /// How far it had come.
    pub(super) progress: Progress,
    /// Whether all that was taken lay behind its cursor.
    pub(super) is_plain: bool,
}

impl Recorded {
    /// Reads the record of a run.
    pub(super) fn load(journal: &Journal, run: RunId) -> Result<Self, RunError> {
        Self::from_body(journal, run, &journal.run_record(run)?)
    }

    /// Takes apart the body of a run's record.
    pub(super) fn from_body(journal: &Journal, run: RunId, body: &[u8]) -> Result<Self, RunError> {
        let record = RunRecord::decode(body).map_err(|problem| damaged(run, &problem))?;
        let id = CanvasId(record.canvas);
        let canvas = match (journal.canvas(id), record.size) {
            (Err(JournalError::Deleted(name)), Some((width, height))) => {
                let size = Size::new(width, height).map_err(|_| damaged(run, &FormatError::Content("size")))?;
                what_is_left(id, name, size, Time(record.started_at))
            }
            (found, _) => found?,
        };
        let contents = Self::from_record(run, canvas, record);
        contents.map_err(|what| damaged(run, &FormatError::Content(what)))
    }

    fn from_record(run: RunId, canvas: Canvas, record: RunRecord) -> Result<Self, &'static str> {
        let status = status_from(record.status).ok_or("status")?;
        if !(1..=100).contains(&record.granular) || record.pixels_per_hop == 0 {
            return Err("size of steps");
        }
        if record.coloured > canvas.size.cells() {
            return Err("number of cells");
        }
        let brief = Brief {
            run: Some(run),
            granular: record.granular,
            pixels_per_hop: record.pixels_per_hop,
            exchange: match record.exchange {
                0 => ExchangeKind::Local,
                1 => ExchangeKind::Http,
                _ => return Err("exchange"),
            },
            first_side: match record.sides {
                0 => None,
                1 => Some(Side::Ping),
                2 => Some(Side::Pong),
                _ => return Err("sides"),
            },
            seed: record.seed,
            author: record.author.map(|(name, authenticated)| Author { name, authenticated }),
            started_at: Time(record.started_at),
        };
        let (cell, colour) = record.cursors.unwrap_or_default();
        let picture = |(percent, version): (u8, u64)| Picture { percent: percent.into(), version: Version(version) };
        let progress = Progress {
            version: Version(record.version),
            coloured: record.coloured,
            added: record.added,
            running_us: record.running_us,
            cursor: Cursor { cell, colour },
            peak: record.peak,
            pictures: record.pictures.into_iter().map(picture).collect(),
            status,
            error: record.error,
            finished_at: record.finished_at.map(Time),
        };
        let charter = Charter { canvas, brief };
        Ok(Self { charter, progress, is_plain: record.cursors.is_some() })
    }

    /// Writes the record anew.
    pub(super) fn write(&self, journal: &Journal) -> Result<(), RunError> {
        Ok(journal.write_records(self.charter.records(&self.progress, self.is_plain))?)
    }

    /// What a client may see of it.
    pub(super) fn view(&self) -> RunView {
        self.charter.view(&self.progress)
    }
}

/// What is known of a deleted canvas that a run filled, which was rgb as all of them.
fn what_is_left(id: CanvasId, name: Name, size: Size, created_at: Time) -> Canvas {
    Canvas { id, name, size, mode: Mode::Rgb, background: Colour::WHITE, created_at, settings: Arc::default() }
}

/// A percentage, which fits.
fn byte(percent: u32) -> u8 {
    u8::try_from(percent).unwrap_or(u8::MAX)
}

#[allow(clippy::cast_precision_loss, reason = "a rate is shown, not counted with")]
fn rate(pixels: u64, running_us: u64) -> f64 {
    if running_us == 0 { 0.0 } else { pixels as f64 * 1e6 / running_us as f64 }
}

const STATUSES: [RunStatus; 5] =
    [RunStatus::Running, RunStatus::Paused, RunStatus::Completed, RunStatus::Cancelled, RunStatus::Failed];

fn status_from(number: u8) -> Option<RunStatus> {
    STATUSES.get(usize::from(number)).copied()
}

const fn status_number(status: RunStatus) -> u8 {
    match status {
        RunStatus::Running => 0,
        RunStatus::Paused => 1,
        RunStatus::Completed => 2,
        RunStatus::Cancelled => 3,
        RunStatus::Failed => 4,
    }
}

fn damaged(run: RunId, problem: &FormatError) -> RunError {
    let record = format!("the record of run {run}");
    RunError::Journal(JournalError::Corrupt { record, canvas: CanvasId(0), problem: problem.to_string() })
}
