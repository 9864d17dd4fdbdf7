//! How many requests one client may make.

use insta::assert_snapshot;

use crate::app::{App, until};
use crate::keys::{Keys, bearer};

#[test]
fn who_asks_too_often_waits() {
    let keys = Keys::new();
    let app = App::with(|config| {
        keys.configure(config, None);
        (config.limits.requests_per_second_max, config.limits.requests_burst_max) = (1, 3);
    });
    let ask = |path: &str, token: Option<&str>| {
        let (name, value) = bearer(token.unwrap_or_default());
        let headers: Vec<_> = token.map(|_| (name, value.as_str())).into_iter().collect();
        app.send("GET", path, &headers, &[])
    };
    assert!((0..3).all(|_| ask("/progress", None).status == 200), "a burst");
    let refused = until("a refusal", || ask("/progress", None), |answer| answer.status == 429);
    assert_snapshot!(refused.shown(), @"429 too-many-requests: too many requests at once");
    assert_eq!(refused.header("Retry-After"), Some("1"));
    assert_eq!(ask("/progress", Some("reader")).status, 200, "a token is another caller");
    assert_eq!(ask("/health/ready", None).status, 200, "for everyone, always");
    until("a strangers' refusal", || ask("/progress", Some("stranger")).status, |status| *status == 429);
    until("the next turn", || ask("/progress", None).status, |status| *status == 200);
}

#[test]
fn without_a_limit_nobody_waits() {
    let app = App::start();
    assert!((0..200).all(|_| app.get("/progress?images=none").status == 200));
}
