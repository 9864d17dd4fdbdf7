//! Settings of the system's allocator, which it reads before `main`: so the program starts itself once more with them.
//!
//! glibc gives each thread an arena of its own and raises, at each large block that is freed, the size from which blocks
//! go back to the system. What many threads take and give back in turn, as bands of images are, then piles up: the peak
//! memory of a server is twice what it needs. `docs/decisions/0006-allocator.md` has the figures.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Where glibc looks for its settings; whoever sets it decides.
const VARIABLE: &str = "GLIBC_TUNABLES";

const SETTINGS: &str = "glibc.malloc.arena_max=2:glibc.malloc.mmap_threshold=131072:glibc.malloc.trim_threshold=131072";

/// Starts this program again, as the same process, where the settings are not there yet. Where that does not work it
/// goes on without them: they save memory, and nothing depends on them.
pub fn settle() {
    if cfg!(not(target_env = "gnu")) || env::var_os(VARIABLE).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| program.clone().into());
    // It returns only where it failed.
    let error = Command::new(program).arg0(name).args(arguments).env(VARIABLE, SETTINGS).exec();
    tracing::debug!(%error, "the allocator keeps its own settings");
}
