//! Whether a message is about nothing that the city serves.
//!
//! Signs are how high the best score of each view is and how near the nearest sentence of the
//! lesson, each as deviations from what sentences in scope show when they are held out (summed,
//! they tell known from unknown better than any probability: docs/performance.md). Where the lesson
//! has sentences out of scope, a small logistic regression learns what each sign is worth.

use serde::{Deserialize, Serialize};

use super::scale::{self, Spread};

/// Sweeps of the fit.
const SWEEPS: usize = 400;
/// How much of the last step's speed is kept.
const MOMENTUM: f32 = 0.9;
/// What the margin of "none of them" counts where nothing could be fitted.
const UNTAUGHT: f32 = 4.0;
/// The offset beside it.
const UNTAUGHT_OFFSET: f32 = -1.0;
/// How far apart, in steps of the logistic curve, sentences in scope lie where nothing was learnt
/// of others.
const BLIND: f32 = 3.0;
/// A price on the weights, so that signs that go together share.
const PRICE: f32 = 1e-3;

/// What was fitted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    spreads: Vec<Spread>,
    weights: Vec<f32>,
    offset: f32,
}

/// The signs of one sentence: the first `n_plain` of them fall where a message is strange.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Signs {
    pub(crate) values: Vec<f32>,
    pub(crate) n_plain: usize,
}

impl Refusal {
    /// Fits to held-out sentences in scope, and out of scope where there are enough of those; else
    /// so that such a share of those in scope is refused.
    pub(crate) fn fit(inside: &[Signs], outside: Option<&[Signs]>, refused: f32) -> Self {
        let n_signs = inside.first().map_or(0, |signs| signs.values.len());
        let n_plain = inside.first().map_or(0, |signs| signs.n_plain);
        let column = |at: usize| -> Vec<f32> {
            inside.iter().filter_map(|signs| signs.values.get(at)).copied().collect()
        };
        let spreads = (0..n_signs).map(|at| Spread::of(&column(at))).collect();
        let weights = (0..n_signs).map(|at| if at < n_plain { -1.0 } else { 0.0 }).collect();
        let mut fitted = Self { spreads, weights, offset: 0.0 };
        match outside {
            Some(outside) => fitted.learn(inside, outside),
            None => fitted.center(inside, refused),
        }
        fitted
    }

    /// Goes by the words' own class of "none of them": what stands where too few sentences could
    /// be held out. That class's sign comes right after the `n_plain` others.
    pub(crate) fn untaught(n_plain: usize) -> Self {
        let mut weights = vec![0.0; n_plain];
        weights.push(UNTAUGHT);
        Self { spreads: vec![Spread::default(); n_plain + 1], weights, offset: UNTAUGHT_OFFSET }
    }

    /// Gives the probability that nothing is meant.
    pub(crate) fn none(&self, signs: &Signs) -> f32 {
        sigmoid(self.sum(&self.placed(signs)))
    }

    fn placed(&self, signs: &Signs) -> Vec<f32> {
        signs.values.iter().zip(&self.spreads).map(|(sign, spread)| spread.place(*sign)).collect()
    }

    fn sum(&self, placed: &[f32]) -> f32 {
        let sum: f32 = placed.iter().zip(&self.weights).map(|(sign, weight)| sign * weight).sum();
        sum + self.offset
    }

    /// Without sentences out of scope nothing can be learnt: the strangest few in scope are taken
    /// for the border. Few signs and many are put on one scale, since one message is judged by the
    /// first views and the next message by all.
    fn center(&mut self, inside: &[Signs], refused: f32) {
        let sums = |own: &Self| -> Vec<f32> {
            inside.iter().map(|signs| own.sum(&own.placed(signs))).collect()
        };
        let spread = Spread::of(&sums(self));
        for weight in &mut self.weights {
            *weight *= BLIND / spread.deviation();
        }
        let mut sums = sums(self);
        sums.sort_by(f32::total_cmp);
        self.offset = -scale::quantile(&sums, 1.0 - refused);
    }

    /// Fits a logistic regression by steps along the slope: few signs, so it settles quickly.
    fn learn(&mut self, inside: &[Signs], outside: &[Signs]) {
        let rows: Vec<(Vec<f32>, f32)> = inside
            .iter()
            .map(|signs| (self.placed(signs), 0.0))
            .chain(outside.iter().map(|signs| (self.placed(signs), 1.0)))
            .collect();
        let share = scale::recip(rows.len());
        self.weights.fill(0.0);
        let mut speeds = vec![0.0_f32; self.weights.len()];
        let mut offset_speed = 0.0_f32;
        for _ in 0..SWEEPS {
            let mut slopes: Vec<f32> = self.weights.iter().map(|weight| weight * PRICE).collect();
            let mut offset_slope = 0.0_f32;
            for (placed, truth) in &rows {
                let error = (sigmoid(self.sum(placed)) - truth) * share;
                for (slope, sign) in slopes.iter_mut().zip(placed) {
                    *slope += error * sign;
                }
                offset_slope += error;
            }
            for ((weight, speed), slope) in self.weights.iter_mut().zip(&mut speeds).zip(slopes) {
                *speed = MOMENTUM.mul_add(*speed, -slope);
                *weight += *speed;
            }
            offset_speed = MOMENTUM.mul_add(offset_speed, -offset_slope);
            self.offset += offset_speed;
        }
    }
}

fn sigmoid(value: f32) -> f32 {
    1.0 / (1.0 + (-value).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(values: [f32; 2]) -> Signs {
        Signs { values: values.to_vec(), n_plain: 1 }
    }

    #[test]
    fn what_scores_low_is_refused() {
        let inside: Vec<Signs> =
            (0..100_u8).map(|at| signs([f32::from(at % 10) + 5.0, f32::from(at % 3)])).collect();
        let blind = Refusal::fit(&inside, None, 0.05);
        assert!(blind.none(&signs([0.0, 0.0])) > 0.5 && blind.none(&signs([9.0, 0.0])) < 0.5);
        let outside: Vec<Signs> = (0..40_u8).map(|at| signs([f32::from(at % 10), 2.0])).collect();
        let taught = Refusal::fit(&inside, Some(&outside), 0.05);
        assert!(taught.none(&signs([0.0, 2.0])) > 0.8 && taught.none(&signs([14.0, 0.0])) < 0.2);
    }
}
