//! The one thread that writes: gathers what waits, commits it, publishes it, answers it.
//!
//! Group commit without a timer: while one group syncs, the next one gathers in the queue.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Instant;

use crate::canvas::CanvasId;
use crate::store::StoreError;

use super::cooldown::Cooldowns;
use super::core::Core;
use super::deletion::{Deletion, deleted};
use super::group::Group;
use super::keys::{Found, Keys, Vacancy};
use super::request::{Create, Keyed, Recall, Reply, Request, Shown, Token, Write};
use super::writer::Writer;
use super::{
    Answered, Canvas, Committed, Expectation, Head, Idempotency, JournalError, LabelWrite, Outcome, Records, TagWrite,
    labels, snapshot,
};

/// A group takes no further request once its batch has so many bytes. One request adds at most about 0.5 MiB.
const GROUP_BYTES: usize = 512 << 10;

/// Requests that one group takes at most.
const GROUP_REQUESTS: usize = 4_096;

/// How often a group whose queue is empty lets other threads run before it is committed, if each time brings a request.
const YIELDS_MAX: usize = 8;

/// The committer's own state.
struct Committer {
    core: Arc<Core>,
    writers: HashMap<CanvasId, Writer>,
    reserved: HashMap<CanvasId, Reservation>,
    keys: Keys,
    cooldowns: Cooldowns,
    next_canvas: CanvasId,
    next_token: Token,
    /// Requests that waited for a reservation that is over.
    ready: VecDeque<Request>,
    /// Whether the last group had several requests: then there are others who may be about to ask.
    crowded: bool,
}

/// A canvas that only the bearer of a token may write to.
struct Reservation {
    token: Token,
    waiting: VecDeque<Request>,
}

/// Runs until it is told to close.
pub(super) fn run(core: Arc<Core>, requests: &Receiver<Request>) {
    let next_canvas = CanvasId(core.newest_canvas.load(Ordering::Acquire) + 1);
    let mut committer = Committer {
        cooldowns: Cooldowns::new(core.options.cooldowns_max),
        keys: Keys::default(),
        core,
        writers: HashMap::new(),
        reserved: HashMap::new(),
        next_canvas,
        next_token: 1,
        ready: VecDeque::new(),
        crowded: false,
    };
    while committer.commit_next(requests) {}
}

impl Committer {
    /// Commits one group; `false` once it was told to close, or nobody is left to ask for anything.
    fn commit_next(&mut self, requests: &Receiver<Request>) -> bool {
        let first = self.next_ready().or_else(|| {
            // Once the journal is closing, what is queued is worked off and nothing more is waited for.
            if self.core.closing.load(Ordering::Acquire) { requests.try_recv().ok() } else { requests.recv().ok() }
        });
        let Some(first) = first else { return false };
        let mut group = Group::new(Core::now());
        let mut goes_on = self.admit(&mut group, first);
        let mut yields = if self.crowded { YIELDS_MAX } else { 0 };
        for _ in 1..GROUP_REQUESTS {
            let is_full = group.bytes() >= GROUP_BYTES || self.writers.len() > self.core.options.canvases_cached_max;
            if !goes_on || is_full {
                break;
            }
            let Some(next) = self.next_ready().or_else(|| next_of(requests, &mut yields)) else { break };
            goes_on = self.admit(&mut group, next);
        }
        self.crowded = group.requests() > 1;
        self.finish(group);
        goes_on
    }

    /// A request whose reservation is over.
    fn next_ready(&mut self) -> Option<Request> {
        let request = self.ready.pop_front()?;
        self.core.deferred.fetch_sub(1, Ordering::AcqRel);
        Some(request)
    }

    /// Takes a request into the group; `false` where it says to close.
    fn admit(&mut self, group: &mut Group, request: Request) -> bool {
        let Some(request) = self.defer_if_reserved(request) else { return true };
        self.core.queued_pixels.fetch_sub(request.pixels(), Ordering::AcqRel);
        self.core.metrics.request_waited();
        match request {
            Request::Close => return false,
            Request::Reserve(canvas, reply) => self.reserve(group, canvas, reply),
            Request::Release(canvas) => self.release(canvas),
            _ if self.core.poison.get().is_some() => refuse(group, request),
            Request::Unclaim(hash, token) => self.keys.unclaim(hash, token),
            Request::Write(write, reply) => {
                let outcome = self.write(group, write);
                group.answer(reply, outcome);
            }
            Request::Create(create, reply) => {
                let outcome = self.create(group, *create);
                group.answer(reply, outcome);
            }
            Request::Hide(reply) => {
                group.hide(&self.core, self.next_canvas, reply);
                self.next_canvas.0 += 1;
            }
            Request::Show(shown, reply) => {
                let outcome = self.show(group, *shown);
                group.answer(reply, outcome);
            }
            Request::Records(records, reply) => {
                group.put_records(records);
                group.answer(reply, Ok(()));
            }
            Request::Remember(records, remembered, reply) => {
                let outcome = self.remember(group, records, *remembered);
                group.answer(reply, outcome);
            }
            Request::Recall(idempotency, reply) => match self.recall(group, &idempotency) {
                Ok(held @ Recall::Free(_)) => group.lend(reply, held),
                outcome => group.answer(reply, outcome),
            },
            Request::Tag(write, reply) => {
                let outcome = self.tag(group, *write);
                group.answer(reply, outcome);
            }
            Request::Label(write, reply) => {
                let outcome = self.label(group, *write);
                group.answer(reply, outcome);
            }
            Request::Delete(canvas, expectation, reply) => {
                let outcome = self.delete(group, canvas, expectation);
                group.answer(reply, outcome);
            }
            Request::Purge(batch, reply) => group.stage(batch, reply),
            Request::Stage(canvas, batch, reply) => match self.check_not_deleted(group, canvas) {
                Ok(()) => group.stage(batch, reply),
                Err(error) => group.refuse(reply, error),
            },
        }
        true
    }

    /// Decides on entries: by their key, the expected head, the cooldown, and at last their content.
    fn write(&mut self, group: &mut Group, mut write: Write) -> Result<Answered<Committed>, JournalError> {
        let keyed = write.keyed.take();
        let vacancy = match self.look_up(group, keyed.as_deref())? {
            Found::Known(outcome) => return outcome.committed().map(Answered::before),
            Found::Free(vacancy) => vacancy,
        };
        group.check_not_deleted(write.canvas)?;
        let writer = writer(&mut self.writers, &self.core, write.canvas)?;
        write.expectation.check(writer.head.version)?;
        let cooldown_ms = writer.live.canvas.settings.cooldown_ms;
        let cooling = write.caller.filter(|_| cooldown_ms > 0).map(|caller| (write.canvas, caller));
        cooling.map_or(Ok(()), |cooling| self.cooldowns.check(cooling, group.began))?;
        let (changed, skipped) = (write.content.changed(), write.skipped);
        let committed = group.write(&self.core, writer, write)?;
        if let Some(cooling) = cooling {
            self.cooldowns.start(cooling, group.began, cooldown_ms);
            group.cooling.push(cooling);
        }
        if let (Some(keyed), Some(vacancy)) = (keyed, vacancy) {
            self.keys.remember(group, &keyed, &vacancy, Outcome::of(committed, changed, skipped));
        }
        Ok(Answered::now(committed))
    }

    fn create(&mut self, group: &mut Group, mut create: Create) -> Result<Answered<Canvas>, JournalError> {
        let (keyed, instead) = (create.keyed.take(), create.outcome.take());
        let vacancy = match self.look_up(group, keyed.as_ref())? {
            Found::Known(outcome) => return self.made_before(group, &outcome),
            Found::Free(vacancy) => vacancy,
        };
        let canvas = group.create(&self.core, self.next_canvas, create)?;
        self.next_canvas.0 += 1;
        if let (Some(keyed), Some(vacancy)) = (keyed, vacancy) {
            let outcome = instead.map_or(Outcome::Created(canvas.id), Outcome::Bytes);
            self.keys.remember(group, &keyed, &vacancy, outcome);
        }
        Ok(Answered::now(canvas))
    }

    /// Makes a hidden canvas visible, unless its key made another before.
    fn show(&mut self, group: &mut Group, mut shown: Shown) -> Result<Answered<Canvas>, JournalError> {
        let keyed = shown.keyed.take();
        let vacancy = match self.look_up(group, keyed.as_ref())? {
            Found::Known(outcome) => return self.made_before(group, &outcome),
            Found::Free(vacancy) => vacancy,
        };
        let canvas = group.show(&self.core, shown)?;
        if let (Some(keyed), Some(vacancy)) = (keyed, vacancy) {
            self.keys.remember(group, &keyed, &vacancy, Outcome::Created(canvas.id));
        }
        Ok(Answered::now(canvas))
    }

    /// The canvas that an outcome tells of.
    fn made_before(&self, group: &Group, outcome: &Outcome) -> Result<Answered<Canvas>, JournalError> {
        let Outcome::Created(id) = *outcome else { return Err(JournalError::KeyReused) };
        let before = group.created(id).cloned();
        let before = before.map_or_else(|| self.core.live(id).map(|live| live.canvas.clone()), Ok);
        before.map(Answered::before)
    }

    /// Writes records of the layer above, and remembers an outcome; returns the outcome of before, where there is one.
    fn remember(
        &mut self,
        group: &mut Group,
        records: Records,
        (keyed, outcome): (Keyed, Outcome),
    ) -> Result<Option<Outcome>, JournalError> {
        match self.look_up(group, Some(&keyed))? {
            Found::Known(before) => return Ok(Some(before)),
            Found::Free(vacancy) => {
                group.put_records(records);
                if let Some(vacancy) = vacancy {
                    self.keys.remember(group, &keyed, &vacancy, outcome);
                }
            }
        }
        Ok(None)
    }

    fn recall(&mut self, group: &Group, idempotency: &Idempotency) -> Result<Recall, JournalError> {
        let keyed = Keyed { idempotency: *idempotency, claim: None };
        match self.look_up(group, Some(&keyed))? {
            Found::Known(outcome) => Ok(Recall::Before(outcome)),
            Found::Free(_) => {
                let token = self.token();
                self.keys.claim(idempotency.key, token);
                Ok(Recall::Free(token))
            }
        }
    }

    fn look_up(&mut self, group: &Group, keyed: Option<&Keyed>) -> Result<Found<Option<Vacancy>>, JournalError> {
        let Some(keyed) = keyed else { return Ok(Found::Free(None)) };
        Ok(match self.keys.recall(&self.core, group, keyed)? {
            Found::Known(outcome) => Found::Known(outcome),
            Found::Free(vacancy) => Found::Free(Some(vacancy)),
        })
    }

    fn tag(&mut self, group: &mut Group, write: TagWrite) -> Result<Answered<bool>, JournalError> {
        let TagWrite { canvas, tag, version, expectation, idempotency } = write;
        let keyed = idempotency.map(|idempotency| Keyed { idempotency, claim: None });
        let vacancy = match self.look_up(group, keyed.as_ref())? {
            Found::Known(Outcome::Bytes(was_there)) => return Ok(Answered::before(was_there != [0])),
            Found::Known(_) => return Err(JournalError::KeyReused),
            Found::Free(vacancy) => vacancy,
        };
        group.check_not_deleted(canvas)?;
        let writer = writer(&mut self.writers, &self.core, canvas)?;
        let head = writer.head.version;
        expectation.check(head)?;
        if let Some(asked) = version.filter(|version| *version > head) {
            return Err(JournalError::NoVersion { asked, head });
        }
        let was_there = group.tagging.set(&self.core, &writer.live, tag, version)?;
        if let (Some(keyed), Some(vacancy)) = (keyed, vacancy) {
            self.keys.remember(group, &keyed, &vacancy, Outcome::Bytes(vec![was_there.into()]));
        }
        Ok(Answered::now(was_there))
    }

    fn label(&mut self, group: &mut Group, write: LabelWrite) -> Result<Answered<Head>, JournalError> {
        let LabelWrite { canvas, label, expectation, idempotency } = write;
        let keyed = idempotency.map(|idempotency| Keyed { idempotency, claim: None });
        let vacancy = match self.look_up(group, keyed.as_ref())? {
            Found::Known(Outcome::Bytes(before)) => {
                return labels::remembered(&before).map(Answered::before).ok_or(JournalError::KeyReused);
            }
            Found::Known(_) => return Err(JournalError::KeyReused),
            Found::Free(vacancy) => vacancy,
        };
        group.check_not_deleted(canvas)?;
        let writer = writer(&mut self.writers, &self.core, canvas)?;
        let head = writer.head;
        expectation.check(head.version)?;
        group.labelling.set(&writer.live, label);
        if let (Some(keyed), Some(vacancy)) = (keyed, vacancy) {
            self.keys.remember(group, &keyed, &vacancy, Outcome::Bytes(labels::outcome(head)));
        }
        Ok(Answered::now(head))
    }

    fn delete(&mut self, group: &mut Group, canvas: CanvasId, expectation: Expectation) -> Result<(), JournalError> {
        group.check_not_deleted(canvas)?;
        let head = self.writers.get(&canvas).map(|writer| writer.head.version);
        let deletion = Deletion::decide(&self.core, &mut group.batch, (canvas, head), expectation, group.now)?;
        group.deletions.push(deletion);
        Ok(())
    }

    fn check_not_deleted(&self, group: &Group, canvas: CanvasId) -> Result<(), JournalError> {
        group.check_not_deleted(canvas)?;
        deleted(&self.core, canvas)?.map_or(Ok(()), |name| Err(JournalError::Deleted(name)))
    }

    fn token(&mut self) -> Token {
        self.next_token += 1;
        self.next_token
    }

    /// Puts a write aside where another has the canvas reserved.
    fn defer_if_reserved(&mut self, request: Request) -> Option<Request> {
        let (Request::Write(Write { canvas, .. }, _) | Request::Reserve(canvas, _)) = &request else {
            return Some(request);
        };
        let Some(reservation) = self.reserved.get_mut(canvas) else { return Some(request) };
        if matches!(&request, Request::Write(write, _) if write.token == Some(reservation.token)) {
            return Some(request);
        }
        reservation.waiting.push_back(request);
        self.core.deferred.fetch_add(1, Ordering::AcqRel);
        None
    }

    fn reserve(&mut self, group: &mut Group, canvas: CanvasId, reply: Reply<Token>) {
        let token = self.token();
        self.reserved.insert(canvas, Reservation { token, waiting: VecDeque::new() });
        group.lend(reply, token);
    }

    fn release(&mut self, canvas: CanvasId) {
        if let Some(reservation) = self.reserved.remove(&canvas) {
            self.ready.extend(reservation.waiting);
        }
    }

    /// Commits the group, publishes what it did, answers everybody.
    fn finish(&mut self, mut group: Group) {
        if group.is_empty() {
            return;
        }
        for canvas in &group.touched {
            if let Some(writer) = self.writers.get_mut(canvas) {
                writer.write_tail(&mut group.batch);
            }
        }
        group.tagging.write(&mut group.batch);
        group.labelling.write(&mut group.batch);
        if !group.batch.is_empty()
            && let Err(error) = self.keys.forget(&self.core, &mut group)
        {
            tracing::warn!(%error, "outcomes that are over are kept for now");
        }
        let (begin, added, bytes) = (Instant::now(), group.added, group.batch.bytes());
        let outcome = if group.batch.is_empty() { Ok(()) } else { self.core.store.commit(&group.batch) };
        self.core.metrics.group_ended(outcome.is_ok(), added, group.requests(), bytes, begin.elapsed());
        match &outcome {
            Ok(()) => self.publish(&mut group),
            Err(error) => self.roll_back(&group, error),
        }
        group.answer_all(outcome.as_ref().err());
        self.keep_small();
    }

    fn publish(&mut self, group: &mut Group) {
        group.publish_created(&self.core);
        group.publish_recent(&self.core);
        if let Some(current) = group.current {
            *self.core.current.lock().unwrap_or_else(PoisonError::into_inner) = Ok(Some(current));
        }
        for canvas in &group.touched {
            let Some(writer) = self.writers.get_mut(canvas) else { continue };
            writer.live.publish(writer.head);
            for number in writer.finished_stretches() {
                self.core.snapshots.request_delta(&writer.live, number);
            }
            if self.core.options.snapshots
                && snapshot::is_due(&self.core.options, &writer.live.canvas, writer.weight.bytes())
            {
                writer.weight.clear();
                self.core.snapshots.request(&writer.live);
            }
        }
        group.tagging.settle();
        group.labelling.publish();
        for deletion in &group.deletions {
            self.writers.remove(&deletion.id);
            deletion.publish(&self.core);
        }
    }

    /// The group did not happen, or may not have: nothing of it is published.
    fn roll_back(&mut self, group: &Group, error: &StoreError) {
        group.cooling.iter().for_each(|cooling| self.cooldowns.end(*cooling));
        self.keys.roll_back();
        let is_harmless = matches!(error, StoreError::Full { .. } | StoreError::Precondition { .. });
        for writer in group.touched.iter().filter_map(|canvas| self.writers.remove(canvas)) {
            if !is_harmless {
                // The store may show entries that are not durable; the head that was published must be kept.
                self.core.lives.pin(writer.live);
            }
        }
        if is_harmless {
            group.tagging.settle();
        } else {
            group.tagging.lives().chain(group.labelling.lives()).for_each(|live| self.core.lives.pin(live));
            group.deletions.iter().filter_map(Deletion::live).for_each(|live| self.core.lives.pin(live));
            self.core.poison(error.to_string());
        }
    }

    /// Gives up what can be loaded again.
    fn keep_small(&mut self) {
        if self.writers.len() > self.core.options.canvases_cached_max {
            self.writers.clear();
        }
        self.writers.values_mut().for_each(Writer::settle_authors);
    }
}

/// The next request that waits. Where none does, those who may be about to ask get the processor first, as often as
/// `yields` says: where processors are scarce the committer would otherwise run before them and sync for a few requests.
fn next_of(requests: &Receiver<Request>, yields: &mut usize) -> Option<Request> {
    requests.try_recv().ok().or_else(|| {
        *yields = yields.checked_sub(1)?;
        thread::yield_now();
        requests.try_recv().ok()
    })
}

/// The committer's view of a canvas, loaded where it is not yet.
fn writer<'a>(
    writers: &'a mut HashMap<CanvasId, Writer>,
    core: &Core,
    canvas: CanvasId,
) -> Result<&'a mut Writer, JournalError> {
    match writers.entry(canvas) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => Ok(entry.insert(Writer::load(core, core.live(canvas)?)?)),
    }
}

/// Answers a request that a poisoned journal cannot carry out.
fn refuse(group: &mut Group, request: Request) {
    let error = JournalError::from(StoreError::Poisoned);
    match request {
        Request::Write(_, reply) => group.refuse(reply, error),
        Request::Create(_, reply) | Request::Show(_, reply) => group.refuse(reply, error),
        Request::Hide(reply) => group.refuse(reply, error),
        Request::Remember(_, _, reply) => group.refuse(reply, error),
        Request::Recall(_, reply) => group.refuse(reply, error),
        Request::Tag(_, reply) => group.refuse(reply, error),
        Request::Label(_, reply) => group.refuse(reply, error),
        Request::Records(_, reply)
        | Request::Stage(_, _, reply)
        | Request::Delete(_, _, reply)
        | Request::Purge(_, reply) => group.refuse(reply, error),
        Request::Reserve(..) | Request::Release(_) | Request::Unclaim(..) | Request::Close => {}
    }
}
