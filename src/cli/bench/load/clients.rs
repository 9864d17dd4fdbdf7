//! Clients that ask as fast as they are answered, each on a connection of its own that is kept.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::error::CliError;

/// Threads that ask: each has its share of the connections, writes to all of them and then reads from all of them.
const THREADS: usize = 2;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// From the first request to the last answer.
    pub(super) seconds: f64,
    /// From each request to its answer, in seconds, ascending.
    pub(super) latencies: Vec<f64>,
}

impl Asked {
    /// Answers in a second.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 answers")]
    pub(super) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// What all but one in a hundred took at most.
    pub(super) fn p99(&self) -> f64 {
        percentile(&self.latencies, 99)
    }
}

/// The value that so many percent of ascending values are at most.
pub(super) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// A connection that is kept.
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(super) fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address.trim_start_matches("http://"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new() })
    }

    /// Sends a request.
    pub(super) fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)
    }

    /// Reads one answer, which must have that status.
    pub(super) fn receive(&mut self, status: u16) -> io::Result<()> {
        self.buffer.clear();
        let head = loop {
            if let Some(end) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n") {
                break end + 4;
            }
            self.read()?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).to_ascii_lowercase();
        let found = text.split(' ').nth(1).unwrap_or_default();
        if found != status.to_string() {
            return Err(io::Error::other(format!("it answered {found}, not {status}")));
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.buffer.len() < head + length {
            self.read()?;
        }
        Ok(())
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 16 << 10];
        match self.stream.read(&mut bytes)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.buffer.extend_from_slice(&bytes[..count]);
                Ok(())
            }
        }
    }
}

/// A request without a body, or with one.
pub(super) fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

/// Asks on so many connections for so long; `request` makes the next request of a connection.
pub(super) fn ask(
    address: &str,
    connections: usize,
    time: Duration,
    status: u16,
    request: impl Fn(usize, usize) -> Vec<u8> + Sync,
) -> Result<Asked, CliError> {
    let failed = |error: io::Error| CliError::Failed(format!("asking the server failed: {error}"));
    let threads = THREADS.min(connections);
    let request = &request;
    let start = Instant::now();
    let shares: Result<Vec<Vec<f64>>, io::Error> = thread::scope(|scope| {
        let share = |thread: usize| {
            let mine = (thread..connections).step_by(threads);
            move || ask_in_turn(address, mine, start + time, status, request)
        };
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(io::Error::other("a client died"))))
            .collect()
    });
    let mut latencies = shares.map_err(failed)?.concat();
    latencies.sort_by(f64::total_cmp);
    Ok(Asked { seconds: start.elapsed().as_secs_f64(), latencies })
}

fn ask_in_turn(
    address: &str,
    numbers: impl Iterator<Item = usize>,
    end: Instant,
    status: u16,
    request: impl Fn(usize, usize) -> Vec<u8>,
) -> io::Result<Vec<f64>> {
    let mut connections =
        numbers.map(|number| Ok((number, Connection::open(address)?))).collect::<io::Result<Vec<_>>>()?;
    let mut latencies = Vec::new();
    for round in 0.. {
        if Instant::now() >= end {
            break;
        }
        let mut sent = Vec::with_capacity(connections.len());
        for (number, connection) in &mut connections {
            let bytes = request(*number, round);
            sent.push(Instant::now());
            connection.send(&bytes)?;
        }
        for ((_, connection), sent) in connections.iter_mut().zip(sent) {
            connection.receive(status)?;
            latencies.push(sent.elapsed().as_secs_f64());
        }
    }
    Ok(latencies)
}
