//! Staged data: what is too large for one record or one commit, written under an id that nothing names yet.
//!
//! The commit that names the id takes its staging mark away; a start sweeps the ids whose mark is still there.

use crate::canvas::{CanvasId, Raster, Rect, StateId, TileGrid, TileIndex};
use crate::format::{
    Blob, NumberRecord, PART_BYTES_MAX, TileRef, compress_tile, decompress_tile, key, open_frame, seal_frame,
};
use crate::store::{Batch, Order, last_under};

use super::core::{Core, corrupt, missing};
use super::live::{Live, next_data};
use super::request::Request;
use super::{Canvas, JournalError};

/// Bytes of staged data in one commit; larger ones stall readers.
const STAGE_BYTES: usize = 256 << 10;

/// Keys deleted by one commit of a sweep.
const SWEEP_KEYS: usize = 1_000;

/// Writes staged data under one new id.
pub(super) struct Stager<'a> {
    core: &'a Core,
    canvas: CanvasId,
    id: StateId,
    next_part: u32,
    batch: Batch,
    stored_bytes: u64,
    /// Whether anything was written, as far as is known.
    is_begun: bool,
}

impl<'a> Stager<'a> {
    /// Starts under an id that was never given out.
    pub(super) fn new(core: &'a Core, live: &Live) -> Result<Self, JournalError> {
        let canvas = live.canvas.id;
        let id = StateId(next_data(live, Core::fresh_number(), || last_data(core, canvas))?);
        let mut batch = Batch::new();
        let mark = key::staging(canvas, id);
        batch.require_absent(mark.clone());
        batch.put(mark.clone(), NumberRecord { number: Core::now().0.cast_unsigned() }.encode(&mark));
        Ok(Self { core, canvas, id, next_part: 0, batch, stored_bytes: 0, is_begun: false })
    }

    /// The id.
    pub(super) const fn id(&self) -> StateId {
        self.id
    }

    /// Parts written so far.
    pub(super) const fn parts(&self) -> u32 {
        self.next_part
    }

    /// Bytes of records written so far.
    pub(super) const fn stored_bytes(&self) -> u64 {
        self.stored_bytes
    }

    /// Writes one part, at most [`PART_BYTES_MAX`] bytes.
    pub(super) fn put_part(&mut self, bytes: &[u8]) -> Result<(), JournalError> {
        let key = key::data(self.canvas, self.id, self.next_part);
        let record = seal_frame(&key, bytes);
        self.stored_bytes += record.len() as u64;
        self.batch.put(key, record);
        self.next_part += 1;
        if self.batch.bytes() >= STAGE_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes bytes over as many parts as they need.
    pub(super) fn put_blob(&mut self, bytes: &[u8]) -> Result<Blob, JournalError> {
        let part = self.next_part;
        for piece in bytes.chunks(PART_BYTES_MAX) {
            self.put_part(piece)?;
        }
        Ok(Blob { data: self.id, part, bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX) })
    }

    /// Writes a tile from its cells.
    pub(super) fn put_tile(&mut self, raw: &[u8]) -> Result<TileRef, JournalError> {
        let Blob { data, part, bytes } = self.put_blob(&compress_tile(raw))?;
        Ok(TileRef { data, part, bytes })
    }

    /// Makes everything written so far durable.
    pub(super) fn flush(&mut self) -> Result<(), JournalError> {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        self.core.ask_own(|reply| Request::Stage(self.canvas, batch, reply))?;
        self.is_begun = true;
        Ok(())
    }

    /// Gives up what was written after `error`, unless what names it may have been written all the same; what is not
    /// deleted now is swept at the next start.
    pub(super) fn discard_after(self, error: &JournalError) {
        if !error.may_have_written() {
            self.discard();
        }
    }

    fn discard(self) {
        if !self.is_begun {
            return;
        }
        let commit = |batch| self.core.ask_own(|reply| Request::Stage(self.canvas, batch, reply));
        match sweep(self.core, self.canvas, self.id, commit) {
            // A purge takes care of what a deleted canvas leaves behind.
            Ok(()) | Err(JournalError::Deleted(_)) => {}
            Err(JournalError::Stopping) => tracing::debug!(canvas = %self.canvas, "the next start sweeps staged data"),
            Err(error) => tracing::warn!(%error, canvas = %self.canvas, "the next start sweeps staged data"),
        }
    }
}

/// The greatest number under which data of the canvas is, or is being, staged; 0 where there is none.
fn last_data(core: &Core, canvas: CanvasId) -> Result<u64, JournalError> {
    let mut last = 0;
    for prefix in [key::data_of(canvas), key::stagings(Some(canvas))] {
        if let Some((key, _)) = last_under(&*core.store, &prefix)? {
            last = last.max(key::number(&key, 1).unwrap_or(0));
        }
    }
    Ok(last)
}

/// Deletes all data under `id`, then its mark, by as many calls of `commit` as that takes.
pub(super) fn sweep(
    core: &Core,
    canvas: CanvasId,
    id: StateId,
    mut commit: impl FnMut(Batch) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let (from, to) = (key::data_under(canvas, id), key::data_under(canvas, StateId(id.0 + 1)));
    loop {
        let found = core.store.scan(&from, &to, Order::Ascending, SWEEP_KEYS)?;
        let is_last = found.len() < SWEEP_KEYS;
        let mut batch = Batch::new();
        for (key, _) in found {
            batch.delete(key);
        }
        if is_last {
            batch.delete(key::staging(canvas, id));
            return commit(batch);
        }
        commit(batch)?;
    }
}

/// The bytes of one part.
pub(super) fn read_part(core: &Core, canvas: CanvasId, id: StateId, part: u32) -> Result<Vec<u8>, JournalError> {
    let key = key::data(canvas, id, part);
    let record = core.store.get(&key)?.ok_or_else(|| missing(canvas, &key))?;
    open_frame(&key, &record).map(<[u8]>::to_vec).map_err(|problem| corrupt(canvas, &key, &problem))
}

/// The bytes of a blob.
pub(super) fn read_blob(core: &Core, canvas: CanvasId, blob: Blob) -> Result<Vec<u8>, JournalError> {
    let length = blob.bytes as usize;
    let mut bytes = Vec::with_capacity(length);
    let parts = u32::try_from(length.div_ceil(PART_BYTES_MAX)).unwrap_or(u32::MAX);
    for part in blob.part..blob.part.saturating_add(parts) {
        let key = key::data(canvas, blob.data, part);
        let record = core.store.get(&key)?.ok_or_else(|| missing(canvas, &key))?;
        bytes.extend_from_slice(open_frame(&key, &record).map_err(|problem| corrupt(canvas, &key, &problem))?);
    }
    if bytes.len() == length {
        return Ok(bytes);
    }
    let key = key::data(canvas, blob.data, blob.part);
    Err(corrupt(canvas, &key, &crate::format::FormatError::Content("length")))
}

/// The cells of a tile.
pub(super) fn read_tile(core: &Core, canvas: &Canvas, index: TileIndex, tile: TileRef) -> Result<Raster, JournalError> {
    let key = key::data(canvas.id, tile.data, tile.part);
    let broken = |what| corrupt(canvas.id, &key, &crate::format::FormatError::Content(what));
    let rect = TileGrid::new(canvas.size).rect(index).ok_or_else(|| broken("tile number"))?;
    let mut raster = Raster::filled(rect, canvas.mode, canvas.background);
    let stored = read_blob(core, canvas.id, Blob { data: tile.data, part: tile.part, bytes: tile.bytes })?;
    decompress_tile(&stored, raster.data_mut()).map_err(|problem| corrupt(canvas.id, &key, &problem))?;
    Ok(raster)
}

/// The cells of `rect`, which lies within `raster`, row by row.
pub(super) fn crop(raster: &Raster, rect: Rect) -> Vec<u8> {
    (rect.y..rect.y + rect.h).filter_map(|y| raster.span(rect.x, y, rect.w)).flatten().copied().collect()
}
