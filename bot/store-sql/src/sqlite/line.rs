//! The line of writers: one at a time, served in order, committed together.
//!
//! A commit costs a wait for the disk. So when a writer is done and others wait, its work is left
//! open, the next one writes after it inside a savepoint, and one commit makes the whole group
//! last. A writer hears that its commit is done only after that. Where it fails, all of the group
//! hear so. Never here: what is written.

use bot_store::error::cause;
use bot_store::{Error, Result};
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::sort;

/// Writers whose work one commit makes last at most; it bounds how long the first waits.
const MAX_GROUP: usize = 32;

const BEGIN: &str = "BEGIN IMMEDIATE";
const SAVEPOINT: &str = "SAVEPOINT turn";
const RELEASE: &str = "RELEASE SAVEPOINT turn";
const UNDO: &str = "ROLLBACK TO SAVEPOINT turn";
/// What SQLite says of a savepoint that was never made.
const NO_SAVEPOINT: &str = "no such savepoint";

/// The line of writers.
pub(crate) struct Line {
    /// Holds the one connection.
    pool: SqlitePool,
    head: Arc<Mutex<Head>>,
    n_waiting: AtomicUsize,
    patience: Duration,
}

/// What the writer at the head of the line holds.
#[derive(Default)]
struct Head {
    /// The transaction that is open, with the work of those in the group.
    base: Option<Transaction<'static, Sqlite>>,
    /// Those who are done and wait for the commit.
    group: Vec<oneshot::Sender<Result<()>>>,
    /// Whether the last turn may have left something to undo.
    has_leftover: bool,
    /// Why the transaction that is open cannot be committed.
    fault: Option<Error>,
}

impl Line {
    pub(crate) fn new(pool: SqlitePool, patience: Duration) -> Self {
        Self { pool, head: Arc::default(), n_waiting: AtomicUsize::new(0), patience }
    }

    /// Waits for its turn and opens it.
    pub(crate) async fn begin(self: Arc<Self>) -> Result<Turn> {
        let waiting = Waiting::new(&self.n_waiting);
        let head = tokio::time::timeout(self.patience, Arc::clone(&self.head).lock_owned()).await;
        drop(waiting);
        let head = head.map_err(|_| Error::Busy(cause("another transaction does not end")))?;
        let mut turn = Turn { line: self, head: Some(head), is_nested: false };
        turn.open().await?;
        Ok(turn)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Tells how many wait for their turn.
    #[cfg(test)]
    pub(crate) fn n_waiting(&self) -> usize {
        self.n_waiting.load(Ordering::SeqCst)
    }
}

/// Counts someone as waiting while it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(n_waiting: &'a AtomicUsize) -> Self {
        n_waiting.fetch_add(1, Ordering::SeqCst);
        Self(n_waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Says that nobody knows whether a commit was done.
fn interrupted() -> Error {
    Error::Unavailable(cause("a commit was interrupted"))
}

impl Head {
    /// Clears away what the last turn left.
    async fn tidy(&mut self) {
        self.find_fault().await;
        if let Some(fault) = self.fault.take() {
            // Dropping the transaction rolls it back.
            self.base = None;
            self.tell(&Err(fault));
        }
    }

    /// Undoes what the last turn left, and finds out whether the group can still be committed.
    async fn find_fault(&mut self) {
        if self.base.is_none() && !self.group.is_empty() && self.fault.is_none() {
            self.fault = Some(interrupted());
        }
        if self.has_leftover && self.fault.is_none() {
            self.undo().await;
        }
        self.has_leftover = false;
    }

    /// Takes back the last turn's work and leaves that of the group.
    async fn undo(&mut self) {
        for sql in [UNDO, RELEASE] {
            match self.run(sql).await {
                Ok(()) => {}
                Err(sqlx::Error::Database(error)) if error.message().contains(NO_SAVEPOINT) => {}
                Err(error) => self.fault = Some(sort(error)),
            }
        }
    }

    async fn run(&mut self, sql: &'static str) -> sqlx::Result<()> {
        if let Some(base) = &mut self.base {
            sqlx::query(sql).execute(&mut **base).await?;
        }
        Ok(())
    }

    /// Commits for the whole group.
    async fn settle(&mut self) -> Result<()> {
        self.find_fault().await;
        if let Some(fault) = self.fault.clone() {
            self.tidy().await;
            return Err(fault);
        }
        let Some(base) = self.base.take() else {
            return Err(interrupted());
        };
        let outcome = base.commit().await.map_err(sort);
        self.tell(&outcome);
        outcome
    }

    fn tell(&mut self, outcome: &Result<()>) {
        for member in self.group.drain(..) {
            // Whoever has stopped waiting need not hear it.
            member.send(outcome.clone()).ok();
        }
    }

    /// Gives the work up where nobody waits for it any more.
    fn abandon(&mut self) {
        if self.group.iter().all(oneshot::Sender::is_closed) {
            self.group.clear();
            self.base = None;
            self.has_leftover = false;
        }
    }
}

/// A writer's turn.
pub(crate) struct Turn {
    line: Arc<Line>,
    /// The head of the line; given back when the turn ends.
    head: Option<OwnedMutexGuard<Head>>,
    /// Whether the turn is a savepoint after the work of others.
    is_nested: bool,
}

impl Turn {
    async fn open(&mut self) -> Result<()> {
        let Some(head) = self.head.as_deref_mut() else {
            return Ok(());
        };
        head.tidy().await;
        if head.base.is_none() {
            head.base = Some(self.line.pool.begin_with(BEGIN).await.map_err(sort)?);
            return Ok(());
        }
        // Said before it is so: whoever is dropped in the middle may have made the savepoint.
        self.is_nested = true;
        let made = head.run(SAVEPOINT).await;
        made.map_err(sort).inspect_err(|error| {
            head.fault = Some(error.clone());
        })
    }

    pub(crate) fn connection(&mut self) -> sqlx::Result<&mut SqliteConnection> {
        let head = self.head.as_deref_mut();
        let base = head.and_then(|head| head.base.as_mut());
        base.map(|base| &mut **base).ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Takes note of an error after which SQLite may have rolled everything back.
    pub(crate) fn spoil(&mut self, error: &Error) {
        let is_harmless = matches!(error, Error::Conflict(_) | Error::Fault(_));
        if let Some(head) = self.head.as_deref_mut()
            && !is_harmless
        {
            head.fault = Some(error.clone());
        }
    }

    /// Makes the turn's work last, alone or together with that of those who come next.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if let Some(head) = self.head.as_deref_mut()
            && self.is_nested
            && head.fault.is_none()
        {
            let released = head.run(RELEASE).await.map_err(sort);
            released.inspect_err(|error| head.fault = Some(error.clone()))?;
        }
        let line = Arc::clone(&self.line);
        let Some(mut head) = self.head.take() else {
            return Ok(());
        };
        let others_wait = line.n_waiting.load(Ordering::SeqCst) > 0;
        if !others_wait || head.group.len() + 1 >= MAX_GROUP || head.fault.is_some() {
            return head.settle().await;
        }
        let (member, receipt) = oneshot::channel();
        head.group.push(member);
        drop(head);
        Member { line, receipt }.wait().await
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(head) = self.head.as_deref_mut() else {
            return;
        };
        if self.is_nested {
            head.has_leftover = true;
            head.abandon();
        } else if head.group.is_empty() {
            head.base = None;
        }
    }
}

/// A writer that is done and waits for the group's commit.
struct Member {
    line: Arc<Line>,
    receipt: oneshot::Receiver<Result<()>>,
}

impl Member {
    /// Waits for the commit, and commits itself where nobody else came to do so.
    async fn wait(mut self) -> Result<()> {
        let head = Arc::clone(&self.line.head).lock_owned();
        tokio::select! {
            biased;
            outcome = &mut self.receipt => return outcome.unwrap_or_else(|_| Err(interrupted())),
            mut head = head => {
                if !head.group.is_empty() {
                    // The outcome comes by the receipt, as for everyone.
                    head.settle().await.ok();
                }
            }
        }
        match (&mut self.receipt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(interrupted()),
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.receipt.close();
        // Where someone has the head, or waits for it, they see to the rest.
        if let Ok(mut head) = Arc::clone(&self.line.head).try_lock_owned()
            && !head.group.is_empty()
        {
            head.abandon();
        }
    }
}
