//! A directory to work in, commands run in it, and what the library says about the same data.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pixlog::canvas::{Change, Entry, Name, Version};
use pixlog::journal::{Canvas, EntryFilter, HistoryQuery, Journal, Options};
use pixlog::store::{Order, SledOptions, SledStore};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A directory of its own, in which commands are run.
pub struct Terminal(TempDir);

/// What a command did.
#[derive(Debug)]
pub struct Done {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Terminal {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A name in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Where the data are: where they are by default.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The names of what is in a folder, sorted; none where it is not there.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.path(folder)) else { return Vec::new() };
        let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The program with these arguments, free of what the tester's environment says.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pixlog"));
        self.prepare(&mut command);
        command.args(arguments);
        command
    }

    fn prepare(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("PIXLOG_") || text.starts_with("ROCKET_") || text == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        command.current_dir(self.0.path()).stdin(Stdio::null());
    }

    /// Runs the program to its end.
    pub fn pixlog(&self, arguments: &[&str]) -> Done {
        done(&self.command(arguments).output().unwrap())
    }

    /// Runs the program to its end, which must be a good one; what it wrote to standard output.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let done = self.pixlog(arguments);
        assert_eq!(done.status, Some(0), "{arguments:?}: {done:?}");
        done.out
    }

    /// Runs a line of bash in which `pixlog` is the program.
    pub fn bash(&self, line: &str) -> Done {
        let mut command = Command::new("bash");
        self.prepare(&mut command);
        let program = format!("set -o pipefail; pixlog() {{ '{}' \"$@\"; }}; {line}", env!("CARGO_BIN_EXE_pixlog"));
        done(&command.arg("-c").arg(program).output().unwrap())
    }

    /// Starts the program and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Started {
        Started::of(&mut self.command(arguments))
    }

    /// Imports a canvas `wall` of 4×3 cells, whose log is always the same: [`WALL`].
    pub fn wall(&self) {
        fs::write(self.path("wall.csv"), WALL).unwrap();
        self.ok(&["import", "wall.csv", "--width", "4", "--height", "3"]);
        fs::remove_file(self.path("wall.csv")).unwrap();
    }

    /// Starts a server on the data, with these variables, and waits until it is ready.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Serving {
        let mut command = self.command(&["serve", "--port", "0"]);
        command.envs(variables.iter().copied());
        let mut server = Started::of(&mut command);
        let mut said = String::new();
        BufReader::new(server.child().stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.strip_prefix("pixlog listens on ").unwrap_or_else(|| panic!("{said}"));
        let url = address.split(' ').next().unwrap().to_owned();
        while ureq::get(format!("{url}/health/ready")).call().is_err() {
            assert!(server.child().try_wait().unwrap().is_none(), "it ended before it was ready");
            thread::sleep(Duration::from_millis(5));
        }
        Serving { server, url }
    }

    /// Writes a file of tokens.
    pub fn tokens(&self, name: &str, text: &str, mode: u32) {
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    /// The journal itself, opened by the library.
    pub fn journal(&self) -> Journal {
        let store = SledStore::open(&self.data(), &SledOptions::default()).unwrap();
        Journal::open(Arc::new(store), Options::default()).unwrap()
    }
}

/// Pixels of three users, one of them twice on a cell, and a rectangle.
pub const WALL: &str = "timestamp,user_id,pixel_color,coordinate
2022-04-01 12:44:10.315 UTC,ada==,#FF0000,\"0,0\"
2022-04-01 12:44:11 UTC,bob==,#00FF00,\"3,2\"
2022-04-01 12:44:11.5 UTC,ada==,#0000FF,\"0,0\"
2022-04-01 12:45:00 UTC,mod==,#FFFFFF,\"0,0,1,1\"
2022-04-01 12:46:00 UTC,eve==,#123456,\"1,1\"
";

/// A server that is running.
pub struct Serving {
    server: Started,
    pub url: String,
}

impl Serving {
    /// Ends it well.
    pub fn stop(mut self) {
        self.server.signal(Signal::TERM);
        assert_eq!(self.server.wait().status, Some(0));
    }
}

pub fn done(output: &Output) -> Done {
    // A picture on standard output is no text; tests that want its bytes take them as they are.
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Done { status: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A command that is running. Killed where the test ends before it does.
pub struct Started(Option<Child>);

impl Started {
    pub fn of(command: &mut Command) -> Self {
        Self(Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()))
    }

    pub fn child(&mut self) -> &mut Child {
        self.0.as_mut().unwrap()
    }

    /// Waits until there is a file, which the command must make before it ends; gives up after far longer than it takes.
    pub fn wait_for(&mut self, path: &Path) {
        for _ in 0..3_000 {
            if path.exists() {
                return;
            }
            if self.child().try_wait().unwrap().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("{} never came", path.display());
    }

    pub fn signal(&mut self, signal: Signal) {
        kill_process(Pid::from_child(self.child()), signal).unwrap();
    }

    /// Signals it and waits for its end.
    pub fn wait_after(mut self, signal: Signal) -> Done {
        self.signal(signal);
        self.wait()
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Done {
        done(&self.0.take().unwrap().wait_with_output().unwrap())
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The canvas of that name.
pub fn canvas(journal: &Journal, name: &str) -> Canvas {
    journal.canvas_named(&name.parse::<Name>().unwrap()).unwrap()
}

/// All entries of a canvas, oldest first.
pub fn entries(journal: &Journal, canvas: &Canvas) -> Vec<Entry> {
    let mut query = HistoryQuery {
        order: Order::Ascending,
        after: None,
        before: None,
        limit: 10_000,
        filter: EntryFilter::default(),
    };
    let mut entries = Vec::new();
    loop {
        let page = journal.history(canvas.id, &query).unwrap();
        entries.extend(page.entries);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return entries,
        }
    }
}

/// The rows of a canvas at a version.
pub fn image(journal: &Journal, canvas: &Canvas, version: u64) -> Vec<u8> {
    let mut bands = journal.image_at(canvas.id, Version(version), canvas.size.rect()).unwrap();
    let mut rows = Vec::new();
    while let Some(band) = bands.next_band().unwrap() {
        rows.extend_from_slice(band.data());
    }
    rows
}

/// Asserts that a canvas was filled as a run fills it: one entry a cell, each of a new colour that is not white.
pub fn assert_filled(journal: &Journal, canvas: &Canvas) {
    let entries = entries(journal, canvas);
    assert_eq!(entries.len(), canvas.size.cells() as usize, "one entry a cell");
    let pixels = entries.iter().map(|entry| match entry.change {
        Change::Pixel(pixel) => pixel,
        Change::State { .. } => panic!("{entry:?} is not a pixel"),
    });
    let mut cells: Vec<_> = pixels.clone().map(|pixel| pixel.cell).collect();
    let mut colours: Vec<_> = pixels.map(|pixel| pixel.colour).collect();
    assert!(!colours.contains(&pixlog::canvas::Colour::WHITE));
    cells.sort_unstable();
    cells.dedup();
    colours.sort_unstable();
    colours.dedup();
    assert_eq!((cells.len(), colours.len()), (entries.len(), entries.len()), "no cell and no colour twice");
}
