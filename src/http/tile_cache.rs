//! Encoded tiles in memory: bounded in bytes, the longest unused go first, and each tile is made once however many ask
//! for it at the same time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::tokio::sync::OnceCell;

use crate::canvas::{CanvasId, Time, Version};

use super::counters::Lookups;
use super::problem::Problem;

/// About what a tile takes beside its own bytes.
const OVERHEAD_BYTES: u64 = 256;

/// Which tile: of which canvas, which one of those at its zoom, at which version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TileKey {
    pub(super) canvas: CanvasId,
    pub(super) z: u32,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) version: Version,
}

/// A tile as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    /// A PNG.
    pub(super) png: Arc<[u8]>,
    /// The time of its version.
    pub(super) time: Time,
}

impl Tile {
    fn weight(&self) -> u64 {
        self.png.len() as u64 + OVERHEAD_BYTES
    }
}

/// The tiles that were asked for last.
#[derive(Debug)]
pub(super) struct TileCache {
    state: Mutex<State>,
    bytes_max: u64,
    /// Counts whether a tile was here, or being made, when it was asked for.
    lookups: Lookups,
}

#[derive(Debug, Default)]
struct State {
    /// Each tile, and when it was last asked for.
    tiles: BTreeMap<TileKey, (Tile, u64)>,
    /// The tiles by when they were last asked for.
    by_use: BTreeMap<u64, TileKey>,
    /// Counts what is asked for.
    now: u64,
    bytes: u64,
    /// The tiles that are being made.
    flights: BTreeMap<TileKey, Arc<OnceCell<Tile>>>,
}

impl State {
    fn find(&mut self, key: &TileKey) -> Option<Tile> {
        let (tile, used) = self.tiles.get_mut(key)?;
        self.now += 1;
        self.by_use.remove(used);
        self.by_use.insert(self.now, *key);
        *used = self.now;
        Some(tile.clone())
    }

    fn keep(&mut self, key: TileKey, tile: Tile, bytes_max: u64) {
        let weight = tile.weight();
        if weight > bytes_max {
            return;
        }
        self.now += 1;
        self.bytes += weight;
        self.by_use.insert(self.now, key);
        if let Some((before, used)) = self.tiles.insert(key, (tile, self.now)) {
            self.by_use.remove(&used);
            self.bytes -= before.weight();
        }
        while self.bytes > bytes_max
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            self.bytes -= self.tiles.remove(&oldest).map_or(0, |(tile, _)| tile.weight());
        }
    }
}

/// A place among those who wait for a tile; the last to leave takes the flight away.
struct Seat<'a> {
    cache: &'a TileCache,
    key: TileKey,
    flight: Arc<OnceCell<Tile>>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut state = self.cache.lock();
        // Left under the lock, so that of two who leave at once one finds itself the last.
        self.flight = Arc::default();
        if state.flights.get(&self.key).is_some_and(|flight| Arc::strong_count(flight) == 1) {
            state.flights.remove(&self.key);
        }
    }
}

impl TileCache {
    /// A cache of at most so many bytes; with 0 it keeps nothing.
    pub(super) fn new(bytes_max: u64, lookups: Lookups) -> Self {
        Self { state: Mutex::default(), bytes_max, lookups }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A tile that is here.
    pub(super) fn find(&self, key: &TileKey) -> Option<Tile> {
        let found = self.lock().find(key);
        if found.is_some() {
            self.lookups.looked_up(true);
        }
        found
    }

    /// The same tile at the newest version before that of `key` that is here.
    pub(super) fn before(&self, key: &TileKey) -> Option<(Version, Tile)> {
        let state = self.lock();
        let first = TileKey { version: Version(0), ..*key };
        let (found, (tile, _)) = state.tiles.range(first..*key).next_back()?;
        Some((found.version, tile.clone()))
    }

    /// A tile that is here, or that `make` makes. Of many who ask for the same one only one makes it; where that fails,
    /// the next one tries.
    pub(super) async fn get(
        &self,
        key: TileKey,
        make: impl AsyncFnOnce() -> Result<Tile, Problem>,
    ) -> Result<Tile, Problem> {
        let seat = {
            let mut state = self.lock();
            if let Some(tile) = state.find(&key) {
                self.lookups.looked_up(true);
                return Ok(tile);
            }
            Seat { cache: self, key, flight: state.flights.entry(key).or_default().clone() }
        };
        let mut is_made_here = false;
        let tile = seat.flight.get_or_try_init(async || {
            is_made_here = true;
            self.lookups.looked_up(false);
            let tile = make().await?;
            self.lock().keep(key, tile.clone(), self.bytes_max);
            Ok::<_, Problem>(tile)
        });
        let tile = tile.await.cloned();
        if !is_made_here && tile.is_ok() {
            self.lookups.looked_up(true);
        }
        tile
    }
}

#[cfg(test)]
mod tests {
    use rocket::tokio::runtime::Builder;
    use rocket::tokio::sync::Notify;
    use rocket::tokio::task::yield_now;

    use super::*;

    fn key(x: u32, version: u64) -> TileKey {
        TileKey { canvas: CanvasId(1), z: 0, x, y: 0, version: Version(version) }
    }

    fn tile(bytes: u8) -> Tile {
        Tile { png: vec![bytes; usize::from(bytes)].into(), time: Time(0) }
    }

    fn cache_of(bytes_max: u64) -> TileCache {
        TileCache::new(bytes_max, Lookups::default())
    }

    fn on_runtime<T>(test: impl Future<Output = T>) -> T {
        Builder::new_current_thread().build().expect("a runtime").block_on(test)
    }

    /// Which of the first tiles are here, without asking for them.
    fn kept(cache: &TileCache) -> Vec<u32> {
        cache.lock().tiles.keys().map(|key| key.x).collect()
    }

    #[test]
    fn the_longest_unused_go_first() {
        on_runtime(async {
            let cache = cache_of(3 * OVERHEAD_BYTES + 100);
            for x in [1, 2, 3] {
                cache.get(key(x, 1), async || Ok(tile(30))).await.expect("made");
            }
            assert!(cache.find(&key(1, 1)).is_some());
            cache.get(key(4, 1), async || Ok(tile(30))).await.expect("made");
            assert_eq!(kept(&cache), [1, 3, 4]);
            // A larger one takes the place of as many as it needs.
            cache.get(key(5, 1), async || Ok(tile(100))).await.expect("made");
            assert_eq!(kept(&cache), [4, 5]);
            assert_eq!(cache.lock().bytes, 2 * OVERHEAD_BYTES + 130);
            assert_eq!(cache.lock().by_use.len(), 2);
            assert_eq!(cache.lookups.read(), (1, 5));
        });
    }

    #[test]
    fn what_is_larger_than_the_cache_drives_nothing_out() {
        on_runtime(async {
            let cache = cache_of(OVERHEAD_BYTES + 50);
            cache.get(key(1, 1), async || Ok(tile(50))).await.expect("made");
            let large = cache.get(key(2, 1), async || Ok(tile(51))).await.expect("made");
            assert_eq!((large.png.len(), kept(&cache)), (51, vec![1]));
        });
    }

    #[test]
    fn many_who_ask_at_once_get_what_one_makes() {
        on_runtime(async {
            let cache = Arc::new(cache_of(1 << 20));
            let gate = Arc::new(Notify::new());
            let ask = |bytes: u8| {
                let (cache, gate) = (cache.clone(), gate.clone());
                rocket::tokio::spawn(async move {
                    let make = async || {
                        gate.notified().await;
                        if bytes == 0 { Err(Problem::overloaded()) } else { Ok(tile(bytes)) }
                    };
                    cache.get(key(1, 1), make).await.map(|tile| tile.png.len())
                })
            };
            let asked: Vec<_> = [0, 2, 3, 4].into_iter().map(ask).collect();
            yield_now().await;
            assert_eq!(cache.lookups.read(), (0, 1));
            gate.notify_one();
            let mut answers = Vec::new();
            for one in asked {
                gate.notify_one();
                answers.push(one.await.expect("no panic").map_err(|problem| problem.to_string()));
            }
            assert_eq!(answers, [Err("too many requests of this kind are waiting".to_owned()), Ok(2), Ok(2), Ok(2)]);
            assert_eq!(cache.lookups.read(), (2, 2));
            assert!(cache.lock().flights.is_empty(), "nobody waits any more");
        });
    }

    #[test]
    fn the_newest_version_before_is_found() {
        on_runtime(async {
            let cache = cache_of(1 << 20);
            for (x, version) in [(1, 3), (1, 5), (1, 9), (2, 6)] {
                cache.get(key(x, version), async || Ok(tile(1))).await.expect("made");
            }
            let before = |x, version| cache.before(&key(x, version)).map(|(version, _)| version.0);
            assert_eq!([before(1, 3), before(1, 7), before(1, 5), before(3, 7)], [None, Some(5), Some(3), None]);
        });
    }
}
