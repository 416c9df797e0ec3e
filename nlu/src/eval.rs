//! How well the head does: by holding sentences of the lesson out, or on a test of one's own.
//!
//! Lives here: running the trials and the report. Never here: printing, files.

mod languages;
mod measure;
mod noise;
mod rows;

use bot_core::understanding::{MAX_RANKED, Outcome, Ranked};
use bot_core::{Bilingual, Language};
use serde::{Deserialize, Serialize};

use crate::classify::{Classifier, folds};
use crate::gazetteer::Gazetteer;
use crate::lesson::{IntentLesson, Lesson};
use crate::text::Reading;
pub use languages::{LanguageScore, languages};
pub use measure::{Bin, Confusion, Report, Scores};
pub use rows::{OUT_OF_SCOPE, Row, lesson_of, read_rows};

/// The fewest folds that hold anything out.
const MIN_FOLDS: usize = 2;

/// One sentence, what it means, and what the head said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The sentence.
    pub text: String,
    /// Its language, where it is known.
    pub lang: Option<Language>,
    /// The intent it shows; `None` where it is out of scope.
    pub meant: Option<String>,
    /// The likeliest intents, best first.
    pub said: Vec<Ranked>,
    /// The probability that no intent is meant.
    pub none: f32,
    /// What the head dared to say.
    pub outcome: Outcome,
}

/// How the held-out sentences are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Typing {
    /// As they are written in the lesson.
    Clean,
    /// With 8 % of their letters lost, doubled, swapped or mistyped.
    Hasty,
}

/// Holds each of `n_folds` parts of the lesson out once, and tells how well it is understood by a
/// head trained on the rest.
#[must_use]
pub fn cross_validate(lesson: &Lesson, n_folds: usize, typing: Typing) -> Report {
    Report::of(&cross_trials(lesson, n_folds, typing))
}

/// Gives the trials behind [`cross_validate`].
#[must_use]
pub fn cross_trials(lesson: &Lesson, n_folds: usize, typing: Typing) -> Vec<Trial> {
    let n_folds = n_folds.max(MIN_FOLDS);
    let mut trials = Vec::new();
    for fold in 0..n_folds {
        let kept = cut(lesson, |texts| part(texts, n_folds, fold, false));
        let test = cut(lesson, |texts| part(texts, n_folds, fold, true));
        let mut rows = rows::rows_of(&test);
        for row in rows.iter_mut().filter(|_| typing == Typing::Hasty) {
            row.text = noise::spoilt(&row.text);
        }
        trials.extend(try_all(&kept, &rows));
    }
    trials
}

/// Trains on one table of sentences and tests on another.
#[must_use]
pub fn train_and_test(train: &[Row], test: &[Row]) -> Report {
    Report::of(&try_all(&lesson_of(train), test))
}

/// Tests a lesson on a table of sentences.
#[must_use]
pub fn try_all(lesson: &Lesson, test: &[Row]) -> Vec<Trial> {
    let gazetteer = Gazetteer::new(lesson);
    let classifier = Classifier::train(lesson, &gazetteer);
    let trial = |row: &Row| {
        let reading = Reading::of(&row.text);
        let verdict = classifier.judge(&reading, &gazetteer.scan(&reading).street_words());
        Trial {
            text: row.text.clone(),
            lang: row.lang,
            meant: Some(row.label.clone()).filter(|label| label != OUT_OF_SCOPE),
            said: classifier.ranked(&verdict, MAX_RANKED),
            none: verdict.none,
            outcome: verdict.outcome,
        }
    };
    test.iter().map(trial).collect()
}

/// Takes one fold of some sentences, or all the others.
fn part(texts: &[String], n_folds: usize, fold: usize, held_out: bool) -> Vec<String> {
    let dealt = texts.iter().zip(folds(texts, n_folds));
    let wanted = dealt.filter(|(_, of)| (*of == fold) == held_out);
    wanted.map(|(text, _)| text.clone()).collect()
}

/// Takes a part of every list of sentences of a lesson.
fn cut(lesson: &Lesson, part: impl Fn(&[String]) -> Vec<String>) -> Lesson {
    let both =
        |texts: &Bilingual<Vec<String>>| Bilingual { fr: part(&texts.fr), en: part(&texts.en) };
    let intent =
        |intent: &IntentLesson| IntentLesson { examples: both(&intent.examples), ..intent.clone() };
    Lesson {
        intents: lesson.intents.iter().map(intent).collect(),
        out_of_scope: both(&lesson.out_of_scope),
        ..lesson.clone()
    }
}

#[cfg(test)]
mod tests;
