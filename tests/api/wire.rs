//! Requests byte by byte, for what a client library would not send or show.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// Sends `request` as it stands, line ends added, and returns all that comes back until the server closes.
pub fn exchange(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).expect("a socket");
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).expect("it reads");
    let mut answer = Vec::new();
    // A server that closes on a body it did not want may reset the connection after its answer.
    let _ = stream.read_to_end(&mut answer);
    let _ = stream.shutdown(Shutdown::Both);
    String::from_utf8_lossy(&answer).into_owned()
}

/// The head of an answer: its status line and the headers named, sorted.
pub fn head(answer: &str, names: &[&str]) -> String {
    let mut lines = answer.split("\r\n");
    let status = lines.next().unwrap_or_default();
    let mut kept: Vec<&str> = lines
        .take_while(|line| !line.is_empty())
        .filter(|line| names.iter().any(|name| line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase()))))
        .collect();
    kept.sort_unstable();
    kept.insert(0, status);
    kept.join("\n")
}

/// What comes after the head.
pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}
