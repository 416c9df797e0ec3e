//! Sentences added to an intent's file, and taken out again, with nothing else in it touched.
//!
//! Lives here: what may be added, and the proof that the file says what it said and one sentence
//! more. Never here: files; which bytes change is in `edit`.

mod edit;

use bot_core::Language;
use bot_core::text::fold;

use crate::decode::{self, Cx, MAX_SENTENCE_CHARS, Marked};
use crate::fault::{Faults, Spot};
use crate::format::quoted;
use crate::model::intent::{Example, Intent};
use crate::package::{Package, intent_files};
use crate::yaml::{self, Node};

/// Why a sentence was not added or taken out; the file is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntentsFileError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}; mend it first (guichet flows check lists every fault)")]
    Unreadable(String),
    /// The file holds another intent.
    #[error("the file holds the intent \"{found}\", not \"{wanted}\": take that intent's file")]
    OtherIntent {
        /// The intent that was asked for.
        wanted: String,
        /// The intent of the file.
        found: String,
    },
    /// No file of the package holds the intent.
    #[error(
        "no file in intents/ holds the intent \"{0}\": check the name, or write its file first"
    )]
    NoIntent(String),
    /// The sentence is there already.
    #[error("the sentence is at {at} already, in the intent \"{intent}\": keep it in one place")]
    There {
        /// The intent that has it.
        intent: String,
        /// Where.
        at: Spot,
    },
    /// The intent says that the sentence does not show it.
    #[error("the sentence is at {0} under \"not\": take it out there first, or leave it")]
    Counter(Spot),
    /// The sentence to take out is not there.
    #[error("the intent \"{intent}\" has no such sentence in \"{lang}\"")]
    Missing {
        /// The intent.
        intent: String,
        /// The language.
        lang: Language,
    },
    /// The sentence has no letter and no digit.
    #[error("the sentence has no words: write it as a resident says it")]
    Empty,
    /// The sentence is too long.
    #[error(
        "the sentence has {0} characters, more than {MAX_SENTENCE_CHARS}: keep the part that shows what is wanted"
    )]
    TooLong(usize),
    /// The sentence has a line break or another control character.
    #[error(
        "the sentence has a line break, a tab or another control character: write it on one line"
    )]
    Control,
    /// A bracket in the sentence is no annotation.
    #[error("a [ in the sentence is no annotation: take it out, or write [words](slot)")]
    Bracket,
    /// The file is written in a way that cannot be added to.
    #[error(
        "the sentences in \"{0}\" are laid out in a way that is not added to: run guichet flows fmt first"
    )]
    Layout(Language),
}

/// A file of the package with its new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file's path inside the package.
    pub path: String,
    /// What it is to hold.
    pub text: String,
}

/// Adds a sentence at the end of an intent's examples in a language, in the file that holds the
/// intent; refused where any intent has it.
///
/// # Errors
/// See [`IntentsFileError`].
pub fn add_to_package(
    package: &Package,
    intent: &str,
    lang: Language,
    sentence: &str,
) -> Result<Change, IntentsFileError> {
    let said = checked(sentence)?.text;
    let mut found = None;
    for (path, file) in intent_files(package) {
        let Ok((_, held)) = read(path, file) else { continue };
        if held.name == intent {
            found = Some((path, file));
        } else if let Some(at) = place_of(&held, &said) {
            return Err(IntentsFileError::There { intent: held.name, at });
        }
    }
    let (path, file) = found.ok_or_else(|| IntentsFileError::NoIntent(intent.to_owned()))?;
    let text = add_at(path, file, intent, lang, sentence)?;
    Ok(Change { path: path.clone(), text })
}

/// Takes a sentence out of the package's file that holds the intent.
///
/// # Errors
/// See [`IntentsFileError`].
pub fn remove_from_package(
    package: &Package,
    intent: &str,
    lang: Language,
    sentence: &str,
) -> Result<Change, IntentsFileError> {
    let holds = |(path, file): &(&String, &String)| {
        read(path, file).is_ok_and(|(_, held)| held.name == intent)
    };
    let found = intent_files(package).find(holds);
    let (path, file) = found.ok_or_else(|| IntentsFileError::NoIntent(intent.to_owned()))?;
    let text = remove_at(path, file, intent, lang, sentence)?;
    Ok(Change { path: path.clone(), text })
}

/// Adds a sentence to the text of a file. Only the line of the sentence is new; a language that has
/// no list yet gets one. Where the file was formatted, it still is.
fn add_at(
    path: &str,
    file: &str,
    intent: &str,
    lang: Language,
    sentence: &str,
) -> Result<String, IntentsFileError> {
    let Marked { text, annotations, .. } = checked(sentence)?;
    let (node, before) = read_intent(path, file, intent)?;
    if let Some(at) = place_of(&before, &text) {
        return Err(IntentsFileError::There { intent: before.name, at });
    }
    let key = fold(&text);
    if let Some(counter) = all(&before.not).find(|example| fold(&example.text) == key) {
        return Err(IntentsFileError::Counter(counter.at.clone()));
    }
    let edited = edit::add(file, &node, lang, &quoted(sentence.trim()));
    let mut wanted = before;
    let added = Example { text, annotations, at: Spot::start_of(path) };
    wanted.examples.get_mut(lang).push(added);
    proven(path, edited, wanted, lang)
}

/// Takes a sentence out of the text of a file: the inverse of [`add_at`].
fn remove_at(
    path: &str,
    file: &str,
    intent: &str,
    lang: Language,
    sentence: &str,
) -> Result<String, IntentsFileError> {
    let key = fold(&checked(sentence)?.text);
    let (node, mut wanted) = read_intent(path, file, intent)?;
    let examples = wanted.examples.get_mut(lang);
    let Some(place) = examples.iter().rposition(|example| fold(&example.text) == key) else {
        return Err(IntentsFileError::Missing { intent: intent.to_owned(), lang });
    };
    let at = examples.remove(place).at;
    proven(path, edit::remove(file, &node, lang, &at), wanted, lang)
}

/// Gives the edited text where it says what it should.
fn proven(
    path: &str,
    edited: Option<String>,
    wanted: Intent,
    lang: Language,
) -> Result<String, IntentsFileError> {
    let edited = edited.ok_or(IntentsFileError::Layout(lang))?;
    let wanted = anywhere(wanted);
    let fits = read(path, &edited).is_ok_and(|(_, intent)| anywhere(intent) == wanted);
    fits.then_some(edited).ok_or(IntentsFileError::Layout(lang))
}

/// Leaves out where the parts of an intent stand.
fn anywhere(mut intent: Intent) -> Intent {
    let nowhere = Spot::start_of("");
    for lang in Language::ALL {
        let Intent { examples, not, .. } = &mut intent;
        for example in examples.get_mut(lang).iter_mut().chain(not.get_mut(lang)) {
            example.at = nowhere.clone();
        }
    }
    Intent { at: nowhere, ..intent }
}

/// Reads a sentence that may be an example.
fn checked(sentence: &str) -> Result<Marked, IntentsFileError> {
    let sentence = sentence.trim();
    let n_chars = sentence.chars().count();
    if n_chars > MAX_SENTENCE_CHARS {
        return Err(IntentsFileError::TooLong(n_chars));
    }
    if sentence.chars().any(|sign| sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}')) {
        return Err(IntentsFileError::Control);
    }
    let marked = decode::unmark(sentence);
    if marked.n_odd > 0 {
        return Err(IntentsFileError::Bracket);
    }
    if fold(&marked.text).is_empty() {
        return Err(IntentsFileError::Empty);
    }
    Ok(marked)
}

fn read_intent(path: &str, file: &str, intent: &str) -> Result<(Node, Intent), IntentsFileError> {
    let (node, found) = read(path, file)?;
    if found.name != intent {
        let wanted = intent.to_owned();
        return Err(IntentsFileError::OtherIntent { wanted, found: found.name });
    }
    Ok((node, found))
}

/// Reads a file; faults that leave the intent readable are the linter's to tell.
fn read(path: &str, file: &str) -> Result<(Node, Intent), IntentsFileError> {
    let mut faults = Faults::default();
    let texts = std::collections::BTreeMap::new();
    let node = yaml::parse(&path.into(), file, &mut faults);
    if let Some(node) = node.filter(|_| faults.is_empty())
        && let Some(intent) = decode::intent(&mut Cx { faults: &mut faults, texts: &texts }, &node)
    {
        return Ok((node, intent));
    }
    let first = faults.into_sorted().first().map(ToString::to_string);
    Err(IntentsFileError::Unreadable(first.unwrap_or_default()))
}

/// Finds the example that says the same, but for case, accents and punctuation.
fn place_of(intent: &Intent, text: &str) -> Option<Spot> {
    let key = fold(text);
    let found = all(&intent.examples).find(|example| fold(&example.text) == key);
    found.map(|example| example.at.clone())
}

fn all(examples: &bot_core::Bilingual<Vec<Example>>) -> impl Iterator<Item = &Example> {
    examples.iter().flat_map(|(_, list)| list)
}

#[cfg(test)]
mod tests;
