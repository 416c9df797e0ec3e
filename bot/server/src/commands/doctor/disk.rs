//! The check of the disk: how much is free where we write.

use std::path::{Path, PathBuf};

use super::finding::{Check, Finding};
use super::folder;
use crate::settings::Settings;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;
/// Bytes below which somebody should look.
const FEW_BYTES: u64 = GIB;
/// Bytes below which the service would soon stop.
const TOO_FEW_BYTES: u64 = 100 * MIB;

/// Looks at the folders of the store, where it is a file, and of what is learnt.
pub(super) fn look(settings: &Settings) -> Finding {
    let store = bot_store_sql::Settings::new(&settings.store.url).file().ok().flatten();
    let store = store.map(|file| file.parent().unwrap_or(Path::new("")).to_owned());
    let mut folders: Vec<PathBuf> = store.into_iter().collect();
    folders.push(settings.city.cache_dir.clone());
    let mut folders: Vec<PathBuf> = folders.iter().map(|path| folder::nearest(path)).collect();
    folders.dedup();
    let mut room = Vec::new();
    for folder in folders {
        match rustix::fs::statvfs(&folder) {
            Ok(disk) => room.push((folder, disk.f_bavail.saturating_mul(disk.f_frsize))),
            Err(why) => {
                let found = format!("cannot tell what is free in {}: {why}", folder.display());
                return Finding::warn(Check::Disk, found, "look with df");
            }
        }
    }
    judge(&room)
}

/// Judges by the fullest.
fn judge(room: &[(PathBuf, u64)]) -> Finding {
    let least = room.iter().map(|(_, n_bytes)| *n_bytes).min().unwrap_or(u64::MAX);
    let told: Vec<String> = room
        .iter()
        .map(|(folder, n_bytes)| format!("{} free in {}", size(*n_bytes), folder.display()))
        .collect();
    let found = told.join(", ");
    if least < TOO_FEW_BYTES {
        let mend = "make room now: nothing can be kept on a full disk";
        Finding::fail(Check::Disk, found, mend)
    } else if least < FEW_BYTES {
        Finding::warn(Check::Disk, found, "make room, or move the store to a larger disk")
    } else {
        Finding::ok(Check::Disk, found)
    }
}

/// Writes a size with one decimal, in whole numbers all the way.
fn size(n_bytes: u64) -> String {
    let (unit, name) = if n_bytes < GIB { (MIB, "MiB") } else { (GIB, "GiB") };
    format!("{}.{} {name}", n_bytes / unit, n_bytes % unit * 10 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn the_fullest_disk_decides() {
        let judged = [
            [("data", 5 * GIB), ("/var/cache", 2 * GIB)],
            [("data", 2 * GIB), ("/var/cache", GIB - 1)],
            [("data", 100 * MIB - 1), ("/var/cache", 2 * GIB)],
            [("data", GIB), ("/var/cache", 100 * MIB)],
        ]
        .map(|room| judge(&room.map(|(folder, n_bytes)| (folder.into(), n_bytes))).line());
        expect![[r#"
            ok    disk           5.0 GiB free in data, 2.0 GiB free in /var/cache
            warn  disk           2.0 GiB free in data, 1023.9 MiB free in /var/cache; make room, or move the store to a larger disk
            FAIL  disk           99.9 MiB free in data, 2.0 GiB free in /var/cache; make room now: nothing can be kept on a full disk
            warn  disk           1.0 GiB free in data, 100.0 MiB free in /var/cache; make room, or move the store to a larger disk"#]]
        .assert_eq(&judged.join("\n"));
    }
}
