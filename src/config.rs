//! Configuration: read once into plain structs and handed down, never global.
//!
//! `Rocket.toml` (profile `default` and the one in force), then `ROCKET_*` and `PIXLOG_*` variables, then flags. What
//! is ours stands in the table `pixlog` of a profile; `PIXLOG_SIDE_MAX` sets `side_max` in it, and so on for each field
//! of [`Limits`] and for `data`, `hosts`, `cors_origins`, `tokens`, `anonymous` and `trusted_proxies`. Lists are written
//! with commas in variables.

mod list;
mod network;
mod scope;
#[cfg(test)]
mod tests;
pub mod tokens;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::value::Value;
use rocket::figment::{Figment, Profile};
use serde::Deserialize;
use thiserror::Error;

use crate::picture;
use crate::{journal, store};

use list::List;
pub use network::{Network, NetworkError};
pub use scope::{Scope, ScopeError, Scopes};

/// Variables that start with `PIXLOG_` and are read by somebody else: a client's token and server, the log's filter and format.
const NOT_OURS: [&str; 4] = ["token", "server", "log", "log_format"];

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// The address to listen on.
    pub address: IpAddr,
    /// The port to listen on; 0 for any that is free.
    pub port: u16,
    /// Values of `Host` that are ours, beside the address listened on; without a port each goes with any port.
    pub hosts: Vec<String>,
    /// Origins that may call from a browser, beside our own.
    pub cors_origins: Vec<String>,
    /// The file of tokens.
    pub tokens: Option<PathBuf>,
    /// What a client without a token may do, where that is said.
    pub anonymous: Option<Scopes>,
    /// Proxies whose word on a client's address is taken.
    pub trusted_proxies: Vec<Network>,
    /// Every bound on what a request may cost.
    pub limits: Limits,
    /// Rocket's own settings: workers, shutdown, keep-alive, log level.
    pub rocket: Figment,
}

/// Every bound on what a request, or the whole process, may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest side of a canvas, in cells.
    pub side_max: u32,
    /// The most cells of a canvas.
    pub cells_max: u32,
    /// The most pixels in one append.
    pub batch_pixels_max: usize,
    /// The most bytes of a JSON body, or of rows of pixels.
    pub json_bytes_max: u64,
    /// The most bytes of a form, or of an uploaded picture.
    pub upload_bytes_max: u64,
    /// Images that may be rendered, or uploads decoded, at once; others wait a short while, then get 503.
    pub heavy_requests_max: usize,
    /// Answers that may be streamed at once: each holds a thread and about two bands of an image.
    pub streams_max: usize,
    /// The most bytes of a file that is imported; it is read as it comes, so that its size is no memory.
    pub import_bytes_max: u64,
    /// Connections that follow canvases and runs at once: each holds a socket and some kilobytes.
    pub readers_max: usize,
    /// Bytes of encoded tiles kept in memory; with 0 none are.
    pub tile_cache_bytes: u64,
    /// The most pixels in a frame of a time-lapse: while one is made it takes up to 32 bytes a pixel.
    pub frame_pixels_max: u64,
    /// Requests of one client in a second, on average; 0 for any number.
    pub requests_per_second_max: u32,
    /// Requests of one client at once, after a rest; 0 for as many as in a second.
    pub requests_burst_max: u32,
    /// Bytes of pages that the store may keep in memory.
    pub cache_bytes: u64,
    /// Bytes of disk that must stay free.
    pub reserve_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let (journal, store) = (journal::Options::default(), store::SledOptions::default());
        Self {
            side_max: journal.side_max,
            cells_max: journal.cells_max,
            batch_pixels_max: journal.batch_pixels_max,
            json_bytes_max: 4 << 20,
            // A form with 4072×4072 random pixels: 50 MB of PNG, 66 MB of base64, 71 MB with its signs escaped.
            upload_bytes_max: 96 << 20,
            heavy_requests_max: 2,
            streams_max: 32,
            import_bytes_max: 16 << 30,
            readers_max: 4_096,
            tile_cache_bytes: 16 << 20,
            frame_pixels_max: 1 << 22,
            requests_per_second_max: 0,
            requests_burst_max: 0,
            cache_bytes: store.cache_bytes,
            reserve_bytes: store.reserve_bytes,
        }
    }
}

/// What flags override.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The data directory.
    pub data: Option<PathBuf>,
    /// The address to listen on.
    pub address: Option<IpAddr>,
    /// The port to listen on.
    pub port: Option<u16>,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value is missing, of the wrong type, or out of range.
    #[error("the configuration is wrong: {0}")]
    Invalid(String),
    /// Listening publicly without protection.
    #[error(
        "refusing to listen on {0}: everyone who can reach it could write; listen on a loopback address, name a file of \
         tokens with PIXLOG_TOKENS, or allow that with PIXLOG_ANONYMOUS=read,write"
    )]
    Unprotected(IpAddr),
}

/// The table `pixlog` of a profile.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Table {
    data: Option<PathBuf>,
    hosts: Option<List>,
    cors_origins: Option<List>,
    tokens: Option<PathBuf>,
    anonymous: Option<List>,
    trusted_proxies: Option<List>,
    side_max: Option<u32>,
    cells_max: Option<u32>,
    batch_pixels_max: Option<usize>,
    json_bytes_max: Option<u64>,
    upload_bytes_max: Option<u64>,
    heavy_requests_max: Option<usize>,
    streams_max: Option<usize>,
    import_bytes_max: Option<u64>,
    readers_max: Option<usize>,
    tile_cache_bytes: Option<u64>,
    frame_pixels_max: Option<u64>,
    requests_per_second_max: Option<u32>,
    requests_burst_max: Option<u32>,
    cache_bytes: Option<u64>,
    reserve_bytes: Option<u64>,
}

impl Default for Config {
    /// The defaults alone, whatever the files and variables say; Rocket's log is off.
    fn default() -> Self {
        Self {
            data: PathBuf::from("./data"),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8000,
            hosts: ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
            cors_origins: dev_servers(),
            tokens: None,
            anonymous: None,
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            rocket: quiet(Figment::from(rocket::Config::default())),
        }
    }
}

impl Config {
    /// Reads `Rocket.toml` and the environment, then applies what flags override.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        let figment = Self::default()
            .rocket
            .merge(Toml::file(Env::var_or("ROCKET_CONFIG", "Rocket.toml")).nested())
            .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE", "CONFIG"]).global())
            .merge(Env::prefixed("PIXLOG_").ignore(&NOT_OURS).map(|key| format!("pixlog.{key}").into()).global())
            .select(Profile::from_env_or("ROCKET_PROFILE", rocket::Config::DEFAULT_PROFILE));
        Self::from_figment(figment, overrides)
    }

    fn from_figment(figment: Figment, overrides: &Overrides) -> Result<Self, ConfigError> {
        // Rocket would print what is wrong with its part and leave the process.
        rocket::Config::try_from(&figment).map_err(invalid)?;
        let table = match figment.find_value("pixlog") {
            Ok(_) => figment.extract_inner("pixlog").map_err(invalid)?,
            Err(_) => Table::default(),
        };
        let mut config = Self {
            address: figment.extract_inner("address").map_err(invalid)?,
            port: figment.extract_inner("port").map_err(invalid)?,
            limits: table.limits()?,
            tokens: table.tokens,
            anonymous: table.anonymous.map(anonymous).transpose()?,
            trusted_proxies: table.trusted_proxies.as_ref().map(networks).transpose()?.unwrap_or_default(),
            rocket: figment,
            ..Self::default()
        };
        let set = |to: &mut Vec<String>, list: Option<List>| {
            if let Some(List(values)) = list {
                *to = values;
            }
        };
        set(&mut config.hosts, table.hosts);
        set(&mut config.cors_origins, table.cors_origins);
        if let Some(data) = overrides.data.clone().or(table.data) {
            config.data = data;
        }
        config.address = overrides.address.unwrap_or(config.address);
        config.port = overrides.port.unwrap_or(config.port);
        config.check_access()?;
        Ok(config)
    }

    /// Refuses what lets nobody in, and what lets in everyone who can reach a public address without saying so.
    fn check_access(&self) -> Result<(), ConfigError> {
        if self.tokens.is_some() {
            return Ok(());
        }
        if self.anonymous == Some(Scopes::NONE) {
            return Err(ConfigError::Invalid("anonymous=none without tokens would let nobody in".to_owned()));
        }
        let open = self.anonymous.is_some_and(|scopes| scopes.has(Scope::Write));
        if open || self.address.is_loopback() { Ok(()) } else { Err(ConfigError::Unprotected(self.address)) }
    }

    /// What a client without a token may do. Where there are no tokens and nothing is said, everyone is the owner.
    #[must_use]
    pub fn anonymous_scopes(&self) -> Scopes {
        let unsaid = if self.tokens.is_some() { Scopes::READ } else { Scopes::ALL };
        self.anonymous.unwrap_or(unsaid)
    }

    /// How the store is opened.
    #[must_use]
    pub fn store(&self) -> store::SledOptions {
        let Limits { cache_bytes, reserve_bytes, .. } = self.limits;
        store::SledOptions { cache_bytes, reserve_bytes }
    }

    /// How the journal is opened.
    #[must_use]
    pub fn journal(&self) -> journal::Options {
        let Limits { side_max, cells_max, batch_pixels_max, .. } = self.limits;
        // Beside the data: the system's folder for temporary files may be memory.
        let scratch = Some(self.data.clone());
        journal::Options { side_max, cells_max, batch_pixels_max, scratch, ..journal::Options::default() }
    }

    /// What an uploaded picture may cost.
    #[must_use]
    pub fn picture(&self) -> picture::Limits {
        let Limits { side_max, cells_max, .. } = self.limits;
        picture::Limits { side_max, cells_max }
    }

    /// Rocket's own settings. It takes no signals: runs stop at a durable point before it is told. It believes no header
    /// about a client's address; by itself it would believe `X-Real-IP` from everyone.
    pub(crate) fn figment(&self) -> Figment {
        let set = |figment: Figment, key, value: Value| figment.merge(Serialized::global(key, value));
        let figment = set(self.rocket.clone(), "address", self.address.to_string().into());
        let figment = set(figment, "port", self.port.into());
        let figment = set(figment, "ip_header", false.into());
        let figment = set(figment, "shutdown.ctrlc", false.into());
        set(figment, "shutdown.signals", Vec::<String>::new().into())
    }
}

impl Table {
    fn limits(&self) -> Result<Limits, ConfigError> {
        let default = Limits::default();
        let limits = Limits {
            side_max: self.side_max.unwrap_or(default.side_max),
            cells_max: self.cells_max.unwrap_or(default.cells_max),
            batch_pixels_max: self.batch_pixels_max.unwrap_or(default.batch_pixels_max),
            json_bytes_max: self.json_bytes_max.unwrap_or(default.json_bytes_max),
            upload_bytes_max: self.upload_bytes_max.unwrap_or(default.upload_bytes_max),
            heavy_requests_max: self.heavy_requests_max.unwrap_or(default.heavy_requests_max),
            streams_max: self.streams_max.unwrap_or(default.streams_max),
            import_bytes_max: self.import_bytes_max.unwrap_or(default.import_bytes_max),
            readers_max: self.readers_max.unwrap_or(default.readers_max),
            tile_cache_bytes: self.tile_cache_bytes.unwrap_or(default.tile_cache_bytes),
            frame_pixels_max: self.frame_pixels_max.unwrap_or(default.frame_pixels_max),
            requests_per_second_max: self.requests_per_second_max.unwrap_or(default.requests_per_second_max),
            requests_burst_max: self.requests_burst_max.unwrap_or(default.requests_burst_max),
            cache_bytes: self.cache_bytes.unwrap_or(default.cache_bytes),
            reserve_bytes: self.reserve_bytes.unwrap_or(default.reserve_bytes),
        };
        let at_least_one = [
            ("side_max", u64::from(limits.side_max)),
            ("cells_max", u64::from(limits.cells_max)),
            ("batch_pixels_max", limits.batch_pixels_max as u64),
            ("json_bytes_max", limits.json_bytes_max),
            ("upload_bytes_max", limits.upload_bytes_max),
            ("heavy_requests_max", limits.heavy_requests_max as u64),
            ("streams_max", limits.streams_max as u64),
            ("import_bytes_max", limits.import_bytes_max),
            ("readers_max", limits.readers_max as u64),
            ("frame_pixels_max", limits.frame_pixels_max),
        ];
        match at_least_one.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(ConfigError::Invalid(format!("{name} must be at least 1"))),
            None => Ok(limits),
        }
    }
}

/// What is wrong where, in words: figment's own would name a variable as it is not written.
fn invalid(mut error: rocket::figment::Error) -> ConfigError {
    // It puts the table behind what is in it.
    if error.path.len() > 1 && error.path.last().is_some_and(|last| last == "pixlog") {
        error.path.rotate_right(1);
    }
    let key = error.path.join(".");
    let from = error.metadata.map(|metadata| format!(", in {}", metadata.name)).unwrap_or_default();
    let separator = if key.is_empty() { "" } else { ": " };
    ConfigError::Invalid(format!("{key}{separator}{}{from}", error.kind))
}

/// What Rocket prints goes to standard output, which belongs to results; `Rocket.toml` can turn it on.
fn quiet(figment: Figment) -> Figment {
    figment.merge(("log_level", "off")).merge(("ident", false)).merge(("cli_colors", false))
}

/// The local dev servers of Vite and create-react-app.
fn dev_servers() -> Vec<String> {
    let at = |host: &str, port: u16| format!("http://{host}:{port}");
    vec![at("localhost", 5173), at("127.0.0.1", 5173), at("localhost", 3000), at("127.0.0.1", 3000)]
}

/// What everyone may do, said in so many words; `none` for nothing.
fn anonymous(List(names): List) -> Result<Scopes, ConfigError> {
    let wrong = |_| ConfigError::Invalid("anonymous is a list of read and write, or none".to_owned());
    if names == ["none"] {
        return Ok(Scopes::NONE);
    }
    let scopes = Scopes::of(names.iter().map(String::as_str)).map_err(wrong)?;
    if scopes.has(Scope::Admin) { Err(wrong(ScopeError)) } else { Ok(scopes) }
}

/// The networks of proxies that are believed.
fn networks(List(texts): &List) -> Result<Vec<Network>, ConfigError> {
    let parse = |text: &String| {
        text.parse().map_err(|error| ConfigError::Invalid(format!("trusted_proxies: {text:?} cannot be read: {error}")))
    };
    texts.iter().map(parse).collect()
}
