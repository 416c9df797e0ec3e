//! `guichet nlu eval --entities`: how well typed values are found, as tables or JSON.

use anyhow::Context;
use bot_worker::lesson;
use nlu::FirstHead;
use nlu::eval::{EntityReport, EntityScores, EntityTable, EntityTrial, Figure, Fit, try_entities};
use std::path::PathBuf;
use std::process::ExitCode;

use super::corpus::text_of;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// What stands for every kind in a report.
const ALL: &str = "all";

/// Tries the city's head on tables of sentences with marks.
pub(super) fn run(settings: &Settings, files: &[PathBuf], json: bool) -> anyhow::Result<ExitCode> {
    let mut tables = Vec::new();
    for file in files {
        let text = text_of(file)?;
        let table = EntityTable::read(&text)
            .with_context(|| format!("{} is no table of marks", file.display()))?;
        tables.push((file, table));
    }
    let (_, city) = town::load(&settings.city.dir)?;
    let lesson = lesson::of_city(&city);
    // Values are found by the words alone: no encoder has a part in it.
    let head = out::busy("learning the city …", || FirstHead::train(&lesson));
    let mut trials = Vec::new();
    for (file, table) in &tables {
        let tried = try_entities(&head, head.gazetteer(), table)
            .with_context(|| format!("{} does not fit the city", file.display()))?;
        trials.extend(tried);
    }
    let report = EntityReport::of(&trials);
    if json {
        out::line(&serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(report: &EntityReport) {
    out::line(
        "                          |      words touch       |      words exact       |      value right",
    );
    out::line(
        "     kind     marked found |  prec. recall      F1  |  prec. recall      F1  |  prec. recall      F1",
    );
    for (lang, kinds) in &report.by_language {
        let (every, single): (Vec<_>, Vec<_>) = kinds.iter().partition(|(kind, _)| *kind == ALL);
        for (kind, scores) in single.into_iter().chain(every) {
            line(lang, kind, scores);
        }
    }
    line("", ALL, &report.all);
    out::line(&format!("\nnot right: {}", report.wrong.len()));
    for trial in &report.wrong {
        wrong(trial);
    }
}

fn line(lang: &str, kind: &str, scores: &EntityScores) {
    let EntityScores { n_marked, n_said, touching, exact, value } = scores;
    out::line(&format!(
        "{lang:<2} {kind:<14} {n_marked:4} {n_said:5}  | {} | {} | {}",
        figure(touching),
        figure(exact),
        figure(value),
    ));
}

fn figure(figure: &Figure) -> String {
    let percent = |share: f64| format!("{:6.1}", share * 100.0);
    format!("{} {} {}", percent(figure.precision), percent(figure.recall), percent(figure.f1))
}

fn wrong(trial: &EntityTrial) {
    let how = match trial.fit {
        Fit::Missed => "missed",
        Fit::Stray => "stray",
        Fit::Touching(_) | Fit::Exact(_) => "wrong",
    };
    let said = trial.said.as_deref().unwrap_or("nothing");
    let wanted = if trial.wanted.is_empty() { "nothing".into() } else { trial.wanted.join(" | ") };
    out::line(&format!("  {}:{:<4} {how:<6} {}", trial.lang, trial.line, trial.text));
    out::line(&format!("           {}: {said}; marked {wanted}", trial.kind));
}
