//! Reading and unpacking text on a thread of its own, handed over in chunks of whole lines.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use memchr::memrchr;

use crate::cli::error::CliError;
use crate::cli::stop::Stop;

use super::STOPPED;
use super::input::Input;

/// Bytes of a chunk, and the most bytes of a line.
const CHUNK_BYTES: usize = 256 << 10;

/// Chunks that may wait to be parsed.
const CHUNKS_WAITING: usize = 8;

/// How long a stop may go unnoticed while nothing comes.
const POLL: Duration = Duration::from_millis(100);

/// Whole lines of one file.
pub(super) struct Chunk {
    /// The place of the file among all.
    pub(super) file: usize,
    pub(super) bytes: Vec<u8>,
}

/// The lines of files, one file after the other.
pub(super) struct Lines {
    /// As errors name them.
    pub(super) names: Vec<String>,
    chunks: Receiver<Result<Chunk, CliError>>,
}

impl Lines {
    /// Starts the thread. It ends with the last line, or once nobody wants more; nobody waits for it, since standard
    /// input may keep it waiting itself.
    pub(super) fn start(inputs: Vec<Input>) -> Result<Self, CliError> {
        let names = inputs.iter().map(|input| input.name.clone()).collect();
        let (sender, chunks) = sync_channel(CHUNKS_WAITING);
        let read = move || {
            for (file, input) in inputs.into_iter().enumerate() {
                if let Err(error) = read(file, input, &sender) {
                    // Where nobody listens, nobody wants to know.
                    let _ = sender.send(Err(error));
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("reader".to_owned()).spawn(read);
        thread.map_err(|source| CliError::Io { action: "starting a thread", source })?;
        Ok(Self { names, chunks })
    }

    /// The next lines; `None` after the last.
    pub(super) fn next(&self, stop: &Stop) -> Result<Option<Chunk>, CliError> {
        loop {
            stop.check(STOPPED)?;
            match self.chunks.recv_timeout(POLL) {
                Ok(chunk) => return chunk.map(Some),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Sends the lines of a file; returns early where nobody listens any more.
fn read(file: usize, mut input: Input, sender: &SyncSender<Result<Chunk, CliError>>) -> Result<(), CliError> {
    let mut rest = Vec::new();
    loop {
        let mut bytes = std::mem::take(&mut rest);
        let room = CHUNK_BYTES.saturating_sub(bytes.len());
        let read = input.reader.by_ref().take(room as u64).read_to_end(&mut bytes);
        let read = read.map_err(|source| CliError::File { action: "reading", path: input.path.clone(), source })?;
        if read == room {
            let end = memrchr(b'\n', &bytes).ok_or_else(|| too_long(&input))? + 1;
            rest = Vec::with_capacity(CHUNK_BYTES);
            rest.extend_from_slice(bytes.get(end..).unwrap_or_default());
            bytes.truncate(end);
        }
        let is_last = read < room;
        if !bytes.is_empty() && sender.send(Ok(Chunk { file, bytes })).is_err() || is_last {
            return Ok(());
        }
    }
}

fn too_long(input: &Input) -> CliError {
    let source = io::Error::new(io::ErrorKind::InvalidData, format!("a line of more than {CHUNK_BYTES} bytes"));
    CliError::File { action: "reading", path: input.path.clone(), source }
}
