//! The OpenAPI document as a judge: every answer that a test here gets is compared with it, so that neither a status,
//! nor a type, nor a field goes undescribed.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::app::Answer;

/// Bodies longer than this are not looked into: they are pictures in base64.
const BODY_BYTES_MAX: usize = 1 << 20;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = pixlog::http::openapi().expect("the document");
    serde_json::from_str(&text).expect("JSON")
});

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// What `value` refers to, or itself.
pub fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} is elsewhere"));
            document().pointer(pointer).unwrap_or_else(|| panic!("{reference} is not there"))
        }
        None => value,
    }
}

/// Panics where the document does not have this answer.
pub fn check(method: &str, path: &str, answer: &Answer) {
    if method == "OPTIONS" {
        return;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let status = answer.status;
    let Some((template, item)) = described(path) else {
        // No route at all, or a name that is not ours, or a form that goes nowhere.
        assert!([404, 415, 421].contains(&status), "{method} {path}, which the document does not have: {status}");
        return;
    };
    let operation = &item[match method {
        "HEAD" => "get".to_owned(),
        other => other.to_lowercase(),
    }];
    if operation.is_null() {
        assert!([405, 415, 421].contains(&status), "{method} {template}, which the document does not have: {status}");
        if status == 405 && method != "HEAD" {
            assert!(answer.header("Allow").is_some(), "{method} {template}: no Allow");
            let content = &document()["components"]["responses"]["MethodNotAllowed"]["content"];
            let errors = errors(&content["application/problem+json"]["schema"], &answer.json());
            assert!(errors.is_empty(), "{method} {template} {status}: {errors:?}");
        }
        return;
    }
    let described = &operation["responses"][status.to_string()];
    assert!(!described.is_null(), "{method} {template}: the document does not have {status}: {}", answer.text());
    assert!(answer.header("X-Request-Id").is_some(), "{method} {template}: no X-Request-Id");
    if method == "HEAD" || answer.body.is_empty() {
        return;
    }
    let response = resolved(described);
    let sent = answer.header("Content-Type").unwrap_or_default();
    let contents = response["content"].as_object().unwrap_or_else(|| panic!("{method} {template} {status}: no body"));
    let content = contents.iter().find(|(kind, _)| media_type(kind) == media_type(sent));
    let (kind, content) = content.unwrap_or_else(|| panic!("{method} {template} {status}: {sent} is not described"));
    let is_json = media_type(kind) == "application/json" || kind.ends_with("+json");
    if is_json && answer.body.len() <= BODY_BYTES_MAX {
        let body = answer.json();
        let errors = errors(&content["schema"], &body);
        assert!(errors.is_empty(), "{method} {template} {status}: not as described: {errors:?}\n{body}");
    }
}

/// Panics where the document does not have this event.
pub fn check_event(kind: &str, data: &Value) {
    let name = match kind {
        "pixels" => "PixelsEvent",
        "state" => "StateEvent",
        "deleted" => "DeletedEvent",
        "run" => "RunBody",
        _ => panic!("the document has no event {kind}"),
    };
    let errors = errors(&json!({ "$ref": format!("#/components/schemas/{name}") }), data);
    assert!(errors.is_empty(), "event {kind} is not as described: {errors:?}\n{data}");
}

/// Why a value is not what a schema of the document says; nothing where it is.
pub fn errors(schema: &Value, value: &Value) -> Vec<String> {
    validator(schema).iter_errors(value).map(|error| error.to_string()).collect()
}

fn media_type(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// The path of the document that a request's path belongs to: of several, the one with the fewest parameters.
fn described(path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = document()["paths"].as_object().expect("paths");
    let fitting = paths.iter().filter(|(template, _)| fits(template, path));
    fitting.min_by_key(|(template, _)| template.matches('{').count()).map(|(template, item)| (template.as_str(), item))
}

fn fits(template: &str, path: &str) -> bool {
    let wanted: Vec<&str> = template.split('/').filter(|segment| !segment.is_empty()).collect();
    let found: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    wanted.len() == found.len()
        && wanted.iter().zip(&found).all(|(wanted, found)| wanted == found || wanted.starts_with('{'))
}

/// What checks values against a schema of the document, and knows no other fields than those described.
fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let compile = || {
        let mut whole = json!({ "schema": schema, "components": { "schemas": document()["components"]["schemas"] } });
        close(&mut whole["schema"]);
        if let Some(schemas) = whole["components"]["schemas"].as_object_mut() {
            schemas.values_mut().for_each(close);
        }
        whole["$ref"] = "#/schema".into();
        Arc::new(jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{schema}: {error}")))
    };
    made.entry(schema.to_string()).or_insert_with(compile).clone()
}

/// Forbids fields that a schema does not have. Parts of a schema that is put together have only some of them.
fn close(schema: &mut Value) {
    let composed = ["allOf", "oneOf", "anyOf"].iter().any(|kind| schema.get(kind).is_some());
    let Some(fields) = schema.as_object_mut() else { return };
    let closes = fields.contains_key("allOf") || fields.contains_key("properties");
    if closes && !fields.contains_key("additionalProperties") {
        fields.insert("unevaluatedProperties".to_owned(), false.into());
    }
    if composed {
        return;
    }
    if let Some(items) = fields.get_mut("items") {
        close(items);
    }
    if let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(close);
    }
}

#[test]
fn what_is_not_described_is_found() {
    let schema = json!({ "$ref": "#/components/schemas/StatusBody" });
    let allows = |body: Value| validator(&schema).is_valid(&body);
    assert!(allows(json!({ "status": "live" })));
    assert!(!allows(json!({ "status": "live", "more": 1 })), "a field more");
    assert!(!allows(json!({ "status": 1 })), "another type");
    assert!(!allows(json!({})), "a field less");
    assert_eq!(described("/history/7").map(|(template, _)| template), Some("/history/{version}"));
    assert_eq!(described("/history.csv").map(|(template, _)| template), Some("/history.csv"));
    assert_eq!(described("/nowhere").map(|(template, _)| template), None);
}
