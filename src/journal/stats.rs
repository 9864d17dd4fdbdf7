//! What a canvas takes up.

use crate::canvas::{BlockNumber, StateId, TileGrid, Version};
use crate::format::{StateRecord, key};
use crate::store::Order;

use super::core::Core;
use super::live::Live;
use super::replay::{BLOCK, log_records};
use super::snapshot::{newest_version, read_manifest};
use super::{JournalError, Stats, delta, roster};

/// States whose records are read at once.
const STATES_PER_SCAN: usize = 256;

/// Adds up the records of a canvas, values only; reads all of them.
pub(super) fn stats(core: &Core, live: &Live) -> Result<Stats, JournalError> {
    let (canvas, head) = (&live.canvas, live.head().version);
    let mut stats = Stats { blocks: head.0 / BLOCK, ..Stats::default() };
    for number in 0..head.0.div_ceil(BLOCK) {
        let _permit = core.permits.acquire();
        for record in log_records(core, canvas, BlockNumber(number), head)? {
            stats.log_bytes += record.value.len() as u64;
            if record.open(canvas)?.uniform_who().is_ok_and(|who| who.is_none()) {
                stats.log_bytes += core.store.get(&record.who_key)?.map_or(0, |who| who.len() as u64);
            }
        }
    }
    let (count, bytes) = state_sizes(core, live, head)?;
    stats.log_bytes += bytes;
    (stats.pixels, stats.states) = (head.0 - count, count);
    (stats.deltas, stats.delta_bytes) = delta::sizes(core, live)?;
    // Authors are numbered from 1 without a gap.
    stats.authors = roster::last(core, canvas.id)?.0.into();
    let mut before = head;
    while let Some(version) = newest_version(core, canvas.id, before)? {
        stats.snapshots += 1;
        stats.snapshot_bytes += own_bytes(core, live, version);
        let Some(older) = version.0.checked_sub(1) else { break };
        before = Version(older);
    }
    Ok(stats)
}

/// How many states there are, and the bytes that they take.
fn state_sizes(core: &Core, live: &Live, head: Version) -> Result<(u64, u64), JournalError> {
    let (id, size) = (live.canvas.id, live.canvas.size);
    let (mut from, to) = (key::state(id, Version(0)), key::state(id, head.after(1)));
    let (mut count, mut bytes) = (0, 0);
    loop {
        let found = core.store.scan(&from, &to, Order::Ascending, STATES_PER_SCAN)?;
        count += found.len() as u64;
        for (key, record) in &found {
            bytes += record.len() as u64 + StateRecord::decode(key, record, size).map_or(0, |state| state.stored_bytes);
        }
        let Some((last, _)) = found.last().filter(|_| found.len() == STATES_PER_SCAN) else {
            return Ok((count, bytes));
        };
        from.clone_from(last);
        from.push(0);
    }
}

/// Bytes of the tiles that a snapshot added to those before it, and of its manifest.
fn own_bytes(core: &Core, live: &Live, version: Version) -> u64 {
    let canvas = &live.canvas;
    let Ok(manifest) = read_manifest(core, canvas, version) else { return 0 };
    let own = manifest.tiles.iter().map(|tile| tile.data).max().unwrap_or(StateId(0));
    let tiles: u64 = manifest.tiles.iter().filter(|tile| tile.data == own).map(|tile| u64::from(tile.bytes)).sum();
    tiles + 16 * u64::from(TileGrid::new(canvas.size).tiles())
}
