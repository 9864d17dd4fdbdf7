//! The steps of the random sequences, each once.

use crate::common::make::options;
use crate::common::op::{Content, Expects, Op};
use crate::common::world::World;

/// Every step once, so that a change of the steps' own code is noticed before proptest is asked to make it smaller.
#[test]
fn one_of_everything() {
    let mut world = World::in_memory(options(2));
    world.restart().unwrap();
    let steps = [
        Op::Create { shape: 9, is_rgba: true, seed: 1 },
        Op::Append { canvas: 0, count: 1_500, seed: 2, expects: Expects::TheHead, with_records: true },
        Op::State { canvas: 0, seed: 3, content: Content::Noise, expects: Expects::Anything },
        Op::State { canvas: 0, seed: 4, content: Content::SomeChanges, expects: Expects::AnotherHead },
        Op::State { canvas: 0, seed: 6, content: Content::Same, expects: Expects::TheHead },
        Op::Label { canvas: 0, seed: 7, expects: Expects::TheHead },
        Op::Label { canvas: 0, seed: 8, expects: Expects::AnotherHead },
        Op::Settle,
        Op::Read { canvas: 0, seed: 4 },
        Op::History { canvas: 0, seed: 5, writes_meanwhile: true },
        Op::Full,
        Op::DropSnapshots,
        Op::LosePower,
        Op::Crash,
        Op::Restart,
    ];
    for step in &steps {
        world.apply(step).unwrap();
    }
    for kind in 0..6 {
        world.apply(&Op::Bad { canvas: 0, kind }).unwrap();
    }
    world.check().unwrap();
}
