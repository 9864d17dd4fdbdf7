//! Reading an exported log back, section by section, in bounded memory: the canvas is shown when all of it is there.

use std::io::{self, BufReader, Read};

use crate::canvas::{Name, Raster, Rect, Tag, TileGrid, TileIndex, Version};
use crate::format::{
    EXPORT_SIGNATURE, EXPORT_VERSION, ExportError, ExportedCanvas, ExportedCells, ExportedState, ExportedTotals,
    NumberRecord, PART_BYTES_MAX, PixelList, SECTION_BYTES_MAX, SectionKind, StateData, StateRecord, TileList,
    decode_authors, decode_exported_tile, decode_pixels, decode_tags, decompress_tile, key,
};

use super::image::ImageReader;
use super::staging::{Stager, crop};
use super::state::whole_tiles_around;
use super::{Answered, Canvas, ImportBuilder, ImportTerms, Journal, JournalError, NewCanvas, Records, Settings};

/// Bytes that are read at once.
const BUFFER_BYTES: usize = 64 << 10;

impl Journal {
    /// Makes a canvas of a log that [`Self::export`] wrote: equal at every version, with its times, authors and sources.
    /// Nothing is visible before the whole file was read and found to be right. It gets the name it had where none is
    /// given. `progress` is called with the version reached.
    ///
    /// # Errors
    ///
    /// [`JournalError::BadFile`], [`JournalError::Input`], and as [`Self::create_canvas`].
    pub fn import_file(
        &self,
        from: &mut dyn Read,
        name: Option<Name>,
        progress: &mut dyn FnMut(Version),
        records: Records,
    ) -> Result<Canvas, JournalError> {
        self.import_file_once(from, name, progress, None, records).map(|answered| answered.outcome)
    }

    /// As [`Self::import_file`], on other terms than usual; says whether it was done before. `terms` is called when all
    /// was read: what makes it repeatable may depend on that. Only without them is a name that is taken told at once.
    ///
    /// # Errors
    ///
    /// As [`Self::import_file`], and [`JournalError::KeyReused`], [`JournalError::KeyInFlight`].
    pub fn import_file_once(
        &self,
        from: &mut dyn Read,
        name: Option<Name>,
        progress: &mut dyn FnMut(Version),
        terms: Option<&mut dyn FnMut() -> ImportTerms<'static>>,
        records: Records,
    ) -> Result<Answered<Canvas>, JournalError> {
        let mut sections = Sections::new(from);
        sections.begin()?;
        if sections.next()? != SectionKind::Canvas {
            return Err(sections.bad("first section"));
        }
        let ExportedCanvas { canvas, settings, version } = sections.decode(ExportedCanvas::decode)?;
        let settings = sections.decode(|_| Ok(Settings::from_record(settings)?))?;
        let name = name.unwrap_or(canvas.name);
        if terms.is_none() {
            self.check_name_is_free(&name)?;
        }
        let new = NewCanvas { name: Some(name), size: canvas.size, mode: canvas.mode, background: canvas.background };
        let builder = self.import_with(new, settings, Some(canvas.created_at))?;
        let mut import = Import { builder, sections, states: 0, last_tag: None, tags: 0 };
        while import.read_section()? {
            progress(import.builder.version());
        }
        import.check_end(version)?;
        import.builder.finish_once(records, terms.map(|terms| terms()).unwrap_or_default())
    }
}

/// A log being read.
struct Import<'a> {
    builder: ImportBuilder,
    sections: Sections<'a>,
    states: u64,
    last_tag: Option<Tag>,
    tags: u64,
}

impl Import<'_> {
    /// Reads a section and all that belongs to it; `false` at the end.
    fn read_section(&mut self) -> Result<bool, JournalError> {
        match self.sections.next()? {
            SectionKind::Authors => self.read_authors()?,
            SectionKind::Pixels => self.read_pixels()?,
            SectionKind::State => self.read_state()?,
            SectionKind::Tags => self.read_tags()?,
            SectionKind::End => return Ok(false),
            SectionKind::Canvas | SectionKind::List | SectionKind::Tile => {
                return Err(self.sections.bad("order of sections"));
            }
        }
        Ok(true)
    }

    fn read_authors(&mut self) -> Result<(), JournalError> {
        let (first, authors) = self.sections.decode(decode_authors)?;
        let ImportBuilder { core, hidden, authors: known, .. } = &mut self.builder;
        for (wanted, author) in (first.0..).zip(&authors) {
            let is_next = known.count().checked_add(1) == Some(wanted);
            if !is_next || known.number(core, hidden, Some(author))?.0 != wanted {
                return Err(self.sections.bad("number of an author"));
            }
        }
        Ok(())
    }

    fn read_pixels(&mut self) -> Result<(), JournalError> {
        let Canvas { size, mode, .. } = self.builder.hidden.live.canvas;
        let (first, slots) = self.sections.decode(|body| decode_pixels(body, size, mode))?;
        self.check_version(first)?;
        for slot in slots {
            if slot.who.author.0 > self.builder.authors.count() {
                return Err(self.sections.bad("author"));
            }
            if let Some(pixel) = slot.pixel {
                self.builder.put_pixel(slot.who, pixel)?;
            }
        }
        Ok(())
    }

    fn read_tags(&mut self) -> Result<(), JournalError> {
        let hidden = &mut self.builder.hidden;
        for (tag, version) in self.sections.decode(decode_tags)? {
            if version > hidden.head().version || self.last_tag.as_ref().is_some_and(|last| *last >= tag) {
                return Err(self.sections.bad("tag"));
            }
            let key = key::tag(hidden.live.canvas.id, &tag);
            let record = NumberRecord { number: version.0 }.encode(&key);
            hidden.batch.put(key, record);
            hidden.commit_if_large()?;
            self.last_tag = Some(tag);
            self.tags += 1;
        }
        Ok(())
    }

    fn check_version(&self, version: Version) -> Result<(), JournalError> {
        if version == self.builder.version().after(1) { Ok(()) } else { Err(self.sections.bad("version")) }
    }

    fn read_state(&mut self) -> Result<(), JournalError> {
        let size = self.builder.hidden.live.canvas.size;
        let state = self.sections.decode(|body| ExportedState::decode(body, size))?;
        self.check_version(state.version)?;
        if state.who.author.0 > self.builder.authors.count() {
            return Err(self.sections.bad("author"));
        }
        self.states += 1;
        let (data, stored) = match state.cells {
            ExportedCells::Lists => self.read_lists(&state)?,
            ExportedCells::Tiles => self.read_tiles(&state)?,
        };
        let (id, stored_bytes) = stored.unzip();
        let ExportedState { region, changed, .. } = state;
        let record = StateRecord { region, changed, stored_bytes: stored_bytes.unwrap_or(0), data };
        self.builder.hidden.push_state(&record, id, state.who)
    }

    /// Reads the pixels that a state changed; stages those that one record cannot hold.
    fn read_lists(&mut self, state: &ExportedState) -> Result<Stored, JournalError> {
        let Canvas { mode, .. } = self.builder.hidden.live.canvas;
        let bytes = state.changed as usize * PixelList::pixel_bytes(mode);
        let mut check = ListCheck { region: state.region, last: None, left: state.changed };
        if bytes <= StateRecord::INLINE_BYTES_MAX {
            let mut list = Vec::with_capacity(bytes);
            for _ in 0..state.sections {
                list.extend_from_slice(self.read_list(&mut check)?);
            }
            return self.sections.check(check.left == 0, "count").map(|()| (StateData::Inline(PixelList(list)), None));
        }
        let core = self.builder.core.clone();
        let mut stager = Stager::new(&core, &self.builder.hidden.live)?;
        for _ in 0..state.sections {
            stager.put_part(self.read_list(&mut check)?)?;
        }
        self.sections.check(check.left == 0, "count")?;
        stager.flush()?;
        let data = StateData::Staged { data: stager.id(), parts: stager.parts() };
        Ok((data, Some((stager.id(), stager.stored_bytes()))))
    }

    /// Reads one list, which goes on where `check` left off.
    fn read_list(&mut self, check: &mut ListCheck) -> Result<&[u8], JournalError> {
        let Canvas { size, mode, .. } = self.builder.hidden.live.canvas;
        let kind = self.sections.next()?;
        self.sections.check(kind == SectionKind::List, "order of sections")?;
        self.sections.decode(|body| {
            if body.is_empty() || body.len() > PART_BYTES_MAX {
                return Err(ExportError::Content("length"));
            }
            for pixel in PixelList::read(body, size, mode)? {
                let cell = pixel?.cell;
                let (x, y) = size.position(cell);
                if !check.region.contains(x, y) || check.last.is_some_and(|last| last >= cell) || check.left == 0 {
                    return Err(ExportError::Content("list"));
                }
                check.last = Some(cell);
                check.left -= 1;
            }
            Ok(())
        })?;
        Ok(&self.sections.body)
    }

    /// Reads the tiles that a state changed, and puts them into the tiles that the canvas had before it. What a tile
    /// shows beyond the region is so what it showed before, whatever the file says.
    fn read_tiles(&mut self, state: &ExportedState) -> Result<Stored, JournalError> {
        let version = self.builder.hidden.make_readable()?;
        let (core, live) = (self.builder.core.clone(), self.builder.hidden.live.clone());
        let grid = TileGrid::new(live.canvas.size);
        let around = whole_tiles_around(state.region, live.canvas.size.rect());
        let mut stager = Stager::new(&core, &live)?;
        let (mut list, mut changed, mut left) = (TileList::default(), 0, state.sections);
        let mut next = self.next_tile(&mut left)?;
        let mut bands = ImageReader::new(core.clone(), live.clone(), version, around).by_tiles();
        while let Some(mut band) = bands.next_band()? {
            for index in grid.tiles_in(band.rect()) {
                if next != Some(index) {
                    continue;
                }
                changed += self.overlay(&mut band, index, state.region)?;
                if let Some(rect) = grid.rect(index) {
                    list.0.push((index, stager.put_tile(&crop(&band, rect))?));
                }
                next = self.next_tile(&mut left)?;
            }
        }
        self.sections.check(next.is_none(), "order of tiles")?;
        self.sections.check(changed == state.changed, "count")?;
        let blob = stager.put_blob(&list.encode())?;
        stager.flush()?;
        Ok((StateData::Tiles(blob), Some((stager.id(), stager.stored_bytes()))))
    }

    /// Reads the next of `left` tiles; its cells stay in the section.
    fn next_tile(&mut self, left: &mut u32) -> Result<Option<TileIndex>, JournalError> {
        let Some(after) = left.checked_sub(1) else { return Ok(None) };
        *left = after;
        let kind = self.sections.next()?;
        self.sections.check(kind == SectionKind::Tile, "order of sections")?;
        self.sections.decode(|body| decode_exported_tile(body).map(|(index, _)| Some(index)))
    }

    /// Puts the tile that was read last over `band`; returns how many cells that changes.
    fn overlay(&self, band: &mut Raster, index: TileIndex, region: Rect) -> Result<u32, JournalError> {
        let Canvas { size, mode, background, .. } = self.builder.hidden.live.canvas;
        let common = TileGrid::new(size).rect(index).and_then(|rect| rect.intersection(region));
        let common = common.ok_or_else(|| self.sections.bad("tile"))?;
        let mut cells = Raster::filled(common, mode, background);
        self.sections.decode(|body| {
            let (_, stored) = decode_exported_tile(body)?;
            Ok(decompress_tile(stored, cells.data_mut())?)
        })?;
        let mut changed = 0;
        for y in common.y..common.y + common.h {
            let (Some(old), Some(new)) = (band.span(common.x, y, common.w), cells.span(common.x, y, common.w)) else {
                continue;
            };
            let cells = old.chunks_exact(mode.channels()).zip(new.chunks_exact(mode.channels()));
            changed += cells.map(|(old, new)| u32::from(old != new)).sum::<u32>();
        }
        band.paste(&cells);
        Ok(changed)
    }

    /// The end says what there was, and nothing follows it.
    fn check_end(&mut self, version: Version) -> Result<(), JournalError> {
        let totals = self.sections.decode(ExportedTotals::decode)?;
        let (entries, states, authors) = (self.builder.version().0, self.states, self.builder.authors.count());
        let found = ExportedTotals { entries, states, authors, tags: self.tags };
        let is_all = totals == found && version.0 == entries;
        self.sections.check(is_all, "number of entries")?;
        self.sections.expect_end()
    }
}

/// The cells of a state, and under which id and in how many bytes of records they were staged.
type Stored = (StateData, Option<(crate::canvas::StateId, u64)>);

/// What the lists of one state must keep to.
struct ListCheck {
    region: Rect,
    last: Option<crate::canvas::CellIndex>,
    left: u32,
}

/// Sections on their way in; the body of the last one is kept.
struct Sections<'a> {
    from: BufReader<&'a mut dyn Read>,
    body: Vec<u8>,
    checksum: u32,
    offset: u64,
}

impl<'a> Sections<'a> {
    fn new(from: &'a mut dyn Read) -> Self {
        Self { from: BufReader::with_capacity(BUFFER_BYTES, from), body: Vec::new(), checksum: 0, offset: 0 }
    }

    /// Reads the signature and the version.
    fn begin(&mut self) -> Result<(), JournalError> {
        let signature: [u8; EXPORT_SIGNATURE.len()] = self.read_array()?;
        if signature != EXPORT_SIGNATURE {
            return Err(self.refused(ExportError::Signature));
        }
        let version = u16::from_le_bytes(self.read_array()?);
        if version == EXPORT_VERSION { Ok(()) } else { Err(self.refused(ExportError::Version(version))) }
    }

    /// Reads one section, whose checksum is right.
    fn next(&mut self) -> Result<SectionKind, JournalError> {
        let [kind] = self.read_array()?;
        let kind = SectionKind::from_byte(kind).ok_or_else(|| self.bad("kind of section"))?;
        let length = u32::from_le_bytes(self.read_array()?) as usize;
        self.check(length <= SECTION_BYTES_MAX, "length of a section")?;
        let mut body = std::mem::take(&mut self.body);
        body.resize(length, 0);
        self.read(&mut body)?;
        self.body = body;
        let sum = self.checksum;
        let stored = u32::from_le_bytes(self.read_array()?);
        // The stored sum is not summed up itself.
        self.checksum = sum;
        if stored == sum { Ok(kind) } else { Err(self.refused(ExportError::Checksum)) }
    }

    fn expect_end(&mut self) -> Result<(), JournalError> {
        match self.from.read_exact(&mut [0]) {
            Ok(()) => Err(self.refused(ExportError::Trailing)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(JournalError::Input(error)),
        }
    }

    fn read_array<const N: usize>(&mut self) -> Result<[u8; N], JournalError> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), JournalError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.refused(ExportError::Short),
            _ => JournalError::Input(error),
        })?;
        self.checksum = crc32c::crc32c_append(self.checksum, bytes);
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// What the section that was read last says.
    fn decode<T>(&self, decode: impl FnOnce(&[u8]) -> Result<T, ExportError>) -> Result<T, JournalError> {
        decode(&self.body).map_err(|problem| self.refused(problem))
    }

    fn check(&self, is_so: bool, what: &'static str) -> Result<(), JournalError> {
        if is_so { Ok(()) } else { Err(self.bad(what)) }
    }

    fn bad(&self, what: &'static str) -> JournalError {
        self.refused(ExportError::Content(what))
    }

    fn refused(&self, problem: ExportError) -> JournalError {
        JournalError::BadFile { offset: self.offset, problem }
    }
}
