//! How well typed values are found: precision and recall of each kind on sentences with marks.
//!
//! Lives here: trying the sentences, pairing what was marked with what was found, the figures.
//! Never here: the form of the table (that is `entities/table.rs`), printing, files.

mod figures;
mod table;
mod told;

use bot_core::expectation::{MenuItem, Question, SlotSpec};
use bot_core::slot::SlotKind;
use bot_core::understanding::Heard;
use bot_core::{Bilingual, Expectation, Language, Value};
use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::ask::{Ask, Understand};
use crate::error::NluError;
use crate::gazetteer::Gazetteer;
use crate::text::{Reading, words_of};
pub use figures::{EntityReport, EntityScores, Figure};
pub use table::{EntityRow, EntityTable, Mark, Scene};
use told::{is_right, told};

/// From here the engine takes a value that it did not ask for; below it, nothing was found.
const TAKEN_FROM: f32 = 0.6;
/// From here the engine takes an item of the open menu.
const PICKED_FROM: f32 = 0.5;
/// The slot that the question, or the address that is known, belongs to.
const SLOT: &str = "asked";
/// What stands between the French and the English label of an item.
const LANGUAGES: &str = " / ";

/// A value that was found, or one that should have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityTrial {
    /// The sentence's line in its table.
    pub line: usize,
    /// The table's language.
    pub lang: Language,
    /// The sentence.
    pub text: String,
    /// The sort of value.
    pub kind: SlotKind,
    /// The values that are right; none where nothing was marked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted: Vec<String>,
    /// What was found; `None` where nothing was.
    pub said: Option<String>,
    /// How the two fit.
    pub fit: Fit,
}

/// How a value that was found fits the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Marked and not found.
    Missed,
    /// Found and not marked.
    Stray,
    /// Found in words that share some with the mark.
    Touching(Truth),
    /// Found in the very words, little ones at the ends apart.
    Exact(Truth),
}

/// Whether a value is the marked one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It is.
    Right,
    /// It is another.
    Wrong,
}

/// Tries what a city has taught on a table; the gazetteer is that city's.
///
/// # Errors
/// Names the first line whose known address the city does not have.
pub fn try_entities(
    reader: &dyn Understand,
    gazetteer: &Gazetteer,
    table: &EntityTable,
) -> Result<Vec<EntityTrial>, NluError> {
    let mut trials = Vec::new();
    for row in &table.rows {
        let expectation = expectation(gazetteer, row, table.lang)?;
        let ask = Ask { text: &row.text, expectation: &expectation, now: table.now };
        trials.extend(try_row(reader, &ask, table.lang, row));
    }
    Ok(trials)
}

/// What was found, with the places in the message that its words stand at.
struct Said {
    kind: SlotKind,
    value: String,
    at: Vec<Range<usize>>,
}

fn try_row(
    reader: &dyn Understand,
    ask: &Ask<'_>,
    lang: Language,
    row: &EntityRow,
) -> Vec<EntityTrial> {
    let reading = Reading::of(&row.text);
    let mut said = said(reader, &reading, ask, row);
    let trial = |kind, wanted: &[String], said, fit| EntityTrial {
        line: row.line,
        lang,
        text: row.text.clone(),
        kind,
        wanted: wanted.to_vec(),
        said,
        fit,
    };
    let mut trials = Vec::new();
    for mark in &row.marks {
        let words = marked(&reading, &mark.bytes);
        let fits = said.iter().position(|one| touches(one, mark.kind, &words));
        let Some(at) = fits else {
            trials.push(trial(mark.kind, &mark.values, None, Fit::Missed));
            continue;
        };
        let found = said.remove(at);
        let truth = if is_right(&found.value, &mark.values) { Truth::Right } else { Truth::Wrong };
        let exact = found.at.is_empty()
            || found.at.iter().any(|at| core(&reading, at) == core(&reading, &words));
        let fit = if exact { Fit::Exact(truth) } else { Fit::Touching(truth) };
        trials.push(trial(mark.kind, &mark.values, Some(found.value), fit));
    }
    trials.extend(said.into_iter().map(|one| trial(one.kind, &[], Some(one.value), Fit::Stray)));
    trials
}

/// Understands a sentence, and keeps what the engine would take.
fn said(reader: &dyn Understand, reading: &Reading, ask: &Ask<'_>, row: &EntityRow) -> Vec<Said> {
    let heard = reader.understand(ask);
    let asked = match &row.scene {
        Scene::Asked(kind) => Some(*kind),
        Scene::Nothing | Scene::Menu(_) | Scene::Known(_) => None,
    };
    let taken = heard.entities.iter().filter(|e| Some(e.kind) == asked || e.p >= TAKEN_FROM);
    let mut said: Vec<Said> = taken
        .map(|entity| Said {
            kind: entity.kind,
            value: told(&entity.heard),
            at: places_of(reading, &entity.words),
        })
        .collect();
    let picked = heard.options.iter().find(|hit| hit.slot.is_none() && hit.p >= PICKED_FROM);
    said.extend(picked.map(|hit| Said {
        kind: SlotKind::Choice,
        value: hit.key.clone(),
        at: Vec::new(),
    }));
    said
}

/// Tells whether a value may be the marked one; an item of a menu has no words of its own.
fn touches(said: &Said, kind: SlotKind, words: &Range<usize>) -> bool {
    let touch = |at: &Range<usize>| at.start < words.end && words.start < at.end;
    said.kind == kind && (said.at.is_empty() || said.at.iter().any(touch))
}

/// Gives the words that some bytes of the message stand for.
fn marked(reading: &Reading, bytes: &Range<usize>) -> Range<usize> {
    let start = reading.words.partition_point(|word| word.raw.end <= bytes.start);
    let end = reading.words.partition_point(|word| word.raw.start < bytes.end);
    start..end.max(start)
}

/// Finds where some words stand in a message; they may stand there twice.
fn places_of(reading: &Reading, words: &str) -> Vec<Range<usize>> {
    let wanted = words_of(words);
    let same = |at: &usize| {
        let mut told = wanted.iter().enumerate();
        told.all(|(offset, word)| reading.text(at + offset) == word)
    };
    (0..reading.words.len()).filter(same).map(|at| at..at + wanted.len()).collect()
}

/// Takes off the little words at both ends: "au coin de" belongs to a place or not, as one likes.
fn core(reading: &Reading, words: &Range<usize>) -> Range<usize> {
    let small = |at: usize| Gazetteer::is_beside(reading.text(at));
    let mut core = words.clone();
    while !core.is_empty() && small(core.start) {
        core.start += 1;
    }
    while !core.is_empty() && small(core.end - 1) {
        core.end -= 1;
    }
    if core.is_empty() { words.clone() } else { core }
}

/// Makes what the counter expects in a scene.
fn expectation(
    gazetteer: &Gazetteer,
    row: &EntityRow,
    lang: Language,
) -> Result<Expectation, NluError> {
    let (question, slot) = match &row.scene {
        Scene::Nothing => return Ok(Expectation { lang, ..Expectation::default() }),
        Scene::Asked(kind) => (question(Some(SLOT), *kind, Vec::new()), slot(*kind, None)),
        Scene::Menu(labels) => {
            let items = labels.iter().enumerate().map(|(at, label)| item(at, label));
            let question = question(Some(SLOT), SlotKind::Choice, items.collect());
            (question, slot(SlotKind::Choice, None))
        }
        Scene::Known(place) => {
            let found = gazetteer.find(place).into_iter().next().map(|found| found.heard);
            let Some(Heard::Value(value)) = found else {
                return Err(NluError::Mark { line: row.line });
            };
            (question(None, SlotKind::AffirmDeny, Vec::new()), slot(SlotKind::Address, Some(value)))
        }
    };
    Ok(Expectation { lang, question: Some(question), slots: vec![slot] })
}

fn question(slot: Option<&str>, kind: SlotKind, menu: Vec<MenuItem>) -> Question {
    Question { slot: slot.map(str::to_owned), kind, menu }
}

fn slot(kind: SlotKind, current: Option<Value>) -> SlotSpec {
    SlotSpec {
        name: SLOT.to_owned(),
        kind,
        options: Vec::new(),
        names: Bilingual::default(),
        current,
    }
}

/// Makes an item whose key is its place in the menu.
fn item(at: usize, label: &str) -> MenuItem {
    let label = match label.split_once(LANGUAGES) {
        Some((fr, en)) => Bilingual::of(fr, en),
        None => Bilingual::same(label),
    };
    MenuItem { key: (at + 1).to_string(), label, also: Bilingual::default() }
}

#[cfg(test)]
mod tests;
