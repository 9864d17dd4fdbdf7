//! The image as it would be had some entries not happened.
//!
//! Band by band, from the image before the first of them: two rasters, one of what happened and one of what would have
//! happened, and two bits a cell. Both rasters are needed because a large state is stored as whole tiles: which cells
//! it wrote is seen only against the image that it met.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use crate::canvas::{Colour, Pixel, Raster, Rect, TileGrid, Version};
use crate::format::{Blob, StateData, key};
use crate::store::StoreError;

use super::core::Core;
use super::image::ImageReader;
use super::live::Live;
use super::replay::{for_each_pixel, for_each_record, state_record, tile_list};
use super::undo::Undone;
use super::{Canvas, JournalError, RowSource, staging};

/// A part of the image as it would be.
pub(super) struct Without {
    pub(super) rows: Rows,
    /// Cells that the entries had written and others have written since.
    pub(super) skipped: u32,
}

impl Without {
    /// What `region` would look like at `head` had the entries in `undone` not happened.
    pub(super) fn rebuild(
        core: &Arc<Core>,
        live: &Arc<Live>,
        undone: &Undone,
        head: Version,
        region: Rect,
    ) -> Result<Self, JournalError> {
        let failed = |source| StoreError::Io { action: "writing a temporary file", source };
        let mut rows = Rows::new(core, region.area() * live.canvas.mode.channels() as u64).map_err(failed)?;
        let mut bands = ImageReader::new(core.clone(), live.clone(), undone.before(), region);
        let mut skipped = 0;
        while let Some(before) = bands.next_band()? {
            let mut band = Band::new(core, &live.canvas, before);
            band.replay(undone, head)?;
            skipped += band.skipped();
            rows.append(band.without.data()).map_err(failed)?;
        }
        Ok(Self { rows, skipped })
    }
}

/// Rows that are read several times: in memory where they are few, else in a file without a name.
pub(super) struct Rows {
    kept: Arc<Kept>,
    bytes: u64,
}

enum Kept {
    Memory(Vec<u8>),
    File(File),
}

impl Rows {
    /// No rows yet, of `bytes` to come.
    fn new(core: &Core, bytes: u64) -> io::Result<Self> {
        let kept = match usize::try_from(bytes) {
            Ok(few) if few <= core.options.band_bytes => Kept::Memory(Vec::with_capacity(few)),
            _ => Kept::File(core.options.scratch_file()?),
        };
        Ok(Self { kept: Arc::new(kept), bytes: 0 })
    }

    fn append(&mut self, rows: &[u8]) -> io::Result<()> {
        match Arc::get_mut(&mut self.kept) {
            Some(Kept::Memory(kept)) => kept.extend_from_slice(rows),
            Some(Kept::File(file)) => file.write_all_at(rows, self.bytes)?,
            None => return Err(io::ErrorKind::ResourceBusy.into()),
        }
        self.bytes += rows.len() as u64;
        Ok(())
    }

    /// The rows from the top.
    pub(super) fn source(&self) -> Box<dyn RowSource> {
        Box::new(RowsFrom { kept: self.kept.clone(), offset: 0 })
    }
}

struct RowsFrom {
    kept: Arc<Kept>,
    offset: u64,
}

impl RowSource for RowsFrom {
    fn read_row(&mut self, row: &mut [u8]) -> io::Result<()> {
        match &*self.kept {
            Kept::Memory(kept) => {
                let start = usize::try_from(self.offset).unwrap_or(usize::MAX);
                let from = kept.get(start..start.saturating_add(row.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
                row.copy_from_slice(from);
            }
            Kept::File(file) => file.read_exact_at(row, self.offset)?,
        }
        self.offset += row.len() as u64;
        Ok(())
    }
}

/// A band of the image, with and without the undone entries.
struct Band<'a> {
    core: &'a Core,
    canvas: &'a Canvas,
    happened: Raster,
    without: Raster,
    /// Cells that an undone entry has written.
    touched: Bits,
    /// Cells whose last writer is an undone entry.
    visible: Bits,
}

impl<'a> Band<'a> {
    /// The band before the first undone entry.
    fn new(core: &'a Core, canvas: &'a Canvas, before: Raster) -> Self {
        let cells = before.rect().area();
        let (touched, visible) = (Bits::new(cells), Bits::new(cells));
        Self { core, canvas, without: before.clone(), happened: before, touched, visible }
    }

    /// Goes through the entries from the first undone one to `head`.
    fn replay(&mut self, undone: &Undone, head: Version) -> Result<(), JournalError> {
        let (core, canvas, rect) = (self.core, self.canvas, self.happened.rect());
        for_each_record(core, canvas, undone.before(), head, |record, view, range| {
            let misses = view.bounds().is_none_or(|bounds| bounds.intersection(rect).is_none());
            if view.is_pixels_only() && misses {
                return Ok(true);
            }
            for index in range {
                let version = record.first.after(index as u64);
                let is_undone = undone.contains(version);
                match view.pixel(index) {
                    Some(pixel) => self.write(pixel, is_undone),
                    None => self.write_state(version, is_undone)?,
                }
            }
            Ok(true)
        })
    }

    /// An entry writes a cell.
    fn write(&mut self, pixel: Pixel, is_undone: bool) {
        let (x, y) = self.canvas.size.position(pixel.cell);
        let rect = self.happened.rect();
        if !rect.contains(x, y) {
            return;
        }
        let bit = u64::from(y - rect.y) * u64::from(rect.w) + u64::from(x - rect.x);
        self.happened.set(self.canvas.size, pixel);
        self.visible.set(bit, is_undone);
        if is_undone {
            self.touched.set(bit, true);
        } else {
            self.without.set(self.canvas.size, pixel);
        }
    }

    /// A state entry writes the cells whose colour it changed.
    fn write_state(&mut self, version: Version, is_undone: bool) -> Result<(), JournalError> {
        let (core, canvas) = (self.core, self.canvas);
        let state = state_record(core, canvas, version)?;
        let Some(common) = state.region.intersection(self.happened.rect()) else { return Ok(()) };
        let key = key::state(canvas.id, version);
        match state.data {
            StateData::Inline(list) => for_each_pixel(canvas, &key, &list.0, |pixel| self.write(pixel, is_undone)),
            StateData::Staged { data, parts } => {
                for part in 0..parts {
                    let list = staging::read_part(core, canvas.id, data, part)?;
                    for_each_pixel(canvas, &key, &list, |pixel| self.write(pixel, is_undone))?;
                }
                Ok(())
            }
            StateData::Tiles(blob) => self.write_tiles(blob, common, is_undone),
        }
    }

    fn write_tiles(&mut self, blob: Blob, common: Rect, is_undone: bool) -> Result<(), JournalError> {
        let (core, canvas) = (self.core, self.canvas);
        let tiles = tile_list(core, canvas, blob)?;
        for index in TileGrid::new(canvas.size).tiles_in(common) {
            let Some(tile) = tiles.find(index) else { continue };
            let tile = staging::read_tile(core, canvas, index, tile)?;
            let Some(part) = tile.rect().intersection(self.happened.rect()) else { continue };
            for y in part.y..part.y + part.h {
                self.write_changed(&tile, Rect { y, h: 1, ..part }, is_undone);
            }
        }
        Ok(())
    }

    /// Writes the cells of one row that `tile` shows in another colour than before.
    fn write_changed(&mut self, tile: &Raster, row: Rect, is_undone: bool) {
        let channels = self.canvas.mode.channels();
        let (Some(new), Some(old)) =
            (tile.span(row.x, row.y, row.w), self.happened.span(row.x, row.y, row.w).map(<[u8]>::to_vec))
        else {
            return;
        };
        for (x, (new, old)) in (row.x..).zip(new.chunks_exact(channels).zip(old.chunks_exact(channels))) {
            if new != old
                && let (Some(cell), Some(colour)) = (self.canvas.size.cell(x, row.y), Colour::from_cell(new))
            {
                self.write(Pixel { cell, colour }, is_undone);
            }
        }
    }

    /// Cells that an undone entry has written, and another after it.
    fn skipped(&self) -> u32 {
        self.touched.0.iter().zip(&self.visible.0).map(|(touched, visible)| (touched & !visible).count_ones()).sum()
    }
}

/// A bit for each cell of a band.
struct Bits(Vec<u64>);

impl Bits {
    fn new(count: u64) -> Self {
        Self(vec![0; usize::try_from(count.div_ceil(64)).unwrap_or(usize::MAX)])
    }

    fn set(&mut self, bit: u64, value: bool) {
        if let Some(word) = usize::try_from(bit / 64).ok().and_then(|word| self.0.get_mut(word)) {
            *word = *word & !(1 << (bit % 64)) | u64::from(value) << (bit % 64);
        }
    }
}
