//! The record of a canvas: what never changes about it.

use bincode::{Decode, Encode};

use super::frame::{end_frame, put_header, start_frame, take_header};
use super::{FormatError, open_frame};
use crate::canvas::{Colour, Mode, Name, Size, Time};

/// What never changes about a canvas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasRecord {
    /// Its name.
    pub name: Name,
    /// Its size.
    pub size: Size,
    /// Its layout.
    pub mode: Mode,
    /// The colour of every cell at version 0.
    pub background: Colour,
    /// When it was made.
    pub created_at: Time,
}

#[derive(Encode, Decode)]
struct Header {
    name: String,
    width: u32,
    height: u32,
    channels: u8,
    background: [u8; 4],
    created_at: i64,
}

impl CanvasRecord {
    /// The record under `key`.
    #[must_use]
    pub fn encode(&self, key: &[u8]) -> Vec<u8> {
        let mut record = start_frame(128);
        let header = Header {
            name: self.name.to_string(),
            width: self.size.width(),
            height: self.size.height(),
            channels: if self.mode == Mode::Rgb { 3 } else { 4 },
            background: self.background.0,
            created_at: self.created_at.0,
        };
        put_header(&mut record, &header);
        end_frame(key, record)
    }

    /// The canvas in `record`, read from under `key`.
    ///
    /// # Errors
    ///
    /// [`FormatError`] where it is damaged.
    pub fn decode(key: &[u8], record: &[u8]) -> Result<Self, FormatError> {
        let (header, _): (Header, _) = take_header(open_frame(key, record)?)?;
        let mode = match header.channels {
            3 => Mode::Rgb,
            4 => Mode::Rgba,
            _ => return Err(FormatError::Content("mode")),
        };
        Ok(Self {
            name: header.name.parse().map_err(|_| FormatError::Content("name"))?,
            size: Size::new(header.width, header.height).map_err(|_| FormatError::Content("size"))?,
            mode,
            background: Colour(header.background),
            created_at: Time(header.created_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canvases_round_trip() {
        let canvas = CanvasRecord {
            name: "a-name".parse().expect("a slug"),
            size: Size::new(3, 4).expect("small"),
            mode: Mode::Rgba,
            background: Colour([1, 2, 3, 4]),
            created_at: Time(-5),
        };
        let record = canvas.encode(b"key");
        assert_eq!(CanvasRecord::decode(b"key", &record), Ok(canvas));
        assert_eq!(CanvasRecord::decode(b"kay", &record), Err(FormatError::Checksum));
    }
}
