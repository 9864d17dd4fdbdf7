//! `/openapi.json`: that it is OpenAPI, that it is the one kept beside the code, and that its examples work.

use serde_json::Value;

use crate::app::{Answer, App};
use crate::contract::{self, document, resolved};
use crate::page;

/// What it was when somebody last looked.
const KEPT: &str = include_str!("../../docs/openapi.json");

#[test]
fn what_is_served_is_what_is_kept_and_printed() {
    let app = App::start();
    let served = app.get("/openapi.json");
    assert_eq!((served.status, served.header("Content-Type")), (200, Some("application/json")));
    assert_eq!(served.text(), pixlog::http::openapi().expect("the document"));
    if served.text() != KEPT {
        let lines = served.text();
        let changed = lines.lines().zip(KEPT.lines()).position(|(now, before)| now != before);
        panic!(
            "docs/openapi.json is not what is served (from line {:?} on): look at what changed, then run\n  \
             cargo run -- openapi > docs/openapi.json",
            changed.map(|line| line + 1)
        );
    }
}

#[test]
fn it_is_openapi_3_1() {
    let parsed = oas3::from_json(document().to_string()).expect("OpenAPI 3.1");
    assert_eq!(parsed.openapi, "3.1.0");
    assert_eq!(parsed.operations().count(), operations().len(), "each operation is understood");
    for (name, schema) in document()["components"]["schemas"].as_object().expect("schemas") {
        jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let mut references = Vec::new();
    find_references(document(), &mut references);
    assert!(references.len() > 100, "{}", references.len());
    for reference in references {
        assert!(!resolved(reference).is_null(), "{reference}");
    }
}

fn find_references(value: &'static Value, found: &mut Vec<&'static Value>) {
    match value {
        Value::Object(fields) if fields.contains_key("$ref") => found.push(value),
        Value::Object(fields) => fields.values().for_each(|field| find_references(field, found)),
        Value::Array(items) => items.iter().for_each(|item| find_references(item, found)),
        _ => {}
    }
}

/// An operation of the document.
#[derive(Clone, Copy)]
struct Operation {
    method: &'static str,
    path: &'static str,
    says: &'static Value,
}

fn operations() -> Vec<Operation> {
    let paths = document()["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&'static String, &'static Value)| {
        let item = item.as_object().expect("operations");
        item.iter().map(move |(method, says)| Operation { method, path, says }).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

impl Operation {
    fn parameters(self, place: &str) -> Vec<&'static Value> {
        let all = self.says["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        all.iter().map(resolved).filter(|parameter| parameter["in"] == place).collect()
    }

    /// The types and examples of its body, those first that are written in JSON; one that is none where it has no body.
    fn bodies(self) -> Vec<Option<(&'static str, &'static Value)>> {
        let contents = &resolved(&self.says["requestBody"])["content"];
        let Some(contents) = contents.as_object() else { return vec![None] };
        let all = contents.iter().map(|(kind, content)| (kind.as_str(), &content["example"]));
        let (shown, bytes): (Vec<_>, Vec<_>) = all.partition(|(_, example)| !example.is_null());
        let made = bytes.into_iter().filter(|(kind, _)| MADE.contains(kind));
        shown.into_iter().chain(made).map(Some).collect()
    }

    /// The parameters that it does not need, and those that it does.
    fn optional(self) -> (Vec<&'static Value>, Vec<&'static Value>) {
        let all = [self.parameters("query"), self.parameters("header")].concat();
        all.into_iter().partition(|parameter| parameter["required"] == false)
    }

    /// Asks a new server for it, with these of its optional parameters.
    fn ask(self, body: Option<(&str, &Value)>, optional: &[&'static Value]) -> Answer {
        let optional = [optional, &self.optional().1].concat();
        let (app, _) = App::on_memory();
        prepare(&app, self);
        let mut path = path_of(self);
        let of = |place: &str| optional.iter().filter(move |parameter| parameter["in"] == place).collect::<Vec<_>>();
        let pair = |parameter: &&&Value| (text(&parameter["name"]), text(&parameter["example"]));
        let query: Vec<_> = of("query").iter().map(pair).collect();
        if !query.is_empty() {
            path = format!("{path}?{}", form(&query));
        }
        let mut headers: Vec<_> = of("header").iter().map(pair).collect();
        let body = body.map_or_else(Vec::new, |(kind, example)| {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
            encode(&app, self.path, kind, example)
        });
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if self.says["tags"][0] == "live" {
            let answer = app.begin(&path, &headers);
            contract::check("GET", &path, &answer);
            return answer;
        }
        app.send(&self.method.to_uppercase(), &path, &headers, &body)
    }
}

/// The path with the examples of its parameters.
fn path_of(operation: Operation) -> String {
    if operation.path == "/app/assets/{file}" {
        // Its example has the name that a file had once.
        return page::script();
    }
    operation.parameters("path").into_iter().fold(operation.path.to_owned(), |path, parameter| {
        path.replace(&format!("{{{}}}", text(&parameter["name"])), &text(&parameter["example"]))
    })
}

/// Bodies that no JSON shows, and that `encode` makes.
const MADE: [&str; 3] = ["application/octet-stream", "application/vnd.pixlog", "image/png"];

/// What the examples suppose: a canvas `art` with three versions, of which one is called `first`; for the ping-pong surface a run that is over, for
/// runs one that goes.
fn prepare(app: &App, operation: Operation) {
    app.canvas("art", 64, 64);
    let pixels = r##"{"pixels":[[0,0,"#010203"],[1,1,"#040506"],[2,2,"#070809"]],"author":"ada"}"##;
    assert_eq!(app.post_json("/api/v1/canvases/art/pixels", pixels).status, 200);
    assert_eq!(app.send_json("PUT", "/api/v1/canvases/art/tags/first", &[], r#"{"version":1}"#).status, 201);
    if operation.says["tags"][0] == "ping-pong" {
        assert_eq!(app.get("/?init=1&width=8&height=8&images=none&granular=50").status, 200);
    } else {
        let slow = r#"{"width":256,"height":256,"exchange":"http"}"#;
        assert_eq!(app.post_json("/api/v1/runs", slow).status, 202);
    }
    if operation.path.ends_with("/resume") {
        assert_eq!(app.post_json("/api/v1/runs/1/pause", "").status, 200);
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn form(pairs: &[(String, String)]) -> String {
    let escaped = |text: &str| -> String {
        let byte = |byte: u8| {
            if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        };
        text.bytes().map(byte).collect()
    };
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    pairs.join("&")
}

fn encode(app: &App, path: &str, kind: &str, example: &Value) -> Vec<u8> {
    match kind {
        "application/json" => example.to_string().into_bytes(),
        "application/x-www-form-urlencoded" => {
            let fields = example.as_object().expect("fields");
            form(&fields.iter().map(|(name, value)| (name.clone(), text(value))).collect::<Vec<_>>()).into_bytes()
        }
        // Rows of pixels, or a file of a log.
        "application/octet-stream" if path.ends_with("/pixels") => vec![0, 0, 0, 0, 1, 2, 3],
        "application/octet-stream" | "application/vnd.pixlog" => {
            let (elsewhere, _) = App::on_memory();
            elsewhere.canvas("brought", 2, 2);
            elsewhere.get("/api/v1/canvases/brought/export").body
        }
        "image/png" => app.get("/api/v1/canvases/art/image.png").body,
        _ => panic!("an example of {kind}"),
    }
}

#[test]
fn every_example_works() {
    for operation in operations() {
        let place = format!("{} {}", operation.method, operation.path);
        let (bodies, (optional, needed)) = (operation.bodies(), operation.optional());
        assert!(!bodies.is_empty(), "{place}: no example of a body");
        if place == "post /api/v1/session" {
            // What it takes is a token; here everyone is its owner.
            assert_eq!(operation.ask(None, &[]).status, 401, "{place}");
            continue;
        }
        for body in &bodies {
            let answer = operation.ask(*body, &[]);
            // It follows what is named, and nothing is.
            let names_nothing = place == "get /api/v1/events" && answer.status == 400;
            assert!(answer.status < 400 || names_nothing, "{place}: {}", answer.text());
        }
        for parameter in optional.iter().chain(&needed) {
            let told = !parameter["example"].is_null() && !parameter["description"].is_null();
            assert!(told, "{place}: {}", parameter["name"]);
        }
        for parameter in &optional {
            let name = text(&parameter["name"]);
            // Some go with one kind of body, and some need others.
            let works = |body: &Option<(&'static str, &'static Value)>| {
                let alone = operation.ask(*body, std::slice::from_ref(parameter));
                alone.status < 400 || operation.ask(*body, &optional).status < 400
            };
            assert!(bodies.iter().any(works), "{place}: {name} does not work");
        }
    }
}

#[test]
fn what_may_be_repeated_says_so() {
    for operation in operations().into_iter().filter(|operation| ["post", "put", "patch"].contains(&operation.method)) {
        let place = format!("{} {}", operation.method, operation.path);
        let key = operation.parameters("header").into_iter().find(|parameter| parameter["name"] == "Idempotency-Key");
        let (app, _) = App::on_memory();
        let answer =
            app.send_json(&operation.method.to_uppercase(), &path_of(operation), &[("Idempotency-Key", "a")], "{");
        let refused = answer.text().contains("Idempotency-Key is not supported here");
        assert_eq!(refused, key.is_none() && answer.status == 400, "{place}: {}", answer.text());
        let answers = operation.says["responses"].as_object().expect("responses");
        for (status, response) in answers.iter().filter(|(status, _)| status.starts_with('2')) {
            let told = !response["headers"]["Idempotent-Replayed"].is_null();
            assert_eq!(told, key.is_some(), "{place} {status}");
        }
    }
}

#[test]
fn examples_of_answers_are_as_their_schemas_say() {
    let responses = document()["components"]["responses"].as_object().expect("responses");
    let mut tried = 0;
    for (name, response) in responses {
        for content in response["content"].as_object().into_iter().flat_map(|contents| contents.values()) {
            let errors = crate::contract::errors(&content["schema"], &content["example"]);
            assert!(errors.is_empty(), "{name}: {errors:?}");
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn examples_of_events_are_as_their_schemas_say() {
    let mut tried = Vec::new();
    for operation in operations().into_iter().filter(|operation| operation.says["tags"][0] == "live") {
        let content = &operation.says["responses"]["200"]["content"]["text/event-stream"];
        let example = content["example"].as_str().expect("an example");
        for event in example.split("\n\n") {
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
            if let (Some(kind), Some(data)) = (field("event: "), field("data: ")) {
                contract::check_event(kind, &serde_json::from_str(data).expect("JSON"));
                tried.push(kind.to_owned());
            }
        }
    }
    tried.sort();
    tried.dedup();
    assert_eq!(tried, ["deleted", "pixels", "run", "state"]);
}
