//! The tokens in force: those of the file, read again when it changes.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use crate::config::tokens::{Stamp, Tokens, TokensError};

/// How often the file is looked at, at most, in milliseconds.
const GLANCE_MS: u64 = 1_000;

/// The tokens of a file.
#[derive(Debug)]
pub(super) struct LiveTokens {
    path: PathBuf,
    tokens: RwLock<Arc<Tokens>>,
    /// What the file was when it was last read, or could not be.
    stamp: Mutex<Stamp>,
    begin: Instant,
    /// When it is to be looked at again, in milliseconds since the beginning.
    due_ms: AtomicU64,
}

impl LiveTokens {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// [`TokensError`].
    pub(super) fn open(path: PathBuf) -> Result<Self, TokensError> {
        let (tokens, stamp) = Tokens::read(&path)?;
        tracing::info!(path = %path.display(), tokens = tokens.count(), "the tokens are read");
        Ok(Self {
            path,
            tokens: RwLock::new(Arc::new(tokens)),
            stamp: Mutex::new(stamp),
            begin: Instant::now(),
            due_ms: AtomicU64::new(GLANCE_MS),
        })
    }

    /// The tokens as they are now. Looks at the file about once a second: a call to the system, and a read where it
    /// changed. A file that can no longer be used changes nothing; the log says what is wrong with it.
    pub(super) fn current(&self) -> Arc<Tokens> {
        let now_ms = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due_ms = self.due_ms.load(Ordering::Relaxed);
        let due = now_ms >= due_ms;
        let next_ms = now_ms.saturating_add(GLANCE_MS);
        if due && self.due_ms.compare_exchange(due_ms, next_ms, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.look();
        }
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self) {
        let mut last = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        let found = Stamp::of(&self.path);
        if found.is_still(&last) {
            return;
        }
        match Tokens::read(&self.path) {
            Ok((tokens, stamp)) => {
                *last = stamp;
                let mut current = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
                if **current != tokens {
                    tracing::info!(path = %self.path.display(), tokens = tokens.count(), "the tokens have changed");
                    *current = Arc::new(tokens);
                }
            }
            Err(error) => {
                *last = found;
                tracing::error!(%error, "the tokens stay as they were");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_wrong_changes_nothing_and_what_is_right_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens");
        let write = |text: &str, mode| {
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
        };
        let row = |name: &str, digit: &str| format!("{name} read {}\n", digit.repeat(64));
        write(&row("a", "0"), 0o600);
        let live = LiveTokens::open(path.clone()).expect("a good file");
        let names = || {
            live.look();
            let tokens = live.current();
            ["a", "b"].map(|name| tokens.names(name))
        };
        assert_eq!(names(), [true, false]);
        write(&row("b", "1"), 0o600);
        assert_eq!(names(), [false, true], "another content of the same length");
        write("nonsense", 0o600);
        assert_eq!(names(), [false, true], "malformed");
        write(&row("a", "0"), 0o644);
        assert_eq!(names(), [false, true], "not private");
        fs::remove_file(&path).expect("it is there");
        assert_eq!(names(), [false, true], "gone");
        write("", 0o600);
        assert_eq!(names(), [false, false], "empty");
    }
}
