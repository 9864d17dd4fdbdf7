//! The bytes of an exported log: a signature, then sections, each with a checksum over all that came before it.
//!
//! `docs/EXPORT.md` shows the tables. Pixels stand in the same layout as a block of the store, without its key.

use thiserror::Error;

use super::{
    BLOCK_ENTRIES, BlockView, CanvasRecord, FormatError, SettingsRecord, Slot, Who, decode_who, encode_block,
    encode_who, put_author, take_authors,
};
use crate::canvas::{Author, AuthorId, Mode, Rect, Size, Source, TILE_SIDE, Tag, TileIndex, Time, Version};

/// What every file begins with. A copy that was taken for text, or cut to seven bits, does not begin with it (the idea
/// is that of PNG, W3C Recommendation, 5.2).
pub const EXPORT_SIGNATURE: [u8; 8] = *b"\x89PXLOG\r\n";

/// The version of the layout, which stands behind the signature.
pub const EXPORT_VERSION: u16 = 1;

/// The most bytes in the body of a section: a whole tile, uncompressed.
pub const SECTION_BYTES_MAX: usize = 16 + (TILE_SIDE * TILE_SIDE * 4) as usize;

/// The kinds of sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum SectionKind {
    /// What the canvas is: the first section.
    Canvas = b'C',
    /// Authors, before the first entry of theirs.
    Authors = b'A',
    /// Up to 512 pixel entries.
    Pixels = b'P',
    /// A state entry, before its lists or tiles.
    State = b'S',
    /// Pixels that a state changed.
    List = b'L',
    /// A tile that a state changed.
    Tile = b'T',
    /// Names of versions, after all entries.
    Tags = b'N',
    /// How much there was: the last section.
    End = b'Z',
}

impl SectionKind {
    /// The kind of this byte.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        use SectionKind::{Authors, Canvas, End, List, Pixels, State, Tags, Tile};
        [Canvas, Authors, Pixels, State, List, Tile, Tags, End].into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// Why a file is not a log that can be imported.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// It does not begin with [`EXPORT_SIGNATURE`].
    #[error("it is not a pixlog file")]
    Signature,
    /// It was written by a later program.
    #[error("it is of version {0}, and this program reads version {EXPORT_VERSION}")]
    Version(u16),
    /// It ends before its last section does.
    #[error("it is cut short")]
    Short,
    /// A checksum does not match.
    #[error("a checksum does not match")]
    Checksum,
    /// Something stands where it cannot.
    #[error("its {0} is not possible")]
    Content(&'static str),
    /// Something follows its last section.
    #[error("something follows its end")]
    Trailing,
}

impl From<FormatError> for ExportError {
    fn from(error: FormatError) -> Self {
        match error {
            FormatError::Short => Self::Short,
            FormatError::Checksum => Self::Checksum,
            FormatError::Version(_) => Self::Content("record version"),
            FormatError::Content(what) => Self::Content(what),
        }
    }
}

/// The body of [`SectionKind::Canvas`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedCanvas {
    /// What the canvas is.
    pub canvas: CanvasRecord,
    /// What it is limited to.
    pub settings: SettingsRecord,
    /// How many entries follow.
    pub version: Version,
}

impl ExportedCanvas {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut body = self.version.0.to_le_bytes().to_vec();
        let settings = self.settings.encode(b"");
        body.extend(u16::try_from(settings.len()).unwrap_or(u16::MAX).to_le_bytes());
        body.extend(settings);
        body.extend(self.canvas.encode(b""));
        body
    }

    /// What `body` says.
    ///
    /// # Errors
    ///
    /// [`ExportError`] where it is no canvas.
    pub fn decode(mut body: &[u8]) -> Result<Self, ExportError> {
        let version = Version(u64::from_le_bytes(take(&mut body)?));
        let length = usize::from(u16::from_le_bytes(take(&mut body)?));
        let (settings, canvas) = body.split_at_checked(length).ok_or(ExportError::Short)?;
        let settings = SettingsRecord::decode(b"", settings)?;
        Ok(Self { canvas: CanvasRecord::decode(b"", canvas)?, settings, version })
    }
}

/// The body of [`SectionKind::Authors`]: the number of the first, then all names.
#[must_use]
pub fn encode_authors(first: AuthorId, authors: &[Author]) -> Vec<u8> {
    let mut body = first.0.to_le_bytes().to_vec();
    for author in authors {
        put_author(&mut body, author);
    }
    body
}

/// The authors in `body`, and the number of the first.
///
/// # Errors
///
/// [`ExportError`] where one of them has no possible name.
pub fn decode_authors(mut body: &[u8]) -> Result<(AuthorId, Vec<Author>), ExportError> {
    let first = AuthorId(u32::from_le_bytes(take(&mut body)?));
    Ok((first, take_authors(body)?))
}

/// The body of [`SectionKind::Tags`]: for each, the version that it names, and the name.
#[must_use]
pub fn encode_tags(tags: &[(Tag, Version)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (tag, version) in tags {
        body.extend(version.0.to_le_bytes());
        body.push(u8::try_from(tag.as_str().len()).unwrap_or(u8::MAX));
        body.extend(tag.as_str().as_bytes());
    }
    body
}

/// The tags in `body`.
///
/// # Errors
///
/// [`ExportError`] where one of them has no possible name.
pub fn decode_tags(mut body: &[u8]) -> Result<Vec<(Tag, Version)>, ExportError> {
    let mut tags = Vec::new();
    while !body.is_empty() {
        let version = Version(u64::from_le_bytes(take(&mut body)?));
        let [length] = take(&mut body)?;
        let (name, rest) = body.split_at_checked(usize::from(length)).ok_or(ExportError::Short)?;
        let name = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok());
        tags.push((name.ok_or(ExportError::Content("tag"))?, version));
        body = rest;
    }
    Ok(tags)
}

/// The body of [`SectionKind::Pixels`]: at most 512 pixels, the first of which makes version `first`.
#[must_use]
pub fn encode_pixels(first: Version, size: Size, mode: Mode, slots: &[Slot]) -> Vec<u8> {
    debug_assert!(slots.len() <= BLOCK_ENTRIES && slots.iter().all(|slot| slot.pixel.is_some()));
    let (block, is_uniform) = encode_block(b"", size, mode, slots);
    let mut body = first.0.to_le_bytes().to_vec();
    body.extend(u16::try_from(block.len()).unwrap_or(u16::MAX).to_le_bytes());
    body.extend(block);
    if !is_uniform {
        body.extend(encode_who(b"", slots.iter().map(|slot| slot.who)));
    }
    body
}

/// The pixels in `body`, and the version that the first of them makes.
///
/// # Errors
///
/// [`ExportError`] where they are not pixels of a canvas of `size` and `mode`.
pub fn decode_pixels(mut body: &[u8], size: Size, mode: Mode) -> Result<(Version, Vec<Slot>), ExportError> {
    let first = Version(u64::from_le_bytes(take(&mut body)?));
    let length = usize::from(u16::from_le_bytes(take(&mut body)?));
    let (block, who) = body.split_at_checked(length).ok_or(ExportError::Short)?;
    let view = BlockView::open(b"", block, size, mode)?;
    if !view.is_pixels_only() {
        return Err(ExportError::Content("block"));
    }
    let pixels = (0..view.count()).map(|index| view.pixel(index));
    let slots = if let Some(who) = view.uniform_who()? {
        pixels.map(|pixel| Slot { pixel, who }).collect()
    } else {
        let runs = decode_who(b"", who, view.count())?;
        let whos = runs.iter().flat_map(|run| std::iter::repeat_n(run.who, run.count));
        pixels.zip(whos).map(|(pixel, who)| Slot { pixel, who }).collect()
    };
    Ok((first, slots))
}

/// How the cells of an exported state follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExportedCells {
    /// As [`SectionKind::List`]: the changed pixels in the order of their cells.
    Lists = 0,
    /// As [`SectionKind::Tile`]: what the region and each touched tile have in common, in the order of the tiles.
    Tiles = 1,
}

/// The body of [`SectionKind::State`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportedState {
    /// The version that it makes.
    pub version: Version,
    /// Who wrote it, when, on which way.
    pub who: Who,
    /// The rectangle that was sent.
    pub region: Rect,
    /// How many cells have another colour than before.
    pub changed: u32,
    /// How they follow.
    pub cells: ExportedCells,
    /// In how many sections.
    pub sections: u32,
}

impl ExportedState {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Rect { x, y, w, h } = self.region;
        let mut body = self.version.0.to_le_bytes().to_vec();
        body.extend(self.who.time.0.to_le_bytes());
        body.extend(self.who.author.0.to_le_bytes());
        body.push(self.who.source as u8);
        for number in [x, y, w, h, self.changed] {
            body.extend(number.to_le_bytes());
        }
        body.push(self.cells as u8);
        body.extend(self.sections.to_le_bytes());
        body
    }

    /// What `body` says of a canvas of `size`.
    ///
    /// # Errors
    ///
    /// [`ExportError`] where it is no state of such a canvas.
    pub fn decode(mut body: &[u8], size: Size) -> Result<Self, ExportError> {
        let body = &mut body;
        let version = Version(u64::from_le_bytes(take(body)?));
        let time = Time(i64::from_le_bytes(take(body)?));
        let author = AuthorId(u32::from_le_bytes(take(body)?));
        let [source] = take(body)?;
        let source = Source::from_number(source).ok_or(ExportError::Content("source"))?;
        let mut number = || take(body).map(u32::from_le_bytes);
        let region = Rect { x: number()?, y: number()?, w: number()?, h: number()? };
        let changed = number()?;
        let cells = match take(body)? {
            [0] => ExportedCells::Lists,
            [1] => ExportedCells::Tiles,
            _ => return Err(ExportError::Content("state")),
        };
        let sections = u32::from_le_bytes(take(body)?);
        if !body.is_empty() || !region.fits(size) || u64::from(changed) > region.area() {
            return Err(ExportError::Content("state"));
        }
        Ok(Self { version, who: Who { time, author, source }, region, changed, cells, sections })
    }
}

/// The body of [`SectionKind::Tile`]: its number, and its cells as [`super::compress_tile`] leaves them.
#[must_use]
pub fn encode_exported_tile(tile: TileIndex, stored: &[u8]) -> Vec<u8> {
    let mut body = tile.0.to_le_bytes().to_vec();
    body.extend_from_slice(stored);
    body
}

/// The number of the tile in `body`, and its compressed cells.
///
/// # Errors
///
/// [`ExportError::Short`].
pub fn decode_exported_tile(mut body: &[u8]) -> Result<(TileIndex, &[u8]), ExportError> {
    let tile = TileIndex(u32::from_le_bytes(take(&mut body)?));
    Ok((tile, body))
}

/// The body of [`SectionKind::End`]: how much there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportedTotals {
    /// Entries: the head.
    pub entries: u64,
    /// How many of them are states.
    pub states: u64,
    /// Authors.
    pub authors: u32,
    /// Tags.
    pub tags: u64,
}

impl ExportedTotals {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut body = self.entries.to_le_bytes().to_vec();
        body.extend(self.states.to_le_bytes());
        body.extend(self.authors.to_le_bytes());
        body.extend(self.tags.to_le_bytes());
        body
    }

    /// What `body` says.
    ///
    /// # Errors
    ///
    /// [`ExportError`] where it has another length.
    pub fn decode(mut body: &[u8]) -> Result<Self, ExportError> {
        let entries = u64::from_le_bytes(take(&mut body)?);
        let states = u64::from_le_bytes(take(&mut body)?);
        let authors = u32::from_le_bytes(take(&mut body)?);
        let tags = u64::from_le_bytes(take(&mut body)?);
        if body.is_empty() { Ok(Self { entries, states, authors, tags }) } else { Err(ExportError::Content("end")) }
    }
}

/// Takes the first `N` bytes off `rest`.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ExportError> {
    let (first, after) = rest.split_first_chunk::<N>().ok_or(ExportError::Short)?;
    *rest = after;
    Ok(*first)
}
