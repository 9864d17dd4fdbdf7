//! `GET /api/v1`: what this server is and allows.

use rocket::http::MediaType;
use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::answer::Answer;
use super::app::App;
use super::caller::Caller;
use super::gate::{Rules, gated};
use super::openapi::problems::{NotAcceptable, Unavailable};
use super::problem::Problem;

/// The routes of this resource, below `/api/v1`.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![info], &Rules::answering(MediaType::JSON))
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(info))]
pub(super) struct Doc;

/// What the server is and allows.
#[derive(Serialize, ToSchema)]
struct InfoBody<'a> {
    name: &'static str,
    version: &'static str,
    limits: LimitsBody,
    features: [&'static str; 4],
    caller: CallerBody<'a>,
}

/// The most of each that is taken.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names are those of the configuration")]
struct LimitsBody {
    side_max: u32,
    cells_max: u32,
    batch_pixels_max: usize,
    json_bytes_max: u64,
    upload_bytes_max: u64,
}

/// Who asks, and what that one may do.
#[derive(Serialize, ToSchema)]
struct CallerBody<'a> {
    name: Option<&'a str>,
    scopes: Vec<&'static str>,
}

/// What the server is and allows
#[utoipa::path(
    get,
    path = "",
    operation_id = "getInfo",
    tag = "operating",
    responses((status = 200, description = "Version, limits, features, and the caller's name and scopes", body = InfoBody),
        NotAcceptable, Unavailable)
)]
#[get("/")]
fn info(caller: &Caller, app: &App) -> Result<Answer, Problem> {
    let limits = &app.config.limits;
    let body = InfoBody {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        limits: LimitsBody {
            side_max: limits.side_max,
            cells_max: limits.cells_max,
            batch_pixels_max: limits.batch_pixels_max,
            json_bytes_max: limits.json_bytes_max,
            upload_bytes_max: limits.upload_bytes_max,
        },
        features: ["canvases", "history", "pingpong", "runs"],
        caller: CallerBody { name: caller.token.as_deref(), scopes: caller.scopes.names().collect() },
    };
    Ok(Answer::json(&body)?.no_store())
}
