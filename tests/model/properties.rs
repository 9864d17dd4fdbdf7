//! Random sequences of everything that can happen.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use crate::common::make::options;
use crate::common::op::{self, Op};
use crate::common::world::World;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Runs `check` on random sequences of steps, and makes one that fails as short as it can.
fn hold(cases: u32, steps: impl Strategy<Value = (u64, Vec<Op>)>, check: impl Fn(u64, &[Op]) -> Result<(), String>) {
    let seed = number("PIXLOG_SEED").unwrap_or_else(|| std::process::id().into());
    let cases = number("PIXLOG_CASES").map_or(cases, |cases| cases as u32);
    println!("seed: PIXLOG_SEED={seed} PIXLOG_CASES={cases}");
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases, max_shrink_iters: 400, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&steps, |(options, steps)| check(options, &steps).map_err(TestCaseError::fail));
    if let Err(TestError::Fail(reason, steps)) = &outcome {
        panic!("{reason}\nwith the steps {steps:#?}\nof PIXLOG_SEED={seed}");
    }
    outcome.unwrap();
}

fn sequence(op: impl Strategy<Value = Op>, length: usize) -> impl Strategy<Value = (u64, Vec<Op>)> {
    let first = Just(Op::Create { shape: 0, is_rgba: false, seed: 0 });
    let first = (first, any::<u8>(), any::<bool>()).prop_map(|(_, shape, is_rgba)| Op::Create {
        shape: shape.into(),
        is_rgba,
        seed: shape.into(),
    });
    (any::<u64>(), first, proptest::collection::vec(op, 1..length)).prop_map(|(options, first, mut steps)| {
        steps.insert(0, first);
        (options, steps)
    })
}

fn run(mut world: World, steps: &[Op]) -> Result<(), String> {
    world.restart()?;
    for (number, step) in steps.iter().enumerate() {
        world.apply(step).map_err(|problem| format!("step {number}, {step:?}: {problem}"))?;
    }
    world.check()?;
    world.crash()
}

#[test]
fn a_store_in_memory_with_everything_going_wrong() {
    hold(200, sequence(op::hostile(), 40), |seed, steps| run(World::in_memory(options(seed)), steps));
}

#[test]
fn long_logs_in_many_bands() {
    let steps = proptest::collection::vec(op::calm(), 60..120);
    let steps = (any::<u64>(), steps).prop_map(|(options, mut steps)| {
        steps.insert(0, Op::Create { shape: 9, is_rgba: options % 2 == 0, seed: options });
        (options, steps)
    });
    hold(30, steps, |seed, steps| run(World::in_memory(options(seed)), steps));
}

#[test]
fn a_store_on_disk() {
    hold(10, sequence(op::calm(), 40), |seed, steps| {
        let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
        run(World::in_directory(directory.path().to_owned(), options(seed)), steps)
    });
}

/// The model can fail: a record that is changed behind the journal's back is seen.
#[test]
fn a_lost_entry_is_noticed() {
    let mut world = World::in_memory(options(1));
    world.restart().unwrap();
    world.apply(&Op::Create { shape: 10, is_rgba: false, seed: 1 }).unwrap();
    let append = |seed| Op::Append { canvas: 0, count: 3, seed, expects: op::Expects::Anything, with_records: false };
    world.apply(&append(1)).unwrap();
    world.apply(&append(2)).unwrap();
    let tail = world.medium.memory().unwrap().keys().into_iter().rfind(|key| key[0] == b't').unwrap();
    world.medium.memory().unwrap().remove(&tail);
    let problem = world.restart().unwrap_err();
    assert!(problem.contains("is at"), "{problem}");
}
