//! The background thread that takes snapshots: of the tiles touched since the last one.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::canvas::{CanvasId, Raster, TileGrid, TileIndex, Version};
use crate::format::{MANIFEST_PART_TILES, StateData, TileRef, key};
use crate::store::Batch;

use super::core::Core;
use super::image::ImageReader;
use super::live::Live;
use super::replay::{for_each_record, state_record, tile_list};
use super::request::Request;
use super::snapshot::{Manifest, newest_version, put_manifest, read_manifest, tile_at};
use super::staging::{Stager, crop};
use super::{Canvas, JournalError};

/// Canvases that are due a snapshot.
#[derive(Debug, Default)]
pub(super) struct SnapshotQueue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    due: VecDeque<CanvasId>,
    is_busy: bool,
    is_closed: bool,
}

impl SnapshotQueue {
    /// Asks for a snapshot of a canvas.
    pub(super) fn request(&self, live: &Live) {
        let canvas = live.canvas.id;
        let mut state = self.lock();
        if !state.due.contains(&canvas) {
            state.due.push_back(canvas);
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

    fn next(&self) -> Option<CanvasId> {
        let mut state = self.lock();
        state.is_busy = false;
        self.changed.notify_all();
        loop {
            if state.is_closed {
                return None;
            }
            if let Some(canvas) = state.due.pop_front() {
                state.is_busy = true;
                return Some(canvas);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes snapshots until the queue is closed. A snapshot is never needed for correctness, so a failure is only logged.
pub(super) fn run(core: &Arc<Core>) {
    while let Some(canvas) = core.snapshots.next() {
        match core.live(canvas).and_then(|live| take(core, &live)) {
            Ok(()) | Err(JournalError::Stopping) => {}
            Err(error) => {
                core.metrics.snapshot_failed();
                tracing::warn!(%error, %canvas, "no snapshot was taken");
            }
        }
    }
}

/// Takes a snapshot of a canvas at its head.
fn take(core: &Arc<Core>, live: &Arc<Live>) -> Result<(), JournalError> {
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
    let touched = touched_tiles(core, canvas, since, version)?;
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
    if batch.is_empty() { Ok(()) } else { core.ask_own(|reply| Request::Stage(batch, reply)) }
}

/// Which tiles an entry after `after` up to `upto` lies in.
fn touched_tiles(core: &Core, canvas: &Canvas, after: Version, upto: Version) -> Result<Vec<bool>, JournalError> {
    let grid = TileGrid::new(canvas.size);
    let mut touched = vec![false; grid.tiles() as usize];
    let mut left = touched.len();
    let mut touch = |tile: TileIndex| {
        if let Some(is_touched) = touched.get_mut(tile.0 as usize)
            && !*is_touched
        {
            *is_touched = true;
            left -= 1;
        }
        left > 0
    };
    for_each_record(core, canvas, after, upto, |record, view, range| {
        let mut goes_on = true;
        for index in range {
            if let Some(pixel) = view.pixel(index) {
                goes_on = touch(grid.tile_of(pixel.cell));
                continue;
            }
            let state = state_record(core, canvas, record.first.after(index as u64))?;
            match state.data {
                StateData::Tiles(blob) => {
                    let tiles = tile_list(core, canvas, blob)?;
                    tiles.0.iter().for_each(|(tile, _)| goes_on = touch(*tile));
                }
                _ => grid.tiles_in(state.region).for_each(|tile| goes_on = touch(tile)),
            }
        }
        Ok(goes_on)
    })?;
    Ok(touched)
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
    let outcome = core.ask_own(|reply| Request::Stage(batch, reply));
    if let Err(error) = &outcome {
        stager.discard_after(error);
    }
    outcome
}
