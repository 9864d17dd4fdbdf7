//! What a server counts of its own work, and hands down with the rest of the `App`; `metrics` shows it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use rocket::http::{Method, Status};

use crate::journal::{Histogram, HistogramReading};

/// Upper bounds of the histogram of a request's time, in seconds.
const DURATION_BOUNDS: &[f64] = &[0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0];

/// What a server did since it was started.
#[derive(Debug)]
pub(super) struct Counters {
    /// When it was started.
    pub(super) started: Instant,
    /// Requests that are being answered.
    pub(super) open_requests: Gauge,
    /// Clients that watch changes as they happen.
    pub(super) live_readers: Gauge,
    /// Look-ups of the newest picture, which is kept rendered.
    pub(super) newest_picture: Lookups,
    /// Look-ups in the cache of rendered tiles.
    pub(super) tiles: Lookups,
    /// How long requests took. Bounded by the routes, and the statuses that each has.
    requests: RwLock<HashMap<String, HashMap<Outcome, Histogram>>>,
}

/// How a request was made, and answered.
type Outcome = (Method, u16);

/// The requests of one route, method and status.
#[derive(Debug)]
pub(super) struct Series {
    /// The path of the route, with its `{parameters}`; empty where there is none.
    pub(super) route: String,
    /// The method that the client used.
    pub(super) method: Method,
    /// The status of the answers.
    pub(super) status: u16,
    /// Seconds until the head of the answer was there.
    pub(super) seconds: HistogramReading,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            open_requests: Gauge::default(),
            live_readers: Gauge::default(),
            newest_picture: Lookups::default(),
            tiles: Lookups::default(),
            requests: RwLock::default(),
        }
    }
}

impl Counters {
    /// Counts a request of a route, which is given as Rocket writes it.
    pub(super) fn answered(&self, route: &str, method: Method, status: Status, took: Duration) {
        let outcome = (method, status.code);
        let requests = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(histogram) = requests.get(route).and_then(|outcomes| outcomes.get(&outcome)) {
            return histogram.observe(took.as_secs_f64());
        }
        drop(requests);
        let mut requests = self.requests.write().unwrap_or_else(PoisonError::into_inner);
        let outcomes = requests.entry(route.to_owned()).or_default();
        let histogram = outcomes.entry(outcome).or_insert_with(|| Histogram::new(DURATION_BOUNDS));
        histogram.observe(took.as_secs_f64());
    }

    /// Every kind of request that there was, sorted.
    pub(super) fn requests(&self) -> Vec<Series> {
        let requests = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Series> = Vec::new();
        for (route, outcomes) in &*requests {
            let route = route.replace('<', "{").replace('>', "}");
            all.extend(outcomes.iter().map(|(&(method, status), histogram)| Series {
                route: route.clone(),
                method,
                status,
                seconds: histogram.read(),
            }));
        }
        drop(requests);
        all.sort_by(|a, b| (&a.route, a.method.as_str(), a.status).cmp(&(&b.route, b.method.as_str(), b.status)));
        all
    }
}

/// How many there are of something that begins and ends. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<AtomicU64>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Held(Gauge);

impl Gauge {
    /// One more, for as long as what is returned lives.
    pub(super) fn enter(&self) -> Held {
        self.0.fetch_add(1, Ordering::Relaxed);
        Held(self.clone())
    }

    /// How many there are now.
    pub(super) fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How often a cache had what was looked up. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookups {
    hits: Arc<AtomicU64>,
    misses: Arc<AtomicU64>,
}

impl Lookups {
    /// Counts a look-up.
    pub(super) fn looked_up(&self, hit: bool) {
        let counter = if hit { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Hits and misses so far.
    pub(super) fn read(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_told_apart_by_route_method_and_status() {
        let counters = Counters::default();
        for (route, method, status) in [
            ("/b/<c>", Method::Get, Status::Ok),
            ("/b/<c>", Method::Get, Status::Ok),
            ("/b/<c>", Method::Head, Status::Ok),
            ("/b/<c>", Method::Get, Status::NotFound),
            ("/a", Method::Post, Status::Created),
        ] {
            counters.answered(route, method, status, Duration::from_millis(3));
        }
        let found: Vec<_> = counters.requests().iter().map(|one| (one.route.clone(), one.seconds.count)).collect();
        let expected = [("/a", 1), ("/b/{c}", 2), ("/b/{c}", 1), ("/b/{c}", 1)];
        assert_eq!(found, expected.map(|(route, count)| (route.to_owned(), count)));
    }

    #[test]
    fn a_gauge_goes_down_with_what_it_counted() {
        let gauge = Gauge::default();
        let (one, _two) = (gauge.enter(), gauge.clone().enter());
        assert_eq!(gauge.read(), 2);
        drop(one);
        assert_eq!(gauge.read(), 1);
        let lookups = Lookups::default();
        for hit in [true, false, true] {
            lookups.looked_up(hit);
        }
        assert_eq!(lookups.read(), (2, 1));
    }
}
