//! What is live, what was live before, and how the last retraining went: a file beside what was
//! learnt, written by the service and read by the commands.

use anyhow::Context;
use bot_worker::retraining::{Comparison, Rehearsed, Source, Understood};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

use crate::commands::cache;
use crate::settings::Settings;

/// How a retraining ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// What was learnt is live.
    Live,
    /// It is worse than what is live, which stays.
    Refused,
    /// Other files have changed too: a person is to read the city again.
    LeftAlone(Vec<String>),
    /// The package cannot go live, or something failed.
    Failed(String),
}

/// One retraining.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// When it ended, on the city's clocks, as `2026-05-12 03:31`.
    pub at: String,
    /// How.
    pub outcome: Outcome,
    /// What was found, where it came so far.
    pub comparison: Option<Comparison>,
    /// How long it took.
    pub took_s: f64,
}

/// What is live, and how it came about.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Account {
    /// The hash of the package that is live.
    pub live: String,
    /// The hash of the one before.
    pub before: Option<String>,
    /// The last retraining that had something to learn.
    pub last: Option<Attempt>,
}

impl Account {
    /// Reads the account of the city; `None` where no counter has written one.
    pub(crate) fn read(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let file = file(settings);
        match std::fs::read(&file) {
            Ok(bytes) => {
                let account = serde_json::from_slice(&bytes);
                account.map(Some).with_context(|| format!("{} cannot be read", file.display()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }

    /// Changes the account of the city; one that cannot be read begins anew.
    pub(crate) fn change(
        settings: &Settings,
        change: impl FnOnce(&mut Self),
    ) -> anyhow::Result<()> {
        let mut account = Self::read(settings).ok().flatten().unwrap_or_default();
        change(&mut account);
        cache::write(&serde_json::to_vec_pretty(&account)?, &file(settings))
    }

    /// Notes that a package is live.
    pub(crate) fn goes_live(&mut self, hash: &str) {
        if self.live != hash {
            let before = std::mem::replace(&mut self.live, hash.to_owned());
            self.before = Some(before).filter(|before| !before.is_empty());
        }
    }
}

/// Names the file by the package's folder, which a package with faults has too.
fn file(settings: &Settings) -> PathBuf {
    let folder = std::fs::canonicalize(&settings.city.dir).ok();
    let name = folder.as_deref().and_then(Path::file_name).unwrap_or_default();
    settings.city.cache_dir.join(format!("live-{}.json", name.to_string_lossy()))
}

/// A line about a comparison, and the sentences or tests that it speaks of.
pub(crate) struct Line {
    pub text: String,
    /// Quotes; they have no place in a log.
    pub quotes: Vec<String>,
}

/// Writes a comparison for people.
pub(crate) fn lines(comparison: &Comparison) -> Vec<Line> {
    let Rehearsed { n, n_failing_before, n_broken, broken } = &comparison.rehearsed;
    let rehearsed = Line {
        text: format!(
            "conversation tests: {n} runs, {n_broken} broken by this, {n_failing_before} failing \
             before"
        ),
        quotes: broken.iter().map(|what| format!("broken: {what}")).collect(),
    };
    comparison.understood.iter().map(understood).chain([rehearsed]).collect()
}

fn understood(side: &Understood) -> Line {
    let Understood { lang, source, n, n_before, n_after, lost, won, .. } = side;
    let source = match source {
        Source::Trials => "test sentences",
        Source::Learnt => "sentences that both have learnt (the city has no test sentences)",
    };
    let worse = if side.is_worse() { ": worse" } else { "" };
    let lost = lost.iter().map(|sentence| format!("lost  {sentence}"));
    let won = won.iter().map(|sentence| format!("won   {sentence}"));
    Line {
        text: format!("{lang}: of {n} {source}, {n_after} are right, {n_before} before{worse}"),
        quotes: lost.chain(won).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_before_is_kept_until_another_goes_live() {
        let mut account = Account::default();
        for (hash, before) in
            [("a", None), ("a", None), ("b", Some("a")), ("b", Some("a")), ("c", Some("b"))]
        {
            account.goes_live(hash);
            assert_eq!((account.live.as_str(), account.before.as_deref()), (hash, before));
        }
    }
}
