//! The clock is set by an hour, each way, under a counter at work: nobody waits for an hour.
//!
//! libfaketime stands between the counter and the system's clock; the time that passes stays the
//! right one, as on a machine whose clock is set. The city reminds nobody meanwhile, as it would
//! rightly do when an hour has gone by, so that the verdict knows one answer a message.

use bot_store::Store;
use bot_store_sql::cluster::{Cluster, Disk};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tests::{Counter, Role, Setup, city};

use crate::crash::{open, verdict};
use crate::faults::LEASE_S;
use crate::scene::{Row, Scene, rounds};

const LIBRARY: &str = "faketime/libfaketime.so.1";
const HOUR_S: i64 = 3_600;
/// When the demo city reminds whoever is silent on the web, and when it lets go.
const TIMERS: &str = "remind: 20m, park: 2h";
const NO_TIMERS: &str = "remind: 48h, park: 96h";
/// How long anyone may wait for an answer at most: for a lease, and for others in between.
const LONGEST: Duration = Duration::from_secs(4 * LEASE_S);
/// Messages of a conversation that are looked at.
const PAGE: u32 = 500;
/// Least rounds.
const ROUNDS: u32 = 1;

/// A clock that goes wrong as the test says.
struct FakeClock {
    file: PathBuf,
}

impl FakeClock {
    fn new(file: PathBuf) -> Self {
        let clock = Self { file };
        clock.set(0);
        clock
    }

    /// Sets it off the right time.
    fn set(&self, hours: i64) {
        let draft = self.file.with_extension("draft");
        std::fs::write(&draft, format!("{:+}\n", hours * HOUR_S)).unwrap();
        // In one piece: the counter reads it all the time.
        std::fs::rename(draft, &self.file).unwrap();
    }

    fn under(&self, setup: Setup) -> Setup {
        setup
            .with_variable("LD_PRELOAD", library().to_str().unwrap())
            .with_variable("FAKETIME_TIMESTAMP_FILE", self.file.to_str().unwrap())
            .with_variable("FAKETIME_NO_CACHE", "1")
            .with_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .with_variable("DONT_FAKE_MONOTONIC", "1")
    }
}

fn library() -> PathBuf {
    let folders = ["/usr/lib", "/usr/local/lib", "/usr/lib64"].map(PathBuf::from).into_iter();
    let by_machine = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut folders = folders.chain(by_machine.map(|entry| entry.path()));
    let found = folders.find_map(|folder| Some(folder.join(LIBRARY)).filter(|path| path.is_file()));
    found.expect("this test sets the clock: install libfaketime (apt-get install libfaketime)")
}

fn calm_city(setup: Setup, folder: &Path) -> Setup {
    let city = city::changed(folder, "city.yml", TIMERS, NO_TIMERS).unwrap();
    setup.with("WORKER__LEASE_S", &LEASE_S.to_string()).in_city(&city)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_set_makes_nobody_wait_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::new(folder.path().join("clock"));
    let setup = calm_city(Setup::sqlite(folder.path()).unwrap(), folder.path());
    let (counter, url) = Counter::open(&clock.under(setup.clone())).await.unwrap();
    let scene = Scene::begin(vec![url]);
    let n_rounds = rounds(ROUNDS);
    let mut n_interrupted = 0;
    for _ in 0..n_rounds {
        // Forward by one, back by two, forward by one.
        for hours in [1, -1, 0] {
            scene.is_lively().await;
            scene.someone_waits().await;
            clock.set(hours);
            n_interrupted += u32::from(scene.activity.n_waiting() > 0);
        }
    }
    scene.is_lively().await;
    assert!(n_interrupted > 0, "nothing was interrupted");
    let hits = format!("{n_interrupted} with accepted messages waiting");
    let row = Row { fault: "clock set by an hour each way", store: "SQLite", n_rounds, hits };
    let ended = scene.end(row).await;
    assert!(ended.met.longest < LONGEST, "someone waited too long: {:?}", ended.met);
    assert_eq!(ended.met.n_faults, 0, "no other refusal than 503: {:?}", ended.met);
    let store = open(&setup.url).await;
    ended.close(store.as_ref(), [counter]).await;
    clock_was_wrong(store.as_ref()).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}

/// The door's and the worker's clocks are set one after the other, so that they differ too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_differ_make_nobody_wait_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let web_clock = FakeClock::new(folder.path().join("web-clock"));
    let worker_clock = FakeClock::new(folder.path().join("worker-clock"));
    let setup = calm_city(Setup::new(folder.path(), &database.url()).unwrap(), folder.path());
    let web_setup = web_clock.under(setup.clone().in_role(Role::Web));
    let (web, url) = Counter::open(&web_setup).await.unwrap();
    let worker = Counter::hire(&worker_clock.under(setup.clone())).await.unwrap();
    let scene = Scene::begin(vec![url]);
    let n_rounds = rounds(ROUNDS);
    let mut n_interrupted = 0;
    for _ in 0..n_rounds {
        for (web_hours, worker_hours) in [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, -1), (0, 0)] {
            scene.is_lively().await;
            scene.someone_waits().await;
            web_clock.set(web_hours);
            worker_clock.set(worker_hours);
            n_interrupted += u32::from(scene.activity.n_waiting() > 0);
        }
    }
    scene.is_lively().await;
    assert!(n_interrupted > 0, "nothing was interrupted");
    let hits = format!("{n_interrupted} with accepted messages waiting");
    let row = Row { fault: "clocks set apart by two hours", store: "PostgreSQL", n_rounds, hits };
    let ended = scene.end(row).await;
    assert!(ended.met.longest < LONGEST, "someone waited too long: {:?}", ended.met);
    assert_eq!(ended.met.n_faults, 0, "no other refusal than 503: {:?}", ended.met);
    let store = open(&setup.url).await;
    ended.close(store.as_ref(), [web, worker]).await;
    clock_was_wrong(store.as_ref()).await;
    ended.judge(store.as_ref()).await;
    store.close().await;
}

/// What the counter wrote bears times of an hour ahead and of an hour back.
async fn clock_was_wrong(store: &dyn Store) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now_s = i64::try_from(now.as_secs()).unwrap();
    let mut tx = store.read().await.unwrap();
    let (mut least, mut most) = (0, 0);
    for talk in verdict::conversations(tx.as_mut()).await {
        for message in tx.messages().list_after(talk.id, 0, PAGE).await.unwrap() {
            let off_s = message.new.at.0 / 1_000 - now_s;
            (least, most) = (off_s.min(least), off_s.max(most));
        }
    }
    assert!(least < -HOUR_S / 2 && most > HOUR_S / 2, "the clock stayed right: {least}, {most}");
}
