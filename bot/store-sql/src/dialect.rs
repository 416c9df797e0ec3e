//! All that differs between SQLite and PostgreSQL: how to open, bind and sort, and the few
//! statements that lock rows.
//!
//! SQLite has one writer at a time, so it has nothing to lock.

use bot_store::{Error, Result};
use sqlx::error::DatabaseError;
use std::future::Future;

use crate::fault::Sort;
use crate::nouns::{case_columns, conversation_columns, job_columns};
use crate::row::Columns;
use crate::statement::Arg;

/// An engine.
pub(crate) trait Dialect: Sized + Send + Sync + 'static {
    /// A row as its driver gives it.
    type Row: Columns + Send + Sync;
    /// An open transaction.
    type Scope: Send + Sync;

    /// The statements that lock rows.
    const LOCKING: Locking;

    /// Sorts an error.
    fn sort(error: &dyn DatabaseError) -> Sort;

    /// Runs a statement and gives the number of rows it wrote.
    fn execute(
        scope: &mut Self::Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> impl Future<Output = sqlx::Result<u64>> + Send;

    /// Runs a statement and gives its row, if it has one.
    fn fetch_one(
        scope: &mut Self::Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> impl Future<Output = sqlx::Result<Option<Self::Row>>> + Send;

    /// Runs a statement and gives its rows.
    fn fetch_all(
        scope: &mut Self::Scope,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> impl Future<Output = sqlx::Result<Vec<Self::Row>>> + Send;

    /// Takes note of an error after which the transaction cannot go on.
    fn spoil(scope: &mut Self::Scope, error: &Error);

    /// Commits.
    fn commit(scope: Self::Scope) -> impl Future<Output = Result<()>> + Send;
}

/// The statements that lock rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locking {
    pub(crate) conversation: &'static str,
    pub(crate) open_conversation: &'static str,
    pub(crate) case: &'static str,
    pub(crate) claim: &'static str,
    pub(crate) due_timers: &'static str,
}

impl Locking {
    /// Every statement with its name.
    #[cfg(test)]
    pub(crate) const fn all(self) -> [(&'static str, &'static str); 5] {
        [
            ("conversation", self.conversation),
            ("open_conversation", self.open_conversation),
            ("case", self.case),
            ("claim", self.claim),
            ("due_timers", self.due_timers),
        ]
    }
}

/// Writes the statements with an engine's lock clauses.
macro_rules! locking {
    ($lock:literal, $skip:literal) => {
        Locking {
            conversation: concat!(
                "SELECT ",
                conversation_columns!(),
                "
                FROM conversation
                WHERE id = $1
                ",
                $lock
            ),
            open_conversation: concat!(
                "SELECT ",
                conversation_columns!(),
                "
                FROM conversation
                WHERE identity = (
                    SELECT id
                    FROM identity
                    WHERE channel = $1
                    AND address = $2
                )
                AND state <> 'closed'
                ",
                $lock
            ),
            case: concat!(
                "SELECT ",
                case_columns!(),
                "
                FROM case_file
                WHERE id = $1
                ",
                $lock
            ),
            // A job that runs has no other running beside it, and a job that is ready has neither
            // that nor an older one before it. Only what comes out of `due` is locked.
            claim: concat!(
                "
                WITH due AS MATERIALIZED (
                    SELECT candidate.seq
                    FROM job AS candidate
                    WHERE candidate.queue = $2
                    AND candidate.state IN ('ready', 'running')
                    AND COALESCE(candidate.lease_until_ms, candidate.run_at_ms) <= $3
                    AND (
                        candidate.state = 'running'
                        OR (
                            NOT EXISTS (
                                SELECT 1
                                FROM job AS other
                                WHERE other.lane = candidate.lane
                                AND other.queue = candidate.queue
                                AND other.state = 'running'
                            )
                            AND NOT EXISTS (
                                SELECT 1
                                FROM job AS other
                                WHERE other.lane = candidate.lane
                                AND other.queue = candidate.queue
                                AND other.state = 'ready'
                                AND other.seq < candidate.seq
                            )
                        )
                    )
                    ORDER BY COALESCE(candidate.lease_until_ms, candidate.run_at_ms), candidate.seq
                    LIMIT $4
                    ",
                $skip,
                "
                )
                UPDATE job
                SET state = 'running',
                    attempt = attempt + 1,
                    lease_until_ms = $1
                WHERE seq IN (SELECT seq FROM due)
                RETURNING ",
                job_columns!()
            ),
            due_timers: concat!(
                "
                WITH due AS MATERIALIZED (
                    SELECT conversation
                    FROM timer
                    WHERE at_ms <= $1
                    ORDER BY at_ms, conversation
                    LIMIT $2
                    ",
                $skip,
                "
                )
                DELETE FROM timer
                WHERE conversation IN (SELECT conversation FROM due)
                RETURNING conversation, timer, token, at_ms
                "
            ),
        }
    };
}

/// SQLite's statements.
pub(crate) const SQLITE: Locking = locking!("", "");

/// PostgreSQL's statements: they wait for a conversation that another has locked, and step over
/// jobs and timers that another has. `NO KEY`, so that rows that only point there do not wait.
pub(crate) const POSTGRES: Locking = locking!("FOR NO KEY UPDATE", "FOR NO KEY UPDATE SKIP LOCKED");
