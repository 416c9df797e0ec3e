//! Who uses SQLite's file: everyone who opens it as a store holds it beside the others; whoever puts
//! another file in its place holds it alone.
//!
//! SQLite's own locks guard a file, not a name. A program that opened the old file in the moment
//! before another took its name would go on with it, beside the new one's write-ahead log. So there
//! is a lock with a name of its own, `NAME.lock`, taken before SQLite is. The system lets go of it
//! when a process dies, however it dies; the last one to leave takes the file away. Never here: SQL.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is put after a name for its lock.
const ENDING: &str = ".lock";
/// Locks that others took away in the very moment, one after the other, before giving up.
const MAX_TRIES: u32 = 100;

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);

/// How a file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Beside others.
    Shared,
    /// By nobody else.
    Alone,
}

/// A use of a file; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    lock: File,
    path: PathBuf,
}

impl Hold {
    /// Takes a file into use, and waits a while for those who are in the way.
    pub(crate) async fn take(
        file: &Path,
        how: Use,
        patience: Duration,
    ) -> std::io::Result<Option<Self>> {
        let mut waited = Duration::ZERO;
        loop {
            let hold = Self::try_take(file, how)?;
            if hold.is_some() || waited >= patience {
                return Ok(hold);
            }
            tokio::time::sleep(PAUSE).await;
            waited += PAUSE;
        }
    }

    /// Takes a file into use; nothing where others use it in a way that forbids it.
    pub(crate) fn try_take(file: &Path, how: Use) -> std::io::Result<Option<Self>> {
        // One file may go by several names, and SQLite knows it by the real one.
        let path = beside(&file.canonicalize().unwrap_or_else(|_| file.to_owned()), ENDING);
        for _ in 0..MAX_TRIES {
            let lock = open(&path)?;
            let locked = match how {
                Use::Shared => lock.try_lock_shared(),
                Use::Alone => lock.try_lock(),
            };
            match locked {
                Ok(()) if is_at(&lock, &path)? => return Ok(Some(Self { lock, path })),
                // Between the opening and the locking, the last one to leave took it away.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(why)) => return Err(why),
            }
        }
        Ok(None)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // Whoever gets the lock alone is the last. A lock that stays harms nobody.
        if self.lock.try_lock().is_ok() && is_at(&self.lock, &self.path).unwrap_or(false) {
            std::fs::remove_file(&self.path).ok();
        }
    }
}

/// Gives a path with something put after its name.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file.as_os_str());
    name.push(ending);
    name.into()
}

/// Opens a lock for reading, which is all that it takes: another user may have made it.
fn open(path: &Path) -> std::io::Result<File> {
    match File::open(path) {
        Err(why) if why.kind() == ErrorKind::NotFound => {
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
        }
        opened => opened,
    }
}

/// Tells whether a name still is this file's.
fn is_at(lock: &File, path: &Path) -> std::io::Result<bool> {
    let own = lock.metadata()?;
    match std::fs::metadata(path) {
        Ok(there) => Ok((own.dev(), own.ino()) == (there.dev(), there.ino())),
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(false),
        Err(why) => Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_hold_a_file_or_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guichet.db");
        let take = |how| Hold::try_take(&file, how).unwrap();
        let (first, second) = (take(Use::Shared), take(Use::Shared));
        assert!(first.is_some() && second.is_some() && take(Use::Alone).is_none());
        drop(first);
        assert!(take(Use::Alone).is_none());
        drop(second);
        let alone = take(Use::Alone);
        assert!(alone.is_some() && take(Use::Shared).is_none() && take(Use::Alone).is_none());
        drop(alone);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing lies about");
        // A lock that a killed process left is nobody's.
        std::fs::write(beside(&file, ENDING), "").unwrap();
        assert!(take(Use::Alone).is_some());
    }

    #[test]
    fn those_who_come_and_go_never_hold_it_at_odds() {
        use std::sync::atomic::{AtomicI64, Ordering};
        const N_THREADS: usize = 4;
        const N_HOLDS: usize = 500;
        const ALONE: i64 = 1_000;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guichet.db");
        let inside = AtomicI64::new(0);
        let come_and_go = |how: Use, weight: i64| {
            // Whoever is refused comes again: who gets it how often is the scheduler's affair.
            let mut n_held = 0;
            while n_held < N_HOLDS {
                let Some(hold) = Hold::try_take(&file, how).unwrap() else {
                    std::thread::yield_now();
                    continue;
                };
                let before = inside.fetch_add(weight, Ordering::SeqCst);
                let is_at_odds = before >= ALONE || (how == Use::Alone && before != 0);
                inside.fetch_sub(weight, Ordering::SeqCst);
                drop(hold);
                assert!(!is_at_odds, "{how:?} beside {before}");
                n_held += 1;
            }
        };
        std::thread::scope(|scope| {
            for n in 0..N_THREADS {
                let (how, weight) = if n == 0 { (Use::Alone, ALONE) } else { (Use::Shared, 1) };
                let come_and_go = &come_and_go;
                scope.spawn(move || come_and_go(how, weight));
            }
        });
    }
}
