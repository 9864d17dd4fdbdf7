//! `pixlog bench load`: a server under load, beside the same Rocket that stores nothing.

mod clients;
mod readers;

use std::ffi::OsString;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cli::error::CliError;
use crate::cli::progress;
use crate::cli::stop::Stop;

use super::args::{LARGE_SIZE, LoadArgs};
use super::child::random_versions;
use super::figures::median;
use super::place::Place;
use super::process::Running;
use super::report::{Figure, Figures};
use super::server::Server;
use clients::{Asked, Connection, ask, percentile, request};
use readers::{Reader, Sent, read_while};

/// Clients for which budgets are set.
const CLIENTS: usize = 256;

/// Readers for which a budget is set, and how many of them stop to read.
const READERS: usize = 1_000;
const STALLED: usize = 200;

/// The side of the canvas that is drawn on.
const SIDE: u32 = 1_000;

const JSON: &str = "Content-Type: application/json\r\n";
const ROWS: &str = "Content-Type: application/octet-stream\r\n";
const PIXELS: &str = "/api/v1/canvases/load/pixels";

/// Measures everything and prints the figures.
pub(super) fn bench(args: &LoadArgs, place: &Place, stop: &Stop) -> Result<(), CliError> {
    let mut figures = Figures::begin(&place.machine.describe(), args.json)?;
    let spinner = progress::spinner("many clients");
    let server = Server::start(place)?;
    let body = format!(r#"{{"name":"load","width":{SIDE},"height":{SIDE}}}"#);
    server.post_json("/api/v1/canvases", &body)?;
    let bare = Running::start(&place.path("bare"), &["bench-child", "bare"].map(OsString::from))?;
    let load = Load { args, server: &server, bare: bare.said.trim().to_owned() };
    load.writes(&mut figures)?;
    stop.check("stopped; nothing is left behind")?;
    load.batches(&mut figures)?;
    load.unchanged(&mut figures)?;
    bare.kill()?;
    stop.check("stopped; nothing is left behind")?;
    spinner.set_message("live readers");
    load.live(&mut figures)?;
    stop.check("stopped; nothing is left behind")?;
    spinner.set_message("tiles and cells of a long history");
    load.moments(&mut figures)?;
    spinner.finish_and_clear();
    figures.add(
        Figure::bytes("peak memory of the server, all of this", server.process.memory().peak).at_most(192e6, true),
    )?;
    server.stop(place)?;
    figures.finish(&place.machine)
}

struct Load<'a> {
    args: &'a LoadArgs,
    server: &'a Server,
    /// Where the Rocket that stores nothing listens.
    bare: String,
}

/// One pixel that differs from client to client and from time to time.
fn pixel(client: usize, round: usize) -> Vec<u8> {
    let number = client * 7_919 + round * 104_729;
    let (x, y, colour) = (number % SIDE as usize, number / 7 % SIDE as usize, number % (1 << 24));
    request("POST", PIXELS, JSON, format!(r##"{{"pixels":[[{x},{y},"#{colour:06x}"]]}}"##).as_bytes())
}

impl Load<'_> {
    fn time(&self) -> Duration {
        Duration::from_secs(self.args.seconds.into())
    }

    /// Asks the server and the Rocket that stores nothing in turn, so that both meet the same noise.
    fn in_turn(
        &self,
        connections: usize,
        mut ours: impl FnMut() -> Result<Asked, CliError>,
        bare: impl Fn(usize, usize) -> Vec<u8> + Sync,
    ) -> Result<(Vec<Asked>, f64), CliError> {
        let (mut all, mut rates, mut bare_rates) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.args.repeat {
            bare_rates.push(ask(&self.bare, connections, self.time(), 200, &bare)?.per_second());
            let asked = ours()?;
            rates.push(asked.per_second());
            all.push(asked);
        }
        let ratio = median(rates) / median(bare_rates);
        Ok((all, ratio))
    }

    fn writes(&self, figures: &mut Figures) -> Result<(), CliError> {
        for clients in [1, 16, CLIENTS] {
            let is_usual = clients == CLIENTS;
            let ours = || ask(&self.server.address, clients, self.time(), 200, pixel);
            let (all, ratio) = self.in_turn(clients, ours, pixel)?;
            let what = format!("one pixel a POST, {clients} clients");
            let rate = median(all.iter().map(Asked::per_second).collect());
            figures.add(Figure::per_second(what, rate).at_least(30_000.0, is_usual))?;
            figures.add(Figure::ratio("× the same Rocket storing nothing", ratio).at_least(0.5, is_usual))?;
            let p99 = median(all.iter().map(Asked::p99).collect());
            figures.add(Figure::seconds("p99 of its answers", p99).at_most(0.025, is_usual))?;
        }
        Ok(())
    }

    fn batches(&self, figures: &mut Figures) -> Result<(), CliError> {
        const BATCH: u32 = 10_000;
        let pixels: Vec<String> =
            (0..BATCH).map(|n| format!(r##"[{},{},"#{:06x}"]"##, n % SIDE, n / SIDE, n * 1_601)).collect();
        let json = request("POST", PIXELS, JSON, format!(r#"{{"pixels":[{}]}}"#, pixels.join(",")).as_bytes());
        let row = |n: u32| [&n.to_le_bytes()[..], &(n * 1_601).to_le_bytes()[..3]].concat();
        let rows = request("POST", PIXELS, ROWS, &(0..BATCH).flat_map(row).collect::<Vec<_>>());
        for (name, bytes, is_usual) in [("JSON", json, false), ("rows", rows, true)] {
            let rates: Result<Vec<_>, _> = (0..self.args.repeat)
                .map(|_| ask(&self.server.address, 8, self.time(), 200, |_, _| bytes.clone()))
                .map(|asked| Ok::<_, CliError>(asked?.per_second() * f64::from(BATCH)))
                .collect();
            let what = format!("pixels in batches of {BATCH} as {name}, 8 clients");
            figures.add(Figure::per_second(what, median(rates?)).at_least(3e6, is_usual))?;
        }
        Ok(())
    }

    fn unchanged(&self, figures: &mut Figures) -> Result<(), CliError> {
        let path = "/api/v1/canvases/load/image.png";
        let version = self.version()?;
        let known = request("GET", path, &format!("If-None-Match: \"{version}\"\r\n"), b"");
        let ours = || ask(&self.server.address, CLIENTS, self.time(), 304, |_, _| known.clone());
        let (all, ratio) = self.in_turn(CLIENTS, ours, |_, _| request("GET", "/", "", b""))?;
        let rate = median(all.iter().map(Asked::per_second).collect());
        figures.add(Figure::per_second(format!("GET image.png answered 304, {CLIENTS} clients"), rate))?;
        figures.add(Figure::ratio("× an empty GET of the same Rocket", ratio).at_least(0.6, true))
    }

    /// The head of the canvas that is drawn on.
    fn version(&self) -> Result<u64, CliError> {
        let canvas = self.server.get_json("/api/v1/canvases/load")?;
        Ok(canvas.get("version").and_then(Value::as_u64).unwrap_or_default())
    }

    fn live(&self, figures: &mut Figures) -> Result<(), CliError> {
        let failed = |error: std::io::Error| CliError::Failed(format!("reading live events failed: {error}"));
        let first = self.version()?;
        let path = "/api/v1/canvases/load/events";
        let open = |_| Reader::open(&self.server.address, path, first);
        let mut readers = (0..READERS).map(open).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let before = self.server.process.memory().now;
        let sent = Sent::new(first);
        let (drawn, latencies) = read_while(&mut readers, &sent, || self.draw_in_turn(&sent)).map_err(failed)?;
        let rate = drawn?;
        let what = format!("a change reaches {READERS} readers, p99, at {rate:.0} changes a second");
        figures.add(Figure::seconds(what, percentile(&latencies, 99)).at_most(0.25, true))?;
        figures.add(Figure::seconds("the same, median", percentile(&latencies, 50)))?;
        let appends = || ask(&self.server.address, 16, self.time(), 200, pixel);
        let (all, _) = read_while(&mut readers, &sent, appends).map_err(failed)?;
        let all = all?;
        // The last ones stop to read; their connections stay.
        let (reading, _stalled) = readers.split_at_mut(READERS - STALLED);
        let (few, _) = read_while(reading, &sent, appends).map_err(failed)?;
        let few = few?;
        figures
            .add(Figure::per_second(format!("one pixel a POST, 16 clients, {READERS} readers"), all.per_second()))?;
        figures.add(Figure::seconds("p99 of its answers", all.p99()))?;
        figures.add(Figure::seconds(format!("the same while {STALLED} of them are stalled"), few.p99()))?;
        figures.add(Figure::ratio("× while none is", few.p99() / all.p99()).at_most(2.0, true))?;
        let growth = self.server.process.memory().now.saturating_sub(before);
        figures.add(Figure::bytes("memory that these took", growth))
    }

    /// Draws a pixel every two milliseconds; how many a second that became.
    #[expect(clippy::cast_precision_loss, reason = "thousands of pixels")]
    fn draw_in_turn(&self, sent: &Sent) -> Result<f64, CliError> {
        let failed = |error: std::io::Error| CliError::Failed(format!("asking the server failed: {error}"));
        let mut connection = Connection::open(&self.server.address).map_err(failed)?;
        let (first, start) = (self.version()?, Instant::now());
        let mut drawn = 0;
        while start.elapsed() < self.time() * 2 {
            sent.note(first + drawn + 1);
            connection.send(&pixel(1, usize::try_from(drawn).unwrap_or(0))).map_err(failed)?;
            connection.receive(200).map_err(failed)?;
            drawn += 1;
            thread::sleep(Duration::from_millis(2));
        }
        Ok(drawn as f64 / start.elapsed().as_secs_f64())
    }

    /// Tiles, cells and their histories on a canvas with a long history.
    fn moments(&self, figures: &mut Figures) -> Result<(), CliError> {
        let size = self.args.size;
        let is_usual = size == LARGE_SIZE;
        self.server.get(&format!("/?init=1&width={size}&height={size}&images=none"))?;
        let canvases = self.server.get_json("/api/v1/canvases?limit=1")?;
        let name = canvases.pointer("/canvases/0/name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let head = u64::from(size) * u64::from(size);
        // The last snapshots and deltas are taken in the background.
        thread::sleep(Duration::from_secs(3));
        let top = self.server.get_json(&format!("/api/v1/canvases/{name}/tiles.json"))?;
        let zoom = top.get("max_z").and_then(Value::as_u64).unwrap_or_default();
        let columns = u64::from(size.div_ceil(256));
        let versions = random_versions(head, self.args.moments, 1);
        let one_tile = |version: u64| {
            let (x, y) = (version % columns, version / columns % columns);
            format!("/api/v1/canvases/{name}/tiles/{zoom}/{x}/{y}.png?version={version}")
        };
        let cell = |version: u64| {
            let (x, y) = (version % u64::from(size), version / 7 % u64::from(size));
            format!("/api/v1/canvases/{name}/pixels/{x}/{y}")
        };
        let measure = |path: &dyn Fn(u64) -> String| -> Result<Vec<f64>, CliError> {
            let times: Result<Vec<_>, _> =
                versions.iter().map(|version| Ok::<_, CliError>(self.server.get(&path(*version))?.seconds)).collect();
            let mut times = times?;
            times.sort_by(f64::total_cmp);
            Ok(times)
        };
        let what = format!("of {size}×{size}");
        let [cold, warm] = self.tiles(&versions, one_tile)?;
        let cold = Figure::seconds(format!("a tile {what} at a random version, cold, p99"), percentile(&cold, 99));
        figures.add(cold.at_most(0.06, is_usual))?;
        figures.add(Figure::seconds("the same again, p99", percentile(&warm, 99)).at_most(0.005, is_usual))?;
        let single = measure(&cell)?;
        figures.add(Figure::seconds(format!("a cell {what} at the head, p99"), percentile(&single, 99)))?;
        let histories = measure(&|version| format!("{}/history", cell(version)))?;
        figures.add(Figure::seconds("its whole history, p99", percentile(&histories, 99)).at_most(0.15, is_usual))
    }

    /// How long each tile takes, and how long it takes right after, ascending.
    fn tiles(&self, versions: &[u64], path: impl Fn(u64) -> String) -> Result<[Vec<f64>; 2], CliError> {
        let mut times = [Vec::new(), Vec::new()];
        for version in versions {
            for times in &mut times {
                times.push(self.server.get(&path(*version))?.seconds);
            }
        }
        for times in &mut times {
            times.sort_by(f64::total_cmp);
        }
        Ok(times)
    }
}
