//! Tables of sentences: label, tab, text, and perhaps a tab and a language.

use bot_core::{Bilingual, Language};
use std::collections::BTreeMap;

use crate::error::NluError;
use crate::lesson::{IntentLesson, Lesson};

/// The label of sentences that nothing can serve.
pub const OUT_OF_SCOPE: &str = "out_of_scope";
/// The label that public corpora use for the same.
const OUT_OF_SCOPE_TOO: &str = "oos";

/// A sentence and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The intent, or [`OUT_OF_SCOPE`].
    pub label: String,
    /// The sentence.
    pub text: String,
    /// Its language, where the table says.
    pub lang: Option<Language>,
}

/// Reads a table; empty lines are passed over.
///
/// # Errors
/// Names the first line without a label or a text, or with an unknown language.
pub fn read_rows(table: &str) -> Result<Vec<Row>, NluError> {
    let lines = table.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| row(line).ok_or(NluError::Row { line: at + 1 }))
        .collect()
}

fn row(line: &str) -> Option<Row> {
    let mut cells = line.split('\t').map(str::trim);
    let label = cells.next().filter(|label| !label.is_empty())?;
    let text = cells.next().filter(|text| !text.is_empty())?;
    let lang = match cells.next().filter(|cell| !cell.is_empty()) {
        Some(code) => Some(code.parse().ok()?),
        None => None,
    };
    let label = if label == OUT_OF_SCOPE_TOO { OUT_OF_SCOPE } else { label };
    Some(Row { label: label.to_owned(), text: text.to_owned(), lang })
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
            })
        })
    })
    .collect()
}
