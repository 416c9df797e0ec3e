//! `guichet nlu eval`, `confusions` and `curve`: what was measured, as tables, JSON or a page.

use anyhow::Context;
use nlu::eval::{self, Confusion, LanguageScore, Report, TradeOff};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

use super::corpus::Corpus;
use super::{report, table};
use crate::cli::{CurveArgs, EvalArgs};
use crate::out;
use crate::settings::Settings;

/// Sizes of the curve that an eval adds to its page.
const CURVE_SIZES: [usize; 4] = [2, 5, 10, 20];
/// Draws of each.
const CURVE_DRAWS: usize = 2;
/// Sentences quoted on the page for what was confused.
const N_QUOTES: usize = 8;

/// What was measured.
#[derive(Serialize)]
struct Evaluation {
    #[serde(flatten)]
    report: Report,
    /// How well the language is told, by the length of the sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    languages: Vec<LanguageScore>,
}

/// Runs `guichet nlu eval`.
pub(super) fn eval(settings: &Settings, wish: &EvalArgs) -> anyhow::Result<ExitCode> {
    let corpus = Corpus::read(settings, &wish.corpus, wish.folds)?;
    let trials = corpus.trials()?;
    let evaluation = Evaluation { report: Report::of(&trials), languages: corpus.languages() };
    if let Some(file) = &wish.html {
        let curve = if wish.curve { corpus.curve(&CURVE_SIZES, CURVE_DRAWS)? } else { Vec::new() };
        let content = report::Content {
            report: Some(&evaluation.report),
            trade_off: TradeOff::of(&trials),
            confused: eval::confused(&trials, N_QUOTES),
            refused: eval::refused(&trials, N_QUOTES),
            taken: eval::taken(&trials, N_QUOTES),
            faults: faults_of(&corpus, &trials),
            curve: &curve,
        };
        write(file, &report::page(&corpus, &content, wish.lang.into()))?;
    }
    if wish.json {
        out::line(&serde_json::to_string(&evaluation)?);
    } else {
        table::report(&evaluation.report);
        table::languages(&evaluation.languages);
    }
    Ok(ExitCode::SUCCESS)
}

/// Finds the lesson's faults; what held-out sentences show, only where sentences were held out.
fn faults_of(corpus: &Corpus, trials: &[eval::Trial]) -> Vec<eval::LessonFault> {
    let mut faults = eval::plain_faults(&corpus.lesson);
    if corpus.test.is_none() {
        faults.extend(eval::held_out_faults(trials));
    }
    faults
}

/// Runs `guichet nlu confusions`.
pub(super) fn confusions(
    corpus: &Corpus,
    intent: Option<&str>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if let Some(wanted) = intent {
        let known = || corpus.lesson.intents.iter().map(|intent| intent.name.as_str());
        anyhow::ensure!(
            known().any(|name| name == wanted),
            "there is no intent \"{wanted}\": {}",
            flows::fault::suggest(wanted, known())
        );
    }
    let trials = corpus.trials()?;
    let concerns = |confusion: &Confusion| {
        intent.is_none_or(|intent| confusion.meant == intent || confusion.said == intent)
    };
    let lists = [
        ("taken for another intent", "confused", eval::confused(&trials, usize::MAX)),
        ("refused, though an intent serves it", "refused", eval::refused(&trials, usize::MAX)),
        ("answered, though nothing serves it", "taken", eval::taken(&trials, usize::MAX)),
    ];
    for (title, kind, mut list) in lists {
        list.retain(concerns);
        if !json {
            table::confusions(title, &list);
            continue;
        }
        for confusion in &list {
            let Confusion { meant, said, n, sentences } = confusion;
            let line = serde_json::json!({
                "kind": kind, "meant": meant, "said": said, "n": n, "sentences": sentences,
            });
            out::line(&serde_json::to_string(&line)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `guichet nlu curve`.
pub(super) fn curve(settings: &Settings, wish: &CurveArgs) -> anyhow::Result<ExitCode> {
    let corpus = Corpus::read(settings, &wish.corpus, 0)?;
    let mut sizes: Vec<usize> =
        wish.sizes.iter().map(|size| usize::try_from(*size)).collect::<Result<_, _>>()?;
    sizes.sort_unstable();
    sizes.dedup();
    let points = corpus.curve(&sizes, usize::from(wish.draws))?;
    if let Some(file) = &wish.html {
        let content = report::Content { curve: &points, ..report::Content::default() };
        write(file, &report::page(&corpus, &content, wish.lang.into()))?;
    }
    if wish.json {
        for point in &points {
            out::line(&serde_json::to_string(point)?);
        }
    } else {
        table::curve(&points);
    }
    Ok(ExitCode::SUCCESS)
}

fn write(file: &Path, page: &str) -> anyhow::Result<()> {
    std::fs::write(file, page).with_context(|| format!("cannot write {}", file.display()))?;
    out::tell(&format!("written: open {} in a browser", file.display()));
    Ok(())
}
