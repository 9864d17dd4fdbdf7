//! The one thread that writes: gathers what waits, commits it, publishes it, answers it.
//!
//! Group commit without a timer: while one group syncs, the next one gathers in the queue.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use crate::canvas::CanvasId;
use crate::store::StoreError;

use super::JournalError;
use super::core::Core;
use super::group::Group;
use super::request::{Reply, Request, Token, Write};
use super::snapshot;
use super::writer::Writer;

/// A group takes no further request once its batch has so many bytes. One request adds at most about 0.5 MiB.
const GROUP_BYTES: usize = 512 << 10;

/// Requests that one group takes at most.
const GROUP_REQUESTS: usize = 4_096;

/// The committer's own state.
struct Committer {
    core: Arc<Core>,
    writers: HashMap<CanvasId, Writer>,
    reserved: HashMap<CanvasId, Reservation>,
    next_canvas: CanvasId,
    next_token: Token,
    /// Requests that waited for a reservation that is over.
    ready: VecDeque<Request>,
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
        core,
        writers: HashMap::new(),
        reserved: HashMap::new(),
        next_canvas,
        next_token: 1,
        ready: VecDeque::new(),
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
        for _ in 1..GROUP_REQUESTS {
            let is_full = group.bytes() >= GROUP_BYTES || self.writers.len() > self.core.options.canvases_cached_max;
            if !goes_on || is_full {
                break;
            }
            let Some(next) = self.next_ready().or_else(|| requests.try_recv().ok()) else { break };
            goes_on = self.admit(&mut group, next);
        }
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
            Request::Create(new, records, reply) => {
                if group.create(&self.core, self.next_canvas, new, records, reply) {
                    self.next_canvas.0 += 1;
                }
            }
            Request::Records(records, reply) => group.records(records, reply),
            Request::Stage(batch, reply) => group.stage(batch, reply),
            Request::Write(write, reply) => match self.writer(write.canvas) {
                Ok(writer) => {
                    let core = self.core.clone();
                    if let Some(writer) = self.writers.get_mut(&writer) {
                        group.write(&core, writer, write, reply);
                    }
                }
                Err(error) => group.refuse(reply, error),
            },
        }
        true
    }

    /// Makes sure that the canvas's writer is loaded.
    fn writer(&mut self, canvas: CanvasId) -> Result<CanvasId, JournalError> {
        if !self.writers.contains_key(&canvas) {
            let live = self.core.live(canvas)?;
            self.writers.insert(canvas, Writer::load(&self.core, live)?);
        }
        Ok(canvas)
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
        let token = self.next_token;
        self.next_token += 1;
        self.reserved.insert(canvas, Reservation { token, waiting: VecDeque::new() });
        group.reserved(reply, token);
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
        if let Some(current) = group.current {
            *self.core.current.lock().unwrap_or_else(PoisonError::into_inner) = Ok(Some(current));
        }
        for canvas in &group.touched {
            let Some(writer) = self.writers.get_mut(canvas) else { continue };
            writer.live.publish(writer.head);
            if self.core.options.snapshots && snapshot::is_due(&self.core.options, &writer.live.canvas, writer.weight) {
                writer.weight = 0;
                self.core.snapshots.request(&writer.live);
            }
        }
    }

    /// The group did not happen, or may not have: nothing of it is published.
    fn roll_back(&mut self, group: &Group, error: &StoreError) {
        let is_harmless = matches!(error, StoreError::Full { .. } | StoreError::Precondition { .. });
        for writer in group.touched.iter().filter_map(|canvas| self.writers.remove(canvas)) {
            if !is_harmless {
                // The store may show entries that are not durable; the head that was published must be kept.
                self.core.lives.pin(writer.live);
            }
        }
        if !is_harmless {
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

/// Answers a request that a poisoned journal cannot carry out.
fn refuse(group: &mut Group, request: Request) {
    match request {
        Request::Write(_, reply) => group.refuse(reply, StoreError::Poisoned.into()),
        Request::Create(_, _, reply) => group.refuse(reply, StoreError::Poisoned.into()),
        Request::Records(_, reply) | Request::Stage(_, reply) => group.refuse(reply, StoreError::Poisoned.into()),
        Request::Reserve(..) | Request::Release(_) | Request::Close => {}
    }
}
