//! Many readers of live events on one canvas: how long a change takes to reach them.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Threads that read.
const THREADS: usize = 2;

/// Versions whose sending is remembered.
const VERSIONS_MAX: usize = 1 << 16;

/// When each version was sent, in microseconds after a start.
pub(super) struct Sent {
    start: Instant,
    first: u64,
    at: Vec<AtomicU64>,
}

impl Sent {
    /// Versions after `first` will be sent.
    pub(super) fn new(first: u64) -> Self {
        Self { start: Instant::now(), first, at: (0..VERSIONS_MAX).map(|_| AtomicU64::new(0)).collect() }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// The version is being sent.
    pub(super) fn note(&self, version: u64) {
        if let Some(at) = self.slot(version) {
            at.store(self.now(), Ordering::Release);
        }
    }

    fn slot(&self, version: u64) -> Option<&AtomicU64> {
        self.at.get(usize::try_from(version.checked_sub(self.first + 1)?).ok()?)
    }

    /// Seconds since the version was sent.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a measurement")]
    fn since(&self, version: u64) -> Option<f64> {
        let at = self.slot(version)?.load(Ordering::Acquire);
        (at > 0).then(|| self.now().saturating_sub(at) as f64 / 1e6)
    }
}

/// A reader of events.
pub(super) struct Reader {
    stream: TcpStream,
    /// The version reached.
    reached: u64,
    /// The end of what was read, where a number may have been cut.
    rest: Vec<u8>,
}

impl Reader {
    /// Connects, and reads from `reached` on.
    pub(super) fn open(address: &str, path: &str, reached: u64) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address.trim_start_matches("http://"))?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        if &status != b"HTTP/1.1 200" {
            return Err(io::Error::other(format!("a reader got {}", String::from_utf8_lossy(&status))));
        }
        stream.set_nonblocking(true)?;
        Ok(Self { stream, reached, rest: Vec::new() })
    }

    /// Takes what has come; adds how long the first change in each event was on its way.
    fn read(&mut self, sent: &Sent, latencies: &mut Vec<f64>) -> io::Result<()> {
        const NAME: &[u8] = b"\"version\":";
        let mut bytes = [0; 8 << 10];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.rest.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        while let Some(at) = self.rest.windows(NAME.len()).position(|name| name == NAME) {
            let digits = &self.rest[at + NAME.len()..];
            let Some(end) = digits.iter().position(|byte| !byte.is_ascii_digit()) else { break };
            let version = std::str::from_utf8(&digits[..end]).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
            if version > self.reached {
                latencies.extend(sent.since(self.reached + 1));
                self.reached = version;
            }
            self.rest.drain(..at + NAME.len() + end);
        }
        // A name that is not whole yet.
        self.rest.drain(..self.rest.len().saturating_sub(NAME.len() + 24));
        Ok(())
    }
}

/// Reads on all of `readers` while `work` goes on; how long changes took to reach them, ascending.
pub(super) fn read_while<T>(
    readers: &mut [Reader],
    sent: &Sent,
    work: impl FnOnce() -> T,
) -> io::Result<(T, Vec<f64>)> {
    let is_over = AtomicBool::new(false);
    let share = readers.len().div_ceil(THREADS).max(1);
    thread::scope(|scope| {
        let reading: Vec<_> = readers
            .chunks_mut(share)
            .map(|readers| {
                let is_over = &is_over;
                scope.spawn(move || read_all(readers, sent, is_over))
            })
            .collect();
        let done = work();
        // What is on its way arrives.
        thread::sleep(Duration::from_millis(300));
        is_over.store(true, Ordering::Release);
        let mut latencies = Vec::new();
        for thread in reading {
            latencies.extend(thread.join().unwrap_or_else(|_| Err(io::Error::other("a reader died")))?);
        }
        latencies.sort_by(f64::total_cmp);
        Ok((done, latencies))
    })
}

fn read_all(readers: &mut [Reader], sent: &Sent, is_over: &AtomicBool) -> io::Result<Vec<f64>> {
    let wait = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };
    let mut latencies = Vec::new();
    while !is_over.load(Ordering::Acquire) {
        let ready: Vec<bool> = {
            let mut polled: Vec<_> =
                readers.iter().map(|reader| PollFd::from_borrowed_fd(reader.stream.as_fd(), PollFlags::IN)).collect();
            poll(&mut polled, Some(&wait))?;
            polled.iter().map(|polled| !polled.revents().is_empty()).collect()
        };
        for (reader, _) in readers.iter_mut().zip(ready).filter(|(_, is_ready)| *is_ready) {
            reader.read(sent, &mut latencies)?;
        }
    }
    Ok(latencies)
}
