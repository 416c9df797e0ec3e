//! Schemas of the city's settings, hours, actions, texts and intents.

use bot_core::Channel;
use bot_core::understanding::Command;
use serde_json::{Map, Value, json};

use super::{by_name, list, object, one_of, reference};
use crate::globals::GLOBAL_TEXTS;

pub(super) fn defs() -> Vec<(&'static str, Value)> {
    let mut defs = city_defs();
    defs.extend(action_defs());
    defs
}

fn city_defs() -> Vec<(&'static str, Value)> {
    vec![
        ("city_file", city()),
        (
            "channel_settings",
            object(
                &["burst", "remind", "park", "max_chars"],
                json!({
                    "burst": reference("span"),
                    "remind": reference("span"),
                    "park": reference("span"),
                    "max_chars": {"type": "integer", "minimum": 0, "maximum": 100_000},
                }),
            ),
        ),
        (
            "queue",
            object(
                &["name", "hours", "max_wait"],
                json!({
                    "name": reference("pair"),
                    "hours": reference("known_calendar"),
                    "max_wait": reference("span"),
                }),
            ),
        ),
        (
            "emergency",
            object(
                &["id", "words", "say"],
                json!({
                    "id": reference("name"),
                    "words": reference("lists"),
                    "unless": reference("lists"),
                    "say": reference("wording"),
                }),
            ),
        ),
        (
            "hours_file",
            object(&["calendars"], json!({"calendars": by_name(reference("calendar"))})),
        ),
        (
            "hours_of_day",
            list(json!({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"})),
        ),
        ("calendar", calendar()),
    ]
}

fn action_defs() -> Vec<(&'static str, Value)> {
    vec![
        (
            "actions_file",
            object(
                &["actions"],
                json!({
                    "records": by_name(reference("record")),
                    "actions": {
                        "type": "object",
                        "propertyNames": reference("action"),
                        "additionalProperties": reference("action_spec"),
                    },
                }),
            ),
        ),
        (
            "type",
            json!({"anyOf": [
                {"type": "string", "pattern": "^[a-z][a-z0-9_]*(\\[\\])?\\??$"},
                object(&["one_of"], json!({"one_of": list(reference("name")), "optional": {"type": "boolean"}})),
            ]}),
        ),
        (
            "record",
            object(
                &["fields"],
                json!({
                    "key": reference("name"),
                    "label": reference("wording"),
                    "fields": by_name(reference("type")),
                }),
            ),
        ),
        (
            "action_spec",
            object(
                &["results"],
                json!({
                    "in": by_name(reference("type")),
                    "rest": one_of(&["answers"]),
                    "results": by_name(by_name(reference("type"))),
                    "tables": list(reference("known_table")),
                    "update": reference("action"),
                }),
            ),
        ),
        ("texts_file", object(&["texts"], json!({"texts": texts()}))),
        ("intent_file", intent()),
    ]
}

fn city() -> Value {
    let required = [
        "city",
        "name",
        "jurisdiction",
        "languages",
        "time_zone",
        "default_queue",
        "channels",
        "queues",
    ];
    object(
        &required,
        json!({
            "city": {"type": "string", "pattern": "^[a-z0-9-]+$"},
            "name": reference("pair"),
            "jurisdiction": {"type": "string", "minLength": 1},
            "languages": {"type": "array", "prefixItems": [{"const": "fr"}], "items": reference("language")},
            "time_zone": {"type": "string", "minLength": 1},
            "bounds": object(&["south", "west", "north", "east"], json!({
                "south": {"type": "number"},
                "west": {"type": "number"},
                "north": {"type": "number"},
                "east": {"type": "number"},
            })),
            "neighbours": list(reference("words")),
            "default_queue": reference("known_queue"),
            "channels": {
                "type": "object",
                "propertyNames": {"enum": Channel::ALL.map(Channel::name)},
                "additionalProperties": reference("channel_settings"),
            },
            "queues": by_name(reference("queue")),
            "emergencies": list(reference("emergency")),
            "starters": list(reference("known_intent")),
            "limits": object(&[], json!({
                "tries": {"type": "integer", "minimum": 0, "maximum": 10},
                "unsure": {"type": "integer", "minimum": 0, "maximum": 10},
                "keep_old_flows": reference("span"),
                "examples": {"type": "integer", "minimum": 0, "maximum": 1000},
            })),
        }),
    )
}

fn calendar() -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let week: Map<String, Value> =
        days.iter().map(|day| ((*day).to_owned(), reference("hours_of_day"))).collect();
    object(
        &["name", "week"],
        json!({
            "name": reference("pair"),
            "week": object(&days, Value::Object(week)),
            "holidays": one_of(&["quebec", "none"]),
            "closed": list(reference("day")),
            "special": {
                "type": "object",
                "propertyNames": reference("day"),
                "additionalProperties": reference("hours_of_day"),
            },
        }),
    )
}

/// Shared texts, and those that every city must have, each with when it is said.
fn texts() -> Value {
    let properties: Map<String, Value> = GLOBAL_TEXTS
        .iter()
        .map(|text| {
            let about = json!({"$ref": "#/$defs/wording", "description": format!("Said when {}.", text.when)});
            (text.key.to_owned(), about)
        })
        .collect();
    let required: Vec<&str> = GLOBAL_TEXTS.iter().map(|text| text.key).collect();
    json!({
        "type": "object",
        "required": required,
        "propertyNames": reference("name"),
        "properties": properties,
        "additionalProperties": reference("wording"),
    })
}

fn intent() -> Value {
    object(
        &["intent", "title", "examples"],
        json!({
            "intent": reference("name"),
            "title": reference("pair"),
            "command": {"enum": Command::ALL.map(Command::name)},
            "examples": object(&["fr", "en"], json!({
                "fr": list(reference("words")),
                "en": list(reference("words")),
                "not": reference("lists"),
            })),
        }),
    )
}
