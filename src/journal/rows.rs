//! The log as plain rows, for players.

use crate::canvas::Version;

use super::JournalError;
use super::core::Core;
use super::live::Live;
use super::replay::for_each_record;

/// Pixels of the log, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRows {
    /// For each pixel its cell, u32 little-endian, and the 3 or 4 bytes of its colour.
    pub rows: Vec<u8>,
    /// The version of the last of them; where there are none, the version that was asked for.
    pub upto: Version,
    /// The entry right after `upto`, where that is a state, which ended the rows: read its region again, then go on
    /// after it.
    pub state: Option<Version>,
    /// The newest version when the rows were read.
    pub head: Version,
}

/// At most `limit` pixels after version `after`, up to the next state. See [`super::Journal::log_rows`].
pub(super) fn read(core: &Core, live: &Live, after: Version, limit: usize) -> Result<LogRows, JournalError> {
    let (canvas, head) = (&live.canvas, live.head().version);
    let upto = Version(after.0.saturating_add(limit as u64)).min(head);
    let mut found = LogRows { rows: Vec::new(), upto: after, state: None, head };
    if after > head {
        return Err(JournalError::NoVersion { asked: after, head });
    }
    // The entry behind the last row is looked at too, so that a state is announced with the rows that it ends.
    for_each_record(core, canvas, after, Version(upto.0.saturating_add(1)).min(head), |record, view, range| {
        found.rows.reserve(range.len() * (4 + canvas.mode.channels()));
        for index in range {
            let version = record.first.after(index as u64);
            let Some(pixel) = view.pixel(index) else {
                found.state = Some(version);
                return Ok(false);
            };
            if version > upto {
                return Ok(false);
            }
            found.rows.extend_from_slice(&pixel.cell.0.to_le_bytes());
            found.rows.extend_from_slice(pixel.colour.bytes(canvas.mode));
            found.upto = version;
        }
        Ok(true)
    })?;
    Ok(found)
}
