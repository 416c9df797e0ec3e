//! Latencies and what they come to.

use std::time::Duration;

/// Latencies of turns.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    sorted_ms: Vec<f64>,
}

impl Figures {
    /// Takes the latencies.
    #[must_use]
    pub fn new(latencies: &[Duration]) -> Self {
        let mut sorted_ms: Vec<f64> =
            latencies.iter().map(|latency| latency.as_secs_f64() * 1_000.0).collect();
        sorted_ms.sort_by(f64::total_cmp);
        Self { sorted_ms }
    }

    /// Tells how many there are.
    #[must_use]
    pub fn n(&self) -> usize {
        self.sorted_ms.len()
    }

    /// Gives the latency, in milliseconds, that so many of a thousand stay within.
    #[must_use]
    pub fn per_mille(&self, share: usize) -> f64 {
        let rank = (self.sorted_ms.len() * share).div_ceil(1_000);
        self.sorted_ms.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_ranks() {
        let figures = Figures::new(&(1..=200).rev().map(Duration::from_millis).collect::<Vec<_>>());
        assert_eq!(figures.n(), 200);
        for (share, ms) in [(500, 100.0), (950, 190.0), (990, 198.0), (1_000, 200.0)] {
            assert!((figures.per_mille(share) - ms).abs() < 1e-9, "{share}");
        }
        assert!(Figures::default().per_mille(990).abs() < 1e-9);
    }
}
