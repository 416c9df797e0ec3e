//! Builds the city that goes live: package, checks, understanding, old versions still in use.

use anyhow::{Context, bail};
use bot_core::UnixMs;
use bot_store::Store;
use bot_worker::package;
use bot_worker::{Town, lesson};
use flows::model::city::City;
use flows::{Fault, Loaded, Package};
use nlu::{FirstHead, Lesson};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::out;
use crate::settings::Settings;

/// Faults printed before the rest is only counted.
const MAX_FAULTS_SHOWN: usize = 20;

/// How the understanding came about.
pub(crate) enum Learnt {
    /// It was trained just now.
    Now(Duration),
    /// It was read from what an earlier start had learnt.
    Before(Duration),
}

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

/// Learns what a city teaches, or reads what was learnt before.
pub(crate) fn learn(city: &City, cache_dir: &Path) -> (FirstHead, Learnt) {
    let began = Instant::now();
    let lesson = lesson::of_city(city);
    let file = kept_file(city, cache_dir);
    if let Some(head) = recall(&lesson, &file) {
        return (head, Learnt::Before(began.elapsed()));
    }
    let head = FirstHead::train(&lesson);
    if let Err(error) = keep(&head, &file) {
        // The next start only takes longer.
        out::tell(&format!("what was learnt cannot be kept: {}", out::explained(&error)));
    }
    (head, Learnt::Now(began.elapsed()))
}

/// Tells whether the next start finds all that this city teaches learnt.
pub(crate) fn is_learnt(city: &City, cache_dir: &Path) -> bool {
    recall(&lesson::of_city(city), &kept_file(city, cache_dir)).is_some()
}

fn kept_file(city: &City, cache_dir: &Path) -> PathBuf {
    cache_dir.join(format!("understanding-{}.bin", city.info.id))
}

fn recall(lesson: &Lesson, file: &Path) -> Option<FirstHead> {
    let bytes = std::fs::read(file).ok()?;
    FirstHead::from_bytes(&bytes, lesson).ok()
}

/// Writes what was learnt; whoever reads meanwhile finds the old file or the new one, whole.
fn keep(head: &FirstHead, file: &Path) -> anyhow::Result<()> {
    let bytes = head.to_bytes()?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
    }
    // Another process may be learning the same at this moment: each writes a file of its own.
    let part = file.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&part, bytes).with_context(|| format!("cannot write {}", part.display()))?;
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Reads, checks and learns a city.
pub(crate) fn build(settings: &Settings) -> anyhow::Result<(Package, Town, Learnt)> {
    let (package, city) = load(&settings.city.dir)?;
    let (head, learnt) = learn(&city, &settings.city.cache_dir);
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
