//! Opening a journal: the store's own record, the newest records of each canvas, what nothing names.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};

use crate::canvas::{BlockNumber, CanvasId, RunId, StateId, TILE_SIDE, Version};
use crate::format::{BLOCK_ENTRIES, CurrentRecord, FormatError, StoreRecord, key};
use crate::store::{Batch, Order, Store, StoreError, last_under};

use super::core::{Core, corrupt, missing};
use super::deletion::PurgeQueue;
use super::live::{Live, LiveCache};
use super::metrics::Metrics;
use super::permits::Permits;
use super::recent::Recent;
use super::replay::{BLOCK, log_records, tail_records};
use super::request::Request;
use super::snapshotter::SnapshotQueue;
use super::{Canvas, CanvasNow, CanvasPage, Current, Head, JournalError, Options, hidden, labels, staging};

/// Checks the store and sweeps it. Nothing else is running yet, so commits go straight to the store.
pub(super) fn open(store: Arc<dyn Store>, options: Options) -> Result<(Arc<Core>, Receiver<Request>), JournalError> {
    check_format(&*store)?;
    let (queue, requests) = sync_channel(options.queue_max);
    let next_run = last_under(&*store, &key::runs())?.and_then(|(key, _)| key::number(&key, 0)).unwrap_or(0) + 1;
    let current = match read_current(&*store) {
        Ok(current) => Ok(current),
        Err(CurrentError::Store(error)) => return Err(error.into()),
        Err(CurrentError::Damaged(problem)) => Err(problem),
    };
    let newest_canvas = AtomicU64::new(last_canvas(&*store)?);
    let core = Core {
        permits: Permits::new(options.readers_max.max(1)),
        lives: LiveCache::new(options.canvases_cached_max),
        recent: Recent::new(options.recent_pixels_max),
        snapshots: SnapshotQueue::default(),
        metrics: Metrics::default(),
        purges: PurgeQueue::default(),
        current: Mutex::new(current.clone()),
        next_run: AtomicU64::new(next_run),
        poison: OnceLock::new(),
        closing: AtomicBool::new(false),
        queued_pixels: AtomicUsize::new(0),
        deferred: AtomicUsize::new(0),
        newest_canvas,
        hidden: Mutex::default(),
        store,
        options,
        queue,
    };
    sweep_all(&core)?;
    hidden::purge_all(&core)?;
    // The canvas that a crash most likely cut off; the others are checked the same way when they are first used. What is
    // damaged there keeps no other canvas from being served: whoever uses it is told.
    let checked = core.current().and_then(|current| current.map_or(Ok(()), |it| core.live(it.canvas).map(drop)));
    match checked {
        Err(error @ JournalError::Store(_)) => return Err(error),
        Err(error) => tracing::error!(%error, "the current canvas cannot be used"),
        Ok(()) => {}
    }
    Ok((Arc::new(core), requests))
}

/// Writes the store's own record, or checks that it says what this program expects.
fn check_format(store: &dyn Store) -> Result<(), JournalError> {
    let ours = StoreRecord { block_entries: u32::try_from(BLOCK_ENTRIES).unwrap_or(u32::MAX), tile_side: TILE_SIDE };
    let key = key::store();
    let broken = |problem: &FormatError| corrupt(CanvasId(0), &key, problem);
    if let Some(record) = store.get(&key)? {
        let found = StoreRecord::decode(&key, &record).map_err(|problem| broken(&problem))?;
        return if found == ours { Ok(()) } else { Err(broken(&FormatError::Content("layout"))) };
    }
    let mut batch = Batch::new();
    batch.require_absent(key.clone());
    let record = ours.encode(&key);
    batch.put(key, record);
    Ok(store.commit(&batch)?)
}

/// Why it is not known what is current.
pub(super) enum CurrentError {
    /// The store failed.
    Store(StoreError),
    /// The record is damaged.
    Damaged(FormatError),
}

pub(super) fn read_current(store: &dyn Store) -> Result<Option<Current>, CurrentError> {
    let key = key::current();
    let Some(record) = store.get(&key).map_err(CurrentError::Store)? else { return Ok(None) };
    let CurrentRecord { canvas, run } = CurrentRecord::decode(&key, &record).map_err(CurrentError::Damaged)?;
    Ok(Some(Current { canvas: CanvasId(canvas), run: run.map(RunId) }))
}

/// Deletes staged data whose mark is still there: a crash came before the commit that would have named it.
fn sweep_all(core: &Core) -> Result<(), JournalError> {
    let prefix = key::stagings(None);
    while let Some((key, _)) = last_under(&*core.store, &prefix)? {
        let (Some(canvas), Some(id)) = (key::number(&key, 0), key::number(&key, 1)) else {
            return Err(corrupt(CanvasId(0), &key, &FormatError::Short));
        };
        tracing::info!(canvas, id, "sweeping data that nothing names");
        staging::sweep(core, CanvasId(canvas), StateId(id), |batch| Ok(core.store.commit(&batch)?))?;
    }
    Ok(())
}

/// The canvas with the head that its newest records show. What is in the store but not in use is durable.
pub(super) fn load_live(core: &Core, id: CanvasId) -> Result<Live, JournalError> {
    let canvas = core.canvas_record(id)?;
    let mut head = Head { version: Version(0), time: canvas.created_at };
    if let Some((key, _)) = last_under(&*core.store, &key::blocks(id))? {
        let number = BlockNumber(key::number(&key, 1).ok_or_else(|| missing(id, &key))?);
        let full = Version((number.0 + 1) * BLOCK);
        for record in log_records(core, &canvas, number, full)? {
            let view = record.open(&canvas)?;
            if view.count() != BLOCK_ENTRIES {
                return Err(corrupt(id, &key, &FormatError::Content("count")));
            }
            head = Head { version: full, time: view.times().1 };
        }
    }
    let head = tail_head(core, &canvas, head)?;
    check_nothing_beyond(core, &canvas, head.version)?;
    Ok(Live::new(canvas, head).labelled(labels::read(core, id)?))
}

/// Where any record of the canvas belongs to a version beyond `head`, the log's own record is lost, and must not be
/// written anew as if it had never been.
fn check_nothing_beyond(core: &Core, canvas: &Canvas, head: Version) -> Result<(), JournalError> {
    let id = canvas.id;
    let of_blocks = |number: u64| number.saturating_add(1).saturating_mul(BLOCK);
    let last_of = |prefix: Vec<u8>| -> Result<u64, JournalError> {
        Ok(last_under(&*core.store, &prefix)?.and_then(|(key, _)| key::number(&key, 1)).unwrap_or(0))
    };
    let mut newest = 0;
    for prefix in [key::tails(id), key::tail_whos(id), key::states(id), key::snapshots(id)] {
        newest = newest.max(last_of(prefix)?);
    }
    if let Some((key, _)) = last_under(&*core.store, &key::block_whos(id))? {
        newest = newest.max(key::number(&key, 1).map_or(0, of_blocks));
    }
    if newest <= head.0 {
        return Ok(());
    }
    let number = head.0 / BLOCK;
    let is_in_full_block = newest >= of_blocks(number);
    let record = if is_in_full_block { key::block(id, BlockNumber(number)) } else { key::tail(id, head.after(1)) };
    Err(missing(id, &record))
}

/// The head after the tail records behind the last full block.
fn tail_head(core: &Core, canvas: &Canvas, mut head: Head) -> Result<Head, JournalError> {
    let first = head.version.after(1);
    let last = Version(head.version.0 + BLOCK);
    for record in tail_records(core, canvas, first, last)? {
        if record.first != head.version.after(1) {
            return Err(missing(canvas.id, &key::tail(canvas.id, head.version.after(1))));
        }
        let view = record.open(canvas)?;
        head = Head { version: head.version.after(view.count() as u64), time: view.times().1 };
    }
    Ok(head)
}

/// Canvases older than `before`, newest first.
pub(super) fn canvases(core: &Core, before: Option<CanvasId>, limit: usize) -> Result<Vec<Canvas>, JournalError> {
    let from = key::canvases();
    // One that is not on stable storage yet is not shown.
    let end = CanvasId(core.newest_canvas.load(Ordering::Acquire).saturating_add(1));
    let to = key::canvas(before.map_or(end, |before| before.min(end)));
    let found = core.store.scan(&from, &to, Order::Descending, limit)?;
    found
        .into_iter()
        .filter(|(key, _)| key::number(key, 0).is_none_or(|id| core.is_visible(CanvasId(id))))
        .map(|(key, record)| {
            let id = CanvasId(key::number(&key, 0).ok_or_else(|| missing(CanvasId(0), &key))?);
            core.canvas_from(id, &key, &record)
        })
        .collect()
}

/// Canvases older than `before`, newest first, as they are now.
pub(super) fn canvas_page(core: &Core, before: Option<CanvasId>, limit: usize) -> Result<CanvasPage, JournalError> {
    let found = canvases(core, before, limit)?;
    let next = found.last().filter(|_| found.len() == limit).map(|canvas| canvas.id);
    let mut page = CanvasPage { canvases: Vec::with_capacity(found.len()), next };
    for canvas in found {
        match now_of(core, canvas.id) {
            Ok(now) => page.canvases.push(now),
            Err(JournalError::Deleted(_)) => {}
            Err(error @ JournalError::Corrupt { .. }) => tracing::error!(%error, "a canvas is left out of a list"),
            Err(error) => return Err(error),
        }
    }
    Ok(page)
}

/// What a canvas is now, which is not taken into use for that.
fn now_of(core: &Core, id: CanvasId) -> Result<CanvasNow, JournalError> {
    if let Some(live) = core.lives.get(id) {
        return live.now();
    }
    let _permit = core.permits.acquire();
    let _loading = core.lives.begin_loading(id);
    let loaded = load_live(core, id);
    // Where it came into use meanwhile, what was read may not be durable yet.
    core.lives.get(id).map_or_else(|| loaded?.now(), |live| live.now())
}

/// The greatest number of a canvas; 0 where there is none. A canvas whose own record is lost still has others, and its
/// number must not be given to a new one.
fn last_canvas(store: &dyn Store) -> Result<u64, StoreError> {
    let mut last = 0;
    for prefix in key::kinds_with_canvas() {
        let found = last_under(store, &prefix)?.and_then(|(key, _)| key::number(&key, 0));
        last = last.max(found.unwrap_or(0));
    }
    Ok(last)
}
