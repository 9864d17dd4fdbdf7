//! One group commit: requests decided in their order, gathered into one batch.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::canvas::{CanvasId, Label, Name, Time, Version};
use crate::format::{BLOCK_ENTRIES, CanvasRecord, CurrentRecord, NumberRecord, Who, key, seal_frame};
use crate::store::{Batch, StoreError};

use super::cooldown::Cooling;
use super::core::Core;
use super::deletion::Deletion;
use super::keys::Fresh;
use super::labels::{self, Labelling};
use super::live::Live;
use super::metrics::Added;
use super::recent::Stretch;
use super::request::{Content, Create, Reply, Shown, Write};
use super::tags::Tagging;
use super::writer::Writer;
use super::{Canvas, Committed, Current, Head, JournalError, NewCanvas, Records, Settings, delta};

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
    /// The outcomes to be remembered.
    pub(super) fresh: Fresh,
    pub(super) tagging: Tagging,
    pub(super) labelling: Labelling,
    pub(super) deletions: Vec<Deletion>,
    /// The callers whose cooldowns began with it.
    pub(super) cooling: Vec<Cooling>,
    /// The new entries of the canvases that are followed.
    recent: Vec<Stretch>,
    created: Vec<Created>,
    answers: Vec<Answer>,
    pub(super) now: Time,
    pub(super) began: Instant,
    /// About how many bytes the tail records will add, which are written last.
    tail_bytes: usize,
}

/// A canvas that a group makes.
struct Created {
    canvas: Canvas,
    head: Head,
    label: Option<Label>,
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
            fresh: Fresh::default(),
            tagging: Tagging::default(),
            labelling: Labelling::default(),
            deletions: Vec::new(),
            cooling: Vec::new(),
            recent: Vec::new(),
            created: Vec::new(),
            answers: Vec::new(),
            now,
            began: Instant::now(),
            tail_bytes: 0,
        }
    }

    /// About how many bytes it will write.
    pub(super) fn bytes(&self) -> usize {
        self.batch.bytes() + self.tail_bytes + self.tagging.bytes() + self.labelling.bytes()
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
    pub(super) fn answer<T: Send + 'static>(&mut self, reply: Reply<T>, outcome: Result<T, JournalError>) {
        self.answers.push(Box::new(move |error| {
            reply(match error {
                Some(error) => Err(again(error).into()),
                None => outcome,
            });
        }));
    }

    /// Why nothing more happens to a canvas that this group deletes.
    pub(super) fn check_not_deleted(&self, canvas: CanvasId) -> Result<(), JournalError> {
        let deletion = self.deletions.iter().find(|deletion| deletion.id == canvas);
        deletion.map_or(Ok(()), |deletion| Err(deletion.error()))
    }

    /// Adds entries to one canvas, which nothing speaks against but their content.
    pub(super) fn write(&mut self, core: &Core, writer: &mut Writer, write: Write) -> Result<Committed, JournalError> {
        let content = match write.content {
            Content::Wrong(error) => return Err(error),
            content => content,
        };
        let who = writer.who(core, &mut self.batch, write.author.as_ref(), write.source)?;
        let entries = match &content {
            Content::Pixels(pixels) => pixels.len().min(BLOCK_ENTRIES),
            _ => 1,
        };
        self.tail_bytes += (entries + 4) * TAIL_ENTRY_BYTES;
        let committed = match content {
            Content::Pixels(pixels) => {
                self.added.pixels(pixels.len());
                let second = Who { source: write.every_second.unwrap_or(who.source), ..who };
                let committed = writer.push_pixels(&mut self.batch, &pixels, [who, second], self.now);
                if writer.live.waiters.are_some() {
                    let size = writer.live.canvas.size;
                    self.recent.extend(Stretch::of_pixels(write.canvas, size, committed.first_version, pixels));
                }
                committed
            }
            Content::State(state, staged) => {
                self.added.state();
                if let Some(id) = staged {
                    self.batch.delete(key::staging(write.canvas, id));
                }
                let committed = writer.push_state(core, &mut self.batch, &state, who, self.now);
                if writer.live.waiters.are_some() {
                    self.recent.push(Stretch::of_state(write.canvas, committed.version, state.region));
                }
                committed
            }
            Content::Wrong(error) => return Err(error),
        };
        self.put_records(write.records);
        self.touched.insert(write.canvas);
        Ok(committed)
    }

    /// Makes a canvas of the number `id`.
    pub(super) fn create(&mut self, core: &Core, id: CanvasId, create: Create) -> Result<Canvas, JournalError> {
        let Create { new, settings, label, records, .. } = create;
        let head = Head { version: Version(0), time: self.now };
        let records = records(id);
        records.check()?;
        let canvas = self.put_canvas(core, id, (new, settings, label), self.now, head)?;
        self.put_records(records);
        Ok(canvas)
    }

    /// Writes the record, the name, the settings and the label of a canvas whose entries up to `head` are there.
    fn put_canvas(
        &mut self,
        core: &Core,
        id: CanvasId,
        (new, settings, label): (NewCanvas, Settings, Option<Label>),
        created_at: Time,
        head: Head,
    ) -> Result<Canvas, JournalError> {
        let NewCanvas { name, size, mode, background } = new;
        let name = self.free_name(core, id, name)?;
        let (canvas_key, name_key) = (key::canvas(id), key::name(&name));
        let record = CanvasRecord { name: name.clone(), size, mode, background, created_at }.encode(&canvas_key);
        self.batch.require_absent(canvas_key.clone());
        self.batch.require_absent(name_key.clone());
        self.batch.put(canvas_key, record);
        self.batch.put(name_key.clone(), NumberRecord { number: id.0 }.encode(&name_key));
        self.put_settings(id, &settings);
        if label.is_some() {
            labels::put(&mut self.batch, id, label.as_ref());
        }
        let canvas = Canvas { id, name, size, mode, background, created_at, settings: Arc::new(settings) };
        self.created.push(Created { canvas: canvas.clone(), head, label });
        Ok(canvas)
    }

    /// A canvas without settings has no record of them.
    fn put_settings(&mut self, id: CanvasId, settings: &Settings) {
        if *settings == Settings::default() {
            return;
        }
        let key = key::settings(id);
        let record = settings.record().encode(&key);
        self.batch.put(key, record);
    }

    /// The canvas of that number, if this group makes it.
    pub(super) fn created(&self, id: CanvasId) -> Option<&Canvas> {
        self.created.iter().map(|created| &created.canvas).find(|canvas| canvas.id == id)
    }

    /// Gives out the number of a canvas that nobody sees yet.
    pub(super) fn hide(&mut self, core: &Core, id: CanvasId, reply: Reply<CanvasId>) {
        core.hidden().insert(id);
        let mark = key::hidden(id);
        self.batch.require_absent(mark.clone());
        self.batch.put(mark.clone(), NumberRecord { number: self.now.0.cast_unsigned() }.encode(&mark));
        self.answer(reply, Ok(id));
    }

    /// Makes a hidden canvas visible.
    pub(super) fn show(&mut self, core: &Core, shown: Shown) -> Result<Canvas, JournalError> {
        let Shown { id, new, settings, created_at, head, records, .. } = shown;
        let canvas = self.put_canvas(core, id, (new, settings, None), created_at, head)?;
        self.batch.delete(key::hidden(id));
        self.put_records(records);
        Ok(canvas)
    }

    /// The name asked for, if nobody has it; without one, `canvas-N` or the first of `canvas-N-2`, `-3` … that is free.
    fn free_name(&self, core: &Core, id: CanvasId, asked: Option<Name>) -> Result<Name, JournalError> {
        let is_free = |name: &Name| -> Result<bool, JournalError> {
            let in_group = self.created.iter().any(|created| created.canvas.name == *name);
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

    /// Adds what is not visible yet, or is derived, or is left behind.
    pub(super) fn stage(&mut self, batch: Batch, reply: Reply<()>) {
        self.batch.append(batch);
        self.answer(reply, Ok(()));
    }

    /// Answers with something that is held from now on, whatever becomes of the commit: who does not get it cannot give
    /// it back, and nobody else would ever have a canvas or a key again.
    pub(super) fn lend<T: Send + 'static>(&mut self, reply: Reply<T>, lent: T) {
        self.answers.push(Box::new(move |_| reply(Ok(lent))));
    }

    /// Answers with an error that has nothing to do with the commit.
    pub(super) fn refuse<T: Send + 'static>(&mut self, reply: Reply<T>, error: JournalError) {
        self.answer(reply, Err(error));
    }

    /// Writes records of the layer above.
    pub(super) fn put_records(&mut self, records: Records) {
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

    /// Keeps the new entries, which are durable now, for those who follow.
    pub(super) fn publish_recent(&mut self, core: &Core) {
        self.recent.drain(..).for_each(|stretch| core.recent.push(stretch));
    }

    /// Makes the new canvases known, which are durable now.
    pub(super) fn publish_created(&mut self, core: &Core) {
        for Created { canvas, head, label } in self.created.drain(..) {
            let id = canvas.id;
            core.newest_canvas.fetch_max(id.0, Ordering::AcqRel);
            let live = core.lives.insert(Live::new(canvas, head).labelled(Ok(label)));
            // A canvas that was built out of sight has whole stretches already.
            for number in delta::numbers_kept(core, &live) {
                core.snapshots.request_delta(&live, number);
            }
            core.hidden().remove(&id);
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
