//! `guichet nlu`: train, predict, eval, confusions, curve, bench, suggestions, retrain, import,
//! export.

mod bench;
mod corpus;
mod entities;
mod faults;
mod measure;
mod rasa;
mod report;
mod retrain;
mod suggestions;
mod table;

use anyhow::Context;
use bot_core::{Clock, Expectation};
use nlu::{Ask, Understand};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use crate::cli::{NluArgs, NluCommand};
use crate::commands::teaching::{Learnt, Teacher};
use crate::commands::town;
use crate::out;
use crate::settings::Settings;
use crate::world::OsClock;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &NluArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        NluCommand::Train { check: true, json } => faults::check(settings, *json),
        NluCommand::Train { check: false, .. } => train(settings),
        NluCommand::Predict { words, file, json } => {
            predict(settings, words, file.as_deref(), *json)
        }
        NluCommand::Eval(wish) if !wish.entities.is_empty() => {
            entities::run(settings, &wish.entities, wish.json)
        }
        NluCommand::Eval(wish) => measure::eval(settings, wish),
        NluCommand::Confusions { corpus, folds, intent, json } => {
            let corpus = corpus::Corpus::read(settings, corpus, *folds)?;
            measure::confusions(&corpus, intent.as_deref(), *json)
        }
        NluCommand::Curve(wish) => measure::curve(settings, wish),
        NluCommand::Bench { rounds, json } => bench::run(settings, *rounds, *json),
        NluCommand::Suggestions(wish) => suggestions::run(settings, &wish.command),
        NluCommand::Retrain { back: true, dry_run, .. } => retrain::back(settings, *dry_run),
        NluCommand::Retrain { last: true, json, .. } => retrain::last(settings, *json),
        NluCommand::Retrain { json, .. } => retrain::compare(settings, *json),
        NluCommand::Import { files, lang, into } => {
            rasa::import(files, lang.map(Into::into), into.as_deref())
        }
        NluCommand::Export { rasa, lang, .. } => {
            rasa::export(settings, *rasa, lang.map(Into::into))
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
    match Teacher::told(settings).learn(&city)?.1 {
        Learnt::Now(took) => out::tell(&format!("trained in {:.2} s", took.as_secs_f64())),
        Learnt::Before(_) => out::tell("nothing has changed since it was last trained"),
    }
    faults::warn(&city);
    Ok(ExitCode::SUCCESS)
}

fn predict(
    settings: &Settings,
    words: &[String],
    file: Option<&Path>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let source: Option<Box<dyn BufRead>> = match file {
        Some(file) => Some(Box::new(BufReader::new(
            File::open(file).with_context(|| format!("cannot read {}", file.display()))?,
        ))),
        None if words.is_empty() => Some(Box::new(std::io::stdin().lock())),
        None => None,
    };
    let (_, city) = town::load(&settings.city.dir)?;
    let (head, _) = Teacher::told(settings).learn(&city)?;
    let Some(source) = source else {
        tell_understood(&head, &words.join(" "), json)?;
        return Ok(ExitCode::SUCCESS);
    };
    let name = file.map_or_else(|| "standard input".to_owned(), |file| file.display().to_string());
    for line in source.lines() {
        tell_understood(&head, &line.with_context(|| format!("cannot read {name}"))?, json)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell_understood(head: &impl Understand, text: &str, json: bool) -> anyhow::Result<()> {
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
