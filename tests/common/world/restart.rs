//! The ends of a process, and what the next one finds.

use pixlog::journal::{EntryFilter, HistoryQuery, Journal, JournalError};
use pixlog::store::Order;

use super::super::check;
use super::super::model::CanvasModel;
use super::{Pending, World};
use crate::ensure;

impl World {
    /// Takes away every snapshot: manifests first, then nothing names their tiles.
    pub(super) fn drop_snapshots(&self) {
        let Some(memory) = self.medium.memory() else { return };
        for at in memory.keys().iter().filter(|at| at[0] == b'p') {
            memory.remove(at);
        }
    }

    /// Closes the journal, where it is open, and opens it again.
    pub fn restart(&mut self) -> Result<(), String> {
        if let Some(journal) = self.journal.take() {
            journal.close();
            drop(journal);
        }
        self.store = None;
        self.open()
    }

    /// Opens the journal again as the next process finds it. The threads of this one are still there, but their store
    /// is dead.
    pub fn crash(&mut self) -> Result<(), String> {
        // A store on disk is locked as long as this process has it: there, being killed takes a process of its own.
        let Some(memory) = self.medium.memory() else { return self.restart() };
        memory.clear_faults();
        let (_journal, _store) = (self.journal.take(), self.store.take());
        self.expects_faults = false;
        self.open()
    }

    fn open(&mut self) -> Result<(), String> {
        let mut attempts = 0;
        let journal = loop {
            let store = self.medium.open().map_err(|error| error.to_string())?;
            self.store = Some(store.clone());
            match Journal::open(store, self.options.clone()) {
                Ok(journal) => break journal,
                // Each planned fault happens once.
                Err(JournalError::Store(_)) if self.expects_faults && attempts < 10 => attempts += 1,
                Err(error) => return Err(format!("opening: {error}")),
            }
        };
        self.journal = Some(journal);
        if let Some(pending) = self.pending.take() {
            self.find_out(pending)?;
        }
        if !self.lost_snapshots {
            self.checked(|world| check::no_garbage(&**world.store.as_ref().expect("it is open"), &world.model))?;
        }
        self.check()
    }

    /// Whether a write whose outcome was not known took effect: all of it or nothing.
    fn find_out(&mut self, pending: Pending) -> Result<(), String> {
        match &pending {
            Pending::Create(new) => {
                let name = new.name.as_ref().expect("every canvas is named");
                match self.journal().canvas_named(name) {
                    Ok(canvas) => self.model.canvases.push(CanvasModel::new(canvas)),
                    Err(JournalError::NoCanvas(_)) => {}
                    Err(error) => return Err(error.to_string()),
                }
                Ok(())
            }
            Pending::Label { canvas, label } => self.find_label(*canvas, label.as_ref()),
            Pending::Write { canvas, changes, .. } => {
                let model = self.canvas(*canvas);
                let head = self.journal().head(model.id()).map_err(|error| error.to_string())?.version;
                if head == model.head() {
                    return Ok(());
                }
                let whole = model.head().after(changes.len() as u64);
                ensure!(
                    head == whole,
                    "{} is at {head}: neither at {} nor at {whole}",
                    model.canvas.name,
                    model.head()
                );
                let query = HistoryQuery {
                    order: Order::Descending,
                    after: None,
                    before: None,
                    limit: 1,
                    filter: EntryFilter::default(),
                };
                let page = self.journal().history(model.id(), &query).map_err(|error| error.to_string())?;
                self.push(pending, page.entries[0].time)
            }
        }
    }
}
