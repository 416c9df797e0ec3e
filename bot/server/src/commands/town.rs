//! Builds the city that goes live: package, checks, old versions still in use.

use anyhow::{Context, bail};
use bot_core::UnixMs;
use bot_store::Store;
use bot_worker::Town;
use bot_worker::package;
use flows::model::city::City;
use flows::{Fault, Loaded, Package};
use std::path::Path;
use std::sync::Arc;

use crate::commands::teaching::{Learnt, Teacher};
use crate::out;

/// Faults printed before the rest is only counted.
const MAX_FAULTS_SHOWN: usize = 20;

/// Reads and checks a package; faults are printed and refused.
pub(crate) fn load(folder: &Path) -> anyhow::Result<(Package, City)> {
    let package = package::read(folder)?;
    let Loaded { city, faults } = flows::load(&package);
    let Some(city) = city else {
        show(&faults);
        bail!("{} has {} faults: see guichet flows check", folder.display(), faults.len());
    };
    Ok((package, city))
}

fn show(faults: &[Fault]) {
    for fault in faults.iter().take(MAX_FAULTS_SHOWN) {
        out::tell(&fault.to_string());
    }
    if faults.len() > MAX_FAULTS_SHOWN {
        out::tell(&format!("… and {} more", faults.len() - MAX_FAULTS_SHOWN));
    }
}

/// Reads, checks and learns a city.
pub(crate) fn build(folder: &Path, teacher: &Teacher) -> anyhow::Result<(Package, Town, Learnt)> {
    let (package, city) = load(folder)?;
    let (head, learnt) = teacher.learn(&city)?;
    Ok((package, Town::new(city, Arc::new(head)), learnt))
}

/// Keeps the package with the store, and brings back the versions of flows that conversations in
/// progress still stand on.
pub(crate) async fn settle(
    town: &mut Town,
    package: &Package,
    store: &dyn Store,
    now: UnixMs,
) -> anyhow::Result<()> {
    let mut tx = store.begin().await?;
    let body = serde_json::to_string(&package.files)?;
    let _novelty = tx.releases().keep(&town.city.hash, &body, now).await?;
    let mut old = Vec::new();
    for hash in tx.releases().in_use().await? {
        if hash != town.city.hash {
            old.extend(tx.releases().get(&hash).await?);
        }
    }
    tx.commit().await?;
    for body in old {
        let files = serde_json::from_str(&body).context("a kept package cannot be read")?;
        // A package that this version finds faults in is no longer run: its conversations begin
        // again with what still fits.
        let Some(city) = flows::load(&Package { files }).city else { continue };
        for (name, flow) in city.flows {
            let versions = town.city.old_flows.entry(name).or_default();
            versions.entry(flow.structure_hash.clone()).or_insert(flow);
        }
    }
    Ok(())
}
