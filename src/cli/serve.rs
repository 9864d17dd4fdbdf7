//! `pixlog serve`: the server.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::{Config, Limits, Overrides};
use crate::http;

use super::error::CliError;

/// `pixlog serve`.
#[derive(Debug, Default, Args)]
#[command(after_help = settings())]
pub(super) struct Serve {
    #[arg(long, value_name = "ADDRESS")]
    #[arg(help = "The address to listen on [default: 127.0.0.1, or what Rocket.toml or ROCKET_ADDRESS says]")]
    address: Option<IpAddr>,
    #[arg(long, value_name = "PORT")]
    #[arg(help = "The port, 0 for any that is free [default: 8000, or what Rocket.toml or ROCKET_PORT says]")]
    port: Option<u16>,
}

impl Serve {
    pub(super) fn run(self, data: Option<PathBuf>) -> Result<(), CliError> {
        let config = Config::load(&Overrides { data, address: self.address, port: self.port })?;
        let directory = config.data.clone();
        allow_open_files();
        http::serve(config, move |address| {
            let mut stdout = io::stdout().lock();
            // A server serves on where nobody reads what it says.
            let _ = writeln!(stdout, "pixlog listens on http://{address} with its data in {}", directory.display());
            let _ = stdout.flush();
        })?;
        Ok(())
    }
}

/// Takes as many open files as the system allows: each connection is one, and what a shell sets by default (1,024 mostly)
/// is for programs that wait for them by `select`.
fn allow_open_files() {
    let limits = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: limits.maximum, ..limits };
    if wanted != limits
        && let Err(error) = setrlimit(Resource::Nofile, wanted)
    {
        tracing::warn!(%error, "no more files can be open at once than before");
    }
}

/// Every setting, with what it is by default. Kept beside [`Config`] by a test of the command line.
fn settings() -> String {
    let Config { data, address, port, hosts, cors_origins, limits, .. } = Config::default();
    let Limits {
        side_max,
        cells_max,
        batch_pixels_max,
        json_bytes_max,
        upload_bytes_max,
        heavy_requests_max,
        streams_max,
        import_bytes_max,
        readers_max,
        tile_cache_bytes,
        frame_pixels_max,
        requests_per_second_max,
        requests_burst_max,
        cache_bytes,
        reserve_bytes,
    } = limits;
    let rows = [
        ("ROCKET_ADDRESS", address.to_string(), "the address to listen on"),
        ("ROCKET_PORT", port.to_string(), "the port to listen on"),
        ("PIXLOG_DATA", data.display().to_string(), "the data directory"),
        ("PIXLOG_HOSTS", hosts.join(","), "values of Host that are ours, beside the address listened on"),
        ("PIXLOG_CORS_ORIGINS", cors_origins.join(","), "other origins that pages may call from"),
        ("PIXLOG_TOKENS", "none".to_owned(), "the file of tokens, as 'pixlog token' prints its lines"),
        (
            "PIXLOG_ANONYMOUS",
            "read with tokens, else all".to_owned(),
            "what is allowed without a token: read, write, none",
        ),
        ("PIXLOG_TRUSTED_PROXIES", "none".to_owned(), "addresses or networks whose X-Forwarded-For counts"),
        ("PIXLOG_SIDE_MAX", side_max.to_string(), "cells on a side of a canvas, at most"),
        ("PIXLOG_CELLS_MAX", cells_max.to_string(), "cells of a canvas, at most"),
        ("PIXLOG_BATCH_PIXELS_MAX", batch_pixels_max.to_string(), "pixels in one write, at most"),
        ("PIXLOG_JSON_BYTES_MAX", json_bytes_max.to_string(), "bytes of a JSON body, at most"),
        ("PIXLOG_UPLOAD_BYTES_MAX", upload_bytes_max.to_string(), "bytes of an uploaded picture or form, at most"),
        ("PIXLOG_HEAVY_REQUESTS_MAX", heavy_requests_max.to_string(), "images rendered or decoded at once"),
        ("PIXLOG_STREAMS_MAX", streams_max.to_string(), "answers streamed at once"),
        ("PIXLOG_IMPORT_BYTES_MAX", import_bytes_max.to_string(), "bytes of a file that is imported, at most"),
        ("PIXLOG_READERS_MAX", readers_max.to_string(), "connections that follow canvases and runs at once"),
        ("PIXLOG_TILE_CACHE_BYTES", tile_cache_bytes.to_string(), "bytes of encoded tiles kept in memory"),
        ("PIXLOG_FRAME_PIXELS_MAX", frame_pixels_max.to_string(), "pixels of a frame of a time-lapse, at most"),
        ("PIXLOG_REQUESTS_PER_SECOND_MAX", requests_per_second_max.to_string(), "requests of one client; 0: no limit"),
        (
            "PIXLOG_REQUESTS_BURST_MAX",
            requests_burst_max.to_string(),
            "requests of one client at once; 0: as in a second",
        ),
        ("PIXLOG_CACHE_BYTES", cache_bytes.to_string(), "bytes of pages that the store keeps in memory"),
        ("PIXLOG_RESERVE_BYTES", reserve_bytes.to_string(), "bytes of disk that stay free"),
        ("PIXLOG_LOG", "warn,pixlog=info".to_owned(), "what is logged to standard error; also RUST_LOG"),
        ("PIXLOG_LOG_FORMAT", "text".to_owned(), "text for people, or json, a line each"),
    ];
    let mut text =
        "Settings, as variables; Rocket.toml may hold them too (port, [default.pixlog] data), flags win:\n".to_owned();
    for (name, value, meaning) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name:<32}{meaning} [default: {value}]");
    }
    text
}
