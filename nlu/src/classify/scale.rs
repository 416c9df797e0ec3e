//! Scores on one scale: logarithms of probabilities, distances from the mean.

use serde::{Deserialize, Serialize};

/// Makes scores into logarithms of probabilities.
pub(crate) fn log_softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - largest).exp()).sum();
    let shift = largest + sum.ln();
    for score in scores {
        *score -= shift;
    }
}

/// Gives one part in `count`.
#[expect(clippy::cast_precision_loss, reason = "counts of sentences are far below 2^24")]
pub(crate) fn recip(count: usize) -> f32 {
    1.0 / count.max(1) as f32
}

/// Where some values lie, and how far apart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    mean: f32,
    deviation: f32,
}

impl Default for Spread {
    fn default() -> Self {
        Self { mean: 0.0, deviation: 1.0 }
    }
}

impl Spread {
    /// Measures some values.
    pub(crate) fn of(values: &[f32]) -> Self {
        let share = recip(values.len());
        let mean = values.iter().sum::<f32>() * share;
        let square = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() * share;
        Self { mean, deviation: square.sqrt().max(1e-6) }
    }

    /// Gives how far apart the values lie.
    pub(crate) const fn deviation(self) -> f32 {
        self.deviation
    }

    /// Gives how many deviations above the mean a value lies.
    pub(crate) fn place(self, value: f32) -> f32 {
        (value - self.mean) / self.deviation
    }
}

/// Gives the value below which a share of sorted values lies.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a count of sentences is a small whole number"
)]
pub(crate) fn quantile(sorted: &[f32], share: f32) -> f32 {
    let at = (sorted.len() as f32 * share) as usize;
    let at = at.min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(0.5)
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
