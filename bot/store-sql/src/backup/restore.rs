//! The way back: a copy takes the store's place, and the store that was there stays beside it.
//!
//! Until the last step nothing of the store has changed but where its newest rows lie; the last step
//! is one renaming. Whoever is killed on the way leaves the old store or the new one, whole.

use bot_core::UnixMs;
use bot_store::Error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::failure::broken;
use super::look::{begins_well, look};
use super::numbers::{Given, given, skip};
use super::place::{Part, is_same, remove, sync_folder};
use super::{Failure, Holdings, PATIENCE, Result, Step, Tell, file};
use crate::fault::{fault, sqlite_sort};
use crate::hold::{Hold, Use, beside};
use crate::settings::Settings;

/// What lies beside a file of SQLite that was not closed.
const LOGS: [&str; 3] = ["-wal", "-shm", "-journal"];
/// What is put after the store's name for the copy that is to take its place.
const RESTORED: &str = ".restore.part";
/// What is put after the store's name, and before the time, for the one that was replaced.
const BEFORE: &str = ".before-restore-";

/// Restores that are told apart within a second.
const MAX_IN_A_SECOND: u32 = 99;

/// Whether it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Everything is looked at, nothing is changed.
    DryRun,
    /// It is done.
    ForGood,
}

/// What is wanted of a restore.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Whether it is done.
    pub how: How,
    /// Case numbers passed over: as many as may have been given after the copy was made.
    pub n_skipped_numbers: u32,
    /// The time.
    pub now: UnixMs,
}

/// What became of the store that was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaced {
    /// There was none.
    Nothing,
    /// It is kept under this name, whole.
    Kept(PathBuf),
    /// It cannot be read; it is kept under this name, as it was.
    Broken(PathBuf),
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The store.
    pub store: PathBuf,
    /// What it holds now.
    pub holdings: Holdings,
    /// The store that was there; none in a dry run.
    pub replaced: Replaced,
}

/// Puts a copy in the store's place.
///
/// # Errors
/// See [`Failure`].
pub async fn restore(
    settings: &Settings,
    copy: &Path,
    wish: Wish,
    tell: Tell<'_>,
) -> Result<Restored> {
    let named = file(settings)?;
    // A link stays a link.
    let store = named.canonicalize().unwrap_or(named);
    if !copy.is_file() {
        return Err(Failure::NoCopy(copy.to_owned()));
    }
    if is_same(&store, copy)? {
        return Err(Failure::Itself(copy.to_owned()));
    }
    let log = std::fs::metadata(beside(copy, "-wal")).map_or(0, |log| log.len());
    if log > 0 {
        return Err(Failure::Unfinished(copy.to_owned()));
    }
    if wish.how == How::DryRun {
        if store.exists() {
            drop(take_alone(&store).await?);
        }
        tell(Step::Checking);
        let holdings = look(copy, copy).await?;
        return Ok(Restored { store, holdings, replaced: Replaced::Nothing });
    }
    if let Some(folder) = store.parent() {
        std::fs::create_dir_all(folder).map_err(|why| Failure::file(folder, why))?;
    }
    let hold = take_alone(&store).await?;
    let part = Part::make(beside(&store, RESTORED))?;
    part.fill_from(copy, tell)?;
    tell(Step::Checking);
    let holdings = look(part.path(), copy).await?;
    if store.exists() {
        part.be_like(&store)?;
    }
    let before = settle(&store).await?;
    prepare(part.path(), &before, wish).await?;
    let replaced = swap(part, &store, &before, wish.now)?;
    drop(hold);
    Ok(Restored { store, holdings, replaced })
}

async fn take_alone(store: &Path) -> Result<Hold> {
    let hold = Hold::take(store, Use::Alone, PATIENCE).await;
    let hold = hold.map_err(|why| Failure::file(store, why))?;
    hold.ok_or_else(|| Failure::InUse(store.to_owned()))
}

/// The store that is there, before it is replaced.
#[derive(Debug)]
enum Before {
    Nothing,
    Whole(Given),
    Broken,
}

/// Brings all of the store that is there into its one file; that takes it alone, so it also finds
/// out whether any program has it open, ours or not.
async fn settle(store: &Path) -> Result<Before> {
    if !store.exists() {
        return Ok(Before::Nothing);
    }
    // SQLite would take away the log of what it cannot read.
    if !begins_well(store).map_err(|why| Failure::file(store, why))? {
        return Ok(Before::Broken);
    }
    let options = SqliteConnectOptions::new()
        .filename(store)
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .disable_statement_logging();
    let mut connection = match options.connect().await {
        Ok(connection) => connection,
        Err(error) if broken(&error).is_some() => return Ok(Before::Broken),
        Err(error) => return Err(stopped(store, error)),
    };
    // Whatever database it is, it may have no such table.
    let given = given(&mut connection).await.unwrap_or_default();
    connection.close().await.map_err(|error| stopped(store, error))?;
    Ok(Before::Whole(given))
}

fn stopped(store: &Path, error: sqlx::Error) -> Failure {
    let why = fault(error, sqlite_sort);
    if matches!(why, Error::Busy(_)) {
        Failure::InUse(store.to_owned())
    } else {
        Failure::store(store, why)
    }
}

/// Makes one file of the copy, if it was not, and passes over the numbers that may have been given.
async fn prepare(part: &Path, before: &Before, wish: Wish) -> Result<()> {
    let sort = |error| Failure::sqlite(part, error);
    let options = SqliteConnectOptions::new()
        .filename(part)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(sort)?;
    let nothing = Given::new();
    let before = match before {
        Before::Whole(given) => given,
        Before::Nothing | Before::Broken => &nothing,
    };
    let skipped = skip(&mut connection, wish.n_skipped_numbers, before, wish.now).await;
    skipped.map_err(sort)?;
    connection.close().await.map_err(sort)
}

/// Keeps the store that is there under another name, then puts the new one in its place.
fn swap(part: Part, store: &Path, before: &Before, now: UnixMs) -> Result<Replaced> {
    let kept = free_name(store, now).ok_or_else(|| Failure::Exists(store.to_owned()))?;
    let keep = || -> std::io::Result<()> {
        forget_second_names(store)?;
        if !matches!(before, Before::Nothing) {
            second_name(store, &kept)?;
        }
        if matches!(before, Before::Whole(_)) {
            // Its rows are all in the file; the index of the log that is gone means nothing.
            remove(&beside(store, "-shm"))?;
        }
        // Of a store that SQLite could not settle, or that is gone: beside another file they would
        // be taken for its own.
        for log in LOGS {
            move_away(&beside(store, log), &beside(&kept, log))?;
        }
        sync_folder(store)
    };
    keep().map_err(|why| Failure::file(&kept, why))?;
    part.take_place_of(store)?;
    Ok(match before {
        Before::Nothing => Replaced::Nothing,
        Before::Whole(_) => Replaced::Kept(kept),
        Before::Broken => Replaced::Broken(kept),
    })
}

/// Gives the name under which the store that is there is kept: the time, and a number where several
/// restores fall into one second.
fn free_name(store: &Path, now: UnixMs) -> Option<PathBuf> {
    let time = now.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let more = (2..=MAX_IN_A_SECOND).map(|n| format!("{time}-{n}"));
    let names = std::iter::once(time.clone()).chain(more);
    let mut names = names.map(|name| beside(store, &format!("{BEFORE}{name}")));
    names.find(|name| !LOGS.iter().chain(&[""]).any(|log| beside(name, log).exists()))
}

/// Gives a file a second name, under which it stays when the first becomes another's.
fn second_name(file: &Path, name: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(file, name) {
        Err(why) if why.kind() != ErrorKind::AlreadyExists => {
            // A disk that knows no second names.
            std::fs::copy(file, name)?;
            std::fs::File::open(name)?.sync_all()
        }
        linked => linked,
    }
}

/// Takes away a second name that a restore gave before it was killed: the store is still there under
/// its first.
fn forget_second_names(store: &Path) -> std::io::Result<()> {
    let Some((folder, name)) = store.parent().zip(store.file_name()) else { return Ok(()) };
    let start = format!("{}{BEFORE}", name.to_string_lossy());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_named_so = entry.file_name().to_string_lossy().starts_with(&start);
        if is_named_so && is_same(store, &entry.path()).unwrap_or(false) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn move_away(from: &Path, to: &Path) -> std::io::Result<()> {
    match std::fs::rename(from, to) {
        Err(why) if why.kind() == ErrorKind::NotFound => Ok(()),
        moved => moved,
    }
}
