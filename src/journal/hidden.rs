//! A canvas that nobody sees until it is complete: forks and imports.
//!
//! Its number is given out by the committer and marked as hidden; its blocks, states, authors and snapshots are written
//! under that number in commits of at most about 256 KiB, as staged data is. The last commit writes the canvas's own
//! record and its name, and takes the mark away. What is left of one that never got so far is purged, at the latest by
//! the next start: it has a mark and no record.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use crate::canvas::{CanvasId, Pixel, StateId, Time, Version};
use crate::format::{NumberRecord, StateRecord, Who, key};
use crate::store::{Batch, Order, last_under};

use super::core::{Core, corrupt};
use super::live::Live;
use super::replay::BLOCK;
use super::request::{Keyed, Request, Shown};
use super::writer::Writer;
use super::{Answered, Canvas, Head, JournalError, NewCanvas, Records, Settings, snapshot, snapshotter};

/// Bytes in one commit; larger ones stall readers.
const COMMIT_BYTES: usize = 240 << 10;

/// Keys deleted by one commit of a purge.
const PURGE_KEYS: usize = 1_000;

/// A canvas that nobody sees yet. Dropped before it is shown, it is purged.
pub(super) struct Hidden {
    core: Arc<Core>,
    pub(super) live: Arc<Live>,
    writer: Writer,
    pub(super) batch: Batch,
    /// The commit under way, while the next one is being filled.
    in_flight: Option<Receiver<Result<(), JournalError>>>,
    first_time: Option<Time>,
    is_over: bool,
}

impl Hidden {
    /// A canvas of a new number, none of whose entries is older than `earliest`.
    pub(super) fn new(
        core: &Arc<Core>,
        new: &NewCanvas,
        settings: Settings,
        earliest: Time,
    ) -> Result<Self, JournalError> {
        let id = core.ask_own(Request::Hide)?;
        let NewCanvas { size, mode, background, .. } = *new;
        // The name it will have is decided when it is shown; until then it stands in messages only.
        let name = format!("canvas-{id}").parse().map_err(|_| JournalError::NoCanvasId(id))?;
        let canvas = Canvas { id, name, size, mode, background, created_at: earliest, settings: Arc::new(settings) };
        let live = Arc::new(Live::new(canvas, Head { version: Version(0), time: earliest }));
        let writer = Writer::load(core, live.clone())?;
        let (core, batch) = (core.clone(), Batch::new());
        Ok(Self { core, live, writer, batch, in_flight: None, first_time: None, is_over: false })
    }

    /// Its newest entry so far.
    pub(super) const fn head(&self) -> Head {
        self.writer.head
    }

    /// The time of its first entry.
    pub(super) const fn first_time(&self) -> Option<Time> {
        self.first_time
    }

    /// Adds a pixel.
    pub(super) fn push_pixel(&mut self, pixel: Pixel, who: Who) -> Result<(), JournalError> {
        self.writer.push_dated(&mut self.batch, pixel, who);
        self.note_time();
        self.commit_if_large()
    }

    /// Adds a state, for which data may have been staged.
    pub(super) fn push_state(
        &mut self,
        state: &StateRecord,
        staged: Option<StateId>,
        who: Who,
    ) -> Result<(), JournalError> {
        if let Some(staged) = staged {
            self.batch.delete(key::staging(self.live.canvas.id, staged));
        }
        self.writer.push_state(&self.core, &mut self.batch, state, who, who.time);
        self.note_time();
        self.commit_if_large()
    }

    fn note_time(&mut self) {
        self.first_time.get_or_insert(self.writer.head.time);
    }

    /// Makes all entries so far durable and readable by way of [`Self::live`].
    pub(super) fn make_readable(&mut self) -> Result<Version, JournalError> {
        self.writer.write_tail(&mut self.batch);
        self.commit()?;
        self.settle()?;
        self.live.publish(self.writer.head);
        Ok(self.writer.head.version)
    }

    /// Hands the batch to the committer, once it is large.
    pub(super) fn commit_if_large(&mut self) -> Result<(), JournalError> {
        if self.batch.bytes() < COMMIT_BYTES {
            return Ok(());
        }
        self.commit()?;
        let Core { options, .. } = &*self.core;
        if options.snapshots && snapshot::is_due(options, &self.live.canvas, self.writer.weight.bytes()) {
            self.take_snapshot()?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), JournalError> {
        self.settle()?;
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        let (sender, receiver) = sync_channel(1);
        let reply = Box::new(move |outcome| drop(sender.send(outcome)));
        self.core.submit_own(Request::Stage(self.live.canvas.id, batch, reply))?;
        self.in_flight = Some(receiver);
        Ok(())
    }

    /// Waits until everything handed over is durable.
    pub(super) fn settle(&mut self) -> Result<(), JournalError> {
        match self.in_flight.take() {
            Some(commit) => commit.recv().unwrap_or(Err(JournalError::Stopping)),
            None => Ok(()),
        }
    }

    /// Takes a snapshot at the last full block, so that reading a long log is fast from the start.
    fn take_snapshot(&mut self) -> Result<(), JournalError> {
        self.settle()?;
        self.writer.weight.clear();
        let Head { version, time } = self.writer.head;
        self.live.publish(Head { version: Version(version.0 / BLOCK * BLOCK), time });
        match snapshotter::take(&self.core, &self.live) {
            Err(JournalError::Overloaded) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes it visible under the name asked for, with all that was pushed.
    pub(super) fn show(
        mut self,
        new: NewCanvas,
        created_at: Time,
        records: Records,
        keyed: Option<Keyed>,
    ) -> Result<Answered<Canvas>, JournalError> {
        self.writer.write_tail(&mut self.batch);
        self.commit()?;
        self.settle()?;
        let id = self.live.canvas.id;
        let head = Head { time: self.writer.head.time.max(created_at), ..self.writer.head };
        let settings = Settings::clone(&self.live.canvas.settings);
        let shown = Shown { id, new, settings, created_at, head, records, keyed };
        let outcome = self.core.ask_own(|reply| Request::Show(Box::new(shown), reply));
        self.is_over = match &outcome {
            Ok(answered) => !answered.replayed,
            // With an outcome that is unknown, what may be visible must stay; a start knows whether it is.
            Err(error) => error.may_have_written(),
        };
        outcome
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if self.is_over || self.settle().is_err() && self.core.poison.get().is_some() {
            return;
        }
        let core = &self.core;
        let id = self.live.canvas.id;
        match purge(core, id, |batch| core.ask_own(|reply| Request::Purge(batch, reply))) {
            Ok(()) => drop(core.hidden().remove(&id)),
            Err(error) => tracing::warn!(%error, canvas = %id, "an unfinished canvas is left for the next start"),
        }
    }
}

/// Deletes every record of a hidden canvas, its mark last, by as many calls of `commit` as that takes.
fn purge(
    core: &Core,
    canvas: CanvasId,
    mut commit: impl FnMut(Batch) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    for (from, to) in key::purged(canvas) {
        loop {
            let found = core.store.scan(&from, &to, Order::Ascending, PURGE_KEYS)?;
            if found.is_empty() {
                break;
            }
            let mut batch = Batch::new();
            for (key, _) in found {
                batch.delete(key);
            }
            commit(batch)?;
        }
    }
    let mut batch = Batch::new();
    batch.delete(key::hidden(canvas));
    commit(batch)
}

/// Purges what a crash, or a failure, left of canvases that were never shown. Nothing else is running yet.
pub(super) fn purge_all(core: &Core) -> Result<(), JournalError> {
    while let Some((mark, record)) = last_under(&*core.store, &key::hiddens())? {
        NumberRecord::decode(&mark, &record).map_err(|problem| corrupt(CanvasId(0), &mark, &problem))?;
        let canvas = CanvasId(key::number(&mark, 0).unwrap_or(0));
        tracing::info!(%canvas, "purging a canvas that was never complete");
        purge(core, canvas, |batch| Ok(core.store.commit(&batch)?))?;
    }
    Ok(())
}
