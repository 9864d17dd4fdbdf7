//! Labels, which are shown when they are durable and not before.

use pixlog::canvas::Label;
use pixlog::journal::{Answered, JournalError, LabelWrite};

use super::super::Numbers;
use super::super::op::Expects;
use super::{Pending, World};
use crate::ensure;

/// A label of any length, or none.
fn label(seed: u64) -> Option<Label> {
    let mut numbers = Numbers(seed);
    let length = numbers.below(Label::CHARS_MAX as u32 + 1) as usize;
    (length > 0).then(|| ["a", "é", "🎨"][length % 3].repeat(length).parse().expect("a label"))
}

impl World {
    pub(super) fn label(&mut self, canvas: usize, seed: u64, expects: Expects) -> Result<(), String> {
        let label = label(seed);
        let write = LabelWrite {
            canvas: self.canvas(canvas).id(),
            label: label.clone(),
            expectation: self.expectation(canvas, expects),
            idempotency: None,
        };
        match self.journal().write_label(write) {
            Ok(Answered { outcome, replayed }) => {
                ensure!(expects != Expects::AnotherHead, "a label that expected another head was taken");
                let head = self.canvas(canvas).head();
                ensure!((outcome.version, replayed) == (head, false), "labelled at {outcome:?}, not at {head}");
                self.model.canvases[canvas].label = label;
                Ok(())
            }
            Err(JournalError::HeadMoved { .. }) if expects == Expects::AnotherHead => Ok(()),
            Err(error) => self.failed(error, Pending::Label { canvas, label }),
        }
    }

    /// Whether a label whose write failed took effect.
    pub(super) fn find_label(&mut self, canvas: usize, label: Option<&Label>) -> Result<(), String> {
        let model = self.canvas(canvas);
        let found = self.journal().canvas_now(model.id()).map_err(|error| error.to_string())?.label;
        ensure!(
            found == model.label || found.as_ref() == label,
            "{found:?} is neither {:?} nor {label:?}",
            model.label
        );
        self.model.canvases[canvas].label = found;
        Ok(())
    }
}
