//! Which requests are from whom we think: the names this server goes by, the pages that may write, and what decides who
//! else may: tokens, sessions, rates.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rocket::http::{HeaderMap, Status};

use crate::config::tokens::{Tokens, TokensError};
use crate::config::{Config, Network, Scope, Scopes};

use super::caller::Identity;
use super::headers;
use super::problem::Problem;
use super::rates::Rates;
use super::session::Sessions;
use super::tokens::LiveTokens;

/// Who may ask.
#[derive(Debug)]
pub(super) struct Access {
    /// Names in lower case, with or without a port.
    hosts: Vec<String>,
    /// Origins in lower case, without a slash at the end.
    origins: Vec<String>,
    tokens: Option<LiveTokens>,
    sessions: Sessions,
    /// What a client without a token may do.
    anonymous: Scopes,
    proxies: Vec<Network>,
    rates: Option<Rates>,
}

impl Access {
    /// As configured; the address listened on is always one of ours.
    ///
    /// # Errors
    ///
    /// Where the file of tokens cannot be used.
    pub(super) fn new(config: &Config) -> Result<Self, TokensError> {
        let listens = match config.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        let hosts = config.hosts.iter().cloned().chain([listens]).map(|host| host.to_ascii_lowercase()).collect();
        let origin = |origin: &String| origin.trim_end_matches('/').to_ascii_lowercase();
        Ok(Self {
            hosts,
            origins: config.cors_origins.iter().map(origin).collect(),
            tokens: config.tokens.clone().map(LiveTokens::open).transpose()?,
            sessions: Sessions::default(),
            anonymous: config.anonymous_scopes(),
            proxies: config.trusted_proxies.clone(),
            rates: Rates::new(config.limits.requests_per_second_max, config.limits.requests_burst_max),
        })
    }

    /// Origins that may call beside our own.
    pub(super) fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The tokens as they are now, where there is a file of them.
    pub(super) fn tokens(&self) -> Option<Arc<Tokens>> {
        self.tokens.as_ref().map(LiveTokens::current)
    }

    /// Sessions that stand for a token.
    pub(super) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// What a client without a token may do.
    pub(super) fn anonymous(&self) -> Scopes {
        self.anonymous
    }

    /// Whether what is read here is not for everyone, so that no cache may give it to another.
    pub(super) fn is_private(&self) -> bool {
        !self.anonymous.has(Scope::Read)
    }

    /// Proxies that are believed.
    pub(super) fn proxies(&self) -> &[Network] {
        &self.proxies
    }

    /// Counts a request, and refuses it where its caller, or for a wrong token its address, makes too many.
    pub(super) fn check_rate(&self, identity: &Identity) -> Result<(), Problem> {
        let Some(rates) = &self.rates else { return Ok(()) };
        let caller = &identity.caller;
        let id = if identity.refused { caller.address_id() } else { caller.id() };
        rates.enter(&id).map_err(Problem::too_many)
    }

    /// Refuses a `Host` that is not ours: a page whose name was rebound to our address sends its own.
    pub(super) fn check_host(&self, headers: &HeaderMap<'_>) -> Result<(), Problem> {
        let mut hosts = headers.get("Host");
        let host = hosts.next().unwrap_or_default().to_ascii_lowercase();
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let name = name.map_or(host.as_str(), |(name, _)| name);
        let ours = self.hosts.iter().any(|ours| *ours == host || ours == name);
        if ours && hosts.next().is_none() {
            return Ok(());
        }
        Err(Problem::new(Status::MisdirectedRequest, "not-our-host", "this Host is not one of PIXLOG_HOSTS"))
    }

    /// Refuses a write that comes from a page of another site.
    pub(super) fn check_origin(&self, headers: &HeaderMap<'_>) -> Result<(), Problem> {
        let refused =
            || Problem::new(Status::Forbidden, "foreign-origin", "a page of another site must not write here");
        if let Some(origin) = headers::first(headers, "Origin") {
            return if self.allows(origin, headers.get_one("Host")) { Ok(()) } else { Err(refused()) };
        }
        match headers::first(headers, "Sec-Fetch-Site") {
            Some(site) if site.eq_ignore_ascii_case("cross-site") => Err(refused()),
            _ => Ok(()),
        }
    }

    /// Whether a page of `origin` may write; `host` is known to be ours.
    fn allows(&self, origin: &str, host: Option<&str>) -> bool {
        let origin = origin.to_ascii_lowercase();
        let host = host.map(str::to_ascii_lowercase);
        let own = ["http://", "https://"].iter().find_map(|scheme| origin.strip_prefix(scheme));
        (own.is_some() && own == host.as_deref()) || self.origins.contains(&origin)
    }
}

/// Where this machine reaches a server that listens on `address`.
#[must_use]
pub fn loopback(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new([127, 0, 0, 1].into(), address.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new([0, 0, 0, 0, 0, 0, 0, 1].into(), address.port()),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap<'static> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.add(Header::new(*name, *value));
        }
        headers
    }

    #[test]
    fn hosts_are_ours_or_refused() {
        let config =
            Config { hosts: vec!["localhost".into(), "[::1]".into(), "a.example:81".into()], ..Config::default() };
        let access = Access::new(&config).expect("no tokens");
        for (host, ours) in [
            ("localhost", true),
            ("LocalHost:8000", true),
            ("[::1]:8000", true),
            ("127.0.0.1:1", true),
            ("a.example:81", true),
            ("a.example:82", false),
            ("a.example", false),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("localhost:8000:evil", false),
            ("", false),
        ] {
            assert_eq!(access.check_host(&headers(&[("Host", host)])).is_ok(), ours, "{host}");
        }
        assert!(access.check_host(&headers(&[])).is_err(), "no Host");
        assert!(access.check_host(&headers(&[("Host", "localhost"), ("Host", "localhost")])).is_err(), "two of them");
    }

    #[test]
    fn pages_of_other_sites_do_not_write() {
        let access = Access::new(&Config::default()).expect("no tokens");
        for (pairs, may) in [
            (&[][..], true),
            (&[("Origin", "http://localhost:8000")], true),
            (&[("Origin", "http://localhost:5173")], true),
            (&[("Origin", "http://localhost:9999")], false),
            (&[("Origin", "null")], false),
            (&[("Origin", "http://evil.example")], false),
            (&[("Sec-Fetch-Site", "cross-site")], false),
            (&[("Sec-Fetch-Site", "same-origin")], true),
            (&[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://localhost:3000")], true),
        ] {
            let mut headers = headers(pairs);
            headers.add(Header::new("Host", "localhost:8000"));
            assert_eq!(access.check_origin(&headers).is_ok(), may, "{pairs:?}");
        }
    }
}
