//! Which intent a message shows, how surely, and whether it shows any.
//!
//! Lives here: features, training, calibration, the decision. Never here: entities, context.

pub(crate) mod calibrate;
mod concepts;
pub(crate) mod features;

mod rows;
mod speller;
mod svm;
mod vector;
mod vocabulary;

use bot_core::understanding::{Outcome, Ranked};
use serde::{Deserialize, Serialize};
use std::ops::Range;

use crate::gazetteer::Gazetteer;
use crate::lesson::Lesson;
use crate::text::Reading;
use calibrate::{Calibration, HeldOut};
use features::Bag;
use rows::Rows;
use speller::Speller;
pub(crate) use svm::Dice;
use svm::{Effort, Sample, Shows};
use vocabulary::Vocabulary;

/// Parts into which the sentences are cut, each held out once to calibrate on.
const N_FOLDS: usize = 3;
/// The price of a mistake in training.
const COST: f32 = 1.0;
/// Sweeps of training.
const MAX_SWEEPS: usize = 12;

/// The trained classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Classifier {
    intents: Vec<String>,
    speller: Speller,
    vocabulary: Vocabulary,
    rows: Rows,
    calibration: Calibration,
}

/// What the classifier says of a message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// Every intent with its probability, in the order of the lesson.
    pub(crate) shares: Vec<f32>,
    /// The probability that none is meant.
    pub(crate) none: f32,
    /// What to make of it.
    pub(crate) outcome: Outcome,
}

/// A sentence of the lesson, ready for training.
struct Shown {
    bag: Bag,
    shows: Shows,
    fold: usize,
}

impl Classifier {
    /// Trains on a lesson; the same lesson gives the same classifier.
    pub(crate) fn train(lesson: &Lesson, gazetteer: &Gazetteer) -> Self {
        let intents: Vec<String> = lesson.intents.iter().map(|i| i.name.clone()).collect();
        let speller = Speller::learn(lesson.texts());
        let shown = gather(lesson, gazetteer, &speller);
        let n_classes = intents.len() + 1;
        let calibration = Calibration::fit(&held_out(&shown, n_classes));
        let vocabulary = Vocabulary::learn(shown.iter().map(|one| &one.bag));
        let samples: Vec<Sample> = shown.iter().map(|one| one.sample(&vocabulary)).collect();
        let weights = svm::train(&samples, vocabulary.n_features(), n_classes, EFFORT);
        let rows = Rows::of(&weights, vocabulary.n_features(), n_classes);
        Self { intents, speller, vocabulary, rows, calibration }
    }

    /// Tells whether the parts fit together, as they do unless the bytes were damaged.
    pub(crate) fn is_whole(&self) -> bool {
        self.rows.is_whole(self.vocabulary.n_features(), self.intents.len() + 1)
    }

    /// Judges a message; words that name streets count as one word each street.
    pub(crate) fn judge(&self, reading: &Reading, streets: &[Range<usize>]) -> Verdict {
        let bag = bag_of(reading, streets, &self.speller);
        let scores = self.rows.scores(&self.vocabulary.vector(&bag));
        let known = self.vocabulary.known_share(&bag);
        let one = heard(&bag, scores, known, None);
        let (shares, none) = self.calibration.probabilities(&one);
        let best = calibrate::best(&shares).map_or(0.0, |(_, p)| p);
        let outcome = if none > self.calibration.refuse || bag.words.is_empty() {
            Outcome::OutOfScope
        } else if best >= self.calibration.sure {
            Outcome::Sure
        } else {
            Outcome::Unsure
        };
        Verdict { shares, none, outcome }
    }

    /// Names the likeliest intents, best first, at most `n_kept`.
    pub(crate) fn ranked(&self, verdict: &Verdict, n_kept: usize) -> Vec<Ranked> {
        let mut order: Vec<(usize, f32)> = verdict.shares.iter().copied().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        order.truncate(n_kept);
        let named = order.into_iter().filter_map(|(at, p)| {
            let intent = self.intents.get(at)?.clone();
            Some(Ranked { intent, p })
        });
        named.collect()
    }
}

const EFFORT: Effort = Effort { cost: COST, max_sweeps: MAX_SWEEPS };

/// Gathers the features of a message, streets masked and slips mended.
fn bag_of(reading: &Reading, streets: &[Range<usize>], speller: &Speller) -> Bag {
    let mut mended = reading.clone();
    speller::mend(speller, &mut mended, streets);
    let mut bag = Bag::of(&mended, streets);
    // How strange a message is shows in its words as they were typed.
    bag.words = features::word_hashes(reading, streets);
    bag
}

fn gather(lesson: &Lesson, gazetteer: &Gazetteer, speller: &Speller) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut add_all = |texts: &[String], shows: Shows| {
        let bag = |text: &str| {
            let reading = Reading::of(text);
            bag_of(&reading, &gazetteer.scan(&reading).street_words(), speller)
        };
        for (text, fold) in texts.iter().zip(folds(texts, N_FOLDS)) {
            shown.push(Shown { bag: bag(text), shows, fold });
        }
    };
    for (at, intent) in lesson.intents.iter().enumerate() {
        for (_, texts) in intent.examples.iter() {
            add_all(texts, Shows::Class(at));
        }
        for (_, texts) in intent.not.iter() {
            add_all(texts, Shows::Not(at));
        }
    }
    for (_, texts) in lesson.out_of_scope.iter() {
        add_all(texts, Shows::Class(lesson.intents.len()));
    }
    shown
}

/// Deals sentences into parts of one size, in an order that says nothing about them.
pub(crate) fn folds(texts: &[String], n_folds: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let n_bytes: usize = texts.iter().map(String::len).sum();
    Dice(u64::try_from(n_bytes).unwrap_or_default()).shuffle(&mut order);
    let mut folds = vec![0; texts.len()];
    for (place, at) in order.into_iter().enumerate() {
        if let Some(fold) = folds.get_mut(at) {
            *fold = place % n_folds;
        }
    }
    folds
}

impl Shown {
    fn sample(&self, vocabulary: &Vocabulary) -> Sample {
        Sample { vector: vocabulary.vector(&self.bag), shows: self.shows }
    }
}

/// Scores each part of the sentences by a classifier that has not seen it.
fn held_out(shown: &[Shown], n_classes: usize) -> Vec<HeldOut> {
    let mut heard_all = Vec::new();
    for fold in 0..N_FOLDS {
        let kept = || shown.iter().filter(|one| one.fold != fold);
        let vocabulary = Vocabulary::learn(kept().map(|one| &one.bag));
        let samples: Vec<Sample> = kept().map(|one| one.sample(&vocabulary)).collect();
        let weights = svm::train(&samples, vocabulary.n_features(), n_classes, EFFORT);
        for one in shown.iter().filter(|one| one.fold == fold) {
            let Shows::Class(class) = one.shows else {
                continue;
            };
            let mut scores = vec![0.0; n_classes];
            weights.scores(&vocabulary.vector(&one.bag), &mut scores);
            let known = vocabulary.known_share(&one.bag);
            let intent = (class + 1 < n_classes).then_some(class);
            heard_all.push(heard(&one.bag, scores, known, intent));
        }
    }
    heard_all
}

fn heard(bag: &Bag, scores: Vec<f32>, known: f32, intent: Option<usize>) -> HeldOut {
    let n_concepts = u16::try_from(bag.n_concepts).unwrap_or(u16::MAX);
    HeldOut { scores, known, concepts: f32::from(n_concepts).ln_1p(), intent }
}
