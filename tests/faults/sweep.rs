//! Each kind of fault at each call of the store, and lost power at each commit, in the middle of one fixed workload that
//! does everything once.

use pixlog::store::{Fault, MemoryStore};

use crate::common::make::options;
use crate::common::op::{Content, Expects, Op};
use crate::common::world::World;
use crate::number;

fn append(canvas: usize, count: usize, seed: u64) -> Op {
    Op::Append { canvas, count, seed, expects: Expects::Anything, with_records: seed.is_multiple_of(5) }
}

fn state(canvas: usize, seed: u64, content: Content) -> Op {
    Op::State { canvas, seed, content, expects: Expects::Anything }
}

/// Canvases, appends that fill blocks, states of every kind, snapshots, reads, a start in the middle.
fn workload() -> Vec<Op> {
    vec![
        Op::Create { shape: 4, is_rgba: false, seed: 1 },
        append(0, 1, 1),
        append(0, 3, 5),
        state(0, 4, Content::OneChange),
        append(0, 505, 3),
        append(0, 5, 4),
        Op::Create { shape: 12, is_rgba: true, seed: 2 },
        state(1, 8, Content::Noise),
        append(1, 10, 10),
        Op::Read { canvas: 1, seed: 3 },
        state(1, 5, Content::SomeChanges),
        Op::Settle,
        Op::History { canvas: 0, seed: 2, writes_meanwhile: false },
        Op::Restart,
        append(0, 2, 20),
        append(1, 1_100, 21),
        state(1, 14, Content::Flat),
        Op::Settle,
        Op::Read { canvas: 1, seed: 9 },
        state(0, 16, Content::Noise),
        append(0, 900, 25),
        append(1, 3, 30),
        Op::Label { canvas: 1, seed: 3, expects: Expects::Anything },
        append(0, 1, 31),
        append(0, 2, 35),
        append(1, 1, 33),
        state(0, 20, Content::OneChange),
        append(1, 511, 34),
    ]
}

fn perform(world: &mut World) -> Result<(), String> {
    world.restart()?;
    for (number, step) in workload().iter().enumerate() {
        world.apply(step).map_err(|problem| format!("step {number}, {step:?}: {problem}"))?;
    }
    Ok(())
}

/// The workload with something going wrong; then a start, after which everything is as it must be and goes on.
fn survive(plan: impl FnOnce(&MemoryStore), seed: u64) -> Result<(), String> {
    let store = MemoryStore::new();
    plan(&store);
    let mut world = World::with_store(store, options(seed));
    world.expect_faults();
    perform(&mut world)?;
    if seed.is_multiple_of(2) {
        world.apply(&Op::LosePower)?;
    }
    world.crash()?;
    for step in [append(0, 600, 91), state(0, 92, Content::Noise), append(1, 3, 93), Op::Settle] {
        world.apply(&step).map_err(|problem| format!("afterwards, {step:?}: {problem}"))?;
    }
    world.crash()
}

/// How many calls and commits the workload makes when nothing goes wrong.
fn size() -> (u64, u64) {
    let mut world = World::in_memory(options(77));
    perform(&mut world).unwrap();
    let store = world.medium.memory().unwrap();
    println!("{} calls, {} of them commits", store.calls(), store.commits());
    (store.calls(), store.commits())
}

/// A call that only reads knows two kinds of faults: it fails, or the power goes. Those that differ at commits only are
/// for [`each_commit`].
fn each_call(fault: Fault) {
    let calls = number("PIXLOG_CALLS", 440);
    assert!(size().0 >= 300, "the workload makes only {} calls", size().0);
    for call in 1..=calls {
        let outcome = survive(|store| store.fail_at(call, fault), call);
        assert_eq!(outcome, Ok(()), "{fault:?} at call {call}");
    }
}

/// With and without a loss of power at the end.
fn each_commit(fault: Fault) {
    let commits = size().1 + 5;
    assert!(commits >= 25, "the workload makes only {commits} commits");
    for commit in 1..=commits {
        for seed in [2 * commit, 2 * commit + 1] {
            let outcome = survive(|store| store.fail_at_commit(commit, fault), seed);
            assert_eq!(outcome, Ok(()), "{fault:?} at commit {commit}");
        }
    }
}

#[test]
fn a_store_that_fails_at_each_call() {
    each_call(Fault::IoBefore);
}

#[test]
fn power_lost_at_each_call() {
    each_call(Fault::PowerLossBeforeSync);
}

#[test]
fn a_commit_that_fails_before_it_acts() {
    each_commit(Fault::IoBefore);
}

#[test]
fn a_commit_that_fails_after_it_acted() {
    each_commit(Fault::IoAfter);
}

#[test]
fn a_commit_whose_sync_fails() {
    each_commit(Fault::SyncFails);
}

#[test]
fn a_commit_for_which_there_is_no_room() {
    each_commit(Fault::Full);
}

#[test]
fn power_lost_before_each_sync() {
    each_commit(Fault::PowerLossBeforeSync);
}

#[test]
fn power_lost_after_each_sync() {
    each_commit(Fault::PowerLossAfterSync);
}

/// The same with the sync left out: what was acknowledged is lost, and these tests must see it.
#[test]
fn a_store_that_never_syncs_is_found_out() {
    let mut world = World::with_store(MemoryStore::without_sync(), options(77));
    perform(&mut world).unwrap();
    let problem = world.apply(&Op::LosePower).unwrap_err();
    assert!(problem.contains("the canvases are []"), "{problem}");
}
