//! What is wrong with the sentences themselves: what an author should look at before anything else.
//!
//! Lives here: the faults and their bounds. Never here: how they are told.

mod alike;

use bot_core::Language;
use bot_core::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::rows::{Row, rows_of};
use super::{OUT_OF_SCOPE, Trial};
use crate::lesson::Lesson;

/// Sentences of an intent in one language, below which they are too few.
const MIN_SENTENCES: usize = 10;
/// One language has too few where the other has so many times as many.
const LOPSIDED: usize = 2;
/// Held-out sentences of an intent that are worth a judgement.
const MIN_HELD_OUT: usize = 10;
/// Share of an intent's held-out sentences, in percent, that one other may have.
const SWALLOWED_PERCENT: usize = 15;
/// The probability of another intent from which on a sentence looks misplaced.
const ASTRAY_P: f32 = 0.7;
/// The probability that its own intent may have at most.
const ASTRAY_OWN_P: f32 = 0.1;
/// Misplaced sentences told, the plainest first.
const MAX_ASTRAY: usize = 60;
/// Pairs of like sentences told, the likest first.
const MAX_ALIKE: usize = 60;

/// A sentence and the intent it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The intent, or [`OUT_OF_SCOPE`].
    pub intent: String,
    /// The sentence.
    pub text: String,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum LessonFault {
    /// One sentence, but for case, accents and punctuation, stands in several intents.
    Twice {
        /// Where it stands, as written there.
        places: Vec<Placed>,
    },
    /// Two sentences of different intents are nearly the same.
    Alike {
        /// How like they are, up to 1.
        likeness: f64,
        /// The one.
        one: Placed,
        /// The other.
        other: Placed,
    },
    /// An intent has few sentences in a language.
    Few {
        /// The intent.
        intent: String,
        /// The language.
        lang: Language,
        /// Its sentences in that language.
        n: usize,
        /// Its sentences in the other.
        n_other: usize,
    },
    /// Many of an intent's held-out sentences are taken for one other.
    Swallowed {
        /// The intent.
        intent: String,
        /// The other.
        by: String,
        /// Its sentences held out.
        n: usize,
        /// Those taken for the other.
        n_taken: usize,
        /// These.
        sentences: Vec<String>,
    },
    /// A held-out sentence is nearest to another intent, by far: is it in the wrong list?
    Astray {
        /// Where it stands.
        placed: Placed,
        /// The intent it is nearest to.
        nearest: String,
        /// How probable that one is.
        p: f32,
    },
}

/// Finds the faults that show without training.
#[must_use]
pub fn plain_faults(lesson: &Lesson) -> Vec<LessonFault> {
    let rows = rows_of(lesson);
    let mut faults = twice(&rows);
    let pairs = alike::pairs(&rows).into_iter().take(MAX_ALIKE);
    faults.extend(pairs.map(|(likeness, one, other)| LessonFault::Alike {
        likeness,
        one: placed(one),
        other: placed(other),
    }));
    faults.extend(few(lesson));
    faults
}

/// Finds the faults that held-out sentences show.
#[must_use]
pub fn held_out_faults(trials: &[Trial]) -> Vec<LessonFault> {
    let mut faults = swallowed(trials);
    faults.extend(astray(trials));
    faults
}

fn placed(row: &Row) -> Placed {
    Placed { intent: row.label.clone(), text: row.text.clone() }
}

fn twice(rows: &[Row]) -> Vec<LessonFault> {
    let mut places: BTreeMap<String, Vec<Placed>> = BTreeMap::new();
    for row in rows {
        let list = places.entry(fold(&row.text)).or_default();
        if list.iter().all(|other| other.intent != row.label) {
            list.push(placed(row));
        }
    }
    let several = places.into_values().filter(|places| places.len() > 1);
    several.map(|places| LessonFault::Twice { places }).collect()
}

fn few(lesson: &Lesson) -> Vec<LessonFault> {
    let shown = lesson.intents.iter().map(|i| (i.name.as_str(), &i.examples));
    let all = shown.chain([(OUT_OF_SCOPE, &lesson.out_of_scope)]);
    let speaks = |lang: Language| lesson.intents.iter().any(|i| !i.examples.get(lang).is_empty());
    let mut faults = Vec::new();
    for (intent, examples) in all {
        for lang in Language::ALL.into_iter().filter(|lang| speaks(*lang)) {
            let n = examples.get(lang).len();
            let n_other: usize = examples
                .iter()
                .filter(|(other, _)| *other != lang)
                .map(|(_, list)| list.len())
                .sum();
            // A lesson that nobody has given sentences out of scope is another matter.
            let is_missing = intent == OUT_OF_SCOPE && n + n_other == 0;
            if !is_missing && (n < MIN_SENTENCES || n * LOPSIDED < n_other) {
                faults.push(LessonFault::Few { intent: intent.to_owned(), lang, n, n_other });
            }
        }
    }
    faults
}

fn swallowed(trials: &[Trial]) -> Vec<LessonFault> {
    let mut n_of: BTreeMap<&str, usize> = BTreeMap::new();
    for meant in trials.iter().filter_map(|trial| trial.meant.as_deref()) {
        *n_of.entry(meant).or_default() += 1;
    }
    let confusions = super::confused(trials, usize::MAX).into_iter();
    let fault = |confusion: super::Confusion| {
        let n = n_of.get(confusion.meant.as_str()).copied().unwrap_or_default();
        let is_many = n >= MIN_HELD_OUT && confusion.n * 100 >= n * SWALLOWED_PERCENT;
        is_many.then_some(LessonFault::Swallowed {
            intent: confusion.meant,
            by: confusion.said,
            n,
            n_taken: confusion.n,
            sentences: confusion.sentences,
        })
    };
    confusions.filter_map(fault).collect()
}

fn astray(trials: &[Trial]) -> Vec<LessonFault> {
    let mut found: Vec<(f32, &Trial)> = trials
        .iter()
        .filter(|trial| !trial.is_right() && !trial.is_refused())
        .filter_map(|trial| Some((trial.said.first()?.p, trial)))
        .filter(|(p, trial)| *p >= ASTRAY_P && own_p(trial) <= ASTRAY_OWN_P)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let fault = |(p, trial): (f32, &Trial)| {
        let intent = trial.meant.clone().unwrap_or_else(|| OUT_OF_SCOPE.to_owned());
        let placed = Placed { intent, text: trial.text.clone() };
        Some(LessonFault::Astray { placed, nearest: trial.first()?.to_owned(), p })
    };
    found.into_iter().take(MAX_ASTRAY).filter_map(fault).collect()
}

/// Gives the probability of what is meant; 0 where it is not among the likeliest.
fn own_p(trial: &Trial) -> f32 {
    let Some(meant) = &trial.meant else {
        return trial.none;
    };
    trial.said.iter().find(|ranked| ranked.intent == *meant).map_or(0.0, |ranked| ranked.p)
}

#[cfg(test)]
mod tests;
