//! Standard output, and files that appear whole or not at all.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde::Serialize;

use super::error::CliError;

/// Standard output, buffered. What is written last must be followed by [`Self::finish`].
pub(super) struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    pub(super) fn new() -> Self {
        Self(BufWriter::with_capacity(64 << 10, io::stdout().lock()))
    }

    pub(super) fn line(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.0, "{text}").map_err(CliError::Output)
    }

    /// One line of JSON.
    pub(super) fn json(&mut self, value: &impl Serialize) -> Result<(), CliError> {
        serde_json::to_writer(&mut self.0, value).map_err(|error| CliError::Output(error.into()))?;
        self.line("")
    }

    pub(super) fn writer(&mut self) -> &mut impl Write {
        &mut self.0
    }

    /// Shows what was written so far.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        self.0.flush().map_err(CliError::Output)
    }

    pub(super) fn finish(mut self) -> Result<(), CliError> {
        self.flush()
    }
}

/// Writes a file under another name and gives it its own when it is whole, so that nobody sees half of it and what was
/// there before stays until then. What is there and is no plain file (a device, a pipe) is written to as it is.
pub(super) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let failed = |source| CliError::File { action: "writing", path: path.to_owned(), source };
    let named = |error| match error {
        CliError::Output(source) => failed(source),
        error => error,
    };
    // Through a symbolic link, so that the link itself is not replaced.
    let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&real).is_ok_and(|found| !found.is_file()) {
        let mut file = BufWriter::new(File::options().write(true).open(&real).map_err(failed)?);
        write(&mut file).map_err(named)?;
        return file.flush().map_err(failed);
    }
    let folder = real.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The permissions that a plainly created file gets: the umask still takes its part.
    let made =
        tempfile::Builder::new().prefix(".pixlog-").permissions(Permissions::from_mode(0o666)).tempfile_in(folder);
    let mut file = BufWriter::with_capacity(64 << 10, made.map_err(failed)?);
    write(&mut file).map_err(named)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&real).map_err(|error| failed(error.error))?;
    Ok(())
}
