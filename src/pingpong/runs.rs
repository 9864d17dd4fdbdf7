//! All runs of a journal.

use std::sync::Arc;
use std::time::Duration;

use super::charter::{Brief, Charter, Recorded};
use super::engine::Engine;
use super::plan::{COLOURS_MAX, Plan};
use super::progress::{Progress, Scale};
use super::registry::{Beginning, Registry};
use super::run::{Run, Wish};
use super::started::Started;
use super::stock::{self, Stock};
use super::submit;
use super::{
    Exchange, ExchangeKind, HandOver, Hop, RunError, RunSpec, RunStatus, RunTarget, RunView, Side, Submission,
};
use crate::canvas::{Colour, Mode, Name, RunId, Size, Version};
use crate::journal::{Canvas, Claim, CreateTerms, Current, Journal, JournalError, NewCanvas, Records, Terms};

/// Records of runs that are read at once.
const PAGE_RUNS: usize = 64;

/// All runs of a journal. Cheap to clone; with the last clone the runs stop at a durable point.
#[derive(Clone)]
pub struct Runs(Arc<Handle>);

struct Handle(Arc<Registry>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.shut_down();
    }
}

impl std::fmt::Debug for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runs")
    }
}

impl Runs {
    /// The runs in `journal`; those that were running go on once [`Self::resume_all`] is called.
    /// `http` makes an exchange over HTTP; without it such runs cannot be started, and those of before wait for it.
    #[must_use]
    pub fn new(journal: Journal) -> Self {
        Self(Arc::new(Handle(Arc::new(Registry::new(journal)))))
    }

    fn registry(&self) -> &Arc<Registry> {
        &self.0.0
    }

    fn journal(&self) -> &Journal {
        &self.registry().journal
    }

    /// Sets what makes an exchange over HTTP (known only once the server listens).
    pub fn set_http_exchange(&self, factory: Arc<dyn Fn() -> Box<dyn Exchange> + Send + Sync>) {
        self.registry().set_exchange(factory);
    }

    /// Lets the runs that were running when the process stopped go on, in the background.
    ///
    /// # Errors
    ///
    /// What reading their records can fail with.
    pub fn resume_all(&self) -> Result<(), RunError> {
        let registry = self.registry();
        let _control = registry.control();
        registry.check_open()?;
        let mut before = None;
        loop {
            let page = self.journal().run_records(before, PAGE_RUNS)?;
            before = page.last().map(|(run, _)| *run);
            for (run, body) in &page {
                match Recorded::from_body(self.journal(), *run, body) {
                    Ok(recorded) if recorded.progress.status == RunStatus::Running => {
                        if registry.get(*run).is_none() {
                            self.revive(recorded)?;
                        }
                    }
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%run, %error, "a run is passed over"),
                }
            }
            if page.len() < PAGE_RUNS {
                return Ok(());
            }
        }
    }

    fn revive(&self, recorded: Recorded) -> Result<Arc<Run>, RunError> {
        let (charter, progress) = (Arc::new(recorded.charter.clone()), recorded.progress.clone());
        self.registry().spawn(charter, progress, Beginning::Recorded(Box::new(recorded)))
    }

    /// Starts a run and makes it current. A current run that was going is cancelled at a durable point first.
    /// `make_current` false leaves both as they are (`POST /api/v1/runs`).
    ///
    /// # Errors
    ///
    /// [`RunError::TooFewColours`], [`RunError::Granular`], [`RunError::PixelsPerHop`], [`RunError::NotRgb`],
    /// [`RunError::Palette`], [`RunError::Exchange`] where there is no server to hand over to, or the journal's; nothing was written then.
    #[allow(clippy::needless_pass_by_value, reason = "a run takes what it is started with")]
    pub fn start(&self, spec: RunSpec, make_current: bool) -> Result<RunView, RunError> {
        self.start_once(&spec, make_current, None)
    }

    /// As [`Self::start`], repeatable by a key that is held: what is remembered with it is told by [`Self::started`].
    /// Shows the run as it starts, however far it has come when this returns.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn start_once(&self, spec: &RunSpec, make_current: bool, claim: Option<&Claim>) -> Result<RunView, RunError> {
        self.check(spec)?;
        // Looking at an image takes its time, so that is done before others have to wait.
        let canvas = match &spec.target {
            RunTarget::New { size, name } => Place::New(*size, name.clone()),
            RunTarget::Existing(id) => {
                let canvas = self.journal().canvas(*id)?;
                let seed = spec.seed.map_or_else(random_seed, Ok)?;
                let stock = Stock::of_canvas(self.journal(), &canvas, seed)?;
                stock.check_colours(None)?;
                Place::There(canvas, Box::new(stock))
            }
        };
        let registry = self.registry();
        let _control = registry.control();
        registry.check_room()?;
        if make_current {
            self.cancel_current()?;
        }
        let (charter, progress) = match canvas {
            Place::New(size, name) => self.start_new(spec, size, name, make_current, claim)?,
            Place::There(canvas, stock) => {
                let charter = Charter { canvas, brief: brief(spec, self.journal(), stock.seed) };
                let progress = stock.progress(charter.scale());
                let run = self.start_there(charter, *stock, make_current, claim)?;
                (run.charter.clone(), progress)
            }
        };
        Ok(charter.view(&progress))
    }

    /// What [`Self::start_once`] answered, out of what was remembered of it.
    ///
    /// # Errors
    ///
    /// The journal's `NoRun`, and `Corrupt` where `outcome` is none of ours.
    pub fn started(&self, outcome: &[u8]) -> Result<RunView, RunError> {
        let Started { run, version, coloured } = Started::decode(outcome)?;
        let charter = match self.registry().get(run) {
            Some(going) => going.charter.clone(),
            None => Arc::new(Recorded::load(self.journal(), run)?.charter),
        };
        Ok(charter.view(&Progress::at(version, coloured, charter.scale())))
    }

    fn check(&self, spec: &RunSpec) -> Result<(), RunError> {
        if !(1..=100).contains(&spec.granular) {
            return Err(RunError::Granular(spec.granular));
        }
        let max = u32::try_from(self.journal().options().batch_pixels_max).unwrap_or(u32::MAX);
        if !(1..=max).contains(&spec.pixels_per_hop) {
            return Err(RunError::PixelsPerHop { asked: spec.pixels_per_hop, max });
        }
        if spec.exchange == ExchangeKind::Http && self.registry().exchange().is_none() {
            return Err(RunError::Exchange("no server is listening".to_owned()));
        }
        let RunTarget::New { size, name } = &spec.target else { return Ok(()) };
        if size.cells() > COLOURS_MAX {
            return Err(RunError::TooFewColours { cells: size.cells(), colours: COLOURS_MAX });
        }
        match name.as_ref().map(|name| self.journal().canvas_named(name)) {
            None | Some(Err(JournalError::NoCanvas(_))) => Ok(()),
            Some(Ok(canvas)) => Err(JournalError::NameTaken(canvas.name).into()),
            Some(Err(JournalError::Deleted(name))) => Err(JournalError::NameTaken(name).into()),
            Some(Err(error)) => Err(error.into()),
        }
    }

    /// Makes the canvas and the run in one commit.
    fn start_new(
        &self,
        spec: &RunSpec,
        size: Size,
        name: Option<Name>,
        make_current: bool,
        claim: Option<&Claim>,
    ) -> Result<(Arc<Charter>, Progress), RunError> {
        let journal = self.journal();
        let seed = spec.seed.map_or_else(random_seed, Ok)?;
        let brief = brief(spec, journal, seed);
        let scale = Scale { cells: size.cells(), granular: spec.granular };
        let progress = Progress::at(Version(0), 0, scale);
        let new = NewCanvas { name, size, mode: Mode::Rgb, background: Colour::WHITE };
        let (for_record, start) = (brief.clone(), progress.clone());
        let outcome = claim.map(|_| Started::new(&brief, &progress).encode());
        let terms = CreateTerms { claim, outcome, ..CreateTerms::default() };
        let canvas = journal.create_canvas_once(new, terms, move |canvas| {
            let current = make_current.then_some(Current { canvas, run: for_record.run });
            Records { current, ..for_record.records(canvas, size, &start, true) }
        })?;
        let charter = Arc::new(Charter { canvas: canvas.outcome, brief });
        let plan = Plan::new(scale.cells, seed);
        let engine = Engine::new(journal.clone(), charter.clone(), plan, progress.clone());
        self.registry().spawn(charter.clone(), progress.clone(), Beginning::Known(Box::new(engine)))?;
        Ok((charter, progress))
    }

    /// Writes down the run and lets it begin, on a canvas that is there.
    pub(super) fn start_there(
        &self,
        charter: Charter,
        stock: Stock,
        make_current: bool,
        claim: Option<&Claim>,
    ) -> Result<Arc<Run>, RunError> {
        let journal = self.journal();
        let charter = Arc::new(charter);
        let progress = stock.progress(charter.scale());
        let current = make_current.then_some(Current { canvas: charter.canvas.id, run: charter.brief.run });
        let records = Records { current, ..charter.records(&progress, stock.plan.is_plain()) };
        let terms = Terms { claim, ..Terms::default() };
        journal.write_records_once(records, terms, Started::new(&charter.brief, &progress).encode())?;
        let engine = Engine::new(journal.clone(), charter.clone(), stock.plan, progress.clone());
        self.registry().spawn(charter, progress, Beginning::Known(Box::new(engine)))
    }

    /// Cancels the current run, where it is going or waiting to.
    pub(super) fn cancel_current(&self) -> Result<(), RunError> {
        let Some(run) = self.journal().current()?.and_then(|current| current.run) else { return Ok(()) };
        if let Some(going) = self.registry().get(run) {
            going.stop(Wish::Cancel);
            return Ok(());
        }
        match Recorded::load(self.journal(), run) {
            Ok(recorded) if recorded.progress.status == RunStatus::Running => {
                self.put_aside(recorded, RunStatus::Cancelled).map(drop)
            }
            Ok(_) => Ok(()),
            // What cannot be read cannot go on either.
            Err(error) => {
                tracing::warn!(%run, %error, "the current run cannot be read");
                Ok(())
            }
        }
    }

    /// Writes another status into the record of a run that is not going.
    fn put_aside(&self, mut recorded: Recorded, status: RunStatus) -> Result<RunView, RunError> {
        recorded.progress.status = status;
        recorded.progress.finished_at = status.is_over().then(|| self.journal().now());
        recorded.write(self.journal())?;
        Ok(recorded.view())
    }

    /// The run as it is now; never waits for the run itself.
    ///
    /// # Errors
    ///
    /// The journal's `NoRun` and what reading can fail with.
    pub fn view(&self, run: RunId) -> Result<RunView, RunError> {
        match self.registry().get(run) {
            Some(going) => Ok(going.view()),
            None => Ok(Recorded::load(self.journal(), run)?.view()),
        }
    }

    /// At most `limit` runs older than `before`, newest first. One whose record is damaged is left out.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn list(&self, before: Option<RunId>, limit: usize) -> Result<Vec<RunView>, RunError> {
        let (mut views, mut before) = (Vec::new(), before);
        while views.len() < limit {
            let wanted = (limit - views.len()).min(PAGE_RUNS);
            let page = self.journal().run_records(before, wanted)?;
            before = page.last().map(|(run, _)| *run);
            for (run, body) in &page {
                match self.registry().get(*run) {
                    Some(going) => views.push(going.view()),
                    None => match Recorded::from_body(self.journal(), *run, body) {
                        Ok(recorded) => views.push(recorded.view()),
                        Err(error) => tracing::warn!(%run, %error, "a run is left out of a list"),
                    },
                }
            }
            if page.len() < wanted {
                break;
            }
        }
        Ok(views)
    }

    /// The current run, where one was ever started and is still the current one.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn current(&self) -> Result<Option<RunView>, RunError> {
        let run = self.journal().current()?.and_then(|current| current.run);
        run.map(|run| self.view(run)).transpose()
    }

    /// floor(100 · coloured / cells) of the current canvas, whether a run fills it or clients do; 0 without one. At
    /// once where a run is filling it, or nobody drew since a run or the last call; else it looks at the image.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn current_progression(&self) -> Result<u32, RunError> {
        let Some(Current { canvas, run }) = self.journal().current()? else { return Ok(0) };
        let going = run.and_then(|run| self.registry().get(run)).filter(|going| !going.is_gone());
        if let Some(going) = going.filter(|going| going.charter.canvas.id == canvas) {
            return Ok(going.progression());
        }
        let head = self.journal().head(canvas)?.version;
        if let Some(Ok(view)) = run.map(|run| self.view(run))
            && view.canvas.id == canvas
            && view.version == head
        {
            return Ok(view.progression);
        }
        stock::count(self.registry(), canvas, head)
    }

    /// Waits until the run has more than `pictures` pictures or is not running any more, at most `timeout`.
    ///
    /// # Errors
    ///
    /// As [`Self::view`].
    pub fn wait(&self, run: RunId, pictures: usize, timeout: Duration) -> Result<RunView, RunError> {
        match self.registry().get(run) {
            Some(going) => Ok(going.wait(pictures, timeout)),
            None => self.view(run),
        }
    }

    /// Stops a run at a durable point, to be resumed.
    ///
    /// # Errors
    ///
    /// [`RunError::WrongStatus`] where it is not running.
    pub fn pause(&self, run: RunId) -> Result<RunView, RunError> {
        self.stop(run, Wish::Pause, RunStatus::Paused)
    }

    /// Lets a paused run go on.
    ///
    /// # Errors
    ///
    /// [`RunError::WrongStatus`] where it is not paused; the journal's `Overloaded` where too many runs are going, its
    /// `Deleted` where the canvas was.
    pub fn resume(&self, run: RunId) -> Result<RunView, RunError> {
        let registry = self.registry();
        let _control = registry.control();
        let wrong = |status: RunStatus| RunError::WrongStatus { run, status: status.as_str(), wish: "resumed" };
        if let Some(going) = registry.get(run) {
            return Err(wrong(going.view().status));
        }
        let mut recorded = Recorded::load(self.journal(), run)?;
        if recorded.progress.status != RunStatus::Paused {
            return Err(wrong(recorded.progress.status));
        }
        // Told before it is set going, only to fail.
        self.journal().canvas(recorded.charter.canvas.id)?;
        registry.check_room()?;
        recorded.progress.status = RunStatus::Running;
        recorded.write(self.journal())?;
        Ok(self.revive(recorded)?.view())
    }

    /// Ends a run at a durable point; its canvas stays readable.
    ///
    /// # Errors
    ///
    /// [`RunError::WrongStatus`] where it is over.
    pub fn cancel(&self, run: RunId) -> Result<RunView, RunError> {
        self.stop(run, Wish::Cancel, RunStatus::Cancelled)
    }

    fn stop(&self, run: RunId, wish: Wish, status: RunStatus) -> Result<RunView, RunError> {
        let registry = self.registry();
        let _control = registry.control();
        let wrong = |found: RunStatus| RunError::WrongStatus { run, status: found.as_str(), wish: status.as_str() };
        if let Some(going) = registry.get(run) {
            going.stop(wish);
            let view = going.view();
            return if view.status == status { Ok(view) } else { Err(wrong(view.status)) };
        }
        let recorded = Recorded::load(self.journal(), run)?;
        match recorded.progress.status {
            found if found.is_over() || found == status => Err(wrong(found)),
            _ => self.put_aside(recorded, status),
        }
    }

    /// What an endpoint does with a hand-over: adds the run's next pixels and answers once they are durable.
    ///
    /// # Errors
    ///
    /// [`RunError::StaleHandOver`], [`RunError::WrongStatus`], the journal's.
    pub fn hop(&self, side: Side, state: HandOver) -> Result<Hop, RunError> {
        if let Some(going) = self.registry().get(state.run) {
            return going.hop(side, state);
        }
        let status = self.view(state.run)?.status.as_str();
        Err(RunError::WrongStatus { run: state.run, status, wish: "continued" })
    }

    /// What an endpoint does with a state that a client posts: logs it as an entry where it differs from the current
    /// canvas (another size: a new canvas becomes current), then adds one pixel, hands over, and so on, the sides in
    /// turn, until `hops` pixels are there or the image is complete. Answers the progression, and whether the first
    /// pixel added, or none, completed it. Without `hops` it starts a run, which goes on if the client leaves.
    ///
    /// A current run that is going is cancelled at a durable point first, as by another start.
    ///
    /// # Errors
    ///
    /// As [`Self::start`], and what the rows fail with: they are read through once before anything is written.
    pub fn submit(&self, submission: Submission<'_>) -> Result<(u32, bool), RunError> {
        submit::submit(self, self.registry(), submission)
    }

    /// Stops every run at a durable point; they stay "running" and go on at the next start.
    pub fn shut_down(&self) {
        self.registry().shut_down();
    }
}

/// Where a run is to be started.
enum Place {
    New(Size, Option<Name>),
    There(Canvas, Box<Stock>),
}

fn brief(spec: &RunSpec, journal: &Journal, seed: u64) -> Brief {
    Brief {
        run: Some(journal.new_run_id()),
        granular: spec.granular,
        pixels_per_hop: spec.pixels_per_hop,
        exchange: spec.exchange,
        first_side: (spec.exchange == ExchangeKind::Http).then_some(Side::Ping),
        seed,
        author: spec.author.clone(),
        started_at: journal.now(),
    }
}

/// A seed that JSON can carry: 53 random bits.
pub(super) fn random_seed() -> Result<u64, RunError> {
    let number = getrandom::u64().map_err(|error| {
        let source = std::io::Error::other(error);
        crate::store::StoreError::Io { action: "drawing a random number", source }
    })?;
    Ok(number >> 11)
}
