//! What is learnt, what it is tried on, and the trials: the one place where a head is tried.

use anyhow::Context;
use bot_worker::lesson;
use flows::City;
use nlu::eval::{self, CurvePlan, CurvePoint, LanguageScore, Row, Trial, Typing};
use nlu::{Lesson, NluError, Trainer};
use std::path::{Path, PathBuf};

use crate::cli::CorpusArgs;
use crate::commands::teaching::Teacher;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// The largest table of sentences read.
const MAX_TABLE_BYTES: u64 = 256 * 1024 * 1024;

/// What is learnt and tried.
pub(super) struct Corpus {
    /// The city, where its sentences are learnt.
    pub city: Option<City>,
    /// What is learnt.
    pub lesson: Lesson,
    /// What is tried; without it, sentences of the lesson are held out.
    pub test: Option<Vec<Row>>,
    /// Sentences that nothing serves, tried besides where sentences are held out.
    strays: Vec<Row>,
    trainer: Trainer,
    n_folds: usize,
    typing: Typing,
}

impl Corpus {
    /// Reads what the command names; so many folds are made where sentences are held out.
    pub(super) fn read(
        settings: &Settings,
        args: &CorpusArgs,
        n_folds: u8,
    ) -> anyhow::Result<Self> {
        let (city, lesson) = if args.train.is_empty() {
            let (_, city) = town::load(&settings.city.dir)?;
            let lesson = lesson::of_city(&city);
            (Some(city), lesson)
        } else {
            (None, eval::lesson_of(&tables(&args.train, eval::read_rows)?))
        };
        let mut strays = tables(&args.oos, eval::read_strays)?;
        let mut test =
            if args.test.is_empty() { None } else { Some(tables(&args.test, eval::read_rows)?) };
        if let Some(test) = &mut test {
            test.append(&mut strays);
            anyhow::ensure!(!test.is_empty(), "the tables of --test hold no sentence");
        }
        let typing = if args.typos { Typing::Hasty } else { Typing::Clean };
        if typing == Typing::Hasty {
            test.iter_mut().chain([&mut strays]).for_each(|rows| eval::spoil(rows));
        }
        let trainer = trainer(settings, city.as_ref());
        Ok(Self { city, lesson, test, strays, trainer, n_folds: usize::from(n_folds), typing })
    }

    /// Tells in a few words how the sentences are tried.
    pub(super) fn manner(&self) -> String {
        match &self.test {
            Some(test) => format!("trying {} sentences", test.len()),
            None => format!("cross-validation, {} folds", self.n_folds),
        }
    }

    /// Tries every sentence.
    pub(super) fn trials(&self) -> anyhow::Result<Vec<Trial>> {
        let trials = out::busy(&format!("{} …", self.manner()), || match &self.test {
            Some(test) => eval::try_all(&self.trainer, &self.lesson, test),
            None => self.held_out(),
        });
        Ok(trials?)
    }

    fn held_out(&self) -> Result<Vec<Trial>, NluError> {
        let mut trials =
            eval::cross_trials(&self.trainer, &self.lesson, self.n_folds, self.typing)?;
        if !self.strays.is_empty() {
            trials.extend(eval::try_all(&self.trainer, &self.lesson, &self.strays)?);
        }
        Ok(trials)
    }

    /// Tells how well languages are told; only where the lesson's own sentences are held out.
    pub(super) fn languages(&self) -> Vec<LanguageScore> {
        match self.test {
            Some(_) => Vec::new(),
            None => out::busy("telling the languages …", || {
                eval::languages(&self.lesson, self.n_folds)
            }),
        }
    }

    /// Draws the learning curve.
    pub(super) fn curve(&self, sizes: &[usize], n_draws: usize) -> anyhow::Result<Vec<CurvePoint>> {
        let plan = CurvePlan { lesson: &self.lesson, test: self.test.as_deref(), sizes, n_draws };
        let bar = out::bar("learning from fewer sentences …", plan.n_trials());
        let points = eval::curve(&plan, |lesson, rows| {
            let trials = match self.test {
                Some(_) => eval::try_all(&self.trainer, lesson, rows),
                None => eval::try_all(&self.trainer, lesson, &self.as_asked(rows)),
            };
            bar.inc(1);
            trials
        });
        bar.finish_and_clear();
        Ok(points?)
    }

    /// Spoils held-out sentences where that is asked for, and adds those that nothing serves.
    fn as_asked(&self, held_out: &[Row]) -> Vec<Row> {
        let mut rows = held_out.to_vec();
        if self.typing == Typing::Hasty {
            eval::spoil(&mut rows);
        }
        rows.extend(self.strays.iter().cloned());
        rows
    }
}

/// Gives what trains the heads that are measured: the same as for the service. A city's sentences
/// are not encoded again.
fn trainer(settings: &Settings, city: Option<&City>) -> Trainer {
    Teacher::told(settings).trainer(city)
}

/// Holds each sentence of a lesson out once.
pub(super) fn held_out(
    settings: &Settings,
    city: &City,
    lesson: &Lesson,
    n_folds: usize,
) -> anyhow::Result<Vec<Trial>> {
    let trials = out::busy(&format!("cross-validation, {n_folds} folds …"), || {
        eval::cross_trials(&trainer(settings, Some(city)), lesson, n_folds, Typing::Clean)
    });
    Ok(trials?)
}

fn tables(
    files: &[PathBuf],
    read: fn(&str) -> Result<Vec<Row>, nlu::NluError>,
) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for file in files {
        let text = text_of(file)?;
        let found =
            read(&text).with_context(|| format!("{} is no table of sentences", file.display()))?;
        rows.extend(found);
    }
    Ok(rows)
}

/// Reads a file of a bounded size.
pub(super) fn text_of(file: &Path) -> anyhow::Result<String> {
    let size =
        std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    anyhow::ensure!(
        size <= MAX_TABLE_BYTES,
        "{} is larger than {MAX_TABLE_BYTES} bytes",
        file.display()
    );
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
