//! A process stands still in the middle of a turn until its lease is over and others have done
//! its work: when it goes on, it does nothing a second time.

use bot_store::Store;
use bot_store::jobs::JobState;
use bot_store_sql::cluster::{Cluster, Disk};
use std::time::Duration;
use tests::{Counter, Role, Setup};

use crate::crash::{look_at_copy, open};
use crate::faults::LEASE_S;
use crate::scene::{Row, Scene, rounds};

/// How long the process stands still once it was caught: beyond its lease.
const STILL: Duration = Duration::from_secs(LEASE_S + 3);
/// What others do takes less than this: a turn that runs for longer is that of the halted one.
const TURN: Duration = Duration::from_secs(1);
/// How long others may take to take a turn over: the lease, then what PostgreSQL lets a transaction
/// of the halted one stand still, in which it may hold the conversation.
const TAKEN_OVER: Duration = Duration::from_mins(1);
/// How often it is tried to catch a process in the middle of a turn.
const MAX_TRIES: u32 = 200;
/// Least rounds.
const ROUNDS: u32 = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_stands_still_in_mid_turn_answers_nothing_twice_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let setup = Setup::new(folder.path(), &database.url()).unwrap();
    let setup = setup.with("WORKER__LEASE_S", &LEASE_S.to_string());
    let (web, url) = Counter::open(&setup.clone().in_role(Role::Web)).await.unwrap();
    let halted = Counter::hire(&setup).await.unwrap();
    let other = Counter::hire(&setup).await.unwrap();
    let store = open(&setup.url).await;
    let scene = Scene::begin(vec![url]);
    let n_rounds = rounds(ROUNDS);
    for _ in 0..n_rounds {
        scene.is_lively().await;
        let caught = catch(&halted, &scene, async || held(store.as_ref()).await).await;
        let taken_over = async { while held(store.as_ref()).await == Some(caught) {} };
        let taken_over = tokio::time::timeout(TAKEN_OVER, taken_over).await;
        assert!(taken_over.is_ok(), "no other worker took the turn over");
        halted.go_on().unwrap();
    }
    scene.is_lively().await;
    let hits = format!("{n_rounds} in mid-turn, taken over by another");
    let row = Row { fault: "worker halted beyond its lease", store: "PostgreSQL", n_rounds, hits };
    let ended = scene.end(row).await;
    ended.close(store.as_ref(), [web, halted, other]).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_stands_still_in_mid_turn_answers_nothing_twice_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let setup = setup.with("WORKER__LEASE_S", &LEASE_S.to_string());
    let file = folder.path().join("guichet.db");
    let (counter, url) = Counter::open(&setup).await.unwrap();
    let scene = Scene::begin(vec![url]);
    let n_rounds = rounds(ROUNDS);
    for _ in 0..n_rounds {
        scene.is_lively().await;
        catch(&counter, &scene, async || (look_at_copy(&file).await > 0).then_some(())).await;
        tokio::time::sleep(STILL).await;
        counter.go_on().unwrap();
    }
    scene.is_lively().await;
    let hits = format!("{n_rounds} in mid-turn");
    let row = Row { fault: "process halted beyond its lease", store: "SQLite", n_rounds, hits };
    let ended = scene.end(row).await;
    let store = open(&setup.url).await;
    ended.close(store.as_ref(), [counter]).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}

/// Halts a process where it holds a turn; gives what tells that turn.
async fn catch<T>(process: &Counter, scene: &Scene, held: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..MAX_TRIES {
        scene.someone_waits().await;
        process.halt().await.unwrap();
        if let Some(caught) = held().await {
            return caught;
        }
        process.go_on().unwrap();
    }
    panic!("the process was never caught in the middle of a turn");
}

/// Gives the time of the turn that someone keeps, while everybody else ends theirs.
async fn held(store: &dyn Store) -> Option<bot_core::UnixMs> {
    let oldest = async || {
        let mut tx = store.read().await.unwrap();
        let counts = tx.upkeep().job_counts().await.unwrap();
        counts.iter().find(|count| count.state == JobState::Running).map(|count| count.oldest)
    };
    let before = oldest().await?;
    tokio::time::sleep(TURN).await;
    (oldest().await? == before).then_some(before)
}
