//! Files to be imported: opened, unpacked, and what they are.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use indicatif::ProgressBar;

use crate::cli::error::CliError;
use crate::format::EXPORT_SIGNATURE;
use crate::picture::Format;

/// Bytes by which a file is known.
const MAGIC_BYTES: u64 = 16;

/// How a file packed by gzip begins (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Bytes that are read from the disk at once.
const BUFFER_BYTES: usize = 256 << 10;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// What `pixlog export` wrote.
    Log,
    Picture,
    /// Anything else: its first line tells whether it is CSV that is known.
    Text,
}

/// A file to be imported.
pub(super) struct Input {
    /// As errors name it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) content: Content,
    /// What is in it, unpacked.
    pub(super) reader: Box<dyn Read + Send>,
}

impl Input {
    /// Opens a file, or standard input for `-`, and looks at its beginning. `bar` shows how much of it was read.
    pub(super) fn open(path: &Path, bar: &ProgressBar) -> Result<Self, CliError> {
        let failed = |source| CliError::File { action: "reading", path: path.to_owned(), source };
        let is_stdin = path == Path::new("-");
        let reader: Box<dyn Read + Send> =
            if is_stdin { Box::new(io::stdin()) } else { Box::new(File::open(path).map_err(failed)?) };
        let reader = BufReader::with_capacity(BUFFER_BYTES, bar.wrap_read(reader));
        let (magic, reader) = peek(Box::new(reader)).map_err(failed)?;
        let (magic, reader) = if magic.starts_with(&GZIP) {
            // A file may be several packed ones, one behind the other.
            peek(Box::new(MultiGzDecoder::new(reader))).map_err(failed)?
        } else {
            (magic, reader)
        };
        let content = if magic.starts_with(&EXPORT_SIGNATURE) {
            Content::Log
        } else if Format::of(&magic).is_some() {
            Content::Picture
        } else {
            Content::Text
        };
        let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
        Ok(Self { name, path: path.to_owned(), content, reader })
    }
}

/// The first bytes, and a reader of all of them.
fn peek(mut reader: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut magic = Vec::new();
    reader.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
    Ok((magic.clone(), Box::new(Cursor::new(magic).chain(reader))))
}

/// Bytes of all files together, where each is one that says so.
pub(super) fn length(paths: &[PathBuf]) -> Option<u64> {
    paths.iter().map(|path| path.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len())).sum()
}
