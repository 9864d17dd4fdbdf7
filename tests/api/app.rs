//! A server of its own for each test, and a client for it.

use std::fs::{self, Permissions};
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pixlog::config::tokens::{Token, hash};
use pixlog::config::{Config, Limits};
use pixlog::http::Server;
use pixlog::journal::Journal;
use pixlog::pingpong::Runs;
use pixlog::store::{MemoryStore, SledStore, Store};
use serde_json::Value;
use tempfile::TempDir;
use ureq::{Agent, Body};

use crate::contract;

/// A running server with a data directory of its own.
pub struct App {
    server: Option<Server>,
    pub journal: Journal,
    pub runs: Runs,
    pub data: TempDir,
    agent: Agent,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A configuration for tests: any free port, little set aside on disk.
pub fn config(data: &TempDir) -> Config {
    let limits = Limits { reserve_bytes: 0, ..Limits::default() };
    Config { data: data.path().to_owned(), port: 0, limits, ..Config::default() }
}

impl App {
    /// A server with the defaults.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// A server whose configuration was changed.
    pub fn with(change: impl FnOnce(&mut Config)) -> Self {
        let data = TempDir::new().expect("a temporary directory");
        let mut config = config(&data);
        change(&mut config);
        let store = SledStore::open(data.path(), &config.store()).expect("a new store");
        Self::on(Arc::new(store), config, data)
    }

    /// A server on a store that can fail on demand, and that store.
    pub fn on_memory() -> (Self, Arc<MemoryStore>) {
        let data = TempDir::new().expect("a temporary directory");
        let store = Arc::new(MemoryStore::new());
        (Self::on(store.clone(), config(&data), data), store)
    }

    /// The server that finds what this one had made durable when the power went, and its store.
    pub fn after_power_loss(self, store: &MemoryStore) -> (Self, Arc<MemoryStore>) {
        store.lose_power();
        drop(self);
        let (store, data) = (Arc::new(store.reopen()), TempDir::new().expect("a temporary directory"));
        (Self::on(store.clone(), config(&data), data), store)
    }

    /// A server with a token for each of these names, which is the token, too; others may read and write as `anonymous`
    /// says.
    pub fn with_tokens(tokens: &[(&str, &str)], anonymous: &str) -> (Self, TempDir) {
        let folder = TempDir::new().expect("a temporary directory");
        let path = folder.path().join("tokens");
        let line = |(name, scopes): &(&str, &str)| {
            let scopes = scopes.parse().expect("scopes");
            Token { name: name.parse().expect("a name"), scopes, hash: hash(name) }.to_string()
        };
        fs::write(&path, tokens.iter().map(line).collect::<Vec<_>>().join("\n")).expect("a file");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a mode");
        let anonymous = anonymous.parse().expect("scopes");
        let app = Self::with(|config| {
            config.tokens = Some(path);
            config.anonymous = Some(anonymous);
        });
        (app, folder)
    }

    fn on(store: Arc<dyn Store>, config: Config, data: TempDir) -> Self {
        let journal = Journal::open(store, config.journal()).expect("a new journal");
        let runs = Runs::new(journal.clone());
        let server = Server::start(config, journal.clone(), runs.clone()).expect("a free port");
        let agent =
            Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None).build().new_agent();
        Self { server: Some(server), journal, runs, data, agent }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.as_ref().expect("it runs").address()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], &[])
    }

    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.send("POST", path, &[("Content-Type", content_type)], body)
    }

    pub fn post_json(&self, path: &str, body: &str) -> Answer {
        self.post(path, "application/json", body.as_bytes())
    }

    /// Sends JSON with headers of its own.
    pub fn send_json(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers: Vec<_> = headers.iter().copied().chain([("Content-Type", "application/json")]).collect();
        self.send(method, path, &headers, body.as_bytes())
    }

    /// Sends any request; an empty body is none for methods that have none. The answer is one that the OpenAPI document
    /// has, or the test ends here.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut response = self.call(method, path, headers, body);
        let whole = response.body_mut().with_config().limit(1 << 30).read_to_vec().expect("a whole body");
        let answer = Answer::new(&response, whole);
        contract::check(method, path, &answer);
        answer
    }

    /// Asks for what has no end: the answer has as much of its body as came first.
    pub fn begin(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut response = self.call("GET", path, headers, &[]);
        let mut first = [0; 4096];
        let read = response.body_mut().as_reader().read(&mut first).expect("a body");
        Answer::new(&response, first[..read].to_vec())
    }

    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> ureq::http::Response<Body> {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = if body.is_empty() && matches!(method, "GET" | "HEAD" | "OPTIONS" | "DELETE") {
            self.agent.run(request.body(()).expect("a request"))
        } else {
            self.agent.run(request.body(body.to_vec()).expect("a request"))
        };
        response.expect("an answer")
    }

    /// Makes a canvas and returns its name.
    pub fn canvas(&self, name: &str, width: u32, height: u32) -> String {
        let made = self
            .post_json("/api/v1/canvases", &format!("{{\"name\":\"{name}\",\"width\":{width},\"height\":{height}}}"));
        assert_eq!(made.status, 201, "{}", made.text());
        name.to_owned()
    }

    /// Names of everything in the data directory and beside it, to see that nothing else is written.
    pub fn files(&self) -> Vec<String> {
        let list = std::fs::read_dir(self.data.path()).expect("the data directory");
        let mut names: Vec<_> =
            list.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.runs.shut_down();
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

impl Answer {
    fn new(response: &ureq::http::Response<Body>, body: Vec<u8>) -> Self {
        let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Self { status: response.status().as_u16(), headers: response.headers().iter().map(header).collect(), body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a header that may be there several times.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The same, with these of the headers.
    pub fn shown_with(&self, names: &[&str]) -> String {
        let header = |name: &&str| format!("{name}: {}", self.header(name).unwrap_or("-"));
        names.iter().map(header).chain([self.shown()]).collect::<Vec<_>>().join("\n")
    }

    /// Status and body, what differs from run to run replaced: for snapshots. A problem is checked for what each has,
    /// and shown on one line.
    pub fn shown(&self) -> String {
        if self.body.is_empty() {
            return self.status.to_string();
        }
        let mut json = self.json();
        if self.status >= 400 {
            return self.problem(&json);
        }
        redact(&mut json);
        format!("{}\n{json}", self.status)
    }

    fn problem(&self, json: &Value) -> String {
        assert_eq!(self.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(json["status"], self.status);
        assert_eq!(json["request_id"].as_str(), self.header("X-Request-Id"));
        let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("no {name} in {json}"));
        assert!(!text("title").is_empty() && text("instance").starts_with('/'), "{json}");
        let kind = text("type").strip_prefix("urn:pixlog:problem:").expect("one of ours");
        let mut line = format!("{} {kind}: {}", self.status, text("detail"));
        for name in ["index", "limit", "current_version"] {
            if let Some(value) = json.get(name) {
                line = format!("{line} [{name} {value}]");
            }
        }
        if let Some(wait) = json.get("retry_after_ms") {
            let wait_ms = wait.as_u64().expect("milliseconds");
            let retry_after = self.header("Retry-After").and_then(|seconds| seconds.parse().ok());
            assert_eq!(retry_after, Some(wait_ms.div_ceil(1_000)), "rounded up");
            line = line.replace(&wait_ms.to_string(), "…");
        }
        line
    }
}

fn redact(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match name.as_str() {
                    "request_id" | "time" | "created_at" | "updated_at" | "started_at" | "finished_at"
                        if value.is_string() =>
                    {
                        *value = Value::from("…");
                    }
                    "pixels_per_second" | "eta_seconds" if value.is_number() => *value = Value::from("…"),
                    _ => redact(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

/// Asks again and again until `done` is content.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> T, done: impl Fn(&T) -> bool) -> T {
    let begin = Instant::now();
    loop {
        let answer = ask();
        if done(&answer) {
            return answer;
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}
