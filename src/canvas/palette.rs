//! The colours that a canvas may take.

use thiserror::Error;

use super::Colour;

/// 1 to 1,024 colours, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    colours: Vec<Colour>,
    sorted: Vec<Colour>,
}

/// Why colours make no palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PaletteError {
    /// None, or too many.
    #[error("a palette has 1 to {max} colours, not {count}")]
    Count {
        /// How many there were.
        count: usize,
        /// The most that are taken.
        max: usize,
    },
    /// A transparent colour for a canvas that has none.
    #[error("colour {index} of the palette is transparent, which an rgb canvas cannot hold")]
    Transparent {
        /// Its place, from 0.
        index: usize,
    },
}

impl Palette {
    /// The most colours.
    pub const COLOURS_MAX: usize = 1_024;

    /// A palette of these colours.
    ///
    /// # Errors
    ///
    /// [`PaletteError::Count`].
    pub fn new(colours: Vec<Colour>) -> Result<Self, PaletteError> {
        let (count, max) = (colours.len(), Self::COLOURS_MAX);
        if count == 0 || count > max {
            return Err(PaletteError::Count { count, max });
        }
        let mut sorted = colours.clone();
        sorted.sort_unstable();
        sorted.dedup();
        Ok(Self { colours, sorted })
    }

    /// The colours, in the order in which they were given.
    #[must_use]
    pub fn colours(&self) -> &[Colour] {
        &self.colours
    }

    /// Whether `colour` is one of them.
    #[must_use]
    pub fn contains(&self, colour: Colour) -> bool {
        self.sorted.binary_search(&colour).is_ok()
    }

    /// That an rgb canvas can hold every one of them.
    ///
    /// # Errors
    ///
    /// [`PaletteError::Transparent`] with the first that is not opaque.
    pub fn check_opaque(&self) -> Result<(), PaletteError> {
        let transparent = self.colours.iter().position(|colour| !colour.is_opaque());
        transparent.map_or(Ok(()), |index| Err(PaletteError::Transparent { index }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_palette_holds_its_colours_and_no_others() {
        let colours = vec![Colour::rgb(9, 9, 9), Colour::rgb(1, 2, 3), Colour::rgb(9, 9, 9)];
        let palette = Palette::new(colours.clone()).expect("three");
        assert_eq!(palette.colours(), colours);
        assert!(palette.contains(Colour::rgb(1, 2, 3)) && palette.contains(Colour::rgb(9, 9, 9)));
        assert!(!palette.contains(Colour([1, 2, 3, 254])));
        assert_eq!(palette.check_opaque(), Ok(()));
    }

    #[test]
    fn what_is_no_palette_is_refused() {
        let of = |count| Palette::new(vec![Colour::WHITE; count]).map(|palette| palette.colours().len());
        assert_eq!(of(0), Err(PaletteError::Count { count: 0, max: 1_024 }));
        assert_eq!(of(1_024), Ok(1_024));
        assert_eq!(of(1_025), Err(PaletteError::Count { count: 1_025, max: 1_024 }));
        let glass = Palette::new(vec![Colour::WHITE, Colour([0; 4])]).expect("two");
        assert_eq!(glass.check_opaque(), Err(PaletteError::Transparent { index: 1 }));
    }
}
