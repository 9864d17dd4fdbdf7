//! kill -9 of the real server, again and again, in the middle of runs and of clients' writes.
//!
//! An oracle keeps what was acknowledged and what was seen. After each restart every acknowledged batch must stand at its
//! versions, every other one whole or not at all, and versions must have no holes. What has an idempotency key is sent again
//! after a restart and must stand there exactly once. Runs that were cut off must end with exactly one entry for each cell.
//!
//! `PIXLOG_KILLS=1000 cargo test --release --test kill` is the long campaign; `PIXLOG_SEED` repeats one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test says what failed by panicking")]

mod oracle;
mod server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oracle::{Oracle, check_run};
use server::Server;

/// Canvases that clients draw on.
const CANVASES: [&str; 2] = ["left", "right"];
const SIDE: u32 = 40;

/// Clients that write at once.
const WRITERS: u64 = 3;

/// Marsaglia's xorshift64: enough to choose times and pixels, repeatable from its seed.
#[derive(Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// A generator that starts from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`.
    pub const fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }
}

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

#[test]
fn nothing_acknowledged_is_lost() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = from_environment("PIXLOG_SEED", now.as_secs());
    let kills = from_environment("PIXLOG_KILLS", 20);
    println!("seed {seed}, {kills} kills");
    let mut numbers = Numbers::new(seed);
    let directory = tempfile::tempdir().unwrap();
    let oracle = Arc::new(Mutex::new(Oracle::default()));

    let server = Server::start(directory.path());
    for name in CANVASES {
        server.create_canvas(name, SIDE);
    }
    // One pixel a hop, each durable before it is answered: long enough to be cut off many times.
    let slow = server.start_run(r#"{"width":96,"height":96,"pixels_per_hop":1,"exchange":"http","seed":7}"#);
    let mut runs = vec![slow];
    server.kill();

    let mut repeated = 0;
    for cycle in 0..kills {
        if cycle % 4 == 3 {
            Server::start_and_kill(directory.path(), Duration::from_millis(numbers.below(80)));
        }
        let server = Server::start(directory.path());
        oracle.lock().unwrap().check(&server, &CANVASES, SIDE);
        repeated += repeat(&server, &oracle);
        if cycle % 5 == 0 {
            runs.push(server.start_run(r#"{"width":600,"height":500}"#));
        }
        let wait = Duration::from_millis(30 + numbers.below(300));
        write_until_killed(server, &oracle, wait, cycle * WRITERS + seed);
    }

    let server = Server::start(directory.path());
    repeated += repeat(&server, &oracle);
    oracle.lock().unwrap().check(&server, &CANVASES, SIDE);
    assert!(repeated > 0, "no client had a key");
    assert!(oracle.lock().unwrap().acknowledged() > 0, "the clients never got to write");
    for run in runs {
        check_run(&server, run);
    }
    server.stop();
}

/// Sends again what has a key, and says how much that was: what the server has is answered as it was, or would have been,
/// the rest is written now. The next check finds what stands there twice.
fn repeat(server: &Server, oracle: &Mutex<Oracle>) -> usize {
    let (agent, api) = (server::agent(), server.api());
    let mut oracle = oracle.lock().unwrap();
    let batches = oracle.repeatable();
    for batch in &batches {
        let first_version = server::send(&agent, &api, batch).expect("the server runs");
        oracle.acknowledge(batch, first_version);
    }
    batches.len()
}

/// Lets clients write to the server, kills it after `wait`, and waits for the clients to notice.
fn write_until_killed(server: Server, oracle: &Arc<Mutex<Oracle>>, wait: Duration, seed: u64) {
    let killed = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (api, oracle, killed) = (server.api(), oracle.clone(), killed.clone());
            let mut numbers = Numbers::new(seed + writer);
            thread::spawn(move || {
                let agent = server::agent();
                while !killed.load(Ordering::Acquire) {
                    let canvas = CANVASES[usize::try_from(numbers.below(2)).unwrap()];
                    let batch = oracle.lock().unwrap().new_batch(canvas, SIDE, &mut numbers);
                    let Some(first_version) = server::send(&agent, &api, &batch) else { break };
                    oracle.lock().unwrap().acknowledge(&batch, first_version);
                    if numbers.below(8) == 0
                        && let Some(version) = server::head(&agent, &api, canvas)
                    {
                        oracle.lock().unwrap().saw(canvas, version);
                    }
                }
            })
        })
        .collect();
    thread::sleep(wait);
    server.kill();
    killed.store(true, Ordering::Release);
    for writer in writers {
        writer.join().unwrap();
    }
}
