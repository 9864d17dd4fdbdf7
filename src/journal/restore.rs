//! Restoring: an earlier image becomes the head, as one new entry.

use std::io;

use crate::canvas::{Raster, Source, Version};

use super::{Answered, ImageReader, Journal, JournalError, RowSource, StateCommitted, StateWrite, Terms};

impl Journal {
    /// Gives `write.region` the cells that it had at `version`, as one entry of the source `restore` (whatever
    /// `write.source` says); where nothing differs, no entry is made. The history keeps everything.
    ///
    /// # Errors
    ///
    /// As [`Self::put_state`], and [`JournalError::NoVersion`].
    pub fn restore(&self, write: StateWrite, version: Version) -> Result<StateCommitted, JournalError> {
        self.restore_once(write, version, Terms::default()).map(|answered| answered.outcome)
    }

    /// As [`Self::restore`], on other terms than usual; says whether it was done before.
    ///
    /// # Errors
    ///
    /// As [`Self::restore`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`].
    pub fn restore_once(
        &self,
        write: StateWrite,
        version: Version,
        terms: Terms<'_>,
    ) -> Result<Answered<StateCommitted>, JournalError> {
        let (canvas, region) = (write.canvas, write.region);
        let write = StateWrite { source: Source::Restore, ..write };
        let mut open = || image_rows(self.image_at(canvas, version, region));
        self.put_state_once(write, terms, &mut open).map_err(unwrapped)
    }
}

/// The rows of an image, or the error that kept it from being opened.
pub(super) fn image_rows(image: Result<ImageReader, JournalError>) -> io::Result<Box<dyn RowSource>> {
    let image = image.map_err(io::Error::other)?;
    Ok(Box::new(ImageRows { image, band: None, next_y: 0 }))
}

/// The journal's own error, where reading rows failed with one.
pub(super) fn unwrapped(error: JournalError) -> JournalError {
    match error {
        JournalError::Rows(error) => error.downcast::<JournalError>().unwrap_or_else(JournalError::Rows),
        error => error,
    }
}

/// The rows of an image that is rebuilt band by band.
struct ImageRows {
    image: ImageReader,
    band: Option<Raster>,
    next_y: u32,
}

impl RowSource for ImageRows {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        loop {
            if let Some(band) = &self.band {
                let rect = band.rect();
                if let Some(span) = band.span(rect.x, self.next_y, rect.w) {
                    row.copy_from_slice(span);
                    self.next_y += 1;
                    return Ok(());
                }
            }
            // The band that was read is given up before the next one takes its memory.
            self.band = None;
            let band = self.image.next_band().map_err(io::Error::other)?;
            let band = band.ok_or(io::ErrorKind::UnexpectedEof)?;
            self.next_y = band.rect().y;
            self.band = Some(band);
        }
    }
}
