//! Any words give a document that is well formed and says them again; any bytes are read or refused.

use bot_core::Language;
use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::Event as Xml;
use quick_xml::reader::Reader;
use serde_json::Value;

use crate::dialect::words::clean;
use crate::dialect::{Body, Dialect};
use crate::event::Hook;
use crate::fields::Fields;
use crate::script::{Ask, End, Keys, Line, Script, Sound};

const HOOKS: [Hook; 7] = [
    Hook::Start,
    Hook::Step,
    Hook::Recorded,
    Hook::Recording,
    Hook::Transferred,
    Hook::Whisper,
    Hook::Status,
];

/// Reads a document of XML: all that these elements say, and the values of an attribute.
fn read_xml(body: &str, elements: [&str; 2], attribute: &str) -> (String, Vec<String>) {
    let mut reader = Reader::from_str(body);
    reader.config_mut().check_end_names = true;
    let (mut said, mut values, mut open) = (String::new(), Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        let is_said = open.last().is_some_and(|name: &String| elements.contains(&name.as_str()));
        if let Xml::Start(start) | Xml::Empty(start) = &event {
            let found = start.try_get_attribute(attribute).unwrap();
            values.extend(found.map(|value| {
                value.normalized_value(XmlVersion::Implicit1_0).unwrap().into_owned()
            }));
        }
        match event {
            Xml::Start(start) => open.push(start.name().as_ref().to_owned()),
            Xml::End(_) => drop(open.pop().unwrap()),
            Xml::Text(text) if is_said => said.push_str(&text),
            Xml::GeneralRef(name) if is_said => said.push(entity(&name)),
            Xml::Eof => {
                assert!(open.is_empty());
                return (said, values);
            }
            Xml::Text(_)
            | Xml::GeneralRef(_)
            | Xml::Empty(_)
            | Xml::CData(_)
            | Xml::Comment(_)
            | Xml::Decl(_)
            | Xml::PI(_)
            | Xml::DocType(_) => {}
        }
    }
}

fn entity(name: &str) -> char {
    match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        other => panic!("{other}"),
    }
}

/// Reads a list in JSON: all that it says, wherever that stands.
fn read_json(value: &Value) -> String {
    match value {
        Value::Array(list) => list.iter().map(read_json).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("text", Value::String(text)) => text.clone(),
                (_, value) => read_json(value),
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
    }
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').collect()
}

fn script(text: &str, then: &str) -> Script {
    let ask = Ask {
        prompt: vec![Sound::Say(Line::new(Language::Fr, text))],
        keys: Keys::One,
        speech: Some(Language::En),
        hints: vec![text.to_owned()],
        timeout_s: 5,
        then: then.to_owned(),
        silence: then.to_owned(),
    };
    Script { sounds: Vec::new(), end: End::Ask(ask) }
}

fn body(is_json: bool, bytes: &[u8], fields: &Fields, dialect: Dialect) {
    for hook in HOOKS {
        let body = if is_json { Body::Json(bytes) } else { Body::Form(fields) };
        // Read or refused: both are well.
        drop(dialect.read(hook, fields, body));
    }
}

proptest! {
    #[test]
    fn any_words_are_said_again(text in ".{0,4000}", then in "https://[!-~é]{0,40}") {
        let script = script(&text, &then);
        let words = without_spaces(&clean(&text));
        for dialect in Dialect::ALL {
            let written = dialect.write(&script).body;
            if dialect.is_json() {
                let value: Value = serde_json::from_str(&written).unwrap();
                prop_assert_eq!(without_spaces(&read_json(&value)), words.clone());
                prop_assert!(written.contains(&serde_json::to_string(&then).unwrap()));
            } else {
                let (said, values) = read_xml(&written, ["Say", "Speak"], "action");
                prop_assert_eq!(without_spaces(&said), words.clone());
                prop_assert_eq!(values, vec![then.clone()]);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let fields = Fields::parse(&bytes).unwrap();
        for dialect in Dialect::ALL {
            body(true, &bytes, &fields, dialect);
            body(false, &bytes, &fields, dialect);
        }
    }

    #[test]
    fn any_values_are_read_or_refused(values in proptest::collection::vec(".{0,150}", 40)) {
        let names = [
            "CallSid", "From", "To", "Digits", "SpeechResult", "Confidence", "RecordingSid",
            "RecordingDuration", "RecordingStatus", "DialCallStatus", "CallStatus", "CallDuration",
            "CallUUID", "Speech", "SpeechConfidenceScore", "RecordingID", "DialStatus", "Duration",
            "conversation_uuid", "uuid", "from", "to", "recording_url", "status", "duration",
            "direction", "call_sid", "digits", "dial_call_status", "call_status",
        ];
        let fields: Fields = names.iter().copied().zip(values.iter().cloned()).collect();
        let mut object: serde_json::Map<String, Value> =
            fields.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        object.insert("dtmf".to_owned(), Value::from(values[0].as_str()));
        object.insert("speech".to_owned(), serde_json::json!({"alternatives": [values[1]]}));
        let bytes = serde_json::to_vec(&object).unwrap();
        for dialect in Dialect::ALL {
            body(true, &bytes, &fields, dialect);
            body(false, &bytes, &fields, dialect);
        }
    }
}
