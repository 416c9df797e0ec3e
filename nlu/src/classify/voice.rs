//! The voices whose logarithms of probabilities are summed: each view's scores, and beside those of an
//! encoder how alike the nearest sentence of each intent is. Few sentences teach a regression little,
//! and what they are like is then the better half of what is known.

use serde::{Deserialize, Serialize};

use super::scale;
use super::stage::{Heard, Said};

/// The sharpness of the word view's scores, which are margins.
const WORDS_SHARPNESS: f32 = 3.0;
/// The sharpness of how alike the nearest sentences are, which are cosines.
const NEAREST_SHARPNESS: f32 = 40.0;
/// What stands where no sentence shows an intent.
const UNSHOWN: f32 = -1.0;

/// One voice in the sum of a stage: what speaks for the intents.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Voice {
    /// The scores of the view on words.
    Words,
    /// The scores of the view at this place.
    Meaning(usize),
    /// How alike the nearest sentences are, as the view at this place sees them.
    Nearest(usize),
}

impl Voice {
    /// Lists the voices of the first few views.
    pub(crate) fn of(n_views: usize) -> Vec<Self> {
        let further = (1..n_views).flat_map(|at| [Self::Meaning(at), Self::Nearest(at)]);
        std::iter::once(Self::Words).chain(further).collect()
    }

    /// Gives the logarithms of the probabilities that it gives the intents; none where its view
    /// said nothing.
    pub(crate) fn logs(self, heard: &Heard) -> Vec<f32> {
        let of = |at: usize| heard.said.get(at);
        let (scores, sharpness) = match self {
            Self::Words => (of(0).map_or(&[][..], Said::intents), WORDS_SHARPNESS),
            Self::Meaning(at) => (of(at).map_or(&[][..], Said::intents), 1.0),
            Self::Nearest(at) => (of(at).map_or(&[][..], |said| &said.nearest), NEAREST_SHARPNESS),
        };
        // An intent that no sentence shows is as far as the furthest of the others.
        let shown = scores.iter().copied().filter(|score| *score > UNSHOWN);
        let furthest = shown.reduce(f32::min).unwrap_or(UNSHOWN);
        let least = if matches!(self, Self::Nearest(_)) { furthest } else { f32::NEG_INFINITY };
        let mut logs: Vec<f32> = scores.iter().map(|score| score.max(least) * sharpness).collect();
        scale::log_softmax(&mut logs);
        logs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_that_nothing_shows_is_as_far_as_the_furthest() {
        let said = Said { scores: vec![0.0; 4], nearest: vec![0.9, UNSHOWN, 0.7] };
        let heard = Heard { said: vec![Said::default(), said], ..Heard::default() };
        let logs = Voice::Nearest(1).logs(&heard);
        assert!(logs[0] > logs[1] && (logs[1] - logs[2]).abs() < 1e-6, "{logs:?}");
        assert!((logs.iter().map(|log| log.exp()).sum::<f32>() - 1.0).abs() < 1e-5);
        assert_eq!(Voice::of(3).len(), 5);
        assert!(Voice::Nearest(7).logs(&heard).is_empty());
    }
}
