//! Blocks and tail records: the entries of a log, packed column by column.
//!
//! Header, then (only where some entries are states) a bitmap of which, then all cells, then all colours. An entry that
//! is a state has a cell and a colour of zeros here; what it did stands in a record of its own.

use bincode::{Decode, Encode};

use super::frame::{end_frame, put_header, start_frame, take_header};
use super::{BLOCK_ENTRIES, FormatError, Who, open_frame};
use crate::canvas::{AuthorId, CellIndex, Colour, Mode, Pixel, Rect, Size, Source, Time};

/// One entry of a block as the committer holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The pixel; `None` for a state.
    pub pixel: Option<Pixel>,
    /// Who wrote it, when, on which way.
    pub who: Who,
}

#[derive(Debug, Encode, Decode)]
struct Header {
    count: u16,
    cell_bytes: u8,
    channels: u8,
    has_states: bool,
    first_time: i64,
    last_time: i64,
    /// Author and source where they, and the time, are the same for all entries.
    uniform: Option<(u32, u8)>,
    /// x, y, w, h of the smallest rectangle around all pixels; all 0 where there are none.
    bounds: [u32; 4],
}

/// Bytes of a cell on a canvas of `size`: 3 where 24 bits hold every cell, else 4.
fn cell_bytes(size: Size) -> usize {
    if size.cells() <= 1 << 24 { 3 } else { 4 }
}

/// The record of `slots` under `key`, on a canvas of `size` and `mode`; and whether author, source and time are the
/// same for all of them, so that no record of [`super::encode_who`] is needed beside it.
#[must_use]
pub fn encode_block(key: &[u8], size: Size, mode: Mode, slots: &[Slot]) -> (Vec<u8>, bool) {
    debug_assert!(!slots.is_empty() && slots.len() <= BLOCK_ENTRIES);
    let (cell_bytes, channels) = (cell_bytes(size), mode.channels());
    let first = slots.first().map_or_else(Who::default, |slot| slot.who);
    let last = slots.last().map_or_else(Who::default, |slot| slot.who);
    let is_uniform = slots.iter().all(|slot| slot.who == first);
    let has_states = slots.iter().any(|slot| slot.pixel.is_none());
    let header = Header {
        count: u16::try_from(slots.len()).unwrap_or(u16::MAX),
        cell_bytes: u8::try_from(cell_bytes).unwrap_or(u8::MAX),
        channels: u8::try_from(channels).unwrap_or(u8::MAX),
        has_states,
        first_time: first.time.0,
        last_time: last.time.0,
        uniform: is_uniform.then_some((first.author.0, first.source as u8)),
        bounds: bounds(size, slots),
    };
    let mut record = start_frame(128 + slots.len() * (cell_bytes + channels));
    put_header(&mut record, &header);
    if has_states {
        record.extend(slots.chunks(8).map(|eight| {
            eight.iter().enumerate().fold(0u8, |byte, (bit, slot)| byte | u8::from(slot.pixel.is_none()) << bit)
        }));
    }
    let blank = Pixel { cell: CellIndex(0), colour: Colour([0; 4]) };
    for slot in slots {
        record.extend_from_slice(&slot.pixel.unwrap_or(blank).cell.0.to_le_bytes()[..cell_bytes]);
    }
    for slot in slots {
        record.extend_from_slice(slot.pixel.unwrap_or(blank).colour.bytes(mode));
    }
    (end_frame(key, record), is_uniform)
}

fn bounds(size: Size, slots: &[Slot]) -> [u32; 4] {
    let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
    for pixel in slots.iter().filter_map(|slot| slot.pixel) {
        let (x, y) = size.position(pixel.cell);
        left = left.min(x);
        right = right.max(x);
        top = top.min(y);
        bottom = bottom.max(y);
    }
    if left > right { [0; 4] } else { [left, top, right - left + 1, bottom - top + 1] }
}

/// A block or tail record, checked and taken apart, its columns still in place.
#[derive(Debug)]
pub struct BlockView<'a> {
    header: Header,
    states: Option<&'a [u8]>,
    cells: &'a [u8],
    colours: &'a [u8],
}

impl<'a> BlockView<'a> {
    /// The entries of `record`, read from under `key`, of a canvas of `size` and `mode`. Every cell is checked to lie
    /// on the canvas.
    ///
    /// # Errors
    ///
    /// [`FormatError`] where it is damaged, or not a block of such a canvas.
    pub fn open(key: &[u8], record: &'a [u8], size: Size, mode: Mode) -> Result<Self, FormatError> {
        let (header, rest): (Header, _) = take_header(open_frame(key, record)?)?;
        let count = usize::from(header.count);
        if count == 0 || count > BLOCK_ENTRIES {
            return Err(FormatError::Content("count"));
        }
        if usize::from(header.cell_bytes) != cell_bytes(size) || usize::from(header.channels) != mode.channels() {
            return Err(FormatError::Content("layout"));
        }
        if header.first_time > header.last_time {
            return Err(FormatError::Content("time"));
        }
        let bitmap_bytes = if header.has_states { count.div_ceil(8) } else { 0 };
        let (states, rest) = rest.split_at_checked(bitmap_bytes).ok_or(FormatError::Short)?;
        let (cells, colours) = rest.split_at_checked(count * cell_bytes(size)).ok_or(FormatError::Short)?;
        if colours.len() != count * mode.channels() {
            return Err(FormatError::Content("length"));
        }
        let view = Self { states: header.has_states.then_some(states), header, cells, colours };
        if view.max_cell() >= size.cells() {
            return Err(FormatError::Content("cell"));
        }
        Ok(view)
    }

    fn max_cell(&self) -> u32 {
        match self.header.cell_bytes {
            3 => self.cells.chunks_exact(3).map(narrow_cell).max(),
            _ => self.cells.chunks_exact(4).map(wide_cell).max(),
        }
        .unwrap_or(0)
    }

    /// How many entries it holds: 1 to 512.
    #[must_use]
    pub fn count(&self) -> usize {
        usize::from(self.header.count)
    }

    /// The time of its first and of its last entry.
    #[must_use]
    pub fn times(&self) -> (Time, Time) {
        (Time(self.header.first_time), Time(self.header.last_time))
    }

    /// Whether no entry is a state, so that the columns can be replayed without looking at each.
    #[must_use]
    pub fn is_pixels_only(&self) -> bool {
        self.states.is_none()
    }

    /// The smallest rectangle around its pixels (states left out); `None` where it has none.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let [x, y, w, h] = self.header.bounds;
        (w > 0).then_some(Rect { x, y, w, h })
    }

    /// Who wrote its entries, where that is the same for all.
    ///
    /// # Errors
    ///
    /// [`FormatError::Content`] for a source that does not exist.
    pub fn uniform_who(&self) -> Result<Option<Who>, FormatError> {
        let Some((author, source)) = self.header.uniform else { return Ok(None) };
        let source = Source::from_number(source).ok_or(FormatError::Content("source"))?;
        Ok(Some(Who { time: Time(self.header.first_time), author: AuthorId(author), source }))
    }

    /// The entry at `index` (from 0): its pixel, or `None` for a state. Beyond the last: `None`.
    #[must_use]
    pub fn pixel(&self, index: usize) -> Option<Pixel> {
        if index >= self.count() || self.is_state(index) {
            return None;
        }
        let width = usize::from(self.header.cell_bytes);
        let cell = self.cells.get(index * width..(index + 1) * width)?;
        let channels = usize::from(self.header.channels);
        let colour = Colour::from_cell(self.colours.get(index * channels..(index + 1) * channels)?)?;
        let cell = if width == 3 { narrow_cell(cell) } else { wide_cell(cell) };
        Some(Pixel { cell: CellIndex(cell), colour })
    }

    /// Whether the entry at `index` is a state.
    #[must_use]
    pub fn is_state(&self, index: usize) -> bool {
        self.states.is_some_and(|bits| bits.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1))
    }

    /// The entries among those of `range` that are pixels of `cell`, in order. A fast scan of one column.
    #[must_use]
    pub fn entries_of(&self, cell: CellIndex, range: std::ops::Range<usize>) -> impl DoubleEndedIterator<Item = usize> {
        let [a, b, c, d] = cell.0.to_le_bytes();
        let is_narrow = self.header.cell_bytes == 3;
        let narrow: &[[u8; 3]] = if is_narrow { self.cells.as_chunks().0 } else { &[] };
        let wide: &[[u8; 4]] = if is_narrow { &[] } else { self.cells.as_chunks().0 };
        let within = range.start.min(self.count())..range.end.min(self.count());
        // 24 bits cannot hold a cell with anything in the upper 8.
        let narrow =
            narrow.get(within.clone()).filter(|_| d == 0).unwrap_or_default().iter().map(move |at| *at == [a, b, c]);
        let wide = wide.get(within.clone()).unwrap_or_default().iter().map(move |at| *at == [a, b, c, d]);
        let first = within.start;
        let found = |start: usize| move |(index, is_it): (usize, bool)| is_it.then_some(start + index);
        let narrow = narrow.enumerate().filter_map(found(first));
        narrow.chain(wide.enumerate().filter_map(found(first))).filter(|index| !self.is_state(*index))
    }

    /// Calls `set` with the cell and the `C` colour bytes of each of the first `count` entries from the entry at `skip`
    /// on; all must be pixels ([`Self::is_pixels_only`]), and `C` the channels of the mode it was opened with.
    #[inline]
    pub fn for_each_cell<const C: usize>(&self, skip: usize, count: usize, mut set: impl FnMut(u32, &[u8; C])) {
        debug_assert_eq!(C, usize::from(self.header.channels));
        let colours = self.colours.as_chunks::<C>().0.iter().take(count).skip(skip);
        if self.header.cell_bytes == 3 {
            let cells = self.cells.as_chunks::<3>().0.iter().take(count).skip(skip);
            cells.zip(colours).for_each(|(&[a, b, c], colour)| set(u32::from_le_bytes([a, b, c, 0]), colour));
        } else {
            let cells = self.cells.as_chunks::<4>().0.iter().take(count).skip(skip);
            cells.zip(colours).for_each(|(cell, colour)| set(u32::from_le_bytes(*cell), colour));
        }
    }
}

#[inline]
fn narrow_cell(bytes: &[u8]) -> u32 {
    match *bytes {
        [a, b, c] => u32::from_le_bytes([a, b, c, 0]),
        _ => u32::MAX,
    }
}

#[inline]
fn wide_cell(bytes: &[u8]) -> u32 {
    match *bytes {
        [a, b, c, d] => u32::from_le_bytes([a, b, c, d]),
        _ => u32::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slots(cells: u32, mode: Mode) -> impl Strategy<Value = Vec<Slot>> {
        let pixel = (0..cells, any::<[u8; 4]>()).prop_map(move |(cell, mut colour)| {
            if mode == Mode::Rgb {
                colour[3] = 255;
            }
            Pixel { cell: CellIndex(cell), colour: Colour(colour) }
        });
        let who = (0i64..3, 0u32..3, 0u8..8).prop_map(|(time, author, source)| Who {
            time: Time(1_000 + time),
            author: AuthorId(author),
            source: Source::from_number(source).expect("0 to 7"),
        });
        let slot = (proptest::option::weighted(0.9, pixel), who).prop_map(|(pixel, who)| Slot { pixel, who });
        proptest::collection::vec(slot, 1..=BLOCK_ENTRIES).prop_map(|mut slots| {
            slots.sort_by_key(|slot| slot.who.time);
            slots
        })
    }

    fn check(size: Size, mode: Mode, slots: &[Slot]) {
        let (record, is_uniform) = encode_block(b"key", size, mode, slots);
        assert!(record.len() <= crate::format::VALUE_BYTES_MAX);
        let view = BlockView::open(b"key", &record, size, mode).expect("just encoded");
        assert_eq!(view.count(), slots.len());
        assert_eq!(view.uniform_who().expect("valid").is_some(), is_uniform);
        for (index, slot) in slots.iter().enumerate() {
            assert_eq!(view.pixel(index), slot.pixel);
            assert_eq!(view.is_state(index), slot.pixel.is_none());
            if let Some(pixel) = slot.pixel {
                let (x, y) = size.position(pixel.cell);
                assert!(view.bounds().expect("has a pixel").contains(x, y));
            }
        }
        assert_eq!(view.pixel(slots.len()), None);
        let middle = slots.len() / 2;
        for cell in [CellIndex(0), slots[middle].pixel.map_or(CellIndex(1), |pixel| pixel.cell)] {
            for range in [0..slots.len(), 1..middle, middle..slots.len() + 1] {
                let is_it =
                    |index: &usize| slots.get(*index).is_some_and(|slot| slot.pixel.is_some_and(|p| p.cell == cell));
                let expected: Vec<_> = range.clone().filter(is_it).collect();
                assert_eq!(view.entries_of(cell, range).collect::<Vec<_>>(), expected);
            }
        }
    }

    proptest! {
        #[test]
        fn blocks_round_trip(
            narrow in slots(70 * 30, Mode::Rgb),
            wide in slots(1 << 25, Mode::Rgba),
        ) {
            check(Size::new(70, 30).expect("small"), Mode::Rgb, &narrow);
            check(Size::new(1 << 13, 1 << 12).expect("fits"), Mode::Rgba, &wide);
        }

        #[test]
        fn damage_is_an_error(slots in slots(100, Mode::Rgb), at in any::<prop::sample::Index>(), flip in 1u8..) {
            let size = Size::new(10, 10).expect("small");
            let (mut record, _) = encode_block(b"key", size, Mode::Rgb, &slots);
            let at = at.index(record.len());
            record[at] ^= flip;
            prop_assert!(BlockView::open(b"key", &record, size, Mode::Rgb).is_err());
            prop_assert!(BlockView::open(b"key", &record[..at], size, Mode::Rgb).is_err());
        }
    }

    #[test]
    fn a_block_of_another_canvas_is_refused() {
        let size = Size::new(10, 10).expect("small");
        let slot = Slot { pixel: Some(Pixel { cell: CellIndex(99), colour: Colour::WHITE }), who: Who::default() };
        let (record, _) = encode_block(b"key", size, Mode::Rgb, &[slot]);
        let open = |size, mode| BlockView::open(b"key", &record, size, mode).map(|view| view.count());
        assert_eq!(open(size, Mode::Rgb), Ok(1));
        assert_eq!(open(size, Mode::Rgba), Err(FormatError::Content("layout")));
        assert_eq!(open(Size::new(9, 11).expect("small"), Mode::Rgb), Err(FormatError::Content("cell")));
    }
}
