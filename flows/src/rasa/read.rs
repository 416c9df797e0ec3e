//! Reads `nlu.yml`.

use bot_core::text::fold;
use serde_json::Value;

use super::{Imported, Note, Sentence};
use crate::fault::{Fault, Faults, Rule, Spot};
use crate::template::{MAX_NAME_BYTES, is_name};
use crate::yaml::{self, Body, Node};

/// What an example begins with in a block of them.
const DASH: char = '-';
/// Examples quoted in a note.
const MAX_QUOTED: usize = 6;

/// Reads one file; its path is only for faults and notes.
///
/// # Errors
/// The faults that keep it from being read: it is no YAML, or no training data.
pub fn read(path: &str, text: &str) -> Result<Imported, Vec<Fault>> {
    let mut faults = Faults::default();
    let Some(root) = yaml::parse(&path.into(), text, &mut faults) else {
        return Err(faults.into_sorted());
    };
    let mut reader = Reader { found: Imported::default(), faults };
    reader.file(&root);
    let Reader { mut found, faults } = reader;
    found.notes.sort_by(|a, b| a.at.cmp(&b.at));
    if faults.is_empty() { Ok(found) } else { Err(faults.into_sorted()) }
}

struct Reader {
    found: Imported,
    faults: Faults,
}

impl Reader {
    fn file(&mut self, root: &Node) {
        let Some((_, items)) = root.entry("nlu") else {
            let hint = "give the file of Rasa 3 that has version: and nlu:";
            self.faults.add(&root.at, Rule::MissingKey, "the file has no nlu:", hint);
            return;
        };
        if let Body::Map(entries) = &root.body {
            for (key, _) in entries {
                match key.text().unwrap_or_default() {
                    "version" | "nlu" => {}
                    other => self.note(&key.at, format!("{other}: holds no sentences, left out")),
                }
            }
        }
        let Body::List(items) = &items.body else {
            let what = format!("nlu: is {}", items.sort());
            self.faults.add(&items.at, Rule::Shape, what, "it is a list of intents");
            return;
        };
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Node) {
        let kinds = ["intent", "synonym", "regex", "lookup"];
        let found = kinds.iter().find_map(|kind| Some((*kind, item.get(kind)?.text()?)));
        let (Some((kind, name)), Some(examples)) = (found, item.get("examples")) else {
            self.faults.add(
                &item.at,
                Rule::Shape,
                "this is no intent, synonym, regex or lookup with its examples",
                "write intent: NAME and examples: | with a line of - for each sentence",
            );
            return;
        };
        let examples = self.examples(examples);
        if kind == "intent" {
            self.intent(name, &examples);
        } else {
            let quoted: Vec<&str> =
                examples.iter().take(MAX_QUOTED).map(|(_, text)| text.as_str()).collect();
            let more = if examples.len() > MAX_QUOTED { ", …" } else { "" };
            let place =
                if kind == "regex" { "a slot's type" } else { "also: of the slot's options" };
            let what = format!(
                "{kind} \"{name}\" is left out ({}{more}): its place is {place}",
                quoted.join(", ")
            );
            self.note(&item.at, what);
        }
    }

    /// Lists the examples of a block, or of a list of them, each with its place.
    fn examples(&mut self, node: &Node) -> Vec<(Spot, String)> {
        let mut found = Vec::new();
        match &node.body {
            Body::Scalar { text, .. } => {
                for (line, at) in text.lines().map(str::trim).zip(0_u32..) {
                    // A block begins on the line below its sign.
                    let at = Spot { line: node.at.line + at, ..node.at.clone() };
                    match line.strip_prefix(DASH).map(str::trim) {
                        Some(example) if !example.is_empty() => {
                            found.push((at, example.to_owned()));
                        }
                        None if !line.is_empty() => {
                            self.note(&at, format!("\"{line}\" has no - in front, left out"));
                        }
                        Some(_) | None => {}
                    }
                }
            }
            Body::List(items) => {
                for item in items {
                    match item.get("text").unwrap_or(item).text() {
                        Some(text) => {
                            let text = text.trim().trim_start_matches(DASH).trim();
                            found.push((item.at.clone(), text.to_owned()));
                        }
                        None => {
                            self.note(&item.at, "an example without a text, left out".to_owned());
                        }
                    }
                }
            }
            Body::Map(_) => {
                let hint = "write examples: | with a line of - for each sentence";
                self.faults.add(&node.at, Rule::Shape, "examples: is a mapping", hint);
            }
        }
        found
    }

    fn intent(&mut self, raw: &str, examples: &[(Spot, String)]) {
        let name = name_of(raw);
        if let Some((at, _)) = examples.first()
            && name != raw
        {
            self.note(at, format!("the intent \"{raw}\" is named {name}"));
        }
        let mut sentences: Vec<Sentence> = self.found.intents.remove(&name).unwrap_or_default();
        for (at, example) in examples {
            let sentence = self.sentence(at, example);
            if !sentence.text.is_empty() && !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        self.found.intents.insert(name, sentences);
    }

    /// Turns the annotations of a sentence into ours.
    fn sentence(&mut self, at: &Spot, example: &str) -> Sentence {
        let (mut text, mut marked, mut rest) = (String::new(), String::new(), example);
        while let Some((before, after)) = rest.split_once('[') {
            let entity = annotation(after);
            // A bracket that is no annotation would be taken for one of ours.
            let before = round(before);
            text.push_str(&before);
            marked.push_str(&before);
            let Some(Marked { words, slot, value, left }) = entity else {
                text.push('(');
                marked.push('(');
                rest = after;
                continue;
            };
            text.push_str(words);
            marked.push_str(&self.label(at, words, &slot, value.as_deref()));
            rest = left;
        }
        let rest = round(rest);
        Sentence { text: text + &rest, marked: marked + &rest }
    }

    /// Writes words with what they show: `[gros](size:large)`.
    fn label(&mut self, at: &Spot, words: &str, entity: &str, value: Option<&str>) -> String {
        let slot = name_of(entity);
        let Some(value) = value else {
            return format!("[{words}]({slot})");
        };
        let option = name_of(value);
        if !is_name(value) {
            self.note(at, format!("the value \"{value}\" of {slot} is named {option}"));
        }
        format!("[{words}]({slot}:{option})")
    }

    fn note(&mut self, at: &Spot, what: String) {
        self.found.notes.push(Note { at: at.clone(), what });
    }
}

/// Words and what they show.
struct Marked<'a> {
    words: &'a str,
    slot: String,
    value: Option<String>,
    left: &'a str,
}

/// Reads what follows a `[`: `words](entity)`, `words](entity:value)`, `words]{"entity": …}`, or a
/// list of such mappings, of which the first counts.
fn annotation(after: &str) -> Option<Marked<'_>> {
    let (words, tail) = after.split_once(']')?;
    if words.is_empty() || words.contains('[') {
        return None;
    }
    if let Some(tail) = tail.strip_prefix('(') {
        let (label, left) = tail.split_once(')')?;
        let (slot, value) = match label.split_once(':') {
            Some((slot, value)) => (slot, Some(value.to_owned())),
            None => (label, None),
        };
        return Some(Marked { words, slot: slot.to_owned(), value, left });
    }
    if !tail.starts_with(['{', '[']) {
        return None;
    }
    // The mapping ends where the reader of JSON is done with it.
    let mut values = serde_json::Deserializer::from_str(tail).into_iter::<Value>();
    let first = values.next()?.ok()?;
    let left = tail.get(values.byte_offset()..)?;
    let entity = first.get(0).unwrap_or(&first);
    let text = |key: &str| entity.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Marked { words, slot: text("entity")?, value: text("value"), left })
}

fn round(text: &str) -> String {
    text.replace('[', "(").replace(']', ")")
}

/// Makes a name of ours: small letters, digits and `_`, a letter first.
fn name_of(raw: &str) -> String {
    if is_name(raw) {
        return raw.to_owned();
    }
    let folded: String = fold(raw).chars().filter(char::is_ascii).collect();
    let mut name: String = folded.split_whitespace().collect::<Vec<_>>().join("_");
    if !name.starts_with(|sign: char| sign.is_ascii_lowercase()) {
        name.insert_str(0, "x_");
    }
    name.truncate(MAX_NAME_BYTES);
    name
}
