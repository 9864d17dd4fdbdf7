//! Which cell is next, and which colour: two orders that the seed chooses, and what of them is taken.
//!
//! On a canvas that only the run writes to, what is taken is the first part of each order, so that two numbers say it
//! all. Where others draw too, two sets of bits say which cells are not white and which colours are in use.

use crate::canvas::{CellIndex, Colour, Permutation, Pixel};

use super::bits::Bits;

/// Colours of three bytes, white among them.
const COLOURS: u32 = 1 << 24;

/// The colours that a run may use on a white canvas.
pub(super) const COLOURS_MAX: u32 = COLOURS - 1;

/// The number of white, which no run uses.
const WHITE: u32 = COLOURS - 1;

/// Makes the order of the colours another than that of the cells.
const COLOUR_KEY: u64 = 0x636f_6c6f_7572_7321;

/// How far the two orders are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cursor {
    /// Ordered cells behind it.
    pub(super) cell: u32,
    /// Ordered colours behind it.
    pub(super) colour: u32,
}

/// The random choices of a run: the next cell is the first in its order that is white, the next colour the first in its
/// order that is free.
#[derive(Debug)]
pub(super) struct Plan {
    cells: Permutation,
    colours: Permutation,
    cell_count: u32,
    taken: Option<Taken>,
}

/// What is taken, where that is not just all behind the cursor.
#[derive(Debug)]
struct Taken {
    /// Cells that are not white.
    cells: Bits,
    /// Colours in use, or once in use: one that was painted over is not looked for.
    colours: Bits,
}

impl Plan {
    /// The plan for a canvas on which everything behind the cursor is taken, and nothing else.
    pub(super) fn new(cell_count: u32, seed: u64) -> Self {
        let (cells, colours) = (Permutation::new(cell_count, seed), Permutation::new(COLOURS, seed ^ COLOUR_KEY));
        Self { cells, colours, cell_count, taken: None }
    }

    /// Takes at most `count` pixels; fewer where cells or colours run out.
    pub(super) fn take(&self, cursor: &mut Cursor, count: u32) -> Vec<Pixel> {
        let mut pixels = Vec::with_capacity(count as usize);
        while pixels.len() < count as usize
            && let Some(cell) = self.next_cell(cursor)
            && let Some(colour) = self.next_colour(cursor)
        {
            pixels.push(Pixel { cell: CellIndex(cell), colour: Colour::from_rgb_number(colour) });
        }
        pixels
    }

    fn next_cell(&self, cursor: &mut Cursor) -> Option<u32> {
        loop {
            let cell = self.cells.get(cursor.cell)?;
            cursor.cell += 1;
            if !self.taken.as_ref().is_some_and(|taken| taken.cells.contains(cell)) {
                return Some(cell);
            }
        }
    }

    fn next_colour(&self, cursor: &mut Cursor) -> Option<u32> {
        loop {
            let colour = self.colours.get(cursor.colour)?;
            cursor.colour += 1;
            if colour != WHITE && !self.taken.as_ref().is_some_and(|taken| taken.colours.contains(colour)) {
                return Some(colour);
            }
        }
    }

    /// Notes that what lies between two cursors is taken now.
    pub(super) fn settle(&mut self, from: Cursor, to: Cursor) {
        let Some(taken) = &mut self.taken else { return };
        for cell in (from.cell..to.cell).filter_map(|index| self.cells.get(index)) {
            taken.cells.replace(cell, true);
        }
        let colours = (from.colour..to.colour).filter_map(|index| self.colours.get(index));
        for colour in colours.filter(|colour| *colour != WHITE) {
            taken.colours.replace(colour, true);
        }
    }

    /// Whether everything that is taken lies behind the cursor.
    pub(super) const fn is_plain(&self) -> bool {
        self.taken.is_none()
    }

    /// From now on the bits say what is taken: until [`Self::note`] says otherwise, what lies behind `cursor`.
    pub(super) fn expand(&mut self, cursor: Cursor) {
        if self.taken.is_none() {
            self.clear();
            self.settle(Cursor::default(), cursor);
        }
    }

    /// From now on the bits say what is taken: until [`Self::note`] says otherwise, nothing.
    pub(super) fn clear(&mut self) {
        self.taken = Some(Taken { cells: Bits::new(self.cell_count), colours: Bits::new(COLOURS) });
    }

    /// Notes the colour of a cell, and moves the cursor back where the cell lies behind it and is white now. Nothing
    /// happens before [`Self::expand`] or [`Self::clear`].
    pub(super) fn note(&mut self, cursor: &mut Cursor, cell: CellIndex, colour: Colour) {
        let Some(taken) = &mut self.taken else { return };
        let is_white = colour == Colour::WHITE;
        let was_coloured = taken.cells.replace(cell.0, !is_white);
        if !is_white {
            taken.colours.replace(colour.rgb_number(), true);
        } else if was_coloured && let Some(index) = self.cells.index_of(cell.0) {
            cursor.cell = cursor.cell.min(index);
        }
    }

    /// Cells that are not white, where the bits say it.
    pub(super) fn coloured(&self) -> Option<u32> {
        self.taken.as_ref().map(|taken| taken.cells.count())
    }

    /// Colours that are free, where the bits say it.
    pub(super) fn colours_left(&self) -> Option<u32> {
        self.taken.as_ref().map(|taken| COLOURS_MAX - taken.colours.count())
    }

    /// Moves the cursor over what is taken, and gives the bits up where they say no more than the cursor does.
    pub(super) fn contract(&mut self, cursor: &mut Cursor) {
        let Some(taken) = &self.taken else { return };
        while self.cells.get(cursor.cell).is_some_and(|cell| taken.cells.contains(cell)) {
            cursor.cell += 1;
        }
        let is_taken = |colour| colour == WHITE || taken.colours.contains(colour);
        while self.colours.get(cursor.colour).is_some_and(is_taken) {
            cursor.colour += 1;
        }
        let white_is_behind = self.colours.index_of(WHITE).is_some_and(|index| index < cursor.colour);
        let colours_behind = cursor.colour - u32::from(white_is_behind);
        if taken.cells.count() == cursor.cell && taken.colours.count() == colours_behind {
            self.taken = None;
        }
    }
}
