//! The line of writers: who is committed with whom, and what becomes of them when one fails.

use bot_core::time::UnixMs;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::{Error, Result, Store, Tx};
use sqlx::ConnectOptions as _;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::{SqliteStore, open_with};
use crate::{Settings, migrate};

struct Bench {
    store: Arc<SqliteStore>,
    settings: Settings,
    _folder: TempDir,
}

/// Opens a store whose file may grow to a number of pages.
async fn bench(max_pages: &'static str) -> Bench {
    bench_with(max_pages, Duration::from_mins(1)).await
}

/// The same, with so much patience.
async fn bench_with(max_pages: &'static str, patience: Duration) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guichet.db");
    let mut settings = Settings::new(&format!("sqlite:{}", file.display()));
    settings.acquire_timeout = patience;
    settings.busy_timeout = patience;
    migrate(&settings, false).await.unwrap();
    let options = settings.sqlite().unwrap();
    let options = options.pragma("max_page_count", max_pages);
    let store = open_with(&settings, options).await.unwrap();
    Bench { store: Arc::new(store), settings, _folder: folder }
}

impl Bench {
    /// Waits in line in a task of its own, until it is sure to wait.
    async fn queue(&self) -> JoinHandle<Result<Box<dyn Tx>>> {
        let n_before = self.store.line.n_waiting();
        let store = Arc::clone(&self.store);
        let task = tokio::spawn(async move { store.begin().await });
        while self.store.line.n_waiting() == n_before {
            tokio::task::yield_now().await;
        }
        task
    }

    /// Lists the sizes of the committed events.
    async fn seen(&self) -> Vec<usize> {
        let mut tx = self.store.read().await.unwrap();
        let events = tx.desk().list_after(0, 100).await.unwrap();
        events.iter().map(|row| row.event.body.len()).collect()
    }

    /// Tells whether another process could write now.
    async fn is_free(&self) -> bool {
        let options = self.settings.sqlite().unwrap();
        let options = options.busy_timeout(Duration::from_millis(200));
        let mut other = options.connect().await.unwrap();
        let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await;
        begun.is_ok()
    }
}

async fn write(tx: &mut dyn Tx, n_bytes: usize) -> Result<()> {
    let event = NewDeskEvent {
        conversation: None,
        kind: DeskKind::Agent,
        body: "x".repeat(n_bytes),
        at: UnixMs(0),
    };
    tx.desk().append(&event).await?;
    Ok(())
}

const ROOMY: &str = "100000";
const FULL_BYTES: usize = 8_000_000;
const CRAMPED: &str = "400";

#[tokio::test]
async fn writers_in_line_are_committed_together() {
    let bench = bench(ROOMY).await;
    let mut first = bench.store.begin().await.unwrap();
    write(first.as_mut(), 1).await.unwrap();
    let second = bench.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap().unwrap();
    write(second.as_mut(), 2).await.unwrap();
    // The first one's commit is not done before it lasts.
    assert!(!first.is_finished());
    assert_eq!(bench.seen().await, [0; 0]);
    second.commit().await.unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(bench.seen().await, [1, 2]);
    assert!(bench.is_free().await);
}

#[tokio::test]
async fn a_writer_that_leaves_nothing_takes_nobody_along() {
    let bench = bench(ROOMY).await;
    let mut first = bench.store.begin().await.unwrap();
    write(first.as_mut(), 1).await.unwrap();
    let second = bench.queue().await;
    let third = bench.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap().unwrap();
    write(second.as_mut(), 2).await.unwrap();
    drop(second);
    let mut third = third.await.unwrap().unwrap();
    write(third.as_mut(), 3).await.unwrap();
    drop(third);
    first.await.unwrap().unwrap();
    assert_eq!(bench.seen().await, [1]);
    assert!(bench.is_free().await);
}

#[tokio::test]
async fn a_full_database_says_so_and_recovers() {
    let bench = bench(CRAMPED).await;
    for _ in 0..3 {
        let mut tx = bench.store.begin().await.unwrap();
        let refused = write(tx.as_mut(), FULL_BYTES).await;
        assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
        drop(tx);
    }
    let mut tx = bench.store.begin().await.unwrap();
    write(tx.as_mut(), 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.seen().await, [1]);
}

#[tokio::test]
async fn a_fault_reaches_the_whole_group() {
    let bench = bench(CRAMPED).await;
    let mut first = bench.store.begin().await.unwrap();
    write(first.as_mut(), 1).await.unwrap();
    let second = bench.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap().unwrap();
    let refused = write(second.as_mut(), FULL_BYTES).await;
    assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
    let refused = second.commit().await;
    assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
    let told = first.await.unwrap();
    assert!(matches!(told, Err(Error::Full(_))), "{told:?}");
    assert_eq!(bench.seen().await, [0; 0]);
    let mut tx = bench.store.begin().await.unwrap();
    write(tx.as_mut(), 3).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.seen().await, [3]);
}

#[tokio::test]
async fn whoever_stops_waiting_holds_nothing() {
    let bench = bench(ROOMY).await;
    let mut first = bench.store.begin().await.unwrap();
    write(first.as_mut(), 1).await.unwrap();
    let second = bench.queue().await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap().unwrap();
    write(second.as_mut(), 2).await.unwrap();
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    drop(second);
    assert!(bench.is_free().await);
    let mut tx = bench.store.begin().await.unwrap();
    write(tx.as_mut(), 3).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(bench.seen().await, [3]);
}

#[tokio::test]
async fn whoever_stops_before_its_turn_is_passed_over() {
    let bench = bench(ROOMY).await;
    let mut first = bench.store.begin().await.unwrap();
    write(first.as_mut(), 1).await.unwrap();
    let second = bench.queue().await;
    let mut commit = std::pin::pin!(first.commit());
    // Polled once: it has joined the group and left the head of the line to the second.
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(commit.as_mut().poll(&mut context).is_pending());
    second.abort();
    commit.await.unwrap();
    second.await.ok();
    assert_eq!(bench.seen().await, [1]);
    assert!(bench.is_free().await);
}

#[tokio::test]
async fn the_wait_has_a_bound() {
    let bench = bench_with(ROOMY, Duration::from_millis(100)).await;
    let first = bench.store.begin().await.unwrap();
    let second = bench.store.begin().await;
    assert!(matches!(second.err(), Some(Error::Busy(_))));
    drop(first);
    let options = bench.settings.sqlite().unwrap();
    let mut other = options.connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let third = bench.store.begin().await;
    assert!(matches!(third.err(), Some(Error::Busy(_))));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert!(bench.store.begin().await.is_ok());
}

/// What a writer of the crowd did before it ended or was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Committed,
    LeftNothing,
}

/// Writes one event, and gives the processor away often.
async fn one_of_many(store: Arc<SqliteStore>, n: usize) -> Result<Ending> {
    let mut tx = store.begin().await?;
    write(tx.as_mut(), n).await?;
    tokio::task::yield_now().await;
    if n.is_multiple_of(5) {
        return Ok(Ending::LeftNothing);
    }
    tx.commit().await?;
    Ok(Ending::Committed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_that_is_cut_off_anywhere_loses_nothing() {
    const N_WRITERS: usize = 600;
    let bench = bench(ROOMY).await;
    let tasks: Vec<_> =
        (0..N_WRITERS).map(|n| tokio::spawn(one_of_many(Arc::clone(&bench.store), n))).collect();
    let mut endings = Vec::new();
    for (n, task) in tasks.into_iter().enumerate() {
        if n % 7 == 3 {
            task.abort();
        }
        endings.push(task.await.ok().and_then(Result::ok));
    }
    let mut tx = bench.store.read().await.unwrap();
    let events = tx.desk().list_after(0, 1_000).await.unwrap();
    let mut n_committed = 0;
    for (n, ending) in endings.into_iter().enumerate() {
        let n_seen = events.iter().filter(|row| row.event.body.len() == n);
        match (ending, n_seen.count()) {
            (Some(Ending::Committed), 1) => n_committed += 1,
            // Cut off: nobody was told, so both are right.
            (Some(Ending::LeftNothing), 0) | (None, 0 | 1) => {}
            (ending, n_seen) => panic!("writer {n}: {ending:?}, but seen {n_seen} times"),
        }
    }
    assert!(n_committed > N_WRITERS / 2, "{n_committed}");
    drop(tx);
    assert!(bench.is_free().await);
    assert!(bench.store.begin().await.is_ok());
}
