//! The routes put together, apart from launching them.

use std::sync::Arc;

use rocket::data::{Limits, ToByteUnit};
use rocket::shield::Shield;
use rocket::{Build, Rocket, catchers};

use super::app::App;
use super::server::ServeError;
use super::{canvases, catchers, cors, endpoints, health, history, images, info, page, pixels, progress, root, runs};

/// A server with all its routes, not listening yet.
///
/// # Errors
///
/// [`ServeError::Rocket`] where an origin that may call is none.
pub(super) fn build(app: Arc<App>) -> Result<Rocket<Build>, ServeError> {
    let cors = cors::cors(&app.access).map_err(|error| ServeError::Rocket(format!("cors_origins: {error}")))?;
    // Multipart forms are the one kind of body that Rocket reads for us.
    let upload = app.config.limits.upload_bytes_max.bytes();
    let limits = Limits::new().limit("data-form", upload).limit("form", upload).limit("string", upload);
    let figment = app.config.figment().merge(("limits", limits));
    let at_root = [root::routes(), progress::routes(), endpoints::routes(), history::root_routes()];
    let below_api = [info::routes(), canvases::routes(), pixels::routes(), images::routes(), history::routes()];
    let rocket = rocket::custom(figment)
        .attach(Shield::new())
        .attach(cors::Headers)
        .register("/", catchers![catchers::any])
        .mount("/", at_root.concat())
        .mount("/", health::routes())
        .mount("/", page::routes())
        .mount("/api/v1", below_api.concat())
        .mount("/api/v1", runs::routes())
        .manage(cors)
        .manage(app);
    Ok(rocket)
}
