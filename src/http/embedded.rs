//! The built web app, a part of the binary: each of its files with a type, entity tags, and a compressed form that is made
//! when it is first asked for.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::{LazyLock, OnceLock};

use flate2::Compression;
use flate2::write::GzEncoder;
use include_dir::{Dir, include_dir};
use rocket::http::{ContentType, Status};
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest, Request};

use super::answer::{Answer, fingerprint};
use super::conditions::Conditions;
use super::problem::Problem;

/// What `npm run build` in `web/` made.
static APP: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/assets/app");

/// Each file by its path below `/app/`.
static FILES: LazyLock<HashMap<&'static str, Embedded>> = LazyLock::new(|| {
    let mut found = HashMap::new();
    gather(&APP, &mut found);
    found
});

/// A file of the app.
#[derive(Debug)]
pub(super) struct Embedded {
    kind: ContentType,
    plain: &'static [u8],
    /// The entity tag without its quotes.
    tag: String,
    /// Nothing where it is no smaller.
    gzip: OnceLock<Option<Vec<u8>>>,
}

fn gather(folder: &Dir<'static>, found: &mut HashMap<&'static str, Embedded>) {
    for file in folder.files() {
        let Some(path) = file.path().to_str() else { continue };
        let ending = file.path().extension().and_then(|ending| ending.to_str());
        let kind = ending.and_then(ContentType::from_extension).unwrap_or(ContentType::Binary);
        let (plain, tag) = (file.contents(), fingerprint(file.contents()));
        found.insert(path, Embedded { kind, plain, tag, gzip: OnceLock::new() });
    }
    folder.dirs().for_each(|folder| gather(folder, found));
}

/// The file of that path below `/app/`.
pub(super) fn file(path: &str) -> Result<&'static Embedded, Problem> {
    FILES.get(path).ok_or_else(Problem::no_page)
}

impl Embedded {
    /// The file in the form that the client takes, or 304 where it has that already.
    pub(super) fn answer(&self, taken: Taken<'_>) -> Answer {
        let gzip = if taken.gzip { self.gzip() } else { None };
        // Each form has a tag of its own (RFC 9110, 8.8.3.3): a cache must not put one together with the other.
        let tag = if gzip.is_some() { format!("\"{}-gzip\"", self.tag) } else { format!("\"{}\"", self.tag) };
        let answer = if taken.conditions.knows(&tag) {
            Answer::empty(Status::NotModified)
        } else {
            let answer = Answer::bytes(self.kind.clone(), gzip.unwrap_or(self.plain).to_vec());
            if gzip.is_some() { answer.header("Content-Encoding", "gzip") } else { answer }
        };
        answer.header("ETag", tag)
    }

    /// Its compressed form; some 20 ms of work for the largest file, once in the life of the process.
    fn gzip(&self) -> Option<&[u8]> {
        let compress = || compress(self.plain).ok().filter(|gzip| gzip.len() < self.plain.len());
        self.gzip.get_or_init(compress).as_deref()
    }
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    gzip.finish()
}

/// Which form of a file a client takes, and which it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'r> {
    gzip: bool,
    conditions: Conditions<'r>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Taken<'r> {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, Infallible> {
        let codings = request.headers().get("Accept-Encoding").collect::<Vec<_>>().join(",");
        Outcome::Success(Self { gzip: takes_gzip(&codings), conditions: Conditions::of(request) })
    }
}

/// Whether `Accept-Encoding` (RFC 9110, 12.5.3) allows gzip: by its name, or by `*` where it is not named.
fn takes_gzip(codings: &str) -> bool {
    let weight = |wanted: &str| {
        codings.split(',').find_map(|coding| {
            let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
            let weight = parameters.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok());
            name.trim().eq_ignore_ascii_case(wanted).then(|| weight.unwrap_or(1.0_f32))
        })
    };
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (codings, takes) in [
            ("", false),
            ("identity", false),
            ("gzip, deflate, br, zstd", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0, *", false),
            ("gzip; q=0.0", false),
            ("br, *;q=0.1", true),
            ("*;q=0", false),
            ("x-gzip-like", false),
        ] {
            assert_eq!(takes_gzip(codings), takes, "{codings:?}");
        }
    }

    #[test]
    fn each_file_has_a_type_and_a_tag_of_its_own() {
        let mut tags: Vec<_> = FILES.values().map(|file| &file.tag).collect();
        tags.sort();
        tags.dedup();
        assert!(tags.len() == FILES.len() && tags.len() >= 4, "{tags:?}");
        for (path, file) in &*FILES {
            assert_ne!(file.kind, ContentType::Binary, "{path}");
        }
    }
}
