//! `pixlog verify`: everything is read, and what is damaged is listed.

use std::path::PathBuf;

use clap::Args;

use crate::canvas::{CanvasId, Name, RunId};
use crate::journal::{Canvas, Journal, JournalError};

use super::error::CliError;
use super::out::Out;
use super::{open, progress, words};

/// `pixlog verify [CANVAS]`.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Only this canvas [default: all of them, and the records of all runs]
    canvas: Option<Name>,
}

impl Verify {
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let mut findings = Findings { out: Out::new(), unsaid: None, canvases: 0, entries: 0, damaged: 0 };
        let journal = match open::to_read(data) {
            Ok(journal) => journal,
            // Damage that keeps the journal from being opened is a finding as well, and the last.
            Err(CliError::Journal(error)) => {
                findings.note_or_fail(error)?;
                return findings.conclude();
            }
            Err(error) => return Err(error),
        };
        if let Some(name) = self.canvas {
            match journal.canvas_named(&name) {
                Ok(canvas) => findings.read_canvas(&journal, &canvas)?,
                Err(error) => findings.note_or_fail(error)?,
            }
        } else {
            findings.read_canvases(&journal)?;
            findings.read_runs(&journal)?;
        }
        findings.conclude()
    }
}

/// What was read so far, and how much of it is damaged.
struct Findings {
    out: Out,
    /// Why something found could not be said.
    unsaid: Option<CliError>,
    canvases: u64,
    entries: u64,
    damaged: u64,
}

impl Findings {
    fn note(&mut self, problem: &str) {
        self.damaged += 1;
        let said = self.out.line(problem);
        self.unsaid = self.unsaid.take().or(said.err());
    }

    /// Damage is what is looked for; anything else keeps us from looking on.
    fn note_or_fail(&mut self, error: JournalError) -> Result<(), CliError> {
        match error {
            error @ JournalError::Corrupt { .. } => {
                self.note(&error.to_string());
                Ok(())
            }
            error => Err(error.into()),
        }
    }

    fn read_canvas(&mut self, journal: &Journal, canvas: &Canvas) -> Result<(), CliError> {
        self.canvases += 1;
        let head = match journal.head(canvas.id) {
            Ok(head) => head.version,
            Err(error) => return self.note_or_fail(error),
        };
        let bar = progress::bar(head.0, canvas.name.as_str());
        let read = journal.verify(canvas.id, &mut |version| bar.set_position(version.0), &mut |problem| {
            bar.suspend(|| self.note(&problem));
        });
        bar.finish_and_clear();
        self.entries += head.0;
        read.or_else(|error| self.note_or_fail(error))
    }

    /// One at a time, so that a damaged canvas does not hide those behind it.
    fn read_canvases(&mut self, journal: &Journal) -> Result<(), CliError> {
        let mut before = None;
        loop {
            match journal.canvases(before, 1) {
                Ok(found) => {
                    let Some(canvas) = found.first() else { return Ok(()) };
                    before = Some(canvas.id);
                    self.read_canvas(journal, canvas)?;
                }
                Err(error) => {
                    if let JournalError::Corrupt { canvas, .. } = &error
                        && *canvas != CanvasId(0)
                    {
                        before = Some(*canvas);
                        self.canvases += 1;
                    } else {
                        return Err(error.into());
                    }
                    self.note_or_fail(error)?;
                }
            }
        }
    }

    /// By number, for the same reason. A number without a record is a run that was refused.
    fn read_runs(&mut self, journal: &Journal) -> Result<(), CliError> {
        for run in 1..journal.new_run_id().0 {
            match journal.run_record(RunId(run)) {
                Ok(_) | Err(JournalError::NoRun(_)) => {}
                // A run's record belongs to no canvas, so that the error alone would not say whose it is.
                Err(JournalError::Corrupt { problem, .. }) => {
                    self.note(&format!("the record of run {run} is damaged: {problem}"));
                }
                Err(error) => self.note_or_fail(error)?,
            }
        }
        Ok(())
    }

    fn conclude(mut self) -> Result<(), CliError> {
        let canvases = words::counted(self.canvases, "canvas", "canvases");
        let entries = words::counted(self.entries, "entry", "entries");
        if self.damaged == 0 {
            self.out.line(&format!("{canvases} with {entries}: all whole"))?;
        }
        self.out.finish()?;
        match self.unsaid {
            Some(error) => Err(error),
            None if self.damaged == 0 => Ok(()),
            None => {
                let damaged = words::counted(self.damaged, "thing is", "things are");
                Err(CliError::Damaged(format!("{canvases} with {entries}: {damaged}")))
            }
        }
    }
}
