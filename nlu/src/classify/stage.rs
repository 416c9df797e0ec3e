//! One stage of judging: the first few views together, what they make of a message, and whether
//! the next view is worth its time.

use bot_core::Language;
use bot_core::understanding::Outcome;
use serde::{Deserialize, Serialize};

use super::mix;
use super::refusal::{Refusal, Signs};
use super::samples::N_FOLDS;
use super::scale::{self, best};
use super::voice::Voice;

/// In-scope sentences that may be refused, as a share.
const FALSE_REFUSALS: f32 = 0.05;
/// The same, of many sentences, where the views that judge them have not seen a third: seven refused by
/// those are five refused by views that have seen all.
const FALSE_REFUSALS_OF_MANY: f32 = 0.07;
/// How often a sure answer must be right.
const SURE_PRECISION: f32 = 0.95;
/// The bounds of the threshold of a sure answer, whatever the held-out sentences say.
const SURE_BOUNDS: (f32, f32) = (0.70, 0.90);
/// How often a stage that goes no further may answer otherwise than the last one would.
const OTHERWISE: f32 = 0.002;
/// Beyond this a margin says no more.
const MAX_MARGIN: f32 = 10.0;
/// Held-out sentences that a fit needs; with fewer the defaults stand.
const MIN_HELD_OUT: usize = 20;
/// Held-out sentences that the weights are fitted on, at most.
const MAX_FITTED: usize = 4_000;

/// What one view says of a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said {
    /// The scores of the intents; the last is that of "none of them".
    pub(crate) scores: Vec<f32>,
    /// How alike each intent's most alike sentence of the lesson is, where the view can tell; -1
    /// for an intent that none shows.
    pub(crate) nearest: Vec<f32>,
}

impl Said {
    /// Gives the scores without that of "none of them".
    pub(crate) fn intents(&self) -> &[f32] {
        self.scores.split_last().map_or(&[], |(_, rest)| rest)
    }

    fn none(&self) -> f32 {
        self.scores.last().copied().unwrap_or_default()
    }

    fn nearest(&self) -> Option<f32> {
        best(&self.nearest).map(|(_, nearest)| nearest)
    }
}

/// A message, and what the views say of it; the view on words is the first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    pub(crate) said: Vec<Said>,
    /// The share of its words that are known.
    pub(crate) known: f32,
    /// How much it is about, as a logarithm of its number of concepts.
    pub(crate) concepts: f32,
    /// The share of the intents that are taught in its language.
    pub(crate) spoken: f32,
}

/// A held-out sentence: what was heard, and the intent; `None` where nothing here can serve it.
pub(crate) struct HeldOut {
    pub(crate) heard: Heard,
    pub(crate) lang: Language,
    pub(crate) intent: Option<usize>,
}

/// What a stage makes of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Judged {
    /// Every intent with its probability.
    pub(crate) shares: Vec<f32>,
    /// The probability that none is meant.
    pub(crate) none: f32,
}

/// The first few views together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stage {
    n_views: usize,
    /// How much each voice counts.
    weights: Vec<(Voice, f32)>,
    refusal: Refusal,
    /// Above this probability of "none of them", a message is out of scope.
    refuse: f32,
    /// From this probability on, the first intent is sure.
    sure: f32,
    /// From this probability on, the next views would say the same.
    settled: f32,
}

impl Stage {
    /// Fits the stage of the first `n_views` views on sentences held out in `n_folds` parts.
    pub(crate) fn fit(held_out: &[HeldOut], n_views: usize, n_folds: usize) -> Self {
        let mut fitted = Self {
            n_views,
            weights: Voice::of(n_views).into_iter().map(|voice| (voice, 1.0)).collect(),
            refusal: Refusal::untaught(2 * n_views - 1),
            refuse: 0.5,
            sure: 0.5,
            settled: f32::INFINITY,
        };
        let (inside, outside): (Vec<&HeldOut>, Vec<&HeldOut>) =
            held_out.iter().partition(|one| one.intent.is_some());
        if inside.len() < MIN_HELD_OUT {
            return fitted;
        }
        fitted.fit_weights(&inside);
        let signs = |list: &[&HeldOut]| -> Vec<Signs> {
            list.iter().map(|one| fitted.signs(&one.heard, &fitted.logs(&one.heard))).collect()
        };
        let (known, strange) = (signs(&inside), signs(&outside));
        let taught = Some(strange.as_slice()).filter(|list| list.len() >= MIN_HELD_OUT);
        let is_many = n_folds == N_FOLDS;
        let refused = if is_many { FALSE_REFUSALS_OF_MANY } else { FALSE_REFUSALS };
        fitted.refusal = Refusal::fit(&known, taught, refused);
        let mut refusals: Vec<f32> = known.iter().map(|one| fitted.refusal.none(one)).collect();
        refusals.sort_by(f32::total_cmp);
        fitted.refuse = scale::quantile(&refusals, 1.0 - refused);
        fitted.sure = fitted.sure_from(&inside);
        fitted
    }

    /// Judges a message.
    pub(crate) fn judge(&self, heard: &Heard) -> Judged {
        let logs = self.logs(heard);
        let none = self.refusal.none(&self.signs(heard, &logs));
        Judged { shares: logs.iter().map(|log| log.exp() * (1.0 - none)).collect(), none }
    }

    /// Makes a decision of it.
    pub(crate) fn outcome(&self, judged: &Judged) -> Outcome {
        let Some((_, best)) = best(&judged.shares) else { return Outcome::OutOfScope };
        if judged.none > self.refuse {
            Outcome::OutOfScope
        } else if best >= self.sure {
            Outcome::Sure
        } else {
            Outcome::Unsure
        }
    }

    /// Tells whether further views would say the same.
    pub(crate) fn is_settled(&self, judged: &Judged) -> bool {
        best(&judged.shares).is_some_and(|(_, p)| p >= self.settled)
            && self.outcome(judged) == Outcome::Sure
    }

    /// Finds from what probability on the last stage would say the same.
    pub(crate) fn settle(&mut self, last: &Self, held_out: &[HeldOut]) {
        let mut answers: Vec<(f32, bool)> = held_out
            .iter()
            .filter_map(|one| {
                let (own, later) = (self.judge(&one.heard), last.judge(&one.heard));
                let (at, p) = best(&own.shares)?;
                let same =
                    best(&later.shares)?.0 == at && last.outcome(&later) != Outcome::OutOfScope;
                Some((p, same))
            })
            .collect();
        self.settled = lowest(&mut answers, 1.0 - OTHERWISE).unwrap_or(f32::INFINITY);
    }

    fn fit_weights(&mut self, inside: &[&HeldOut]) {
        let step = inside.len().div_ceil(MAX_FITTED);
        let logs: Vec<(Vec<Vec<f32>>, usize)> = inside
            .iter()
            .step_by(step.max(1))
            .filter_map(|one| {
                let logs = self.weights.iter().map(|(voice, _)| voice.logs(&one.heard)).collect();
                Some((logs, one.intent?))
            })
            .collect();
        let shown: Vec<mix::Shown<'_>> =
            logs.iter().map(|(logs, class)| mix::Shown { logs, class: *class }).collect();
        let fitted = mix::fit(&shown, self.weights.len());
        for ((_, weight), fitted) in self.weights.iter_mut().zip(fitted) {
            *weight = fitted;
        }
    }

    /// Sums the views.
    fn logs(&self, heard: &Heard) -> Vec<f32> {
        let logs: Vec<Vec<f32>> = self.weights.iter().map(|(voice, _)| voice.logs(heard)).collect();
        let n_classes = logs.first().map_or(0, Vec::len);
        mix::sum(logs.iter(), self.counted(heard.spoken).into_iter(), n_classes)
    }

    /// Gives the voices' weights for a language that such a share of the intents is taught in. In
    /// one that none is taught in, words and nearest sentences say nothing, and which encoder is
    /// better was not seen: all count the same.
    fn counted(&self, spoken: f32) -> Vec<f32> {
        let meanings = self.weights.iter().filter(|(voice, _)| matches!(voice, Voice::Meaning(_)));
        let meanings: Vec<f32> = meanings.map(|(_, weight)| *weight).collect();
        let middle = meanings.iter().sum::<f32>() * scale::recip(meanings.len());
        // Without an encoder the words are all that there is.
        let spoken = if meanings.is_empty() { 1.0 } else { spoken };
        let counted = |(voice, weight): &(Voice, f32)| match voice {
            Voice::Words | Voice::Nearest(_) => weight * spoken,
            Voice::Meaning(_) => spoken.mul_add(weight - middle, middle),
        };
        self.weights.iter().map(counted).collect()
    }

    fn signs(&self, heard: &Heard, logs: &[f32]) -> Signs {
        let mut values = Vec::new();
        let said = || heard.said.iter().take(self.n_views);
        let top = |said: &Said| best(said.intents()).map_or(0.0, |(_, score)| score);
        values.extend(said().map(top));
        values.extend(said().filter_map(Said::nearest));
        let n_plain = values.len();
        values.extend(said().map(|said| said.none() - top(said)));
        values.extend([margin(logs), heard.known, heard.concepts]);
        Signs { values, n_plain }
    }

    /// Finds the lowest probability from which on answers are right often enough.
    fn sure_from(&self, inside: &[&HeldOut]) -> f32 {
        let mut answers: Vec<(f32, bool)> = inside
            .iter()
            .filter_map(|one| {
                let (at, p) = best(&self.judge(&one.heard).shares)?;
                Some((p, one.intent == Some(at)))
            })
            .collect();
        let lowest = lowest(&mut answers, SURE_PRECISION);
        lowest.unwrap_or(SURE_BOUNDS.1).clamp(SURE_BOUNDS.0, SURE_BOUNDS.1)
    }
}

/// Finds the lowest value from which on a share of the answers is good.
fn lowest(answers: &mut [(f32, bool)], share: f32) -> Option<f32> {
    answers.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut lowest = None;
    let (mut n_good, mut n_all) = (0.0_f32, 0.0_f32);
    for (value, good) in answers {
        n_all += 1.0;
        n_good += if *good { 1.0 } else { 0.0 };
        if n_good / n_all >= share {
            lowest = Some(*value);
        }
    }
    lowest
}

/// Gives how far the first lies before the second.
fn margin(logs: &[f32]) -> f32 {
    let Some((at, first)) = best(logs) else { return 0.0 };
    let others = logs.iter().enumerate().filter(|(other, _)| *other != at);
    let second = others.fold(f32::NEG_INFINITY, |second, (_, log)| second.max(*log));
    (first - second).min(MAX_MARGIN)
}
