//! What the hostile tests share: a plain model of what the journal must answer, and a world that holds both together.

pub mod check;
pub mod gated;
pub mod make;
pub mod model;
pub mod op;
pub mod store;
pub mod world;

use pixlog::canvas::{Colour, Mode, Rect, Size};

/// Numbers that look random and are the same for the same seed (Knuth's MMIX generator, its upper half).
#[derive(Debug, Clone)]
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    pub fn below(&mut self, n: u32) -> u32 {
        self.next() % n.max(1)
    }

    pub fn colour(&mut self, mode: Mode) -> Colour {
        let [r, g, b, a] = self.next().wrapping_mul(0x9e37_79b9).to_le_bytes();
        Colour([r, g, b, if mode == Mode::Rgb { 255 } else { a }])
    }

    /// A rectangle within `size`; the whole of it one time in four.
    pub fn region(&mut self, size: Size) -> Rect {
        if self.below(4) == 0 {
            return size.rect();
        }
        let (x, y) = (self.below(size.width()), self.below(size.height()));
        let (w, h) = (1 + self.below(size.width() - x), 1 + self.below(size.height() - y));
        Rect { x, y, w, h }
    }
}

/// Ends the enclosing function with what is wrong, unless the condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}
