//! What a test does, as plain values that proptest can make smaller.

use pixlog::store::Fault;
use proptest::prelude::*;

/// One step.
#[derive(Debug, Clone)]
pub enum Op {
    /// Make a canvas; `shape` chooses its size.
    Create { shape: usize, is_rgba: bool, seed: u64 },
    /// Append pixels.
    Append { canvas: usize, count: usize, seed: u64, expects: Expects, with_records: bool },
    /// Replace a rectangle.
    State { canvas: usize, seed: u64, content: Content, expects: Expects },
    /// Give the canvas a label, or none.
    Label { canvas: usize, seed: u64, expects: Expects },
    /// Something that must be refused and change nothing.
    Bad { canvas: usize, kind: usize },
    /// Read the image at some version, a region of it, and its time.
    Read { canvas: usize, seed: u64 },
    /// Page through the history.
    History { canvas: usize, seed: u64, writes_meanwhile: bool },
    /// Wait for the snapshots that are due.
    Settle,
    /// Close and open again.
    Restart,
    /// Open again without closing: the process was killed.
    Crash,
    /// The power goes.
    LosePower,
    /// Something goes wrong at one of the next calls of the store.
    Fault { after_calls: u64, fault: Fault },
    /// The disk is full for the next write.
    Full,
    /// All snapshots are lost, as they may be: they are derived.
    DropSnapshots,
}

/// What a write expects of the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    Anything,
    TheHead,
    AnotherHead,
}

/// What a state brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Same,
    OneChange,
    SomeChanges,
    Flat,
    Noise,
}

pub fn expects() -> impl Strategy<Value = Expects> {
    prop_oneof![4 => Just(Expects::Anything), 2 => Just(Expects::TheHead), 1 => Just(Expects::AnotherHead)]
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        1 => Just(Content::Same),
        2 => Just(Content::OneChange),
        2 => Just(Content::SomeChanges),
        1 => Just(Content::Flat),
        2 => Just(Content::Noise),
    ]
}

fn count() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1usize..20, 2 => 1usize..600, 1 => 500usize..530, 1 => 1usize..2_000]
}

/// Steps without anything going wrong but restarts.
pub fn calm() -> impl Strategy<Value = Op> {
    let canvas = 0usize..4;
    prop_oneof![
        2 => (any::<prop::sample::Index>(), any::<bool>(), any::<u64>())
            .prop_map(|(shape, is_rgba, seed)| Op::Create { shape: shape.index(1_000), is_rgba, seed }),
        8 => (canvas.clone(), count(), any::<u64>(), expects(), prop::bool::weighted(0.1))
            .prop_map(|(canvas, count, seed, expects, with_records)| {
                Op::Append { canvas, count, seed, expects, with_records }
            }),
        4 => (canvas.clone(), any::<u64>(), content(), expects())
            .prop_map(|(canvas, seed, content, expects)| Op::State { canvas, seed, content, expects }),
        1 => (canvas.clone(), any::<u64>(), expects())
            .prop_map(|(canvas, seed, expects)| Op::Label { canvas, seed, expects }),
        1 => (canvas.clone(), 0usize..6).prop_map(|(canvas, kind)| Op::Bad { canvas, kind }),
        3 => (canvas.clone(), any::<u64>()).prop_map(|(canvas, seed)| Op::Read { canvas, seed }),
        2 => (canvas, any::<u64>(), any::<bool>())
            .prop_map(|(canvas, seed, writes_meanwhile)| Op::History { canvas, seed, writes_meanwhile }),
        1 => Just(Op::Settle),
        1 => Just(Op::Restart),
    ]
}

/// Steps with all that can go wrong in a store in memory.
pub fn hostile() -> impl Strategy<Value = Op> {
    prop_oneof![
        20 => calm(),
        1 => Just(Op::Crash),
        1 => Just(Op::LosePower),
        1 => Just(Op::Full),
        1 => Just(Op::DropSnapshots),
        3 => (0u64..60, prop::sample::select(Fault::ALL.to_vec()))
            .prop_map(|(after_calls, fault)| Op::Fault { after_calls, fault }),
    ]
}
