//! Writing a whole log to one file, section by section, in bounded memory.

use std::io::{self, BufWriter, Write};

use crate::canvas::{Author, AuthorId, BlockNumber, CanvasId, Raster, Version};
use crate::format::{
    CanvasRecord, EXPORT_SIGNATURE, EXPORT_VERSION, ExportedCanvas, ExportedCells, ExportedState, ExportedTotals,
    SectionKind, Slot, StateData, Who, compress_tile, encode_authors, encode_exported_tile, encode_pixels, encode_tags,
};

use super::core::Core;
use super::history::block_slots;
use super::live::Live;
use super::replay::{BLOCK, state_record, tile_list};
use super::staging::{crop, read_part, read_tile};
use super::{Canvas, Journal, JournalError, TagPage, roster, tags};

/// Authors in one section, at most.
const AUTHORS_PER_SECTION: usize = 256;

/// Tags in one section, at most about.
const TAGS_PER_SECTION: usize = 256;

/// Bytes that are handed on at once.
const BUFFER_BYTES: usize = 64 << 10;

impl Journal {
    /// Writes the whole log of a canvas, up to the head it has now, to `to`: one self-describing file with checksums, laid
    /// out as `docs/EXPORT.md` says. Returns that head. Where this fails midway, the file has no end and cannot be
    /// imported.
    ///
    /// # Errors
    ///
    /// [`JournalError::Output`] where `to` fails, and what reading can fail with.
    pub fn export(&self, canvas: CanvasId, to: &mut dyn Write) -> Result<Version, JournalError> {
        let live = self.core().live(canvas)?;
        let mut export = Export::new(self.core(), &live, to);
        live.unless_deleted(export.run())?;
        export.out.finish().map_err(JournalError::Output)?;
        Ok(export.head)
    }
}

/// A log being written.
struct Export<'a> {
    core: &'a Core,
    live: &'a Live,
    canvas: &'a Canvas,
    head: Version,
    totals: ExportedTotals,
    out: Sections<'a>,
}

impl<'a> Export<'a> {
    fn new(core: &'a Core, live: &'a Live, to: &'a mut dyn Write) -> Self {
        let (canvas, head, totals) = (&live.canvas, live.head().version, ExportedTotals::default());
        Self { core, live, canvas, head, totals, out: Sections::new(to) }
    }

    fn run(&mut self) -> Result<(), JournalError> {
        let Canvas { name, size, mode, background, created_at, settings, .. } = self.live.canvas.clone();
        let canvas = CanvasRecord { name, size, mode, background, created_at };
        let exported = ExportedCanvas { canvas, settings: settings.record(), version: self.head };
        self.put(SectionKind::Canvas, &exported.encode())?;
        for number in 0..self.head.0.div_ceil(BLOCK) {
            let slots = block_slots(self.core, self.canvas, BlockNumber(number), self.head)?;
            self.put_authors(slots.iter().map(|(_, slot)| slot.who.author).max().unwrap_or_default())?;
            for these in slots.chunk_by(|(_, a), (_, b)| a.pixel.is_some() && b.pixel.is_some()) {
                self.put_entries(these)?;
            }
        }
        self.put_tags()?;
        self.totals.entries = self.head.0;
        self.put(SectionKind::End, &self.totals.encode())
    }

    fn put(&mut self, kind: SectionKind, body: &[u8]) -> Result<(), JournalError> {
        self.out.put(kind, body).map_err(JournalError::Output)
    }

    /// Writes the authors up to number `last` that were not written yet.
    fn put_authors(&mut self, last: AuthorId) -> Result<(), JournalError> {
        let first = self.totals.authors + 1;
        let wanted = last.0.saturating_sub(self.totals.authors);
        let mut authors = Vec::new();
        while count(&authors) < wanted {
            let next = AuthorId(first + count(&authors));
            let left = (wanted - count(&authors)) as usize;
            authors.extend(roster::authors_from(self.core, self.canvas.id, next)?.into_iter().take(left));
        }
        for these in authors.chunks(AUTHORS_PER_SECTION) {
            self.put(SectionKind::Authors, &encode_authors(AuthorId(self.totals.authors + 1), these))?;
            self.totals.authors += count(these);
        }
        Ok(())
    }

    /// Writes the tags of versions that are in the file.
    fn put_tags(&mut self) -> Result<(), JournalError> {
        let mut after = None;
        loop {
            let TagPage { tags, next } = tags::page(self.core, self.live, after.as_ref(), TAGS_PER_SECTION)?;
            let tags: Vec<_> = tags.into_iter().filter(|(_, version)| *version <= self.head).collect();
            if !tags.is_empty() {
                self.put(SectionKind::Tags, &encode_tags(&tags))?;
                self.totals.tags += tags.len() as u64;
            }
            match next {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }

    /// Writes pixels, or one state.
    fn put_entries(&mut self, entries: &[(Version, Slot)]) -> Result<(), JournalError> {
        match entries {
            [] => Ok(()),
            [(version, Slot { pixel: None, who })] => self.put_state(*version, *who),
            [(first, _), ..] => {
                let slots: Vec<_> = entries.iter().map(|(_, slot)| *slot).collect();
                let body = encode_pixels(*first, self.canvas.size, self.canvas.mode, &slots);
                self.put(SectionKind::Pixels, &body)
            }
        }
    }

    fn put_state(&mut self, version: Version, who: Who) -> Result<(), JournalError> {
        self.totals.states += 1;
        let (core, canvas) = (self.core, self.canvas);
        let state = state_record(core, canvas, version)?;
        let exported = ExportedState {
            version,
            who,
            region: state.region,
            changed: state.changed,
            cells: ExportedCells::Lists,
            sections: 0,
        };
        match state.data {
            StateData::Inline(list) => {
                let sections = u32::from(!list.0.is_empty());
                self.put(SectionKind::State, &ExportedState { sections, ..exported }.encode())?;
                if sections > 0 { self.put(SectionKind::List, &list.0) } else { Ok(()) }
            }
            StateData::Staged { data, parts } => {
                self.put(SectionKind::State, &ExportedState { sections: parts, ..exported }.encode())?;
                for part in 0..parts {
                    self.put(SectionKind::List, &read_part(core, canvas.id, data, part)?)?;
                }
                Ok(())
            }
            StateData::Tiles(blob) => {
                let tiles = tile_list(core, canvas, blob)?.0;
                let sections = u32::try_from(tiles.len()).unwrap_or(u32::MAX);
                let exported = ExportedState { sections, cells: ExportedCells::Tiles, ..exported };
                self.put(SectionKind::State, &exported.encode())?;
                for (index, tile) in tiles {
                    let raster = read_tile(core, canvas, index, tile)?;
                    let cells = common_cells(&raster, state.region);
                    self.put(SectionKind::Tile, &encode_exported_tile(index, &compress_tile(&cells)))?;
                }
                Ok(())
            }
        }
    }
}

fn count(authors: &[Author]) -> u32 {
    u32::try_from(authors.len()).unwrap_or(u32::MAX)
}

/// The cells that a tile and a region have in common.
fn common_cells(tile: &Raster, region: crate::canvas::Rect) -> Vec<u8> {
    tile.rect().intersection(region).map(|common| crop(tile, common)).unwrap_or_default()
}

/// Sections on their way out.
struct Sections<'a> {
    to: BufWriter<&'a mut dyn Write>,
    checksum: u32,
    is_begun: bool,
}

impl<'a> Sections<'a> {
    fn new(to: &'a mut dyn Write) -> Self {
        Self { to: BufWriter::with_capacity(BUFFER_BYTES, to), checksum: 0, is_begun: false }
    }

    /// Writes one section; the signature before the first.
    fn put(&mut self, kind: SectionKind, body: &[u8]) -> io::Result<()> {
        if !std::mem::replace(&mut self.is_begun, true) {
            self.write(&EXPORT_SIGNATURE)?;
            self.write(&EXPORT_VERSION.to_le_bytes())?;
        }
        self.write(&[kind as u8])?;
        self.write(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        self.write(body)?;
        // Not summed up itself: the sum over a text and its own checksum says nothing about the text.
        self.to.write_all(&self.checksum.to_le_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.checksum = crc32c::crc32c_append(self.checksum, bytes);
        self.to.write_all(bytes)
    }

    fn finish(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
