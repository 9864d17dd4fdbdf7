//! Configuration: read once into plain structs and handed down, never global.
//!
//! `Rocket.toml` (profile `default` and the one in force), then `ROCKET_*` and `PIXLOG_*` variables, then flags. What
//! is ours stands in the table `pixlog` of a profile; `PIXLOG_SIDE_MAX` sets `side_max` in it, and so on for each field
//! of [`Limits`], for `data`, `hosts`, `cors_origins` and `anonymous`. Lists are written with commas in variables.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use rocket::figment::providers::{Env, Format, Serialized, Toml};
use rocket::figment::value::Value;
use rocket::figment::{Figment, Profile};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::picture;
use crate::{journal, store};

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
        "refusing to listen on {0}: everyone who can reach it could write; listen on a loopback address, or allow that \
         with PIXLOG_ANONYMOUS=read,write"
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
    anonymous: Option<List>,
    side_max: Option<u32>,
    cells_max: Option<u32>,
    batch_pixels_max: Option<usize>,
    json_bytes_max: Option<u64>,
    upload_bytes_max: Option<u64>,
    heavy_requests_max: Option<usize>,
    streams_max: Option<usize>,
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
        let open = anonymous(table.anonymous)?;
        if !(open || config.address.is_loopback()) {
            return Err(ConfigError::Unprotected(config.address));
        }
        Ok(config)
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

    /// Rocket's own settings. It takes no signals: runs stop at a durable point before it is told.
    pub(crate) fn figment(&self) -> Figment {
        let set = |figment: Figment, key, value: Value| figment.merge(Serialized::global(key, value));
        let figment = set(self.rocket.clone(), "address", self.address.to_string().into());
        let figment = set(figment, "port", self.port.into());
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

/// Whether everyone may read and write, said in so many words.
fn anonymous(list: Option<List>) -> Result<bool, ConfigError> {
    let List(scopes) = list.unwrap_or_default();
    if let Some(other) = scopes.iter().find(|scope| !matches!(scope.as_str(), "read" | "write")) {
        return Err(ConfigError::Invalid(format!("anonymous is a list of read and write, not {other:?}")));
    }
    let has = |wanted: &str| scopes.iter().any(|scope| scope == wanted);
    Ok(has("read") && has("write"))
}

/// A list, or one text with commas in it.
#[derive(Debug, Default)]
struct List(Vec<String>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor;

        impl<'de> Visitor<'de> for ListVisitor {
            type Value = List;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list, or a text with commas")
            }

            fn visit_str<E>(self, text: &str) -> Result<List, E> {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Ok(List(parts.map(str::to_owned).collect()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(List(list))
            }
        }

        deserializer.deserialize_any(ListVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loads what these lines of `Rocket.toml` and these variables, as if they were set, say.
    fn load(toml: &str, variables: &[(&str, &str)], overrides: &Overrides) -> Result<Config, String> {
        let mut figment = Config::default().rocket.merge(Toml::string(toml).nested()).select("release");
        for (name, value) in variables {
            let key = match name.strip_prefix("PIXLOG_") {
                Some(name) => format!("pixlog.{}", name.to_lowercase()),
                None => name.trim_start_matches("ROCKET_").to_lowercase(),
            };
            let Ok(value) = value.parse::<Value>();
            figment = figment.merge(Serialized::global(&key, value));
        }
        Config::from_figment(figment, overrides).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_listen_on_loopback() {
        let config = load("", &[], &Overrides::default()).expect("nothing is wrong");
        assert_eq!(config.data, PathBuf::from("./data"));
        assert_eq!((config.address.to_string(), config.port), ("127.0.0.1".to_owned(), 8000));
        assert_eq!(config.hosts, ["localhost", "127.0.0.1", "[::1]"]);
        assert_eq!(config.cors_origins.len(), 4);
    }

    #[test]
    fn variables_win_over_the_file_and_flags_over_both() {
        let toml = "[default]\nport = 1\n[default.pixlog]\ndata = \"a\"\nside_max = 10\ncells_max = 11\n";
        let variables = [("PIXLOG_DATA", "b"), ("ROCKET_PORT", "2"), ("PIXLOG_SIDE_MAX", "12")];
        let config = load(toml, &variables, &Overrides::default()).expect("nothing is wrong");
        assert_eq!((config.data.clone(), config.port), (PathBuf::from("b"), 2));
        assert_eq!((config.limits.side_max, config.limits.cells_max), (12, 11));
        assert_eq!((config.journal().side_max, config.picture().side_max), (12, 12));
        let flags = Overrides { data: Some("c".into()), port: Some(3), address: None };
        let config = load(toml, &variables, &flags).expect("nothing is wrong");
        assert_eq!((config.data, config.port), (PathBuf::from("c"), 3));
    }

    #[test]
    fn lists_are_written_with_commas_or_brackets() {
        let variables =
            [("PIXLOG_HOSTS", "a.example, b.example:81"), ("PIXLOG_CORS_ORIGINS", "[\"http://c.example\"]")];
        let config = load("", &variables, &Overrides::default()).expect("nothing is wrong");
        assert_eq!(config.hosts, ["a.example", "b.example:81"]);
        assert_eq!(config.cors_origins, ["http://c.example"]);
    }

    #[test]
    fn public_addresses_need_a_word() {
        let public = Overrides { address: Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), ..Overrides::default() };
        let refusal = ConfigError::Unprotected(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_string();
        assert_eq!(load("", &[], &public).map(|config| config.address), Err(refusal.clone()));
        assert_eq!(load("", &[("PIXLOG_ANONYMOUS", "read")], &public).map(|config| config.address), Err(refusal));
        let open = [("PIXLOG_ANONYMOUS", "read,write")];
        assert_eq!(load("", &open, &public).map(|config| config.address.to_string()), Ok("0.0.0.0".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (variable, value, named) in [
            ("PIXLOG_SIDE_MAX", "many", "pixlog.side_max: invalid type: found string \"many\", expected u32"),
            ("PIXLOG_SIDE_MAX", "0", "side_max"),
            ("PIXLOG_SIDES_MAX", "1", "sides_max"),
            ("PIXLOG_TOKENS", "/etc/tokens", "tokens"),
            ("PIXLOG_ANONYMOUS", "all", "all"),
            ("ROCKET_PORT", "65536", "port"),
            ("ROCKET_ADDRESS", "nowhere", "address"),
            ("ROCKET_KEEP_ALIVE", "long", "keep_alive"),
        ] {
            let error = load("", &[(variable, value)], &Overrides::default()).expect_err(variable);
            assert!(error.contains(named), "{variable}: {error}");
        }
    }
}
