//! One change of a file of the city's package: planned, checked with the whole package, written.

use flows::intents_file::{Change, IntentsFileError};
use flows::{Bearing, City, Loaded, Package};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::Path;

use super::{ClerkError, Mode, Written};
use crate::package::{self, PackageError};

/// Lines shown around a change.
const CONTEXT_LINES: usize = 2;

/// The folder of a package that nobody else changes meanwhile.
pub(super) struct Folder<'a> {
    path: &'a Path,
    package: Package,
    /// Dropped, it lets others in.
    _lock: File,
}

/// A change that leaves the package without a fault.
pub(super) struct Planned {
    pub(super) change: Change,
    pub(super) diff: String,
    before: String,
}

impl<'a> Folder<'a> {
    /// Reads the package, and holds off others who would change it.
    pub(super) fn lock(path: &'a Path) -> Result<Self, ClerkError> {
        if !path.is_dir() {
            return Err(PackageError::Missing(path.to_owned()).into());
        }
        let io = |source| PackageError::Io { path: path.to_owned(), source };
        let lock = File::open(path).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, package: package::read(path)?, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(ClerkError::Busy),
            Err(TryLockError::Error(source)) => Err(io(source).into()),
        }
    }

    /// Gives the city as it is.
    pub(super) fn city(&self) -> Result<City, ClerkError> {
        checked(&self.package)
    }

    /// Plans a change.
    pub(super) fn plan(
        &self,
        edit: impl FnOnce(&Package) -> Result<Change, IntentsFileError>,
    ) -> Result<Planned, ClerkError> {
        let change = edit(&self.package)?;
        let mut package = self.package.clone();
        let before = package.files.insert(change.path.clone(), change.text.clone());
        checked(&package)?;
        let before = before.unwrap_or_default();
        let diff = unified(&change.path, &before, &change.text);
        Ok(Planned { change, diff, before })
    }

    /// Writes a change, then does what else belongs to it; where that fails, the file is put back.
    pub(super) async fn write(
        &self,
        planned: Option<&Planned>,
        then: impl Future<Output = Result<(), ClerkError>>,
    ) -> Result<(), ClerkError> {
        let Some(Planned { change, before, .. }) = planned else { return then.await };
        package::write(self.path, &change.path, &change.text)?;
        let done = then.await;
        if done.is_err() {
            package::write(self.path, &change.path, before)?;
        }
        done
    }
}

/// Puts the intents' files back as they stand in another package; everything else is left.
///
/// # Errors
/// [`ClerkError::Fault`] where the rest of the package does not go with them; nothing is written.
pub fn put_back(path: &Path, before: &Package, mode: Mode) -> Result<Vec<Written>, ClerkError> {
    let folder = Folder::lock(path)?;
    let mut package = folder.package.clone();
    let of_intents = |name: &str| Bearing::of(name) == Bearing::Intents;
    package.files.retain(|name, _| !of_intents(name));
    let kept = before.files.iter().filter(|(name, _)| of_intents(name));
    package.files.extend(kept.map(|(name, text)| (name.clone(), text.clone())));
    checked(&package)?;
    let now = &folder.package.files;
    let names: BTreeSet<&String> = now.keys().chain(package.files.keys()).collect();
    let mut written = Vec::new();
    for name in names {
        let (old, new) = (now.get(name), package.files.get(name));
        if old == new {
            continue;
        }
        let text = |side: Option<&String>| side.map(String::as_str).unwrap_or_default().to_owned();
        written.push(Written { path: name.clone(), diff: unified(name, &text(old), &text(new)) });
        match (mode, new) {
            (Mode::Dry, _) => {}
            (Mode::Real, Some(text)) => package::write(path, name, text)?,
            (Mode::Real, None) => package::remove(path, name)?,
        }
    }
    Ok(written)
}

fn checked(package: &Package) -> Result<City, ClerkError> {
    let Loaded { city, faults } = flows::load(package);
    let first = || faults.first().map(ToString::to_string).unwrap_or_default();
    city.ok_or_else(|| ClerkError::Fault(first()))
}

fn unified(path: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let (old, new) = (format!("a/{path}"), format!("b/{path}"));
    unified.context_radius(CONTEXT_LINES).header(&old, &new).to_string()
}
