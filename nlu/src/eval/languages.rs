//! How well the language of held-out sentences is told, by their length.

use serde::{Deserialize, Serialize};

use super::{MIN_FOLDS, cut, part, rows};
use crate::gazetteer::Gazetteer;
use crate::language::LanguageModel;
use crate::lesson::Lesson;
use crate::text::Reading;

/// Lengths told apart, in words: from, and up to.
const LENGTHS: [(usize, usize); 6] = [(1, 1), (2, 2), (3, 3), (4, 6), (7, 12), (13, usize::MAX)];

/// How the sentences of one length fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageScore {
    /// The fewest words.
    pub from_words: usize,
    /// The most words.
    pub to_words: usize,
    /// Sentences.
    pub n: usize,
    /// Told rightly.
    pub right: usize,
    /// Not told.
    pub silent: usize,
    /// Told wrongly.
    pub wrong: usize,
    /// The sentences told wrongly.
    pub mistakes: Vec<String>,
}

/// Holds each of `n_folds` parts of the lesson out once, and tells how well its language is told.
#[must_use]
pub fn languages(lesson: &Lesson, n_folds: usize) -> Vec<LanguageScore> {
    let n_folds = n_folds.max(MIN_FOLDS);
    let mut scores: Vec<LanguageScore> = LENGTHS.iter().map(|length| empty(*length)).collect();
    for fold in 0..n_folds {
        let kept = cut(lesson, |texts| part(texts, n_folds, fold, false));
        let test = cut(lesson, |texts| part(texts, n_folds, fold, true));
        let gazetteer = Gazetteer::new(&kept);
        let model = LanguageModel::train(&kept, &gazetteer);
        for row in rows::rows_of(&test) {
            let reading = Reading::of(&row.text);
            let guess = model.guess(&reading, &gazetteer.scan(&reading).named_words());
            let n_words = reading.words.len();
            let holds =
                |score: &&mut LanguageScore| (score.from_words..=score.to_words).contains(&n_words);
            let Some(score) = scores.iter_mut().find(holds) else {
                continue;
            };
            score.n += 1;
            match guess.map(|guess| Some(guess.lang) == row.lang) {
                Some(true) => score.right += 1,
                Some(false) => {
                    score.wrong += 1;
                    score.mistakes.push(row.text);
                }
                None => score.silent += 1,
            }
        }
    }
    scores
}

const fn empty((from_words, to_words): (usize, usize)) -> LanguageScore {
    LanguageScore {
        from_words,
        to_words,
        n: 0,
        right: 0,
        silent: 0,
        wrong: 0,
        mistakes: Vec::new(),
    }
}
