//! `/health/live` and `/health/ready`.

use rocket::{Route, get, routes};
use serde::Serialize;

use super::answer::Answer;
use super::app::App;
use super::gate::{Rules, gated};
use super::problem::Problem;

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![live, ready], &Rules::always())
}

#[derive(Serialize)]
struct StatusBody {
    status: &'static str,
}

#[get("/health/live")]
fn live() -> Result<Answer, Problem> {
    Ok(Answer::json(&StatusBody { status: "live" })?.no_store())
}

/// Whether writes and reads are served: not before the data directory is open, while stopping, or after storage failed.
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
