//! How much each view counts: weights under which held-out sentences are the likeliest.
//!
//! The views' logarithms of probabilities are summed, each times its weight (a product of experts,
//! Hinton 2002). The loss is convex in the weights, so Newton's steps find the one best point. The
//! sum of the weights is the sharpness of the whole: fitted weights are calibrated.

use super::scale;

/// Newton's steps at most.
const MAX_STEPS: usize = 20;
/// The most that a weight moves in one step.
const MAX_MOVE: f32 = 1.0;
/// A step below this changes nothing that matters.
const TOLERANCE: f32 = 1e-3;
/// How strongly weights are drawn to each other: few sentences prove little.
const TOGETHER: f32 = 0.01;
/// Keeps the equations solvable where two views always say the same.
const RIDGE: f32 = 1e-4;

/// What the views say of one held-out sentence: logarithms of probabilities, a row for each view.
pub(crate) struct Shown<'a> {
    pub(crate) logs: &'a [Vec<f32>],
    /// The intent that it shows.
    pub(crate) class: usize,
}

/// Finds the weights of the views.
pub(crate) fn fit(shown: &[Shown<'_>], n_views: usize) -> Vec<f32> {
    let mut weights = vec![1.0; n_views];
    for _ in 0..MAX_STEPS {
        let Some(mut system) = slope_and_bend(shown, &weights) else { break };
        let step = solve(&mut system);
        let mut largest = 0.0_f32;
        for (weight, step) in weights.iter_mut().zip(step) {
            let moved = (*weight - step.clamp(-MAX_MOVE, MAX_MOVE)).max(0.0);
            largest = largest.max((moved - *weight).abs());
            *weight = moved;
        }
        if largest < TOLERANCE {
            break;
        }
    }
    weights
}

/// Sums the views; the result is a logarithm of probabilities.
pub(crate) fn sum<'a>(
    logs: impl Iterator<Item = &'a Vec<f32>>,
    weights: impl Iterator<Item = f32>,
    n_classes: usize,
) -> Vec<f32> {
    let mut sum = vec![0.0_f32; n_classes];
    for (logs, weight) in logs.zip(weights) {
        for (sum, log) in sum.iter_mut().zip(logs) {
            *sum = weight.mul_add(*log, *sum);
        }
    }
    scale::log_softmax(&mut sum);
    sum
}

/// Gives the equations of one step: a row for each view, the bend of the loss and then its slope.
fn slope_and_bend(shown: &[Shown<'_>], weights: &[f32]) -> Option<Vec<Vec<f32>>> {
    let n_views = weights.len();
    let n_classes = shown.first()?.logs.first()?.len();
    let share = scale::recip(shown.len());
    let mut system = vec![vec![0.0_f32; n_views + 1]; n_views];
    for one in shown {
        let sums = sum(one.logs.iter(), weights.iter().copied(), n_classes);
        let shares: Vec<f32> = sums.iter().map(|log| log.exp()).collect();
        let mean = |logs: &[f32]| shares.iter().zip(logs).map(|(p, log)| p * log).sum::<f32>();
        let means: Vec<f32> = one.logs.iter().map(|logs| mean(logs)).collect();
        for ((row, logs), own) in system.iter_mut().zip(one.logs).zip(&means) {
            let right = logs.get(one.class).copied().unwrap_or_default();
            for ((cell, other), mean) in row.iter_mut().zip(one.logs).zip(&means) {
                let both = shares.iter().zip(logs).zip(other);
                let both: f32 = both.map(|((p, a), b)| p * a * b).sum();
                *cell += share * (both - own * mean);
            }
            if let Some(slope) = row.last_mut() {
                *slope += share * (own - right);
            }
        }
    }
    let middle = weights.iter().sum::<f32>() * scale::recip(n_views);
    for (at, (row, weight)) in system.iter_mut().zip(weights).enumerate() {
        if let Some(cell) = row.get_mut(at) {
            *cell += TOGETHER + RIDGE;
        }
        if let Some(slope) = row.last_mut() {
            *slope += TOGETHER * (weight - middle);
        }
    }
    Some(system)
}

/// Solves a small system of equations (elimination with the largest pivot first).
fn solve(system: &mut [Vec<f32>]) -> Vec<f32> {
    let n = system.len();
    for column in 0..n {
        let size = |row: &Vec<f32>| row.get(column).copied().unwrap_or_default().abs();
        let pivot = (column..n).max_by(|a, b| {
            let of = |at: &usize| system.get(*at).map_or(0.0, size);
            of(a).total_cmp(&of(b))
        });
        system.swap(column, pivot.unwrap_or(column));
        let Some(top) = system.get(column).cloned() else { break };
        let lead = top.get(column).copied().unwrap_or(1.0);
        for (at, row) in system.iter_mut().enumerate() {
            let Some(factor) = row.get(column).map(|cell| cell / lead) else { continue };
            if at != column {
                for (cell, above) in row.iter_mut().zip(&top) {
                    *cell -= factor * above;
                }
            }
        }
    }
    let solved = |(at, row): (usize, &Vec<f32>)| {
        let lead = row.get(at).copied().unwrap_or(1.0);
        row.last().copied().unwrap_or_default() / lead
    };
    system.iter().enumerate().map(solved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_that_knows_counts_more_than_one_that_guesses() {
        let logs = |right: f32| vec![right.ln(), (1.0 - right).ln()];
        let good: Vec<Vec<Vec<f32>>> = (0..100_u8)
            .map(|at| {
                vec![logs(if at < 90 { 0.8 } else { 0.2 }), logs(f32::from(at % 2) * 0.2 + 0.4)]
            })
            .collect();
        let shown: Vec<Shown<'_>> = good.iter().map(|logs| Shown { logs, class: 0 }).collect();
        let weights = fit(&shown, 2);
        assert!(weights[0] > 1.0 && weights[0] > weights[1], "{weights:?}");
        assert!(fit(&[], 2).iter().all(|weight| (weight - 1.0).abs() < 1e-6));
    }

    #[test]
    fn equations_are_solved() {
        let mut system = vec![vec![0.0, 2.0, 4.0], vec![1.0, 1.0, 5.0]];
        assert_eq!(solve(&mut system), [3.0, 2.0]);
    }
}
