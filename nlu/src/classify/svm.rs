//! Trains one linear support vector machine for each class, all at once.
//!
//! Dual coordinate descent for the squared hinge loss (Hsieh et al. 2008, the method of
//! LIBLINEAR), turned inside out: each sample is scored against every class in one sweep over its
//! features, since the weights of all classes lie side by side.

use super::vector::{Matrix, Vector};

/// What a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shows {
    /// It is of this class, and of no other.
    Class(usize),
    /// It is not of this class; of which one is not said.
    Not(usize),
}

/// One sample.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) vector: Vector,
    pub(crate) shows: Shows,
}

/// How hard to train.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// The price of a mistake.
    pub(crate) cost: f32,
    /// Sweeps over all samples, at most.
    pub(crate) max_sweeps: usize,
}

/// Below this a sweep has changed nothing that matters.
const TOLERANCE: f32 = 0.05;
/// Below this a single sample needs no visit for a while.
const CALM: f32 = 0.02;
/// Sweeps that a calm sample is left out.
const CALM_SWEEPS: usize = 2;

/// Trains the weights of all classes.
pub(crate) fn train(
    samples: &[Sample],
    n_features: usize,
    n_classes: usize,
    effort: Effort,
) -> Matrix {
    let mut machine = Machine {
        weights: Matrix::zeros(n_features, n_classes),
        alphas: Matrix::zeros(samples.len(), n_classes),
        scores: vec![0.0; n_classes],
        steps: vec![0.0; n_classes],
        effort,
    };
    let norms: Vec<f32> = samples.iter().map(|s| s.vector.norm2()).collect();
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut rest = vec![0_usize; samples.len()];
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..effort.max_sweeps {
        dice.shuffle(&mut order);
        let mut largest = 0.0_f32;
        for &at in &order {
            let (Some(sample), Some(norm), Some(pause)) =
                (samples.get(at), norms.get(at), rest.get_mut(at))
            else {
                continue;
            };
            if *pause > 0 {
                *pause -= 1;
                continue;
            }
            let change = machine.visit(at, sample, *norm);
            largest = largest.max(change);
            if change < CALM {
                *pause = CALM_SWEEPS;
            }
        }
        if largest < TOLERANCE {
            break;
        }
    }
    machine.weights
}

struct Machine {
    weights: Matrix,
    alphas: Matrix,
    scores: Vec<f32>,
    steps: Vec<f32>,
    effort: Effort,
}

impl Machine {
    /// Moves the weights of every class for one sample; gives the largest violation seen.
    fn visit(&mut self, at: usize, sample: &Sample, norm: f32) -> f32 {
        self.weights.scores(&sample.vector, &mut self.scores);
        let slack = 0.5 / self.effort.cost;
        let scale = 1.0 / (norm + slack);
        let mut largest = 0.0_f32;
        let alphas = self.alphas.row_mut(at);
        let classes = self.steps.iter_mut().zip(&self.scores).zip(alphas).enumerate();
        for (class, ((step, score), alpha)) in classes {
            let sign = match sample.shows {
                Shows::Class(own) if own == class => 1.0,
                Shows::Class(_) => -1.0,
                Shows::Not(other) if other == class => -1.0,
                Shows::Not(_) => 0.0,
            };
            let gradient = sign * score - 1.0 + slack * *alpha;
            let moved = (*alpha - gradient * scale).max(0.0) - *alpha;
            let moved = if sign == 0.0 { 0.0 } else { moved };
            *alpha += moved;
            *step = moved * sign;
            largest = largest.max(moved.abs() / scale);
        }
        if largest > 0.0 {
            self.weights.add(&sample.vector, &self.steps);
        }
        largest
    }
}

/// A small generator of numbers in a fixed order, for shuffles that are the same every time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Gives the next number (splitmix64).
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Gives a number below `n`; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = u64::try_from(n.max(1)).unwrap_or(1);
        usize::try_from(self.next() % n).unwrap_or(0)
    }

    /// Shuffles a list.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(at + 1);
            list.swap(at, other);
        }
    }
}
