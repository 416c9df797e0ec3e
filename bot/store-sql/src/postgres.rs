//! PostgreSQL: a pool of connections, shared with other processes and machines.

mod wake;

use async_trait::async_trait;
use bot_store::{Error, Result, Store, Tx, Wake};
use sqlx::error::DatabaseError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{Arguments as _, Postgres, Transaction};

use crate::dialect::{Dialect, Locking, POSTGRES};
use crate::fault::{Sort, fault, postgres_sort};
use crate::settings::Settings;
use crate::statement::Arg;
use crate::tx::{Mode, SqlTx};
use wake::PgWake;

const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A store in a PostgreSQL database.
pub(crate) struct PgStore {
    pool: PgPool,
    wake: PgWake,
}

/// Opens a database whose tables are up to date.
pub(crate) async fn open(settings: &Settings) -> Result<PgStore> {
    let options = settings.postgres()?;
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await
        .map_err(sort)?;
    let wake = PgWake::start(options).await.map_err(sort)?;
    Ok(PgStore { pool, wake })
}

#[async_trait]
impl Store for PgStore {
    async fn begin(&self) -> Result<Box<dyn Tx>> {
        let tx = self.pool.begin().await.map_err(sort)?;
        Ok(SqlTx::<PgDialect>::boxed(Scope::Tx(tx), Mode::Write))
    }

    async fn read(&self) -> Result<Box<dyn Tx>> {
        let tx = self.pool.begin_with(BEGIN_SNAPSHOT).await.map_err(sort)?;
        Ok(SqlTx::<PgDialect>::boxed(Scope::Tx(tx), Mode::Read))
    }

    async fn look(&self) -> Result<Box<dyn Tx>> {
        let connection = self.pool.acquire().await.map_err(sort)?;
        Ok(SqlTx::<PgDialect>::boxed(Scope::Look(connection), Mode::Read))
    }

    fn wake(&self) -> &dyn Wake {
        &self.wake
    }

    async fn close(&self) {
        self.wake.stop();
        self.pool.close().await;
    }
}

/// Sorts an error of PostgreSQL.
fn sort(error: sqlx::Error) -> Error {
    fault(error, postgres_sort)
}

/// An open transaction, or none: each statement by itself.
pub(crate) enum Scope {
    Tx(Transaction<'static, Postgres>),
    Look(PoolConnection<Postgres>),
}

impl Scope {
    fn connection(&mut self) -> &mut PgConnection {
        match self {
            Self::Tx(tx) => tx,
            Self::Look(connection) => connection,
        }
    }
}

/// What is PostgreSQL's own.
pub(crate) struct PgDialect;

impl Dialect for PgDialect {
    type Row = PgRow;
    type Scope = Scope;

    const LOCKING: Locking = POSTGRES;

    fn sort(error: &dyn DatabaseError) -> Sort {
        postgres_sort(error)
    }

    async fn execute(scope: &mut Scope, sql: &'static str, args: &[Arg<'_>]) -> sqlx::Result<u64> {
        let query = sqlx::query_with(sql, bind(args)?);
        let done = query.execute(scope.connection()).await?;
        Ok(done.rows_affected())
    }

    async fn fetch_one(
        scope: &mut Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> sqlx::Result<Option<PgRow>> {
        let query = sqlx::query_with(sql, bind(args)?);
        query.fetch_optional(scope.connection()).await
    }

    async fn fetch_all(
        scope: &mut Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> sqlx::Result<Vec<PgRow>> {
        let query = sqlx::query_with(sql, bind(args)?);
        query.fetch_all(scope.connection()).await
    }

    fn spoil(_: &mut Scope, _: &Error) {}

    async fn commit(scope: Scope) -> Result<()> {
        match scope {
            Scope::Tx(tx) => tx.commit().await.map_err(sort),
            Scope::Look(_) => Ok(()),
        }
    }
}

fn bind(args: &[Arg<'_>]) -> sqlx::Result<PgArguments> {
    let mut bound = PgArguments::default();
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
