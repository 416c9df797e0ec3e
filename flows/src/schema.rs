//! The JSON Schema of a package's files (2020-12): shape, names, both languages, channels, exactly
//! one kind a step. An editor completes and underlines with it; what a schema cannot say is in the
//! linter.

mod catalogue;
mod dialogue;
mod town;

use serde_json::{Map, Value, json};

use bot_core::Channel;

use crate::model::city::City;
use crate::template::MAX_NAME_BYTES;

/// Gives the schema of every YAML file of a package; with a city, its own names are offered.
#[must_use]
pub fn schema(city: Option<&City>) -> Value {
    let names = Names::of(city);
    let mut defs = Map::new();
    for (name, def) in basics(&names)
        .into_iter()
        .chain(dialogue::defs())
        .chain(catalogue::defs())
        .chain(town::defs())
    {
        defs.insert(name.to_owned(), def);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Guichet: a city's package",
        "anyOf": [
            reference("flow_file"),
            reference("services_file"),
            reference("intent_file"),
            reference("test_file"),
            reference("city_file"),
            reference("hours_file"),
            reference("actions_file"),
            reference("texts_file"),
            reference("faq_file"),
            reference("tables_file"),
        ],
        "$defs": defs,
    })
}

/// The names that a city uses, offered where a file names one.
#[derive(Default)]
struct Names {
    intents: Vec<String>,
    flows: Vec<String>,
    actions: Vec<String>,
    queues: Vec<String>,
    calendars: Vec<String>,
    texts: Vec<String>,
    tables: Vec<String>,
}

impl Names {
    fn of(city: Option<&City>) -> Self {
        let Some(city) = city else {
            return Self::default();
        };
        Self {
            intents: city.intents.keys().cloned().collect(),
            flows: city.flows.keys().cloned().collect(),
            actions: city.actions.keys().cloned().collect(),
            queues: city.info.queues.keys().cloned().collect(),
            calendars: city.calendars.keys().cloned().collect(),
            texts: city.texts.keys().map(|key| format!("@{key}")).collect(),
            tables: city.tables.keys().cloned().collect(),
        }
    }
}

fn reference(def: &str) -> Value {
    json!({"$ref": format!("#/$defs/{def}")})
}

/// One of a city's own names, or any name where the city is not known.
fn known(names: &[String], otherwise: &str) -> Value {
    if names.is_empty() { reference(otherwise) } else { json!({"enum": names}) }
}

/// Makes a schema from its keywords.
fn keywords<const N: usize>(of: [(&str, Value); N]) -> Value {
    Value::Object(of.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// An object with these properties and no other.
fn object(required: &[&str], properties: Value) -> Value {
    keywords([
        ("type", json!("object")),
        ("required", json!(required)),
        ("properties", properties),
        ("additionalProperties", json!(false)),
    ])
}

/// A list of one thing.
fn list(of: Value) -> Value {
    keywords([("type", json!("array")), ("items", of)])
}

/// Values by names that the clerk chooses.
fn by_name(of: Value) -> Value {
    keywords([
        ("type", json!("object")),
        ("propertyNames", reference("name")),
        ("additionalProperties", of),
    ])
}

fn one_of(names: &[&str]) -> Value {
    json!({"enum": names})
}

fn basics(names: &Names) -> Vec<(&'static str, Value)> {
    let mut defs = own_names(names);
    defs.extend(words());
    defs.extend(values());
    defs
}

/// Names, and those of the city where it is known.
fn own_names(names: &Names) -> Vec<(&'static str, Value)> {
    let text = |pattern: &str| json!({"type": "string", "pattern": pattern, "maxLength": 2 * MAX_NAME_BYTES});
    vec![
        ("name", text("^[a-z][a-z0-9_]*$")),
        ("code", text("^[A-Z][A-Z0-9-]*$")),
        ("action", text("^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$")),
        ("known_action", known(&names.actions, "action")),
        ("known_intent", known(&names.intents, "name")),
        ("known_flow", known(&names.flows, "name")),
        ("known_queue", known(&names.queues, "name")),
        ("known_calendar", known(&names.calendars, "name")),
        ("known_table", known(&names.tables, "name")),
        ("any_shared_text", text("^@[a-z][a-z0-9_]*$")),
        ("shared_text", known(&names.texts, "any_shared_text")),
    ]
}

/// Texts in both languages, and their variants by channel.
fn words() -> Vec<(&'static str, Value)> {
    let languages = [("fr", reference("words")), ("en", reference("words"))];
    let channels = Channel::ALL.map(|channel| (channel.name(), reference("pair")));
    let wording = languages.clone().into_iter().chain(channels);
    let lists = keywords([("fr", list(reference("words"))), ("en", list(reference("words")))]);
    let wording: Map<String, Value> = wording.map(|(key, of)| (key.to_owned(), of)).collect();
    vec![
        ("words", json!({"type": "string", "minLength": 1, "maxLength": 4000})),
        ("pair", object(&["fr", "en"], keywords(languages))),
        ("wording", object(&["fr", "en"], Value::Object(wording))),
        ("text", json!({"anyOf": [reference("shared_text"), reference("wording")]})),
        ("lists", object(&[], lists)),
    ]
}

/// Spans of time, days, channels, expressions.
fn values() -> Vec<(&'static str, Value)> {
    vec![
        ("span", json!({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"})),
        ("day", json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})),
        ("channel", json!({"enum": Channel::ALL.map(Channel::name)})),
        ("language", one_of(&["fr", "en"])),
        ("expression", json!({"type": ["string", "integer", "boolean"]})),
        ("condition", json!({"type": "string", "minLength": 3})),
    ]
}

#[cfg(test)]
mod tests;
