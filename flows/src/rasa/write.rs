//! Writes `nlu.yml`, for one language.

use bot_core::Language;
use std::fmt::Write;

use crate::model::city::City;
use crate::model::intent::Example;

/// Writes the city's sentences of one language.
///
/// Counter-examples, titles and commands have no place in that format and are left out.
#[must_use]
pub fn write(city: &City, lang: Language) -> String {
    let mut text = String::from("version: \"3.1\"\n\nnlu:\n");
    for intent in city.intents.values() {
        let examples = intent.examples.get(lang);
        if examples.is_empty() {
            continue;
        }
        // Writing to a string cannot fail.
        let _ok = writeln!(text, "  - intent: {}\n    examples: |", intent.name);
        for example in examples {
            let _ok = writeln!(text, "      - {}", marked(example));
        }
    }
    text
}

/// Puts the annotations back into a sentence, in their order.
fn marked(example: &Example) -> String {
    let (mut text, mut rest) = (String::new(), example.text.as_str());
    for annotation in &example.annotations {
        let Some((before, after)) = rest.split_once(&annotation.words) else {
            continue;
        };
        let words = &annotation.words;
        let label = match &annotation.value {
            None => format!("({})", annotation.slot),
            Some(value) => {
                serde_json::json!({ "entity": annotation.slot, "value": value }).to_string()
            }
        };
        text.extend([before, "[", words, "]", &label]);
        rest = after;
    }
    text.push_str(rest);
    // A sentence is one line there.
    text.replace(|sign: char| sign.is_control(), " ")
}
