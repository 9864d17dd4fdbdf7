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
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{OpenApi as Document, PathItem, Ref, RefOr, Response};

use super::answer::Answer;
use super::build::RESOURCES;
use super::gate::{Rules, gated};
use super::problem::Problem;
use super::session::COOKIE;

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
    security(()),
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
                       Errors are `application/problem+json` (RFC 9457); a method that a path does not take gets 405 with \
                       `Allow`. Where the server has tokens, what needs which scope stands at each operation; else everyone \
                       may do all.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "canvases", description = "Making canvases, listing them, looking at one"),
        (name = "writing", description = "Pixels and whole images; durable when they are answered"),
        (name = "reading", description = "A canvas as it is or was"),
        (name = "history", description = "The entries of a canvas, and what they changed"),
        (name = "live", description = "Canvases and runs as they change"),
        (name = "runs", description = "Canvases that the server fills pixel by pixel"),
        (name = "ping-pong", description = "The surface of the service that this one began as a replacement for"),
        (name = "access", description = "Sessions for browsers, whose images and events carry no token"),
        (name = "operating", description = "What the server is, and how it does")
    ),
    components(schemas(bodies::Problem))
)]
struct Whole;

/// The tags of routes that work from the first moment on and answer to whatever `Accept` says.
const AT_ONCE: [&str; 2] = ["operating", "access"];

/// The header that every answer has.
const REQUEST_ID: (&str, &str) = ("X-Request-Id", "What the server's log calls the request");

/// The headers that say which version an answer shows.
const VERSIONED: [(&str, &str); 4] = [
    ("ETag", "The version, as an entity tag"),
    ("Last-Modified", "The time of the version"),
    ("X-Pixlog-Version", "The version"),
    ("Cache-Control", "`immutable` where the request named the version by its number"),
];

/// The header of an answer to a request that was done before.
const REPLAYED: (&str, &str) =
    ("Idempotent-Replayed", "`true` where this is the answer of the first time, and nothing was written");

/// The document of all resources.
pub(super) fn document() -> Document {
    let mut whole = Whole::openapi();
    for resource in RESOURCES {
        // Put together first: what is nested takes the place of a path, whose methods may belong to two resources.
        whole.merge(Document::default().nest(resource.at.trim_end_matches('/'), (resource.document)()));
    }
    let components = whole.components.get_or_insert_default();
    components.responses.extend(problems::all());
    for (name, says) in VERSIONED.iter().chain([&REQUEST_ID, &REPLAYED]) {
        let header = HeaderBuilder::new().description(Some(*says)).build();
        components.headers.insert((*name).to_owned(), RefOr::T(header));
    }
    for (name, response) in &mut components.responses {
        let versioned = if name == "NotModified" { &VERSIONED[..] } else { &[] };
        add_headers(response, versioned);
    }
    for (name, scheme) in schemes() {
        components.add_security_scheme(name, scheme);
    }
    for (path, item) in &mut whole.paths.paths {
        operations(item).for_each(|(writes, operation)| complete(path, writes, operation));
    }
    whole
}

/// The path of a route as the document writes it. Rocket takes whole segments only, so that the ending of a tile is its
/// handler's.
#[cfg(test)]
pub(super) fn template(route: &str) -> String {
    let braces = route.replace('<', "{").replace('>', "}");
    braces.replace("/tiles/{z}/{x}/{y}", "/tiles/{z}/{x}/{y}.png")
}

/// How a client shows who it is.
fn schemes() -> [(&'static str, SecurityScheme); 2] {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token, as `pixlog token` prints it. Its scopes are `read`, `write` and `admin`"))
        .build();
    let session = ApiKeyValue::with_description(COOKIE, "What `POST /api/v1/session` sets. It counts for reading only");
    [("token", SecurityScheme::Http(token)), ("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)))]
}

/// The operations of a path, and whether they write.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    let all = [(false, get), (true, put), (true, post), (true, patch), (true, delete)];
    all.into_iter().filter_map(|(writes, operation)| Some((writes, operation.as_mut()?)))
}

/// Adds the answers that follow from what kind of route it is, as the gate and the layers below give them.
fn complete(path: &str, writes: bool, operation: &mut Operation) {
    let mut statuses = vec![421, 500];
    let at_once = operation.tags.iter().flatten().any(|tag| AT_ONCE.contains(&tag.as_str()));
    if !at_once {
        statuses.extend([400, 406, 503]);
    }
    if !is_open(operation) {
        statuses.extend([401, 403, 429]);
    }
    if writes {
        statuses.push(403);
        if !at_once {
            statuses.push(507);
        }
    }
    if path.contains("/canvases/{name}") {
        statuses.extend([404, 410]);
    }
    if operation.request_body.is_some() {
        statuses.extend([408, 413, 415]);
    }
    if has_header(operation, "If-Match") {
        statuses.push(412);
    }
    let repeatable = has_header(operation, "Idempotency-Key");
    if repeatable {
        statuses.extend([409, 422]);
    }
    operation.security.get_or_insert_with(|| by_method(writes));
    let responses = &mut operation.responses.responses;
    // What else may be cached, the files of the app, has no version.
    let versioned = if matches!(responses.get("304"), Some(RefOr::Ref(_))) { &VERSIONED[..] } else { &[] };
    for (status, response) in responses.iter_mut() {
        add_headers(response, if status == "200" { versioned } else { &[] });
        if repeatable && status.starts_with('2') {
            add_headers(response, &[REPLAYED]);
        }
    }
    for status in statuses {
        responses.entry(status.to_string()).or_insert_with(|| problems::reference(status));
    }
}

/// Whether everyone may, also where there are tokens.
fn is_open(operation: &Operation) -> bool {
    operation.security.as_deref() == Some(&[SecurityRequirement::default()])
}

fn has_header(operation: &Operation, name: &str) -> bool {
    let mut named = operation.parameters.iter().flatten();
    named.any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == name))
}

/// What most routes ask for: nothing where everyone may, else a token; a session lets read.
fn by_method(writes: bool) -> Vec<SecurityRequirement> {
    let nothing = SecurityRequirement::default();
    if writes {
        return vec![nothing, SecurityRequirement::new("token", ["write"])];
    }
    let with = |scheme: &str| SecurityRequirement::new(scheme, ["read"]);
    vec![nothing, with("token"), with("session")]
}

/// Adds the header that every answer has, and others.
fn add_headers(response: &mut RefOr<Response>, others: &[(&str, &str)]) {
    // What is shared has its headers where it stands.
    let RefOr::T(response) = response else { return };
    for (name, _) in others.iter().chain([&REQUEST_ID]) {
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
        let mounted: BTreeSet<String> =
            rocket.routes().map(|route| format!("{} {}", route.method, template(route.uri.path()))).collect();
        let mut described = BTreeSet::new();
        for (path, item) in &document().paths.paths {
            let PathItem { get, put, post, patch, delete, .. } = item;
            let all = [("GET", get), ("PUT", put), ("POST", post), ("PATCH", patch), ("DELETE", delete)];
            described.extend(all.iter().filter(|(_, it)| it.is_some()).map(|(method, _)| format!("{method} {path}")));
        }
        let forgotten: Vec<_> = mounted.difference(&described).collect();
        assert!(forgotten.is_empty(), "mounted, but not in the document: {forgotten:?}");
        let invented: Vec<_> = described.difference(&mounted).collect();
        assert!(invented.is_empty(), "in the document, but not mounted: {invented:?}");
    }

    /// The names of schemas are those of structs, of which two may be called alike.
    #[test]
    fn no_schema_has_the_name_of_another() {
        let whole = document();
        let kept = whole.components.map(|components| components.schemas).unwrap_or_default();
        for resource in RESOURCES {
            for (name, schema) in (resource.document)().components.map(|own| own.schemas).unwrap_or_default() {
                let [own, kept] =
                    [Some(&schema), kept.get(&name)].map(|schema| serde_json::to_value(schema).expect("JSON"));
                assert_eq!(own, kept, "{name} is two things");
            }
        }
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
