//! Rebuilding a part of a canvas at a version: the newest snapshot, the deltas after it, then the log.

use std::sync::Arc;

use crate::canvas::Version;

use super::JournalError;
use super::core::Core;
use super::delta::{self, Use};
use super::live::Live;
use super::replay::replay;
use super::snapshot::{self, Manifest};
use super::surface::Surface;

/// A delta takes about as long to read as so many entries of log: fewer than these at the end of a stretch are replayed.
const ENTRIES_PER_DELTA: u64 = 8_192;

/// What `blank` makes, a surface filled with the background, as it is at `version`: from the newest snapshot that is
/// whole there, else from the log alone.
pub(super) fn rebuild<S: Surface>(
    core: &Core,
    live: &Arc<Live>,
    version: Version,
    blank: impl Fn() -> S,
) -> Result<S, JournalError> {
    let mut before = Some(version);
    while let Some(base) = before.map(|before| newest_manifest(core, live, before)).transpose()?.flatten() {
        let mut surface = blank();
        match snapshot::paste(core, &live.canvas, &base, &mut surface) {
            Ok(()) => {
                advance(core, live, &mut surface, base.version, version)?;
                return Ok(surface);
            }
            Err(error) => pass_over(core, live, Some(base.version), error)?,
        }
        before = base.version.0.checked_sub(1).map(Version);
    }
    let mut surface = blank();
    advance(core, live, &mut surface, Version(0), version).map(|()| surface)
}

/// Brings `surface` from version `after` to version `upto`.
pub(super) fn advance<S: Surface>(
    core: &Core,
    live: &Live,
    surface: &mut S,
    after: Version,
    upto: Version,
) -> Result<(), JournalError> {
    let mut reached = after;
    for number in delta::numbers(after, upto) {
        let (_, end) = delta::versions(number);
        let is_long = end.0 - reached.0 > ENTRIES_PER_DELTA;
        if !is_long || delta::apply(core, live, number, surface)? == Use::ReadLog {
            replay(core, live, surface, reached, end)?;
        }
        reached = end;
    }
    replay(core, live, surface, reached, upto)
}

/// The newest snapshot at or before `version` whose manifest is whole.
pub(super) fn newest_manifest(
    core: &Core,
    live: &Arc<Live>,
    version: Version,
) -> Result<Option<Manifest>, JournalError> {
    let canvas = &live.canvas;
    let mut before = Some(version);
    while let Some(at) = before {
        let Some(found) = snapshot::newest_version(core, canvas.id, at)? else { return Ok(None) };
        match snapshot::read_manifest(core, canvas, found) {
            Ok(manifest) => return Ok(Some(manifest)),
            Err(error) => pass_over(core, live, Some(found), error)?,
        }
        before = found.0.checked_sub(1).map(Version);
    }
    Ok(None)
}

/// Goes on without a snapshot that is damaged, and has it replaced; any other error ends the read.
pub(super) fn pass_over(
    core: &Core,
    live: &Arc<Live>,
    snapshot: Option<Version>,
    error: JournalError,
) -> Result<(), JournalError> {
    match (snapshot, error) {
        (Some(version), error @ JournalError::Corrupt { .. }) if !live.is_deleted() => {
            tracing::warn!(%error, snapshot = %version, "a damaged snapshot is passed over");
            if live.note_damage(version) {
                core.snapshots.request(live);
            }
            Ok(())
        }
        (_, error) => Err(error),
    }
}
