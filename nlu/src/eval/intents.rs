//! How each intent fares.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Trial;

/// How the sentences of one intent fared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentScore {
    /// The intent.
    pub intent: String,
    /// All its sentences.
    pub all: Tally,
    /// The same by language code.
    pub by_language: BTreeMap<String, Tally>,
}

/// Counts of sentences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Tried.
    pub n: usize,
    /// Of those, with the right intent ranked first.
    pub right: usize,
    /// Of those, refused.
    pub refused: usize,
}

impl Tally {
    fn count(&mut self, trial: &Trial) {
        self.n += 1;
        self.right += usize::from(trial.is_right());
        self.refused += usize::from(trial.is_refused());
    }
}

/// Counts for every intent that is meant, in order of their names.
pub(super) fn by_intent(trials: &[Trial]) -> Vec<IntentScore> {
    let mut found: BTreeMap<&str, IntentScore> = BTreeMap::new();
    for trial in trials {
        let Some(meant) = trial.meant.as_deref() else {
            continue;
        };
        let score = found.entry(meant).or_default();
        score.all.count(trial);
        if let Some(lang) = trial.lang {
            score.by_language.entry(lang.code().to_owned()).or_default().count(trial);
        }
    }
    let named =
        found.into_iter().map(|(intent, score)| IntentScore { intent: intent.to_owned(), ..score });
    named.collect()
}
