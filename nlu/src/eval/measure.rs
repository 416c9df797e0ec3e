//! The figures of a report.

use bot_core::understanding::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::Trial;
use super::confusions::{Confusion, confused};
use super::intents::{IntentScore, by_intent};

/// Confusions listed in a report.
const MAX_CONFUSIONS: usize = 40;
/// Sentences quoted for one confusion.
const MAX_QUOTES: usize = 4;
/// Bins of the reliability table.
const N_BINS: usize = 10;
/// In-scope sentences refused, as a share, at which refusal is measured.
const FALSE_REFUSALS: f64 = 0.05;

/// The figures of one group of sentences.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// In-scope sentences.
    pub n: usize,
    /// Share of them whose intent is ranked first.
    pub accuracy: f64,
    /// Share of them whose intent is among the first three.
    pub top_three: f64,
    /// Mean over the intents of the harmonic mean of precision and recall.
    pub macro_f1: f64,
    /// Share of them answered as sure.
    pub sure: f64,
    /// Share of the sure answers that are right.
    pub right_when_sure: f64,
    /// Share of them refused.
    pub refused: f64,
    /// Out-of-scope sentences.
    pub n_out_of_scope: usize,
    /// Share of those refused.
    pub refused_rightly: f64,
    /// How well the two are told apart: area under the curve.
    pub auroc: f64,
    /// Share of the out-of-scope sentences that are caught where 5 % of the others are refused.
    pub recall_at_5: f64,
}

/// One bin of the reliability table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Its lower edge.
    pub from: f64,
    /// Its upper edge.
    pub to: f64,
    /// Sentences in it.
    pub n: usize,
    /// Mean probability given.
    pub said: f64,
    /// Share that was right.
    pub right: f64,
}

/// Everything that was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Figures of all sentences.
    pub all: Scores,
    /// Figures by language code.
    pub by_language: BTreeMap<String, Scores>,
    /// Figures by voice, where the table has voices.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_voice: BTreeMap<String, Scores>,
    /// Figures by intent, in order of their names.
    #[serde(default)]
    pub by_intent: Vec<IntentScore>,
    /// The commonest confusions, worst first.
    pub confusions: Vec<Confusion>,
    /// Whether probabilities are what they say.
    pub reliability: Vec<Bin>,
}

impl Report {
    /// Measures some trials.
    #[must_use]
    pub fn of(trials: &[Trial]) -> Self {
        let all: Vec<&Trial> = trials.iter().collect();
        let mut confusions = confused(trials, MAX_QUOTES);
        confusions.truncate(MAX_CONFUSIONS);
        Self {
            all: scores(&all),
            by_language: grouped(trials, |trial| trial.lang.map(|lang| lang.code().to_owned())),
            by_voice: grouped(trials, |trial| trial.voice.clone()),
            by_intent: by_intent(trials),
            confusions,
            reliability: reliability(&all),
        }
    }
}

/// Scores the trials that share a mark.
fn grouped(trials: &[Trial], mark: impl Fn(&Trial) -> Option<String>) -> BTreeMap<String, Scores> {
    let mut groups: BTreeMap<String, Vec<&Trial>> = BTreeMap::new();
    for trial in trials {
        if let Some(mark) = mark(trial) {
            groups.entry(mark).or_default().push(trial);
        }
    }
    groups.into_iter().map(|(mark, trials)| (mark, scores(&trials))).collect()
}

pub(super) fn exact(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

pub(super) fn share(part: usize, whole: usize) -> f64 {
    mean(exact(part), whole)
}

pub(super) fn mean(sum: f64, count: usize) -> f64 {
    if count == 0 { 0.0 } else { sum / exact(count) }
}

fn scores(trials: &[&Trial]) -> Scores {
    let (inside, outside): (Vec<&Trial>, Vec<&Trial>) =
        trials.iter().partition(|trial| trial.meant.is_some());
    let count = |trials: &[&Trial], good: &dyn Fn(&Trial) -> bool| {
        trials.iter().filter(|trial| good(trial)).count()
    };
    let is_sure = |trial: &Trial| trial.outcome == Outcome::Sure;
    let in_three = |trial: &Trial| {
        let mut three = trial.said.iter().take(3);
        three.any(|ranked| Some(&ranked.intent) == trial.meant.as_ref())
    };
    let n_sure = count(&inside, &is_sure);
    let n_sure_right = count(&inside, &|trial| is_sure(trial) && trial.is_right());
    let (auroc, recall_at_5) = told_apart(&inside, &outside);
    Scores {
        n: inside.len(),
        accuracy: share(count(&inside, &Trial::is_right), inside.len()),
        top_three: share(count(&inside, &in_three), inside.len()),
        macro_f1: macro_f1(&inside),
        sure: share(n_sure, inside.len()),
        right_when_sure: share(n_sure_right, n_sure),
        refused: share(count(&inside, &Trial::is_refused), inside.len()),
        n_out_of_scope: outside.len(),
        refused_rightly: share(count(&outside, &Trial::is_refused), outside.len()),
        auroc,
        recall_at_5,
    }
}

fn macro_f1(trials: &[&Trial]) -> f64 {
    let names: BTreeSet<&str> = trials.iter().filter_map(|t| t.meant.as_deref()).collect();
    let f1 = |name: &&str| {
        let meant = |trial: &&&Trial| trial.meant.as_deref() == Some(*name);
        let said = |trial: &&&Trial| trial.first() == Some(*name);
        let n_both = trials.iter().filter(meant).filter(said).count();
        let n_either = trials.iter().filter(meant).count() + trials.iter().filter(said).count();
        share(2 * n_both, n_either)
    };
    let sum: f64 = names.iter().map(f1).sum();
    mean(sum, names.len())
}

/// Gives the area under the curve, and the recall at 5 % false refusals.
fn told_apart(inside: &[&Trial], outside: &[&Trial]) -> (f64, f64) {
    if inside.is_empty() || outside.is_empty() {
        return (0.0, 0.0);
    }
    let mut all: Vec<(f32, bool)> = inside.iter().map(|trial| (trial.none, false)).collect();
    all.extend(outside.iter().map(|trial| (trial.none, true)));
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut n_caught, mut n_refused, mut area, mut recall) = (0, 0, 0.0, 0.0);
    for (_, is_outside) in all {
        if is_outside {
            n_caught += 1;
        } else {
            n_refused += 1;
            area += share(n_caught, outside.len());
        }
        if share(n_refused, inside.len()) <= FALSE_REFUSALS {
            recall = share(n_caught, outside.len());
        }
    }
    (mean(area, inside.len()), recall)
}

fn reliability(trials: &[&Trial]) -> Vec<Bin> {
    let edge = |at: usize| share(at, N_BINS);
    let bins = (0..N_BINS).map(|at| {
        let (from, to) = (edge(at), edge(at + 1));
        let inside: Vec<(f64, bool)> = trials
            .iter()
            .filter_map(|trial| Some((f64::from(trial.said.first()?.p), trial.is_right())))
            .filter(|(p, _)| (*p >= from && *p < to) || (at + 1 == N_BINS && *p >= to))
            .collect();
        let n_right = inside.iter().filter(|(_, right)| *right).count();
        let sum: f64 = inside.iter().map(|(p, _)| p).sum();
        Bin {
            from,
            to,
            n: inside.len(),
            said: mean(sum, inside.len()),
            right: share(n_right, inside.len()),
        }
    });
    bins.collect()
}
