//! Who asks: a token's owner, or somebody at an address; what they may do, and as whom they write.

use std::net::IpAddr;
use std::sync::Arc;

use rocket::http::{HeaderMap, Status};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};
use sha2::{Digest, Sha256};

use crate::canvas::Author;
use crate::config::tokens::{Hash, Token, Tokens, hash};
use crate::config::{Scope, Scopes};
use crate::journal::CallerId;

use super::access::Access;
use super::app::app;
use super::peer::Peer;
use super::problem::Problem;
use super::session;

/// The longest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 512;

/// Whoever sent a request.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The name of the token that came with it, or of the one whose session it belongs to.
    pub(super) token: Option<Arc<str>>,
    /// What it may do.
    pub(super) scopes: Scopes,
    /// The client's address, behind proxies that are believed.
    pub(super) address: IpAddr,
    /// Whether it came by https to a proxy that is believed.
    pub(super) https: bool,
    /// The hash of the token.
    hash: Option<Hash>,
    /// The tokens at the time of the request, where there are any.
    tokens: Option<Arc<Tokens>>,
}

/// Who sent a request, as far as it is known.
#[derive(Debug)]
pub(super) struct Identity {
    /// Nobody in particular where the token is wrong.
    pub(super) caller: Caller,
    /// Whether a token came that is none of ours, or something else in its place.
    pub(super) refused: bool,
}

impl Identity {
    /// Who sent this request. The first call, which is the gate's, fixes it; `reads` says that nothing is written, so
    /// that a session counts.
    pub(super) fn of<'r>(request: &'r Request<'_>, access: &Access, reads: bool) -> &'r Self {
        request.local_cache(|| Self::find(request, access, reads))
    }

    fn find(request: &Request<'_>, access: &Access, reads: bool) -> Self {
        let Peer { address, https } = Peer::of(request, access.proxies());
        let nobody = |scopes| Caller { token: None, scopes, address, https, hash: None, tokens: None };
        // Without tokens the header is somebody else's: a proxy may ask for a password of its own.
        let Some(tokens) = access.tokens() else {
            return Self { caller: nobody(access.anonymous()), refused: false };
        };
        let (token, refused) = match bearer(request.headers()) {
            Ok(Some(secret)) => {
                let token = tokens.find(&hash(secret));
                (token, token.is_none())
            }
            Ok(None) if reads => (session::token(request, access, &tokens), false),
            Ok(None) => (None, false),
            Err(Malformed) => (None, true),
        };
        let caller = match token {
            Some(Token { name, scopes, hash }) => {
                Caller { token: Some(name.shared()), hash: Some(*hash), ..nobody(*scopes) }
            }
            None if refused => nobody(Scopes::NONE),
            None => nobody(access.anonymous()),
        };
        Self { caller: Caller { tokens: Some(tokens), ..caller }, refused }
    }

    /// Refuses a token that is none of ours.
    pub(super) fn known(&self) -> Result<&Caller, Problem> {
        if self.refused {
            return Err(Problem::new(
                Status::Unauthorized,
                "unknown-token",
                "this is none of the tokens of this server",
            ));
        }
        Ok(&self.caller)
    }
}

/// An `Authorization` that is not `Bearer` and a token.
struct Malformed;

/// The token that these headers carry.
fn bearer<'a>(headers: &'a HeaderMap<'_>) -> Result<Option<&'a str>, Malformed> {
    let mut found = headers.get("Authorization");
    let Some(value) = found.next() else { return Ok(None) };
    let (scheme, secret) = value.trim().split_once(' ').ok_or(Malformed)?;
    let secret = secret.trim_start();
    let well_formed = scheme.eq_ignore_ascii_case("Bearer")
        && (1..=TOKEN_BYTES_MAX).contains(&secret.len())
        && secret.bytes().all(|byte| byte.is_ascii_graphic())
        && found.next().is_none();
    if well_formed { Ok(Some(secret)) } else { Err(Malformed) }
}

impl Caller {
    /// Refuses who may not do that: 401 without a token, 403 with one that does not allow it.
    pub(super) fn need(&self, scope: Scope) -> Result<(), Problem> {
        let scope_name = scope.as_str();
        match &self.token {
            _ if self.scopes.has(scope) => Ok(()),
            Some(name) => {
                let detail = format!("the token {name} does not have the scope {scope_name}");
                Err(Problem::new(Status::Forbidden, "missing-scope", detail))
            }
            None => Err(no_token(format!("this needs a token with the scope {scope_name}"))),
        }
    }

    /// The name and the hash of its token; who has none is refused with 401.
    pub(super) fn need_token(&self) -> Result<(&str, Hash), Problem> {
        let token = self.token.as_deref().zip(self.hash);
        token.ok_or_else(|| no_token("this needs a token".to_owned()))
    }

    /// The author of what it writes: the token's name, or what it calls itself, or nobody. A name that is none, or that
    /// a token has, is refused with 422.
    pub(super) fn author(&self, requested: Option<&str>) -> Result<Option<Author>, Problem> {
        let requested = requested.map(checked).transpose()?;
        if let Some(name) = &self.token {
            return Ok(Some(Author { name: name.to_string(), authenticated: true }));
        }
        if let Some(name) = requested
            && self.tokens.as_ref().is_some_and(|tokens| tokens.names(name.trim()))
        {
            return Err(Problem::impossible(
                "name-of-a-token",
                "this author has a token: send it, or use another name",
            ));
        }
        Ok(requested.map(|name| Author { name: name.to_owned(), authenticated: false }))
    }

    /// What tells this caller from others, for what is counted or remembered for each: the token's name, or the
    /// address; of an IPv6 address its /64, since that is what a household gets.
    pub(super) fn id(&self) -> Vec<u8> {
        match (&self.token, self.address) {
            (Some(name), _) => [b"t", name.as_bytes()].concat(),
            (None, address) => address_id(address),
        }
    }

    /// The same in the bytes that cooldowns are counted by.
    pub(super) fn cooling_id(&self) -> CallerId {
        let hash: Hash = Sha256::digest(self.id()).into();
        CallerId(hash.first_chunk().copied().unwrap_or_default())
    }

    /// The same for its address alone, whatever token it has.
    pub(super) fn address_id(&self) -> Vec<u8> {
        address_id(self.address)
    }
}

fn no_token(detail: String) -> Problem {
    Problem::new(Status::Unauthorized, "no-token", detail)
}

fn address_id(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => [&b"4"[..], &address.octets()].concat(),
        IpAddr::V6(address) => [&b"6"[..], &address.octets()[..8]].concat(),
    }
}

/// A name that an author may have.
fn checked(name: &str) -> Result<&str, Problem> {
    const CHARS_MAX: usize = Author::NAME_CHARS_MAX;
    let length = name.chars().count();
    if length == 0 || length > CHARS_MAX || name.chars().any(char::is_control) {
        let detail = format!("an author is 1 to {CHARS_MAX} characters, none of them a control character");
        return Err(Problem::impossible("bad-author", detail).limit(CHARS_MAX as u64));
    }
    Ok(name)
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for &'r Caller {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match app(request) {
            Some(app) => Outcome::Success(&Identity::of(request, &app.access, false).caller),
            None => Outcome::Error((Status::InternalServerError, ())),
        }
    }
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    #[test]
    fn a_token_stands_after_bearer() {
        let long = "x".repeat(TOKEN_BYTES_MAX + 1);
        for (values, found) in [
            (&[][..], Ok(None)),
            (&["Bearer abc"], Ok(Some("abc"))),
            (&["bearer  abc "], Ok(Some("abc"))),
            (&["Bearer"], Err(())),
            (&["Bearer "], Err(())),
            (&["Bearer a b"], Err(())),
            (&["Bearer å"], Err(())),
            (&["Basic abc"], Err(())),
            (&["abc"], Err(())),
            (&["Bearer abc", "Bearer abc"], Err(())),
            (&[&format!("Bearer {long}")], Err(())),
            (&[&format!("Bearer {}", &long[1..])], Ok(Some(&long[1..]))),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.add(Header::new("Authorization", (*value).to_owned()));
            }
            assert_eq!(bearer(&headers).map_err(|Malformed| ()), found, "{values:?}");
        }
    }

    fn caller(token: Option<&str>, address: &str) -> Caller {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens");
        std::fs::write(&path, format!("alice read {}\n", "0".repeat(64))).expect("a file");
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a mode");
        let (tokens, _) = Tokens::read(&path).expect("well formed");
        Caller {
            token: token.map(Into::into),
            scopes: Scopes::READ,
            address: address.parse().expect("an address"),
            https: false,
            hash: None,
            tokens: Some(Arc::new(tokens)),
        }
    }

    #[test]
    fn authors_are_who_they_are_or_whom_they_call_themselves() {
        let shown = |token, requested: Option<&str>| {
            let author = caller(token, "::1").author(requested).map_err(|problem| problem.to_string());
            author.map(|author| author.map(|author| (author.name, author.authenticated)))
        };
        let is = |name: &str, authenticated| Ok(Some((name.to_owned(), authenticated)));
        assert_eq!(shown(None, None), Ok(None));
        assert_eq!(shown(None, Some("Zoë")), is("Zoë", false));
        assert_eq!(shown(Some("alice"), None), is("alice", true));
        assert_eq!(shown(Some("alice"), Some("bob")), is("alice", true));
        let taken = Err("this author has a token: send it, or use another name".to_owned());
        for name in ["alice", "Alice", " alice "] {
            assert_eq!(shown(None, Some(name)), taken, "{name:?}");
        }
        let bad = Err("an author is 1 to 128 characters, none of them a control character".to_owned());
        for name in ["", "a\nb", &"é".repeat(129)] {
            assert_eq!(shown(None, Some(name)), bad, "{name:?}");
            assert_eq!(shown(Some("alice"), Some(name)), bad, "{name:?}");
        }
        assert_eq!(shown(None, Some(&"é".repeat(128))), is(&"é".repeat(128), false));
    }

    #[test]
    fn callers_are_told_apart_by_token_or_network() {
        let id = |token, address| caller(token, address).id();
        assert_eq!(id(Some("alice"), "::1"), id(Some("alice"), "10.0.0.1"));
        assert_ne!(id(Some("alice"), "::1"), id(None, "::1"));
        assert_eq!(id(None, "2001:db8::1"), id(None, "2001:db8:0:0:ffff::1"), "one /64");
        assert_ne!(id(None, "2001:db8::1"), id(None, "2001:db8:0:1::1"), "two of them");
        assert_ne!(id(None, "10.0.0.1"), id(None, "10.0.0.2"));
        assert_eq!(caller(Some("alice"), "10.0.0.1").address_id(), id(None, "10.0.0.1"));
    }
}
