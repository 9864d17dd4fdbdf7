//! Building a canvas from entries that happened elsewhere, and forking one.

use std::io;
use std::sync::Arc;

use crate::canvas::{Author, CanvasId, Mode, Name, Pixel, Rect, Source, Time, Version};
use crate::format::{Who, key};

use super::authors::Authors;
use super::core::Core;
use super::hidden::Hidden;
use super::request::Keyed;
use super::restore::{image_rows, unwrapped};
use super::state::Allowed;
use super::{
    Answered, Canvas, Claim, Idempotency, Journal, JournalError, NewCanvas, PixelProblem, Records, RowSource, Settings,
    Terms, state,
};

/// A canvas being built, entry by entry, in commits of its own. Nobody sees it before [`Self::finish`]; dropped before
/// that, or cut off by a crash, it leaves nothing.
///
/// Memory is bounded whatever the number of entries and of authors.
pub struct ImportBuilder {
    pub(super) core: Arc<Core>,
    pub(super) hidden: Hidden,
    pub(super) authors: Authors,
    new: NewCanvas,
    created_at: Option<Time>,
}

/// On what terms a canvas that was built is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportTerms<'a> {
    /// Makes it repeatable: where the same was built before, what is built now is given up for it.
    pub idempotency: Option<Idempotency>,
    /// Makes it repeatable by a key that is held already; then `idempotency` is not looked at.
    pub claim: Option<&'a Claim>,
}

impl ImportTerms<'_> {
    fn keyed(&self) -> Option<Keyed> {
        Terms { idempotency: self.idempotency, claim: self.claim, ..Terms::default() }.keyed()
    }
}

/// An image that another canvas starts from.
#[derive(Debug, Clone)]
pub struct Fork {
    /// Of which canvas.
    pub canvas: CanvasId,
    /// At which version.
    pub version: Version,
    /// The name of the new canvas; without one, `canvas-N` is made.
    pub name: Option<Name>,
    /// Who forks.
    pub author: Option<Author>,
    /// What else is written in the commit that makes it visible.
    pub records: Records,
}

impl std::fmt::Debug for ImportBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ImportBuilder(canvas {} at {})", self.hidden.live.canvas.id, self.version())
    }
}

impl Journal {
    /// Starts a canvas that is built from entries with times of their own. Without `created_at`, the time of its first
    /// entry is when it was made.
    ///
    /// # Errors
    ///
    /// As [`Self::create_canvas`].
    pub fn import(&self, new: NewCanvas, created_at: Option<Time>) -> Result<ImportBuilder, JournalError> {
        new.name.as_ref().map_or(Ok(()), |name| self.check_name_is_free(name))?;
        self.import_with(new, Settings::default(), created_at)
    }

    /// Told before a long upload is read; it is decided when the canvas is shown.
    pub(super) fn check_name_is_free(&self, name: &Name) -> Result<(), JournalError> {
        let is_free = self.core().store.get(&key::name(name))?.is_none();
        if is_free { Ok(()) } else { Err(JournalError::NameTaken(name.clone())) }
    }

    /// As [`Self::import`], for a canvas with settings. A palette binds its pixels; its states may bring what they like.
    ///
    /// # Errors
    ///
    /// As [`Self::create_canvas_once`].
    pub fn import_with(
        &self,
        new: NewCanvas,
        settings: Settings,
        created_at: Option<Time>,
    ) -> Result<ImportBuilder, JournalError> {
        let core = self.core();
        self.check_new(&new, settings.palette.as_ref())?;
        let hidden = Hidden::new(core, &new, settings, created_at.unwrap_or(Time(i64::MIN)))?;
        Ok(ImportBuilder { core: core.clone(), hidden, authors: Authors::default(), new, created_at })
    }

    /// Makes a new canvas whose version 1 is the image of another, as one entry of the source `fork`, also where that
    /// image is all background (its `changed` is 0 then). It has the other's size, mode, background and settings; tags
    /// stay with the other.
    ///
    /// # Errors
    ///
    /// As [`Self::create_canvas`], and [`JournalError::NoVersion`] and what reading can fail with.
    pub fn fork(&self, fork: Fork) -> Result<Canvas, JournalError> {
        self.fork_once(fork, ImportTerms::default()).map(|answered| answered.outcome)
    }

    /// As [`Self::fork`], on other terms than usual; says whether it was done before.
    ///
    /// # Errors
    ///
    /// As [`Self::fork`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`].
    pub fn fork_once(&self, fork: Fork, terms: ImportTerms<'_>) -> Result<Answered<Canvas>, JournalError> {
        let Canvas { size, mode, background, settings, .. } = self.canvas(fork.canvas)?;
        if let (Some(name), None) = (&fork.name, terms.keyed()) {
            self.check_name_is_free(name)?;
        }
        let image = || self.image_at(fork.canvas, fork.version, size.rect());
        image()?;
        let new = NewCanvas { name: fork.name, size, mode, background };
        let mut builder = self.import_with(new, Settings::clone(&settings), None)?;
        let author = builder.authors.number(&builder.core, &mut builder.hidden, fork.author.as_ref())?;
        let who = Who { time: self.now(), author, source: Source::Fork };
        builder.put_state(who, size.rect(), &mut || image_rows(image())).map_err(unwrapped)?;
        builder.finish_once(fork.records, terms)
    }
}

impl ImportBuilder {
    /// The version reached so far.
    #[must_use]
    pub fn version(&self) -> Version {
        self.hidden.head().version
    }

    /// Adds a pixel, of the source `import`. A time before that of the entry before is raised to it.
    ///
    /// # Errors
    ///
    /// [`JournalError::BadPixel`], whose index is the version before it, and what a commit can fail with.
    pub fn push_pixel(&mut self, author: Option<&Author>, time: Time, pixel: Pixel) -> Result<(), JournalError> {
        let author = self.authors.number(&self.core, &mut self.hidden, author)?;
        self.put_pixel(Who { time, author, source: Source::Import }, pixel)
    }

    /// Adds a state, of the source `import`, also where it changes nothing; returns how many cells it changed.
    ///
    /// # Errors
    ///
    /// As [`Journal::put_state`].
    pub fn push_state(
        &mut self,
        author: Option<&Author>,
        time: Time,
        region: Rect,
        open: &mut dyn FnMut() -> io::Result<Box<dyn RowSource>>,
    ) -> Result<u32, JournalError> {
        let author = self.authors.number(&self.core, &mut self.hidden, author)?;
        self.put_state(Who { time, author, source: Source::Import }, region, open)
    }

    /// Makes the canvas visible, complete, in one commit, together with `records`.
    ///
    /// # Errors
    ///
    /// [`JournalError::NameTaken`] and what a commit can fail with.
    pub fn finish(self, records: Records) -> Result<Canvas, JournalError> {
        self.finish_once(records, ImportTerms::default()).map(|answered| answered.outcome)
    }

    /// As [`Self::finish`], on other terms than usual; says whether it was done before.
    ///
    /// # Errors
    ///
    /// As [`Self::finish`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`].
    pub fn finish_once(mut self, records: Records, terms: ImportTerms<'_>) -> Result<Answered<Canvas>, JournalError> {
        records.check()?;
        self.authors.finish(&mut self.hidden)?;
        let created_at = self.created_at.or(self.hidden.first_time()).unwrap_or_else(Core::now);
        self.hidden.show(self.new, created_at, records, terms.keyed())
    }

    pub(super) fn put_pixel(&mut self, who: Who, pixel: Pixel) -> Result<(), JournalError> {
        let problem = if pixel.cell.0 >= self.new.size.cells() {
            PixelProblem::OutOfBounds
        } else if self.new.mode == Mode::Rgb && !pixel.colour.is_opaque() {
            PixelProblem::Transparent
        } else if self.hidden.live.canvas.settings.palette.as_ref().is_some_and(|it| !it.contains(pixel.colour)) {
            PixelProblem::NotInPalette
        } else {
            return self.hidden.push_pixel(pixel, who);
        };
        Err(JournalError::BadPixel { index: usize::try_from(self.version().0).unwrap_or(usize::MAX), problem })
    }

    fn put_state(
        &mut self,
        who: Who,
        region: Rect,
        open: &mut dyn FnMut() -> io::Result<Box<dyn RowSource>>,
    ) -> Result<u32, JournalError> {
        if !region.fits(self.new.size) {
            return Err(JournalError::BadRegion);
        }
        let version = self.hidden.make_readable()?;
        let live = self.hidden.live.clone();
        let (state, stager) = state::prepare(&self.core, &live, version, (region, Allowed::All), open)?;
        self.hidden.push_state(&state, stager.map(|stager| stager.id()), who)?;
        Ok(state.changed)
    }
}
