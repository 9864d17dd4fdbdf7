//! Records that rot or are lost: each answer is right, or an error that names the record; never wrong.

use std::sync::Arc;

use pixlog::canvas::{CanvasId, CellIndex, Change, Colour, Mode, Pixel, Rect, Size, Source, Version};
use pixlog::format::{StateData, StateRecord, decode_manifest_part, key};
use pixlog::journal::{
    Append, EntryFilter, Expectation, HistoryQuery, Journal, JournalError, NewCanvas, Options, Records,
};
use pixlog::store::{Batch, MemoryStore, Order, Store};

use crate::common::Numbers;
use crate::common::check::{Paged, Trouble, compare_pages, read};
use crate::common::gated::GatedStore;
use crate::common::make::options;
use crate::common::model::{self, CanvasModel, Logged, Model};
use crate::common::op::{Content, Expects, Op};
use crate::common::store::records;
use crate::common::world::World;
use crate::number;

/// A store with every kind of record, and what it must answer.
pub fn world() -> World {
    let mut world = World::in_memory(Options { snapshot_blocks_min: 1, ..Options::default() });
    world.restart().unwrap();
    let append = |canvas, count, seed| Op::Append {
        canvas,
        count,
        seed,
        expects: Expects::Anything,
        with_records: seed.is_multiple_of(2),
    };
    let state = |canvas, seed, content| Op::State { canvas, seed, content, expects: Expects::Anything };
    let steps = [
        Op::Create { shape: 10, is_rgba: false, seed: 1 },
        Op::Create { shape: 12, is_rgba: true, seed: 2 },
        append(0, 1_100, 1),
        append(0, 30, 2),
        append(0, 450, 3),
        Op::Settle,
        state(0, 4, Content::OneChange),
        append(0, 2, 5),
        append(0, 1, 6),
        append(1, 600, 7),
        state(1, 5, Content::SomeChanges),
        state(1, 8, Content::Noise),
        append(1, 600, 9),
        Op::Settle,
        state(1, 14, Content::Flat),
        state(1, 16, Content::Noise),
        state(1, 18, Content::Noise),
        state(1, 20, Content::Noise),
        state(1, 17, Content::SomeChanges),
        append(1, 700, 11),
        append(1, 5, 10),
        Op::Settle,
        append(1, 40, 13),
        append(1, 4, 14),
        Op::Label { canvas: 0, seed: 1, expects: Expects::Anything },
        Op::Label { canvas: 1, seed: 2, expects: Expects::Anything },
    ];
    for step in steps {
        world.apply(&step).unwrap();
    }
    world.restart().unwrap();
    world
}

pub fn copy(records: &[(Vec<u8>, Vec<u8>)]) -> MemoryStore {
    let store = MemoryStore::new();
    let mut batch = Batch::new();
    for (at, record) in records {
        batch.put(at.as_slice(), record.as_slice());
    }
    store.commit(&batch).unwrap();
    store
}

/// What is done to one record.
#[derive(Debug, Clone)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Emptied,
    Swapped(Vec<u8>),
    Removed,
}

impl Damage {
    fn apply(&self, store: &MemoryStore, at: &[u8]) {
        match self {
            Self::Flip(byte, bits) => drop(store.corrupt(at, |record| record[*byte] ^= bits)),
            Self::Cut(length) => drop(store.corrupt(at, |record| record.truncate(*length))),
            Self::Emptied => drop(store.corrupt(at, Vec::clear)),
            Self::Swapped(other) => drop(store.corrupt(at, |record| record.clone_from(other))),
            Self::Removed => drop(store.remove(at)),
        }
    }
}

/// What was asked and could not be answered.
type Errors = Vec<String>;

fn ask<T>(
    errors: &mut Errors,
    store_name: &str,
    answer: Result<T, Trouble>,
    check: impl FnOnce(T) -> Result<(), String>,
) -> Result<(), String> {
    match answer {
        Ok(answer) => check(answer),
        Err(Trouble::Wrong(wrong)) => Err(wrong),
        Err(Trouble::Failed(
            error @ (JournalError::Corrupt { .. } | JournalError::NoCanvas(_) | JournalError::NoCanvasId(_)),
        )) => {
            errors.push(error.to_string());
            Ok(())
        }
        Err(Trouble::Failed(error)) => Err(format!("{store_name}: {error}")),
    }
}

/// Asks for everything; answers with what could not be answered, or with what was answered wrong.
fn ask_everything(journal: &Journal, model: &Model, snapshots: &[(u64, Version)]) -> Result<Errors, String> {
    let mut errors = Vec::new();
    let listed = journal.canvases(None, 100).map_err(Trouble::from);
    ask(&mut errors, "canvases", listed, |listed| {
        match listed.iter().find(|canvas| model.canvases.iter().all(|model| model.canvas != **canvas)) {
            Some(canvas) => Err(format!("{canvas:?} is listed")),
            None => Ok(()),
        }
    })?;
    ask(&mut errors, "current", journal.current().map_err(Trouble::from), |current| {
        if current == model.current || current.is_none() { Ok(()) } else { Err(format!("current {current:?}")) }
    })?;
    let runs = journal.run_records(None, 100).map_err(Trouble::from);
    ask(&mut errors, "runs", runs, |runs| {
        let is_right = runs.iter().all(|(run, body)| model.runs.get(&run.0) == Some(body));
        if is_right { Ok(()) } else { Err("a wrong run".to_owned()) }
    })?;
    for canvas in &model.canvases {
        ask_canvas(journal, canvas, snapshots, &mut errors)
            .map_err(|wrong| format!("{}: {wrong}", canvas.canvas.name))?;
    }
    Ok(errors)
}

fn ask_canvas(
    journal: &Journal,
    model: &CanvasModel,
    snapshots: &[(u64, Version)],
    errors: &mut Errors,
) -> Result<(), String> {
    let named = journal.canvas_named(&model.canvas.name).map_err(Trouble::from);
    ask(
        errors,
        "named",
        named,
        |canvas| {
            if canvas == model.canvas { Ok(()) } else { Err(format!("{canvas:?} has the name")) }
        },
    )?;
    let head = journal.head(model.id()).map_err(Trouble::from);
    let mut is_usable = false;
    ask(errors, "head", head, |head| {
        is_usable = true;
        let expected = (model.head(), model.time_of(model.head()));
        if (head.version, head.time) == expected { Ok(()) } else { Err(format!("{head:?}, not {expected:?}")) }
    })?;
    if !is_usable {
        return Ok(());
    }
    let label = journal.canvas_now(model.id()).map(|now| now.label).map_err(Trouble::from);
    ask(errors, "label", label, |label| {
        if label == model.label || label.is_none() { Ok(()) } else { Err(format!("the label {label:?}")) }
    })?;
    let head = model.head().0;
    let own = snapshots.iter().filter(|(id, _)| *id == model.id().0).map(|(_, version)| version.0);
    let versions = (0..=head).step_by(293).chain([1, 511, 512, 513, head]).chain(own);
    for version in versions.filter(|version| *version <= head) {
        let region = model.canvas.size.rect();
        let small = Rect { w: region.w.min(3), h: region.h.min(5), ..region };
        for region in [region, small] {
            ask(errors, "image", read(journal, model, Version(version), region), |()| Ok(()))?;
        }
    }
    for first in (1..=head).step_by(200) {
        let query = HistoryQuery {
            order: Order::Ascending,
            after: Some(Version(first - 1)),
            before: None,
            limit: 200,
            filter: EntryFilter::default(),
        };
        let last = (first + 199).min(head);
        let page = journal.history(model.id(), &query).map_err(Trouble::from);
        ask(errors, "history", page, |page| {
            let filter = EntryFilter::default();
            compare_pages(model, &Paged { filter, order: Order::Ascending, first, last, entries: page.entries })
        })?;
    }
    Ok(())
}

/// What verify says, or what keeps it from saying anything.
fn verify(journal: &Journal, model: &Model) -> Vec<String> {
    let mut problems = Vec::new();
    for canvas in &model.canvases {
        let mut found = Vec::new();
        if let Err(error) = journal.verify(canvas.id(), &mut |_| {}, &mut |problem| found.push(problem)) {
            found.push(error.to_string());
        }
        problems.append(&mut found);
    }
    problems
}

/// The kinds of records, as the tests tell them apart: data parts of states and of snapshots are two.
pub fn kind(at: &[u8], of_snapshots: &[(u64, u64)]) -> char {
    let data = (key::number(at, 0).unwrap_or(0), key::number(at, 1).unwrap_or(0));
    match at[0] {
        b'd' if of_snapshots.contains(&data) => 'D',
        b'k' if at == key::current() => 'K',
        other => char::from(other),
    }
}

pub struct Prepared {
    pub model: Model,
    pub records: Vec<(Vec<u8>, Vec<u8>)>,
    /// Canvas and data id of all tiles of snapshots.
    pub of_snapshots: Vec<(u64, u64)>,
    pub snapshots: Vec<(u64, Version)>,
}

pub fn prepare() -> Prepared {
    let world = world();
    prepare_from(world.medium.memory().unwrap(), world.model.clone())
}

/// A tail record with two authors: they wrote while another commit was under way.
fn prepare_two_authors() -> Prepared {
    let gated = GatedStore::new(MemoryStore::new());
    let journal = Journal::open(Arc::new(gated.clone()), Options::default()).unwrap();
    let size = Size::new(4, 4).unwrap();
    let new = NewCanvas { name: None, size, mode: Mode::Rgb, background: Colour::WHITE };
    let canvas = journal.create_canvas(new, Records::default()).unwrap();
    let append = |author| Append { author: model::author(author), ..one_pixel(canvas.id) };
    gated.shut();
    journal.append_then(append(0), |_| {}).unwrap();
    gated.wait_for_commit();
    for author in [1, 2, 3] {
        journal.append_then(append(author), |_| {}).unwrap();
    }
    gated.open_gate();
    journal.append(append(0)).unwrap();
    let query =
        HistoryQuery { order: Order::Ascending, after: None, before: None, limit: 10, filter: EntryFilter::default() };
    let mut model = CanvasModel::new(canvas);
    for entry in journal.history(model.id(), &query).unwrap().entries {
        let Change::Pixel(pixel) = entry.change else { unreachable!("only pixels were written") };
        model.push(Logged { entry, pixels: vec![pixel] });
    }
    prepare_from(&gated.inner, Model { canvases: vec![model], ..Model::default() })
}

pub fn one_pixel(canvas: CanvasId) -> Append {
    Append {
        canvas,
        pixels: vec![Pixel { cell: CellIndex(3), colour: Colour::rgb(1, 2, 3) }],
        author: None,
        source: Source::Api,
        expectation: Expectation::Any,
        records: Records::default(),
    }
}

fn prepare_from(store: &MemoryStore, model: Model) -> Prepared {
    let records = records(store).unwrap();
    let (mut of_snapshots, mut snapshots) = (Vec::new(), Vec::new());
    for (at, record) in records.iter().filter(|(at, _)| at[0] == b'p') {
        let id = key::number(at, 0).unwrap();
        let size = model.canvases.iter().find(|canvas| canvas.id().0 == id).unwrap().canvas.size;
        let tiles = size.width().div_ceil(256) * size.height().div_ceil(256);
        let tiles = decode_manifest_part(at, record, tiles as usize).unwrap();
        of_snapshots.extend(tiles.iter().map(|tile| (id, tile.data.0)));
        snapshots.push((id, Version(key::number(at, 1).unwrap())));
    }
    Prepared { model, records, of_snapshots, snapshots }
}

impl Prepared {
    /// Whether the loss of a record leaves no trace, so that the store is as it was before the record was written: the
    /// newest tail record, and what stands alone.
    fn is_lost_without_trace(&self, at: &[u8]) -> bool {
        let newest_tail = self.records.iter().map(|(at, _)| at).rfind(|other| other[..9] == at[..at.len().min(9)]);
        match at[0] {
            b't' => newest_tail.map(Vec::as_slice) == Some(at),
            // A name is found by its canvas in verify, a snapshot is derived, the rest stands alone.
            b'k' | b'r' | b'p' | b'y' => true,
            _ => false,
        }
    }

    fn check(&self, at: &[u8], damage: &Damage, seed: u64) -> Result<(), String> {
        let store = copy(&self.records);
        damage.apply(&store, at);
        let name = key::describe(at);
        let kind = kind(at, &self.of_snapshots);
        let is_removed = matches!(damage, Damage::Removed);
        let journal = match Journal::open(Arc::new(store.clone()), options(seed)) {
            Ok(journal) => journal,
            Err(error) if kind == 'k' && error.to_string().contains(&name) => return Ok(()),
            Err(error) => return Err(format!("opening: {error}")),
        };
        let is_derived = matches!(kind, 'p' | 'D');
        let problems = verify(&journal, &self.model);
        let errors = ask_everything(&journal, &self.model, &self.snapshots)?;
        // The errors name this record and no other; a lost canvas or name is just not there.
        let is_allowed =
            |error: &String| error.contains(&name) || (is_removed && error.starts_with("there is no canvas"));
        if let Some(error) = errors.iter().find(|error| !is_allowed(error)) {
            return Err(format!("an error that names another record: {error}"));
        }
        if is_derived && !errors.is_empty() {
            return Err(format!("a snapshot's damage is not passed over: {errors:?}"));
        }
        let is_found = problems.iter().any(is_allowed);
        let may_be_missed = kind == 'r' || (is_removed && self.is_lost_without_trace(at));
        if !is_found && !may_be_missed {
            return Err(format!("verify found {problems:?}, not {name}"));
        }
        if is_derived {
            self.check_replaced(&journal)?;
        }
        Ok(())
    }

    /// Reading has a damaged snapshot replaced; then nothing is damaged any more.
    fn check_replaced(&self, journal: &Journal) -> Result<(), String> {
        for _ in 0..3 {
            journal.settle();
            let problems = verify(journal, &self.model);
            if problems.is_empty() {
                return Ok(());
            }
            ask_everything(journal, &self.model, &self.snapshots)?;
        }
        Err(format!("still damaged: {:?}", verify(journal, &self.model)))
    }

    /// Records of a kind: the first, the last, and some between.
    fn some_of(&self, wanted: char, numbers: &mut Numbers) -> Vec<Vec<u8>> {
        let is_wanted = |at: &&Vec<u8>| kind(at, &self.of_snapshots) == wanted;
        let all: Vec<_> = self.records.iter().map(|(at, _)| at).filter(is_wanted).collect();
        assert!(!all.is_empty(), "no record of kind {wanted}");
        let mut chosen = vec![all[0].clone(), all[all.len() - 1].clone()];
        for _ in 0..2 {
            chosen.push(all[numbers.below(all.len() as u32) as usize].clone());
        }
        chosen.dedup();
        chosen
    }

    fn damage_all(&self, wanted: char) {
        let mut numbers = Numbers(wanted.into());
        for at in self.some_of(wanted, &mut numbers) {
            let record = &self.records.iter().find(|(other, _)| *other == at).unwrap().1;
            let other = self.records.iter().find(|(other, _)| other[0] == at[0] && *other != at);
            let mut damages = vec![Damage::Removed, Damage::Emptied, Damage::Cut(record.len() - 1)];
            damages.extend(other.map(|(_, record)| Damage::Swapped(record.clone())));
            for _ in 0..number("PIXLOG_FLIPS", 3) {
                let byte = numbers.below(record.len() as u32) as usize;
                damages.push(Damage::Flip(byte, 1 << numbers.below(8)));
            }
            for damage in damages {
                if matches!(damage, Damage::Removed) && at[0] == b't' && self.is_lost_without_trace(&at) {
                    continue;
                }
                let outcome = self.check(&at, &damage, numbers.next().into());
                assert_eq!(outcome, Ok(()), "{} ({wanted}) with {damage:?}", key::describe(&at));
            }
        }
    }
}

macro_rules! damaged {
    ($($name:ident: $kinds:expr;)*) => {$(
        #[test]
        fn $name() {
            let prepared = prepare();
            for kind in $kinds {
                prepared.damage_all(kind);
            }
        }
    )*};
}
damaged! {
    blocks_and_tails: ['b', 't'];
    authors_and_times: ['w'];
    states_and_their_data: ['s', 'd'];
    snapshots_and_their_tiles: ['p', 'D'];
    authors: ['a', 'i'];
    canvases_and_names: ['c', 'n', 'y'];
    the_store_and_what_is_current_and_runs: ['k', 'K', 'r'];
}

#[test]
fn authors_and_times_of_a_tail() {
    prepare_two_authors().damage_all('u');
}

/// The store above holds states of every form: else some data parts were never damaged.
#[test]
fn the_damaged_store_holds_every_form_of_state() {
    let Prepared { model, records, .. } = prepare();
    let size = |at: &[u8]| {
        let id = key::number(at, 0);
        model.canvases.iter().find(|canvas| Some(canvas.id().0) == id).unwrap().canvas.size
    };
    let states = records.iter().filter(|(at, _)| at[0] == b's');
    let forms: Vec<_> = states.map(|(at, record)| StateRecord::decode(at, record, size(at)).unwrap().data).collect();
    assert!(forms.iter().any(|data| matches!(data, StateData::Inline(_))));
    assert!(forms.iter().any(|data| matches!(data, StateData::Staged { .. })));
    assert!(forms.iter().any(|data| matches!(data, StateData::Tiles(_))));
}
