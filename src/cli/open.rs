//! Opening the data directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, Overrides};
use crate::journal::{Canvas, Journal, Options};
use crate::store::SledStore;

use super::error::CliError;

/// The configuration, with the data directory of `--data` where that was given.
pub(super) fn config(data: Option<PathBuf>) -> Result<Config, CliError> {
    Ok(Config::load(&Overrides { data, ..Overrides::default() })?)
}

/// Opens the journal to write to it; the data directory is made where it is missing.
pub(super) fn to_write(config: &Config) -> Result<Journal, CliError> {
    let store = SledStore::open(&config.data, &config.store())?;
    Ok(Journal::open(Arc::new(store), config.journal())?)
}

/// Opens the journal only to read it: nothing is made, and no snapshot is taken.
pub(super) fn to_read(data: Option<PathBuf>) -> Result<Journal, CliError> {
    let config = config(data)?;
    require_data(&config.data)?;
    let store = SledStore::open(&config.data, &config.store())?;
    Ok(Journal::open(Arc::new(store), Options { snapshots: false, ..config.journal() })?)
}

/// Opens a journal in a folder that nobody will look at again.
pub(super) fn temporary(folder: &Path) -> Result<Journal, CliError> {
    let config = config(Some(folder.join("data")))?;
    let store = SledStore::open(&config.data, &config.store())?;
    Ok(Journal::open(Arc::new(store), Options { snapshots: false, deltas: false, ..config.journal() })?)
}

fn require_data(directory: &Path) -> Result<(), CliError> {
    if SledStore::is_in(directory)? { Ok(()) } else { Err(CliError::NoData { directory: directory.to_owned() }) }
}

/// All canvases, newest first, read a few at a time.
pub(super) fn canvases(journal: &Journal) -> impl Iterator<Item = Result<Canvas, CliError>> {
    const PAGE: usize = 256;
    let mut page = Vec::new().into_iter();
    let mut before = None;
    let mut is_over = false;
    std::iter::from_fn(move || {
        if page.len() == 0 && !is_over {
            match journal.canvases(before, PAGE) {
                Ok(found) => {
                    is_over = found.len() < PAGE;
                    page = found.into_iter();
                }
                Err(error) => {
                    is_over = true;
                    return Some(Err(error.into()));
                }
            }
        }
        let canvas: Canvas = page.next()?;
        before = Some(canvas.id);
        Some(Ok(canvas))
    })
}
