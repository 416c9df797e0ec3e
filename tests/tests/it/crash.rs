//! kill -9 at any moment: whatever was accepted is answered, once, and every case is filed once.
//!
//! Residents report potholes all the while. The counter is killed at moments drawn by lot, in the
//! middle of its work or of its start, and started again on the same store. `GUICHET_TEST_KILLS`
//! sets how often, `GUICHET_TEST_SEED` draws the same lots again.

pub(crate) mod crowd;
pub(crate) mod verdict;

use bot_store::Store;
use bot_store::jobs::JobState;
use bot_store_sql::Settings;
use bot_store_sql::cluster::{Cluster, Disk};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tests::activity::Activity;
use tests::{Counter, Patience, Setup, Way};
use tokio::sync::watch;

use crate::scene::Row;
use crowd::Crowd;

/// Kills at least.
const KILLS_SQLITE: u32 = 200;
const KILLS_POSTGRES: u32 = 60;
/// Residents at the same time.
const N_RESIDENTS: u32 = 16;
/// How long the counter works before it is killed, in milliseconds.
const WORK_MS: RangeInclusive<u64> = 5..=400;
/// How long after a message sets out it is being stored, in milliseconds.
const STORING_MS: RangeInclusive<u64> = 0..=4;
/// How long after a message sets out it is being answered: after the wait for a next one.
const ANSWERING_MS: RangeInclusive<u64> = 78..=95;
/// How long to wait for a message to set out.
const MESSAGE_LIMIT: Duration = Duration::from_secs(2);
/// Of so many kills, one comes while the counter starts.
const ONE_IN_START: u32 = 8;
/// Of so many kills, at least one is to hit a message on its way, and at least one a turn.
const LEAST_HITS_ONE_IN: u32 = 20;
/// How long a start takes at most that is to be cut short, in milliseconds.
const START_MS: u64 = 400;
/// How long the last work may take, leases included, and how long to wait before looking again.
const LAST_WORK: Duration = Duration::from_secs(30);
const LOOK_PAUSE: Duration = Duration::from_millis(100);
/// The shortest lease there is, in seconds: what a killed worker had is then taken up soon.
const LEASE_S: &str = "5";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let file = folder.path().join("guichet.db");
    kill_again_and_again(&setup, ("SQLite", KILLS_SQLITE), async || look_at_copy(&file).await)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_loses_nothing_and_does_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let setup = Setup::new(folder.path(), &database.url()).unwrap();
    let store = open(&setup.url).await;
    kill_again_and_again(&setup, ("PostgreSQL", KILLS_POSTGRES), async || {
        n_claimed(store.as_ref()).await
    })
    .await;
    store.close().await;
}

/// What the kills fell on.
#[derive(Debug, Default)]
struct Toll {
    kills: u32,
    /// While the counter was starting.
    in_start: u32,
    /// While a message was on its way.
    sending: u32,
    /// While a message that was accepted waited for its answer.
    waiting: u32,
    /// In the middle of a turn, claimed and not finished: at least so many, since only more of them
    /// than after the last kill tell that this one left another.
    in_turn: u32,
    /// Turns that the last kill and those before have left in the middle.
    left: u64,
}

async fn kill_again_and_again(
    setup: &Setup,
    (store_name, n_least): (&str, u32),
    claimed: impl AsyncFn() -> u64,
) {
    let n_kills = number("GUICHET_TEST_KILLS").map_or(n_least, |n| n_least.max(n));
    let seed = u64::from(number("GUICHET_TEST_SEED").unwrap_or_else(|| fastrand::u32(..)));
    println!("GUICHET_TEST_SEED={seed} draws these {n_kills} kills again");
    let mut lots = fastrand::Rng::with_seed(seed);
    let setup = setup.clone().with("WORKER__LEASE_S", LEASE_S);
    let (counter, url) = Counter::open(&setup).await.unwrap();
    let door = watch::Sender::new(vec![url]);
    let way = Way::following(door.subscribe(), Patience::STUBBORN);
    let crowd = Crowd::gather(&way, N_RESIDENTS);
    let mut toll = Toll::default();
    let mut running = Some(counter);
    while toll.kills < n_kills {
        let counter = match running.take() {
            Some(counter) => counter,
            None => start(&setup, &door, &mut lots, &mut toll).await,
        };
        work(&way.activity, &mut lots).await;
        toll.sending += u32::from(way.activity.n_sending() > 0);
        toll.waiting += u32::from(way.activity.n_waiting() > 0);
        counter.kill().await.unwrap();
        toll.kills += 1;
        let n_left = claimed().await;
        toll.in_turn += u32::from(n_left > toll.left);
        toll.left = n_left;
    }
    let mut counter = Counter::spawn(&setup).unwrap();
    door.send_replace(vec![counter.wait_until_open().await.unwrap()]);
    let stories = crowd.go_home().await;
    let store = open(&setup.url).await;
    nothing_is_left(async || n_unfinished(store.as_ref()).await).await;
    let (status, _) = counter.stop().await.unwrap();
    assert!(status.success(), "{status}");
    println!("{toll:?}");
    let Toll { in_start, sending, waiting, in_turn, .. } = toll;
    let hits = format!(
        "{in_start} in a start, {sending} with messages on their way, {waiting} with accepted \
         messages waiting, at least {in_turn} in mid-turn"
    );
    let row = Row { fault: "killed (SIGKILL)", store: store_name, n_rounds: toll.kills, hits };
    row.print(stories.len(), way.activity.n_answers(), way.activity.met());
    let least_hits = n_kills / LEAST_HITS_ONE_IN;
    assert!(
        toll.in_turn >= least_hits && toll.sending >= least_hits,
        "the kills hit too little: {toll:?}"
    );
    verdict::pass(store.as_ref(), &stories).await;
    store.close().await;
}

/// Lets the counter work until the moment of the kill: any, while a message is being stored, or
/// while one is being answered.
async fn work(activity: &Activity, lots: &mut fastrand::Rng) {
    tokio::time::sleep(Duration::from_millis(lots.u64(WORK_MS))).await;
    let after = match lots.u32(..3) {
        0 => return,
        1 => STORING_MS,
        _ => ANSWERING_MS,
    };
    // Where everybody waits for an answer, the kill comes all the same.
    tokio::time::timeout(MESSAGE_LIMIT, activity.next_message()).await.ok();
    tokio::time::sleep(Duration::from_millis(lots.u64(after))).await;
}

/// Starts the counter; now and then it is killed before it is open, and started again.
async fn start(
    setup: &Setup,
    door: &watch::Sender<Vec<String>>,
    lots: &mut fastrand::Rng,
    toll: &mut Toll,
) -> Counter {
    while lots.u32(..ONE_IN_START) == 0 {
        let counter = Counter::spawn(setup).unwrap();
        tokio::time::sleep(Duration::from_millis(lots.u64(..START_MS))).await;
        counter.kill().await.unwrap();
        toll.kills += 1;
        toll.in_start += 1;
    }
    let mut counter = Counter::spawn(setup).unwrap();
    door.send_replace(vec![counter.wait_until_open().await.unwrap()]);
    counter
}

pub(crate) fn number(variable: &str) -> Option<u32> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

pub(crate) async fn open(url: &str) -> Arc<dyn Store> {
    bot_store_sql::open(&Settings::new(url)).await.unwrap()
}

/// Waits until all work is done: what a process had begun that is gone is done once its lease is
/// over, and where nobody has heard of the opening, nobody waits for it.
pub(crate) async fn nothing_is_left(n_left: impl AsyncFn() -> u64) {
    let done = async {
        while n_left().await > 0 {
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    };
    assert!(tokio::time::timeout(LAST_WORK, done).await.is_ok(), "jobs are left");
}

/// Counts the jobs that are not done.
pub(crate) async fn n_unfinished(store: &dyn Store) -> u64 {
    let mut tx = store.read().await.unwrap();
    let counts = tx.upkeep().job_counts().await.unwrap();
    counts.iter().map(|count| count.n_jobs).sum()
}

/// Counts the turns that somebody has claimed and not finished.
pub(crate) async fn n_claimed(store: &dyn Store) -> u64 {
    let mut tx = store.read().await.unwrap();
    let counts = tx.upkeep().job_counts().await.unwrap();
    counts.iter().filter(|count| count.state == JobState::Running).map(|count| count.n_jobs).sum()
}

/// Looks at a copy, so that it is the counter who has to mend what the kill has left.
pub(crate) async fn look_at_copy(file: &Path) -> u64 {
    look_at(file, async |store| n_claimed(store).await).await
}

/// Opens a copy of a file and looks at what it holds.
pub(crate) async fn look_at<T>(file: &Path, look: impl AsyncFnOnce(&dyn Store) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    for ending in ["", "-wal"] {
        let name = format!("{}{ending}", file.file_name().unwrap().to_str().unwrap());
        let copied = std::fs::copy(file.with_file_name(&name), folder.path().join(&name));
        assert!(copied.is_ok() || ending == "-wal", "{copied:?}");
    }
    let copy = folder.path().join(file.file_name().unwrap());
    let store = open(&format!("sqlite:{}", copy.display())).await;
    let seen = look(store.as_ref()).await;
    store.close().await;
    seen
}
