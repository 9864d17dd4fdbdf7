//! The web app, which is a part of the binary.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use crate::app::{Answer, App};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                      connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What was built.
fn built() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/app")
}

/// The paths of all files that were built, as they are asked for.
fn paths() -> Vec<String> {
    let mut folders = vec![built()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for file in fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(built()).expect("below it").to_str().expect("ASCII").to_owned();
                found.push(format!("/app/{below}"));
            }
        }
    }
    found.sort();
    found
}

/// The path of the script that the page loads.
pub fn script() -> String {
    let is_it = |path: &String| path.starts_with("/app/assets/index-") && path.rsplit('.').next() == Some("js");
    paths().into_iter().find(is_it).expect("a script")
}

fn compressed(app: &App, path: &str) -> Answer {
    app.send("GET", path, &[("Accept-Encoding", "gzip, deflate, br, zstd")], &[])
}

fn inflated(answer: &Answer) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(answer.body.as_slice()).read_to_end(&mut bytes).expect("gzip");
    bytes
}

#[test]
fn every_file_that_was_built_is_served_as_it_is() {
    let app = App::start();
    let paths = paths();
    assert!(paths.len() >= 4, "{paths:?}");
    for path in paths {
        let kept = fs::read(built().join(path.trim_start_matches("/app/"))).expect("a file");
        let plain = app.get(&path);
        assert!(plain.status == 200 && plain.body == kept, "{path}");
        assert_eq!(plain.header("Content-Encoding"), None, "{path}");
        let gzip = compressed(&app, &path);
        assert_eq!((gzip.status, gzip.header("Content-Encoding")), (200, Some("gzip")), "{path}");
        assert!(gzip.body.len() < kept.len() && inflated(&gzip) == kept, "{path}");
        for answer in [&plain, &gzip] {
            assert_eq!(answer.header("Content-Length"), Some(answer.body.len().to_string().as_str()), "{path}");
            assert!(answer.headers("Vary").join(",").contains("Accept-Encoding"), "{path}");
        }
    }
}

#[test]
fn the_page_and_all_that_it_loads_come_from_here() {
    let app = App::start();
    let html = app.get("/app/").text();
    assert!(!html.contains("<script>") && !html.contains("onload"), "no script stands in the page: {html}");
    let (mut kinds, mut elsewhere) = (Vec::new(), Vec::new());
    for part in html.split(['"', '\'']).filter(|part| part.contains('/') && !part.contains([' ', '<'])) {
        if part.starts_with("/app/") {
            let file = app.get(part);
            assert!(file.status == 200 && !file.body.is_empty(), "{part}: {}", file.status);
            kinds.push(file.header("Content-Type").expect("a type").to_owned());
        } else if part.contains("//") {
            elsewhere.push(part.to_owned());
        }
    }
    kinds.sort();
    assert_eq!(kinds, ["image/svg+xml", "text/css; charset=utf-8", "text/javascript", "text/javascript"]);
    assert_eq!(elsewhere, [""; 0]);
}

#[test]
fn its_policy_allows_no_other_host_and_no_script_in_the_page() {
    let app = App::start();
    for path in ["/app", "/app/", "/app/index.html", "/"] {
        let page = app.send("GET", path, &[("Accept", "text/html")], &[]);
        assert_eq!(page.header("Content-Security-Policy"), Some(POLICY), "{path}");
        assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(page.header("Cache-Control"), Some("no-cache"), "{path}");
    }
}

#[test]
fn what_its_name_tells_apart_is_kept_and_the_rest_is_asked_for_again() {
    let app = App::start();
    let policy = |path: &str| app.get(path).header("Cache-Control").map(str::to_owned);
    assert_eq!(policy(&script()).as_deref(), Some("public, max-age=31536000, immutable"));
    for path in ["/app", "/app/favicon.svg", "/favicon.ico"] {
        assert_eq!(policy(path).as_deref(), Some("no-cache"), "{path}");
    }
}

#[test]
fn a_client_that_has_a_file_gets_no_second_one() {
    let app = App::start();
    for path in ["/app", "/", "/app/favicon.svg", "/favicon.ico", &script()] {
        let ask = |coding: &str, has: &str| {
            let headers = [("Accept", "text/html, */*;q=0.5"), ("Accept-Encoding", coding), ("If-None-Match", has)];
            app.send("GET", path, &headers, &[])
        };
        let tags = ["identity", "gzip"].map(|coding| {
            let first = ask(coding, "\"another\"");
            assert_eq!(first.status, 200, "{path} {coding}");
            first.header("ETag").expect("a tag").to_owned()
        });
        assert_ne!(tags[0], tags[1], "{path}: two forms, two tags");
        for (coding, has, status) in
            [("identity", &tags[0], 304), ("gzip", &tags[1], 304), ("identity", &tags[1], 200), ("gzip", &tags[0], 200)]
        {
            let again = ask(coding, &format!("W/{has}, \"x\""));
            assert_eq!(again.status, status, "{path} {coding} {has}");
            assert_eq!(again.body.is_empty(), status == 304, "{path}");
            assert!(again.headers("Vary").join(",").contains("Accept-Encoding"), "{path}");
            assert!(again.header("ETag").is_some() && again.header("Cache-Control").is_some(), "{path}");
        }
    }
}

#[test]
fn head_tells_of_a_file_without_it() {
    let app = App::start();
    for path in ["/app", "/app/favicon.svg", "/favicon.ico", &script()] {
        for coding in ["gzip", "identity"] {
            let [head, get] = ["HEAD", "GET"].map(|method| app.send(method, path, &[("Accept-Encoding", coding)], &[]));
            assert!(head.status == 200 && head.body.is_empty() && !get.body.is_empty(), "{path}");
            for name in ["Content-Length", "Content-Type", "Content-Encoding", "ETag", "Cache-Control"] {
                assert_eq!(head.header(name), get.header(name), "{path} {name}");
            }
        }
    }
}

#[test]
fn what_was_not_built_is_not_there() {
    let app = App::start();
    for path in [
        "/app/nothing.svg",
        "/app/assets/nothing.js",
        "/app/assets/index.html",
        "/app/assets",
        "/app/assets/%2e%2e%2findex.html",
    ] {
        assert_eq!(app.get(path).shown(), "404 not-found: there is no such page", "{path}");
    }
    assert_eq!(app.get("/app/assets/a/b").status, 404);
    assert_eq!(app.post_json("/app", "{}").status, 405);
}
