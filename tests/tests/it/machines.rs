//! Several machines: doors and workers as processes of their own, with PostgreSQL between them.
//!
//! What one door takes, any worker answers, and any other door tells. A worker here sleeps for
//! longer than anyone waits for an answer: what is answered has been rung for, across processes.

mod fleet;

use bot_store_sql::cluster::{Cluster, Disk};
use std::time::Duration;
use tests::activity::Met;
use tests::{Patience, Posted, Report, Resident, Way};
use tokio::sync::watch;

use crate::crash::open;
use crate::scene::{Row, Scene, rounds};
use fleet::Fleet;

/// Processes of each role.
const N_EACH: usize = 3;
/// How long an idle worker sleeps: longer than a request waits for an answer.
const POLL_S: &str = "60";
/// When a door looks by itself for an answer that no bell has told it of, which is many times as
/// long as an answer takes.
const SLOW_LOOK: Duration = Duration::from_secs(5);
/// Processes that die in each round.
const DEATHS: u32 = 10;
/// How long the machines work between two deaths, in milliseconds.
const WORK_MS: std::ops::RangeInclusive<u64> = 100..=700;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_at_any_door_is_rung_for_by_any_worker() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let fleet = Fleet::start(folder.path(), &database.url(), N_EACH, POLL_S).await;
    let doors = watch::Sender::new(fleet.doors());
    let way = Way::following(doors.subscribe(), Patience::STUBBORN);
    // One at a time, so that no other's ring or job wakes anyone.
    for n in 0..N_EACH {
        let mut staying = Resident::arrive(&way.clone().at_door(n), "fr").await.unwrap();
        Report::nth(u32::try_from(n).unwrap()).make(&mut staying).await.unwrap();
    }
    let mut hopping = Resident::arrive(&way.clone().hopping(), "fr").await.unwrap();
    // The first door's stream tells what is said at the others.
    let mut events = hopping.listen().await.unwrap();
    Report::nth(9).make(&mut hopping).await.unwrap();
    let said = hopping.transcript().await.unwrap();
    let mut streamed: Vec<Posted> = Vec::new();
    while streamed.len() < said.len() {
        streamed.push(events.next().await.unwrap().expect("the stream goes on"));
    }
    assert_eq!(streamed, said);
    let met = way.activity.met();
    assert_eq!(met, Met { longest: met.longest, ..Met::default() });
    assert!(met.longest < SLOW_LOOK, "a door had to look by itself: {met:?}");
    drop(events);
    for process in fleet.into_processes() {
        let (status, _) = process.stop().await.unwrap();
        assert!(status.success(), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_that_die_lose_nothing_and_nobody_else_notices() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    // Those that live on look for what the dead have left.
    let mut fleet = Fleet::start(folder.path(), &database.url(), N_EACH, "1").await;
    let scene = Scene::begin(fleet.doors());
    let n_rounds = DEATHS * rounds(1);
    let mut lots = fastrand::Rng::new();
    let mut n_waiting = 0;
    for _ in 0..n_rounds {
        tokio::time::sleep(Duration::from_millis(lots.u64(WORK_MS))).await;
        scene.someone_waits().await;
        fleet.lose_one(&mut lots).await;
        n_waiting += u32::from(scene.activity.n_waiting() > 0);
        if lots.bool() {
            fleet.make_whole().await;
        }
        scene.doors.send_replace(fleet.doors());
    }
    scene.is_lively().await;
    assert!(n_waiting > 0, "nothing was interrupted");
    let hits = format!("{}, {n_waiting} with accepted messages waiting", fleet.toll());
    let row =
        Row { fault: "one of 3 doors and 3 workers killed", store: "PostgreSQL", n_rounds, hits };
    let ended = scene.end(row).await;
    assert_eq!(ended.met.n_faults, 0, "no other refusal than 503: {:?}", ended.met);
    let store = open(&database.url()).await;
    ended.close(store.as_ref(), fleet.into_processes()).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}
