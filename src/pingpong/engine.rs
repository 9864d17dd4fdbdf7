//! What fills a canvas: drafts the next pixels, has them made durable, and follows what others draw.
//!
//! One append is on its way at a time, expecting the head to be where the run left it: so a foreign entry can come only
//! before all of an append, never between two that belong together. The next is drafted meanwhile.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

use crate::canvas::{Change, Entry, Pixel, Rect, Source, Version};
use crate::journal::{
    Append, Committed, EntryFilter, Expectation, HistoryQuery, Journal, JournalError, Records, Reservation, Terms,
};
use crate::store::Order;

use super::charter::{Charter, Recorded};
use super::plan::{Cursor, Plan};
use super::progress::{Progress, Scale};
use super::stock::note_raster;
use super::{ExchangeKind, RunError, RunStatus, Side};

/// Tries to be the next writer before the canvas is reserved.
const DEFEATS_MAX: u32 = 3;

/// How often a full queue is met with patience, and for how long each time: ten seconds in all.
const OVERLOADS_MAX: u32 = 1_000;
const OVERLOAD_PAUSE: Duration = Duration::from_millis(10);

/// Pixels after which the record of a run over HTTP is written again: what a restart reads of the log.
const RECORD_PIXELS: u64 = 16_384;

/// Foreign entries that are read at once.
const PAGE_ENTRIES: usize = 4_096;

/// Fills one canvas.
pub(super) struct Engine {
    journal: Journal,
    charter: Arc<Charter>,
    plan: Plan,
    progress: Progress,
    /// What the newest record says.
    recorded: (Version, RunStatus),
    /// When it began, and for how long it had been running before.
    began: Instant,
    ran_us: u64,
    defeats: u32,
}

/// Pixels that are chosen, and how far the run is once they are durable.
pub(super) struct Draft {
    pixels: Vec<Pixel>,
    after: Progress,
}

impl Engine {
    /// Goes on from `progress`, for which `plan` knows what is taken.
    pub(super) fn new(journal: Journal, charter: Arc<Charter>, plan: Plan, progress: Progress) -> Self {
        let recorded = (progress.version, progress.status);
        let (began, ran_us) = (Instant::now(), progress.running_us);
        let mut engine = Self { journal, charter, plan, progress, recorded, began, ran_us, defeats: 0 };
        engine.end_if_complete();
        engine
    }

    /// Goes on from what the record says and the log holds after it.
    pub(super) fn load(journal: Journal, charter: Arc<Charter>, recorded: Recorded) -> Result<Self, RunError> {
        let plan = Plan::new(charter.scale().cells, charter.brief.seed);
        let mut engine = Self::new(journal, charter, plan, recorded.progress);
        if !recorded.is_plain {
            engine.take_stock()?;
        }
        engine.catch_up(true)?;
        Ok(engine)
    }

    /// How far it is; all of it durable.
    pub(super) const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What decides when a picture is due.
    pub(super) fn scale(&self) -> Scale {
        self.charter.scale()
    }

    /// Chooses the next `count` pixels, or as many as there are white cells.
    pub(super) fn draft(&mut self, count: u32) -> Result<Draft, RunError> {
        let draft = self.draft_after(&self.progress, count);
        if !draft.pixels.is_empty() || self.progress.white(self.scale()) == 0 || count == 0 {
            return Ok(draft);
        }
        // Colours that were painted over count as used until the image is looked at again.
        self.take_stock()?;
        let draft = self.draft_after(&self.progress, count);
        if draft.pixels.is_empty() {
            let cells = self.progress.white(self.scale());
            let colours = self.plan.colours_left(self.progress.cursor);
            return Err(RunError::TooFewColours { cells, colours });
        }
        Ok(draft)
    }

    fn draft_after(&self, before: &Progress, count: u32) -> Draft {
        let scale = self.scale();
        let mut after = before.clone();
        let pixels = self.plan.take(&mut after.cursor, count.min(before.white(scale)));
        after.fill(count_of(&pixels), scale);
        after.running_us = self.running_us();
        if after.white(scale) == 0 {
            after.end(self.journal.now());
        }
        Draft { pixels, after }
    }

    fn running_us(&self) -> u64 {
        self.ran_us.saturating_add(u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    fn end_if_complete(&mut self) {
        if self.progress.white(self.scale()) == 0 {
            self.progress.end(self.journal.now());
        }
    }

    /// Makes a draft durable, by `side` or as the charter says, and drafts the `next` pixels meanwhile. Returns these;
    /// without them the caller must draft again: others came first, or the queue was full for a moment.
    pub(super) fn push(&mut self, draft: Draft, side: Option<Side>, next: u32) -> Result<Option<Draft>, RunError> {
        let count = count_of(&draft.pixels);
        let pushed = if self.defeats < DEFEATS_MAX {
            self.try_push(draft, side, next, None)
        } else {
            self.push_reserved(count, side)
        };
        match pushed {
            Ok(next) => {
                self.defeats = 0;
                Ok(next.filter(|next| !next.pixels.is_empty()))
            }
            Err(RunError::Journal(JournalError::HeadMoved { .. })) => {
                self.defeats += 1;
                self.catch_up(false)?;
                Ok(None)
            }
            Err(RunError::Journal(JournalError::Overloaded)) => {
                std::thread::sleep(OVERLOAD_PAUSE);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Lets others wait while it catches up and appends, so that it cannot be starved.
    fn push_reserved(&mut self, count: u32, side: Option<Side>) -> Result<Option<Draft>, RunError> {
        let reservation = self.journal.reserve(self.charter.canvas.id)?;
        self.catch_up(false)?;
        let draft = self.draft(count)?;
        if draft.pixels.is_empty() {
            return Ok(None);
        }
        self.try_push(draft, side, 0, Some(&reservation))
    }

    fn try_push(
        &mut self,
        draft: Draft,
        side: Option<Side>,
        next: u32,
        reservation: Option<&Reservation>,
    ) -> Result<Option<Draft>, RunError> {
        let Draft { pixels, after } = draft;
        let is_recorded = self.is_record_due(&after);
        let answer = self.send(pixels, &after, side, is_recorded, reservation)?;
        let following = (next > 0).then(|| self.draft_after(&after, next));
        // Dropped unanswered where the journal closes.
        answer.recv().unwrap_or(Err(JournalError::Stopping))?;
        if is_recorded {
            self.recorded = (after.version, after.status);
        }
        self.progress = after;
        self.take_time();
        Ok(following)
    }

    /// Counts the time that the last append took, which its record could not know. What is shown of a run that is over
    /// must stay so, and so is recorded.
    fn take_time(&mut self) {
        let now_us = self.running_us();
        let recorded_us = std::mem::replace(&mut self.progress.running_us, now_us);
        if !self.progress.status.is_over() || self.charter.brief.run.is_none() {
            return;
        }
        if let Err(error) = self.write_record(&self.progress) {
            tracing::debug!(%error, "the last append's time is not counted");
            self.progress.running_us = recorded_us;
        }
    }

    /// Pixels of a run inside the process come in large appends, each with a record; over HTTP they may come singly.
    fn is_record_due(&self, after: &Progress) -> bool {
        let is_over = after.status.is_over() || after.pictures.len() > self.progress.pictures.len();
        let is_local = self.charter.brief.exchange == ExchangeKind::Local;
        is_local || is_over || after.version.0 - self.recorded.0.0 >= RECORD_PIXELS
    }

    fn send(
        &self,
        pixels: Vec<Pixel>,
        after: &Progress,
        side: Option<Side>,
        is_recorded: bool,
        reservation: Option<&Reservation>,
    ) -> Result<Receiver<Result<Committed, JournalError>>, RunError> {
        let (source, every_second) = match (side, self.charter.brief.side_after(self.progress.added)) {
            (Some(side), _) => (side.source(), None),
            (None, Some(first)) => (first.source(), Some(first.other().source())),
            (None, None) => (Source::Run, None),
        };
        let is_plain = self.plan.is_plain();
        let append = Append {
            canvas: self.charter.canvas.id,
            pixels,
            author: self.charter.brief.author.clone(),
            source,
            expectation: Expectation::Head(self.progress.version),
            records: if is_recorded { self.charter.records(after, is_plain) } else { Records::default() },
        };
        let (sender, receiver) = sync_channel(1);
        // The one answer fits in the channel, so that the committer is never blocked.
        let reply = move |answer| drop(sender.send(answer));
        self.journal.append_on(append, Terms { every_second, reservation, ..Terms::default() }, reply)?;
        Ok(receiver)
    }

    /// Adds `count` pixels, or as many as there are white cells, in one append.
    pub(super) fn advance(&mut self, count: u32, side: Option<Side>) -> Result<(), RunError> {
        let added = self.progress.added;
        for _ in 0..OVERLOADS_MAX {
            if self.progress.added > added || self.progress.status.is_over() {
                return Ok(());
            }
            let draft = self.draft(count)?;
            self.push(draft, side, 0)?;
        }
        Err(JournalError::Overloaded.into())
    }

    /// Writes the record alone, with patience: a run must not fail for others' haste.
    fn write_record(&self, progress: &Progress) -> Result<(), RunError> {
        let records = self.charter.records(progress, self.plan.is_plain());
        for _ in 0..OVERLOADS_MAX {
            match self.journal.write_records(records.clone()) {
                Err(JournalError::Overloaded) => std::thread::sleep(OVERLOAD_PAUSE),
                outcome => return Ok(outcome?),
            }
        }
        Err(JournalError::Overloaded.into())
    }

    /// Ends it, or lays it aside, with `status`, durably.
    pub(super) fn finish(&mut self, status: RunStatus, error: Option<String>) -> Result<(), RunError> {
        let finished_at = status.is_over().then(|| self.journal.now());
        let after = Progress { status, error, finished_at, running_us: self.running_us(), ..self.progress.clone() };
        self.write_record(&after)?;
        self.recorded = (after.version, status);
        self.progress = after;
        Ok(())
    }

    /// It failed, and not even that can be written down.
    pub(super) fn fail(&mut self, reason: String) {
        self.progress.fail(reason, self.journal.now());
    }

    /// Makes the record say what is known, where it does not yet.
    pub(super) fn record(&mut self) -> Result<(), RunError> {
        let known = (self.progress.version, self.progress.status);
        if self.recorded != known {
            self.write_record(&self.progress)?;
            self.recorded = known;
        }
        Ok(())
    }

    /// Reads what the log holds after its own version. With `recognising`, entries that are what it would have drawn
    /// next are taken for its own, from before a restart.
    fn catch_up(&mut self, recognising: bool) -> Result<(), RunError> {
        let canvas = self.charter.canvas.id;
        let head = self.journal.head(canvas)?.version;
        let mut recognising = recognising;
        while self.progress.version < head {
            let query = HistoryQuery {
                order: Order::Ascending,
                after: Some(self.progress.version),
                before: Some(head.after(1)),
                limit: PAGE_ENTRIES,
                filter: EntryFilter::default(),
            };
            for entry in self.journal.history(canvas, &query)?.entries {
                recognising = recognising && self.recognise(&entry);
                if !recognising {
                    self.see(&entry)?;
                }
            }
        }
        self.plan.contract(&mut self.progress.cursor);
        self.end_if_complete();
        Ok(())
    }

    /// Whether the entry is what the run would have drawn next; then it is its own.
    fn recognise(&mut self, entry: &Entry) -> bool {
        let mut to = self.progress.cursor;
        let next = self.plan.take(&mut to, 1);
        let is_own = matches!((entry.change, next.as_slice()), (Change::Pixel(found), [next]) if found == *next);
        if is_own {
            self.progress.cursor = to;
            self.progress.fill(1, self.charter.scale());
        }
        is_own
    }

    /// Follows an entry of another writer.
    fn see(&mut self, entry: &Entry) -> Result<(), RunError> {
        self.plan.expand(self.progress.cursor);
        match entry.change {
            Change::Pixel(pixel) => self.plan.note(&mut self.progress.cursor, pixel.cell, pixel.colour),
            Change::State { region, .. } => self.note_image(entry.version, region)?,
        }
        let coloured = self.plan.coloured().unwrap_or(self.progress.coloured);
        self.progress.see(coloured, self.charter.scale());
        Ok(())
    }

    /// Looks at the whole image at its version: what is taken is what that shows.
    fn take_stock(&mut self) -> Result<(), RunError> {
        self.plan.clear();
        self.progress.cursor = Cursor::default();
        self.note_image(self.progress.version, self.charter.canvas.size.rect())?;
        self.progress.coloured = self.plan.coloured().unwrap_or(self.progress.coloured);
        Ok(())
    }

    fn note_image(&mut self, version: Version, region: Rect) -> Result<(), RunError> {
        let mut bands = self.journal.image_at(self.charter.canvas.id, version, region)?;
        while let Some(band) = bands.next_band()? {
            note_raster(&mut self.plan, &mut self.progress.cursor, self.charter.canvas.size, &band);
        }
        Ok(())
    }
}

/// How many there are: no more than were asked for by a u32.
fn count_of(pixels: &[Pixel]) -> u32 {
    u32::try_from(pixels.len()).unwrap_or(u32::MAX)
}
