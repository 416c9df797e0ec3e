//! Whether a file is a whole store of guichet, and what it holds. The file is only read, and nothing
//! is made beside it.

use bot_store::Error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{Failure, Result};
use crate::examine::damage;
use crate::migrate::{Applied, SQLITE, pending, sqlite_applied};

/// What every SQLite database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Reads every page and every index; ten faults say enough.
const CHECK: &str = "PRAGMA integrity_check(10)";
const COUNT: &str = "
    SELECT (SELECT COUNT(*) FROM conversation) AS n_conversations,
        (SELECT COUNT(*) FROM case_file) AS n_cases,
        (SELECT COUNT(*) FROM message) AS n_messages
";

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings {
    /// Conversations.
    pub n_conversations: u64,
    /// Cases.
    pub n_cases: u64,
    /// Messages of all conversations.
    pub n_messages: u64,
    /// The size of the file.
    pub n_bytes: u64,
    /// Steps that its tables have not taken: the next start takes them.
    pub n_pending: usize,
}

/// Looks at a file that nobody writes to; what is wrong with it is told of the one it comes from.
pub(super) async fn look(file: &Path, source: &Path) -> Result<Holdings> {
    let broken = |why| Failure::file(file, why);
    if !begins_well(file).map_err(broken)? {
        return Err(Failure::NotSqlite(source.to_owned()));
    }
    let n_bytes = std::fs::metadata(file).map_err(broken)?.len();
    let options = SqliteConnectOptions::new()
        .filename(std::path::absolute(file).map_err(broken)?)
        .read_only(true)
        // Nobody writes, so nothing is locked and no log is looked for.
        .immutable(true)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(|error| Failure::sqlite(source, error))?;
    let found = inside(source, &mut connection).await;
    connection.close().await.map_err(|error| Failure::sqlite(source, error))?;
    let [n_conversations, n_cases, n_messages, n_pending] = found?;
    let n_pending = usize::try_from(n_pending).unwrap_or(usize::MAX);
    Ok(Holdings { n_conversations, n_cases, n_messages, n_bytes, n_pending })
}

/// Tells whether a file begins as an SQLite database does.
pub(super) fn begins_well(file: &Path) -> std::io::Result<bool> {
    let mut start = Vec::new();
    File::open(file)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
    Ok(start == MAGIC)
}

async fn inside(source: &Path, connection: &mut SqliteConnection) -> Result<[u64; 4]> {
    let sort = |error| Failure::sqlite(source, error);
    if let Some(what) = damage(connection, CHECK).await.map_err(sort)?.into_iter().next() {
        return Err(Failure::Damaged { file: source.to_owned(), what });
    }
    let applied = sqlite_applied(connection).await.map_err(sort)?;
    if !is_ours(&applied) {
        return Err(Failure::NotOurs(source.to_owned()));
    }
    let n_pending = match pending(&SQLITE, &applied) {
        Ok(steps) => steps.len() as u64,
        Err(Error::Newer { found, known }) => {
            return Err(Failure::Newer { file: source.to_owned(), found, known });
        }
        Err(why) => return Err(Failure::store(source, why)),
    };
    let row = sqlx::query(COUNT).fetch_one(connection).await.map_err(sort)?;
    let n = |name| -> Result<u64> {
        Ok(u64::try_from(row.try_get::<i64, _>(name).map_err(sort)?).unwrap_or(0))
    };
    Ok([n("n_conversations")?, n("n_cases")?, n("n_messages")?, n_pending])
}

/// Tells whether the first step that the tables took is ours: others number theirs from 1 too.
fn is_ours(applied: &[Applied]) -> bool {
    let first = SQLITE.iter().next();
    first.is_some_and(|first| applied.iter().any(|taken| taken.is(first)))
}
