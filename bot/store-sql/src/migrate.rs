//! Brings the tables up to date, and refuses those of a newer program.
//!
//! The steps are in `migrations/`, in two folders with equal file names. A step that was released
//! never changes again.

#[cfg(test)]
mod tests;

use bot_store::{Error, Result};
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::sync::Arc;
use std::time::Duration;

use crate::fault::{Sort, fault, postgres_sort, sqlite_sort};
use crate::settings::{Engine, Settings};

pub(crate) static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
pub(crate) static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

const SQLITE_HAS_TABLE: &str = "
    SELECT COUNT(*) AS n_tables
    FROM sqlite_master
    WHERE type = 'table'
    AND name = '_sqlx_migrations'
";
const POSTGRES_HAS_TABLE: &str = "
    SELECT COUNT(to_regclass('_sqlx_migrations')) AS n_tables
";
const APPLIED: &str = "
    SELECT version, checksum
    FROM _sqlx_migrations
    ORDER BY version
";
/// Two processes that open one file at the same time come one after the other.
const SQLITE_BEGIN: &str = "BEGIN IMMEDIATE";

/// How long a new file that another is making is left alone before the next try.
const PAUSE: Duration = Duration::from_millis(20);

/// A step that the tables have not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
}

/// Brings the tables up to date and gives the steps that were taken; with `dry_run`, the steps that
/// would be.
///
/// # Errors
/// [`Error::Newer`] where the tables are those of a newer program, and whatever stops the database.
pub async fn migrate(settings: &Settings, dry_run: bool) -> Result<Vec<Pending>> {
    match settings.engine()? {
        Engine::Sqlite => sqlite(settings, dry_run).await,
        Engine::Postgres => postgres(settings, dry_run).await,
    }
}

async fn sqlite(settings: &Settings, dry_run: bool) -> Result<Vec<Pending>> {
    let sort = |error| fault(error, sqlite_sort);
    let options = settings.sqlite()?;
    if dry_run && !options.get_filename().exists() {
        return pending(&SQLITE, &[]);
    }
    let hold = if dry_run { None } else { settings.hold().await? };
    let mut connection = connect(&options, settings.busy_timeout).await?;
    let applied = sqlite_applied(&mut connection).await.map_err(sort)?;
    let steps = pending(&SQLITE, &applied)?;
    if !dry_run && !steps.is_empty() {
        let mut tx = connection.begin_with(SQLITE_BEGIN).await.map_err(sort)?;
        run(&SQLITE, &mut *tx, sqlite_sort).await?;
        tx.commit().await.map_err(sort)?;
    }
    connection.close().await.map_err(sort)?;
    drop(hold);
    Ok(steps)
}

/// Connects to a file, and makes it one with a write-ahead log. Where several do that to a new file
/// at the same time, SQLite refuses all but one at once, without its usual patience.
async fn connect(options: &SqliteConnectOptions, patience: Duration) -> Result<SqliteConnection> {
    let mut waited = Duration::ZERO;
    loop {
        let connection = options.connect().await;
        match connection.map_err(|error| fault(error, sqlite_sort)) {
            Err(Error::Busy(_)) if waited < patience => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            connection => return connection,
        }
    }
}

async fn postgres(settings: &Settings, dry_run: bool) -> Result<Vec<Pending>> {
    let sort = |error| fault(error, postgres_sort);
    let mut connection = settings.postgres()?.connect().await.map_err(sort)?;
    let applied = postgres_applied(&mut connection).await.map_err(sort)?;
    let steps = pending(&POSTGRES, &applied)?;
    if !dry_run && !steps.is_empty() {
        run(&POSTGRES, &mut connection, postgres_sort).await?;
    }
    connection.close().await.map_err(sort)?;
    Ok(steps)
}

/// A step that the tables have taken.
pub(crate) struct Applied {
    version: i64,
    checksum: Vec<u8>,
}

impl Applied {
    /// Tells whether it is this step, to the letter.
    pub(crate) fn is(&self, step: &sqlx::migrate::Migration) -> bool {
        self.version == step.version && self.checksum == *step.checksum
    }
}

/// Reads which steps a file has taken.
pub(crate) async fn sqlite_applied(
    connection: &mut SqliteConnection,
) -> sqlx::Result<Vec<Applied>> {
    let row = sqlx::query(SQLITE_HAS_TABLE).fetch_one(&mut *connection);
    if row.await?.try_get::<i64, _>("n_tables")? == 0 {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(APPLIED).fetch_all(connection).await?;
    rows.iter().map(read_applied).collect()
}

/// Reads which steps a server's database has taken.
pub(crate) async fn postgres_applied(connection: &mut PgConnection) -> sqlx::Result<Vec<Applied>> {
    let row = sqlx::query(POSTGRES_HAS_TABLE).fetch_one(&mut *connection);
    if row.await?.try_get::<i64, _>("n_tables")? == 0 {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(APPLIED).fetch_all(connection).await?;
    rows.iter().map(read_applied).collect()
}

fn read_applied<R>(row: &R) -> sqlx::Result<Applied>
where
    R: sqlx::Row,
    for<'a> &'a str: sqlx::ColumnIndex<R>,
    for<'a> i64: sqlx::Decode<'a, R::Database> + sqlx::Type<R::Database>,
    for<'a> Vec<u8>: sqlx::Decode<'a, R::Database> + sqlx::Type<R::Database>,
{
    Ok(Applied { version: row.try_get("version")?, checksum: row.try_get("checksum")? })
}

/// Lists the steps that have not been taken, and checks those that have.
pub(crate) fn pending(migrator: &Migrator, applied: &[Applied]) -> Result<Vec<Pending>> {
    let known = migrator.iter().map(|step| step.version).max().unwrap_or(0);
    let newest = applied.iter().map(|step| step.version).max().unwrap_or(0);
    if newest > known {
        return Err(Error::Newer { found: newest, known });
    }
    let mut steps = Vec::new();
    for step in migrator.iter() {
        let taken = applied.iter().find(|taken| taken.version == step.version);
        match taken {
            Some(taken) if taken.is(step) => {}
            Some(_) => {
                let error = MigrateError::VersionMismatch(step.version);
                return Err(Error::Fault(Arc::new(error)));
            }
            None => {
                steps.push(Pending { version: step.version, name: step.description.to_string() });
            }
        }
    }
    Ok(steps)
}

async fn run<C: Migrate>(
    migrator: &Migrator,
    connection: &mut C,
    sort: fn(&dyn sqlx::error::DatabaseError) -> Sort,
) -> Result<()> {
    let done = migrator.run_direct(None, connection, false).await;
    done.map_err(|error| {
        if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
            fault(error, sort)
        } else {
            Error::Fault(Arc::new(error))
        }
    })
}
