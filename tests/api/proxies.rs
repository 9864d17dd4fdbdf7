//! Whose word counts on where a request comes from, seen by what depends on it: rates and cookies that are `Secure`.

use crate::app::App;
use crate::keys::{Keys, bearer};

/// A server that lets each client ask twice at once, and then once a second.
fn app(trusted: &str) -> App {
    App::with(|config| {
        (config.limits.requests_per_second_max, config.limits.requests_burst_max) = (1, 2);
        config.trusted_proxies = trusted.split(',').filter_map(|network| network.parse().ok()).collect();
    })
}

/// Whether clients that claim to be others each time are told apart: else the server soon has enough of them.
fn told_apart(app: &App, name: &str, claim: impl Fn(u8) -> String) -> bool {
    let mut number = 0;
    let mut ask = || {
        number += 1;
        app.send("GET", "/progress", &[(name, &claim(number))], &[]).status
    };
    (0..200).all(|_| ask() == 200)
}

#[test]
fn nobody_is_believed_by_default() {
    let bare = |number| format!("192.0.2.{number}");
    for trusted in ["", "10.0.0.0/8"] {
        for name in ["X-Forwarded-For", "X-Real-IP", "Client-IP", "True-Client-IP"] {
            assert!(!told_apart(&app(trusted), name, bare), "{name}, {trusted} is believed");
        }
        assert!(!told_apart(&app(trusted), "Forwarded", |number| format!("for=192.0.2.{number}")), "{trusted}");
    }
}

#[test]
fn proxies_that_are_named_are_believed() {
    let app = || app("127.0.0.0/8,10.0.0.0/8");
    assert!(told_apart(&app(), "X-Forwarded-For", |number| format!("192.0.2.{number}")));
    assert!(told_apart(&app(), "X-Forwarded-For", |number| format!("1.1.1.1, 192.0.2.{number}, 10.0.0.9")));
    assert!(told_apart(&app(), "X-Forwarded-For", |number| format!("2001:db8:0:{number}::1")));
    assert!(told_apart(&app(), "Forwarded", |number| format!("for=\"192.0.2.{number}:4711\"")));
    assert!(!told_apart(&app(), "X-Forwarded-For", |number| format!("1.1.1.{number}, 192.0.2.1")), "what came before");
    assert!(!told_apart(&app(), "X-Forwarded-For", |number| format!("2001:db8::{number}")), "one /64");
    assert!(!told_apart(&app(), "X-Real-IP", |number| format!("192.0.2.{number}")), "another header");
}

#[test]
fn cookies_are_secure_where_a_proxy_says_so() {
    let secure = |trusted: &str, name: &str, value: &str| {
        let keys = Keys::new();
        let app = App::with(|config| {
            keys.configure(config, None);
            config.trusted_proxies = trusted.split(',').filter_map(|network| network.parse().ok()).collect();
        });
        let (header, token) = bearer("reader");
        let answer = app.send("POST", "/api/v1/session", &[(header, &token), (name, value)], &[]);
        answer.header("Set-Cookie").expect("a cookie").ends_with("; Secure")
    };
    assert!(secure("127.0.0.1", "X-Forwarded-Proto", "https"));
    assert!(secure("127.0.0.1", "Forwarded", "for=192.0.2.1;proto=https"));
    assert!(!secure("127.0.0.1", "X-Forwarded-Proto", "http"));
    assert!(!secure("", "X-Forwarded-Proto", "https"));
    assert!(!secure("", "Forwarded", "for=192.0.2.1;proto=https"));
}
