//! Configuration: read once into plain structs and handed down, never global.
//!
//! `Rocket.toml` (profile `default` and the one in force), then `ROCKET_*` and `PIXLOG_*` variables, then flags.

#![expect(clippy::unused_self, reason = "skeleton")]

use std::net::IpAddr;
use std::path::PathBuf;

use thiserror::Error;

use crate::picture;
use crate::{journal, store};

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
    /// The most bytes of a JSON body.
    pub json_bytes_max: u64,
    /// The most bytes of a form, or of an uploaded picture.
    pub upload_bytes_max: u64,
    /// Images that may be rendered, or uploads decoded, at once; others wait a short while, then get 503.
    pub heavy_requests_max: usize,
    /// Bytes of pages that the store may keep in memory.
    pub cache_bytes: u64,
    /// Bytes of disk that must stay free.
    pub reserve_bytes: u64,
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
    #[error("refusing to listen on {0}: everyone who can reach it could write; see docs/OPERATING.md")]
    Unprotected(IpAddr),
}

impl Config {
    /// Reads `Rocket.toml` and the environment, then applies what flags override.
    ///
    /// # Errors
    ///
    /// [`ConfigError`].
    pub fn load(_overrides: &Overrides) -> Result<Self, ConfigError> {
        todo!()
    }

    /// How the store is opened.
    #[must_use]
    pub fn store(&self) -> store::SledOptions {
        todo!()
    }

    /// How the journal is opened.
    #[must_use]
    pub fn journal(&self) -> journal::Options {
        todo!()
    }

    /// What an uploaded picture may cost.
    #[must_use]
    pub fn picture(&self) -> picture::Limits {
        todo!()
    }
}
