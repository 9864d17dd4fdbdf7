//! What is remembered of a run that was started by a request that may be repeated.

use crate::canvas::{CanvasId, RunId, Version};
use crate::journal::JournalError;

use super::RunError;
use super::charter::Brief;
use super::progress::Progress;

/// A run as it started; all else about it is in its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Started {
    /// Which.
    pub(super) run: RunId,
    /// The version of the canvas then.
    pub(super) version: Version,
    /// Its coloured cells then.
    pub(super) coloured: u32,
}

impl Started {
    pub(super) fn new(brief: &Brief, progress: &Progress) -> Self {
        Self { run: brief.run.unwrap_or(RunId(0)), version: progress.version, coloured: progress.coloured }
    }

    /// 20 bytes: the run and the version, 8 each, the cells, 4, all little-endian.
    pub(super) fn encode(self) -> Vec<u8> {
        let Self { run, version, coloured } = self;
        [&run.0.to_le_bytes()[..], &version.0.to_le_bytes(), &coloured.to_le_bytes()].concat()
    }

    /// What `bytes` say.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, RunError> {
        let take = || {
            let (run, rest) = bytes.split_first_chunk::<8>()?;
            let (version, rest) = rest.split_first_chunk::<8>()?;
            let coloured = rest.try_into().ok()?;
            let (run, version) = (RunId(u64::from_le_bytes(*run)), Version(u64::from_le_bytes(*version)));
            Some(Self { run, version, coloured: u32::from_le_bytes(coloured) })
        };
        take().ok_or_else(|| {
            let (record, problem) = ("the outcome of starting a run".to_owned(), "it is of another kind".to_owned());
            RunError::Journal(JournalError::Corrupt { record, canvas: CanvasId(0), problem })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_started_is_remembered() {
        let started = Started { run: RunId(1 << 40), version: Version(2), coloured: 3 };
        let bytes = started.encode();
        assert_eq!(Started::decode(&bytes).ok(), Some(started));
        for length in [0, 19] {
            let error = Started::decode(&bytes[..length]).expect_err("it is cut").to_string();
            assert_eq!(error, "the outcome of starting a run of canvas 0 is damaged: it is of another kind");
        }
    }
}
