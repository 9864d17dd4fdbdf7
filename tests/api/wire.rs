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

/// The body of an answer, its chunks joined where it came in chunks; a chunked body must end as one.
pub fn dechunked(answer: &str) -> String {
    let (head, mut rest) = answer.split_once("\r\n\r\n").expect("a head");
    if !head.to_lowercase().contains("transfer-encoding: chunked") {
        return rest.to_owned();
    }
    let mut whole = String::new();
    loop {
        let (length, after) = rest.split_once("\r\n").expect("a chunk's length");
        let length = usize::from_str_radix(length, 16).expect("digits");
        if length == 0 {
            return whole;
        }
        whole.push_str(&after[..length]);
        rest = &after[length + 2..];
    }
}

/// What came of a chunked body, whether it ends as one or not.
pub fn unfinished(address: SocketAddr, path: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = Vec::new();
    // A connection that is cut may be reset.
    let _ = stream.read_to_end(&mut answer);
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
    let (mut rest, mut body) = (&answer[head + 4..], Vec::new());
    while let Some(end) = rest.windows(2).position(|end| end == b"\r\n") {
        let length = std::str::from_utf8(&rest[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(length) = length.filter(|length| *length > 0) else { break };
        let chunk = &rest[end + 2..];
        body.extend_from_slice(&chunk[..length.min(chunk.len())]);
        rest = chunk.get(length + 2..).unwrap_or_default();
    }
    body
}
