//! Pairs of sentences that are nearly the same and stand in different intents.
//!
//! Two sentences are as like as the runs of three letters they share (Jaccard). Only pairs that share
//! one of their rarer runs are compared: a pair as like as the floor must share one of those, so none
//! is missed, and thousands of sentences are done in a moment.

use bot_core::text::fold;
use std::collections::{BTreeMap, BTreeSet};

use crate::eval::measure::{exact, share};
use crate::eval::rows::Row;

/// How like two sentences must be, as a share of their runs of letters.
const FLOOR: f64 = 0.75;
/// Letters of a run.
const RUN: usize = 3;
/// Runs that a sentence must have; shorter ones are alike by chance.
const MIN_RUNS: usize = 8;

/// Lists like pairs of different labels, the likest first; the same sentence twice is not listed.
pub(super) fn pairs(rows: &[Row]) -> Vec<(f64, &Row, &Row)> {
    let all: Vec<(&Row, Vec<u32>)> = ranked_runs(rows);
    let mut met: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, (row, runs)) in all.iter().enumerate() {
        let mut near: BTreeSet<usize> = BTreeSet::new();
        for run in runs.iter().take(prefix(runs.len())) {
            let others = met.entry(*run).or_default();
            near.extend(others.iter());
            others.push(at);
        }
        for (other, other_runs) in near.into_iter().filter_map(|at| all.get(at)) {
            let likeness = likeness(runs, other_runs);
            let is_same = || fold(&row.text) == fold(&other.text);
            if row.label != other.label && likeness >= FLOOR && !is_same() {
                found.push((likeness, *other, *row));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found
}

/// Gives each sentence's runs of letters as numbers, the rarest run the smallest.
fn ranked_runs(rows: &[Row]) -> Vec<(&Row, Vec<u32>)> {
    let texts: Vec<(&Row, BTreeSet<String>)> = rows
        .iter()
        .map(|row| (row, runs_of(&row.text)))
        .filter(|(_, runs)| runs.len() >= MIN_RUNS)
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for run in texts.iter().flat_map(|(_, runs)| runs) {
        *counts.entry(run).or_default() += 1;
    }
    let mut order: Vec<(usize, &str)> = counts.into_iter().map(|(run, n)| (n, run)).collect();
    order.sort_unstable();
    let ranks: BTreeMap<&str, u32> = (0..).zip(order).map(|(rank, (_, run))| (run, rank)).collect();
    let numbered = texts.iter().map(|(row, runs)| {
        let mut numbers: Vec<u32> =
            runs.iter().filter_map(|run| ranks.get(run.as_str()).copied()).collect();
        numbers.sort_unstable();
        (*row, numbers)
    });
    numbered.collect()
}

fn runs_of(text: &str) -> BTreeSet<String> {
    let signs: Vec<char> = format!(" {} ", fold(text)).chars().collect();
    signs.windows(RUN).map(|run| run.iter().collect()).collect()
}

/// Counts the rarest runs of which a pair at the floor shares one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of the runs of a sentence is a small whole number"
)]
fn prefix(n_runs: usize) -> usize {
    n_runs + 1 - (exact(n_runs) * FLOOR).ceil() as usize
}

/// Gives what two sorted lists share, as a share of both together.
fn likeness(one: &[u32], other: &[u32]) -> f64 {
    let n_both = one.iter().filter(|run| other.binary_search(run).is_ok()).count();
    share(n_both, one.len() + other.len() - n_both)
}

/// Compares all with all, for the test of the quick way.
#[cfg(test)]
pub(super) fn all_pairs(rows: &[Row]) -> Vec<(f64, &Row, &Row)> {
    let all = ranked_runs(rows);
    let mut found = Vec::new();
    for (at, (row, runs)) in all.iter().enumerate() {
        for (other, other_runs) in all.iter().take(at) {
            let likeness = likeness(runs, other_runs);
            if likeness >= FLOOR && fold(&row.text) != fold(&other.text) {
                found.push((likeness, *other, *row));
            }
        }
    }
    found
}
