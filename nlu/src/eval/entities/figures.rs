//! Precision, recall and F1 of each kind, and what went wrong.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::{EntityTrial, Fit, Truth};

/// Of what was found, how much is right; of what is there, how much was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Share of what was found that is right.
    pub precision: f64,
    /// Share of what was marked that was found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

/// How well one kind is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct EntityScores {
    /// Values that are marked.
    pub n_marked: usize,
    /// Values that were found.
    pub n_said: usize,
    /// Right where the words share some with the mark.
    pub touching: Figure,
    /// Right where the words are the marked ones.
    pub exact: Figure,
    /// Right where the value is one of the marked ones.
    pub value: Figure,
}

/// How well values are found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EntityReport {
    /// All kinds and languages.
    pub all: EntityScores,
    /// Language, then kind; "all" stands for every kind.
    pub by_language: BTreeMap<String, BTreeMap<String, EntityScores>>,
    /// Everything that is not right, in the order of the tables.
    pub wrong: Vec<EntityTrial>,
}

impl EntityTrial {
    /// Tells whether the right value was found.
    #[must_use]
    pub const fn is_right(&self) -> bool {
        matches!(self.fit, Fit::Touching(Truth::Right) | Fit::Exact(Truth::Right))
    }
}

impl EntityReport {
    /// Counts trials.
    #[must_use]
    pub fn of(trials: &[EntityTrial]) -> Self {
        let mut groups: BTreeMap<(String, String), Vec<&EntityTrial>> = BTreeMap::new();
        for trial in trials {
            let lang = trial.lang.code().to_owned();
            for kind in [trial.kind.name(), ALL] {
                groups.entry((lang.clone(), kind.to_owned())).or_default().push(trial);
            }
        }
        let mut by_language: BTreeMap<String, BTreeMap<String, EntityScores>> = BTreeMap::new();
        for ((lang, kind), trials) in groups {
            let scores = EntityScores::of(trials.into_iter());
            by_language.entry(lang).or_default().insert(kind, scores);
        }
        Self {
            all: EntityScores::of(trials.iter()),
            by_language,
            wrong: trials.iter().filter(|trial| !trial.is_right()).cloned().collect(),
        }
    }
}

/// The name that stands for every kind.
const ALL: &str = "all";

impl EntityScores {
    fn of<'a>(trials: impl Iterator<Item = &'a EntityTrial>) -> Self {
        let (mut n_marked, mut n_said) = (0, 0);
        let (mut n_touching, mut n_exact, mut n_right) = (0, 0, 0);
        for trial in trials {
            n_marked += usize::from(trial.fit != Fit::Stray);
            n_said += usize::from(trial.fit != Fit::Missed);
            n_touching += usize::from(matches!(trial.fit, Fit::Touching(_) | Fit::Exact(_)));
            n_exact += usize::from(matches!(trial.fit, Fit::Exact(_)));
            n_right += usize::from(trial.is_right());
        }
        let figure = |n_good| Figure::of(n_good, n_said, n_marked);
        Self {
            n_marked,
            n_said,
            touching: figure(n_touching),
            exact: figure(n_exact),
            value: figure(n_right),
        }
    }
}

impl Figure {
    /// Where nothing was found, nothing found is wrong; where nothing is marked, nothing is missed.
    fn of(n_good: usize, n_said: usize, n_marked: usize) -> Self {
        let (precision, recall) = (share(n_good, n_said), share(n_good, n_marked));
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, f1 }
    }
}

fn share(n: usize, of: usize) -> f64 {
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    if of == 0 { 1.0 } else { count(n) / count(of) }
}
