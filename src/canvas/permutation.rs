//! A keyed permutation of `0..n` in constant memory: the random order of a run.
//!
//! A balanced Feistel network (M. Luby and C. Rackoff, "How to Construct Pseudorandom Permutations from Pseudorandom
//! Functions", SIAM J. Comput. 17(2), 1988) over the smallest even number of bits that holds `n`, made to fit `n` by
//! cycle-walking (J. Black and P. Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002, section 3). It is
//! random-looking and repeatable, not secret.

/// A permutation of the numbers below `n`, chosen by a key.
#[derive(Debug, Clone)]
pub struct Permutation {
    n: u32,
    half_bits: u32,
    round_keys: [u64; ROUNDS],
}

/// Four rounds make a strong pseudorandom permutation in Luby and Rackoff's sense; six hide the structure of the
/// cheap round function as well.
const ROUNDS: usize = 6;

impl Permutation {
    /// The permutation of `0..n` that `key` chooses.
    #[must_use]
    pub fn new(n: u32, key: u64) -> Self {
        let bits = u32::BITS - n.saturating_sub(1).leading_zeros();
        let mut state = key;
        let round_keys = std::array::from_fn(|_| split_mix(&mut state));
        Self { n, half_bits: bits.div_ceil(2).max(1), round_keys }
    }

    /// Where `index` goes; `None` from `n` on. Walks the cycle until it is back below `n`: less than four steps on
    /// average, since the domain is less than four times `n`.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<u32> {
        self.walk(index, Self::forward)
    }

    /// Which index goes to `value`; `None` from `n` on. The inverse of [`Self::get`].
    #[must_use]
    pub fn index_of(&self, value: u32) -> Option<u32> {
        self.walk(value, Self::backward)
    }

    fn walk(&self, from: u32, step: impl Fn(&Self, u64) -> u64) -> Option<u32> {
        if from >= self.n {
            return None;
        }
        let mut value = u64::from(from);
        loop {
            value = step(self, value);
            if value < u64::from(self.n) {
                // The guard above makes the conversion exact.
                return u32::try_from(value).ok();
            }
        }
    }

    fn forward(&self, value: u64) -> u64 {
        let (mut left, mut right) = self.halves(value);
        for key in self.round_keys {
            (left, right) = (right, left ^ self.round(right, key));
        }
        (left << self.half_bits) | right
    }

    fn backward(&self, value: u64) -> u64 {
        let (mut left, mut right) = self.halves(value);
        for key in self.round_keys.into_iter().rev() {
            (left, right) = (right ^ self.round(left, key), left);
        }
        (left << self.half_bits) | right
    }

    const fn halves(&self, value: u64) -> (u64, u64) {
        (value >> self.half_bits, value & self.mask())
    }

    const fn mask(&self) -> u64 {
        (1 << self.half_bits) - 1
    }

    const fn round(&self, half: u64, key: u64) -> u64 {
        let mixed = (half ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) & self.mask()
    }
}

/// The `SplitMix64` step (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_comes_once() {
        for n in [1, 2, 3, 5, 16, 25, 100, 784, 4096, 70_000] {
            let permutation = Permutation::new(n, 7);
            let mut seen = vec![false; n as usize];
            for index in 0..n {
                let value = permutation.get(index).expect("below n");
                assert!(!std::mem::replace(&mut seen[value as usize], true), "{value} twice of {n}");
                assert_eq!(permutation.index_of(value), Some(index));
            }
            assert_eq!(permutation.get(n), None);
            assert_eq!(permutation.index_of(n), None);
        }
        assert_eq!(Permutation::new(0, 7).get(0), None);
    }

    #[test]
    fn keys_choose_and_repeat() {
        let order = |key| (0..100).map(|i| Permutation::new(100, key).get(i)).collect::<Vec<_>>();
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }

    /// Chi-squared over 16 × 16 bins of (index, value): 225 degrees of freedom, 99.99 % quantile about 312.
    #[test]
    fn values_are_spread_evenly() {
        let n = 1 << 16;
        let permutation = Permutation::new(n, 42);
        let mut bins = [[0u32; 16]; 16];
        for index in 0..n {
            let value = permutation.get(index).expect("below n");
            bins[(index >> 12) as usize][(value >> 12) as usize] += 1;
        }
        let expected = 256.0;
        let chi: f64 = bins.iter().flatten().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        assert!(chi < 312.0, "chi-squared {chi}");
    }
}
