//! Schemas of flows and of conversation tests.

use bot_core::channel::Source;
use bot_core::slot::{Refusal, SlotKind};
use bot_core::understanding::Command;
use serde_json::{Map, Value, json};

use super::{by_name, list, object, one_of, reference};

pub(super) fn defs() -> Vec<(&'static str, Value)> {
    let mut defs = flow_defs();
    defs.extend(test_defs());
    defs
}

fn flow_defs() -> Vec<(&'static str, Value)> {
    vec![
        ("flow_file", flow()),
        ("start", start()),
        (
            "interrupt",
            object(
                &[],
                json!({
                    "allow": list(reference("known_flow")),
                    "resume": one_of(&["ask", "silently", "never"]),
                }),
            ),
        ),
        ("slot", object(&["type", "ask"], slot_properties())),
        (
            "option",
            object(
                &["fr", "en"],
                json!({
                    "fr": reference("words"),
                    "en": reference("words"),
                    "also": reference("lists"),
                    "urgent": {"type": "boolean"},
                }),
            ),
        ),
        (
            "private",
            object(
                &["keep_days"],
                json!({
                    "mask": {"type": "boolean"},
                    "keep_days": {"type": "integer", "minimum": 0, "maximum": 3650},
                }),
            ),
        ),
        (
            "migration",
            object(
                &[],
                json!({
                    "steps": {"type": "object", "additionalProperties": reference("name")},
                    "slots": by_name(reference("name")),
                }),
            ),
        ),
        ("ways", by_name(reference("name"))),
        (
            "items",
            json!({
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [reference("name"), {"const": "service.questions"}]},
            }),
        ),
        (
            "step",
            json!({"oneOf": [
                collect(), call(), run(), branch(), small(), confirm(), handoff(),
            ]}),
        ),
    ]
}

fn test_defs() -> Vec<(&'static str, Value)> {
    vec![
        (
            "test_file",
            json!({"anyOf": [
                reference("test"),
                list(reference("test")),
            ]}),
        ),
        ("test", test()),
        ("turn", turn()),
        ("said", json!({"anyOf": [reference("words"), reference("pair")]})),
        ("phrases", json!({"anyOf": [reference("said"), list(reference("said"))]})),
        (
            "stub",
            json!({"anyOf": [
                reference("name"),
                {"type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": reference("name")},
            ]}),
        ),
    ]
}

fn flow() -> Value {
    object(
        &["flow", "version", "title", "steps"],
        json!({
            "flow": reference("name"),
            "version": {"type": "integer", "minimum": 0},
            "title": reference("pair"),
            "channels": list(reference("channel")),
            "start": reference("start"),
            "interrupt": reference("interrupt"),
            "commands": {
                "type": "object",
                "propertyNames": {"enum": Command::ALL.map(Command::name)},
                "additionalProperties": {"anyOf": [reference("name"), reference("text")]},
            },
            "slots": by_name(reference("slot")),
            "steps": {"type": "array", "minItems": 1, "items": reference("step")},
            "migrate": {
                "type": "object",
                "propertyNames": {"pattern": "^[0-9]+$"},
                "additionalProperties": reference("migration"),
            },
        }),
    )
}

fn start() -> Value {
    let mut start = object(
        &[],
        json!({
            "intents": list(reference("known_intent")),
            "services": {"type": "boolean"},
            "faq": {"type": "boolean"},
            "guard": reference("condition"),
            "closed": reference("text"),
            "fill": by_name(json!({"enum": SlotKind::ALL.map(SlotKind::name)})),
        }),
    );
    if let Some(start) = start.as_object_mut() {
        start.insert("dependentRequired".to_owned(), json!({"guard": ["closed"]}));
    }
    start
}

/// The keys of a slot; a category's question has them too.
pub(super) fn slot_properties() -> Value {
    let again: Map<String, Value> =
        Refusal::ALL.iter().map(|refusal| (refusal.name().to_owned(), reference("text"))).collect();
    json!({
        "type": {"enum": SlotKind::ALL.map(SlotKind::name)},
        "from": list(json!({"enum": Source::ALL.map(Source::name)})),
        "ask": reference("text"),
        "again": {"type": "object", "properties": again, "additionalProperties": false},
        "why": reference("text"),
        "label": reference("pair"),
        "names": reference("lists"),
        "options": {
            "type": "object",
            "propertyNames": reference("name"),
            "additionalProperties": reference("option"),
            "minProperties": 1,
            "maxProperties": 12,
        },
        "options_from": reference("name"),
        "tries": {"type": "integer", "minimum": 0, "maximum": 10},
        "give_up": reference("name"),
        "optional": {"type": "boolean"},
        "unknown_ok": {"type": "boolean"},
        "only_on": list(reference("channel")),
        "read_back": one_of(&["never", "when_unsure", "always"]),
        "private": reference("private"),
        "prefill": one_of(&["use", "offer", "ignore"]),
        "max_chars": {"type": "integer", "minimum": 0, "maximum": 4000},
        "min": {"type": "integer"},
        "max": {"type": "integer"},
        "allow": one_of(&["past", "future", "any"]),
        "urgent_if": one_of(&["affirm", "deny"]),
    })
}

/// A step of one kind: `id`, the kind's own keys, and no other.
fn step(required: &[&str], properties: Value) -> Value {
    let mut step = object(required, properties);
    if let Some(properties) = step.get_mut("properties").and_then(Value::as_object_mut) {
        let id = json!({"allOf": [reference("name"), {"not": {"const": "skip"}}]});
        properties.insert("id".to_owned(), id);
    }
    step
}

fn collect() -> Value {
    step(
        &["collect"],
        json!({
            "collect": {"anyOf": [reference("name"), {"const": "service.questions"}]},
            "optional": {"type": "boolean"},
            "answers": reference("ways"),
            "next": reference("name"),
        }),
    )
}

fn call() -> Value {
    step(
        &["call", "results"],
        json!({
            "call": reference("known_action"),
            "in": by_name(reference("expression")),
            "out": by_name(reference("name")),
            "results": reference("ways"),
            "once": {"type": "boolean"},
            "limit": reference("span"),
        }),
    )
}

fn run() -> Value {
    step(
        &["run", "results"],
        json!({
            "run": reference("known_flow"),
            "in": by_name(reference("expression")),
            "out": by_name(reference("name")),
            "results": reference("ways"),
        }),
    )
}

fn branch() -> Value {
    let arm =
        object(&["when", "go"], json!({"when": reference("condition"), "go": reference("name")}));
    let otherwise = object(&["otherwise"], json!({"otherwise": reference("name")}));
    step(
        &["branch"],
        json!({
            "branch": {
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [arm, otherwise.clone()]},
                "contains": otherwise,
                "minContains": 1,
                "maxContains": 1,
            },
        }),
    )
}

fn small() -> Value {
    let mut small = step(
        &[],
        json!({
            "say": reference("text"),
            "set": by_name(reference("expression")),
            "forget": list(reference("name")),
            "next": reference("name"),
            "end": reference("name"),
        }),
    );
    if let Some(small) = small.as_object_mut() {
        let any = ["say", "set", "forget", "end"].map(|key| json!({"required": [key]}));
        small.insert("anyOf".to_owned(), json!(any));
        small.insert("not".to_owned(), json!({"required": ["next", "end"]}));
    }
    small
}

fn confirm() -> Value {
    step(
        &["confirm", "text", "answers", "give_up"],
        json!({
            "confirm": reference("items"),
            "text": reference("text"),
            "answers": object(&["affirm", "deny"], json!({"affirm": reference("name"), "deny": reference("name")})),
            "tries": {"type": "integer", "minimum": 0, "maximum": 10},
            "give_up": reference("name"),
        }),
    )
}

fn handoff() -> Value {
    let results = ["solved", "back_to_bot", "nobody"];
    step(
        &["handoff", "results"],
        json!({
            "handoff": reference("known_queue"),
            "brief": reference("items"),
            "hours": reference("known_calendar"),
            "results": object(&results, json!({
                "solved": reference("name"),
                "back_to_bot": reference("name"),
                "nobody": reference("name"),
            })),
        }),
    )
}

fn test() -> Value {
    object(
        &["test", "talk"],
        json!({
            "test": {"type": "string", "minLength": 1},
            "matrix": object(&[], json!({
                "lang": list(reference("language")),
                "channel": list(reference("channel")),
            })),
            "now": {"type": "string"},
            "stubs": {
                "type": "object",
                "propertyNames": reference("action"),
                "additionalProperties": {"anyOf": [reference("stub"), list(reference("stub"))]},
            },
            "talk": {"type": "array", "maxItems": 100, "items": reference("turn")},
        }),
    )
}

fn turn() -> Value {
    let happens = ["user", "pick", "pin", "photo", "silence", "agent"];
    let mut turn = object(
        &[],
        json!({
            "user": reference("phrases"),
            "pick": {"type": "string"},
            "pin": object(&["lat", "lon"], json!({"lat": {"type": "number"}, "lon": {"type": "number"}})),
            "photo": {"type": "boolean"},
            "silence": reference("span"),
            "agent": one_of(&["accepted", "solved", "back_to_bot", "nobody"]),
            "asked": {"type": "string"},
            "said": reference("phrases"),
            "not_said": reference("phrases"),
            "slot": {"type": "object", "additionalProperties": {"type": ["string", "integer", "boolean"]}},
            "calls": {
                "type": "object",
                "propertyNames": reference("action"),
                "additionalProperties": {"type": "integer", "minimum": 0},
            },
            "offered": list(json!({"type": "string"})),
            "flow": reference("known_flow"),
            "lang": reference("language"),
            "ended": reference("name"),
            "queue": reference("known_queue"),
            "skip_on": list(reference("channel")),
            "repeat_until": {"type": "string"},
        }),
    );
    if let Some(turn) = turn.as_object_mut() {
        let one: Vec<Value> = happens.iter().map(|key| json!({"required": [key]})).collect();
        turn.insert("oneOf".to_owned(), json!(one));
    }
    turn
}
