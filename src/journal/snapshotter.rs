//! The background thread that takes snapshots: of the tiles touched since the last one.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::canvas::{CanvasId, DeltaNumber, Raster, TileGrid, TileIndex, Version};
use crate::format::{MANIFEST_PART_TILES, TileRef, key};
use crate::store::Batch;

use super::core::Core;
use super::image::ImageReader;
use super::live::Live;
use super::request::Request;
use super::snapshot::{Manifest, newest_version, put_manifest, read_manifest, tile_at};
use super::staging::{Stager, crop};
use super::touched::touched_tiles;
use super::{Canvas, JournalError, delta};

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Snapshot(CanvasId),
    Delta(CanvasId, DeltaNumber),
}

impl Task {
    const fn canvas(self) -> CanvasId {
        match self {
            Self::Snapshot(canvas) | Self::Delta(canvas, _) => canvas,
        }
    }
}

/// Snapshots and deltas that are due.
#[derive(Debug, Default)]
pub(super) struct SnapshotQueue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    due: VecDeque<Task>,
    is_busy: bool,
    is_closed: bool,
}

impl SnapshotQueue {
    /// Asks for a snapshot of a canvas.
    pub(super) fn request(&self, live: &Live) {
        let task = Task::Snapshot(live.canvas.id);
        let mut state = self.lock();
        if !state.due.contains(&task) {
            state.due.push_back(task);
            self.changed.notify_all();
        }
    }

    /// Asks for a delta of a canvas, which is not there or damaged.
    pub(super) fn request_delta(&self, live: &Live, number: DeltaNumber) {
        if live.want_delta(number) {
            self.lock().due.push_back(Task::Delta(live.canvas.id, number));
            self.changed.notify_all();
        }
    }

    /// Waits until nothing is due or being taken.
    pub(super) fn settle(&self) {
        let mut state = self.lock();
        while !state.is_closed && (state.is_busy || !state.due.is_empty()) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the thread after the snapshot it is taking.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    fn next(&self) -> Option<Task> {
        let mut state = self.lock();
        state.is_busy = false;
        self.changed.notify_all();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(task) = state.due.pop_front() {
                state.is_busy = true;
                return Some(task);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes snapshots and deltas until the queue is closed. Neither is ever needed for correctness, so a failure is only
/// logged.
pub(super) fn run(core: &Arc<Core>) {
    while let Some(task) = core.snapshots.next() {
        let taken = core.live(task.canvas()).and_then(|live| {
            let taken = match task {
                Task::Snapshot(_) => take(core, &live),
                Task::Delta(_, number) => delta::take(core, &live, number).map(|()| {
                    live.has_delta(number);
                    core.metrics.delta_taken();
                }),
            };
            live.unless_deleted(taken)
        });
        match taken {
            // One that is still hidden has no number yet for others: what is missing then is asked for once it is read.
            Ok(()) | Err(JournalError::Stopping | JournalError::Deleted(_) | JournalError::NoCanvasId(_)) => {}
            Err(error) => {
                match task {
                    Task::Snapshot(_) => core.metrics.snapshot_failed(),
                    Task::Delta(..) => core.metrics.delta_failed(),
                }
                tracing::warn!(%error, ?task, "it could not be taken");
            }
        }
    }
}

/// Takes a snapshot of a canvas at its head.
pub(super) fn take(core: &Arc<Core>, live: &Arc<Live>) -> Result<(), JournalError> {
    let (canvas, version) = (&live.canvas, live.head().version);
    let damaged = live.try_damage();
    // After damage every tile is taken anew: a damaged one may be shared by all manifests.
    let last = if damaged.is_empty() { newest_version(core, canvas.id, version)? } else { None };
    let last = match last {
        Some(last) if last == version => return Ok(()),
        Some(last) => read_manifest(core, canvas, last).ok(),
        None => None,
    };
    let since = last.as_ref().map_or(Version(0), |last| last.version);
    let touched = touched_tiles(core, live, since, version)?;
    let mut stager = Stager::new(core, live)?;
    match stage_tiles(core, live, version, last.as_ref(), &touched, &mut stager) {
        Ok(tiles) => finish(core, canvas, &Manifest { version, tiles }, stager)?,
        Err(error) => {
            stager.discard_after(&error);
            return Err(error);
        }
    }
    core.metrics.snapshot_taken();
    // Only now, as what is whole in a damaged snapshot may be all that is left of a damaged stretch of log.
    let replaced: Vec<Version> = damaged.iter().copied().filter(|damaged| *damaged != version).collect();
    drop_manifests(core, canvas, &replaced)?;
    live.forget_damage(&damaged);
    Ok(())
}

/// Deletes the manifests of damaged snapshots, so that reads go straight to the ones before them.
fn drop_manifests(core: &Core, canvas: &Canvas, versions: &[Version]) -> Result<(), JournalError> {
    let starts = (0..TileGrid::new(canvas.size).tiles()).step_by(MANIFEST_PART_TILES);
    let mut batch = Batch::new();
    for version in versions {
        for (part, _) in (0..).zip(starts.clone()) {
            batch.delete(key::snapshot(canvas.id, *version, part));
        }
    }
    if batch.is_empty() { Ok(()) } else { core.ask_own(|reply| Request::Stage(canvas.id, batch, reply)) }
}

/// Stages the touched tiles; returns where all tiles are.
fn stage_tiles(
    core: &Arc<Core>,
    live: &Arc<Live>,
    version: Version,
    last: Option<&Manifest>,
    touched: &[bool],
    stager: &mut Stager<'_>,
) -> Result<Vec<TileRef>, JournalError> {
    let canvas = &live.canvas;
    let grid = TileGrid::new(canvas.size);
    let mut tiles = match last {
        Some(last) => (0..grid.tiles()).map(|tile| tile_at(canvas, last, TileIndex(tile))).collect::<Result<_, _>>()?,
        None => vec![TileRef::BACKGROUND; grid.tiles() as usize],
    };
    let mut bands = ImageReader::new(core.clone(), live.clone(), version, canvas.size.rect()).by_tiles();
    while let Some(band) = bands.next_band()? {
        if core.snapshots.is_closed() {
            return Err(JournalError::Stopping);
        }
        for index in grid.tiles_in(band.rect()) {
            let at = index.0 as usize;
            if let (Some(true), Some(tile), Some(rect)) = (touched.get(at), tiles.get_mut(at), grid.rect(index)) {
                let raw = crop(&band, rect);
                let is_background = raw == Raster::filled(rect, canvas.mode, canvas.background).data();
                *tile = if is_background { TileRef::BACKGROUND } else { stager.put_tile(&raw)? };
            }
        }
    }
    stager.flush()?;
    Ok(tiles)
}

/// Makes the snapshot valid: the manifest is written last, in one commit that also takes the staging mark away.
fn finish(core: &Core, canvas: &Canvas, manifest: &Manifest, stager: Stager<'_>) -> Result<(), JournalError> {
    let mut batch = Batch::new();
    put_manifest(&mut batch, canvas.id, manifest);
    batch.delete(key::staging(canvas.id, stager.id()));
    let outcome = core.ask_own(|reply| Request::Stage(canvas.id, batch, reply));
    if let Err(error) = &outcome {
        stager.discard_after(error);
    }
    outcome
}
