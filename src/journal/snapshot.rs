//! Snapshots: which there are, when one is due, and rebuilding a raster from one.

use crate::canvas::{CanvasId, TileGrid, TileIndex, Version};
use crate::format::{
    DELTA_BLOCKS, DELTA_ENTRIES, FormatError, MANIFEST_PART_TILES, StateRecord, TileRef, decode_manifest_part,
    encode_manifest_part, key,
};
use crate::store::{Batch, Order};

use super::core::{Core, corrupt, missing};
use super::live::Live;
use super::replay::BLOCK;
use super::surface::Surface;
use super::{Canvas, JournalError, Options, delta, staging};

/// About how many bytes a full block takes: enough to decide when a snapshot is due.
const BLOCK_BYTES: u64 = 3_200;

/// State entries that are weighed when a canvas is loaded; beyond that the weight is a guess that is too low.
const STATES_WEIGHED: usize = 1_024;

/// State entries that are read at once: at most 6 KiB each.
const STATES_PER_SCAN: usize = 64;

/// Where each tile of the image at a version is.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) version: Version,
    pub(super) tiles: Vec<TileRef>,
}

/// Whether so much log since the last snapshot makes the next one due: half as many bytes again as the image, so that
/// snapshots add at most about two thirds of the log's own size, and more than a few blocks. A read then replays at
/// most one and a half images' worth of log. Where there are deltas, which take about two thirds of the log's size
/// themselves and read several times as fast, it is four images' worth.
pub(super) fn is_due(options: &Options, canvas: &Canvas, weight: u64) -> bool {
    let image = canvas.size.bytes(canvas.mode);
    let most = if delta::are_kept(options, canvas) { 4 * image } else { image + image / 2 };
    weight >= most.max(options.snapshot_blocks_min * BLOCK_BYTES)
}

/// How much log there is to read since the last snapshot.
#[derive(Debug, Default)]
pub(super) struct Weight {
    bytes: u64,
    /// The last stretch that a state was in.
    with_states: Option<u64>,
}

impl Weight {
    /// Bytes, as [`is_due`] counts them.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Starts over: a snapshot was asked for.
    pub(super) const fn clear(&mut self) {
        self.bytes = 0;
    }

    /// Adds full blocks that take so many bytes.
    pub(super) const fn add_bytes(&mut self, bytes: u64) {
        self.bytes += bytes;
    }

    /// Adds a state whose records take so many bytes. It also keeps its stretch from having a delta, so that, where
    /// there are deltas, the log of the stretch weighs as much as it would without: 4 / 1.5 times.
    pub(super) fn add_state(&mut self, options: &Options, canvas: &Canvas, version: Version, bytes: u64) {
        self.bytes += bytes;
        let stretch = version.0.saturating_sub(1) / DELTA_ENTRIES;
        if delta::are_kept(options, canvas) && self.with_states.replace(stretch) != Some(stretch) {
            self.bytes += DELTA_BLOCKS * BLOCK_BYTES * 5 / 3;
        }
    }
}

/// The log since the last snapshot of a canvas.
pub(super) fn weight_since_last(core: &Core, live: &Live) -> Result<Weight, JournalError> {
    let (id, head) = (live.canvas.id, live.head().version);
    let last = newest_version(core, id, head)?.unwrap_or(Version(0));
    let (mut from, to) = (key::state(id, last.after(1)), key::state(id, head.after(1)));
    let mut weight = Weight::default();
    weight.add_bytes((head.0 - last.0) / BLOCK * BLOCK_BYTES);
    for _ in 0..STATES_WEIGHED / STATES_PER_SCAN {
        let found = core.store.scan(&from, &to, Order::Ascending, STATES_PER_SCAN)?;
        for (key, record) in &found {
            // A damaged state is reported where it is read, not here.
            if let Ok(state) = StateRecord::decode(key, record, live.canvas.size) {
                let version = Version(key::number(key, 1).unwrap_or(0));
                weight.add_state(&core.options, &live.canvas, version, record.len() as u64 + state.stored_bytes);
            }
        }
        let Some((last, _)) = found.last().filter(|_| found.len() == STATES_PER_SCAN) else { break };
        from.clone_from(last);
        from.push(0);
        if is_due(&core.options, &live.canvas, weight.bytes()) {
            break;
        }
    }
    Ok(weight)
}

/// The version of the newest snapshot at or before `version`.
pub(super) fn newest_version(core: &Core, id: CanvasId, version: Version) -> Result<Option<Version>, JournalError> {
    let (from, to) = (key::snapshots(id), key::snapshot(id, version.after(1), 0));
    let found = core.store.scan(&from, &to, Order::Descending, 1)?.pop();
    Ok(found.and_then(|(key, _)| key::number(&key, 1)).map(Version))
}

/// The snapshot at `version`.
pub(super) fn read_manifest(core: &Core, canvas: &Canvas, version: Version) -> Result<Manifest, JournalError> {
    let count = TileGrid::new(canvas.size).tiles() as usize;
    let mut tiles = Vec::with_capacity(count);
    for part in 0.. {
        let wanted = (count - tiles.len()).min(MANIFEST_PART_TILES);
        if wanted == 0 {
            break;
        }
        let key = key::snapshot(canvas.id, version, part);
        let record = core.store.get(&key)?.ok_or_else(|| missing(canvas.id, &key))?;
        let found = decode_manifest_part(&key, &record, wanted);
        tiles.extend(found.map_err(|problem| corrupt(canvas.id, &key, &problem))?);
    }
    Ok(Manifest { version, tiles })
}

/// Adds the records of a manifest to a batch.
pub(super) fn put_manifest(batch: &mut Batch, canvas: CanvasId, manifest: &Manifest) {
    for (part, tiles) in (0..).zip(manifest.tiles.chunks(MANIFEST_PART_TILES)) {
        let key = key::snapshot(canvas, manifest.version, part);
        batch.put(key.clone(), encode_manifest_part(&key, tiles));
    }
}

/// Puts the snapshot's tiles onto `surface`, which is filled with the background.
pub(super) fn paste<S: Surface>(
    core: &Core,
    canvas: &Canvas,
    manifest: &Manifest,
    surface: &mut S,
) -> Result<(), JournalError> {
    for index in TileGrid::new(canvas.size).tiles_in(surface.area()) {
        let tile = tile_at(canvas, manifest, index)?;
        if !tile.is_background() {
            let _permit = core.permits.acquire();
            surface.paste(&staging::read_tile(core, canvas, index, tile)?);
        }
    }
    Ok(())
}

/// Where a tile of the snapshot is.
pub(super) fn tile_at(canvas: &Canvas, manifest: &Manifest, index: TileIndex) -> Result<TileRef, JournalError> {
    let key = key::snapshot(canvas.id, manifest.version, 0);
    let broken = || corrupt(canvas.id, &key, &FormatError::Content("tile number"));
    manifest.tiles.get(index.0 as usize).copied().ok_or_else(broken)
}
