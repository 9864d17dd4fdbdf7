//! From times to versions and back.

use crate::canvas::{BlockNumber, Time, Version};
use crate::format::key;

use super::core::{Core, missing};
use super::history::block_slots;
use super::live::Live;
use super::replay::{BLOCK, log_records};
use super::{Canvas, Head, JournalError};

/// The time of a version, of the canvas's creation for version 0.
pub(super) fn time_of(core: &Core, live: &Live, version: Version) -> Result<Time, JournalError> {
    let head = live.head();
    if version > head.version {
        return Err(JournalError::NoVersion { asked: version, head: head.version });
    }
    if version == head.version {
        return Ok(head.time);
    }
    let Some(index) = version.0.checked_sub(1) else { return Ok(live.canvas.created_at) };
    let number = BlockNumber(index / BLOCK);
    let _permit = core.permits.acquire();
    let slots = block_slots(core, &live.canvas, number, version)?;
    let found = slots.last().filter(|(found, _)| *found == version).map(|(_, slot)| slot.who.time);
    found.ok_or_else(|| missing(live.canvas.id, &key::block(live.canvas.id, number)))
}

/// The last version at or before `time`, at most `head`: 0 before the canvas's creation. Times never run backwards, so
/// that a binary search over the headers of the blocks will do: about log2(blocks) look-ups and one block decoded.
pub(super) fn version_at(core: &Core, canvas: &Canvas, head: Head, time: Time) -> Result<Version, JournalError> {
    if time >= head.time {
        return Ok(head.version);
    }
    // The first block that begins after `time`.
    let (mut low, mut high) = (0, head.version.0.div_ceil(BLOCK));
    while low < high {
        let middle = low + (high - low) / 2;
        if first_time(core, canvas, BlockNumber(middle))? <= time {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let Some(number) = low.checked_sub(1) else { return Ok(Version(0)) };
    let start = number * BLOCK;
    let _permit = core.permits.acquire();
    let slots = block_slots(core, canvas, BlockNumber(number), head.version.min(Version(start + BLOCK)))?;
    let count = slots.partition_point(|(_, slot)| slot.who.time <= time);
    Ok(Version(start + count as u64))
}

/// The time of the first entry of a block.
fn first_time(core: &Core, canvas: &Canvas, number: BlockNumber) -> Result<Time, JournalError> {
    let _permit = core.permits.acquire();
    let first = Version(number.0 * BLOCK + 1);
    let records = log_records(core, canvas, number, first)?;
    let record = records.first().ok_or_else(|| missing(canvas.id, &key::block(canvas.id, number)))?;
    Ok(record.open(canvas)?.times().0)
}
