//! SQLite: one connection that writes, some that read, all in this process.
//!
//! The line of writers is in [`line`].

mod line;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bot_store::wake::LocalWake;
use bot_store::{Error, Result, Store, Tx, Wake};
use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow,
};
use sqlx::{Arguments as _, Connection as _, Sqlite, SqliteConnection, Transaction};
use std::sync::{Arc, Mutex, PoisonError};

use crate::dialect::{Dialect, Locking, SQLITE};
use crate::fault::{Sort, fault, sqlite_sort};
use crate::hold::Hold;
use crate::settings::Settings;
use crate::statement::Arg;
use crate::tx::{Mode, SqlTx};
use line::{Line, Turn};

/// A store in an SQLite file.
pub(crate) struct SqliteStore {
    line: Arc<Line>,
    readers: SqlitePool,
    wake: LocalWake,
    /// The use of the file; let go of when the store is closed.
    hold: Mutex<Option<Hold>>,
}

/// Opens a file whose tables are up to date.
pub(crate) async fn open(settings: &Settings, hold: Option<Hold>) -> Result<SqliteStore> {
    let store = open_with(settings, settings.sqlite()?).await?;
    Ok(SqliteStore { hold: Mutex::new(hold), ..store })
}

async fn open_with(settings: &Settings, options: SqliteConnectOptions) -> Result<SqliteStore> {
    let pool = |max_connections| {
        SqlitePoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(settings.acquire_timeout)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    // A transaction that SQLite itself has rolled back leaves the driver miscounting: such a
    // connection is given up.
    let writer = pool(1).after_release(|connection, _| {
        Box::pin(async move {
            if connection.is_in_transaction() {
                connection.ping().await?;
            }
            Ok(!connection.is_in_transaction())
        })
    });
    let writer = writer.connect_with(options.clone()).await.map_err(sort)?;
    let readers =
        pool(settings.max_connections).connect_with(options.pragma("query_only", "ON")).await;
    Ok(SqliteStore {
        line: Arc::new(Line::new(writer, settings.acquire_timeout)),
        readers: readers.map_err(sort)?,
        wake: LocalWake::new(),
        hold: Mutex::default(),
    })
}

#[async_trait]
impl Store for SqliteStore {
    async fn begin(&self) -> Result<Box<dyn Tx>> {
        let turn = Arc::clone(&self.line).begin().await?;
        Ok(SqlTx::<SqliteDialect>::boxed(Scope::Write(turn), Mode::Write))
    }

    async fn read(&self) -> Result<Box<dyn Tx>> {
        let tx = self.readers.begin().await.map_err(sort)?;
        Ok(SqlTx::<SqliteDialect>::boxed(Scope::Read(tx), Mode::Read))
    }

    async fn look(&self) -> Result<Box<dyn Tx>> {
        let connection = self.readers.acquire().await.map_err(sort)?;
        Ok(SqlTx::<SqliteDialect>::boxed(Scope::Look(connection), Mode::Read))
    }

    fn wake(&self) -> &dyn Wake {
        &self.wake
    }

    async fn close(&self) {
        self.readers.close().await;
        self.line.close().await;
        self.hold.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Sorts an error of SQLite.
fn sort(error: sqlx::Error) -> Error {
    fault(error, sqlite_sort)
}

/// An open transaction.
pub(crate) enum Scope {
    Read(Transaction<'static, Sqlite>),
    /// None: each statement by itself.
    Look(PoolConnection<Sqlite>),
    Write(Turn),
}

impl Scope {
    fn connection(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        match self {
            Self::Read(tx) => Ok(tx),
            Self::Look(connection) => Ok(connection),
            Self::Write(turn) => turn.connection(),
        }
    }
}

/// What is SQLite's own.
pub(crate) struct SqliteDialect;

impl Dialect for SqliteDialect {
    type Row = SqliteRow;
    type Scope = Scope;

    const LOCKING: Locking = SQLITE;

    fn sort(error: &dyn DatabaseError) -> Sort {
        sqlite_sort(error)
    }

    async fn execute(scope: &mut Scope, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<u64> {
        let query = sqlx::query_with(sql, bind(args)?);
        let done = query.execute(scope.connection()?).await?;
        Ok(done.rows_affected())
    }

    async fn fetch_one(
        scope: &mut Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> sqlx::Result<Option<SqliteRow>> {
        let query = sqlx::query_with(sql, bind(args)?);
        query.fetch_optional(scope.connection()?).await
    }

    async fn fetch_all(
        scope: &mut Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> sqlx::Result<Vec<SqliteRow>> {
        let query = sqlx::query_with(sql, bind(args)?);
        query.fetch_all(scope.connection()?).await
    }

    fn spoil(scope: &mut Scope, error: &Error) {
        if let Scope::Write(turn) = scope {
            turn.spoil(error);
        }
    }

    async fn commit(scope: Scope) -> Result<()> {
        match scope {
            Scope::Read(tx) => tx.commit().await.map_err(sort),
            Scope::Look(_) => Ok(()),
            Scope::Write(turn) => turn.commit().await,
        }
    }
}

fn bind(args: &[Arg<'_>]) -> sqlx::Result<SqliteArguments> {
    let mut bound = SqliteArguments::default();
    bound.reserve(args.len(), 0);
    for arg in args {
        let added = match *arg {
            Arg::Int(value) => bound.add(value),
            Arg::Float(value) => bound.add(value),
            Arg::Text(value) => bound.add(value),
            Arg::Id(value) => bound.add(value),
            Arg::Bytes(value) => bound.add(value),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}
