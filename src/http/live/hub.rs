//! What readers who are level are sent: rendered once, for all who ask for the same within a tick.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rocket::tokio::sync::Semaphore;
use serde::Serialize;
use utoipa::ToSchema;

use crate::canvas::{CanvasId, Version};
use crate::journal::{Canvas, Changed, Changes};

use super::super::entry::RectBody;

/// How often a reader is sent something, at most: 20 times a second. All readers have the same ticks, so that those who
/// are level ask for the same.
pub(super) const TICK: Duration = Duration::from_millis(50);

/// Bytes that are kept for others within a tick.
const SHARED_BYTES_MAX: usize = 4 << 20;

/// Reads of the log for readers, at once: they must leave the store to others.
const LOG_READS_MAX: usize = 2;

/// An event without its id.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// The version that it reaches.
    pub(super) version: Version,
    /// Its lines, an empty one at the end.
    pub(super) lines: Arc<[u8]>,
}

/// What the readers of one server share.
#[derive(Debug)]
pub(in crate::http) struct Hub {
    start: Instant,
    shared: Mutex<Shared>,
    /// Lets in those who read the log.
    pub(super) log_reads: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Shared {
    tick: u64,
    bytes: usize,
    /// By canvas, the version before, and whether the reader keeps up.
    events: HashMap<(CanvasId, Version, bool), Event>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { start: Instant::now(), shared: Mutex::default(), log_reads: Arc::new(Semaphore::new(LOG_READS_MAX)) }
    }
}

impl Hub {
    /// The number of the tick, and when the next one begins.
    pub(super) fn tick(&self) -> (u64, Instant) {
        let number = self.start.elapsed().as_millis() / TICK.as_millis();
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        (number, self.start + TICK * u32::try_from(number + 1).unwrap_or(u32::MAX))
    }

    /// What somebody else was sent in this tick, from the same version on.
    pub(super) fn find(&self, tick: u64, key: (CanvasId, Version, bool)) -> Option<Event> {
        let shared = self.lock();
        shared.events.get(&key).filter(|_| shared.tick == tick).cloned()
    }

    /// Keeps an event for the others.
    pub(super) fn share(&self, tick: u64, key: (CanvasId, Version, bool), event: &Event) {
        let mut shared = self.lock();
        if shared.tick != tick {
            *shared = Shared { tick, ..Shared::default() };
        }
        if shared.bytes + event.lines.len() <= SHARED_BYTES_MAX {
            shared.bytes += event.lines.len();
            shared.events.insert(key, event.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The data of `event: state`.
#[derive(Serialize, ToSchema)]
#[schema(as = StateEvent)]
pub(super) struct StateBody<'a> {
    canvas: &'a str,
    /// The version before
    from: u64,
    version: u64,
    /// What is to be read again
    region: RectBody,
}

/// The data of `event: deleted`.
#[derive(Serialize, ToSchema)]
#[schema(as = DeletedEvent)]
pub(super) struct DeletedBody<'a> {
    canvas: &'a str,
}

/// The event that tells of changes.
pub(super) fn changed(canvas: &Canvas, changes: &Changes) -> Event {
    let Changes { from, version, what } = changes;
    let lines = match what {
        Changed::Pixels(pixels) => {
            let name = canvas.name.as_str();
            let mut text = Vec::with_capacity(96 + pixels.len() * 24);
            text.extend_from_slice(b"event: pixels\ndata: {\"canvas\":\"");
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(format!("\",\"from\":{from},\"version\":{version},\"pixels\":[").as_bytes());
            for (index, pixel) in pixels.iter().enumerate() {
                let (x, y) = canvas.size.position(pixel.cell);
                let comma = if index > 0 { "," } else { "" };
                let colour = pixel.colour.to_hex(canvas.mode);
                text.extend_from_slice(format!("{comma}[{x},{y},\"{colour}\"]").as_bytes());
            }
            text.extend_from_slice(b"]}\n\n");
            text
        }
        Changed::Region(region) => {
            let region = RectBody::from(*region);
            let body = StateBody { canvas: canvas.name.as_str(), from: from.0, version: version.0, region };
            event("state", &body)
        }
    };
    Event { version: *version, lines: lines.into() }
}

/// The event that tells of a deletion.
pub(super) fn deleted(canvas: &Canvas) -> Vec<u8> {
    event("deleted", &DeletedBody { canvas: canvas.name.as_str() })
}

/// An event with this body.
pub(super) fn event(kind: &str, body: &impl Serialize) -> Vec<u8> {
    let mut lines = format!("event: {kind}\ndata: ").into_bytes();
    // Plain structs of numbers and text cannot fail to be written to memory.
    let written = serde_json::to_writer(&mut lines, body);
    debug_assert!(written.is_ok(), "{written:?}");
    lines.extend_from_slice(b"\n\n");
    lines
}
