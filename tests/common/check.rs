//! Whether a journal answers what the model says.

use std::collections::BTreeSet;

use pixlog::canvas::{Rect, StateId, TILE_SIDE, Time, Version};
use pixlog::format::{Blob, StateData, StateRecord, decode_manifest_part, key};
use pixlog::journal::{EntryFilter, HistoryQuery, Journal, JournalError, Kind};
use pixlog::store::{Order, Store};

use super::Numbers;
use super::model::{CanvasModel, Model, author, crop};
use super::store::records;
use crate::ensure;

/// What went wrong: a store told to fail, or an answer that is not the model's.
#[derive(Debug)]
pub enum Trouble {
    Failed(JournalError),
    Wrong(String),
}

impl From<JournalError> for Trouble {
    fn from(error: JournalError) -> Self {
        Self::Failed(error)
    }
}

impl From<String> for Trouble {
    fn from(text: String) -> Self {
        Self::Wrong(text)
    }
}

/// The image of a region, read band by band.
pub fn image(journal: &Journal, model: &CanvasModel, version: Version, region: Rect) -> Result<Vec<u8>, Trouble> {
    let mut reader = journal.image_at(model.id(), version, region)?;
    let row_bytes = region.w as usize * model.canvas.mode.channels();
    // Bands are within the budget, but for one row.
    let bytes_max = journal.options().band_bytes.max(row_bytes);
    let (mut bytes, mut y) = (Vec::new(), region.y);
    while let Some(band) = reader.next_band()? {
        let rect = band.rect();
        let follows = (rect.x, rect.w, rect.y) == (region.x, region.w, y) && rect.h > 0;
        if !follows || band.data().len() > bytes_max {
            return Err(Trouble::Wrong(format!("a band of {rect:?} at row {y} of {region:?}")));
        }
        y += rect.h;
        bytes.extend_from_slice(band.data());
    }
    if y != region.y + region.h {
        return Err(Trouble::Wrong(format!("{region:?} ends at row {y}")));
    }
    Ok(bytes)
}

/// One image of a region at one version, and the version's time.
pub fn read(journal: &Journal, model: &CanvasModel, version: Version, region: Rect) -> Result<(), Trouble> {
    let found = image(journal, model, version, region)?;
    let expected = crop(&model.image_at(version), model.canvas.size, model.canvas.mode, region);
    let time = journal.time_of(model.id(), version)?;
    compare(model, version, region, &found, &expected)?;
    if time != model.time_of(version) {
        return Err(Trouble::Wrong(format!("version {version} has {time:?}, not {:?}", model.time_of(version))));
    }
    Ok(())
}

fn compare(model: &CanvasModel, version: Version, region: Rect, found: &[u8], expected: &[u8]) -> Result<(), String> {
    let channels = model.canvas.mode.channels();
    let differing =
        found.chunks(channels).zip(expected.chunks(channels)).position(|(found, expected)| found != expected);
    ensure!(
        found.len() == expected.len() && differing.is_none(),
        "{} at version {version} of {}, {region:?}: cell {differing:?} differs",
        model.canvas.name,
        model.head()
    );
    Ok(())
}

/// A random image, with versions near the ends of blocks more often.
pub fn read_some(journal: &Journal, model: &CanvasModel, numbers: &mut Numbers) -> Result<(), Trouble> {
    let head = model.head().0 as u32;
    let version = match numbers.below(4) {
        0 => head,
        1 => (numbers.below(head / 512 + 1) * 512 + numbers.below(3)).saturating_sub(1).min(head),
        _ => numbers.below(head + 1),
    };
    let region = numbers.region(model.canvas.size);
    read(journal, model, Version(version.into()), region)
}

/// A random filter.
fn filter(model: &CanvasModel, numbers: &mut Numbers) -> EntryFilter {
    let mut filter = EntryFilter::default();
    match numbers.below(6) {
        0 => filter.kind = Some(if numbers.below(2) == 0 { Kind::Pixel } else { Kind::State }),
        1 => filter.author = author(numbers.next()).map(|author| author.name),
        2 => filter.region = Some(numbers.region(model.canvas.size)),
        3 => {
            let time = |numbers: &mut Numbers| {
                let version = numbers.below(model.head().0 as u32 + 1);
                let offset = i64::from(numbers.below(3)) - 1;
                Some(Time(model.time_of(Version(version.into())).0 + offset))
            };
            filter.since = time(numbers);
            filter.until = time(numbers).filter(|_| numbers.below(2) == 0);
        }
        4 => {
            filter.region = Some(numbers.region(model.canvas.size));
            filter.author = author(numbers.next()).map(|author| author.name);
        }
        _ => {}
    }
    filter
}

/// A history read page by page: what it was asked for and what came.
#[derive(Debug)]
pub struct Paged {
    pub filter: EntryFilter,
    pub order: Order,
    pub first: u64,
    pub last: u64,
    pub entries: Vec<pixlog::canvas::Entry>,
}

/// Pages through a random part of the history; `between` is called before each page.
pub fn page_through(
    journal: &Journal,
    model: &CanvasModel,
    numbers: &mut Numbers,
    mut between: impl FnMut(),
) -> Result<Paged, Trouble> {
    let filter = filter(model, numbers);
    let order = if numbers.below(2) == 0 { Order::Ascending } else { Order::Descending };
    let head = model.head().0 as u32;
    let bound = |numbers: &mut Numbers| (numbers.below(3) == 0).then(|| Version(numbers.below(head + 3).into()));
    let (asked_after, asked_before) = (bound(numbers), bound(numbers));
    let (mut after, mut before) = (asked_after, asked_before);
    let limit_max = [3, 50, 700, 5_000][numbers.below(4) as usize];
    let (mut entries, mut newest) = (Vec::new(), 0);
    loop {
        between();
        let limit = 1 + numbers.below(limit_max) as usize;
        let query = HistoryQuery { order, after, before, limit, filter: filter.clone() };
        let page = journal.history(model.id(), &query)?;
        if page.entries.len() > limit {
            return Err(Trouble::Wrong(format!("{} entries on a page of {limit}", page.entries.len())));
        }
        // An ascending history ends with what the last page saw, a descending one begins with what the first saw.
        if order == Order::Ascending || newest == 0 {
            newest = page.head.0;
        }
        entries.extend(page.entries);
        match (page.next, order) {
            (None, _) => break,
            (next, Order::Ascending) => after = next,
            (next, Order::Descending) => before = next,
        }
    }
    let first = asked_after.map_or(1, |after| after.0 + 1);
    let last = asked_before.map_or(newest, |before| before.0.saturating_sub(1).min(newest));
    Ok(Paged { filter, order, first, last, entries })
}

/// Whether the pages hold what the model has.
pub fn compare_pages(model: &CanvasModel, paged: &Paged) -> Result<(), String> {
    let expected = model.select(&paged.filter, paged.first, paged.last, paged.order);
    let differing = expected.iter().zip(&paged.entries).find(|(expected, found)| expected != found);
    ensure!(
        differing.is_none() && expected.len() == paged.entries.len(),
        "history {:?} of {} to {} ({:?}): {} entries, not {}; first difference {differing:?}",
        paged.order,
        paged.first,
        paged.last,
        paged.filter,
        paged.entries.len(),
        expected.len()
    );
    Ok(())
}

/// Everything: every head, every entry, many images, what is current, the runs' records; and that nothing is damaged.
pub fn everything(journal: &Journal, model: &Model, numbers: &mut Numbers) -> Result<(), Trouble> {
    let listed: Vec<_> = journal.canvases(None, 1_000)?.into_iter().rev().collect();
    let expected: Vec<_> = model.canvases.iter().map(|canvas| canvas.canvas.clone()).collect();
    if listed != expected {
        return Err(Trouble::Wrong(format!("the canvases are {listed:?}, not {expected:?}")));
    }
    if journal.current()? != model.current {
        return Err(Trouble::Wrong(format!("current is {:?}, not {:?}", journal.current()?, model.current)));
    }
    let runs: Vec<_> = journal.run_records(None, 1_000)?.into_iter().map(|(run, body)| (run.0, body)).rev().collect();
    if runs != model.runs.clone().into_iter().collect::<Vec<_>>() {
        return Err(Trouble::Wrong(format!("the runs are {runs:?}, not {:?}", model.runs)));
    }
    for canvas in &model.canvases {
        canvas_whole(journal, canvas, numbers)?;
    }
    Ok(())
}

fn canvas_whole(journal: &Journal, model: &CanvasModel, numbers: &mut Numbers) -> Result<(), Trouble> {
    let now = journal.canvas_now(model.id())?;
    if now.label != model.label {
        return Err(Trouble::Wrong(format!(
            "{} is labelled {:?}, not {:?}",
            model.canvas.name, now.label, model.label
        )));
    }
    let head = now.head;
    if (head.version, head.time) != (model.head(), model.time_of(model.head())) {
        let at = (model.head(), model.time_of(model.head()));
        return Err(Trouble::Wrong(format!("{} is at {head:?}, not at {at:?}", model.canvas.name)));
    }
    let mut problems = Vec::new();
    journal.verify(model.id(), &mut |_| {}, &mut |problem| problems.push(problem))?;
    if !problems.is_empty() {
        return Err(Trouble::Wrong(format!("{}: {problems:?}", model.canvas.name)));
    }
    let query = HistoryQuery {
        order: Order::Ascending,
        after: None,
        before: None,
        limit: usize::MAX,
        filter: EntryFilter::default(),
    };
    let entries = journal.history(model.id(), &query)?.entries;
    let filter = EntryFilter::default();
    let all = Paged { filter, order: Order::Ascending, first: 1, last: model.head().0, entries };
    compare_pages(model, &all)?;
    read(journal, model, model.head(), model.canvas.size.rect())?;
    for _ in 0..4 {
        read_some(journal, model, numbers)?;
    }
    Ok(())
}

/// Staged data that no state and no snapshot names, staging marks, tails of full blocks: none may be left after a start.
pub fn no_garbage(store: &dyn Store, model: &Model) -> Result<(), Trouble> {
    let records = records(store).map_err(JournalError::Store)?;
    let mut named = BTreeSet::new();
    for (at, record) in &records {
        let canvas = model.canvases.iter().find(|canvas| Some(canvas.id().0) == key::number(at, 0));
        match (at.first(), canvas) {
            (Some(b's'), Some(model)) => match StateRecord::decode(at, record, model.canvas.size).unwrap().data {
                StateData::Staged { data, .. } | StateData::Tiles(Blob { data, .. }) => {
                    named.insert((model.id(), data));
                }
                StateData::Inline(_) => {}
            },
            (Some(b'p'), Some(model)) => {
                let tiles =
                    model.canvas.size.width().div_ceil(TILE_SIDE) * model.canvas.size.height().div_ceil(TILE_SIDE);
                for tile in decode_manifest_part(at, record, tiles as usize).unwrap() {
                    named.insert((model.id(), tile.data));
                }
            }
            _ => {}
        }
    }
    let full = |canvas: u64| {
        let of_canvas = |at: &&Vec<u8>| at[0] == b'b' && key::number(at, 0) == Some(canvas);
        let newest = records.iter().map(|(at, _)| at).rfind(of_canvas);
        newest.and_then(|at| key::number(at, 1)).map_or(0, |number| (number + 1) * 512)
    };
    let is_garbage = |at: &[u8]| match at.first() {
        Some(b'g') => true,
        // The commit that fills a block takes its tail away.
        Some(b't' | b'u') => key::number(at, 1).unwrap() <= full(key::number(at, 0).unwrap()),
        Some(b'd') => {
            let canvas = model.canvases.iter().find(|canvas| Some(canvas.id().0) == key::number(at, 0));
            let data = key::number(at, 1).map(StateId).unwrap();
            canvas.is_none_or(|canvas| !named.contains(&(canvas.id(), data)))
        }
        _ => false,
    };
    match records.iter().find(|(at, _)| is_garbage(at)) {
        Some((at, _)) => Err(Trouble::Wrong(format!("nothing names {}", key::describe(at)))),
        None => Ok(()),
    }
}
