//! Which of the two languages a message is in, from its words and, where those are new, its
//! letters.

use bot_core::Language;
use bot_core::understanding::LangGuess;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::gazetteer::Gazetteer;
use crate::lesson::Lesson;
use crate::tables;
use crate::text::{MAX_WORDS, Reading, usual, words_of};

/// How often a word of our own list counts as having been seen.
const LISTED_COUNT: f32 = 6.0;
/// Added to every count, so that one sighting proves little.
const SMOOTHING: f32 = 0.5;
/// The most that one word may say.
const MAX_WORD: f32 = 2.5;
/// The most that the letters of an unknown word may say.
const MAX_LETTERS: f32 = 1.2;
/// Letters of a run that is looked at.
const GRAM_CHARS: usize = 3;
/// How much must be said before a language shows.
const MIN_EVIDENCE: f32 = 0.9;
/// How much one word alone must say.
const MIN_EVIDENCE_ALONE: f32 = 1.5;
/// How quickly evidence makes sure.
const EVIDENCE_SCALE: f32 = 1.6;

/// What the words and letters of each language look like. Positive is French.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct LanguageModel {
    words: BTreeMap<String, f32>,
    grams: BTreeMap<String, f32>,
}

#[derive(Default)]
struct Counts {
    fr: f32,
    en: f32,
}

impl Counts {
    fn add(&mut self, lang: Language, count: f32) {
        match lang {
            Language::Fr => self.fr += count,
            Language::En => self.en += count,
        }
    }

    fn odds(&self, prior: f32) -> f32 {
        ((self.fr + SMOOTHING) / (self.en + SMOOTHING)).ln() - prior
    }
}

static NEUTRAL: LazyLock<BTreeSet<String>> = LazyLock::new(|| usual::list("neutral"));

impl LanguageModel {
    /// Learns from the sentences of a lesson, places left out, and from our own lists.
    pub(crate) fn train(lesson: &Lesson, gazetteer: &Gazetteer) -> Self {
        let mut words: BTreeMap<String, Counts> = BTreeMap::new();
        for (lang, phrase) in usual::marks_of() {
            for word in words_of(phrase) {
                words.entry(word).or_default().add(lang, LISTED_COUNT);
            }
        }
        let concepts = crate::text::table::all(tables::CONCEPTS);
        for (_, lang, phrase) in concepts.into_iter().filter(|(_, _, p)| !p.contains('*')) {
            for word in words_of(phrase) {
                words.entry(word).or_default().add(lang, 1.0);
            }
        }
        let both = lesson.intents.iter().map(|intent| &intent.examples);
        for (lang, texts) in both.chain([&lesson.out_of_scope]).flat_map(bot_core::Bilingual::iter)
        {
            for text in texts {
                let reading = Reading::of(text);
                let places = gazetteer.scan(&reading).named_words();
                for word in told(&reading, &places) {
                    words.entry(word.to_owned()).or_default().add(lang, 1.0);
                }
            }
        }
        let sum = |pick: fn(&Counts) -> f32| words.values().map(pick).sum::<f32>().max(1.0);
        let prior = (sum(|c| c.fr) / sum(|c| c.en)).ln();
        Self {
            grams: grams_of(&words),
            words: words
                .into_iter()
                .map(|(word, counts)| (word, counts.odds(prior).clamp(-MAX_WORD, MAX_WORD)))
                .collect(),
        }
    }

    /// Guesses the language; `None` where the words do not show one.
    pub(crate) fn guess(&self, reading: &Reading, places: &[Range<usize>]) -> Option<LangGuess> {
        let (mut fr, mut en, mut n_telling) = (0.0_f32, 0.0_f32, 0_usize);
        for word in told(reading, places).take(MAX_WORDS) {
            if NEUTRAL.contains(word) {
                continue;
            }
            let odds = self.odds(word);
            n_telling += usize::from(odds != 0.0);
            if odds > 0.0 {
                fr += odds;
            } else {
                en -= odds;
            }
        }
        let evidence = fr + en;
        let enough = if n_telling > 1 { MIN_EVIDENCE } else { MIN_EVIDENCE_ALONE };
        if evidence < enough {
            return None;
        }
        let lang = if fr >= en { Language::Fr } else { Language::En };
        let share = fr.max(en) / evidence;
        let sure = 1.0 - (-evidence / EVIDENCE_SCALE).exp();
        let p = (share - 0.5).mul_add(sure, 0.5);
        Some(LangGuess { lang, p })
    }

    fn odds(&self, word: &str) -> f32 {
        if let Some(odds) = self.words.get(word) {
            return *odds;
        }
        let sum: f32 =
            grams(word).map(|gram| self.grams.get(&gram).copied().unwrap_or_default()).sum();
        sum.clamp(-MAX_LETTERS, MAX_LETTERS)
    }
}

/// Gives the words that may show a language: no numbers, no places.
fn told<'a>(reading: &'a Reading, places: &'a [Range<usize>]) -> impl Iterator<Item = &'a str> {
    let words = reading.words.iter().enumerate();
    words
        .filter(|(at, word)| {
            let named = places.iter().any(|place| place.contains(at));
            !named && word.text.bytes().all(|sign| !sign.is_ascii_digit())
        })
        .map(|(_, word)| word.text.as_str())
}

fn grams_of(words: &BTreeMap<String, Counts>) -> BTreeMap<String, f32> {
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for (word, seen) in words {
        for gram in grams(word) {
            let gram = counts.entry(gram).or_default();
            // Each word counts once for each language: letters are learnt from the vocabulary.
            gram.fr += seen.fr.min(1.0);
            gram.en += seen.en.min(1.0);
        }
    }
    let sum = |pick: fn(&Counts) -> f32| counts.values().map(pick).sum::<f32>().max(1.0);
    let prior = (sum(|c| c.fr) / sum(|c| c.en)).ln();
    let odds = counts.into_iter().map(|(gram, counts)| (gram, counts.odds(prior)));
    odds.filter(|(_, odds)| odds.abs() > 0.2).collect()
}

fn grams(word: &str) -> impl Iterator<Item = String> {
    let signs: Vec<char> = ['^'].into_iter().chain(word.chars()).chain(['$']).collect();
    let n_grams = signs.len().saturating_sub(GRAM_CHARS - 1);
    (0..n_grams).map(move |at| signs.iter().skip(at).take(GRAM_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn short_sentences_show_their_language() {
        let lesson = fixture::lesson();
        let gazetteer = Gazetteer::new(&lesson);
        let model = LanguageModel::train(&lesson, &gazetteer);
        let guess = |text: &str| {
            let reading = Reading::of(text);
            let places = gazetteer.scan(&reading).named_words();
            model.guess(&reading, &places)
        };
        for (text, lang) in [
            ("jai un trou devant chez moi", Some(Language::Fr)),
            ("ya pu de lumiere sur ma rue", Some(Language::Fr)),
            ("c'est au 12 rue Cartier", Some(Language::Fr)),
            ("la lampe est morte", Some(Language::Fr)),
            ("bac brisé", Some(Language::Fr)),
            ("there's a hole in my street", Some(Language::En)),
            ("the light on rue Cartier is out", Some(Language::En)),
            ("at the corner of Cartier and Fraser", Some(Language::En)),
            ("garbage not picked up", Some(Language::En)),
            ("12", None),
            ("ok", None),
            ("non", None),
            ("oui", None),
            ("no", None),
            ("rue Cartier", None),
            ("🙂", None),
            ("", None),
            ("418-555-1234", None),
        ] {
            assert_eq!(guess(text).map(|guess| guess.lang), lang, "{text}");
        }
        let mixed = guess("bonjour is there someone qui parle anglais please").unwrap();
        assert!(mixed.p < 0.8, "{mixed:?}");
        let plain = guess("il y a un gros trou dans la rue").unwrap();
        assert!(plain.p > 0.95, "{plain:?}");
    }
}
