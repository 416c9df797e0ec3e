//! The view on words: a linear support vector machine over words, letters and concepts.

use serde::{Deserialize, Serialize};

use super::features::Bag;
use super::rows::Rows;
use super::samples::Shown;
use super::stage::Said;
use super::svm::{self, Effort, Sample};
use super::vocabulary::Vocabulary;

const EFFORT: Effort = Effort { cost: 1.0, max_sweeps: 12 };

/// The trained view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wording {
    vocabulary: Vocabulary,
    rows: Rows,
}

impl Wording {
    /// Trains on the chosen samples.
    pub(crate) fn train(shown: &[Shown], chosen: &[usize], n_classes: usize) -> Self {
        let kept = || chosen.iter().filter_map(|at| shown.get(*at));
        let vocabulary = Vocabulary::learn(kept().map(|one| &one.read.bag));
        let samples: Vec<Sample> = kept()
            .map(|one| Sample { vector: vocabulary.vector(&one.read.bag), shows: one.shows })
            .collect();
        let weights = svm::train(&samples, vocabulary.n_features(), n_classes, EFFORT);
        let rows = Rows::of(&weights, vocabulary.n_features(), n_classes);
        Self { vocabulary, rows }
    }

    /// Tells whether the parts fit together.
    pub(crate) fn is_whole(&self, n_classes: usize) -> bool {
        self.rows.is_whole(self.vocabulary.n_features(), n_classes)
    }

    /// Scores a message, and gives the share of its words that are known.
    pub(crate) fn said(&self, bag: &Bag) -> (Said, f32) {
        let scores = self.rows.scores(&self.vocabulary.vector(bag));
        (Said { scores, nearest: Vec::new() }, self.vocabulary.known_share(bag))
    }
}
