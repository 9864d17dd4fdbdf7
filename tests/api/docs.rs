//! `/docs`: a page that loads nothing but what this server has.

use crate::app::App;

#[test]
fn the_page_and_all_that_it_loads_come_from_here() {
    let app = App::start();
    let page = app.get("/docs");
    assert_eq!((page.status, page.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
    let html = page.text();
    assert!(!html.contains("<script>") && !html.contains("onload"), "no script stands in the page: {html}");
    let mut loaded = 0;
    for part in html.split(['"', '\'']).filter(|part| part.contains('/') && !part.contains(' ')) {
        if part.starts_with("/docs/") || part.starts_with("/openapi") {
            let file = app.get(part);
            assert!(file.status == 200 && !file.body.is_empty(), "{part}: {}", file.status);
            loaded += 1;
        } else {
            assert!(!part.starts_with("//") && !part.contains("://"), "{part} is elsewhere");
        }
    }
    assert_eq!(loaded, 5, "{html}");
    assert_eq!(app.get("/docs/nothing.js").shown(), "404 not-found: there is no such page");
}

#[test]
fn its_policy_allows_no_other_host_and_no_script_in_the_page() {
    let app = App::start();
    let page = app.get("/docs");
    let policy = page.header("Content-Security-Policy").expect("a policy");
    let of = |name: &str| {
        let found = policy.split(';').map(str::trim).find_map(|part| part.strip_prefix(name));
        found.map(str::trim).map(str::to_owned)
    };
    assert_eq!(of("default-src").as_deref(), Some("'none'"));
    assert_eq!(of("script-src").as_deref(), Some("'self'"));
    assert_eq!(of("connect-src").as_deref(), Some("'self'"));
    assert!(!policy.contains("http") && !policy.contains('*'), "{policy}");
}

#[test]
fn what_is_compressed_says_so() {
    let app = App::start();
    let script = app.send("GET", "/docs/swagger-ui-bundle.js", &[("Accept-Encoding", "gzip")], &[]);
    assert_eq!(script.header("Content-Encoding"), Some("gzip"));
    assert_eq!(script.body[..2], [0x1f, 0x8b], "the magic of RFC 1952");
    assert_eq!(script.header("Content-Type"), Some("text/javascript"));
}
