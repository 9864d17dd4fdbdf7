//! Clients that ask as fast as they are answered, each on a connection of its own that is kept.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cli::error::CliError;

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
        self.buffer.clear();
        self.stream.write_all(request)
    }

    /// Reads one answer, which must have that status.
    pub(super) fn receive(&mut self, status: u16) -> io::Result<()> {
        while !self.read(status)? {}
        Ok(())
    }

    /// Reads what has come; whether the answer, which must have that status, is whole.
    fn read(&mut self, status: u16) -> io::Result<bool> {
        let mut bytes = [0; 8 << 10];
        match self.stream.read(&mut bytes)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => self.buffer.extend_from_slice(&bytes[..count]),
        }
        let Some(end) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(false) };
        let head = String::from_utf8_lossy(&self.buffer[..end + 2]);
        let found = head.split(' ').nth(1).unwrap_or_default();
        if found != status.to_string() {
            return Err(io::Error::other(format!("it answered {found}, not {status}")));
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok()).flatten()
        });
        Ok(self.buffer.len() >= end + 4 + length.unwrap_or(0))
    }
}

/// A request without a body, or with one.
pub(super) fn request(method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{length}\r\n").into_bytes();
    request.extend_from_slice(body);
    request
}

/// Asks on so many connections for so long, on each again as soon as it was answered; `request` makes the next request of
/// a connection.
pub(super) fn ask(
    address: &str,
    connections: usize,
    time: Duration,
    status: u16,
    request: impl Fn(usize, usize) -> Vec<u8>,
) -> Result<Asked, CliError> {
    let failed = |error: io::Error| CliError::Failed(format!("asking the server failed: {error}"));
    let opened = (0..connections).map(|_| Connection::open(address)).collect::<io::Result<Vec<_>>>();
    let mut asking =
        Asking { connections: opened.map_err(failed)?, begun: Vec::new(), rounds: 0, latencies: Vec::new() };
    let start = Instant::now();
    asking.run(start + time, status, request).map_err(failed)?;
    let Asking { mut latencies, .. } = asking;
    latencies.sort_by(f64::total_cmp);
    Ok(Asked { seconds: start.elapsed().as_secs_f64(), latencies })
}

/// Connections of which each waits for an answer.
struct Asking {
    connections: Vec<Connection>,
    /// When each sent its request; nothing where it sends no more.
    begun: Vec<Option<Instant>>,
    rounds: usize,
    latencies: Vec<f64>,
}

impl Asking {
    fn run(&mut self, end: Instant, status: u16, request: impl Fn(usize, usize) -> Vec<u8>) -> io::Result<()> {
        for (number, connection) in self.connections.iter_mut().enumerate() {
            self.begun.push(Some(Instant::now()));
            connection.send(&request(number, 0))?;
        }
        while self.begun.iter().any(Option::is_some) {
            for number in self.ready()? {
                let (Some(connection), Some(begun)) = (self.connections.get_mut(number), self.begun.get_mut(number))
                else {
                    continue;
                };
                if !connection.read(status)? {
                    continue;
                }
                self.latencies.extend(begun.map(|begun| begun.elapsed().as_secs_f64()));
                self.rounds += 1;
                let now = Instant::now();
                *begun = (now < end).then_some(now);
                if begun.is_some() {
                    connection.send(&request(number, self.rounds))?;
                }
            }
        }
        Ok(())
    }

    /// The connections on which something has come.
    fn ready(&self) -> io::Result<Vec<usize>> {
        let wait = Timespec { tv_sec: 1, tv_nsec: 0 };
        let waiting = self.connections.iter().enumerate().zip(&self.begun).filter(|(_, begun)| begun.is_some());
        let (numbers, mut polled): (Vec<_>, Vec<_>) = waiting
            .map(|((number, connection), _)| {
                (number, PollFd::from_borrowed_fd(connection.stream.as_fd(), PollFlags::IN))
            })
            .unzip();
        poll(&mut polled, Some(&wait))?;
        let ready = numbers.into_iter().zip(&polled).filter(|(_, polled)| !polled.revents().is_empty());
        Ok(ready.map(|(number, _)| number).collect())
    }
}
