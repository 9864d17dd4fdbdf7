//! The tokens file: who may do what, by the hash of a secret.
//!
//! A line is `name scope[,scope] <SHA-256 of the token, 64 hexadecimal digits>`. Empty lines and those that begin with
//! `#` say nothing. A token has 256 random bits, so its plain hash cannot be turned back and needs no salt.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use thiserror::Error;

use super::scope::Scopes;

/// The longest file that is read, in bytes: some ten thousand tokens.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// A file that changed within this time may change again without another time of change.
const SETTLED: Duration = Duration::from_secs(2);

/// What tokens begin with, so that people and scanners know one when they see it.
const PREFIX: &str = "pixlog_";

/// The SHA-256 of a secret.
pub type Hash = [u8; 32];

/// The SHA-256 of `secret`.
#[must_use]
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// 256 random bits in the alphabet for URLs of RFC 4648.
///
/// # Errors
///
/// Where the system has no random bytes to give.
pub fn random_secret() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A new token; only its hash is to be kept.
///
/// # Errors
///
/// Where the system has no random bytes to give.
pub fn new_token() -> io::Result<String> {
    Ok(format!("{PREFIX}{}", random_secret()?))
}

/// The name of a token, which is the author of what is written with it: 1 to 128 ASCII letters, digits and `._@-`,
/// the first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(Arc<str>);

impl TokenName {
    /// The name as text, shared.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl FromStr for TokenName {
    type Err = TokenNameError;

    fn from_str(text: &str) -> Result<Self, TokenNameError> {
        let well_formed = text.len() <= crate::canvas::Author::NAME_CHARS_MAX
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte))
            && text.starts_with(|first: char| first.is_ascii_alphanumeric());
        if well_formed { Ok(Self(text.into())) } else { Err(TokenNameError) }
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no name of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a token's name is 1 to 128 letters, digits and . _ @ - from ASCII, the first a letter or a digit")]
pub struct TokenNameError;

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub name: TokenName,
    /// What it allows.
    pub scopes: Scopes,
    /// The SHA-256 of the token.
    pub hash: Hash,
}

impl fmt::Display for Token {
    /// As a line of the tokens file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.name, self.scopes)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Token {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Self, LineError> {
        let mut words = line.split_ascii_whitespace();
        let (Some(name), Some(scopes), Some(hash), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(LineError::Words);
        };
        Ok(Self { name: name.parse()?, scopes: scopes.parse()?, hash: hash_from_hex(hash).ok_or(LineError::Hash)? })
    }
}

fn hash_from_hex(text: &str) -> Option<Hash> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?)).collect();
    bytes?.try_into().ok().filter(|_| rest.is_empty())
}

/// What is wrong with a line. The line itself is not shown: somebody may have put a token into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineError {
    /// Not three words.
    #[error("a line is a name, scopes and a hash")]
    Words,
    /// The first is no name.
    #[error(transparent)]
    Name(#[from] TokenNameError),
    /// The second is no list of scopes.
    #[error(transparent)]
    Scopes(#[from] super::scope::ScopeError),
    /// The third is no hash.
    #[error("the hash is the SHA-256 of the token, 64 hexadecimal digits; 'pixlog token' prints such a line")]
    Hash,
    /// A name that another line has, whatever its case.
    #[error("this name stands in a line above")]
    NameTwice,
    /// A hash that another line has.
    #[error("this hash stands in a line above")]
    HashTwice,
}

/// Why a tokens file cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TokensError {
    /// It is not there, or cannot be read.
    #[error("the tokens file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others than its owner may read or write it.
    #[error("the tokens file {} has mode {mode:04o}: others could read or change it; run chmod 600 on it", path.display())]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A line that is wrong.
    #[error("line {line} of the tokens file {} is wrong: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: LineError,
    },
}

/// The tokens of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tokens(Vec<Token>);

impl Tokens {
    /// The token that hashes to `wanted`. Takes as long whichever it is, and whether it is one or not.
    #[must_use]
    pub fn find(&self, wanted: &Hash) -> Option<&Token> {
        let mut found = u64::MAX;
        for (index, token) in (0_u64..).zip(&self.0) {
            let same: Choice = token.hash.ct_eq(wanted);
            found.conditional_assign(&index, same);
        }
        usize::try_from(found).ok().and_then(|index| self.0.get(index))
    }

    /// Whether a token has this name, whatever its case.
    #[must_use]
    pub fn names(&self, name: &str) -> bool {
        self.0.iter().any(|token| token.name.0.eq_ignore_ascii_case(name))
    }

    /// The number of tokens.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    fn parse(text: &str) -> Result<Self, (usize, LineError)> {
        let (mut names, mut hashes) = (HashSet::new(), HashSet::new());
        let mut tokens = Vec::new();
        for (line, number) in text.lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let token: Token = line.parse().map_err(|problem| (number, problem))?;
            if !names.insert(token.name.0.to_ascii_lowercase()) {
                return Err((number, LineError::NameTwice));
            }
            if !hashes.insert(token.hash) {
                return Err((number, LineError::HashTwice));
            }
            tokens.push(token);
        }
        Ok(Self(tokens))
    }

    /// Reads a tokens file, and what tells this content of it from another.
    ///
    /// # Errors
    ///
    /// [`TokensError`].
    pub fn read(path: &Path) -> Result<(Self, Stamp), TokensError> {
        let unreadable = |source| TokensError::Unreadable { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let found = file.metadata().map_err(unreadable)?;
        if !found.is_file() {
            return Err(unreadable(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file")));
        }
        let mode = found.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(TokensError::Mode { path: path.to_owned(), mode });
        }
        let mut text = String::new();
        let length = file.by_ref().take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
        if length as u64 > FILE_BYTES_MAX {
            let detail = format!("it has more than {FILE_BYTES_MAX} bytes");
            return Err(unreadable(io::Error::new(io::ErrorKind::FileTooLarge, detail)));
        }
        let stamp = Stamp::from_metadata(&found);
        let tokens = Self::parse(&text);
        let tokens = tokens.map_err(|(line, problem)| TokensError::Line { path: path.to_owned(), line, problem })?;
        Ok((tokens, stamp))
    }
}

/// What tells the content of a file from what it was before, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Device, number, length, permissions, and the times of change of content and of the file, in nanoseconds;
    /// nothing where there is no such file.
    fields: Option<[i128; 6]>,
    /// Whether it changed so long ago that another change would have another time.
    settled: bool,
}

impl Stamp {
    /// The stamp of the file that is at `path` now.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let found = std::fs::metadata(path);
        found.map_or(Self { fields: None, settled: true }, |found| Self::from_metadata(&found))
    }

    /// Whether the file is surely the same as at the time of `earlier`.
    #[must_use]
    pub fn is_still(&self, earlier: &Self) -> bool {
        earlier.settled && self.fields == earlier.fields
    }

    fn from_metadata(found: &std::fs::Metadata) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        let changed = found.modified().ok();
        let age = changed.and_then(|changed| SystemTime::now().duration_since(changed).ok());
        Self {
            fields: Some([
                found.dev().into(),
                found.ino().into(),
                found.size().into(),
                found.mode().into(),
                nanoseconds(found.mtime(), found.mtime_nsec()),
                nanoseconds(found.ctime(), found.ctime_nsec()),
            ]),
            settled: age.is_some_and(|age| age >= SETTLED),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// SHA-256 of `abc`, from the examples of FIPS 180-4.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn names(text: &str) -> Result<Vec<String>, (usize, LineError)> {
        Tokens::parse(text).map(|tokens| tokens.0.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn lines_are_a_name_scopes_and_a_hash() {
        let other = "0".repeat(64);
        let text =
            format!("# people\n\n  alice read,write {}\t\r\nbob@x.example admin\t{other}\n#x\n", ABC.to_uppercase());
        let expected = vec![format!("alice read,write {ABC}"), format!("bob@x.example read,write,admin {other}")];
        assert_eq!(names(&text), Ok(expected));
        assert_eq!(names(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_with_a_line_is_named() {
        let name = LineError::Name(TokenNameError);
        for (line, problem) in [
            ("alice read".to_owned(), LineError::Words),
            (format!("alice read {ABC} x"), LineError::Words),
            (format!("alice read, write {ABC}"), LineError::Words),
            (format!("ålice read {ABC}"), name),
            (format!("-a read {ABC}"), name),
            (format!("{} read {ABC}", "a".repeat(129)), name),
            (format!("alice all {ABC}"), LineError::Scopes(super::super::scope::ScopeError)),
            (format!("alice read {}", &ABC[1..]), LineError::Hash),
            (format!("alice read {ABC}0"), LineError::Hash),
            (format!("alice read {ABC}00"), LineError::Hash),
            (format!("alice read +{}", &ABC[1..]), LineError::Hash),
            (format!("bob read {ABC}"), LineError::HashTwice),
            (format!("BOSS read {ABC}"), LineError::NameTwice),
        ] {
            let text = format!(
                "boss admin {}\n\n{line}\n",
                if problem == LineError::HashTwice { ABC.to_owned() } else { "1".repeat(64) }
            );
            assert_eq!(names(&text), Err((3, problem)), "{line}");
        }
    }

    #[test]
    fn a_token_is_found_by_its_hash_alone() {
        let tokens = Tokens::parse(&format!("a read {}\nb write {ABC}\n", "0".repeat(64))).expect("well formed");
        let found = |secret: &str| tokens.find(&hash(secret)).map(|token| token.name.to_string());
        assert_eq!((found("abc"), found("abd"), found("")), (Some("b".to_owned()), None, None));
        assert_eq!(tokens.find(&[0; 32]).map(|token| token.name.to_string()), Some("a".to_owned()));
        assert!(Tokens::default().find(&[0; 32]).is_none(), "none is none");
        assert!(tokens.names("A") && tokens.names("b") && !tokens.names("c"));
    }

    #[test]
    fn new_tokens_differ_and_have_256_bits() {
        let (one, other) = (new_token().expect("random bytes"), new_token().expect("random bytes"));
        assert_ne!(one, other);
        let secret = one.strip_prefix("pixlog_").expect("the prefix");
        assert_eq!(URL_SAFE_NO_PAD.decode(secret).expect("base64").len(), 32);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens");
        fs::write(&path, format!("a read {ABC}\n")).expect("a file");
        for (mode, taken) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o620, false)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
            let read = Tokens::read(&path).map(|(tokens, _)| tokens.count()).map_err(|error| error.to_string());
            let refusal = format!(
                "the tokens file {} has mode {mode:04o}: others could read or change it; run chmod 600 on it",
                path.display()
            );
            assert_eq!(read, if taken { Ok(1) } else { Err(refusal) });
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens");
        let refusal = |path: &Path| Tokens::read(path).expect_err("unusable").to_string();
        assert!(refusal(&path).contains("cannot be read: No such file"), "{}", refusal(&path));
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).expect("a mode");
        assert!(refusal(folder.path()).ends_with("it is no plain file"), "{}", refusal(folder.path()));
        let write = |text: &[u8]| {
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
        };
        write(b"a read \xff");
        assert!(refusal(&path).contains("UTF-8"), "{}", refusal(&path));
        write(&b"#".repeat(1 << 20));
        assert_eq!(Tokens::read(&path).expect("just short enough").0.count(), 0);
        write(&b"#".repeat((1 << 20) + 1));
        assert!(refusal(&path).ends_with("it has more than 1048576 bytes"), "{}", refusal(&path));
        write(b"\na secret pixlog_x\n");
        let shown = refusal(&path);
        assert!(shown.contains("line 2") && shown.contains("scopes are") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn a_stamp_tells_one_content_from_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens");
        let none = Stamp::of(&path);
        assert!(none.is_still(&none), "it is still not there");
        let write = |text: &str, age: u64| {
            let file = File::create(&path).expect("a file");
            io::Write::write_all(&mut &file, text.as_bytes()).expect("room");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("a time");
            Stamp::of(&path)
        };
        let old = write("one", 60);
        assert!(Stamp::of(&path).is_still(&old) && !old.is_still(&none));
        assert!(!write("two", 60).is_still(&old), "the same length");
        let fresh = write("three", 0);
        assert!(!Stamp::of(&path).is_still(&fresh), "it may have changed again within the clock's tick");
    }
}
