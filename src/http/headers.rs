//! Looking for a header that most requests do not have.
//!
//! Rocket hashes the name letter by letter; with the few headers that a request has, comparing with each is much cheaper.

use rocket::http::HeaderMap;

/// Whether a header of that name, whatever its case, is there.
pub(super) fn has(headers: &HeaderMap<'_>, name: &str) -> bool {
    headers.iter().any(|header| header.name().as_str().eq_ignore_ascii_case(name))
}

/// The first header of that name, where there is one.
pub(super) fn first<'a>(headers: &'a HeaderMap<'_>, name: &str) -> Option<&'a str> {
    if has(headers, name) { headers.get_one(name) } else { None }
}

#[cfg(test)]
mod tests {
    use rocket::http::Header;

    use super::*;

    #[test]
    fn the_first_is_found_whatever_its_case() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("Origin", "one"), ("origin", "two"), ("Host", "here")] {
            headers.add(Header::new(name, value));
        }
        assert_eq!(
            ["ORIGIN", "host", "Hos", "If-Match"].map(|name| first(&headers, name)),
            [Some("one"), Some("here"), None, None]
        );
        assert!(has(&headers, "hOST") && !has(&headers, "Hosts"));
    }
}
