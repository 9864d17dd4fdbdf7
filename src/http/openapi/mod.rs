//! The OpenAPI document: gathered from what stands at each handler, completed with what every answer has.
//!
//! A route is described by `#[utoipa::path]` above its handler, named in its resource's `Doc` beside its `routes`, and
//! the resource stands in `build::RESOURCES`. Tests compare the document with the mounted routes, and every answer of
//! every test of the API with the document.

pub(super) mod bodies;
pub(super) mod params;
pub(super) mod problems;

use rocket::http::{ContentType, MediaType};
use rocket::{Route, get, routes};
use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi as Document, PathItem, Ref, RefOr, Response};

use super::answer::Answer;
use super::build::RESOURCES;
use super::gate::{Rules, gated};
use super::problem::Problem;

/// The routes of this resource, at the root.
pub(super) fn routes() -> Vec<Route> {
    gated(routes![json], &Rules::always())
}

/// What the document says of them.
#[derive(OpenApi)]
#[openapi(paths(json))]
pub(super) struct Doc;

/// This document
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenApi",
    tag = "operating",
    responses((status = 200, description = "What `pixlog openapi` prints", body = Object))
)]
#[get("/openapi.json")]
fn json() -> Result<Answer, Problem> {
    let document = openapi().map_err(Problem::internal)?;
    Ok(Answer::bytes(ContentType::from(MediaType::JSON), document.into_bytes()).header("Cache-Control", "no-cache"))
}

/// The OpenAPI 3.1 document of the API, as JSON on several lines.
///
/// # Errors
///
/// None in practice: the document is made of texts, numbers, lists and objects.
pub fn openapi() -> Result<String, serde_json::Error> {
    document().to_pretty_json().map(|mut json| {
        json.push('\n');
        json
    })
}

/// The tags in their order, and what belongs to no route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "pixlog",
        description = "Canvases as append-only logs: every write is durable before it is answered, and every past image is \
                       one request away. Times are RFC 3339 in UTC, colours `#rrggbb` (`#rrggbbaa` on an `rgba` canvas). \
                       Errors are `application/problem+json` (RFC 9457).",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "canvases", description = "Making canvases, listing them, looking at one"),
        (name = "writing", description = "Pixels; durable when they are answered"),
        (name = "reading", description = "A canvas as it is or was"),
        (name = "history", description = "The entries of a canvas"),
        (name = "runs", description = "Canvases that the server fills pixel by pixel"),
        (name = "ping-pong", description = "The surface of the service that this one began as a replacement for"),
        (name = "operating", description = "What the server is, and how it does")
    ),
    components(schemas(bodies::Problem))
)]
struct Whole;

/// The tag of routes that work from the first moment on and answer to whatever `Accept` says.
const OPERATING: &str = "operating";

/// The header that every answer has, and those that say which version it shows.
const HEADERS: &[(&str, &str)] = &[
    ("X-Request-Id", "What the server's log calls the request"),
    ("ETag", "The version, as an entity tag"),
    ("Last-Modified", "The time of the version"),
    ("X-Pixlog-Version", "The version"),
    ("Cache-Control", "`immutable` where the request named the version"),
];

/// The document of all resources.
pub(super) fn document() -> Document {
    let mut whole = Whole::openapi();
    for resource in RESOURCES {
        whole = whole.nest(resource.at.trim_end_matches('/'), (resource.document)());
    }
    let components = whole.components.get_or_insert_default();
    components.responses.extend(problems::all());
    for (name, says) in HEADERS {
        let header = HeaderBuilder::new().description(Some(*says)).build();
        components.headers.insert((*name).to_owned(), RefOr::T(header));
    }
    for (name, response) in &mut components.responses {
        let versioned = name == "NotModified";
        add_headers(versioned, response);
    }
    whole.paths.paths.values_mut().flat_map(operations).for_each(|(writes, operation)| complete(writes, operation));
    whole
}

/// The operations of a path, and whether they write.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, put, post, delete, .. } = item;
    let all = [(false, get), (true, put), (true, post), (true, delete)];
    all.into_iter().filter_map(|(writes, operation)| Some((writes, operation.as_mut()?)))
}

/// Adds the answers that follow from what kind of route it is, as the gate and the layers below give them.
fn complete(writes: bool, operation: &mut Operation) {
    let mut statuses = vec![421, 500];
    let operating = operation.tags.iter().flatten().any(|tag| tag == OPERATING);
    if !operating {
        statuses.extend([400, 406, 503]);
    }
    if writes {
        statuses.extend([403, 507]);
    }
    if operation.request_body.is_some() {
        statuses.extend([408, 413, 415]);
    }
    let responses = &mut operation.responses.responses;
    let versioned = responses.contains_key("304");
    for (status, response) in responses.iter_mut() {
        add_headers(versioned && status == "200", response);
    }
    for status in statuses {
        responses.entry(status.to_string()).or_insert_with(|| problems::reference(status));
    }
}

/// Adds the header that every answer has, and those that say which version it shows.
fn add_headers(versioned: bool, response: &mut RefOr<Response>) {
    // What is shared has its headers where it stands.
    let RefOr::T(response) = response else { return };
    for (name, _) in HEADERS.iter().filter(|(name, _)| versioned || *name == "X-Request-Id") {
        let reference = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
        response.headers.insert((*name).to_owned(), reference);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use crate::config::Config;

    use super::super::app::App;
    use super::super::build::build;
    use super::*;

    #[test]
    fn the_document_has_the_routes_that_are_mounted_and_no_others() {
        let rocket = build(Arc::new(App::new(Config::default()).expect("no tokens"))).expect("well configured");
        let mounted: BTreeSet<String> = rocket
            .routes()
            .map(|route| format!("{} {}", route.method, route.uri.path().replace('<', "{").replace('>', "}")))
            .collect();
        let mut described = BTreeSet::new();
        for (path, item) in &document().paths.paths {
            let all = [("GET", &item.get), ("PUT", &item.put), ("POST", &item.post), ("DELETE", &item.delete)];
            described.extend(all.iter().filter(|(_, it)| it.is_some()).map(|(method, _)| format!("{method} {path}")));
        }
        let forgotten: Vec<_> = mounted.difference(&described).collect();
        assert!(forgotten.is_empty(), "mounted, but not in the document: {forgotten:?}");
        let invented: Vec<_> = described.difference(&mounted).collect();
        assert!(invented.is_empty(), "in the document, but not mounted: {invented:?}");
    }

    #[test]
    fn each_operation_has_a_name_of_its_own_a_known_tag_and_a_summary() {
        let mut document = document();
        let tags: Vec<_> = document.tags.iter().flatten().map(|tag| tag.name.clone()).collect();
        let mut names = BTreeSet::new();
        for (path, item) in &mut document.paths.paths {
            for (_, operation) in operations(item) {
                let name = operation.operation_id.clone().expect("a name");
                let tagged = operation.tags.as_ref().is_some_and(|given| given.len() == 1 && tags.contains(&given[0]));
                assert!(tagged && operation.summary.is_some(), "{path}: {:?}", operation.tags);
                assert!(names.insert(name.clone()), "{path}: {name} is another's name");
            }
        }
    }
}
