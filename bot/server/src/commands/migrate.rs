//! `guichet migrate`: brings the database to this program's version.

use anyhow::Context;
use std::process::ExitCode;

use crate::cli::MigrateArgs;
use crate::out;
use crate::settings::{Settings, redacted};

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &MigrateArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = bot_store_sql::Settings::new(&settings.store.url);
    let shown = redacted(&settings.store.url);
    let pending = runtime
        .block_on(bot_store_sql::migrate(&store, args.dry_run))
        .with_context(|| format!("cannot migrate {shown}"))?;
    for step in &pending {
        out::line(&format!("{:04} {}", step.version, step.name));
    }
    out::tell(&match (pending.len(), args.dry_run) {
        (0, _) => format!("{shown} is up to date"),
        (n, true) => format!("{n} migrations would be run on {shown}"),
        (n, false) => format!("{n} migrations were run on {shown}"),
    });
    Ok(ExitCode::SUCCESS)
}
