//! Copies with the time in their names, in one folder: `guichet-20260504T120000Z.db`.

use anyhow::Context;
use bot_core::UnixMs;
use bot_store_sql::backup::PART;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The time in a name, as strftime has it: names in order are times in order.
const TIME: &str = "%Y%m%dT%H%M%SZ";
/// What such a time looks like, `0` for any digit.
const TIME_SHAPE: &str = "00000000T000000Z";
const ENDING: &str = ".db";
/// How long nobody has written to a copy that nobody is making any more.
const ABANDONED: Duration = Duration::from_hours(24);

/// The copies of one store.
pub(crate) struct Series {
    folder: PathBuf,
    /// What their names begin with.
    start: String,
}

impl Series {
    /// Gives the series of a store's file in a folder.
    pub(super) fn of(folder: &Path, store: &Path) -> Self {
        let stem = store.file_stem().unwrap_or_default().to_string_lossy();
        Self { folder: folder.to_owned(), start: format!("{stem}-") }
    }

    pub(super) fn make_folder(&self) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("{} cannot be made", self.folder.display()))
    }

    /// Gives the name of a copy that is made now.
    pub(super) fn copy_at(&self, now: UnixMs) -> PathBuf {
        let time = now.timestamp().strftime(TIME);
        self.folder.join(format!("{}{time}{ENDING}", self.start))
    }

    /// Removes all but so many copies, the newest, and what killed backups left; gives the copies
    /// that are gone. The one just made stays, even where the clock was moved back before it.
    pub(super) fn thin_out(&self, made: &Path, n_kept: u32) -> std::io::Result<Vec<PathBuf>> {
        let mut copies = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.strip_suffix(PART).is_some_and(|name| self.has(name)) {
                let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
                if age > ABANDONED {
                    std::fs::remove_file(entry.path())?;
                }
            } else if self.has(name)
                && Some(name) != made.file_name().and_then(|made| made.to_str())
            {
                copies.push(entry.path());
            }
        }
        copies.sort();
        let n_others = usize::try_from(n_kept).unwrap_or(usize::MAX).saturating_sub(1);
        copies.truncate(copies.len().saturating_sub(n_others));
        for copy in &copies {
            std::fs::remove_file(copy)?;
        }
        Ok(copies)
    }

    /// Tells whether a name is one of the series.
    fn has(&self, name: &str) -> bool {
        let time = name.strip_prefix(&self.start).and_then(|rest| rest.strip_suffix(ENDING));
        time.is_some_and(|time| {
            let shape = |sign: char| if sign.is_ascii_digit() { '0' } else { sign };
            time.chars().map(shape).eq(TIME_SHAPE.chars())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4 May 2026, noon.
    const NOON: UnixMs = UnixMs(1_777_896_000_000);

    #[test]
    fn a_name_tells_the_store_and_the_time() {
        let series = Series::of(Path::new("/backups"), Path::new("data/ma-ville.db"));
        let copy = series.copy_at(NOON);
        assert_eq!(copy, Path::new("/backups/ma-ville-20260504T120000Z.db"));
        assert!(series.has(copy.file_name().unwrap().to_str().unwrap()));
        for other in [
            "ma-ville.db",
            "ma-ville-20260504T120000Z.db.part",
            "ma-ville-before-upgrade.db",
            "ma-ville-2026050400120000Z.db",
            "guichet-20260504T120000Z.db",
        ] {
            assert!(!series.has(other), "{other}");
        }
    }
}
