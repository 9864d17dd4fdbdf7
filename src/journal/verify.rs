//! Reading everything of a canvas: every record, no holes, every snapshot equal to its replay.

use std::sync::Arc;

use crate::canvas::{BlockNumber, Raster, Time, Version};
use crate::format::{StateData, key};
use crate::store::Order;

use super::core::Core;
use super::history::block_slots;
use super::image::ImageReader;
use super::live::Live;
use super::replay::{BLOCK, replay, state_record, tile_list};
use super::snapshot::{paste, read_manifest};
use super::{Canvas, JournalError, delta, staging};

/// Versions between two calls of `progress`, in blocks.
const BLOCKS_PER_PROGRESS: u64 = 256;

/// Reads every record of a canvas; see [`super::Journal::verify`].
pub(super) fn verify(
    core: &Arc<Core>,
    live: &Arc<Live>,
    progress: &mut dyn FnMut(Version),
    damaged: &mut dyn FnMut(String),
) -> Result<(), JournalError> {
    let head = live.head().version;
    let mut time = live.canvas.created_at;
    for number in 0..head.0.div_ceil(BLOCK) {
        let upto = Version(((number + 1) * BLOCK).min(head.0));
        match verify_block(core, &live.canvas, BlockNumber(number), upto, &mut time, damaged) {
            Ok(()) => {}
            Err(error @ JournalError::Corrupt { .. }) => damaged(error.to_string()),
            Err(error) => return Err(error),
        }
        if number % BLOCKS_PER_PROGRESS == 0 {
            progress(upto);
        }
    }
    progress(head);
    delta::verify(core, live, head, damaged)?;
    verify_snapshots(core, live, head, damaged)
}

fn verify_block(
    core: &Core,
    canvas: &Canvas,
    number: BlockNumber,
    upto: Version,
    time: &mut Time,
    damaged: &mut dyn FnMut(String),
) -> Result<(), JournalError> {
    for (version, slot) in block_slots(core, canvas, number, upto)? {
        if slot.who.time < *time {
            damaged(format!("version {version} of canvas {} is older than the one before it", canvas.id));
        }
        *time = slot.who.time;
        if slot.pixel.is_none() {
            verify_state(core, canvas, version)?;
        }
    }
    Ok(())
}

/// Reads all that a state stored.
fn verify_state(core: &Core, canvas: &Canvas, version: Version) -> Result<(), JournalError> {
    match state_record(core, canvas, version)?.data {
        StateData::Inline(_) => {}
        StateData::Staged { data, parts } => {
            for part in 0..parts {
                staging::read_part(core, canvas.id, data, part)?;
            }
        }
        StateData::Tiles(blob) => {
            for (index, tile) in tile_list(core, canvas, blob)?.0 {
                staging::read_tile(core, canvas, index, tile)?;
            }
        }
    }
    Ok(())
}

/// Compares each snapshot with the one before it plus the log between them; the first with the log alone. So each part
/// of the log is replayed once a band, and an error in one snapshot is not blamed on the next.
fn verify_snapshots(
    core: &Arc<Core>,
    live: &Arc<Live>,
    head: Version,
    damaged: &mut dyn FnMut(String),
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    let versions = snapshot_versions(core, canvas, head)?;
    let mut bands = ImageReader::new(core.clone(), live.clone(), Version(0), canvas.size.rect()).by_tiles();
    let mut bad = vec![false; versions.len()];
    while let Some(mut replayed) = bands.next_rect().map(|rect| Raster::filled(rect, canvas.mode, canvas.background)) {
        let mut reached = Version(0);
        for (version, bad) in versions.iter().zip(&mut bad) {
            match replay(core, live, &mut replayed, reached, *version) {
                Ok(()) => reached = *version,
                // The log's own damage was reported above; nothing after it can be compared.
                Err(JournalError::Corrupt { .. }) => break,
                Err(error) => return Err(error),
            }
            let mut kept = Raster::filled(replayed.rect(), canvas.mode, canvas.background);
            let read = read_manifest(core, canvas, *version).and_then(|it| paste(core, canvas, &it, &mut kept));
            let problem = match read {
                Ok(()) if kept == replayed => continue,
                Ok(()) => format!("the snapshot of canvas {} at {version} is not what its log says", canvas.id),
                Err(error @ JournalError::Corrupt { .. }) => error.to_string(),
                Err(error) => return Err(error),
            };
            if !std::mem::replace(bad, true) {
                damaged(problem);
            }
        }
    }
    Ok(())
}

/// The versions of all snapshots, oldest first.
fn snapshot_versions(core: &Core, canvas: &Canvas, head: Version) -> Result<Vec<Version>, JournalError> {
    let mut versions: Vec<Version> = Vec::new();
    loop {
        let from = versions.last().map_or(Version(0), |last| last.after(1));
        let (from, to) = (key::snapshot(canvas.id, from, 0), key::snapshot(canvas.id, head.after(1), 0));
        let found = core.store.scan(&from, &to, Order::Ascending, 1)?;
        let Some(version) = found.first().and_then(|(key, _)| key::number(key, 1)) else { return Ok(versions) };
        versions.push(Version(version));
    }
}
