//! One group commit: requests decided in their order, gathered into one batch.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use crate::canvas::{CanvasId, Name, Time};
use crate::format::{BLOCK_ENTRIES, CanvasRecord, CurrentRecord, NumberRecord, Who, key, seal_frame};
use crate::store::{Batch, StoreError};

use super::core::Core;
use super::live::Live;
use super::metrics::Added;
use super::request::{Content, RecordsFor, Reply, Token, Write};
use super::writer::Writer;
use super::{Canvas, Committed, Current, Expectation, Head, JournalError, NewCanvas, Records};

/// An answer that waits for the sync; called with the error where there was one.
type Answer = Box<dyn FnOnce(Option<&StoreError>) + Send>;

/// Requests that will become durable together.
pub(super) struct Group {
    pub(super) batch: Batch,
    /// The canvases that were written to.
    pub(super) touched: HashSet<CanvasId>,
    pub(super) current: Option<Current>,
    /// What it adds to the logs.
    pub(super) added: Added,
    created: Vec<Canvas>,
    answers: Vec<Answer>,
    now: Time,
    /// About how many bytes the tail records will add, which are written last.
    tail_bytes: usize,
}

/// More than an entry takes in a tail record.
const TAIL_ENTRY_BYTES: usize = 24;

impl Group {
    /// A group whose entries will all have the time `now`, or their canvas's last where that is later.
    pub(super) fn new(now: Time) -> Self {
        Self {
            batch: Batch::new(),
            touched: HashSet::new(),
            current: None,
            added: Added::default(),
            created: Vec::new(),
            answers: Vec::new(),
            now,
            tail_bytes: 0,
        }
    }

    /// About how many bytes it will write.
    pub(super) const fn bytes(&self) -> usize {
        self.batch.bytes() + self.tail_bytes
    }

    /// How many requests it answers.
    pub(super) fn requests(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is nobody to answer.
    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Answers after the sync. What was refused is answered then, too: the refusal may rest on entries of this group.
    fn answer<T: Send + 'static>(&mut self, reply: Reply<T>, outcome: Result<T, JournalError>) {
        self.answers.push(Box::new(move |error| {
            reply(match error {
                Some(error) => Err(again(error).into()),
                None => outcome,
            });
        }));
    }

    /// Decides on entries for one canvas.
    pub(super) fn write(&mut self, core: &Core, writer: &mut Writer, write: Write, reply: Reply<Committed>) {
        let outcome = self.try_write(core, writer, write);
        self.answer(reply, outcome);
    }

    fn try_write(&mut self, core: &Core, writer: &mut Writer, write: Write) -> Result<Committed, JournalError> {
        if let Expectation::Head(expected) = write.expectation
            && expected != writer.head.version
        {
            return Err(JournalError::HeadMoved { expected, head: writer.head.version });
        }
        let who = writer.who(core, &mut self.batch, write.author.as_ref(), write.source)?;
        let entries = match &write.content {
            Content::Pixels(pixels) => pixels.len().min(BLOCK_ENTRIES),
            Content::State(..) => 1,
        };
        self.tail_bytes += (entries + 4) * TAIL_ENTRY_BYTES;
        let committed = match write.content {
            Content::Pixels(pixels) => {
                self.added.pixels(pixels.len());
                let second = Who { source: write.every_second.unwrap_or(who.source), ..who };
                writer.push_pixels(&mut self.batch, &pixels, [who, second], self.now)
            }
            Content::State(state, staged) => {
                self.added.state();
                if let Some(id) = staged {
                    self.batch.delete(key::staging(write.canvas, id));
                }
                writer.push_state(&mut self.batch, &state, who, self.now)
            }
        };
        self.put_records(write.records);
        self.touched.insert(write.canvas);
        Ok(committed)
    }

    /// Makes a canvas of the number `id`.
    pub(super) fn create(
        &mut self,
        core: &Core,
        id: CanvasId,
        new: NewCanvas,
        records: RecordsFor,
        reply: Reply<Canvas>,
    ) -> bool {
        let outcome = self.try_create(core, id, new, records);
        let created = outcome.is_ok();
        self.answer(reply, outcome);
        created
    }

    fn try_create(
        &mut self,
        core: &Core,
        id: CanvasId,
        new: NewCanvas,
        records: RecordsFor,
    ) -> Result<Canvas, JournalError> {
        let name = self.free_name(core, id, new.name)?;
        let records = records(id);
        records.check()?;
        let NewCanvas { size, mode, background, .. } = new;
        let canvas = Canvas { id, name: name.clone(), size, mode, background, created_at: self.now };
        let (canvas_key, name_key) = (key::canvas(id), key::name(&name));
        let record = CanvasRecord { name, size, mode, background, created_at: self.now }.encode(&canvas_key);
        self.batch.require_absent(canvas_key.clone());
        self.batch.require_absent(name_key.clone());
        self.batch.put(canvas_key, record);
        self.batch.put(name_key.clone(), NumberRecord { number: id.0 }.encode(&name_key));
        self.put_records(records);
        self.created.push(canvas.clone());
        Ok(canvas)
    }

    /// The name asked for, if nobody has it; without one, `canvas-N` or the first of `canvas-N-2`, `-3` … that is free.
    fn free_name(&self, core: &Core, id: CanvasId, asked: Option<Name>) -> Result<Name, JournalError> {
        let is_free = |name: &Name| -> Result<bool, JournalError> {
            let in_group = self.created.iter().any(|canvas| canvas.name == *name);
            Ok(!in_group && core.store.get(&key::name(name))?.is_none())
        };
        if let Some(name) = asked {
            return if is_free(&name)? { Ok(name) } else { Err(JournalError::NameTaken(name)) };
        }
        for suffix in 1u64.. {
            let text = if suffix == 1 { format!("canvas-{id}") } else { format!("canvas-{id}-{suffix}") };
            if let Ok(name) = text.parse()
                && is_free(&name)?
            {
                return Ok(name);
            }
        }
        Err(JournalError::Overloaded)
    }

    /// Writes records of the layer above.
    pub(super) fn records(&mut self, records: Records, reply: Reply<()>) {
        self.put_records(records);
        self.answer(reply, Ok(()));
    }

    /// Adds what is not visible yet, or is derived.
    pub(super) fn stage(&mut self, batch: Batch, reply: Reply<()>) {
        self.batch.append(batch);
        self.answer(reply, Ok(()));
    }

    /// Answers with the token of a reservation, whatever becomes of the commit: who does not get the token cannot give
    /// it back, and nobody would ever write to the canvas again.
    pub(super) fn reserved(&mut self, reply: Reply<Token>, token: Token) {
        self.answers.push(Box::new(move |_| reply(Ok(token))));
    }

    /// Answers with an error that has nothing to do with the commit.
    pub(super) fn refuse<T: Send + 'static>(&mut self, reply: Reply<T>, error: JournalError) {
        self.answer(reply, Err(error));
    }

    fn put_records(&mut self, records: Records) {
        if let Some((run, bytes)) = records.run {
            let key = key::run(run);
            self.batch.put(key.clone(), seal_frame(&key, &bytes));
        }
        if let Some(current) = records.current {
            let key = key::current();
            let record = CurrentRecord { canvas: current.canvas.0, run: current.run.map(|run| run.0) };
            self.batch.put(key.clone(), record.encode(&key));
            self.current = Some(current);
        }
    }

    /// Makes the new canvases known, which are durable now.
    pub(super) fn publish_created(&mut self, core: &Core) {
        for canvas in self.created.drain(..) {
            let head = Head { version: crate::canvas::Version(0), time: canvas.created_at };
            core.newest_canvas.fetch_max(canvas.id.0, Ordering::AcqRel);
            core.lives.insert(Live::new(canvas, head));
        }
    }

    /// Answers everybody.
    pub(super) fn answer_all(self, error: Option<&StoreError>) {
        self.answers.into_iter().for_each(|answer| answer(error));
    }
}

/// The same error once more: each request of a group that failed gets one.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Full { free_bytes, reserve_bytes } => {
            StoreError::Full { free_bytes: *free_bytes, reserve_bytes: *reserve_bytes }
        }
        StoreError::Precondition { key } => StoreError::Precondition { key: key.clone() },
        StoreError::Corrupt { detail } => StoreError::Corrupt { detail: detail.clone() },
        StoreError::Io { action, source } => {
            StoreError::Io { action, source: std::io::Error::new(source.kind(), source.to_string()) }
        }
        _ => StoreError::Poisoned,
    }
}
