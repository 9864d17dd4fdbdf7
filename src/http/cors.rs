//! What browsers may read from other origins (`rocket_cors` decides), and headers that every answer has.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Method, Status};
use rocket::{Data, Request, Response};
use rocket_cors::{AllowedHeaders, AllowedOrigins, Cors, CorsOptions, Guard};

use super::access::Access;
use super::app::app;
use super::began::began;
use super::catchers::allowed_methods;
use super::headers;
use super::problem::Problem;

const ALLOWED_HEADERS: [&str; 9] = [
    "Accept",
    "Authorization",
    "Cache-Control",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-Id",
];

const EXPOSED_HEADERS: [&str; 11] = [
    "Allow",
    "Content-Length",
    "ETag",
    "Idempotent-Replayed",
    "Last-Modified",
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Pixlog-State",
    "X-Pixlog-Version",
    "X-Request-Id",
];

/// Seconds for which a browser may remember what a preflight said.
const PREFLIGHT_AGE_S: usize = 600;

/// What `rocket_cors` decides by.
///
/// # Errors
///
/// An origin that is none.
pub(super) fn cors(access: &Access) -> Result<Cors, rocket_cors::Error> {
    let origins: Vec<&str> = access.origins().iter().map(String::as_str).collect();
    CorsOptions::default()
        .allowed_origins(AllowedOrigins::some_exact(&origins))
        .allowed_headers(AllowedHeaders::some(&ALLOWED_HEADERS))
        .expose_headers(EXPOSED_HEADERS.map(str::to_owned).into())
        .max_age(Some(PREFLIGHT_AGE_S))
        .allow_credentials(true)
        .to_cors()
}

/// Adds the headers of CORS, `X-Request-Id`, keeps private what is, and answers preflights. The fairing of `rocket_cors` would answer reads from
/// foreign origins with an error and mount a route that everyone can ask.
#[derive(Debug)]
pub(super) struct Headers;

#[rocket::async_trait]
impl Fairing for Headers {
    fn info(&self) -> Info {
        Info { name: "headers", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        began(request);
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let began = began(request);
        let foreign = headers::has(request.headers(), "Origin");
        let guard = if foreign { request.guard::<Guard<'_>>().await.succeeded() } else { None };
        if began.method == Method::Options {
            *response = options(request, guard.is_some());
        }
        if let Some(guard) = guard {
            *response = guard.response(std::mem::take(response));
        }
        response.adjoin_raw_header("Vary", "Origin");
        if app(request).is_some_and(|app| app.access.is_private()) {
            keep_private(response);
        }
        response.set_raw_header("X-Request-Id", began.id.clone());
        response.set_raw_header("X-Content-Type-Options", "nosniff");
    }
}

/// Keeps caches from giving to one client what another was allowed to read.
fn keep_private(response: &mut Response<'_>) {
    response.adjoin_raw_header("Vary", "Authorization, Cookie");
    let policy = response.headers().get_one("Cache-Control");
    let policy = policy.filter(|policy| !policy.contains("no-store") && !policy.contains("private"));
    if let Some(policy) = policy.map(|policy| policy.trim_start_matches("public, ").to_owned()) {
        response.set_raw_header("Cache-Control", format!("private, {policy}"));
    }
}

/// Answers OPTIONS: no route does. A preflight says which method it asks for.
fn options<'r>(request: &'r Request<'_>, allowed_origin: bool) -> Response<'r> {
    let allow = allowed_methods(request);
    let ours = app(request).is_some_and(|app| app.access.check_host(request.headers()).is_ok());
    let preflight = request.headers().contains("Access-Control-Request-Method");
    let problem = if !ours {
        Problem::new(Status::MisdirectedRequest, "not-our-host", "this Host is not one of PIXLOG_HOSTS")
    } else if allow.is_empty() {
        Problem::new(Status::NotFound, "not-found", "there is no such page")
    } else if preflight && !allowed_origin {
        Problem::new(Status::Forbidden, "foreign-origin", "this origin, or one of these headers, is not allowed")
    } else {
        let mut response = Response::new();
        response.set_status(Status::NoContent);
        response.set_raw_header("Allow", allow);
        return response;
    };
    rocket::response::Responder::respond_to(problem, request).unwrap_or_default()
}
