//! Reading everything of a canvas: every record, no holes, every snapshot equal to its replay.

use std::sync::Arc;

use crate::canvas::{AuthorId, BlockNumber, CanvasId, Raster, Time, Version};
use crate::format::{AuthorRecord, FormatError, NumberRecord, StateData, StateRecord, key};
use crate::store::{Order, Value};

use super::core::{Core, corrupt, missing};
use super::history::block_slots;
use super::image::ImageReader;
use super::live::Live;
use super::open::{CurrentError, read_current};
use super::replay::{BLOCK, for_each_pixel, replay, state_record, tile_list};
use super::snapshot::{paste, read_manifest};
use super::{Canvas, JournalError, delta, labels, roster, staging, tags};

/// Versions between two calls of `progress`, in blocks.
const BLOCKS_PER_PROGRESS: u64 = 256;

/// Small records that are read at once.
const RECORDS_PER_SCAN: usize = 256;

/// What is told of each thing found wrong.
type Damaged<'a> = &'a mut dyn FnMut(String);

/// Reads every record of a canvas; see [`super::Journal::verify`].
pub(super) fn verify(
    core: &Arc<Core>,
    live: &Arc<Live>,
    progress: &mut dyn FnMut(Version),
    damaged: Damaged<'_>,
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    let head = live.head().version;
    report(verify_canvas(core, canvas), damaged)?;
    report(verify_current(core), damaged)?;
    report(verify_label(core, live), damaged)?;
    verify_tags(core, canvas, damaged)?;
    let last_author = verify_authors(core, canvas, damaged)?;
    let mut log = Log { core, canvas, time: canvas.created_at, last_author };
    for number in 0..head.0.div_ceil(BLOCK) {
        let upto = Version(((number + 1) * BLOCK).min(head.0));
        let outcome = log.verify_block(BlockNumber(number), upto, damaged);
        report(outcome, damaged)?;
        if number % BLOCKS_PER_PROGRESS == 0 {
            progress(upto);
        }
    }
    progress(head);
    delta::verify(core, live, head, damaged)?;
    verify_snapshots(core, live, head, damaged)
}

/// Tells of damage and goes on; any other error ends it all.
fn report(outcome: Result<(), JournalError>, damaged: Damaged<'_>) -> Result<(), JournalError> {
    match outcome {
        Err(error @ JournalError::Corrupt { .. }) => damaged(error.to_string()),
        outcome => return outcome,
    }
    Ok(())
}

/// The record of the canvas may be damaged while the canvas is in use and every answer still right.
fn verify_canvas(core: &Core, canvas: &Canvas) -> Result<(), JournalError> {
    let canvas_key = key::canvas(canvas.id);
    let record = core.store.get(&canvas_key)?.ok_or_else(|| missing(canvas.id, &canvas_key))?;
    if core.canvas_from(canvas.id, &canvas_key, &record)? != *canvas {
        return Err(corrupt(canvas.id, &canvas_key, &FormatError::Content("content")));
    }
    check_number(core, canvas.id, &key::name(&canvas.name), canvas.id.0)
}

/// The record of a label may be damaged while the canvas is in use.
fn verify_label(core: &Core, live: &Live) -> Result<(), JournalError> {
    let id = live.canvas.id;
    let broken = |problem: &FormatError| corrupt(id, &key::label(id), problem);
    let found = labels::read(core, id)?.map_err(|problem| broken(&problem))?;
    if found == live.label()? { Ok(()) } else { Err(broken(&FormatError::Content("label"))) }
}

/// Checks that the record under `key` says `number`.
fn check_number(core: &Core, canvas: CanvasId, key: &[u8], number: u64) -> Result<(), JournalError> {
    let record = core.store.get(key)?.ok_or_else(|| missing(canvas, key))?;
    let found = NumberRecord::decode(key, &record).map_err(|problem| corrupt(canvas, key, &problem))?;
    if found.number == number { Ok(()) } else { Err(corrupt(canvas, key, &FormatError::Content("number"))) }
}

/// What is current belongs to the store rather than to one canvas, but nothing else reads it again.
fn verify_current(core: &Core) -> Result<(), JournalError> {
    match read_current(&*core.store) {
        Ok(_) => Ok(()),
        Err(CurrentError::Store(error)) => Err(error.into()),
        Err(CurrentError::Damaged(problem)) => Err(corrupt(CanvasId(0), &key::current(), &problem)),
    }
}

/// Calls `visit` with each record under `prefix`, in order.
fn for_each_under(
    core: &Core,
    prefix: &[u8],
    mut visit: impl FnMut(&[u8], &Value) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let mut from = prefix.to_vec();
    let mut to = prefix.to_vec();
    // Longer than what stands behind the prefix in any key of a number.
    to.extend_from_slice(&[0xff; 1_024]);
    loop {
        let _permit = core.permits.acquire();
        let found = core.store.scan(&from, &to, Order::Ascending, RECORDS_PER_SCAN)?;
        for (key, record) in &found {
            visit(key, record)?;
        }
        let Some((last, _)) = found.last().filter(|_| found.len() == RECORDS_PER_SCAN) else { return Ok(()) };
        from.clone_from(last);
        from.push(0);
    }
}

/// Checks that every tag can be read.
fn verify_tags(core: &Core, canvas: &Canvas, damaged: Damaged<'_>) -> Result<(), JournalError> {
    for_each_under(core, &key::tags(canvas.id).0, |key, record| {
        let read = tags::decode(canvas.id, key, record).map(drop);
        report(read, damaged)
    })
}

/// Checks the authors, who are numbered from 1 without a hole, and the index of their names; returns the last number.
fn verify_authors(core: &Core, canvas: &Canvas, damaged: Damaged<'_>) -> Result<AuthorId, JournalError> {
    let mut last = roster::verify_lists(core, canvas.id, &mut |error| damaged(error.to_string()))?;
    for_each_under(core, &key::authors(canvas.id), |author_key, record| {
        let number = author_key.last_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
        for lost in last.0 + 1..number {
            damaged(missing(canvas.id, &key::author(canvas.id, AuthorId(lost))).to_string());
        }
        last = AuthorId(number);
        let checked = AuthorRecord::decode(author_key, record)
            .map_err(|problem| corrupt(canvas.id, author_key, &problem))
            .and_then(|AuthorRecord { name, authenticated }| {
                let author = crate::canvas::Author { name, authenticated };
                check_number(core, canvas.id, &key::author_name(canvas.id, &author), number.into())
            });
        report(checked, damaged)
    })?;
    for_each_under(core, &key::author_names(canvas.id), |name_key, record| {
        let checked = NumberRecord::decode(name_key, record).map_err(|problem| corrupt(canvas.id, name_key, &problem));
        match checked {
            Ok(NumberRecord { number }) if number == 0 || number > u64::from(last.0) => {
                damaged(corrupt(canvas.id, name_key, &FormatError::Content("number")).to_string());
                Ok(())
            }
            checked => report(checked.map(drop), damaged),
        }
    })?;
    Ok(last)
}

/// What is known of the log so far.
struct Log<'a> {
    core: &'a Core,
    canvas: &'a Canvas,
    time: Time,
    last_author: AuthorId,
}

impl Log<'_> {
    fn verify_block(&mut self, number: BlockNumber, upto: Version, damaged: Damaged<'_>) -> Result<(), JournalError> {
        let Self { core, canvas, .. } = *self;
        let _permit = core.permits.acquire();
        for (version, slot) in block_slots(core, canvas, number, upto)? {
            if slot.who.time < self.time {
                damaged(format!("version {version} of canvas {} is older than the one before it", canvas.id));
            }
            self.time = slot.who.time;
            if slot.who.author > self.last_author {
                damaged(missing(canvas.id, &key::author(canvas.id, slot.who.author)).to_string());
                self.last_author = slot.who.author;
            }
            if slot.pixel.is_none() {
                report(verify_state(core, canvas, version), damaged)?;
            }
        }
        Ok(())
    }
}

/// Reads all that a state stored.
fn verify_state(core: &Core, canvas: &Canvas, version: Version) -> Result<(), JournalError> {
    let state_key = key::state(canvas.id, version);
    let StateRecord { changed, data, .. } = state_record(core, canvas, version)?;
    let mut listed = 0;
    match data {
        StateData::Inline(list) => for_each_pixel(canvas, &state_key, &list.0, |_| listed += 1)?,
        StateData::Staged { data, parts } => {
            for part in 0..parts {
                let bytes = staging::read_part(core, canvas.id, data, part)?;
                for_each_pixel(canvas, &state_key, &bytes, |_| listed += 1)?;
            }
        }
        StateData::Tiles(blob) => {
            for (index, tile) in tile_list(core, canvas, blob)?.0 {
                staging::read_tile(core, canvas, index, tile)?;
            }
            return Ok(());
        }
    }
    if listed == changed { Ok(()) } else { Err(corrupt(canvas.id, &state_key, &FormatError::Content("count"))) }
}

/// Compares each snapshot with the one before it plus the log between them; the first with the log alone. So each part
/// of the log is replayed once a band, and an error in one snapshot is not blamed on the next.
fn verify_snapshots(
    core: &Arc<Core>,
    live: &Arc<Live>,
    head: Version,
    damaged: Damaged<'_>,
) -> Result<(), JournalError> {
    let canvas = &live.canvas;
    let versions = snapshot_versions(core, canvas, head)?;
    let mut bands = ImageReader::new(core.clone(), live.clone(), Version(0), canvas.size.rect()).by_tiles();
    let mut bad = vec![false; versions.len()];
    while let Some(mut replayed) = bands.next_rect().map(|rect| Raster::filled(rect, canvas.mode, canvas.background)) {
        let mut reached = Version(0);
        let mut log_is_whole = true;
        for (version, bad) in versions.iter().zip(&mut bad) {
            if log_is_whole {
                match replay(core, live, &mut replayed, reached, *version) {
                    Ok(()) => reached = *version,
                    // The log's own damage was reported above; snapshots after it can be read, but not compared.
                    Err(JournalError::Corrupt { .. }) => log_is_whole = false,
                    Err(error) => return Err(error),
                }
            }
            let mut kept = Raster::filled(replayed.rect(), canvas.mode, canvas.background);
            let read = read_manifest(core, canvas, *version).and_then(|it| paste(core, canvas, &it, &mut kept));
            let problem = match read {
                Ok(()) if kept == replayed || !log_is_whole => continue,
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
