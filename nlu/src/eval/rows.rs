//! Tables of sentences: label, tab, text, and perhaps a language and a voice.

use bot_core::{Bilingual, Language};
use std::collections::BTreeMap;

use super::noise;
use crate::error::NluError;
use crate::lesson::{IntentLesson, Lesson};

/// The label of sentences that nothing can serve.
pub const OUT_OF_SCOPE: &str = "out_of_scope";
/// What a line of remarks begins with.
const COMMENT: char = '#';
/// The label that public corpora use for the same.
const OUT_OF_SCOPE_TOO: &str = "oos";

/// A sentence and what it means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The intent, or [`OUT_OF_SCOPE`].
    pub label: String,
    /// The sentence.
    pub text: String,
    /// Its language, where the table says.
    pub lang: Option<Language>,
    /// Who speaks and how, where the table says: hurried, elderly, by SMS.
    pub voice: Option<String>,
}

/// Reads a table; empty lines and comments are passed over.
///
/// # Errors
/// Names the first line without a label or a text, or with an unknown language.
pub fn read_rows(table: &str) -> Result<Vec<Row>, NluError> {
    lines(table).map(|(at, line)| row(line).ok_or(NluError::Row { line: at + 1 })).collect()
}

/// Reads sentences that nothing serves: a table, whose labels do not matter, or plain lines.
///
/// # Errors
/// Names the first line of a table that is no row.
pub fn read_strays(text: &str) -> Result<Vec<Row>, NluError> {
    let stray = |(at, line): (usize, &str)| {
        let read = if line.contains('\t') {
            row(line).ok_or(NluError::Row { line: at + 1 })?
        } else {
            Row { text: line.trim().to_owned(), ..Row::default() }
        };
        Ok(Row { label: OUT_OF_SCOPE.to_owned(), ..read })
    };
    lines(text).map(stray).collect()
}

/// Spoils the sentences as hurried fingers do.
pub fn spoil(rows: &mut [Row]) {
    for row in rows {
        row.text = noise::spoilt(&row.text);
    }
}

pub(super) fn lines(table: &str) -> impl Iterator<Item = (usize, &str)> {
    // Some editors mark a file as UTF-8 by an invisible sign that belongs to no label.
    let table = table.strip_prefix('\u{feff}').unwrap_or(table);
    let lines = table.lines().enumerate();
    lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with(COMMENT))
}

fn row(line: &str) -> Option<Row> {
    let mut cells = line.split('\t').map(str::trim);
    let label = cells.next().filter(|label| !label.is_empty())?;
    let text = cells.next().filter(|text| !text.is_empty())?;
    let lang = match cells.next().filter(|cell| !cell.is_empty()) {
        Some(code) => Some(code.parse().ok()?),
        None => None,
    };
    let voice = cells.next().filter(|cell| !cell.is_empty()).map(str::to_owned);
    let label = if label == OUT_OF_SCOPE_TOO { OUT_OF_SCOPE } else { label };
    Some(Row { label: label.to_owned(), text: text.to_owned(), lang, voice })
}

/// Makes a lesson of a table; a sentence without a language is put with the English ones, which
/// makes no difference to the classifier.
#[must_use]
pub fn lesson_of(rows: &[Row]) -> Lesson {
    let mut intents: BTreeMap<&str, Bilingual<Vec<String>>> = BTreeMap::new();
    for row in rows {
        let texts = intents.entry(&row.label).or_default();
        let lang = row.lang.unwrap_or(Language::En);
        texts.get_mut(lang).push(row.text.clone());
    }
    let out_of_scope = intents.remove(OUT_OF_SCOPE).unwrap_or_default();
    // A label's own words are one more example, as a title is in a city's package.
    for (label, texts) in &mut intents {
        let lang = if texts.fr.is_empty() { Language::En } else { Language::Fr };
        texts.get_mut(lang).push(label.replace(['_', '-', '/', '?'], " "));
    }
    let intents = intents.into_iter().map(|(name, examples)| IntentLesson {
        name: name.to_owned(),
        examples,
        ..IntentLesson::default()
    });
    Lesson { intents: intents.collect(), out_of_scope, ..Lesson::default() }
}

/// Lists every sentence of a lesson.
pub(super) fn rows_of(lesson: &Lesson) -> Vec<Row> {
    let shown = lesson.intents.iter().map(|i| (i.name.as_str(), &i.examples));
    let all = shown.chain([(OUT_OF_SCOPE, &lesson.out_of_scope)]);
    all.flat_map(|(label, examples)| {
        examples.iter().flat_map(move |(lang, texts)| {
            texts.iter().map(move |text| Row {
                label: label.to_owned(),
                text: text.clone(),
                lang: Some(lang),
                voice: None,
            })
        })
    })
    .collect()
}
