//! Where a request comes from: the other end of its connection, or, where that is a proxy that is believed, what the
//! proxy says in `X-Forwarded-For` and `X-Forwarded-Proto`, or in `Forwarded` (RFC 7239).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use rocket::http::HeaderMap;
use rocket::request::Request;

use crate::config::Network;

/// The other end of a request, behind the proxies that are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer {
    /// Its address; IPv4 that came mapped into IPv6 is IPv4.
    pub(super) address: IpAddr,
    /// Whether a proxy that is believed says that the request came to it by https.
    pub(super) https: bool,
}

impl Peer {
    /// Who sent this request.
    pub(super) fn of(request: &Request<'_>, trusted: &[Network]) -> Self {
        // Only requests that tests make up have no connection.
        let address = request.remote().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |remote| remote.ip());
        Self::behind(address, request.headers(), trusted)
    }

    fn behind(address: IpAddr, headers: &HeaderMap<'_>, trusted: &[Network]) -> Self {
        let address = address.to_canonical();
        let believed = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        if !believed(address) {
            return Self { address, https: false };
        }
        let listed: Vec<Hop> =
            headers.get("X-Forwarded-For").flat_map(|list| list.split(',')).map(Hop::listed).collect();
        let standard: Vec<Hop> = headers.get("Forwarded").flat_map(elements).map(Hop::element).collect();
        let schemes = headers.get("X-Forwarded-Proto").flat_map(|list| list.split(','));
        let https = schemes.last().map(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
        let found = [(&listed, https), (&standard, None)].map(|(hops, https)| {
            client(hops, believed)
                .map(|hop| Self { address: hop.address.unwrap_or(address), https: https.unwrap_or(hop.https) })
        });
        match found {
            // A proxy that writes one of the two hands on the other as the client sent it: who says both is not believed.
            [Some(one), Some(other)] if one.address != other.address => Self { address, https: false },
            [Some(peer), _] | [None, Some(peer)] => peer,
            [None, None] => Self { address, https: https.unwrap_or(false) },
        }
    }
}

/// What a proxy says of the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hop {
    /// Nothing where it says something that is no address.
    address: Option<IpAddr>,
    https: bool,
}

impl Hop {
    /// An item of `X-Forwarded-For`.
    fn listed(text: &str) -> Self {
        Self { address: address(text.trim()), https: false }
    }

    /// An element of `Forwarded`.
    fn element(text: &str) -> Self {
        let mut hop = Self { address: None, https: false };
        for pair in split(text, b';') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "for" => hop.address = address(value),
                "proto" => hop.https = value.eq_ignore_ascii_case("https"),
                _ => {}
            }
        }
        hop
    }
}

/// The last hop that is not a proxy that is believed: what stands before it anybody may have written. Where one is no
/// address, the proxy that said so is the last that is known, and the client is taken for it.
fn client(hops: &[Hop], believed: impl Fn(IpAddr) -> bool) -> Option<Hop> {
    let outside = |hop: &&Hop| hop.address.is_none_or(|address| !believed(address));
    let at = hops.iter().rposition(|hop| outside(&hop)).unwrap_or(0);
    let hop = *hops.get(at)?;
    let before = hops.get(at + 1).and_then(|proxy| proxy.address);
    Some(Hop { address: hop.address.or(before), ..hop })
}

/// An address, with or without a port; IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let alone = bare.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    alone.or_else(with_port).map(|address| address.to_canonical())
}

/// The elements of `Forwarded`.
fn elements(value: &str) -> impl Iterator<Item = &str> {
    split(value, b',')
}

/// The parts of a text between separators that are not inside quotes.
fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c: char| {
        quoted ^= c == '"';
        !quoted && c == char::from(separator)
    })
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    /// What `10.0.0.1` says, where `10.0.0.0/8` and `fd00::/8` are believed.
    fn said(pairs: &[(&'static str, &'static str)]) -> (String, bool) {
        from("10.0.0.1", pairs)
    }

    fn from(address: &str, pairs: &[(&'static str, &'static str)]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.add(Header::new(*name, *value));
        }
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
        let Peer { address, https } = Peer::behind(address.parse().expect("an address"), &headers, &trusted);
        (address.to_string(), https)
    }

    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        for (list, client) in [
            ("192.0.2.1", "192.0.2.1"),
            ("1.1.1.1, 192.0.2.1", "192.0.2.1"),
            ("1.1.1.1,192.0.2.1, 10.9.9.9,fd00::1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("10.9.9.9, 10.8.8.8", "10.9.9.9"),
            ("192.0.2.1, unknown, 10.8.8.8", "10.8.8.8"),
            ("192.0.2.1, unknown", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(said(&[("X-Forwarded-For", list)]).0, client, "{list}");
        }
        let twice = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "192.0.2.1")];
        assert_eq!(said(&twice).0, "192.0.2.1", "two headers are one list");
        assert_eq!(said(&[]), ("10.0.0.1".to_owned(), false));
    }

    #[test]
    fn the_standard_header_says_the_same() {
        for (list, client) in [
            ("for=192.0.2.1", ("192.0.2.1", false)),
            ("For=\"192.0.2.1:47\";proto=https;by=10.0.0.1", ("192.0.2.1", true)),
            ("for=1.1.1.1;proto=https, for=192.0.2.1;proto=http, for=10.9.9.9;proto=https", ("192.0.2.1", false)),
            ("host=\"a,b;c\";for=\"[2001:db8::1]:47\"", ("2001:db8::1", false)),
            ("for=192.0.2.1, for=_hidden", ("10.0.0.1", false)),
            ("proto=https", ("10.0.0.1", true)),
        ] {
            let (address, https) = said(&[("Forwarded", list)]);
            assert_eq!((address.as_str(), https), client, "{list}");
        }
    }

    #[test]
    fn the_last_scheme_counts() {
        let scheme = |scheme| said(&[("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Proto", scheme)]);
        for (list, https) in [("https", true), ("HTTPS", true), ("http", false), ("https, http", false), ("x", false)] {
            assert_eq!(scheme(list), ("192.0.2.1".to_owned(), https), "{list}");
        }
        assert_eq!(said(&[("X-Forwarded-Proto", "https")]), ("10.0.0.1".to_owned(), true));
    }

    #[test]
    fn both_headers_must_agree() {
        let both = |one, other| said(&[("X-Forwarded-For", one), ("Forwarded", other)]).0;
        assert_eq!(both("192.0.2.1", "for=192.0.2.1"), "192.0.2.1");
        assert_eq!(both("192.0.2.1", "for=192.0.2.2"), "10.0.0.1");
    }

    #[test]
    fn others_are_not_believed() {
        let pairs =
            [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-Proto", "https"), ("Forwarded", "for=1.1.1.1;proto=https")];
        for (address, client) in
            [("192.0.2.9", "192.0.2.9"), ("::ffff:192.0.2.9", "192.0.2.9"), ("2001:db8::9", "2001:db8::9")]
        {
            assert_eq!(from(address, &pairs), (client.to_owned(), false));
        }
        assert_eq!(from("::ffff:10.0.0.1", &pairs).0, "1.1.1.1", "a proxy that is believed");
    }
}
