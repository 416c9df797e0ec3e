//! Reads `intents/*.yml`.

use bot_core::Bilingual;
use bot_core::understanding::Command;

use super::basics::Cx;
use crate::fault::Rule;
use crate::model::intent::{Annotation, Example, Intent};
use crate::template::is_name;
use crate::yaml::Node;

/// The longest sentence.
pub(crate) const MAX_SENTENCE_CHARS: usize = 500;

/// Reads an intent.
pub(crate) fn intent(cx: &mut Cx<'_>, node: &Node) -> Option<Intent> {
    let mut fields = cx.fields(node, "an intent")?;
    let name = fields.need(cx, "intent").and_then(|n| cx.name(n));
    let title = fields.need(cx, "title").and_then(|n| cx.bilingual(n));
    let commands = Command::ALL.map(|command| (command.name(), command));
    let command = fields.get("command").and_then(|n| cx.one_of(n, &commands));
    let (examples, not) = match fields.need(cx, "examples") {
        Some(node) => examples(cx, node),
        None => Default::default(),
    };
    fields.done(cx);
    Some(Intent { name: name?, at: node.at.clone(), title: title?, command, examples, not })
}

type Sentences = Bilingual<Vec<Example>>;

fn examples(cx: &mut Cx<'_>, node: &Node) -> (Sentences, Sentences) {
    let Some(mut fields) = cx.fields(node, "examples") else {
        return Default::default();
    };
    let (fr, en) = (fields.need(cx, "fr"), fields.need(cx, "en"));
    let not = fields.get("not");
    fields.done(cx);
    let mut read = |node: Option<&Node>| match node {
        Some(node) => sentences(cx, node),
        None => Vec::new(),
    };
    let examples = Bilingual { fr: read(fr), en: read(en) };
    let Some(not) = not else {
        return (examples, Bilingual::default());
    };
    let Some(mut sides) = cx.fields(not, "counter-examples") else {
        return (examples, Bilingual::default());
    };
    let counter = Bilingual::from_fn(|lang| match sides.get(lang.code()) {
        Some(node) => sentences(cx, node),
        None => Vec::new(),
    });
    sides.done(cx);
    (examples, counter)
}

fn sentences(cx: &mut Cx<'_>, node: &Node) -> Vec<Example> {
    cx.list(node)
        .iter()
        .filter_map(|item| {
            let raw = cx.words(item)?;
            if raw.chars().count() > MAX_SENTENCE_CHARS {
                let what = format!("the sentence has more than {MAX_SENTENCE_CHARS} characters");
                cx.fault(item, Rule::Intent, what, "shorten it");
            }
            let (text, annotations) = annotated(cx, item, &raw);
            Some(Example { text, annotations, at: item.at.clone() })
        })
        .collect()
}

/// Takes the annotations out of a sentence; a bracket that begins none is a fault.
fn annotated(cx: &mut Cx<'_>, node: &Node, raw: &str) -> (String, Vec<Annotation>) {
    let marked = unmark(raw);
    for _ in 0..marked.n_odd {
        cx.fault(
            node,
            Rule::Intent,
            "a [ in the sentence is no annotation",
            "write [words](slot) or [words](slot:option)",
        );
    }
    (marked.text, marked.annotations)
}

/// A sentence and what its parts show.
#[derive(Debug, Default)]
pub(crate) struct Marked {
    /// The sentence without annotations.
    pub(crate) text: String,
    /// The annotations.
    pub(crate) annotations: Vec<Annotation>,
    /// Brackets that begin no annotation.
    pub(crate) n_odd: usize,
}

/// Takes the annotations out of a sentence: `[gros](size:large)` leaves `gros`.
pub(crate) fn unmark(raw: &str) -> Marked {
    let (mut marked, mut rest) = (Marked::default(), raw);
    while let Some((before, after)) = rest.split_once('[') {
        marked.text.push_str(before);
        let part = after.split_once("](").and_then(|(words, tail)| {
            let (label, left) = tail.split_once(')')?;
            let (slot, value) = match label.split_once(':') {
                Some((slot, value)) => (slot, Some(value)),
                None => (label, None),
            };
            let fits = is_name(slot) && value.is_none_or(is_name) && !words.contains('[');
            fits.then_some((words, slot, value, left))
        });
        let Some((words, slot, value, left)) = part else {
            marked.n_odd += 1;
            rest = after;
            continue;
        };
        marked.text.push_str(words);
        marked.annotations.push(Annotation {
            words: words.to_owned(),
            slot: slot.to_owned(),
            value: value.map(str::to_owned),
        });
        rest = left;
    }
    marked.text.push_str(rest);
    marked
}
