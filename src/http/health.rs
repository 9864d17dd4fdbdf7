//! `/health/live` and `/health/ready`.

use rocket::{Route, get, routes};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::answer::Answer;
use super::app::App;
use super::gate::{Rules, gated};
use super::openapi::problems::Unavailable;
use super::problem::Problem;

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![live, ready], &Rules::always())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(live, ready))]
pub(super) struct Doc;

/// What the server is.
#[derive(Serialize, ToSchema)]
struct StatusBody {
    /// `live` or `ready`
    #[schema(example = "ready")]
    status: &'static str,
}

/// Whether the process runs
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "getLive",
    tag = "operating",
    security(()),
    responses((status = 200, description = "It runs", body = StatusBody))
)]
#[get("/health/live")]
fn live() -> Result<Answer, Problem> {
    Ok(Answer::json(&StatusBody { status: "live" })?.no_store())
}

/// Whether writes and reads are served
///
/// Not before the data directory is open, while stopping, or after storage failed.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "getReady",
    tag = "operating",
    security(()),
    responses((status = 200, description = "They are", body = StatusBody), Unavailable)
)]
#[get("/health/ready")]
fn ready(app: &App) -> Result<Answer, Problem> {
    let opened = app.opened()?;
    if app.stopping() {
        return Err(Problem::stopping());
    }
    if let Some(reason) = opened.journal.poisoned() {
        tracing::warn!(%reason, "not ready");
        return Err(crate::store::StoreError::Poisoned.into());
    }
    Ok(Answer::json(&StatusBody { status: "ready" })?.no_store())
}
