//! What somebody may do.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Looking at canvases, histories and runs.
    Read,
    /// Writing, and starting runs.
    Write,
    /// Deleting, importing, taking back what others wrote, and the metrics.
    Admin,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The name in settings, in the tokens file and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// A set of scopes: each holds those before it, so `write` reads and `admin` does all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scopes(Option<Scope>);

impl Scopes {
    /// Nothing.
    pub const NONE: Self = Self(None);
    /// Reading only.
    pub const READ: Self = Self(Some(Scope::Read));
    /// Everything.
    pub const ALL: Self = Self(Some(Scope::Admin));

    /// Whether `scope` is in it.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0.is_some_and(|highest| scope as u8 <= highest as u8)
    }

    /// The names of all that is in it: `read`, `write`, `admin`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope)).map(Scope::as_str)
    }

    /// The set that these names give.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, ScopeError> {
        let mut highest = None;
        for name in names {
            let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == name).ok_or(ScopeError)?;
            if !Self(highest).has(scope) {
                highest = Some(scope);
            }
        }
        highest.map(|highest| Self(Some(highest))).ok_or(ScopeError)
    }
}

/// Why a text gives no scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("scopes are read, write and admin, with commas between them")]
pub struct ScopeError;

impl FromStr for Scopes {
    type Err = ScopeError;

    /// Names with commas between them, at least one.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::of(text.split(','))
    }
}

impl fmt::Display for Scopes {
    /// The names of all that is in it, with commas; empty for none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.names().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            f.write_str(name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scope_holds_those_before_it() {
        for (text, names) in [
            ("read", &["read"][..]),
            ("write", &["read", "write"]),
            ("read,write", &["read", "write"]),
            ("write,read", &["read", "write"]),
            ("admin", &["read", "write", "admin"]),
            ("admin,read", &["read", "write", "admin"]),
        ] {
            let scopes: Scopes = text.parse().expect(text);
            assert_eq!(scopes.names().collect::<Vec<_>>(), names, "{text}");
            assert_eq!(scopes.to_string(), names.join(","), "{text}");
        }
        assert_eq!(Scopes::NONE.names().count(), 0);
    }

    #[test]
    fn what_is_no_scope_is_refused() {
        for text in ["", "read,", ",", "all", "Read", "read write", "read, write", "none"] {
            assert_eq!(text.parse::<Scopes>(), Err(ScopeError), "{text:?}");
        }
    }
}
