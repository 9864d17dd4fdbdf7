//! A journal and its model, side by side through whatever a test does to them.

mod labels;
mod restart;

use std::path::PathBuf;
use std::sync::Arc;

use pixlog::canvas::{
    Author, CellIndex, Change, Colour, Entry, Label, Mode, Pixel, Rect, RunId, Size, Source, Time, Version,
};
use pixlog::journal::{
    Append, Current, Expectation, Journal, JournalError, NewCanvas, Options, PixelProblem, Records, StateWrite,
};
use pixlog::store::{MemoryStore, Store, StoreError};

use super::Numbers;
use super::check::{self, Trouble};
use super::make::{SHAPES, differences, new_rows, pixels, rows};
use super::model::{CanvasModel, Logged, Model, author, crop};
use super::op::{Content, Expects, Op};
use super::store::Medium;
use crate::ensure;

/// A write whose outcome is not known yet.
#[derive(Debug, Clone)]
pub enum Pending {
    Create(NewCanvas),
    Label {
        canvas: usize,
        label: Option<Label>,
    },
    Write {
        canvas: usize,
        changes: Vec<(Change, Vec<Pixel>)>,
        author: Option<Author>,
        source: Source,
        records: Records,
    },
}

/// A journal and its model.
pub struct World {
    pub medium: Medium,
    pub options: Options,
    pub model: Model,
    pub numbers: Numbers,
    store: Option<Arc<dyn Store>>,
    journal: Option<Journal>,
    pending: Option<Pending>,
    /// Whether the store was told to fail.
    expects_faults: bool,
    canvases_asked: u32,
    /// Whether snapshots were taken away: nothing names their tiles then.
    lost_snapshots: bool,
}

impl World {
    pub fn in_memory(options: Options) -> Self {
        Self::with_store(MemoryStore::new(), options)
    }

    pub fn with_store(store: MemoryStore, options: Options) -> Self {
        Self::new(Medium::Memory(store), options)
    }

    pub fn in_directory(directory: PathBuf, options: Options) -> Self {
        Self::new(Medium::Sled(directory), options)
    }

    /// The journal is not open yet: [`Self::restart`] opens it.
    fn new(medium: Medium, options: Options) -> Self {
        Self {
            medium,
            options,
            model: Model::default(),
            numbers: Numbers(1),
            store: None,
            journal: None,
            pending: None,
            expects_faults: false,
            canvases_asked: 0,
            lost_snapshots: false,
        }
    }

    pub fn journal(&self) -> &Journal {
        self.journal.as_ref().expect("it is open")
    }

    fn memory(&self) -> &MemoryStore {
        self.medium.memory().expect("faults are for stores in memory")
    }

    /// From now on the store may fail.
    pub fn expect_faults(&mut self) {
        self.expects_faults = true;
    }

    /// Does one step; what comes of it must be what the model says.
    pub fn apply(&mut self, op: &Op) -> Result<(), String> {
        let canvases = self.model.canvases.len();
        match op {
            Op::Create { shape, is_rgba, seed } => self.create(*shape, *is_rgba, *seed),
            Op::Settle => {
                self.journal().settle();
                Ok(())
            }
            Op::Restart => self.restart(),
            Op::Crash => self.crash(),
            Op::LosePower => {
                self.memory().lose_power();
                self.crash()
            }
            Op::Fault { after_calls, fault } => {
                let call = self.memory().calls() + 1 + after_calls;
                self.memory().fail_at(call, *fault);
                self.expects_faults = true;
                Ok(())
            }
            Op::DropSnapshots => {
                self.journal().settle();
                self.drop_snapshots();
                self.lost_snapshots = true;
                Ok(())
            }
            _ if canvases == 0 => Ok(()),
            Op::Append { canvas, count, seed, expects, with_records } => {
                self.append(canvas % canvases, *count, *seed, *expects, *with_records)
            }
            Op::State { canvas, seed, content, expects } => self.state(canvas % canvases, *seed, *content, *expects),
            Op::Label { canvas, seed, expects } => self.label(canvas % canvases, *seed, *expects),
            Op::Bad { canvas, kind } => self.bad(canvas % canvases, *kind),
            Op::Read { canvas, seed } => {
                let mut numbers = Numbers(*seed);
                self.checked(|world| check::read_some(world.journal(), world.canvas(canvas % canvases), &mut numbers))
            }
            Op::History { canvas, seed, writes_meanwhile } => {
                self.history(canvas % canvases, *seed, *writes_meanwhile && !self.expects_faults)
            }
            Op::Full => {
                self.memory().set_full(true);
                let outcome = self.append_to_full_disk();
                self.memory().set_full(false);
                outcome
            }
        }
    }

    pub fn canvas(&self, index: usize) -> &CanvasModel {
        &self.model.canvases[index]
    }

    /// Runs a check; where the store fails as it was told to, runs it again after a restart.
    fn checked(&mut self, mut check: impl FnMut(&Self) -> Result<(), Trouble>) -> Result<(), String> {
        match check(self) {
            Ok(()) => Ok(()),
            Err(Trouble::Failed(JournalError::Store(_))) if self.expects_faults => {
                self.crash()?;
                match check(self) {
                    Ok(()) => Ok(()),
                    Err(trouble) => Err(format!("after a restart: {trouble:?}")),
                }
            }
            Err(trouble) => Err(format!("{trouble:?}")),
        }
    }

    /// Everything is as the model says.
    pub fn check(&mut self) -> Result<(), String> {
        let mut numbers = Numbers(self.numbers.next().into());
        self.checked(|world| check::everything(world.journal(), &world.model, &mut numbers))
    }

    fn create(&mut self, shape: usize, is_rgba: bool, seed: u64) -> Result<(), String> {
        if self.model.canvases.len() >= 5 {
            return Ok(());
        }
        let mut numbers = Numbers(seed);
        let (width, height) = SHAPES[shape % SHAPES.len()];
        let mode = if is_rgba { Mode::Rgba } else { Mode::Rgb };
        let background = if numbers.below(2) == 0 { Colour::WHITE } else { numbers.colour(mode) };
        self.canvases_asked += 1;
        let name = format!("canvas_{}", self.canvases_asked).parse().expect("a slug");
        let size = Size::new(width, height).expect("small");
        let new = NewCanvas { name: Some(name), size, mode, background };
        match self.journal().create_canvas(new.clone(), Records::default()) {
            Ok(canvas) => {
                ensure!(Some(&canvas.name) == new.name.as_ref() && canvas.size == size, "made {canvas:?} of {new:?}");
                self.model.canvases.push(CanvasModel::new(canvas));
                Ok(())
            }
            Err(error) => self.failed(error, Pending::Create(new)),
        }
    }

    /// A write failed: with what may be, nothing of it is visible now, and after a restart all of it or nothing.
    fn failed(&mut self, error: JournalError, pending: Pending) -> Result<(), String> {
        ensure!(self.expects_faults, "{error} at {pending:?}");
        let JournalError::Store(error) = error else { return Err(format!("{error} at {pending:?}")) };
        self.check_heads()?;
        if !matches!(error, StoreError::Full { .. }) && self.journal().poisoned().is_some() {
            self.pending = Some(pending);
            if self.numbers.below(2) == 0 {
                self.memory().lose_power();
            }
            return self.crash();
        }
        Ok(())
    }

    /// What is visible is what was acknowledged.
    fn check_heads(&self) -> Result<(), String> {
        for model in &self.model.canvases {
            // What cannot be read just now is not visible.
            let Ok(now) = self.journal().canvas_now(model.id()) else { continue };
            ensure!(now.head.version == model.head(), "{} shows {now:?}, not {}", model.canvas.name, model.head());
            ensure!(now.label == model.label, "{} shows {now:?}, not {:?}", model.canvas.name, model.label);
        }
        let listed = self.journal().canvases(None, 1_000).map_or(0, |canvases| canvases.len());
        ensure!(listed <= self.model.canvases.len(), "{listed} canvases are listed");
        Ok(())
    }

    fn expectation(&self, canvas: usize, expects: Expects) -> Expectation {
        let head = self.canvas(canvas).head();
        match expects {
            Expects::Anything => Expectation::Any,
            Expects::TheHead => Expectation::Head(head),
            Expects::AnotherHead if head.0.is_multiple_of(2) => Expectation::Head(head.after(1)),
            Expects::AnotherHead => Expectation::Head(Version(head.0 - 1)),
        }
    }

    fn append(
        &mut self,
        canvas: usize,
        count: usize,
        seed: u64,
        expects: Expects,
        with_records: bool,
    ) -> Result<(), String> {
        let mut numbers = Numbers(seed);
        let model = self.canvas(canvas);
        let pixels = pixels(model, count, &mut numbers);
        let author = author(numbers.next());
        let source = Source::from_number((seed % 8) as u8).expect("0 to 7");
        let records = if with_records { self.records(canvas, &mut numbers) } else { Records::default() };
        let append = Append {
            canvas: self.canvas(canvas).id(),
            pixels: pixels.clone(),
            author: author.clone(),
            source,
            expectation: self.expectation(canvas, expects),
            records: records.clone(),
        };
        let changes = pixels.into_iter().map(|pixel| (Change::Pixel(pixel), vec![pixel])).collect();
        let pending = Pending::Write { canvas, changes, author, source, records };
        match self.journal().append(append) {
            Ok(committed) => {
                ensure!(expects != Expects::AnotherHead, "a write that expected another head was taken");
                let first = self.canvas(canvas).head().after(1);
                let last = self.canvas(canvas).head().after(count as u64);
                let versions = (committed.first_version, committed.version);
                ensure!(versions == (first, last), "{committed:?}, not {first} to {last}");
                self.push(pending, committed.time)
            }
            Err(JournalError::HeadMoved { head, .. }) if expects == Expects::AnotherHead => {
                ensure!(head == self.canvas(canvas).head(), "refused at {head}");
                Ok(())
            }
            Err(error) => self.failed(error, pending),
        }
    }

    fn records(&mut self, canvas: usize, numbers: &mut Numbers) -> Records {
        let run = match self.model.runs.keys().next_back() {
            Some(run) if numbers.below(2) == 0 => RunId(*run),
            _ => self.journal().new_run_id(),
        };
        let body = numbers.next().to_le_bytes().repeat(1 + numbers.below(1_500) as usize);
        Records { run: Some((run, body)), current: Some(Current { canvas: self.canvas(canvas).id(), run: Some(run) }) }
    }

    /// A write took effect at `time`.
    fn push(&mut self, pending: Pending, time: Time) -> Result<(), String> {
        let Pending::Write { canvas, changes, author, source, records } = pending else { return Ok(()) };
        let model = &mut self.model.canvases[canvas];
        let newest = model.time_of(model.head());
        ensure!(time >= newest, "time runs backwards from {newest:?} to {time:?}");
        let now = self.journal.as_ref().expect("it is open").now();
        ensure!(time <= newest.max(now), "{time:?} is in the future");
        for (change, pixels) in changes {
            let version = model.head().after(1);
            let entry = Entry { version, time, author: author.clone(), source, change };
            model.push(Logged { entry, pixels });
        }
        if let Some((run, body)) = records.run {
            self.model.runs.insert(run.0, body);
        }
        self.model.current = records.current.or(self.model.current);
        Ok(())
    }

    fn state(&mut self, canvas: usize, seed: u64, content: Content, expects: Expects) -> Result<(), String> {
        let mut numbers = Numbers(seed);
        let model = self.canvas(canvas);
        let (size, mode) = (model.canvas.size, model.canvas.mode);
        let region = numbers.region(size);
        let old = crop(&model.image, size, mode, region);
        let new = new_rows(&old, mode, content, &mut numbers);
        let differing = differences(&old, &new, size, mode, region);
        let author = author(numbers.next());
        let source = Source::from_number((seed % 8) as u8).expect("0 to 7");
        let write = StateWrite {
            canvas: model.id(),
            region,
            author: author.clone(),
            source,
            expectation: self.expectation(canvas, expects),
            records: Records::default(),
        };
        let count = differing.len() as u32;
        let changes = vec![(Change::State { region, changed: count }, differing)];
        let pending = Pending::Write { canvas, changes, author, source, records: Records::default() };
        match self.journal().put_state(write, &mut rows(&new)) {
            Ok(outcome) => {
                ensure!(expects != Expects::AnotherHead, "a state that expected another head was taken");
                let entries = u64::from(count > 0);
                let version = self.canvas(canvas).head().after(entries);
                ensure!((outcome.version, outcome.changed) == (version, count), "{outcome:?}, not {count}");
                if entries == 1 { self.push(pending, outcome.time) } else { Ok(()) }
            }
            Err(JournalError::HeadMoved { .. }) if expects == Expects::AnotherHead => Ok(()),
            Err(error) => self.failed(error, pending),
        }
    }

    /// What must be refused is, by its own error, and nothing is changed: the next check would see it.
    fn bad(&mut self, canvas: usize, kind: usize) -> Result<(), String> {
        let model = self.canvas(canvas);
        let (id, size, mode) = (model.id(), model.canvas.size, model.canvas.mode);
        let good = Pixel { cell: CellIndex(0), colour: Colour::WHITE };
        let outside = Pixel { cell: CellIndex(size.cells()), colour: Colour::WHITE };
        let clear = Pixel { cell: CellIndex(0), colour: Colour([0; 4]) };
        let append = |pixels: Vec<Pixel>, author: Option<Author>| Append {
            canvas: id,
            pixels,
            author,
            source: Source::Api,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        let outcome = match kind {
            0 => self.journal().append(append(vec![], None)).map(drop),
            1 => self.journal().append(append(vec![good, outside], None)).map(drop),
            2 if mode == Mode::Rgb => self.journal().append(append(vec![good, clear], None)).map(drop),
            3 => self.journal().append(append(vec![good; self.options.batch_pixels_max + 1], None)).map(drop),
            4 => {
                let name = "x".repeat(Author::NAME_CHARS_MAX + 1);
                self.journal().append(append(vec![good], Some(Author { name, authenticated: false }))).map(drop)
            }
            5 => {
                let region = Rect { x: size.width() - 1, y: 0, w: 2, h: 1 };
                self.journal().image_at(id, Version(0), region).map(drop)
            }
            _ => return Ok(()),
        };
        let problem = |index, problem| JournalError::BadPixel { index, problem }.to_string();
        let expected = match kind {
            0 => JournalError::BatchSize { count: 0, max: self.options.batch_pixels_max }.to_string(),
            1 => problem(1, PixelProblem::OutOfBounds),
            2 => problem(1, PixelProblem::Transparent),
            3 => {
                let max = self.options.batch_pixels_max;
                JournalError::BatchSize { count: max + 1, max }.to_string()
            }
            4 => JournalError::BadAuthor.to_string(),
            _ => JournalError::BadRegion.to_string(),
        };
        match outcome {
            Err(JournalError::Store(_)) if self.expects_faults => Ok(()),
            outcome => {
                let found = outcome.map_err(|error| error.to_string());
                ensure!(found == Err(expected.clone()), "{found:?}, not {expected}");
                Ok(())
            }
        }
    }

    fn append_to_full_disk(&mut self) -> Result<(), String> {
        let model = self.canvas(0);
        let append = Append {
            canvas: model.id(),
            pixels: vec![Pixel { cell: CellIndex(0), colour: Colour::WHITE }],
            author: None,
            source: Source::Api,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        match self.journal().append(append) {
            Err(JournalError::Store(StoreError::Full { .. })) => self.check_heads(),
            Err(JournalError::Store(_)) if self.expects_faults => Ok(()),
            outcome => Err(format!("{outcome:?} with the disk full")),
        }
    }

    fn history(&mut self, canvas: usize, seed: u64, writes_meanwhile: bool) -> Result<(), String> {
        let mut numbers = Numbers(seed);
        if !writes_meanwhile {
            return self.checked(|world| {
                let paged = check::page_through(world.journal(), world.canvas(canvas), &mut numbers, || {})?;
                Ok(check::compare_pages(world.canvas(canvas), &paged)?)
            });
        }
        let model = self.canvas(canvas).clone();
        let mut written = Vec::new();
        let journal = self.journal().clone();
        let mut writes = numbers.clone();
        let paged = check::page_through(&journal, &model, &mut numbers, || {
            if written.len() < 5 {
                let count = 1 + writes.below(300) as usize;
                let pixels = pixels(&model, count, &mut writes);
                written.push((pixels.clone(), self.append_pixels(canvas, pixels)));
            }
        });
        let paged = paged.map_err(|trouble| format!("{trouble:?}"))?;
        for (pixels, time) in written {
            let changes = pixels.into_iter().map(|pixel| (Change::Pixel(pixel), vec![pixel])).collect();
            let records = Records::default();
            self.push(Pending::Write { canvas, changes, author: None, source: Source::Run, records }, time?)?;
        }
        check::compare_pages(self.canvas(canvas), &paged)
    }

    fn append_pixels(&self, canvas: usize, pixels: Vec<Pixel>) -> Result<Time, String> {
        let append = Append {
            canvas: self.canvas(canvas).id(),
            pixels,
            author: None,
            source: Source::Run,
            expectation: Expectation::Any,
            records: Records::default(),
        };
        self.journal().append(append).map(|committed| committed.time).map_err(|error| error.to_string())
    }
}
