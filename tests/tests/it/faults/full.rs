//! The disk fills up: nothing is accepted that cannot be stored, the process stays, and all goes
//! on by itself once there is room.

use std::time::Duration;
use tests::{Counter, Setup};

use crate::crash::{look_at, n_unfinished, nothing_is_left};
use crate::faults::LEASE_S;
use crate::faults::small_disk::SmallDisk;
use crate::scene::{Row, Scene, rounds};

/// The size of the disk: room for what the residents of a campaign say.
const SIZE: &str = "512m";
/// How long the disk is full: longer than a lease.
const FULL: Duration = Duration::from_secs(LEASE_S + 2);
/// Least rounds.
const ROUNDS: u32 = 1;
const FILE: &str = "guichet.db";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_and_is_got_over() {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(folder.path(), SIZE).await;
    let setup = disk.under(Setup::sqlite(folder.path()).unwrap());
    let setup = setup.with("WORKER__LEASE_S", &LEASE_S.to_string());
    let (counter, url) = Counter::open(&setup).await.unwrap();
    let scene = Scene::begin(vec![url.clone()]);
    let n_rounds = rounds(ROUNDS);
    let mut n_interrupted = 0;
    for _ in 0..n_rounds {
        scene.is_lively().await;
        scene.someone_waits().await;
        tokio::task::block_in_place(|| disk.fill());
        n_interrupted += u32::from(scene.activity.n_waiting() > 0);
        scene.newcomers_are_refused(&url).await;
        tokio::time::sleep(FULL).await;
        disk.empty();
    }
    scene.is_lively().await;
    assert!(n_interrupted > 0, "nothing was interrupted");
    let hits = format!("{n_interrupted} with accepted messages waiting");
    let row = Row { fault: "disk full for 7 s", store: "SQLite", n_rounds, hits };
    let ended = scene.end(row).await;
    assert_eq!(ended.met.n_faults, 0, "no other refusal than 503: {:?}", ended.met);
    let file = disk.path(FILE);
    nothing_is_left(async || look_at(&file, async |store| n_unfinished(store).await).await).await;
    let (status, _) = counter.stop().await.unwrap();
    assert!(status.success(), "{status}");
    look_at(&file, async |store| ended.judge(store).await).await;
}
