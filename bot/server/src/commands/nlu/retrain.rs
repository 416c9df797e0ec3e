//! `guichet nlu retrain`: what the package teaches now beside what is live, and the way back.

use anyhow::{Context, bail};
use bot_core::Clock;
use bot_worker::Town;
use bot_worker::clerk::{self, Mode};
use bot_worker::retraining::Comparison;
use flows::Package;
use std::process::ExitCode;
use std::sync::Arc;

use crate::commands::retraining::{self, Account, Attempt, Changes, Outcome, lines};
use crate::commands::serve::with_store;
use crate::commands::teaching::Teacher;
use crate::commands::town;
use crate::out;
use crate::settings::Settings;
use crate::world::OsClock;

/// Compares what the package teaches now with what is live.
pub(super) fn compare(settings: &Settings, json: bool) -> anyhow::Result<ExitCode> {
    let (package, city) = town::load(&settings.city.dir)?;
    let account = account(settings)?;
    let kept = with_store(settings, async |store| retraining::kept(store, &account.live).await)?;
    let changes = Changes::between(&kept, &package);
    tell_others(&changes);
    if changes.intents.is_empty() {
        out::tell("nothing to learn: the intents are those that are live");
        return Ok(ExitCode::SUCCESS);
    }
    out::tell(&format!("changed: {}", changes.intents.join(", ")));
    let live = flows::load(&kept).city.context("this version finds faults in what is live")?;
    let teacher = Teacher::told(settings);
    let (head, _) = teacher.learn(&live)?;
    let live = Arc::new(Town::new(live, Arc::new(head)));
    let bar = out::bar("comparing …", 0);
    let tell = |done, of| out::advance(&bar, done, of);
    let candidate = retraining::try_out(&teacher, &live, (package, city), OsClock.now(), &tell);
    bar.finish_and_clear();
    let comparison = candidate?.comparison;
    let passes = comparison.passes();
    if json {
        let report = serde_json::json!({ "passes": passes, "comparison": comparison });
        out::line(&serde_json::to_string(&report)?);
    } else {
        show(&comparison);
        out::line(if passes {
            "no worse: it may go live"
        } else {
            "worse: the counter would refuse it"
        });
    }
    Ok(out::code(!passes))
}

fn tell_others(changes: &Changes) {
    if !changes.others.is_empty() {
        out::tell(&format!(
            "other files have changed as well, and go live when the counter reads the city again: {}",
            changes.others.join(", ")
        ));
    }
}

fn show(comparison: &Comparison) {
    for line in lines(comparison) {
        out::line(&line.text);
        for quote in line.quotes {
            out::line(&format!("    {quote}"));
        }
    }
}

/// Tells how the counter's last retraining went.
pub(super) fn last(settings: &Settings, json: bool) -> anyhow::Result<ExitCode> {
    let Some(attempt) = account(settings)?.last else {
        out::tell("the counter has not retrained yet");
        return Ok(ExitCode::SUCCESS);
    };
    if json {
        out::line(&serde_json::to_string(&attempt)?);
        return Ok(ExitCode::SUCCESS);
    }
    let Attempt { at, outcome, comparison, took_s } = &attempt;
    let ended = match outcome {
        Outcome::Live => "no worse: it went live".to_owned(),
        Outcome::Refused => "worse: refused".to_owned(),
        Outcome::LeftAlone(files) => format!(
            "left alone, since other files had changed as well (SIGHUP reads them): {}",
            files.join(", ")
        ),
        Outcome::Failed(why) => format!("failed: {why}"),
    };
    out::line(&format!("{at}, in {took_s:.0} s: {ended}"));
    if let Some(comparison) = comparison {
        show(comparison);
    }
    Ok(ExitCode::SUCCESS)
}

/// Puts the intents' files back as they were before the last change went live.
pub(super) fn back(settings: &Settings, dry_run: bool) -> anyhow::Result<ExitCode> {
    let account = account(settings)?;
    let Some(before) = account.before else {
        bail!("no other package was live before: there is nothing to go back to");
    };
    let kept: Package = with_store(settings, async |store| retraining::kept(store, &before).await)?;
    let mode = if dry_run { Mode::Dry } else { Mode::Real };
    let written = clerk::put_back(&settings.city.dir, &kept, mode)?;
    for file in &written {
        out::line(file.diff.trim_end());
    }
    out::tell(match (written.len(), dry_run) {
        (0, _) => "the intents are as they were: nothing to put back",
        (_, true) => "would be put back",
        (_, false) => "put back; it goes live when the counter reads the city again (SIGHUP)",
    });
    Ok(ExitCode::SUCCESS)
}

fn account(settings: &Settings) -> anyhow::Result<Account> {
    Account::read(settings)?.with_context(|| {
        format!(
            "no counter has served this city yet with what it learns in {} (city.cache_dir)",
            settings.city.cache_dir.display()
        )
    })
}
