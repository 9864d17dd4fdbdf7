//! Which format a picture has, told by its first bytes.

use std::fmt;

use super::super::PictureError;

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// PNG, Third Edition.
    Png,
    /// JPEG (ITU-T T.81), sequential or progressive.
    Jpeg,
    /// GIF 87a and 89a.
    Gif,
    /// WebP (RFC 9649), lossy or lossless.
    WebP,
}

/// What other pictures begin with, from the given byte on, so that they can be refused by their name.
const OTHERS: [(usize, &[u8], &str); 12] = [
    (0, b"BM", "BMP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (4, b"ftypavif", "AVIF"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"qoif", "QOI"),
    (0, b"\0\0\x01\0", "ICO"),
    (0, b"8BPS", "PSD"),
    (0, b"<svg", "SVG"),
];

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::WebP];

    /// The media type, as in a `Content-Type`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    /// The format that `bytes` begin as.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            _ => None,
        }
    }

    /// The format of `bytes`, where it is one of `taken`.
    pub(super) fn among(taken: &[Self], bytes: &[u8]) -> Result<Self, PictureError> {
        let found = Self::of(bytes);
        if let Some(format) = found.filter(|format| taken.contains(format)) {
            return Ok(format);
        }
        let other = || {
            let begins = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
            OTHERS.iter().find(|(at, magic, _)| begins(*at, magic)).map(|(_, _, name)| *name)
        };
        let taken = Self::listed(taken);
        Err(match found.map(Self::name).or_else(other) {
            Some(name) => PictureError::Unsupported(format!("it is {name}, not {taken}")),
            None => PictureError::Malformed(format!("it does not begin as {taken} does")),
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
        }
    }

    /// "PNG, JPEG or GIF".
    fn listed(formats: &[Self]) -> String {
        let names: Vec<&str> = formats.iter().copied().map(Self::name).collect();
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => "any format".to_owned(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
