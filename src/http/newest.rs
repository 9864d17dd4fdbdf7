//! The newest picture of the current run, kept rendered, so that `/progress` answers at once.

use std::sync::{Arc, Mutex, PoisonError};

use crate::canvas::{CanvasId, Version};
use crate::journal::{Canvas, Journal};

use super::counters::Lookups;
use super::problem::Problem;
use super::render::{View, base64_png};

/// The most cells of an image that is kept, and rendered outside the heavy lane: about 1 MiB of base64.
const CELLS_MAX: u32 = 1 << 18;

/// One rendered picture. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Newest {
    kept: Arc<Mutex<Option<Kept>>>,
    lookups: Lookups,
}

#[derive(Debug)]
struct Kept {
    canvas: CanvasId,
    version: Version,
    base64: Arc<str>,
}

impl Newest {
    /// Nothing yet; look-ups are counted by `lookups`.
    pub(super) fn new(lookups: Lookups) -> Self {
        Self { kept: Arc::default(), lookups }
    }

    /// Whether pictures of this canvas are small enough to be kept.
    pub(super) fn keeps(canvas: &Canvas) -> bool {
        canvas.size.cells() <= CELLS_MAX
    }

    /// The base64 of a PNG of a small canvas at that version.
    pub(super) fn base64(&self, journal: &Journal, canvas: &Canvas, version: Version) -> Result<Arc<str>, Problem> {
        // Held while it is rendered, so that of many who ask for a new picture one does the work.
        let mut newest = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = newest.as_ref().filter(|kept| kept.canvas == canvas.id && kept.version == version) {
            self.lookups.looked_up(true);
            return Ok(kept.base64.clone());
        }
        self.lookups.looked_up(false);
        let mut bytes = Vec::new();
        base64_png(journal, canvas, version, View::whole(canvas), &mut bytes)?;
        let base64: Arc<str> = String::from_utf8(bytes).map_err(Problem::internal)?.into();
        *newest = Some(Kept { canvas: canvas.id, version, base64: base64.clone() });
        Ok(base64)
    }
}
