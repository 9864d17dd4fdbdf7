//! A set of numbers below a bound, one bit each.

/// A set of numbers below a bound.
#[derive(Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
    count: u32,
}

impl Bits {
    /// The empty set of numbers below `bound`.
    pub(super) fn new(bound: u32) -> Self {
        Self { words: vec![0; bound.div_ceil(u64::BITS) as usize], count: 0 }
    }

    /// How many there are.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    /// Whether `number` is one of them. What is not below the bound is not.
    pub(super) fn contains(&self, number: u32) -> bool {
        self.words.get((number / u64::BITS) as usize).is_some_and(|word| word >> (number % u64::BITS) & 1 == 1)
    }

    /// Puts `number` in, or takes it out; returns whether it was in. What is not below the bound is left out.
    pub(super) fn replace(&mut self, number: u32, is_in: bool) -> bool {
        let Some(word) = self.words.get_mut((number / u64::BITS) as usize) else { return false };
        let bit = 1 << (number % u64::BITS);
        let was_in = *word & bit != 0;
        if is_in != was_in {
            *word ^= bit;
            self.count = if is_in { self.count + 1 } else { self.count - 1 };
        }
        was_in
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_in_and_out() {
        let mut bits = Bits::new(70);
        assert!(!bits.replace(69, true) && bits.replace(69, true) && !bits.replace(3, true));
        assert_eq!(
            (bits.count(), bits.contains(69), bits.contains(68), bits.contains(1 << 20)),
            (2, true, false, false)
        );
        assert!(bits.replace(69, false) && !bits.replace(69, false));
        assert_eq!((bits.count(), bits.contains(69)), (1, false));
    }
}
