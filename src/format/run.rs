//! The record of a run: what it was started with, and how far it has come.

use bincode::{Decode, Encode};

use super::FormatError;
use super::frame::{put_header, take_header};

/// The version of the body, which is the run's own: the frame's is the store's.
const RUN_VERSION: u8 = 2;

/// The version that did not say the size.
const WITHOUT_SIZE: u8 = 1;

/// What a run was started with, and how far it had come at one of its versions. At most about 2.5 KB.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RunRecord {
    /// The canvas that it fills.
    pub canvas: u64,
    /// 0 running, 1 paused, 2 completed, 3 cancelled, 4 failed.
    pub status: u8,
    /// 0 local, 1 http.
    pub exchange: u8,
    /// Whose entries they are: 0 the run's; 1 and 2 the sides' in turn, beginning with ping or with pong.
    pub sides: u8,
    /// A picture at each multiple of so many percent.
    pub granular: u32,
    /// Pixels added by one hand-over.
    pub pixels_per_hop: u32,
    /// What chooses cells and colours.
    pub seed: u64,
    /// Name, and whether a token vouched for it.
    pub author: Option<(String, bool)>,
    /// Milliseconds since 1970.
    pub started_at: i64,
    /// Milliseconds since 1970, where it is over.
    pub finished_at: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// The version that all below speaks of.
    pub version: u64,
    /// Coloured cells of the canvas.
    pub coloured: u32,
    /// Pixels that the run itself added.
    pub added: u64,
    /// Microseconds for which it was running.
    pub running_us: u64,
    /// Where the orders of cells and of colours go on, where nothing beyond is taken; else the image tells what is.
    pub cursors: Option<(u32, u32)>,
    /// The highest progression there was, in percent.
    pub peak: u32,
    /// Its pictures: percent and version.
    pub pictures: Vec<(u8, u64)>,
    /// Width and height of the canvas, which may be deleted; `None` where an older version wrote the record.
    pub size: Option<(u32, u32)>,
}

impl RunRecord {
    /// Its bytes, to be framed by the journal.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut body = vec![RUN_VERSION];
        put_header(&mut body, self);
        body
    }

    /// What `body` says.
    ///
    /// # Errors
    ///
    /// [`FormatError::Version`] where another version wrote it, else as any damaged record.
    pub fn decode(body: &[u8]) -> Result<Self, FormatError> {
        match body.split_first() {
            None => Err(FormatError::Short),
            Some((&RUN_VERSION, header)) => Self::whole(header),
            // All but the last field, whose absence is written as a zero.
            Some((&WITHOUT_SIZE, header)) => Self::whole(&[header, &[0]].concat()),
            Some((version, _)) => Err(FormatError::Version(*version)),
        }
    }

    fn whole(header: &[u8]) -> Result<Self, FormatError> {
        match take_header(header)? {
            (record, []) => Ok(record),
            _ => Err(FormatError::Content("length")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{FRAME_BYTES, VALUE_BYTES_MAX};

    fn large() -> RunRecord {
        RunRecord {
            canvas: u64::MAX,
            status: 4,
            exchange: 1,
            sides: 2,
            granular: 1,
            pixels_per_hop: 65_536,
            seed: 1 << 52,
            author: Some(("𝕏".repeat(128), true)),
            started_at: 1,
            finished_at: Some(2),
            error: Some("x".repeat(500)),
            version: 3,
            coloured: 4,
            added: 5,
            running_us: 6,
            cursors: Some((7, 8)),
            peak: 100,
            pictures: (1..=100).map(|percent| (percent, u64::MAX)).collect(),
            size: Some((9, 10)),
        }
    }

    #[test]
    fn runs_round_trip() {
        let small =
            RunRecord { author: None, finished_at: None, error: None, cursors: None, pictures: Vec::new(), ..large() };
        for record in [small, large()] {
            let body = record.encode();
            assert!(body.len() + FRAME_BYTES <= VALUE_BYTES_MAX.min(6_000), "{} bytes", body.len());
            assert_eq!(RunRecord::decode(&body), Ok(record));
        }
    }

    #[test]
    fn a_run_without_a_size_is_read() {
        let record = RunRecord { size: None, ..large() };
        let mut body = record.encode();
        assert_eq!(body.pop(), Some(0));
        body[0] = WITHOUT_SIZE;
        assert_eq!(RunRecord::decode(&body), Ok(record));
        body.push(0);
        assert_eq!(RunRecord::decode(&body), Err(FormatError::Content("length")));
    }

    #[test]
    fn damaged_runs_are_errors() {
        let body = large().encode();
        for cut in 0..body.len() {
            assert!(RunRecord::decode(&body[..cut]).is_err(), "cut at {cut}");
        }
        assert_eq!(RunRecord::decode(&[&body[..], &[0]].concat()), Err(FormatError::Content("length")));
        assert_eq!(RunRecord::decode(b"opaque"), Err(FormatError::Version(b'o')));
    }
}
