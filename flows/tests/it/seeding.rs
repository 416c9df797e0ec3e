//! Faults sown all over the demo city: each one must be found.
//!
//! Every class breaks the package in one way, in every place where that is possible; the linter
//! must then say something. What it does not notice is listed.

use crate::package::{demo_folder, read};
use crate::sown::{Sown, classes};
use flows::Package;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The fewest classes and faults that must be sown.
const MIN_CLASSES: usize = 15;
const MIN_FAULTS: usize = 500;

#[test]
fn every_sown_fault_is_found() {
    let package = read(&demo_folder());
    let sown = classes(&package);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed = String::new();
    for (fault, found) in sown.iter().zip(check(&package, &sown)) {
        let (n, n_found) = counts.entry(fault.class).or_default();
        *n += 1;
        *n_found += usize::from(found);
        if !found {
            writeln!(missed, "{}: {} {}", fault.class, fault.file, fault.about).unwrap();
        }
    }
    let total: usize = counts.values().map(|(n, _)| n).sum();
    println!("{total} faults in {} classes: {counts:#?}", counts.len());
    assert!(missed.is_empty(), "not found:\n{missed}");
    assert!(counts.len() >= MIN_CLASSES && total >= MIN_FAULTS, "{} {total}", counts.len());
}

/// Tells for each fault whether the linter finds it; on two threads, since each takes a load.
fn check(package: &Package, sown: &[Sown]) -> Vec<bool> {
    let found = |fault: &Sown| {
        let mut broken = package.clone();
        broken.files.insert(fault.file.clone(), fault.text.clone());
        !flows::load(&broken).faults.is_empty()
    };
    let half = sown.len() / 2;
    let (first, second) = sown.split_at(half);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| second.iter().map(found).collect::<Vec<_>>());
        let mut all: Vec<bool> = first.iter().map(found).collect();
        all.extend(other.join().unwrap());
        all
    })
}
