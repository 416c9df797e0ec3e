//! Every answer of the door against its own description, and every described answer reached.

use axum::http::header;
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::door::Answer;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../api/openapi.json")).expect("the description is JSON")
});

/// A described answer: method, path, status.
pub(crate) type Described = (String, String, u16);

/// Checks an answer against the description; gives which of the described ones it is.
///
/// What is not described must be a problem, or lie outside `/api/chat`.
pub(crate) fn check(method: &str, path: &str, answer: &Answer) -> Option<Described> {
    let status = answer.status;
    if status >= 400 && path.starts_with("/api") {
        check_problem(answer);
    }
    let method = method.to_lowercase();
    let Some((template, operation)) = operation(&method, path) else {
        let is_leave = method == "options" && matches!(status, 204 | 403);
        let is_elsewhere =
            !path.starts_with("/api/chat") || is_leave || matches!(status, 404 | 405 | 429);
        assert!(is_elsewhere, "{method} {path} -> {status} is not described");
        return None;
    };
    let described = resolved(&operation["responses"][status.to_string()]);
    assert!(described.is_object(), "{method} {template} -> {status} is not described");
    let kind = answer.kind();
    let content = &described["content"];
    let content = content.get(&kind).or_else(|| content.get("*/*"));
    let content = content.unwrap_or_else(|| panic!("{template} -> {status}: {kind}?"));
    if kind.ends_with("json") {
        check_value(&content["schema"], &answer.json());
    }
    Some((method, template, status))
}

/// Checks an event of a stream.
pub(crate) fn check_posted(value: &Value) {
    check_value(&json!({ "$ref": "#/components/schemas/Posted" }), value);
}

/// Checks what a stream tells of where the conversation stands.
pub(crate) fn check_state(value: &Value) {
    check_value(&json!({ "$ref": "#/components/schemas/StateEvent" }), value);
}

/// Tells whether a message is one that the description allows to send.
pub(crate) fn may_be_sent(message: &Value) -> bool {
    validator(&json!({ "$ref": "#/components/schemas/Message" })).is_valid(message)
}

/// Lists every described answer.
pub(crate) fn described() -> BTreeSet<Described> {
    let mut all = BTreeSet::new();
    for (path, operations) in object(&DESCRIPTION["paths"]) {
        for (method, operation) in object(operations) {
            for status in object(&operation["responses"]).keys() {
                let status = status.parse().expect("a status is a number");
                all.insert((method.clone(), path.clone(), status));
            }
        }
    }
    all
}

fn check_problem(answer: &Answer) {
    assert_eq!(answer.kind(), "application/problem+json", "{answer:?}");
    let body = answer.json();
    check_value(&json!({ "$ref": "#/components/schemas/Problem" }), &body);
    assert_eq!(body["status"], answer.status);
    if answer.status >= 500 {
        let told: Vec<_> = object(&body).keys().collect();
        assert_eq!(told, ["status", "title", "type"], "a 5xx body tells nothing else");
    }
    assert_eq!(answer.status == 401, answer.headers.contains_key(header::WWW_AUTHENTICATE));
    let may_retry = matches!(answer.status, 429 | 503);
    assert_eq!(may_retry, answer.headers.contains_key(header::RETRY_AFTER));
    assert!(answer.status != 405 || answer.headers.contains_key(header::ALLOW));
}

fn operation(method: &str, path: &str) -> Option<(String, &'static Value)> {
    let paths = object(&DESCRIPTION["paths"]);
    let (template, operations) = paths.iter().find(|(template, _)| {
        let (wanted, given) = (template.split('/'), path.split('/'));
        wanted.clone().count() == given.clone().count()
            && wanted.zip(given).all(|(want, give)| want.starts_with('{') || want == give)
    })?;
    Some((template.clone(), operations.get(method)?))
}

fn resolved(response: &'static Value) -> &'static Value {
    match response["$ref"].as_str() {
        Some(place) => {
            let place = place.strip_prefix('#').expect("references stay in the description");
            DESCRIPTION.pointer(place).expect("the reference leads somewhere")
        }
        None => response,
    }
}

fn check_value(schema: &Value, value: &Value) {
    let faults: Vec<_> =
        validator(schema).iter_errors(value).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{value} is not as described: {faults:?}");
}

fn validator(schema: &Value) -> Validator {
    let whole = json!({ "allOf": [schema], "components": DESCRIPTION["components"] });
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&whole).expect("the schemas of the description are good ones")
}

fn object(value: &Value) -> &serde_json::Map<String, Value> {
    value.as_object().expect("this part of the description is an object")
}
