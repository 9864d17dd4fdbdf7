//! The real server as a child process, and what the clients ask it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::oracle::Batch;

/// Looks at a server that is starting or at a run that is going on, before the test gives up: far more than they need.
const LOOKS_MAX: u32 = 6_000;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A server on a free port. Killed when dropped.
pub struct Server {
    child: Child,
    base: String,
    agent: ureq::Agent,
}

/// A client that keeps its connection and reads the answers to errors, too.
pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn spawn(directory: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pixlog"))
        .arg("--data")
        .arg(directory)
        .args(["serve", "--address", "127.0.0.1", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .env("RUST_LOG", "error")
        // The server refuses settings that it does not know.
        .env_remove("PIXLOG_KILLS")
        .env_remove("PIXLOG_SEED")
        .spawn()
        .unwrap()
}

impl Server {
    /// Starts a server and waits until it is ready.
    pub fn start(directory: &Path) -> Self {
        let mut child = spawn(directory);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let start = line.find("http://").unwrap_or_else(|| panic!("the server said {line:?}"));
        let address: String = line[start + 7..].chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        let server = Self { child, base: format!("http://{address}"), agent: agent() };
        for _ in 0..LOOKS_MAX {
            let answer = server.agent.get(format!("{}/health/ready", server.base)).call();
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return server;
            }
            thread::sleep(LOOK_EVERY);
        }
        panic!("the server never became ready");
    }

    /// Starts a server and kills it while it starts.
    pub fn start_and_kill(directory: &Path, after: Duration) {
        let mut child = spawn(directory);
        thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Where its API is.
    pub fn api(&self) -> String {
        format!("{}/api/v1", self.base)
    }

    /// Sends SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM; the server must end by itself, and well.
    pub fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success(), "the server ended badly on SIGTERM");
    }

    /// Makes a canvas.
    pub fn create_canvas(&self, name: &str, side: u32) {
        let body = format!(r#"{{"name":"{name}","width":{side},"height":{side}}}"#);
        let answer = self.post("/canvases", &body);
        assert_eq!(answer["name"], name);
    }

    /// Starts a run; returns its number.
    pub fn start_run(&self, body: &str) -> u64 {
        self.post("/runs", body)["id"].as_u64().unwrap()
    }

    fn post(&self, path: &str, body: &str) -> Value {
        let request = self.agent.post(format!("{}{path}", self.api())).header("Content-Type", "application/json");
        let mut answer = request.send(body).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        assert!(answer.status().is_success(), "{path}: {} {text}", answer.status());
        serde_json::from_str(&text).unwrap()
    }

    /// The bytes of an answer below the API's path.
    pub fn get(&self, path: &str) -> Vec<u8> {
        let mut answer = self.agent.get(format!("{}{path}", self.api())).call().unwrap();
        let body = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        assert_eq!(answer.status(), 200, "{path}: {}", String::from_utf8_lossy(&body));
        body
    }

    /// The run, once it is over.
    pub fn wait_for_run(&self, run: u64) -> Value {
        for _ in 0..LOOKS_MAX {
            let view: Value = serde_json::from_slice(&self.get(&format!("/runs/{run}"))).unwrap();
            if view["status"] != "running" {
                return view;
            }
            thread::sleep(LOOK_EVERY);
        }
        panic!("run {run} never ended");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `kill` and `stop` it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a batch; its first version where it was acknowledged, nothing where the server is gone.
pub fn send(agent: &ureq::Agent, api: &str, batch: &Batch) -> Option<u64> {
    let request = agent.post(format!("{api}/canvases/{}/pixels", batch.canvas));
    let request = request.header("Content-Type", "application/json");
    let request = if batch.keyed { request.header("Idempotency-Key", &batch.author) } else { request };
    let mut answer = request.send(batch.to_json()).ok()?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().ok()?;
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    Some(answer["first_version"].as_u64().unwrap())
}

/// The head of a canvas; nothing where the server is gone.
pub fn head(agent: &ureq::Agent, api: &str, canvas: &str) -> Option<u64> {
    let mut answer = agent.get(format!("{api}/canvases/{canvas}")).call().ok()?;
    let text = answer.body_mut().read_to_string().ok()?;
    serde_json::from_str::<Value>(&text).ok()?["version"].as_u64()
}
