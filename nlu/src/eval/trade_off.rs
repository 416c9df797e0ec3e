//! What refusing more costs: the share of sentences in scope refused against the share of the
//! others caught, at every threshold.

use serde::{Deserialize, Serialize};

use super::Trial;
use super::measure::share;

/// The least distance between two dots of a line, as a share.
const STEP: f64 = 0.005;

/// A share of the sentences in scope refused, and the share of the others caught there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Dot {
    /// Sentences in scope refused, as a share.
    pub refused: f64,
    /// Sentences out of scope refused, as a share.
    pub caught: f64,
}

/// Every choice of the threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeOff {
    /// From refusing nothing to refusing everything.
    pub dots: Vec<Dot>,
    /// Where the head stands.
    pub chosen: Dot,
}

impl TradeOff {
    /// Measures some trials; `None` where one of the two sorts of sentences is missing.
    #[must_use]
    pub fn of(trials: &[Trial]) -> Option<Self> {
        let (inside, outside): (Vec<&Trial>, Vec<&Trial>) =
            trials.iter().partition(|trial| trial.meant.is_some());
        if inside.is_empty() || outside.is_empty() {
            return None;
        }
        let n_refused = |list: &[&Trial]| list.iter().filter(|trial| trial.is_refused()).count();
        let chosen = Dot {
            refused: share(n_refused(&inside), inside.len()),
            caught: share(n_refused(&outside), outside.len()),
        };
        Some(Self { dots: dots(trials, inside.len(), outside.len()), chosen })
    }
}

fn dots(trials: &[Trial], n_inside: usize, n_outside: usize) -> Vec<Dot> {
    let mut all: Vec<(f32, bool)> =
        trials.iter().map(|trial| (trial.none, trial.meant.is_some())).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut n_refused, mut n_caught) = (0, 0);
    let mut line = vec![Dot::default()];
    // Sentences of one probability are refused together: a threshold cannot part them.
    for tied in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let n_in_scope = tied.iter().filter(|(_, in_scope)| *in_scope).count();
        n_refused += n_in_scope;
        n_caught += tied.len() - n_in_scope;
        let dot = Dot { refused: share(n_refused, n_inside), caught: share(n_caught, n_outside) };
        let is_last = n_refused == n_inside && n_caught == n_outside;
        let far = line.last().is_none_or(|last| {
            dot.refused - last.refused >= STEP || dot.caught - last.caught >= STEP
        });
        if is_last || far {
            line.push(dot);
        }
    }
    line
}
