//! A copy of SQLite's file while the service runs and writes, and the way back.
//!
//! The copy is made by `VACUUM INTO`: one read transaction, so it holds one moment of the store; with
//! a write-ahead log it keeps no writer waiting, whoever they are. SQLite's other way, its backup
//! interface, begins again each time another process writes, and under load never ends; and sqlx does
//! not offer it. The price is that the log grows for as long as the copy is being made. Never here:
//! how a command tells of it, and the names of copies.

mod failure;
mod look;
mod numbers;
mod place;
mod restore;
#[cfg(test)]
mod tests;

pub use failure::Failure;
pub use look::Holdings;
pub use restore::{How, Replaced, Restored, Wish, restore};

use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::hold::{Hold, Use, beside};
use crate::settings::Settings;

/// What is put after a copy's name until it is whole and checked.
pub const PART: &str = ".part";
/// What is put after the store's name for the lock of its one backup.
const BACKUP: &str = ".backup";
/// How often it is told how far a copy has come.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// How long someone may be in the way who is about to leave.
const PATIENCE: Duration = Duration::from_secs(1);

const COPY: &str = "VACUUM INTO $1";
const SIZE: &str = "
    SELECT page_count * page_size AS n_bytes
    FROM pragma_page_count(), pragma_page_size()
";

/// The result of a backup or a restore.
pub type Result<T> = std::result::Result<T, Failure>;

/// What is being done, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes are being copied.
    Copying {
        /// So many so far.
        n_bytes: u64,
        /// Of about so many.
        n_of: u64,
    },
    /// The copy is being read from beginning to end.
    Checking,
}

/// Hears what is being done.
pub type Tell<'a> = &'a (dyn Fn(Step) + Sync);

/// What becomes of a file that has the copy's name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and there is no copy.
    Keep,
    /// The copy takes its place, once it is whole.
    Replace,
}

/// Makes a copy of a store, whole and checked or not at all; tells what it holds.
///
/// # Errors
/// See [`Failure`].
pub async fn backup(
    settings: &Settings,
    copy: &Path,
    existing: Existing,
    tell: Tell<'_>,
) -> Result<Holdings> {
    let store = file(settings)?;
    if !store.exists() {
        return Err(Failure::NoStore(store));
    }
    if existing == Existing::Keep && copy.exists() {
        return Err(Failure::Exists(copy.to_owned()));
    }
    if place::is_same(&store, copy)? {
        return Err(Failure::Itself(copy.to_owned()));
    }
    let hold = settings.hold().await.map_err(|why| Failure::store(&store, why))?;
    let own = Hold::take(&beside(&store, BACKUP), Use::Alone, PATIENCE).await;
    let own = own.map_err(|why| Failure::file(&store, why))?;
    let own = own.ok_or_else(|| Failure::Twice(store.clone()))?;
    let part = place::Part::make(beside(copy, PART))?;
    copy_into(settings, &store, part.path(), tell).await?;
    tell(Step::Checking);
    let holdings = look::look(part.path(), &store).await?;
    part.take_place_of(copy)?;
    drop((own, hold));
    Ok(holdings)
}

/// Gives the file of a store.
fn file(settings: &Settings) -> Result<PathBuf> {
    let file = settings.file().map_err(|why| Failure::store(Path::new(&settings.url), why))?;
    file.ok_or(Failure::Server)
}

async fn copy_into(settings: &Settings, store: &Path, part: &Path, tell: Tell<'_>) -> Result<()> {
    let sort = |error| Failure::sqlite(store, error);
    let into = std::path::absolute(part).map_err(|why| Failure::file(part, why))?;
    let into = into.to_str().ok_or_else(|| Failure::Name(part.to_owned()))?;
    let options = settings.sqlite_address().map_err(|why| Failure::store(store, why))?;
    let options = options
        .create_if_missing(false)
        .busy_timeout(settings.busy_timeout)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(sort)?;
    let copied = vacuum_into(&mut connection, into, tell).await.map_err(sort);
    // Closed in any case, so that nothing of it is left beside the store.
    let closed = connection.close().await.map_err(sort);
    copied.and(closed)
}

async fn vacuum_into(
    connection: &mut SqliteConnection,
    into: &str,
    tell: Tell<'_>,
) -> sqlx::Result<()> {
    let row = sqlx::query(SIZE).fetch_one(&mut *connection).await?;
    let n_of = u64::try_from(row.try_get::<i64, _>("n_bytes")?).unwrap_or(0);
    watched(sqlx::query(COPY).bind(into).execute(connection), into, n_of, tell).await?;
    Ok(())
}

/// Waits for the copy, and tells how far it has come.
async fn watched<T>(copying: impl Future<Output = T>, into: &str, n_of: u64, tell: Tell<'_>) -> T {
    let mut copying = std::pin::pin!(copying);
    let mut pulse = tokio::time::interval(TELL_EVERY);
    loop {
        tokio::select! {
            done = &mut copying => return done,
            _ = pulse.tick() => {
                let n_bytes = std::fs::metadata(into).map_or(0, |into| into.len());
                tell(Step::Copying { n_bytes, n_of });
            }
        }
    }
}
