//! The view on meaning: a logistic regression over one encoder's vectors, and the sentences of the
//! lesson, of which each intent's nearest speaks for it.

use serde::{Deserialize, Serialize};

use super::dense::Dense;
use super::logistic::{Logistic, Target};
use super::packed::{Packed, nearest};
use super::samples::Shown;
use super::scale;
use super::stage::Said;
use super::svm::Shows;

/// The trained view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meaning {
    /// The mean of the vectors, which says nothing and is taken off.
    center: Vec<f32>,
    /// What makes the mean length of the rest 1.
    scale: f32,
    logistic: Logistic,
    /// The sentences of the lesson, by the intent that they show.
    shown: Vec<Vec<Packed>>,
}

impl Meaning {
    /// Trains on the chosen samples.
    pub(crate) fn train(
        shown: &[Shown],
        vectors: &[Packed],
        chosen: &[usize],
        n_classes: usize,
    ) -> Self {
        let taught = chosen.iter().filter_map(|at| Some((shown.get(*at)?, vectors.get(*at)?)));
        // What the encoder's languages do not reach has no vector.
        let taught = taught.filter(|(_, vector)| vector.width() > 0);
        let taught: Vec<(usize, &Packed)> = taught
            .filter_map(|(one, vector)| match one.shows {
                Shows::Class(class) => Some((class, vector)),
                // Of what it is instead nothing is known; the view on words learns from it.
                Shows::Not(_) => None,
            })
            .collect();
        let width = taught.first().map_or(0, |(_, vector)| vector.width());
        let mut trained = Self { center: vec![0.0; width], ..Self::default() };
        trained.place(&taught);
        let mut inputs = Dense::zeros(0, width + 1);
        for (_, vector) in &taught {
            inputs.cells.extend(trained.input(vector));
        }
        let targets: Vec<Target> =
            taught.iter().map(|(class, _)| Target { class: *class, weight: 1.0 }).collect();
        trained.logistic = Logistic::train(&inputs, &targets, n_classes);
        trained.shown = vec![Vec::new(); n_classes.saturating_sub(1)];
        for (class, vector) in taught {
            if let Some(shown) = trained.shown.get_mut(class) {
                shown.push(vector.clone());
            }
        }
        trained
    }

    /// Tells whether the parts fit together.
    pub(crate) fn is_whole(&self, n_classes: usize) -> bool {
        let width = self.center.len();
        self.logistic.is_whole(width + 1, n_classes)
            && self.shown.len() + 1 == n_classes
            && self.shown.iter().flatten().all(|vector| vector.width() == width)
    }

    /// Scores a message by its vector.
    pub(crate) fn said(&self, vector: &Packed) -> Said {
        let input: Vec<f32> = self.input(vector).collect();
        let scores = self.logistic.score(&input);
        Said { scores, nearest: nearest(vector, &self.shown) }
    }

    fn place(&mut self, taught: &[(usize, &Packed)]) {
        let share = scale::recip(taught.len());
        for (_, vector) in taught {
            for (center, cell) in self.center.iter_mut().zip(vector.unpacked()) {
                *center += cell * share;
            }
        }
        let apart = |vector: &Packed| -> f32 {
            vector.unpacked().zip(&self.center).map(|(cell, center)| (cell - center).powi(2)).sum()
        };
        let square: f32 = taught.iter().map(|(_, vector)| apart(vector) * share).sum();
        self.scale = 1.0 / square.sqrt().max(1e-6);
    }

    /// Gives what the regression is given: the vector in its place, and a constant.
    fn input(&self, vector: &Packed) -> impl Iterator<Item = f32> {
        let placed = vector.unpacked().zip(&self.center);
        placed.map(|(cell, center)| (cell - center) * self.scale).chain([1.0])
    }
}
