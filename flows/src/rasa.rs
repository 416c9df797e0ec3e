//! Rasa 3 training data (`nlu.yml`), read and written, so that a city can bring what it has along.
//!
//! Lives here: the sentences of intents and their entities, between that format and ours. Never
//! here: files; stories, rules and responses, which are flows.

mod read;
mod write;

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use crate::fault::Spot;
use bot_core::Bilingual;

pub use read::read;
pub use write::write;

/// A sentence that was brought along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Without annotations.
    pub text: String,
    /// As an intent's file has it: `[gros](size:large) trou`.
    pub marked: String,
}

/// What has no place in an intent, or was changed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it stands.
    pub at: Spot,
    /// What it is, and what became of it.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.at, self.what)
    }
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The sentences by intent, in the order written, none twice.
    pub intents: BTreeMap<String, Vec<Sentence>>,
    /// What was left out or changed.
    pub notes: Vec<Note>,
}

/// Writes an intent's file with the sentences given; its title is made of its name, for the author
/// to mend.
#[must_use]
pub fn intent_file(name: &str, examples: &Bilingual<Vec<Sentence>>) -> String {
    let mut title = name.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let mut text = format!(
        "intent: {name}\n# Made of the name: say here what \"did you mean\" reads aloud.\n\
         title: {{fr: {title:?}, en: {title:?}}}\nexamples:\n"
    );
    for (lang, sentences) in examples.iter() {
        if sentences.is_empty() {
            // Writing to a string cannot fail.
            let _ok = writeln!(text, "  {lang}: []");
            continue;
        }
        let _ok = writeln!(text, "  {lang}:");
        for sentence in sentences {
            // A JSON string is a YAML string in double quotes.
            let quoted = serde_json::Value::from(sentence.marked.as_str());
            let _ok = writeln!(text, "    - {quoted}");
        }
    }
    crate::format(name, &text).unwrap_or(text)
}

#[cfg(test)]
mod tests;
