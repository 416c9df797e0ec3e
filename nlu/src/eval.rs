//! How well the head does: by holding sentences of the lesson out, or on a test of one's own.
//!
//! Lives here: running the trials and the report. Never here: printing, files.

mod confusions;
mod curve;
mod entities;
mod faults;
mod intents;
mod languages;
mod measure;
mod noise;
mod rows;
mod trade_off;

use bot_core::understanding::{MAX_RANKED, Outcome, Ranked};
use bot_core::{Bilingual, Language};
use serde::{Deserialize, Serialize};

use crate::classify::folds;
use crate::error::NluError;
use crate::first_head::FirstHead;
use crate::lesson::{IntentLesson, Lesson};
use crate::parallel;
use crate::trainer::Trainer;
pub use confusions::{Confusion, confused, refused, taken};
pub use curve::{CurvePlan, CurvePoint, curve};
pub use entities::{
    EntityReport, EntityRow, EntityScores, EntityTable, EntityTrial, Figure, Fit, Mark, Scene,
    Truth, try_entities,
};
pub use faults::{LessonFault, Placed, held_out_faults, plain_faults};
pub use intents::IntentScore;
pub use languages::{LanguageScore, languages};
pub use measure::{Bin, Report, Scores};
pub use rows::{OUT_OF_SCOPE, Row, lesson_of, read_rows, read_strays, spoil};
pub use trade_off::{Dot, TradeOff};

/// The fewest folds that hold anything out.
const MIN_FOLDS: usize = 2;

/// One sentence, what it means, and what the head said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The sentence.
    pub text: String,
    /// Its language, where it is known.
    pub lang: Option<Language>,
    /// Who speaks and how, where the table says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// The intent it shows; `None` where it is out of scope.
    pub meant: Option<String>,
    /// The likeliest intents, best first.
    pub said: Vec<Ranked>,
    /// The probability that no intent is meant.
    pub none: f32,
    /// What the head dared to say.
    pub outcome: Outcome,
    /// How many views were asked: 1 is the words alone.
    #[serde(default)]
    pub n_views: usize,
}

impl Trial {
    /// Gives the intent that was ranked first.
    #[must_use]
    pub fn first(&self) -> Option<&str> {
        self.said.first().map(|ranked| ranked.intent.as_str())
    }

    /// Tells whether an intent is meant, and it was ranked first.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.meant.is_some() && self.meant.as_deref() == self.first()
    }

    /// Tells whether it was taken for out of scope.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.outcome == Outcome::OutOfScope
    }
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
///
/// # Errors
/// [`NluError::Encode`] where an encoder fails.
pub fn cross_validate(
    trainer: &Trainer,
    lesson: &Lesson,
    n_folds: usize,
    typing: Typing,
) -> Result<Report, NluError> {
    Ok(Report::of(&cross_trials(trainer, lesson, n_folds, typing)?))
}

/// Gives the trials behind [`cross_validate`].
///
/// # Errors
/// [`NluError::Encode`] where an encoder fails.
pub fn cross_trials(
    trainer: &Trainer,
    lesson: &Lesson,
    n_folds: usize,
    typing: Typing,
) -> Result<Vec<Trial>, NluError> {
    let n_folds = n_folds.max(MIN_FOLDS);
    let mut trials = Vec::new();
    for fold in 0..n_folds {
        let kept = cut(lesson, |texts| part(texts, n_folds, fold, false));
        let test = cut(lesson, |texts| part(texts, n_folds, fold, true));
        let mut rows = rows::rows_of(&test);
        if typing == Typing::Hasty {
            spoil(&mut rows);
        }
        trials.extend(try_all(trainer, &kept, &rows)?);
    }
    Ok(trials)
}

/// Trains on one table of sentences and tests on another.
///
/// # Errors
/// [`NluError::Encode`] where an encoder fails.
pub fn train_and_test(trainer: &Trainer, train: &[Row], test: &[Row]) -> Result<Report, NluError> {
    Ok(Report::of(&try_all(trainer, &lesson_of(train), test)?))
}

/// Tests a lesson on a table of sentences.
///
/// # Errors
/// [`NluError::Encode`] where an encoder fails.
pub fn try_all(trainer: &Trainer, lesson: &Lesson, test: &[Row]) -> Result<Vec<Trial>, NluError> {
    let head = trainer.train(lesson, &|_, _| {})?;
    Ok(try_head(&head, test))
}

/// Tries a trained head on a table of sentences, on all processors.
#[must_use]
pub fn try_head(head: &FirstHead, test: &[Row]) -> Vec<Trial> {
    let given = parallel::map(test.len(), |at| test.get(at).map(|row| trial(head, row)));
    given.into_iter().flatten().collect()
}

fn trial(head: &FirstHead, row: &Row) -> Trial {
    let verdict = head.judge(&row.text);
    Trial {
        text: row.text.clone(),
        lang: row.lang,
        voice: row.voice.clone(),
        meant: Some(row.label.clone()).filter(|label| label != OUT_OF_SCOPE),
        said: head.ranked(&verdict, MAX_RANKED),
        none: verdict.none,
        outcome: verdict.outcome,
        n_views: verdict.n_views,
    }
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
