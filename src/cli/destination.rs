//! Where a result goes that is no text: a file, or standard output unless that is a terminal.

use std::convert::Infallible;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::error::CliError;
use super::out::{Out, write_file};

/// Where a result goes.
#[derive(Debug, Clone)]
pub(super) enum Destination {
    Stdout,
    File(PathBuf),
}

impl FromStr for Destination {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "-" { Self::Stdout } else { Self::File(PathBuf::from(text)) })
    }
}

impl Destination {
    /// What the file's ending says, out of `endings`; `None` for standard output and devices, whose names say nothing.
    pub(super) fn ending<T: Copy>(&self, endings: &[(&str, T)]) -> Result<Option<T>, CliError> {
        let Self::File(path) = self else { return Ok(None) };
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let found = endings.iter().find(|(known, _)| Some(*known) == ending.as_deref()).map(|(_, found)| *found);
        if found.is_some() || is_device(path) {
            return Ok(found);
        }
        let endings: Vec<_> = endings.iter().map(|(ending, _)| format!(".{ending}")).collect();
        Err(CliError::Usage(format!("{} does not end in {}", path.display(), endings.join(" or "))))
    }

    /// Refuses to show `what`, such as "a PNG", in a terminal.
    pub(super) fn refuse_terminal(&self, what: &str) -> Result<(), CliError> {
        match self {
            Self::Stdout if io::stdout().is_terminal() => {
                Err(CliError::Usage(format!("{what} is not for a terminal: name a file with -o")))
            }
            _ => Ok(()),
        }
    }

    /// Writes to it. A file appears whole or not at all.
    pub(super) fn write(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>) -> Result<(), CliError> {
        match self {
            Self::File(path) => write_file(path, write),
            Self::Stdout => {
                let mut out = Out::new();
                write(out.writer())?;
                out.finish()
            }
        }
    }
}

fn is_device(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}
