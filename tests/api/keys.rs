//! Files of tokens for tests.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use pixlog::config::tokens::hash;
use pixlog::config::{Config, Scopes};
use tempfile::TempDir;

use crate::app::App;

/// A file of tokens, in which the token of `name` is `secret-of-name`.
pub struct Keys(TempDir);

impl Keys {
    /// A token for each scope, called what it allows.
    pub fn new() -> Self {
        let keys = Self(TempDir::new().expect("a temporary directory"));
        keys.write(&[("reader", "read"), ("writer", "write"), ("admin", "admin")]);
        keys
    }

    /// Replaces the file by one with these tokens.
    pub fn write(&self, tokens: &[(&str, &str)]) {
        let line = |(name, scopes): &(&str, &str)| {
            let hash = hash(&format!("secret-of-{name}")).map(|byte| format!("{byte:02x}")).concat();
            format!("{name} {scopes} {hash}\n")
        };
        self.write_text(&tokens.iter().map(line).collect::<String>());
    }

    /// Replaces the file, in one step, by one with this text.
    pub fn write_text(&self, text: &str) {
        let (path, new) = (self.0.path().join("tokens"), self.0.path().join("new"));
        fs::write(&new, text).expect("a file");
        fs::set_permissions(&new, Permissions::from_mode(0o600)).expect("a mode");
        fs::rename(new, path).expect("one folder");
    }

    /// A server that asks for these tokens, and what it allows without one.
    pub fn app(&self, anonymous: Option<Scopes>) -> App {
        App::with(|config| self.configure(config, anonymous))
    }

    pub fn configure(&self, config: &mut Config, anonymous: Option<Scopes>) {
        config.tokens = Some(self.0.path().join("tokens"));
        config.anonymous = anonymous;
    }
}

/// The header that carries the token of `name`.
pub fn bearer(name: &str) -> (&'static str, String) {
    ("Authorization", format!("Bearer secret-of-{name}"))
}
