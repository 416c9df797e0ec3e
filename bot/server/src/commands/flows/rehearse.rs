//! `guichet flows test`: the city's conversation tests.

use bot_core::{Channel, Language};
use bot_worker::Town;
use bot_worker::rehearsal::{self, Coverage, Run};
use flows::model::talk::Talk;
use indicatif::ProgressBar;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::commands::teaching::Teacher;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;

/// What is wanted of the tests.
pub(crate) struct Wish<'a> {
    pub only: Option<&'a str>,
    pub min_coverage: f64,
    pub json: bool,
    pub verbose: bool,
}

/// Steps named in the coverage report before the rest is only counted.
const MAX_MISSED_SHOWN: usize = 40;

/// Runs the command.
pub(crate) fn run(settings: &Settings, folder: &Path, wish: &Wish<'_>) -> anyhow::Result<ExitCode> {
    let (_, city) = town::load(folder)?;
    out::tell("learning the city's sentences …");
    let (head, _) = Teacher::told(settings).learn(&city)?;
    let town = Arc::new(Town::new(city, Arc::new(head)));
    let runs = rehearse(&town, wish)?;
    for run in &runs {
        report(run, wish)?;
    }
    let coverage = rehearsal::coverage(&town.city, runs.iter().flat_map(|run| &run.story.steps));
    let n_failed = runs.iter().filter(|run| !run.passed()).count();
    summary(&runs, n_failed, &coverage);
    let too_little = wish.only.is_none() && coverage.percent() < wish.min_coverage;
    if too_little {
        out::tell(&format!("wanted at least {} % of the steps", wish.min_coverage));
    }
    Ok(out::code(n_failed > 0 || too_little))
}

fn rehearse(town: &Arc<Town>, wish: &Wish<'_>) -> anyhow::Result<Vec<Run>> {
    let wanted = |talk: &&Talk| {
        wish.only.is_none_or(|words| talk.name.contains(words) || talk.at.file.contains(words))
    };
    let plan: Vec<(&Talk, Language, Channel)> = town
        .city
        .talks
        .iter()
        .filter(wanted)
        .flat_map(|talk| rehearsal::matrix(talk).into_iter().map(move |(l, c)| (talk, l, c)))
        .collect();
    let bar = ProgressBar::new(u64::try_from(plan.len())?);
    bar.set_style(out::bar_style("{bar:30} {pos}/{len} {wide_msg}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut runs = Vec::new();
    for (talk, lang, channel) in plan {
        bar.set_message(format!("{} ({lang}, {channel})", talk.name));
        runs.push(runtime.block_on(rehearsal::run(town, talk, lang, channel))?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(runs)
}

fn report(run: &Run, wish: &Wish<'_>) -> anyhow::Result<()> {
    if wish.json {
        let failures: Vec<_> = run
            .failures
            .iter()
            .map(|failure| serde_json::json!({ "at": failure.at, "what": failure.what }))
            .collect();
        let line = serde_json::json!({
            "test": run.name, "lang": run.lang, "channel": run.channel,
            "passed": run.passed(), "failures": failures,
        });
        out::line(&serde_json::to_string(&line)?);
        return Ok(());
    }
    for failure in &run.failures {
        out::line(&format!(
            "{}: {} ({}, {}): {}",
            failure.at, run.name, run.lang, run.channel, failure.what
        ));
    }
    if let Some(failure) = run.failures.first() {
        for line in failure.transcript.lines() {
            out::line(&format!("      {line}"));
        }
    } else if wish.verbose {
        out::line(&format!("ok  {} ({}, {})", run.name, run.lang, run.channel));
    }
    Ok(())
}

fn summary(runs: &[Run], n_failed: usize, coverage: &Coverage) {
    let names: std::collections::BTreeSet<&str> =
        runs.iter().map(|run| run.name.as_str()).collect();
    out::tell(&format!(
        "{} tests, {} runs: {} passed, {n_failed} failed",
        names.len(),
        runs.len(),
        runs.len() - n_failed
    ));
    out::tell(&format!(
        "step coverage: {:.1} % ({} of {})",
        coverage.percent(),
        coverage.n_covered,
        coverage.n_steps
    ));
    for step in coverage.missed.iter().take(MAX_MISSED_SHOWN) {
        out::tell(&format!("  not passed: {step}"));
    }
    if coverage.missed.len() > MAX_MISSED_SHOWN {
        out::tell(&format!("  … and {} more", coverage.missed.len() - MAX_MISSED_SHOWN));
    }
}
