//! Schemas of the request catalogue, the questions and the tables.

use serde_json::{Value, json};

use super::dialogue::slot_properties;
use super::{by_name, list, object, one_of, reference};
use crate::model::service::PlaceNeed;

pub(super) fn defs() -> Vec<(&'static str, Value)> {
    vec![
        ("services_file", object(&["services"], json!({"services": list(reference("service"))}))),
        ("service", service()),
        ("question", question()),
        ("month_day", json!({"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"})),
        ("faq_file", object(&["faq"], json!({"faq": list(reference("faq_entry"))}))),
        (
            "faq_entry",
            object(
                &["id", "title", "answer", "source"],
                json!({
                    "id": reference("name"),
                    "title": reference("pair"),
                    "intents": list(reference("known_intent")),
                    "answer": reference("wording"),
                    "table": reference("known_table"),
                    "source": reference("source"),
                }),
            ),
        ),
        ("web_address", json!({"type": "string", "pattern": "^https://[^ ]+$"})),
        (
            "source",
            object(
                &["title", "url", "checked"],
                json!({
                    "title": reference("pair"),
                    "url": object(&["fr", "en"], json!({
                        "fr": reference("web_address"),
                        "en": reference("web_address"),
                    })),
                    "checked": reference("day"),
                }),
            ),
        ),
        ("tables_file", object(&["tables"], json!({"tables": by_name(reference("table"))}))),
        (
            "table",
            object(
                &["file", "title", "source"],
                json!({
                    "file": {"type": "string", "pattern": "^tables/[^/]+\\.csv$"},
                    "title": reference("pair"),
                    "source": reference("source"),
                }),
            ),
        ),
    ]
}

fn service() -> Value {
    object(
        &["code", "version", "name", "group", "place", "sla", "queue"],
        json!({
            "code": reference("code"),
            "version": {"type": "integer", "minimum": 0},
            "name": reference("pair"),
            "group": reference("pair"),
            "description": reference("pair"),
            "keywords": reference("lists"),
            "intents": list(reference("known_intent")),
            "place": {"enum": PlaceNeed::ALL.map(PlaceNeed::name)},
            "duplicates": object(&["metres", "days"], json!({
                "metres": {"type": "integer", "minimum": 0, "maximum": 5000},
                "days": {"type": "integer", "minimum": 0, "maximum": 3650},
            })),
            "sla": object(&["first_answer", "done", "calendar"], json!({
                "first_answer": reference("span"),
                "done": reference("span"),
                "calendar": reference("known_calendar"),
            })),
            "queue": reference("known_queue"),
            "photo": one_of(&["welcome", "none"]),
            "season": object(&["from", "to"], json!({
                "from": reference("month_day"),
                "to": reference("month_day"),
            })),
            "retired": {"type": "boolean"},
            "questions": {"type": "array", "maxItems": 12, "items": reference("question")},
        }),
    )
}

/// A question is a slot that names itself and leads nowhere.
fn question() -> Value {
    let mut properties = slot_properties();
    if let Some(properties) = properties.as_object_mut() {
        properties.insert("slot".to_owned(), reference("name"));
        properties.insert("give_up".to_owned(), json!({"const": "skip"}));
        properties.remove("options_from");
    }
    object(&["slot", "type", "ask"], properties)
}
