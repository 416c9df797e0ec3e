//! The city's emergencies: words that must not wait for a question.

use bot_core::Language;

use crate::lesson::{EmergencyLesson, Lesson};
use crate::text::slip::alike;
use crate::text::{Gap, Reading, words_of};

/// Words that may stand between two words of a phrase.
const MAX_GAP_WORDS: usize = 2;
/// Words that may stand within a whole phrase.
const MAX_EXTRA_WORDS: usize = 2;
/// Letters from which a slip is forgiven.
const SLIP_CHARS: usize = 5;

/// A phrase: words in order, of which articles may be left out.
#[derive(Debug, Clone)]
struct Phrase {
    words: Vec<(String, bool)>,
}

/// One emergency.
#[derive(Debug, Clone)]
struct Emergency {
    id: String,
    words: Vec<Phrase>,
    unless: Vec<Phrase>,
}

/// The city's emergencies, in the order of the lesson.
#[derive(Debug, Clone, Default)]
pub(crate) struct Emergencies(Vec<Emergency>);

impl Emergencies {
    /// Takes the emergencies of a lesson.
    pub(crate) fn new(lesson: &Lesson) -> Self {
        let phrases = |list: &bot_core::Bilingual<Vec<String>>| -> Vec<Phrase> {
            let both = list.iter();
            both.flat_map(|(lang, list)| list.iter().map(move |text| Phrase::new(text, lang)))
                .filter(|phrase| !phrase.words.is_empty())
                .collect()
        };
        let emergency = |lesson: &EmergencyLesson| Emergency {
            id: lesson.id.clone(),
            words: phrases(&lesson.words),
            unless: phrases(&lesson.unless),
        };
        Self(lesson.emergencies.iter().map(emergency).collect())
    }

    /// Finds the first emergency that a message points to.
    pub(crate) fn find(&self, reading: &Reading) -> Option<String> {
        let hit = self.0.iter().find(|emergency| {
            let says = |phrases: &[Phrase]| phrases.iter().any(|phrase| phrase.is_said(reading));
            says(&emergency.words) && !says(&emergency.unless)
        });
        hit.map(|emergency| emergency.id.clone())
    }
}

impl Phrase {
    fn new(text: &str, lang: Language) -> Self {
        let words = words_of(text);
        let optional = |word: &String| words.len() > 2 && is_article(word, lang);
        let words = words.iter().map(|word| (word.clone(), optional(word))).collect();
        Self { words }
    }

    fn is_said(&self, reading: &Reading) -> bool {
        let first = self.words.iter().position(|(_, optional)| !optional);
        let Some(first) = first else { return false };
        let rest = self.words.get(first..).unwrap_or_default();
        let mut starts = 0..reading.words.len();
        starts.any(|at| follows(reading, at, rest) && !is_denied(reading, at))
    }
}

/// Follows a phrase from a word on.
fn follows(reading: &Reading, start: usize, phrase: &[(String, bool)]) -> bool {
    let mut at = start;
    let mut n_extra = 0;
    for (index, (word, optional)) in phrase.iter().enumerate() {
        let reach = if index == 0 { 0 } else { MAX_GAP_WORDS };
        let hit = (at..=at + reach).find(|at| is_same(reading.text(*at), word));
        match hit {
            Some(hit) if index == 0 || (at..=hit).all(|at| is_passable(reading, at, at < hit)) => {
                n_extra += hit - at;
                at = hit + 1;
            }
            _ if *optional => {}
            _ => return false,
        }
    }
    n_extra <= MAX_EXTRA_WORDS
}

/// Sentences end a phrase, and a denial within it turns it round.
fn is_passable(reading: &Reading, at: usize, between: bool) -> bool {
    let denial =
        matches!(reading.text(at), "pas" | "not" | "no" | "aucun" | "aucune" | "jamais" | "never");
    reading.gap(at) < Gap::Stop && !(between && denial)
}

/// "No smell of gas", "pas d'odeur de gaz", "aucune fuite".
fn is_denied(reading: &Reading, start: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).map_or("", |at| reading.text(at));
    let near = reading.gap(start) < Gap::Comma;
    let denies = matches!(before(1), "no" | "aucun" | "aucune" | "sans" | "without");
    let partly = matches!(before(1), "de" | "d") && before(2) == "pas";
    near && (denies || partly)
}

fn is_same(typed: &str, known: &str) -> bool {
    if typed == known {
        return true;
    }
    let same_start = typed.chars().next() == known.chars().next();
    known.len() >= SLIP_CHARS
        && typed.len() >= SLIP_CHARS
        && same_start
        && alike(typed, known).is_some()
}

fn is_article(word: &str, lang: Language) -> bool {
    match lang {
        Language::Fr => matches!(
            word,
            "le" | "la" | "les" | "l" | "un" | "une" | "des" | "du" | "de" | "d" | "est"
        ),
        Language::En => matches!(word, "the" | "a" | "an" | "of" | "is" | "are"),
    }
}

#[cfg(test)]
mod tests;
