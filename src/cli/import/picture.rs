//! A canvas out of a picture.

use std::io::{self, Read};
use std::sync::Arc;

use crate::canvas::{Colour, Mode, Name};
use crate::cli::error::CliError;
use crate::journal::{Canvas, Journal, JournalError, NewCanvas, Records, RowSource};
use crate::picture::{Alpha, Format, Limits, Picture, PictureError, PictureRows};

use super::input::Input;

/// The most bytes of a picture; it is held in memory.
const BYTES_MAX: u64 = 256 << 20;

/// Reads a picture's file whole.
pub(super) fn read(input: Input) -> Result<Arc<[u8]>, CliError> {
    let Input { path, reader, .. } = input;
    let mut bytes = Vec::new();
    let read = reader.take(BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|source| CliError::File { action: "reading", path, source })?;
    if bytes.len() as u64 > BYTES_MAX {
        let error = PictureError::TooLarge { what: "bytes", actual: bytes.len() as u64, max: BYTES_MAX };
        return Err(CliError::Picture(error));
    }
    Ok(bytes.into())
}

/// Builds a canvas of its size whose version 1 is the picture. It is rgba where a pixel is not opaque.
pub(super) fn build(journal: &Journal, bytes: Arc<[u8]>, name: Option<Name>) -> Result<Canvas, CliError> {
    let limits = Limits { side_max: journal.options().side_max, cells_max: journal.options().cells_max };
    let picture = Picture::open(bytes, &Format::ALL, &limits)?;
    let (size, mode) = (picture.size(), mode_of(&picture)?);
    let new = NewCanvas { name, size, mode, background: Colour::WHITE };
    let mut builder = journal.import(new, None)?;
    let mut open = || {
        let rows = picture.rows(mode, Alpha::Refuse).map_err(io::Error::other)?;
        Ok(Box::new(Decoded(rows)) as Box<dyn RowSource>)
    };
    builder.push_state(None, journal.now(), size.rect(), &mut open).map_err(decoded)?;
    Ok(builder.finish(Records::default())?)
}

/// Whether all of it is opaque takes reading all of it.
fn mode_of(picture: &Picture) -> Result<Mode, CliError> {
    let mut rows = picture.rows(Mode::Rgb, Alpha::Refuse)?;
    let mut row = vec![0; picture.size().width() as usize * Mode::Rgb.channels()];
    for _ in 0..picture.size().height() {
        match rows.read_row(&mut row) {
            Ok(()) => {}
            Err(PictureError::Transparent { .. }) => return Ok(Mode::Rgba),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Mode::Rgb)
}

struct Decoded(PictureRows);

impl RowSource for Decoded {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        self.0.read_row(row).map_err(io::Error::other)
    }
}

/// The decoder's own error, where that is what the journal met.
fn decoded(error: JournalError) -> CliError {
    match error {
        JournalError::Rows(source) => match source.downcast::<PictureError>() {
            Ok(error) => error.into(),
            Err(source) => JournalError::Rows(source).into(),
        },
        error => error.into(),
    }
}
