//! `guichet backup`: a copy of the store while the service runs.
//!
//! Lives here: how it is told, also for `guichet restore`; the names of copies are in [`series`].

pub(super) mod series;

use anyhow::Context;
use bot_core::Clock;
use bot_store_sql::backup::{self, Existing, Failure, Holdings, Step};
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget};
use std::path::{MAIN_SEPARATOR, Path};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::cli::BackupArgs;
use crate::out;
use crate::settings::{Settings, redacted};
use crate::world::OsClock;
use series::Series;

/// How long it may take before it is told how far it has come.
const QUIET: Duration = Duration::from_millis(700);

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let store = bot_store_sql::Settings::new(&settings.store.url);
    let Some(file) = store.file()? else {
        let url = redacted(&settings.store.url);
        out::tell(&format!(
            "guichet: the store is a PostgreSQL database; copy it with its own program:\n  \
             pg_dump --format=custom --file=guichet.dump '{url}'"
        ));
        return Ok(ExitCode::from(out::WRONG_USE));
    };
    let series = is_folder(&args.target).then(|| Series::of(&args.target, &file));
    if args.keep.is_some() && series.is_none() {
        anyhow::bail!("--keep goes with a folder, and {} is none", args.target.display());
    }
    let copy = match &series {
        Some(series) => {
            series.make_folder()?;
            series.copy_at(OsClock.now())
        }
        None => args.target.clone(),
    };
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    let watch = Watch::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tell = |step| watch.see(step);
    let made = runtime.block_on(backup::backup(&store, &copy, existing, &tell));
    watch.end();
    let holdings = match made {
        Ok(holdings) => holdings,
        Err(failure) => return refused(failure),
    };
    out::line(&format!("{}  {}", copy.display(), told(&holdings)));
    if let (Some(series), Some(n_kept)) = (series, args.keep) {
        let removed = series.thin_out(&copy, n_kept).context("older copies cannot be removed")?;
        for old in removed {
            out::tell(&format!("removed {}", old.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn is_folder(target: &Path) -> bool {
    target.is_dir() || target.as_os_str().to_string_lossy().ends_with(MAIN_SEPARATOR)
}

/// Tells what a copy holds.
pub(super) fn told(holdings: &Holdings) -> String {
    let Holdings { n_conversations, n_cases, n_messages, n_bytes, n_pending: _ } = *holdings;
    format!(
        "{n_conversations} conversations, {n_cases} cases, {n_messages} messages, {}",
        HumanBytes(n_bytes)
    )
}

/// Tells why it was not done: damage is a fault that was found, the rest is wrong use.
pub(super) fn refused(failure: Failure) -> anyhow::Result<ExitCode> {
    let is_damage = matches!(failure, Failure::Damaged { .. });
    let error = anyhow::Error::from(failure);
    if !is_damage {
        return Err(error);
    }
    out::tell(&format!("guichet: {}", out::explained(&error)));
    Ok(out::code(true))
}

/// Tells how far it has come, where it takes long.
pub(super) struct Watch {
    began: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Default for Watch {
    fn default() -> Self {
        Self { began: Instant::now(), bar: OnceLock::new() }
    }
}

impl Watch {
    pub(super) fn see(&self, step: Step) {
        if self.began.elapsed() < QUIET {
            return;
        }
        let bar = self.bar.get_or_init(bar);
        match step {
            Step::Copying { n_bytes, n_of } => {
                bar.set_length(n_of.max(n_bytes));
                bar.set_position(n_bytes);
                bar.set_message("copied");
            }
            Step::Checking => {
                bar.set_position(bar.length().unwrap_or_default());
                bar.set_message("copied, being read from beginning to end …");
            }
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    bar.set_style(out::bar_style("{bar:30} {bytes}/{total_bytes} {wide_msg}"));
    bar
}
