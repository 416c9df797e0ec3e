//! Retrains on the package as it lies in its folder, compares with what is live, and notes the
//! outcome beside what was learnt.
//!
//! Never here: when that is done, the swap, how anything is compared.

mod account;

use anyhow::Context;
use bot_core::UnixMs;
use bot_store::Store;
use bot_worker::Town;
use bot_worker::retraining::{self, Comparison};
use flows::{Bearing, City, Package};
use std::sync::Arc;

use crate::commands::teaching::Teacher;

pub(crate) use account::{Account, Attempt, Outcome, lines};

/// A city that was learnt anew, and what it is worth.
pub(crate) struct Candidate {
    pub package: Package,
    pub town: Town,
    pub comparison: Comparison,
}

/// Which files differ between two packages.
pub(crate) struct Changes {
    /// Files of the intents.
    pub intents: Vec<String>,
    /// Files that must be read again with the rest of the city; tests and notes are none of them.
    pub others: Vec<String>,
}

impl Changes {
    pub(crate) fn between(live: &Package, new: &Package) -> Self {
        let names = live.files.keys().chain(new.files.keys());
        let mut changed: Vec<String> =
            names.filter(|name| live.files.get(*name) != new.files.get(*name)).cloned().collect();
        changed.sort();
        changed.dedup();
        let of = |bearing| -> Vec<String> {
            changed.iter().filter(|name| Bearing::of(name) == bearing).cloned().collect()
        };
        Self { intents: of(Bearing::Intents), others: of(Bearing::City) }
    }
}

/// Finds a package that was live, as the store has kept it.
pub(crate) async fn kept(store: &dyn Store, hash: &str) -> anyhow::Result<Package> {
    let body = store.look().await?.releases().get(hash).await?;
    let body = body.context("the store has not kept the package that is live")?;
    Ok(Package { files: serde_json::from_str(&body).context("a kept package cannot be read")? })
}

/// Learns a city and compares it with the one that is live; takes a thread for minutes.
pub(crate) fn try_out(
    teacher: &Teacher,
    live: &Arc<Town>,
    (package, city): (Package, City),
    now: UnixMs,
    tell: &(dyn Fn(usize, usize) + Sync),
) -> anyhow::Result<Candidate> {
    let (head, _) = teacher.learn(&city)?;
    let town = Arc::new(Town::new(city, Arc::new(head)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let comparison = runtime.block_on(retraining::compare(live, &town, now, tell))?;
    drop(runtime);
    let town = Arc::into_inner(town).context("a rehearsal still holds the city")?;
    Ok(Candidate { package, town, comparison })
}
