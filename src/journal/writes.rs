//! Writes that may be repeated, tags and deletion, as everything above the journal sees them.

use std::io;

use crate::canvas::{CanvasId, Mode, Tag, Version};

use super::api::check_author;
use super::request::{Create, Keyed, Recall, Request};
use super::state::Leave;
use super::{
    Answered, Append, Canvas, CanvasNow, CanvasPage, Claim, Committed, CreateTerms, Expectation, Head, Idempotency,
    Journal, JournalError, LabelWrite, NewCanvas, Options, Outcome, Recalled, Records, Reservation, RowSource,
    StateCommitted, StateWrite, TagPage, TagWrite, Terms, open, state, tags,
};

/// Whether a write of several steps goes on.
pub(super) enum Let {
    /// It was done before, with this outcome.
    Before(Outcome),
    /// It does; its key is held until the claim is dropped.
    In(Leave, Option<Claim>),
}

impl Journal {
    /// As [`Self::append_on`], and says whether the append was done before.
    ///
    /// A write with an idempotency key is decided in this order: key, expectation, cooldown, content. Only what
    /// succeeded is remembered: with the key and the body of such a write, the outcome of then is the answer.
    ///
    /// # Errors
    ///
    /// As [`Self::append_then`], and through `reply` [`JournalError::KeyReused`], [`JournalError::KeyInFlight`],
    /// [`JournalError::TooSoon`].
    pub fn append_once_then(
        &self,
        append: Append,
        terms: Terms<'_>,
        reply: impl FnOnce(Result<Answered<Committed>, JournalError>) + Send + 'static,
    ) -> Result<(), JournalError> {
        let write = self.prepare(append, terms)?;
        self.core().submit(Request::Write(write, Box::new(reply)))
    }

    /// As [`Self::append_once_then`], but returns the outcome once it is durable.
    ///
    /// # Errors
    ///
    /// As [`Self::append_once_then`].
    pub fn append_once(&self, append: Append, terms: Terms<'_>) -> Result<Answered<Committed>, JournalError> {
        let write = self.prepare(append, terms)?;
        self.core().ask(|reply| Request::Write(write, reply))
    }

    /// As [`Self::put_state`], on other terms than usual; says whether it was done before.
    ///
    /// # Errors
    ///
    /// As [`Self::put_state`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`].
    #[expect(clippy::needless_pass_by_value, reason = "a request is given away, as in `append`")]
    pub fn put_state_once(
        &self,
        write: StateWrite,
        terms: Terms<'_>,
        open: &mut dyn FnMut() -> io::Result<Box<dyn RowSource>>,
    ) -> Result<Answered<StateCommitted>, JournalError> {
        write.records.check()?;
        check_author(write.author.as_ref())?;
        match self.leave(terms)? {
            Let::Before(Outcome::State(committed)) => Ok(Answered::before(committed)),
            Let::Before(_) => Err(JournalError::KeyReused),
            Let::In(leave, _claim) => state::put(self.core(), &write, leave, open).map(Answered::now),
        }
    }

    /// What lets a state in on these terms; or what became of it, where it was done before.
    pub(super) fn leave(&self, terms: Terms<'_>) -> Result<Let, JournalError> {
        let token = terms.reservation.map(Reservation::token);
        let leave = Leave { keyed: terms.keyed(), token, skipped: None };
        let (None, Some(idempotency)) = (terms.claim, terms.idempotency) else { return Ok(Let::In(leave, None)) };
        Ok(match self.recall(idempotency)? {
            Recalled::Before(outcome) => Let::Before(outcome),
            Recalled::Free(claim) => Let::In(Leave { keyed: Some(claim.keyed()), ..leave }, Some(claim)),
        })
    }

    /// As [`Self::create_canvas_with`], on other terms than usual; says whether it was done before.
    ///
    /// # Errors
    ///
    /// As [`Self::create_canvas`], and [`JournalError::Palette`], [`JournalError::KeyReused`],
    /// [`JournalError::KeyInFlight`], [`JournalError::OutcomeTooLong`]; [`JournalError::Deleted`] where the canvas was
    /// made before and deleted since.
    pub fn create_canvas_once(
        &self,
        new: NewCanvas,
        terms: CreateTerms<'_>,
        records: impl FnOnce(CanvasId) -> Records + Send + 'static,
    ) -> Result<Answered<Canvas>, JournalError> {
        let CreateTerms { settings, label, idempotency, claim, outcome } = terms;
        Outcome::check(outcome.as_deref().unwrap_or_default())?;
        let keyed = Terms { idempotency, claim, ..Terms::default() }.keyed();
        let is_right = self.check_new(&new, settings.palette.as_ref());
        if let Err(error) = is_right {
            // Told in its turn: a key that was used for something else comes first.
            return Err(keyed.map_or(Ok(()), |keyed| self.look(&keyed)).err().unwrap_or(error));
        }
        let create = Create { new, settings, label, records: Box::new(records), keyed, outcome };
        self.core().ask(|reply| Request::Create(Box::new(create), reply))
    }

    /// As [`Self::write_records`], with `outcome` to be remembered, at most [`Outcome::BYTES_MAX`] bytes.
    ///
    /// # Errors
    ///
    /// As [`Self::write_records`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`],
    /// [`JournalError::OutcomeTooLong`].
    pub fn write_records_once(
        &self,
        records: Records,
        terms: Terms<'_>,
        outcome: Vec<u8>,
    ) -> Result<Answered<Vec<u8>>, JournalError> {
        records.check()?;
        Outcome::check(&outcome)?;
        let Some(keyed) = terms.keyed() else {
            return self.write_records(records).map(|()| Answered::now(outcome));
        };
        let remembered = Box::new((keyed, Outcome::Bytes(outcome.clone())));
        match self.core().ask(|reply| Request::Remember(records, remembered, reply))? {
            None => Ok(Answered::now(outcome)),
            Some(Outcome::Bytes(before)) => Ok(Answered::before(before)),
            Some(_) => Err(JournalError::KeyReused),
        }
    }

    /// What is known of an idempotency key. One that is free is held until the claim is dropped: for a write of several
    /// steps, the last of which is done on the terms of the claim.
    ///
    /// # Errors
    ///
    /// [`JournalError::KeyReused`], [`JournalError::KeyInFlight`], what reading and queueing can fail with.
    pub fn recall(&self, idempotency: Idempotency) -> Result<Recalled, JournalError> {
        match self.core().ask(|reply| Request::Recall(Box::new(idempotency), reply))? {
            Recall::Before(outcome) => Ok(Recalled::Before(outcome)),
            Recall::Free(token) => Ok(Recalled::Free(Claim::new(self.core().clone(), idempotency, token))),
        }
    }

    /// Puts a tag on a version, or takes it away; the outcome is whether it named a version until then.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoVersion`], [`JournalError::NoTag`] (where it is to be taken away), [`JournalError::HeadMoved`],
    /// [`JournalError::KeyReused`], [`JournalError::KeyInFlight`], and what a commit can fail with.
    pub fn write_tag(&self, write: TagWrite) -> Result<Answered<bool>, JournalError> {
        self.core().ask(|reply| Request::Tag(Box::new(write), reply))
    }

    /// The version that a tag names.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoTag`] and what reading can fail with.
    pub fn tag(&self, canvas: CanvasId, tag: &Tag) -> Result<Version, JournalError> {
        let live = self.core().live(canvas)?;
        live.unless_deleted(tags::resolve(self.core(), &live, tag))
    }

    /// At most `limit` tags of a canvas after `after`, ordered by name.
    ///
    /// # Errors
    ///
    /// What reading can fail with.
    pub fn tags(&self, canvas: CanvasId, after: Option<&Tag>, limit: usize) -> Result<TagPage, JournalError> {
        let live = self.core().live(canvas)?;
        live.unless_deleted(tags::page(self.core(), &live, after, limit))
    }

    /// Gives a canvas a label, or takes it away; the outcome is the head, which that leaves where it is. What the label
    /// was does not matter, so that one whose record is damaged is put right.
    ///
    /// # Errors
    ///
    /// [`JournalError::HeadMoved`], [`JournalError::KeyReused`], [`JournalError::KeyInFlight`], and what a commit can
    /// fail with.
    pub fn write_label(&self, write: LabelWrite) -> Result<Answered<Head>, JournalError> {
        self.core().ask(|reply| Request::Label(Box::new(write), reply))
    }

    /// A canvas with its newest durable version and its label.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvasId`], [`JournalError::Deleted`], [`JournalError::Store`], [`JournalError::Corrupt`] (also
    /// where only the record of the label is).
    pub fn canvas_now(&self, canvas: CanvasId) -> Result<CanvasNow, JournalError> {
        self.core().live(canvas)?.now()
    }

    /// Deletes a canvas: from then on it answers [`JournalError::Deleted`], and its name is not given out again. Its
    /// records are deleted in the background.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCanvasId`], [`JournalError::Deleted`], [`JournalError::HeadMoved`], and what a commit can fail
    /// with.
    pub fn delete_canvas(&self, canvas: CanvasId, expectation: Expectation) -> Result<(), JournalError> {
        self.core().ask(|reply| Request::Delete(canvas, expectation, reply))
    }

    /// At most `limit` canvases older than `before`, newest first, with their newest versions and their labels.
    ///
    /// # Errors
    ///
    /// [`JournalError::Store`], [`JournalError::Corrupt`] (the record of a canvas itself).
    pub fn canvas_page(&self, before: Option<CanvasId>, limit: usize) -> Result<CanvasPage, JournalError> {
        open::canvas_page(self.core(), before, limit)
    }

    /// What can be told of a canvas before it is made.
    pub(super) fn check_new(
        &self,
        new: &NewCanvas,
        palette: Option<&crate::canvas::Palette>,
    ) -> Result<(), JournalError> {
        let Options { side_max, cells_max, .. } = *self.options();
        let (width, height) = (new.size.width(), new.size.height());
        if width > side_max || height > side_max || new.size.cells() > cells_max {
            return Err(JournalError::TooLarge { width, height, side_max, cells_max });
        }
        if new.mode == Mode::Rgb {
            if !new.background.is_opaque() {
                return Err(JournalError::Transparent { x: 0, y: 0 });
            }
            palette.map_or(Ok(()), crate::canvas::Palette::check_opaque)?;
        }
        Ok(())
    }

    /// That a key was not used for something else. One that is used rightly cannot come here: what it did was right.
    fn look(&self, keyed: &Keyed) -> Result<(), JournalError> {
        match keyed.claim {
            Some(_) => Ok(()),
            None => self.recall(keyed.idempotency).map(drop),
        }
    }
}
