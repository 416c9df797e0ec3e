//! Checks of the city: its package, and what was learnt from it.

use bot_worker::package::{self, PackageError};
use flows::Loaded;
use flows::model::city::City;
use std::path::Path;

use super::finding::{Check, Finding};
use super::folder;
use crate::commands::teaching::Teacher;
use crate::out;
use crate::settings::Settings;

/// Reads and checks the package.
pub(super) fn look(dir: &Path) -> (Option<City>, Finding) {
    let shown = dir.display();
    let package = match package::read(dir) {
        Ok(package) => package,
        Err(error) => return (None, unread(error)),
    };
    let Loaded { city, faults } = flows::load(&package);
    let faulty = |found: String| {
        let mend = format!("run guichet flows check {shown}: it tells each fault and its mending");
        Finding::fail(Check::City, found, mend)
    };
    let finding = match (&city, faults.as_slice()) {
        (_, [fault]) => faulty(format!("{shown} has 1 fault: {fault}")),
        (_, [first, ..]) => {
            faulty(format!("{shown} has {} faults, the first: {first}", faults.len()))
        }
        (None, []) => faulty(format!("{shown} cannot go live")),
        (Some(city), []) => Finding::ok(
            Check::City,
            format!(
                "{} ({shown}): no fault in {} flows, {} categories, {} intents",
                city.info.name.fr,
                city.flows.len(),
                city.services.len(),
                city.intents.len()
            ),
        ),
    };
    (city.filter(|_| faults.is_empty()), finding)
}

fn unread(error: PackageError) -> Finding {
    if let PackageError::Missing(dir) = &error {
        let found = format!("there is no folder {}", dir.display());
        let mend = "name the city's folder with --city DIR, or in city.dir";
        return Finding::fail(Check::City, found, mend);
    }
    let mend = "leave only a city's files there, as UTF-8, and let this user read them";
    Finding::fail(Check::City, out::explained(&error.into()), mend)
}

/// Looks for what an earlier start has learnt.
pub(super) fn understanding(settings: &Settings, city: Option<&City>) -> Finding {
    let cache_dir = settings.city.cache_dir.as_path();
    let check = Check::Understanding;
    let Some(city) = city else {
        return Finding::warn(
            check,
            "not looked at: the city cannot go live",
            "mend the city first",
        );
    };
    let shown = cache_dir.display();
    if let Err(why) = folder::try_writing(cache_dir) {
        let mend = "let this user write there, or name another folder in city.cache_dir; until \
                    then each start learns the city anew";
        return Finding::warn(check, why, mend);
    }
    if Teacher::new(settings).is_learnt(city) {
        Finding::ok(check, format!("learnt from this package, kept in {shown}"))
    } else {
        let mend =
            "the next start does it, which takes some seconds; guichet nlu train does it now";
        Finding::warn(check, format!("{shown} holds nothing learnt from this package yet"), mend)
    }
}
