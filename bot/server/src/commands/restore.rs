//! `guichet restore`: a copy takes the store's place.

use bot_core::Clock;
use bot_store_sql::backup::{self, How, Replaced, Restored, Wish};
use std::process::ExitCode;

use crate::cli::RestoreArgs;
use crate::commands::backup::{Watch, refused, told};
use crate::out;
use crate::settings::{Settings, redacted};
use crate::world::OsClock;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let store = bot_store_sql::Settings::new(&settings.store.url);
    if store.file()?.is_none() {
        let url = redacted(&settings.store.url);
        out::tell(&format!(
            "guichet: the store is a PostgreSQL database; restore it with its own program:\n  \
             pg_restore --clean --if-exists --single-transaction --dbname='{url}' guichet.dump"
        ));
        return Ok(ExitCode::from(out::WRONG_USE));
    }
    let how = if args.dry_run { How::DryRun } else { How::ForGood };
    let wish = Wish { how, n_skipped_numbers: args.skip_numbers, now: OsClock.now() };
    let watch = Watch::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tell = |step| watch.see(step);
    let restored = runtime.block_on(backup::restore(&store, &args.copy, wish, &tell));
    watch.end();
    match restored {
        Ok(restored) => report(&restored, args),
        Err(failure) => return refused(failure),
    }
    Ok(ExitCode::SUCCESS)
}

fn report(restored: &Restored, args: &RestoreArgs) {
    let (store, copy) = (restored.store.display(), args.copy.display());
    let holdings = told(&restored.holdings);
    if args.dry_run {
        out::line(&format!("{copy}  {holdings}"));
        out::tell(&format!("it is whole and would take the place of {store}; nothing was changed"));
    } else {
        out::line(&format!("{store}  {holdings}"));
    }
    match &restored.replaced {
        Replaced::Nothing => {}
        Replaced::Kept(kept) => out::tell(&format!(
            "the store that was there is kept; to undo: guichet restore {}",
            kept.display()
        )),
        Replaced::Broken(kept) => out::tell(&format!(
            "the store that was there cannot be read; it is kept as {}",
            kept.display()
        )),
    }
    if restored.holdings.n_pending > 0 {
        let n = restored.holdings.n_pending;
        out::tell(&format!("it is from an older program: the next start takes {n} migrations"));
    }
}
