//! Which requests are from whom we think: the names this server goes by, and the pages that may write.

use std::net::{IpAddr, SocketAddr};

use rocket::http::{HeaderMap, Status};

use crate::config::Config;

use super::problem::Problem;

/// Who may ask.
#[derive(Debug)]
pub(super) struct Access {
    /// Names in lower case, with or without a port.
    hosts: Vec<String>,
    /// Origins in lower case, without a slash at the end.
    origins: Vec<String>,
}

impl Access {
    /// As configured; the address listened on is always one of ours.
    pub(super) fn new(config: &Config) -> Self {
        let listens = match config.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        let hosts = config.hosts.iter().cloned().chain([listens]).map(|host| host.to_ascii_lowercase()).collect();
        let origin = |origin: &String| origin.trim_end_matches('/').to_ascii_lowercase();
        Self { hosts, origins: config.cors_origins.iter().map(origin).collect() }
    }

    /// Origins that may call beside our own.
    pub(super) fn origins(&self) -> &[String] {
        &self.origins
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
        if let Some(origin) = headers.get_one("Origin") {
            return if self.allows(origin, headers.get_one("Host")) { Ok(()) } else { Err(refused()) };
        }
        match headers.get_one("Sec-Fetch-Site") {
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
        let access = Access::new(&config);
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
        let access = Access::new(&Config::default());
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
