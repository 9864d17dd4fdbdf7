//! Where a measurement takes place: the machine, and a directory on a real disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde::Serialize;
use tempfile::TempDir;

use crate::cli::error::CliError;
use crate::cli::words;

/// Where a measurement takes place.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) machine: Machine,
    scratch: TempDir,
}

/// What figures depend on.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    version: &'static str,
    is_release_build: bool,
    cores: usize,
    cpu: String,
    memory_bytes: u64,
    kernel: String,
    filesystem: String,
    device: String,
    /// Runnable threads over the last minute when the measurement began: how much else was going on.
    load: f64,
}

impl Place {
    /// In a new directory beside `data`, or in a folder for temporary files, whichever is first on a real disk.
    pub(super) fn beside(data: &Path) -> Result<Self, CliError> {
        let parent = data.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let candidates = [parent.to_owned(), std::env::temp_dir(), PathBuf::from("/var/tmp")];
        for folder in candidates.iter().filter_map(|folder| fs::canonicalize(folder).ok()) {
            let mount = Mount::of(&folder);
            if mount.is_memory() {
                continue;
            }
            if let Ok(scratch) = tempfile::Builder::new().prefix("pixlog-bench-").tempdir_in(&folder) {
                return Ok(Self { machine: Machine::new(mount), scratch });
            }
        }
        let tried: Vec<_> = candidates.iter().map(|folder| folder.display().to_string()).collect();
        let tried = tried.join(", ");
        Err(CliError::Failed(format!("no directory to measure in: none of {tried} is on a disk and can be written")))
    }

    /// A new name in the directory.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// Frees the disk.
    pub(super) fn remove(&self, name: &str) -> Result<(), CliError> {
        let path = self.path(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(|source| CliError::File { action: "removing", path, source })
    }
}

impl Machine {
    fn new(mount: Mount) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let memory_kib = field(&read("/proc/meminfo"), "MemTotal");
        Self {
            version: env!("CARGO_PKG_VERSION"),
            is_release_build: !cfg!(debug_assertions),
            cores: thread::available_parallelism().map_or(0, usize::from),
            cpu: field(&read("/proc/cpuinfo"), "model name"),
            memory_bytes: memory_kib.trim_end_matches(" kB").parse().unwrap_or(0) * 1_024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            filesystem: mount.filesystem,
            device: mount.device,
            load: read("/proc/loadavg").split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN),
        }
    }

    /// One line for people.
    pub(super) fn describe(&self) -> String {
        let Self { version, cores, cpu, kernel, filesystem, device, load, .. } = self;
        let build = if self.is_release_build { "" } else { " (debug build: the times say nothing)" };
        let cores = words::counted(*cores as u64, "core", "cores");
        let memory = words::bytes(self.memory_bytes);
        format!(
            "pixlog {version}{build}, {cores} ({cpu}), {memory}, Linux {kernel}, {filesystem} on {device}, load {load}"
        )
    }
}

/// A mounted file system.
#[derive(Debug, Default)]
struct Mount {
    filesystem: String,
    device: String,
}

impl Mount {
    /// What `path`, which must be canonical, lies on: the last of the longest mount points above it.
    fn of(path: &Path) -> Self {
        Self::find(&fs::read_to_string("/proc/self/mountinfo").unwrap_or_default(), path)
    }

    /// Lines are as in `proc_pid_mountinfo(5)`: `36 35 98:0 /root /mount/point options … - type source options`.
    fn find(mounts: &str, path: &Path) -> Self {
        let mut found = (0, Self::default());
        for line in mounts.lines() {
            let Some((before, after)) = line.split_once(" - ") else { continue };
            let Some(point) = before.split(' ').nth(4) else { continue };
            let point = PathBuf::from(point.replace("\\040", " "));
            let depth = point.components().count();
            if path.starts_with(&point) && depth >= found.0 {
                let mut fields = after.split(' ').map(str::to_owned);
                let (filesystem, device) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
                found = (depth, Self { filesystem, device });
            }
        }
        found.1
    }

    fn is_memory(&self) -> bool {
        matches!(self.filesystem.as_str(), "tmpfs" | "ramfs" | "devtmpfs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_mount_counts() {
        let mounts = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
                      30 22 0:25 / /tmp rw - tmpfs tmpfs rw\n\
                      31 22 254:1 / /my\\040disk rw master:2 shared:3 - btrfs /dev/vdb rw\n";
        let find = |path: &str| Mount::find(mounts, Path::new(path));
        assert_eq!(find("/tmpfile").device, "/dev/vda");
        assert!(find("/tmp/a").is_memory() && !find("/var/tmp").is_memory());
        assert_eq!(find("/my disk/data").filesystem, "btrfs");
    }
}
