//! `/openapi.json`: that it is OpenAPI, that it is the one kept beside the code, and that its examples work.

use serde_json::Value;

use crate::app::{Answer, App};
use crate::contract::{document, resolved};

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

    /// The types and examples of its body; one that is none where it has no body.
    fn bodies(self) -> Vec<Option<(&'static str, &'static Value)>> {
        let contents = &resolved(&self.says["requestBody"])["content"];
        let Some(contents) = contents.as_object() else { return vec![None] };
        let examples = contents.iter().filter(|(_, content)| !content["example"].is_null());
        examples.map(|(kind, content)| Some((kind.as_str(), &content["example"]))).collect()
    }

    /// Asks a new server for it, with these of its optional parameters.
    fn ask(self, body: Option<(&str, &Value)>, optional: &[&'static Value]) -> Answer {
        let (app, _) = App::on_memory();
        prepare(&app, self);
        let mut path = self.path.to_owned();
        for parameter in self.parameters("path") {
            path = path.replace(&format!("{{{}}}", text(&parameter["name"])), &text(&parameter["example"]));
        }
        let of = |place: &str| optional.iter().filter(move |parameter| parameter["in"] == place).collect::<Vec<_>>();
        let pair = |parameter: &&&Value| (text(&parameter["name"]), text(&parameter["example"]));
        let query: Vec<_> = of("query").iter().map(pair).collect();
        if !query.is_empty() {
            path = format!("{path}?{}", form(&query));
        }
        let mut headers: Vec<_> = of("header").iter().map(pair).collect();
        let body = body.map_or_else(Vec::new, |(kind, example)| {
            headers.push(("Content-Type".to_owned(), kind.to_owned()));
            encode(kind, example)
        });
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.send(&self.method.to_uppercase(), &path, &headers, &body)
    }
}

/// What the examples suppose: a canvas `art` with three versions; for the ping-pong surface a run that is over, for
/// runs one that goes.
fn prepare(app: &App, operation: Operation) {
    app.canvas("art", 64, 64);
    let pixels = r##"{"pixels":[[0,0,"#010203"],[1,1,"#040506"],[2,2,"#070809"]],"author":"ada"}"##;
    assert_eq!(app.post_json("/api/v1/canvases/art/pixels", pixels).status, 200);
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

fn encode(kind: &str, example: &Value) -> Vec<u8> {
    match kind {
        "application/json" => example.to_string().into_bytes(),
        "application/x-www-form-urlencoded" => {
            let fields = example.as_object().expect("fields");
            form(&fields.iter().map(|(name, value)| (name.clone(), text(value))).collect::<Vec<_>>()).into_bytes()
        }
        "application/octet-stream" => vec![0, 0, 0, 0, 1, 2, 3],
        _ => panic!("an example of {kind}"),
    }
}

#[test]
fn every_example_works() {
    for operation in operations() {
        let place = format!("{} {}", operation.method, operation.path);
        let bodies = operation.bodies();
        assert!(!bodies.is_empty(), "{place}: no example of a body");
        for body in &bodies {
            let answer = operation.ask(*body, &[]);
            assert!(answer.status < 400, "{place}: {}", answer.text());
        }
        let optional = [operation.parameters("query"), operation.parameters("header")].concat();
        assert!(optional.iter().all(|parameter| parameter["required"] == false), "{place}");
        for parameter in &optional {
            let name = text(&parameter["name"]);
            assert!(!parameter["example"].is_null() && !parameter["description"].is_null(), "{place}: {name}");
            // JSON has a field for the author; the parameter is for rows, of which JSON can show no example.
            let with_rows = place.ends_with("/pixels") && name == "author";
            let body = if with_rows { Some(("application/octet-stream", &Value::Null)) } else { bodies[0] };
            let alone = operation.ask(body, std::slice::from_ref(parameter));
            // Those that need others are tried with all of them.
            let worked = alone.status < 400 || operation.ask(bodies[0], &optional).status < 400;
            assert!(worked, "{place}: {name}: {}", alone.text());
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
