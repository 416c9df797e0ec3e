//! The database is taken away for a while: nothing is accepted that cannot be stored, and all
//! goes on by itself once it is back.

use bot_store_sql::cluster::{Disk, OwnCluster};
use std::time::Duration;
use tests::{Client, Counter, Role, Setup};

use crate::crash::open;
use crate::faults::LEASE_S;
use crate::scene::{Row, Scene, rounds};

/// How long the database is away: longer than any statement waits for it.
const AWAY: Duration = Duration::from_secs(10);
/// Least rounds.
const ROUNDS: u32 = 1;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_stops_and_starts_again_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = OwnCluster::start(Disk::Skipped).unwrap();
    let setup = Setup::new(folder.path(), &cluster.url()).unwrap();
    let setup = setup.with("WORKER__LEASE_S", &LEASE_S.to_string());
    // Two processes, so that no answer is heard of but through the database.
    let (web, url) = Counter::open(&setup.clone().in_role(Role::Web)).await.unwrap();
    let worker = Counter::hire(&setup).await.unwrap();
    let scene = Scene::begin(vec![url.clone()]);
    let n_rounds = rounds(ROUNDS);
    let mut n_interrupted = 0;
    for _ in 0..n_rounds {
        scene.is_lively().await;
        scene.someone_waits().await;
        tokio::task::block_in_place(|| cluster.take_away());
        n_interrupted += u32::from(scene.activity.n_waiting() > 0);
        scene.newcomers_are_refused(&url).await;
        let ready = Client::default().status(&url, "/readyz").await.unwrap();
        assert_eq!(ready, 503, "it says that it is not ready");
        tokio::time::sleep(AWAY).await;
        tokio::task::block_in_place(|| cluster.bring_back()).unwrap();
    }
    scene.is_lively().await;
    // Whoever asks from now on hears the answer ring: nobody waits in vain.
    let before = scene.met().n_silences;
    scene.is_lively().await;
    assert_eq!(scene.met().n_silences, before, "the bell is not heard any more");
    assert!(n_interrupted > 0, "nothing was interrupted");
    let hits = format!("{n_interrupted} with accepted messages waiting");
    let row = Row { fault: "database taken away for 10 s", store: "PostgreSQL", n_rounds, hits };
    let ended = scene.end(row).await;
    assert_eq!(ended.met.n_faults, 0, "no other refusal than 503: {:?}", ended.met);
    let store = open(&setup.url).await;
    ended.close(store.as_ref(), [web, worker]).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}

/// SQLite's nearest: another program holds the file's one lock for writing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_sqlite_file_that_another_program_locks_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let setup = setup.with("WORKER__LEASE_S", &LEASE_S.to_string());
    let (counter, url) = Counter::open(&setup).await.unwrap();
    let store = open(&setup.url).await;
    let scene = Scene::begin(vec![url.clone()]);
    let n_rounds = rounds(ROUNDS);
    let mut n_interrupted = 0;
    for _ in 0..n_rounds {
        scene.is_lively().await;
        let lock = store.begin().await.unwrap();
        n_interrupted += u32::from(scene.activity.n_waiting() > 0);
        tokio::join!(scene.newcomers_are_refused(&url), tokio::time::sleep(AWAY));
        drop(lock);
    }
    scene.is_lively().await;
    assert!(n_interrupted > 0, "nothing was interrupted");
    let hits = format!("{n_interrupted} with accepted messages waiting");
    let row = Row { fault: "file locked for 10 s", store: "SQLite", n_rounds, hits };
    let ended = scene.end(row).await;
    assert_eq!(ended.met.n_faults, 0, "no other refusal than 503: {:?}", ended.met);
    ended.close(store.as_ref(), [counter]).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}
