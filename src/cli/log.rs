//! What the program logs, to standard error: lines for people, or JSON for programs.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::config::ConfigError;

/// The variable that says which of the two.
const FORMAT: &str = "PIXLOG_LOG_FORMAT";

/// Logs from here on what `PIXLOG_LOG`, or else `RUST_LOG`, or else `default` lets through.
pub(super) fn start(default: &str) -> Result<(), ConfigError> {
    let said = ["PIXLOG_LOG", "RUST_LOG"].into_iter().find_map(|name| std::env::var(name).ok());
    let filter = EnvFilter::try_new(said.as_deref().unwrap_or(default)).unwrap_or_else(|_| EnvFilter::new(default));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(false);
    match std::env::var(FORMAT).as_deref() {
        Err(_) | Ok("" | "text") => subscriber.init(),
        Ok("json") => subscriber.json().flatten_event(true).with_span_list(false).init(),
        Ok(other) => return Err(ConfigError::Invalid(format!("{FORMAT} is text or json, not {other:?}"))),
    }
    Ok(())
}
