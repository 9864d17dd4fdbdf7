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
    /// What lies behind this is among the bits. The run's own pixels are added when somebody else's are to be noted.
    marked: Cursor,
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

    /// Whether everything that is taken lies behind the cursor.
    pub(super) const fn is_plain(&self) -> bool {
        self.taken.is_none()
    }

    /// From now on the bits say what is taken, with all that lies behind `cursor`.
    pub(super) fn expand(&mut self, cursor: Cursor) {
        if self.taken.is_none() {
            self.clear();
        }
        let Some(taken) = &mut self.taken else { return };
        for cell in (taken.marked.cell..cursor.cell).filter_map(|index| self.cells.get(index)) {
            taken.cells.replace(cell, true);
        }
        let colours = (taken.marked.colour..cursor.colour).filter_map(|index| self.colours.get(index));
        for colour in colours.filter(|colour| *colour != WHITE) {
            taken.colours.replace(colour, true);
        }
        taken.marked = cursor;
    }

    /// From now on the bits say what is taken: until [`Self::note`] says otherwise, nothing.
    pub(super) fn clear(&mut self) {
        let (cells, colours) = (Bits::new(self.cell_count), Bits::new(COLOURS));
        self.taken = Some(Taken { cells, colours, marked: Cursor::default() });
    }

    /// Notes the colour of a cell, and moves the cursor back where the cell lies behind it and is white now. To be called
    /// after [`Self::expand`] or [`Self::clear`] with that cursor.
    pub(super) fn note(&mut self, cursor: &mut Cursor, cell: CellIndex, colour: Colour) {
        let Some(taken) = &mut self.taken else { return };
        let is_white = colour == Colour::WHITE;
        let was_coloured = taken.cells.replace(cell.0, !is_white);
        if !is_white {
            taken.colours.replace(colour.rgb_number(), true);
        } else if was_coloured && let Some(index) = self.cells.index_of(cell.0) {
            cursor.cell = cursor.cell.min(index);
            taken.marked.cell = taken.marked.cell.min(index);
        }
    }

    /// Cells that are not white, where the bits say it: with no pixel of the run since [`Self::expand`].
    pub(super) fn coloured(&self) -> Option<u32> {
        self.taken.as_ref().map(|taken| taken.cells.count())
    }

    /// Colours that are free when all pixels up to `cursor` are taken.
    pub(super) fn colours_left(&self, cursor: Cursor) -> u32 {
        let in_use = self.taken.as_ref().map_or_else(|| self.colours_behind(cursor), |taken| taken.colours.count());
        COLOURS_MAX - in_use
    }

    /// Colours behind the cursor, but for white.
    fn colours_behind(&self, cursor: Cursor) -> u32 {
        let white_is_behind = self.colours.index_of(WHITE).is_some_and(|index| index < cursor.colour);
        cursor.colour - u32::from(white_is_behind)
    }

    /// Moves the cursor over what is taken, and gives the bits up where they say no more than the cursor does.
    pub(super) fn contract(&mut self, cursor: &mut Cursor) {
        if self.is_plain() {
            return;
        }
        self.expand(*cursor);
        let Some(taken) = &self.taken else { return };
        while self.cells.get(cursor.cell).is_some_and(|cell| taken.cells.contains(cell)) {
            cursor.cell += 1;
        }
        let is_taken = |colour| colour == WHITE || taken.colours.contains(colour);
        while self.colours.get(cursor.colour).is_some_and(is_taken) {
            cursor.colour += 1;
        }
        if taken.cells.count() == cursor.cell && taken.colours.count() == self.colours_behind(*cursor) {
            self.taken = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// A canvas as a plain map of coloured cells.
    #[derive(Default)]
    struct Model(HashMap<u32, Colour>);

    impl Model {
        fn paint(&mut self, cell: CellIndex, colour: Colour) {
            if colour == Colour::WHITE {
                self.0.remove(&cell.0)
            } else {
                self.0.insert(cell.0, colour)
            };
        }

        /// Pixels of the run.
        fn take(&mut self, pixels: &[Pixel]) {
            for pixel in pixels {
                assert_ne!(pixel.colour, Colour::WHITE);
                assert!(!self.0.values().any(|colour| *colour == pixel.colour), "{pixel:?} has a colour in use");
                assert_eq!(self.0.insert(pixel.cell.0, pixel.colour), None, "{pixel:?} is on a coloured cell");
            }
        }
    }

    /// Numbers that look random (Knuth's MMIX constants).
    fn below(state: &mut u64, n: u32) -> u32 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((*state >> 33) % u64::from(n)).expect("below n")
    }

    #[test]
    fn whatever_others_do_cells_are_white_and_colours_new() {
        for seed in 0..300 {
            let mut state = seed;
            let cells = 1 + below(&mut state, 60);
            let (mut plan, mut cursor, mut model) = (Plan::new(cells, seed), Cursor::default(), Model::default());
            for _ in 0..40 {
                if below(&mut state, 3) > 0 {
                    model.take(&plan.take(&mut cursor, below(&mut state, 6)));
                } else {
                    plan.expand(cursor);
                    let used: Vec<Colour> = model.0.values().copied().collect();
                    let next = plan.take(&mut cursor.clone(), 3);
                    let colour = match below(&mut state, 4) {
                        0 => Colour::WHITE,
                        1 if !used.is_empty() => used[(state >> 40) as usize % used.len()],
                        2 if !next.is_empty() => next[(state >> 40) as usize % next.len()].colour,
                        _ => Colour::from_rgb_number(below(&mut state, COLOURS)),
                    };
                    let cell = CellIndex(below(&mut state, cells));
                    plan.note(&mut cursor, cell, colour);
                    model.paint(cell, colour);
                }
                if below(&mut state, 4) == 0 {
                    plan.contract(&mut cursor);
                    let coloured = plan.coloured().unwrap_or(cursor.cell);
                    assert_eq!(coloured as usize, model.0.len(), "seed {seed}");
                }
            }
            // Nothing is forgotten: it comes to its end.
            let left = cells as usize - model.0.len();
            let rest = plan.take(&mut cursor, cells);
            assert_eq!(rest.len(), left, "seed {seed}");
            model.take(&rest);
        }
    }

    #[test]
    fn white_is_passed_over() {
        let plan = Plan::new(100, 5);
        let colour = plan.colours.index_of(WHITE).expect("a colour");
        let mut cursor = Cursor { cell: 0, colour };
        let pixels = plan.take(&mut cursor, 1);
        assert_eq!((pixels.len(), cursor.colour), (1, colour + 2));
        assert_ne!(pixels[0].colour, Colour::WHITE);
        assert_eq!(plan.colours_left(Cursor { cell: 0, colour }), COLOURS_MAX - colour);
        assert_eq!(plan.colours_left(cursor), COLOURS_MAX - colour - 1);
    }

    #[test]
    fn colours_run_out() {
        let plan = Plan::new(100, 5);
        let mut cursor = Cursor { cell: 0, colour: COLOURS - 2 };
        assert_eq!(plan.take(&mut cursor, 100).len(), 2);
        assert_eq!(plan.colours_left(cursor), 0);
    }
}
