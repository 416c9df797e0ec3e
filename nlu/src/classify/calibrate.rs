//! Makes scores into probabilities, and probabilities into a decision, from held-out sentences.

use serde::{Deserialize, Serialize};

/// In-scope sentences that may be refused, as a share.
const FALSE_REFUSALS: f32 = 0.05;
/// How often a sure answer must be right.
const SURE_PRECISION: f32 = 0.95;
/// The bounds of the threshold of a sure answer, whatever the held-out sentences say.
const SURE_BOUNDS: (f32, f32) = (0.30, 0.90);
/// Sharpness tried for the softmax, lowest and highest.
const SHARPNESS: (f32, f32) = (0.5, 12.0);
/// Steps of the search for the sharpness.
const SHARPNESS_STEPS: usize = 24;
/// Sweeps of the fit of the refusal.
const REFUSAL_SWEEPS: usize = 400;
/// Held-out sentences that a fit needs; with fewer the defaults stand.
const MIN_HELD_OUT: usize = 20;

/// A held-out sentence and how it was scored.
#[derive(Debug, Clone)]
pub(crate) struct HeldOut {
    /// The scores of the intents; the last is that of "none of them".
    pub(crate) scores: Vec<f32>,
    /// The share of its words that are known.
    pub(crate) known: f32,
    /// How much it is about, as a logarithm of its number of concepts.
    pub(crate) concepts: f32,
    /// The intent; `None` where nothing here can serve it.
    pub(crate) intent: Option<usize>,
}

/// What refusal is judged by.
const N_SIGNS: usize = 5;

/// What was fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Calibration {
    sharpness: f32,
    refusal: [f32; N_SIGNS],
    offset: f32,
    /// Above this probability of "none of them", a message is out of scope.
    pub(crate) refuse: f32,
    /// From this probability on, the first intent is sure.
    pub(crate) sure: f32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            sharpness: 3.0,
            refusal: [-4.0, 4.0, 0.0, 0.0, 0.0],
            offset: -1.0,
            refuse: 0.5,
            sure: 0.5,
        }
    }
}

impl Calibration {
    /// Fits everything to held-out sentences.
    pub(crate) fn fit(held_out: &[HeldOut]) -> Self {
        let mut fitted = Self::default();
        let known: Vec<&HeldOut> = held_out.iter().filter(|one| one.intent.is_some()).collect();
        if known.len() < MIN_HELD_OUT {
            return fitted;
        }
        fitted.sharpness = sharpest(&known);
        let n_none = held_out.len() - known.len();
        if n_none >= MIN_HELD_OUT {
            fitted.fit_refusal(held_out);
        }
        let mut refusals: Vec<f32> = known.iter().map(|one| fitted.none(one)).collect();
        refusals.sort_by(f32::total_cmp);
        fitted.refuse = quantile(&refusals, 1.0 - FALSE_REFUSALS);
        fitted.sure = fitted.sure_from(&known);
        fitted
    }

    /// Gives the probability of each intent, and that of none of them.
    pub(crate) fn probabilities(&self, one: &HeldOut) -> (Vec<f32>, f32) {
        let none = self.none(one);
        let mut shares = softmax(intents(&one.scores), self.sharpness);
        for share in &mut shares {
            *share *= 1.0 - none;
        }
        (shares, none)
    }

    fn none(&self, one: &HeldOut) -> f32 {
        let signs = signs(one);
        let sum: f32 = signs.iter().zip(&self.refusal).map(|(sign, weight)| sign * weight).sum();
        sigmoid(sum + self.offset)
    }

    /// Fits a logistic regression by steps along the gradient: few signs, so it settles quickly.
    fn fit_refusal(&mut self, held_out: &[HeldOut]) {
        let rows: Vec<([f32; N_SIGNS], f32)> = held_out
            .iter()
            .map(|one| (signs(one), if one.intent.is_none() { 1.0 } else { 0.0 }))
            .collect();
        let share = 1.0 / f32::from(u16::try_from(rows.len()).unwrap_or(u16::MAX));
        let mut weights = [0.0_f32; N_SIGNS];
        let mut offset = 0.0_f32;
        let mut speeds = ([0.0_f32; N_SIGNS], 0.0_f32);
        for _ in 0..REFUSAL_SWEEPS {
            let mut slope = ([0.0_f32; N_SIGNS], 0.0_f32);
            for (signs, truth) in &rows {
                let sum: f32 = signs.iter().zip(&weights).map(|(sign, weight)| sign * weight).sum();
                let error = (sigmoid(sum + offset) - truth) * share;
                for (part, sign) in slope.0.iter_mut().zip(signs) {
                    *part += error * sign;
                }
                slope.1 += error;
            }
            let step = |speed: &mut f32, slope: f32| {
                *speed = 0.9_f32.mul_add(*speed, -slope);
                *speed
            };
            for ((weight, speed), slope) in weights.iter_mut().zip(&mut speeds.0).zip(slope.0) {
                *weight += step(speed, slope);
            }
            offset += step(&mut speeds.1, slope.1);
        }
        self.refusal = weights;
        self.offset = offset;
    }

    /// Finds the lowest probability from which on answers are right often enough.
    fn sure_from(&self, known: &[&HeldOut]) -> f32 {
        let mut answers: Vec<(f32, bool)> = known
            .iter()
            .filter_map(|one| {
                let (shares, _) = self.probabilities(one);
                let (at, p) = best(&shares)?;
                Some((p, one.intent == Some(at)))
            })
            .collect();
        answers.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut lowest = SURE_BOUNDS.1;
        let (mut n_right, mut n_all) = (0.0_f32, 0.0_f32);
        for (p, right) in answers {
            n_all += 1.0;
            n_right += if right { 1.0 } else { 0.0 };
            if n_right / n_all >= SURE_PRECISION {
                lowest = p;
            }
        }
        lowest.clamp(SURE_BOUNDS.0, SURE_BOUNDS.1)
    }
}

/// Gives the scores of the intents, without that of "none of them".
fn intents(scores: &[f32]) -> &[f32] {
    scores.split_last().map_or(&[], |(_, rest)| rest)
}

/// Gives what refusal is judged by: the best scores, and how strange the words are.
fn signs(one: &HeldOut) -> [f32; N_SIGNS] {
    let (mut first, mut second) = (f32::MIN, f32::MIN);
    for score in intents(&one.scores) {
        if *score > first {
            second = first;
            first = *score;
        } else {
            second = second.max(*score);
        }
    }
    let none = one.scores.last().copied().unwrap_or_default();
    let known = |value: f32| value.clamp(-3.0, 3.0);
    [known(first), known(none), known(first - second), one.known, one.concepts]
}

/// Finds the sharpness under which the right intents are the likeliest.
fn sharpest(known: &[&HeldOut]) -> f32 {
    let loss = |sharpness: f32| -> f32 {
        let logs = known.iter().filter_map(|one| {
            let shares = softmax(intents(&one.scores), sharpness);
            let share = shares.get(one.intent?)?;
            Some(-share.max(1e-6).ln())
        });
        logs.sum()
    };
    // The loss has one valley, so thirds may be cut off from either side.
    let (mut low, mut high) = SHARPNESS;
    for _ in 0..SHARPNESS_STEPS {
        let third = (high - low) / 3.0;
        if loss(low + third) < loss(high - third) {
            high -= third;
        } else {
            low += third;
        }
    }
    f32::midpoint(low, high)
}

/// Makes scores into shares that sum to 1.
pub(crate) fn softmax(scores: &[f32], sharpness: f32) -> Vec<f32> {
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    let mut shares: Vec<f32> =
        scores.iter().map(|score| ((score - largest) * sharpness).exp()).collect();
    let sum: f32 = shares.iter().sum();
    for share in &mut shares {
        *share /= sum;
    }
    shares
}

/// Finds the largest of some values; the first where several are.
pub(crate) fn best(values: &[f32]) -> Option<(usize, f32)> {
    let first = values.first()?;
    let largest = values
        .iter()
        .enumerate()
        .fold((0, *first), |best, (at, value)| if *value > best.1 { (at, *value) } else { best });
    Some(largest)
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

/// Gives the value below which a share of sorted values lies.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a count of sentences is a small whole number"
)]
fn quantile(sorted: &[f32], share: f32) -> f32 {
    let at = (sorted.len() as f32 * share) as usize;
    let at = at.min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(0.5)
}
