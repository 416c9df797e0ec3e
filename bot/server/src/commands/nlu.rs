//! `guichet nlu`: train, predict, eval.

mod table;

use anyhow::Context;
use bot_core::{Clock, Expectation};
use bot_worker::lesson;
use nlu::eval::{self, LanguageScore, Report, Typing};
use nlu::{Ask, FirstHead, Understand};
use serde::Serialize;
use std::io::BufRead;
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{NluArgs, NluCommand};
use crate::commands::town::{self, Learnt};
use crate::out;
use crate::settings::Settings;
use crate::world::OsClock;

/// The largest table of sentences read.
const MAX_TABLE_BYTES: u64 = 256 * 1024 * 1024;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &NluArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        NluCommand::Train => train(settings),
        NluCommand::Predict { words, json } => predict(settings, words, *json),
        NluCommand::Eval { train, test, typos, folds, json } => {
            let evaluation = match train.as_deref().zip(test.as_deref()) {
                Some((train, test)) => on_files(train, test)?,
                None => {
                    let typing = if *typos { Typing::Hasty } else { Typing::Clean };
                    on_city(settings, usize::from(*folds), typing)?
                }
            };
            show(&evaluation, *json)
        }
    }
}

fn train(settings: &Settings) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(&settings.city.dir)?;
    let n_sentences: usize = city
        .intents
        .values()
        .map(|intent| intent.examples.fr.len() + intent.examples.en.len())
        .sum();
    out::tell(&format!("learning {n_sentences} sentences of {} intents …", city.intents.len()));
    match town::learn(&city, &settings.city.cache_dir).1 {
        Learnt::Now(took) => out::tell(&format!("trained in {:.2} s", took.as_secs_f64())),
        Learnt::Before(_) => out::tell("nothing has changed since it was last trained"),
    }
    Ok(ExitCode::SUCCESS)
}

fn predict(settings: &Settings, words: &[String], json: bool) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(&settings.city.dir)?;
    let (head, _) = town::learn(&city, &settings.city.cache_dir);
    if words.is_empty() {
        for line in std::io::stdin().lock().lines() {
            tell_understood(&head, &line.context("cannot read standard input")?, json)?;
        }
    } else {
        tell_understood(&head, &words.join(" "), json)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_understood(head: &FirstHead, text: &str, json: bool) -> anyhow::Result<()> {
    let expectation = Expectation::default();
    let understood = head.understand(&Ask { text, expectation: &expectation, now: OsClock.now() });
    if json {
        let line = serde_json::json!({ "text": text, "understanding": understood });
        out::line(&serde_json::to_string(&line)?);
    } else {
        table::understanding(text, &understood);
    }
    Ok(())
}

/// What was measured.
#[derive(Serialize)]
struct Evaluation {
    #[serde(flatten)]
    report: Report,
    /// How well the language is told, by the length of the sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<LanguageScore>,
}

fn on_files(train: &Path, test: &Path) -> anyhow::Result<Evaluation> {
    let (train, test) = (rows(train)?, rows(test)?);
    out::tell(&format!("training on {} sentences, trying {} …", train.len(), test.len()));
    Ok(Evaluation { report: eval::train_and_test(&train, &test), languages: Vec::new() })
}

fn on_city(settings: &Settings, n_folds: usize, typing: Typing) -> anyhow::Result<Evaluation> {
    let (_, city) = town::load(&settings.city.dir)?;
    let lesson = lesson::of_city(&city);
    out::tell(&format!("cross-validation, {n_folds} folds …"));
    Ok(Evaluation {
        report: eval::cross_validate(&lesson, n_folds, typing),
        languages: eval::languages(&lesson, n_folds),
    })
}

fn show(evaluation: &Evaluation, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        out::line(&serde_json::to_string(evaluation)?);
    } else {
        table::report(&evaluation.report);
        table::languages(&evaluation.languages);
    }
    Ok(ExitCode::SUCCESS)
}

fn rows(file: &Path) -> anyhow::Result<Vec<eval::Row>> {
    let size =
        std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    anyhow::ensure!(
        size <= MAX_TABLE_BYTES,
        "{} is larger than {MAX_TABLE_BYTES} bytes",
        file.display()
    );
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    eval::read_rows(&text).with_context(|| format!("{} is no table of sentences", file.display()))
}
