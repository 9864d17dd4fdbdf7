//! `GET /metrics`: what the server and its journal count, in Prometheus's text format 0.0.4.

use std::fmt::{Display, Write as _};
use std::fs;

use rocket::http::ContentType;
use rocket::{Route, get, routes};
use utoipa::OpenApi;

use crate::journal::{HistogramReading, MetricsReading};

use super::answer::Answer;
use super::app::{App, Opened};
use super::counters::Counters;
use super::gate::{Rules, gated};
use super::problem::Problem;
use super::work::away;

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![metrics], &Rules::always().admin())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(metrics))]
pub(super) struct Doc;

/// What the server counts
///
/// Counters, gauges and histograms, each with a line that says what it is. Those of the data directory are there once
/// it is open.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    tag = "operating",
    security((), ("token" = ["admin"]), ("session" = ["admin"])),
    responses((status = 200, description = "Prometheus's text format", body = String,
        content_type = "text/plain; version=0.0.4; charset=utf-8",
        example = "# HELP pixlog_live_readers Clients that watch changes as they happen.\n"))
)]
#[get("/metrics")]
async fn metrics(app: &App) -> Result<Answer, Problem> {
    let mut text = Text::default();
    of_process(&mut text, &app.counters);
    of_server(&mut text, &app.counters);
    let free = rustix::fs::statvfs(&app.config.data).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    if let Ok(bytes) = free {
        text.one("pixlog_disk_free_bytes", "gauge", "Bytes free on the disk of the data directory.", bytes);
    }
    let opened = app.opened().ok();
    let ready = opened.is_some_and(|opened| !app.stopping() && opened.journal.poisoned().is_none());
    text.one("pixlog_ready", "gauge", "1 where reads and writes are served, as /health/ready says.", u8::from(ready));
    if let Some(Opened { journal, .. }) = opened {
        let journal = journal.clone();
        let (reading, bytes) =
            away(move || Ok::<_, Problem>((journal.metrics().read(), journal.disk_bytes()?))).await?;
        text.one("pixlog_store_bytes", "gauge", "Bytes that the store takes on the disk.", bytes);
        of_journal(&mut text, &reading);
    }
    let kind = ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    Ok(Answer::bytes(kind, text.0.into_bytes()).no_store())
}

fn of_process(text: &mut Text, counters: &Counters) {
    text.family("pixlog_build_info", "gauge", "Always 1; which version this is.");
    text.sample("pixlog_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let seconds = counters.started.elapsed().as_secs_f64();
    text.one("pixlog_uptime_seconds", "gauge", "Seconds since the server was started.", seconds);
    if let Some(bytes) = resident_bytes() {
        text.one("process_resident_memory_bytes", "gauge", "Bytes of memory that the process holds.", bytes);
    }
}

/// What `proc_pid_status(5)` calls `VmRSS`.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1_024)
}

fn of_server(text: &mut Text, counters: &Counters) {
    text.one("pixlog_http_open_requests", "gauge", "Requests being answered.", counters.open_requests.read());
    text.one(
        "pixlog_live_readers",
        "gauge",
        "Clients that watch changes as they happen.",
        counters.live_readers.read(),
    );
    text.family("pixlog_cache_lookups_total", "counter", "Look-ups in what is kept rendered.");
    for (cache, lookups) in [("newest_picture", &counters.newest_picture), ("tiles", &counters.tiles)] {
        let (hits, misses) = lookups.read();
        text.sample("pixlog_cache_lookups_total", &[("cache", cache), ("outcome", "hit")], hits);
        text.sample("pixlog_cache_lookups_total", &[("cache", cache), ("outcome", "miss")], misses);
    }
    let name = "pixlog_http_request_seconds";
    text.family(name, "histogram", "Seconds from a request to the head of its answer.");
    for one in counters.requests() {
        let status = one.status.to_string();
        let labels = [("route", one.route.as_str()), ("method", one.method.as_str()), ("status", &status)];
        text.histogram(name, &labels, &one.seconds);
    }
}

fn of_journal(text: &mut Text, reading: &MetricsReading) {
    text.one("pixlog_appends_total", "counter", "Writes that became durable.", reading.appends);
    text.family("pixlog_entries_total", "counter", "Entries in them.");
    text.sample("pixlog_entries_total", &[("kind", "pixel")], reading.pixels);
    text.sample("pixlog_entries_total", &[("kind", "state")], reading.states);
    text.one("pixlog_commit_bytes_total", "counter", "Bytes of records handed to the store.", reading.batch_bytes);
    let failed = reading.failed_commits;
    text.one("pixlog_commit_failures_total", "counter", "Commits that failed, on a full disk too.", failed);
    text.family("pixlog_commit_seconds", "histogram", "Seconds of each commit, its fdatasync included.");
    text.histogram("pixlog_commit_seconds", &[], &reading.commit_seconds);
    text.family("pixlog_group_requests", "histogram", "Requests in each group that was committed at once.");
    text.histogram("pixlog_group_requests", &[], &reading.group_requests);
    text.one("pixlog_queue_requests", "gauge", "Requests that wait for the committer.", reading.waiting);
    text.family("pixlog_snapshots_total", "counter", "Snapshots, which make reading fast.");
    text.sample("pixlog_snapshots_total", &[("outcome", "taken")], reading.snapshots_taken);
    text.sample("pixlog_snapshots_total", &[("outcome", "failed")], reading.snapshots_failed);
    text.family("pixlog_deltas_total", "counter", "Deltas, which make reading far from a snapshot fast.");
    text.sample("pixlog_deltas_total", &[("outcome", "taken")], reading.deltas_taken);
    text.sample("pixlog_deltas_total", &[("outcome", "failed")], reading.deltas_failed);
}

/// The text of an answer. Writing to a String cannot fail.
#[derive(Debug, Default)]
struct Text(String);

impl Text {
    /// Begins a metric: its samples follow.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A value with its labels, whose values are ours and need no escapes.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (number, (label, of)) in labels.iter().enumerate() {
            let _ = write!(self.0, "{}{label}=\"{of}\"", if number == 0 { '{' } else { ',' });
        }
        let end = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{end} {value}");
    }

    /// A metric of one value.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    /// The samples of a histogram.
    fn histogram(&mut self, name: &str, labels: &[(&str, &str)], reading: &HistogramReading) {
        let bucket = format!("{name}_bucket");
        let bounds = reading.up_to.iter().map(|(bound, count)| (bound.to_string(), *count));
        for (bound, count) in bounds.chain([("+Inf".to_owned(), reading.count)]) {
            let with_bound: Vec<_> = labels.iter().copied().chain([("le", bound.as_str())]).collect();
            self.sample(&bucket, &with_bound, count);
        }
        self.sample(&format!("{name}_sum"), labels, reading.sum);
        self.sample(&format!("{name}_count"), labels, reading.count);
    }
}

#[cfg(test)]
mod tests {
    use crate::journal::Histogram;

    use super::*;

    #[test]
    fn a_histogram_is_written_as_prometheus_reads_it() {
        let histogram = Histogram::new(&[0.5, 2.0]);
        for value in [0.25, 1.0, 4.0] {
            histogram.observe(value);
        }
        let mut text = Text::default();
        text.family("a_seconds", "histogram", "Help.");
        text.histogram("a_seconds", &[("b", "c")], &histogram.read());
        let expected = "# HELP a_seconds Help.\n# TYPE a_seconds histogram\n\
                        a_seconds_bucket{b=\"c\",le=\"0.5\"} 1\na_seconds_bucket{b=\"c\",le=\"2\"} 2\n\
                        a_seconds_bucket{b=\"c\",le=\"+Inf\"} 3\na_seconds_sum{b=\"c\"} 5.25\na_seconds_count{b=\"c\"} 3\n";
        assert_eq!(text.0, expected);
    }

    #[test]
    fn memory_is_read_in_bytes() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 100_000), "{:?}", resident_bytes());
    }
}
