//! The processes that measure: started, waited for, their memory read.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde::de::DeserializeOwned;

use crate::cli::error::CliError;

/// This program, about to work on the data directory `data`.
fn pixlog(data: &Path) -> Result<Command, CliError> {
    let program = std::env::current_exe().map_err(|source| CliError::Io { action: "finding this program", source })?;
    let mut command = Command::new(program);
    command.arg("--data").arg(data).stdin(Stdio::null()).stdout(Stdio::piped());
    Ok(command)
}

/// Runs one task of `bench-child` to its end and takes what it reports.
pub(super) fn measure<T: DeserializeOwned>(data: &Path, task: &[OsString]) -> Result<T, CliError> {
    let output = pixlog(data)?.arg("bench-child").args(task).stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| CliError::Io { action: "starting a measurement", source })?;
    if !output.status.success() {
        return Err(CliError::Failed(format!("a measurement ended with {}", output.status)));
    }
    parse(&output.stdout)
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> Result<T, CliError> {
    serde_json::from_slice(line).map_err(|error| CliError::Failed(format!("a measurement reported nonsense: {error}")))
}

/// A process that goes on while others measure; it is killed where nobody ends it.
pub(super) struct Running {
    process: Child,
    /// Kept so that what it writes later does not fail.
    _stdout: BufReader<std::process::ChildStdout>,
    /// The first line it wrote.
    pub(super) said: String,
}

impl Running {
    /// Starts this program with `arguments` and waits for its first line.
    pub(super) fn start(data: &Path, arguments: &[OsString]) -> Result<Self, CliError> {
        let failed = |source| CliError::Io { action: "starting a process to measure", source };
        let mut command = pixlog(data)?;
        // A server would tell of itself between the rows of a table.
        command.args(arguments).stderr(Stdio::inherit()).env("PIXLOG_LOG", "warn");
        // What is measured asks without a token, as often as it can.
        command.env("PIXLOG_ANONYMOUS", "read,write").env("PIXLOG_REQUESTS_PER_SECOND_MAX", "0");
        let mut process = command.spawn().map_err(failed)?;
        let stdout = process.stdout.take().ok_or_else(|| failed(std::io::ErrorKind::BrokenPipe.into()))?;
        let mut stdout = BufReader::new(stdout);
        let mut said = String::new();
        let read = stdout.read_line(&mut said);
        let running = Self { process, _stdout: stdout, said };
        match read.map_err(failed)? {
            0 => Err(CliError::Failed("a process to measure ended before it said anything".to_owned())),
            _ => Ok(running),
        }
    }

    /// What its first line reports.
    pub(super) fn reported<T: DeserializeOwned>(&self) -> Result<T, CliError> {
        parse(self.said.as_bytes())
    }

    pub(super) fn memory(&self) -> Memory {
        Memory::of(&self.process.id().to_string())
    }

    /// Forgets the most memory it ever held, so that a later peak is that of what follows.
    pub(super) fn reset_peak(&self) {
        reset_peak(&self.process.id().to_string());
    }

    /// Ends it as kill -9 does.
    pub(super) fn kill(mut self) -> Result<(), CliError> {
        let killed = self.process.kill().and_then(|()| self.process.wait());
        killed.map(drop).map_err(|source| CliError::Io { action: "killing a process", source })
    }

    /// Asks it to end, and waits until it has.
    pub(super) fn terminate(mut self) -> Result<(), CliError> {
        let failed = |source| CliError::Io { action: "ending a process", source };
        let number = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(number) = number {
            let sent = rustix::process::kill_process(number, rustix::process::Signal::TERM);
            sent.map_err(|error| failed(error.into()))?;
        }
        let status = self.process.wait().map_err(failed)?;
        if status.success() { Ok(()) } else { Err(CliError::Failed(format!("the server ended with {status}"))) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only on the way out of an error: both fail where the process has been waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a process holds of memory, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// Now (`VmRSS`).
    pub(super) now: u64,
    /// At most, since it started or its peak was reset (`VmHWM`).
    pub(super) peak: u64,
}

impl Memory {
    /// Of this process.
    pub(super) fn own() -> Self {
        Self::of("self")
    }

    fn of(process: &str) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        Self { now: Self::field(&status, "VmRSS:"), peak: Self::field(&status, "VmHWM:") }
    }

    fn field(status: &str, name: &str) -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1_024
    }
}

/// Forgets the most memory that this process ever held.
pub(super) fn reset_own_peak() {
    reset_peak("self");
}

/// As `proc_pid_clear_refs(5)` has it. Where that is not allowed the old peak stays, so that figures only get worse.
fn reset_peak(process: &str) {
    let _ = fs::write(format!("/proc/{process}/clear_refs"), "5");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        let status = "Name:\tpixlog\nVmHWM:\t   12345 kB\nVmRSS:\t      10 kB\n";
        assert_eq!(Memory::field(status, "VmHWM:"), 12_345 * 1_024);
        assert_eq!(Memory::field(status, "VmSwap:"), 0);
        let own = Memory::own();
        assert!(own.now > 100_000 && own.peak >= own.now / 2, "{own:?}");
    }
}
