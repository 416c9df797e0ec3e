//! Multinomial logistic regression on dense vectors.
//!
//! Minimises the mean of -ln p(class) plus a small price on the weights by the limited-memory
//! method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright, *Numerical Optimization*,
//! algorithms 7.4 and 7.5, steps halved until the loss falls enough).

use serde::{Deserialize, Serialize};

use super::dense::{Dense, LANES, multiply, multiply_turned, padded};
use super::scale;

/// The price of a mistake beside that of a weight, as LIBLINEAR counts it.
const COST: f32 = 10.0;
/// Steps at most.
const MAX_STEPS: usize = 60;
/// Steps whose shape is remembered.
const MEMORY: usize = 8;
/// Halvings of one step.
const MAX_HALVINGS: usize = 12;
/// The share of the promised fall that a step must bring.
const ENOUGH: f32 = 1e-4;
/// Below this a step has changed nothing that matters, as a share of the loss.
const TOLERANCE: f32 = 1e-5;

/// A sample's class and how much it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    /// Its class.
    pub(crate) class: usize,
    /// How much it counts; 0 leaves it out.
    pub(crate) weight: f32,
}

/// Trained weights: a row for each coordinate and one more for the constant, a column each class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Logistic {
    weights: Dense,
    n_classes: usize,
}

impl Logistic {
    /// Trains on samples, whose last coordinate should be a constant.
    pub(crate) fn train(samples: &Dense, targets: &[Target], n_classes: usize) -> Self {
        let mut problem = Problem::new(samples, targets, n_classes);
        let weights = problem.solve();
        Self { weights, n_classes }
    }

    /// Tells whether the parts fit together.
    pub(crate) fn is_whole(&self, n_inputs: usize, n_classes: usize) -> bool {
        let width = padded(n_classes);
        self.n_classes == n_classes
            && self.weights.width == width
            && n_inputs.checked_mul(width) == Some(self.weights.cells.len())
    }

    /// Scores one sample against every class.
    pub(crate) fn score(&self, sample: &[f32]) -> Vec<f32> {
        // Row by row as they lie: laying them out in columns pays for many samples only.
        let mut scores = vec![0.0; self.n_classes];
        for (number, weights) in
            sample.iter().zip(self.weights.cells.chunks_exact(self.weights.width.max(1)))
        {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += number * weight;
            }
        }
        scores
    }
}

struct Problem<'a> {
    samples: &'a Dense,
    targets: &'a [Target],
    n_classes: usize,
    price: f32,
    share: f32,
    scores: Dense,
}

/// One point: its weights, its loss and the loss's slope.
#[derive(Clone)]
struct Point {
    at: Dense,
    slope: Dense,
    loss: f32,
}

/// A remembered step: how the point and its slope moved.
struct Move {
    step: Vec<f32>,
    turn: Vec<f32>,
    rho: f32,
}

impl<'a> Problem<'a> {
    fn new(samples: &'a Dense, targets: &'a [Target], n_classes: usize) -> Self {
        let total: f32 = targets.iter().map(|target| target.weight).sum();
        let width = padded(n_classes).max(LANES);
        Self {
            samples,
            targets,
            n_classes,
            price: 1.0 / (COST * total.max(1.0)),
            share: 1.0 / total.max(1.0),
            scores: Dense::zeros(targets.len(), width),
        }
    }

    fn solve(&mut self) -> Dense {
        let zero = Dense::zeros(self.samples.width, self.scores.width);
        let mut here = self.look(zero);
        let mut moves: Vec<Move> = Vec::new();
        for _ in 0..MAX_STEPS {
            let downhill = direction(&here.slope.cells, &moves);
            let Some(next) = self.step(&here, &downhill) else { break };
            let fall = here.loss - next.loss;
            remember(&mut moves, &here, &next);
            here = next;
            if fall <= TOLERANCE * here.loss {
                break;
            }
        }
        here.at
    }

    /// Goes downhill as far as it pays; `None` where it does not pay at all.
    fn step(&mut self, here: &Point, downhill: &[f32]) -> Option<Point> {
        let promise = dot(&here.slope.cells, downhill);
        let mut reach = 1.0_f32;
        for _ in 0..MAX_HALVINGS {
            let cells = here.at.cells.iter().zip(downhill);
            let cells = cells.map(|(cell, step)| reach.mul_add(*step, *cell)).collect();
            let next = self.look(Dense { cells, width: here.at.width });
            if next.loss <= (ENOUGH * reach).mul_add(promise, here.loss) {
                return Some(next);
            }
            reach *= 0.5;
        }
        None
    }

    fn look(&mut self, at: Dense) -> Point {
        multiply(self.samples, &at, &mut self.scores);
        let mut loss = 0.0_f32;
        let rows = self.scores.cells.chunks_exact_mut(self.scores.width);
        for (row, target) in rows.zip(self.targets) {
            loss += errors(row, *target, self.n_classes) * self.share;
            for cell in row.iter_mut() {
                *cell *= self.share;
            }
        }
        let mut slope = Dense::zeros(at.cells.len() / at.width, at.width);
        multiply_turned(self.samples, &self.scores, &mut slope);
        for (slope, cell) in slope.cells.iter_mut().zip(&at.cells) {
            *slope = self.price.mul_add(*cell, *slope);
        }
        loss += 0.5 * self.price * dot(&at.cells, &at.cells);
        Point { at, slope, loss }
    }
}

/// Turns a row of scores into the errors of its probabilities; gives its loss.
fn errors(row: &mut [f32], target: Target, n_classes: usize) -> f32 {
    let Some((scores, rest)) = row.split_at_mut_checked(n_classes) else { return 0.0 };
    rest.fill(0.0);
    if target.weight == 0.0 {
        scores.fill(0.0);
        return 0.0;
    }
    scale::log_softmax(scores);
    let loss = -scores.get(target.class).copied().unwrap_or_default();
    for score in scores.iter_mut() {
        *score = score.exp() * target.weight;
    }
    if let Some(own) = scores.get_mut(target.class) {
        *own -= target.weight;
    }
    loss * target.weight
}

/// Gives the direction to go: the slope, turned by what the last steps tell of the curvature.
fn direction(slope: &[f32], moves: &[Move]) -> Vec<f32> {
    let mut way: Vec<f32> = slope.iter().map(|cell| -cell).collect();
    let mut shares = Vec::with_capacity(moves.len());
    for one in moves.iter().rev() {
        let share = one.rho * dot(&one.step, &way);
        add(&mut way, &one.turn, -share);
        shares.push(share);
    }
    let length = match moves.last() {
        Some(last) => 1.0 / (last.rho * dot(&last.turn, &last.turn)),
        // The first step has no past: one of length 1.
        None => 1.0 / dot(slope, slope).sqrt().max(f32::MIN_POSITIVE),
    };
    for cell in &mut way {
        *cell *= length;
    }
    for (one, share) in moves.iter().zip(shares.iter().rev()) {
        let back = one.rho * dot(&one.turn, &way);
        add(&mut way, &one.step, share - back);
    }
    way
}

fn remember(moves: &mut Vec<Move>, here: &Point, next: &Point) {
    let apart = |a: &Dense, b: &Dense| -> Vec<f32> {
        b.cells.iter().zip(&a.cells).map(|(b, a)| b - a).collect()
    };
    let (step, turn) = (apart(&here.at, &next.at), apart(&here.slope, &next.slope));
    let bend = dot(&step, &turn);
    // A bend that is not positive tells nothing.
    if bend > f32::EPSILON * dot(&turn, &turn) {
        moves.push(Move { step, turn, rho: 1.0 / bend });
        if moves.len() > MEMORY {
            moves.remove(0);
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Eight sums side by side, so that the processor can add them together.
    let mut sums = [0.0_f32; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (a, b) in left.by_ref().zip(right.by_ref()) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

fn add(to: &mut [f32], what: &[f32], share: f32) {
    for (cell, part) in to.iter_mut().zip(what) {
        *cell += share * part;
    }
}
