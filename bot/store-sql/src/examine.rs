//! Looks at a database without changing it: nothing is made, nothing is brought up to date.
//!
//! Never here: what to think of it; that is for whoever asks.

use bot_core::time::UnixMs;
use bot_store::Result;
use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use crate::fault::{fault, postgres_sort, sqlite_sort};
use crate::migrate::{POSTGRES, Pending, SQLITE, pending, postgres_applied, sqlite_applied};
use crate::settings::{Engine, Settings};

/// Reads every page once; ten faults say enough.
const SQLITE_CHECK: &str = "PRAGMA quick_check(10)";
/// What SQLite answers where it finds nothing wrong.
const SQLITE_WELL: &str = "ok";
/// Its result code for a database that is malformed.
const SQLITE_CORRUPT: &str = "11";
const POSTGRES_NOW: &str = "
    SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now_ms
";

/// What a database is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exam {
    /// What SQLite finds wrong with its file; a server looks after its own.
    pub damage: Vec<String>,
    /// The steps that the tables have not taken; not looked for in a damaged file.
    pub pending: Vec<Pending>,
    /// The server's clock; a file has none.
    pub now: Option<UnixMs>,
}

/// Looks at a database; there is nothing to look at where SQLite's file is missing.
///
/// # Errors
/// [`bot_store::Error::Newer`] where the tables are those of a newer program, and whatever stops the
/// database.
pub async fn examine(settings: &Settings) -> Result<Option<Exam>> {
    match settings.engine()? {
        Engine::Sqlite => sqlite(settings).await,
        Engine::Postgres => postgres(settings).await.map(Some),
    }
}

async fn sqlite(settings: &Settings) -> Result<Option<Exam>> {
    let sort = |error| fault(error, sqlite_sort);
    let options = settings.sqlite_address()?;
    if !options.get_filename().exists() {
        return Ok(None);
    }
    let options = options
        .create_if_missing(false)
        .busy_timeout(settings.busy_timeout)
        .pragma("query_only", "ON")
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(sort)?;
    let damage = damage(&mut connection, SQLITE_CHECK).await.map_err(sort)?;
    let mut steps = Vec::new();
    if damage.is_empty() {
        let applied = sqlite_applied(&mut connection).await.map_err(sort)?;
        steps = pending(&SQLITE, &applied)?;
    }
    connection.close().await.map_err(sort)?;
    Ok(Some(Exam { damage, pending: steps, now: None }))
}

/// Lists what one of SQLite's checks finds wrong.
pub(crate) async fn damage(
    connection: &mut SqliteConnection,
    check: &'static str,
) -> sqlx::Result<Vec<String>> {
    let mut damage = Vec::new();
    let rows = match sqlx::query(check).fetch_all(connection).await {
        // Where the check itself stumbles over the damage, it ends there.
        Err(sqlx::Error::Database(why)) if why.code().as_deref() == Some(SQLITE_CORRUPT) => {
            damage.push(why.message().to_owned());
            Vec::new()
        }
        rows => rows?,
    };
    for row in rows {
        let line: String = row.try_get(0)?;
        if line != SQLITE_WELL {
            damage.push(line);
        }
    }
    Ok(damage)
}

async fn postgres(settings: &Settings) -> Result<Exam> {
    let sort = |error| fault(error, postgres_sort);
    let mut connection = settings.postgres()?.connect().await.map_err(sort)?;
    let row = sqlx::query(POSTGRES_NOW).fetch_one(&mut connection).await.map_err(sort)?;
    let now = UnixMs(row.try_get("now_ms").map_err(sort)?);
    let applied = postgres_applied(&mut connection).await.map_err(sort)?;
    let steps = pending(&POSTGRES, &applied)?;
    connection.close().await.map_err(sort)?;
    Ok(Exam { damage: Vec::new(), pending: steps, now: Some(now) })
}
