//! The same Rocket with routes that store nothing: what ours are measured against.

use std::net::{Ipv4Addr, SocketAddr};

use rocket::fairing::AdHoc;
use rocket::serde::json::Json;
use rocket::{get, post, routes};
use serde::Deserialize;

use crate::config::Config;

use super::server::{ServeError, runtime};

#[derive(Deserialize)]
struct Body {
    pixels: Vec<(u32, u32, String)>,
}

#[post("/api/v1/canvases/load/pixels", data = "<body>")]
fn count(body: Json<Body>) -> Json<usize> {
    let Body { pixels } = body.into_inner();
    Json(pixels.len())
}

#[get("/")]
const fn nothing() {}

/// Serves on a free port of 127.0.0.1 until the process ends; `listening` is called when it listens. It parses the body
/// of a POST of pixels and answers, and answers a GET with nothing.
///
/// # Errors
///
/// [`ServeError::Rocket`].
pub fn serve_nothing(listening: impl FnOnce(SocketAddr) + Send + Sync + 'static) -> Result<(), ServeError> {
    let config = Config { address: Ipv4Addr::LOCALHOST.into(), port: 0, ..Config::default() };
    let listens = AdHoc::on_liftoff("listening", move |rocket| {
        Box::pin(async move {
            let config = rocket.config();
            listening(SocketAddr::new(config.address, config.port));
        })
    });
    let rocket = rocket::custom(config.figment()).mount("/", routes![count, nothing]).attach(listens);
    let launched = runtime()?.block_on(rocket.launch());
    launched.map(drop).map_err(|error| ServeError::Rocket(error.to_string()))
}
