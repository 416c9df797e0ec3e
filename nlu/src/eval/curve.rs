//! The learning curve: what fewer sentences would have taught.
//!
//! Lives here: drawing smaller lessons, and the means of what is measured on them. How a lesson is
//! tried is the caller's.

use bot_core::{Bilingual, Language};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::measure::{exact, mean};
use super::rows::rows_of;
use super::{Report, Row, Scores, Trial, cut, part};
use crate::classify::Dice;
use crate::lesson::Lesson;

/// Where no test is given, one of so many parts of the sentences is held out of each draw.
const N_PARTS: usize = 5;

/// What a curve is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct CurvePlan<'a> {
    /// All there is to learn.
    pub lesson: &'a Lesson,
    /// What is tried; `None` holds a fifth of the lesson out.
    pub test: Option<&'a [Row]>,
    /// Sentences for each intent and language, smallest first.
    pub sizes: &'a [usize],
    /// Draws of each size.
    pub n_draws: usize,
}

/// How well lessons of one size are understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Sentences for each intent and language at most; `None` where all were taken.
    pub each: Option<usize>,
    /// Sentences that were learnt, on average, out-of-scope ones too.
    pub n_learnt: f64,
    /// Draws behind the figures.
    pub n_draws: usize,
    /// The mean figures of all sentences.
    pub all: Scores,
    /// The same by language code.
    pub by_language: BTreeMap<String, Scores>,
}

impl CurvePlan<'_> {
    /// Counts the lessons that will be tried.
    #[must_use]
    pub fn n_trials(&self) -> usize {
        self.steps().iter().map(|each| self.n_draws_of(*each)).sum()
    }

    /// Gives the sizes that leave something out, and then the whole.
    fn steps(&self) -> Vec<Option<usize>> {
        let examples = self.lesson.intents.iter().flat_map(|intent| intent.examples.iter());
        let n_most = examples.map(|(_, texts)| texts.len()).max().unwrap_or_default();
        let smaller = self.sizes.iter().copied().filter(|size| *size < n_most);
        smaller.map(Some).chain([None]).collect()
    }

    /// All of the sentences can be drawn in one way only, unless some are held out.
    const fn n_draws_of(&self, each: Option<usize>) -> usize {
        match (each, self.test) {
            (None, Some(_)) => 1,
            (Some(_), _) | (None, None) => {
                if self.n_draws == 0 {
                    1
                } else {
                    self.n_draws
                }
            }
        }
    }
}

/// Draws lessons of every size, has each tried, and gives the means.
///
/// The same plan draws the same lessons; a larger lesson of a draw holds the smaller ones.
///
/// # Errors
/// The first error of a trial.
pub fn curve<E>(
    plan: &CurvePlan<'_>,
    mut attempt: impl FnMut(&Lesson, &[Row]) -> Result<Vec<Trial>, E>,
) -> Result<Vec<CurvePoint>, E> {
    let mut points = Vec::new();
    for each in plan.steps() {
        let mut reports = Vec::new();
        let mut n_learnt = 0;
        for turn in 0..plan.n_draws_of(each) {
            let (lesson, test) = draw(plan, each, turn);
            n_learnt += rows_of(&lesson).len();
            reports.push(Report::of(&attempt(&lesson, plan.test.unwrap_or(&test))?));
        }
        points.push(point(each, n_learnt, &reports));
    }
    Ok(points)
}

/// Gives the means of the draws of one size.
fn point(each: Option<usize>, n_learnt: usize, reports: &[Report]) -> CurvePoint {
    let by_language = Language::ALL.iter().filter_map(|lang| {
        let scores = reports.iter().filter_map(|report| report.by_language.get(lang.code()));
        Some((lang.code().to_owned(), mean_of(scores)?))
    });
    CurvePoint {
        each,
        n_learnt: mean(exact(n_learnt), reports.len()),
        n_draws: reports.len(),
        by_language: by_language.collect(),
        all: mean_of(reports.iter().map(|report| &report.all)).unwrap_or_default(),
    }
}

/// Draws one smaller lesson, and what was held out of it.
fn draw(plan: &CurvePlan<'_>, each: Option<usize>, turn: usize) -> (Lesson, Vec<Row>) {
    let fold = turn % N_PARTS;
    let (pool, test) = match plan.test {
        Some(_) => (plan.lesson.clone(), Vec::new()),
        None => (
            cut(plan.lesson, |texts| part(texts, N_PARTS, fold, false)),
            rows_of(&cut(plan.lesson, |texts| part(texts, N_PARTS, fold, true))),
        ),
    };
    let Some(each) = each else {
        return (pool, test);
    };
    let mut drawn = cut(&pool, |texts| some(texts, each, turn));
    // As many of the sentences that nothing serves, as a share, as of the others.
    let (n_drawn, n_pool) = (n_examples(&drawn), n_examples(&pool));
    let fewer =
        |texts: &[String]| some(texts, (texts.len() * n_drawn).div_ceil(n_pool.max(1)), turn);
    drawn.out_of_scope =
        Bilingual { fr: fewer(&pool.out_of_scope.fr), en: fewer(&pool.out_of_scope.en) };
    (drawn, test)
}

fn n_examples(lesson: &Lesson) -> usize {
    let lists = lesson.intents.iter().flat_map(|intent| intent.examples.iter());
    lists.map(|(_, texts)| texts.len()).sum()
}

/// Draws some sentences of a list: for one turn always the same, and in the same order.
fn some(texts: &[String], n: usize, turn: usize) -> Vec<String> {
    let mut texts = texts.to_vec();
    let seed: u64 = texts
        .iter()
        .flat_map(|text| text.bytes())
        .fold(u64::try_from(turn).unwrap_or_default(), |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
    Dice(seed).shuffle(&mut texts);
    texts.truncate(n);
    texts
}

fn mean_of<'a>(scores: impl Iterator<Item = &'a Scores>) -> Option<Scores> {
    let scores: Vec<&Scores> = scores.collect();
    let last = scores.last()?;
    let of = |figure: fn(&Scores) -> f64| {
        mean(scores.iter().map(|scores| figure(scores)).sum(), scores.len())
    };
    Some(Scores {
        n: last.n,
        accuracy: of(|s| s.accuracy),
        top_three: of(|s| s.top_three),
        macro_f1: of(|s| s.macro_f1),
        sure: of(|s| s.sure),
        right_when_sure: of(|s| s.right_when_sure),
        refused: of(|s| s.refused),
        n_out_of_scope: last.n_out_of_scope,
        refused_rightly: of(|s| s.refused_rightly),
        auroc: of(|s| s.auroc),
        recall_at_5: of(|s| s.recall_at_5),
    })
}
