//! Rocket's own errors as problems, and 405 where Rocket would say 404.

use rocket::catch;
use rocket::http::{Method, Status};
use rocket::request::Request;

use super::app::app;
use super::began::began;
use super::gate::check_form;
use super::problem::Problem;

/// Every error that no handler answered.
#[catch(default)]
pub(super) fn any(status: Status, request: &Request<'_>) -> Problem {
    if let Some(Err(problem)) = app(request).map(|app| app.access.check_host(request.headers())) {
        return problem;
    }
    match status.code {
        404 => not_found(request),
        503 => Problem::recovering(),
        500 => Problem::internal("a handler panicked or failed"),
        400 => Problem::unreadable("the request is not well-formed HTTP"),
        _ => Problem::new(status, "refused", status.reason_lossy()),
    }
}

fn not_found(request: &Request<'_>) -> Problem {
    let method = began(request).method;
    if let Err(problem) = check_form(method, request) {
        return problem;
    }
    let allow = allowed_methods(request);
    if allow.is_empty() { Problem::no_page() } else { Problem::method_not_allowed(allow) }
}

/// The methods for which there is a route with this request's path, as `Allow` lists them; empty where there is none.
pub(super) fn allowed_methods(request: &Request<'_>) -> String {
    let path = request.uri().path();
    let mut allowed: Vec<&str> = Vec::new();
    for route in request.rocket().routes().filter(|route| matches(route.uri.path(), path.as_str())) {
        allowed.push(route.method.as_str());
        if route.method == Method::Get {
            allowed.push(Method::Head.as_str());
        }
    }
    if !allowed.is_empty() {
        allowed.push(Method::Options.as_str());
    }
    allowed.sort_unstable();
    allowed.dedup();
    allowed.join(", ")
}

/// Whether a route's path, with its `<parameters>`, is the path of a request.
fn matches(route: &str, path: &str) -> bool {
    // Rocket passes over empty segments too.
    let mut wanted = route.split('/').filter(|segment| !segment.is_empty());
    let mut found = path.split('/').filter(|segment| !segment.is_empty());
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found || wanted.starts_with('<') => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_segment_by_segment() {
        for (route, path, same) in [
            ("/", "/", true),
            ("/a/<b>", "/a/x", true),
            ("/a/<b>", "/a/", false),
            ("/a/<b>", "/a//x/", true),
            ("/", "//", true),
            ("/a/<b>", "/a", false),
            ("/a/<b>/c", "/a/x/c", true),
            ("/a/<b>/c", "/a/x/d", false),
        ] {
            assert_eq!(matches(route, path), same, "{route} {path}");
        }
    }
}
