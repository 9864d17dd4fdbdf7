//! A server in a process of its own, asked over loopback HTTP.

use std::ffi::OsString;
use std::io::{self, Read};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::progress;
use crate::cli::stop::Stop;

use super::args::{HOP_SIZE, HttpArgs, LARGE_SIZE};
use super::child::random_versions;
use super::figures::{longest, median};
use super::place::Place;
use super::process::Running;
use super::report::{Figure, Figures};

/// How long a server may take until it is ready.
const READY_SECONDS_MAX: u64 = 60;

/// Measures everything and prints the figures.
pub(super) fn bench(args: &HttpArgs, place: &Place, stop: &Stop) -> Result<(), CliError> {
    let mut figures = Figures::begin(&place.machine.describe(), args.json)?;
    let spinner = progress::spinner("a run and its pictures");
    pictures_and_images(args, place, &mut figures)?;
    stop.check("stopped; nothing is left behind")?;
    spinner.set_message("/progress during a run");
    for images in ["none", "inline"] {
        progress_during_run(args, place, images, &mut figures)?;
        stop.check("stopped; nothing is left behind")?;
    }
    spinner.set_message("runs over HTTP");
    run_over_http(place, args.hop_size, 1, 40.0, &mut figures)?;
    stop.check("stopped; nothing is left behind")?;
    run_over_http(place, args.size, 1_024, 10.0, &mut figures)?;
    spinner.finish_and_clear();
    figures.finish(&place.machine)
}

/// The pictures of a run to the last byte, then images of its canvas at random versions.
fn pictures_and_images(args: &HttpArgs, place: &Place, figures: &mut Figures) -> Result<(), CliError> {
    let size = args.size;
    let server = Server::start(place)?;
    let init = format!("/?init=1&width={size}&height={size}&granular=25");
    let answer = server.get(&init)?;
    if !answer.end.ends_with(b"]}") {
        return Err(CliError::Failed(format!("the answer to {init} was cut short after {} bytes", answer.bytes)));
    }
    figures.add(Figure::seconds(format!("GET {init}"), answer.seconds).at_most(8.0, size == LARGE_SIZE))?;
    figures.add(Figure::bytes("its answer", answer.bytes))?;
    figures.add(
        Figure::bytes("peak memory of the server", server.process.memory().peak).at_most(128e6, size == LARGE_SIZE),
    )?;

    let canvases = server.get_json("/api/v1/canvases?limit=1")?;
    let name = canvases.pointer("/canvases/0/name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let before = server.process.memory().now;
    server.process.reset_peak();
    let mut seconds = Vec::new();
    for version in random_versions(u64::from(size) * u64::from(size), args.repeat, args.seed) {
        seconds.push(server.get(&format!("/api/v1/canvases/{name}/image.png?version={version}"))?.seconds);
    }
    let growth = server.process.memory().peak.saturating_sub(before);
    let (worst, what) = (longest(&seconds), format!("GET image.png of {size}×{size} at a random version"));
    figures.add(
        Figure::seconds(format!("{what}, median of {}", seconds.len()), median(seconds))
            .at_most(0.6, size == LARGE_SIZE),
    )?;
    figures.add(Figure::seconds(format!("{what}, longest"), worst))?;
    figures.add(Figure::bytes("memory that these took", growth).at_most(32e6, size == LARGE_SIZE))?;
    server.stop(place)
}

/// `/progress` each 10 ms while a run goes on.
fn progress_during_run(args: &HttpArgs, place: &Place, images: &str, figures: &mut Figures) -> Result<(), CliError> {
    let server = Server::start(place)?;
    let size = args.size;
    let (run, seconds) = thread::scope(|scope| {
        let run = scope.spawn(|| server.get(&format!("/?init=1&width={size}&height={size}&images=none")));
        let mut seconds = Vec::new();
        while !run.is_finished() {
            seconds.push(server.get(&format!("/progress?images={images}"))?.seconds);
            thread::sleep(Duration::from_millis(10));
        }
        let run =
            run.join().unwrap_or_else(|_| Err(CliError::Failed("the thread that waits for a run died".to_owned())));
        Ok::<_, CliError>((run?, seconds))
    })?;
    let count = seconds.len();
    let worst = longest(&seconds);
    let what = format!("GET /progress?images={images} during a run of {size}×{size}");
    let figure = Figure::seconds(format!("{what}, median of {count}"), median(seconds));
    // Inline, it carries the newest picture, which at full size takes longer than the budget to encode.
    figures.add(figure.at_most(0.005, size == LARGE_SIZE && images == "none"))?;
    figures.add(Figure::seconds(format!("{what}, longest"), worst))?;
    figures.add(Figure::seconds("that run, meanwhile", run.seconds))?;
    server.stop(place)
}

/// A run whose hand-overs are requests, each answered when its pixels are durable.
fn run_over_http(
    place: &Place,
    size: u32,
    pixels_per_hop: u32,
    seconds_max: f64,
    figures: &mut Figures,
) -> Result<(), CliError> {
    let is_usual = size == if pixels_per_hop == 1 { HOP_SIZE } else { LARGE_SIZE };
    let server = Server::start(place)?;
    let start = Instant::now();
    let body =
        format!(r#"{{"width":{size},"height":{size},"exchange":"http","pixels_per_hop":{pixels_per_hop},"seed":1}}"#);
    let run = server.post_json("/api/v1/runs", &body)?;
    let id = run.get("id").and_then(Value::as_u64).unwrap_or_default();
    let status = loop {
        thread::sleep(Duration::from_millis(20));
        let view = server.get_json(&format!("/api/v1/runs/{id}"))?;
        let status = view.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
        if status != "running" {
            break status;
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    if status != "completed" {
        return Err(CliError::Failed(format!("the run over HTTP ended {status}")));
    }
    let what = format!("run of {size}×{size} over HTTP, {pixels_per_hop} a hop");
    figures.add(Figure::seconds(what, seconds).at_most(seconds_max, is_usual))?;
    figures.add(Figure::bytes("peak memory of the server", server.process.memory().peak).at_most(96e6, is_usual))?;
    server.stop(place)
}

/// A server on a fresh data directory.
pub(super) struct Server {
    pub(super) process: Running,
    pub(super) address: String,
    agent: ureq::Agent,
}

/// A whole answer, of which only the end is kept.
pub(super) struct Answer {
    pub(super) seconds: f64,
    bytes: u64,
    end: Vec<u8>,
}

impl Server {
    pub(super) fn start(place: &Place) -> Result<Self, CliError> {
        let arguments = ["serve", "--address", "127.0.0.1", "--port", "0"].map(OsString::from);
        let process = Running::start(&place.path("served"), &arguments)?;
        let address = process.said.split_whitespace().find(|word| word.starts_with("http://"));
        let address = address.ok_or_else(|| CliError::Failed(format!("the server said only {:?}", process.said)))?;
        let server = Self { address: address.to_owned(), process, agent: ureq::Agent::new_with_defaults() };
        let deadline = Instant::now() + Duration::from_secs(READY_SECONDS_MAX);
        while let Err(error) = server.get("/health/ready") {
            if Instant::now() > deadline {
                return Err(error);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(server)
    }

    pub(super) fn stop(self, place: &Place) -> Result<(), CliError> {
        self.process.terminate()?;
        place.remove("served")
    }

    fn failed(path: &str, error: &dyn std::fmt::Display) -> CliError {
        CliError::Failed(format!("asking the server for {path} failed: {error}"))
    }

    /// Asks and reads to the last byte.
    pub(super) fn get(&self, path: &str) -> Result<Answer, CliError> {
        let start = Instant::now();
        let answer = self.agent.get(format!("{}{path}", self.address)).call();
        let mut answer = answer.map_err(|error| Self::failed(path, &error))?;
        let mut tail = Tail { bytes: 0, end: Vec::new() };
        io::copy(&mut answer.body_mut().as_reader(), &mut tail).map_err(|error| Self::failed(path, &error))?;
        Ok(Answer { seconds: start.elapsed().as_secs_f64(), bytes: tail.bytes, end: tail.end })
    }

    pub(super) fn get_json(&self, path: &str) -> Result<Value, CliError> {
        let answer = self.agent.get(format!("{}{path}", self.address)).call();
        let mut answer = answer.map_err(|error| Self::failed(path, &error))?;
        read_json(answer.body_mut().as_reader()).map_err(|error| Self::failed(path, &error))
    }

    pub(super) fn post_json(&self, path: &str, body: &str) -> Result<Value, CliError> {
        let request = self.agent.post(format!("{}{path}", self.address)).header("content-type", "application/json");
        let mut answer = request.send(body).map_err(|error| Self::failed(path, &error))?;
        read_json(answer.body_mut().as_reader()).map_err(|error| Self::failed(path, &error))
    }
}

fn read_json(body: impl Read) -> io::Result<Value> {
    Ok(serde_json::from_reader(body)?)
}

/// Counts what is written to it and keeps the last few bytes.
struct Tail {
    bytes: u64,
    end: Vec<u8>,
}

impl io::Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const KEPT: usize = 16;
        self.bytes += bytes.len() as u64;
        self.end.extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
        self.end.drain(..self.end.len().saturating_sub(KEPT));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
