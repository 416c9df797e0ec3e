//! `guichet doctor`: what it finds right and wrong, and that it touches nothing.

use bot_core::UnixMs;
use bot_core::id::JobId;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::jobs::{NewJob, Queue};
use bot_store_sql::cluster::{Cluster, Disk};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tests::{Counter, Setup, city};

/// What is looked at where there is no database yet, in this order.
const CHECKS: [&str; 8] =
    ["settings", "city", "understanding", "models", "store", "disk", "clock", "port"];

/// What the doctor said.
struct Visit {
    code: Option<i32>,
    lines: Vec<String>,
}

impl Visit {
    async fn to(setup: &Setup) -> Self {
        let output = setup.command(&["doctor"]).output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        Self { code: output.status.code(), lines: said.lines().map(str::to_owned).collect() }
    }

    /// Gives how a check came out, and what was told of it.
    fn of(&self, check: &str) -> (&str, &str) {
        let of_it = |line: &String| line.split_whitespace().nth(1) == Some(check);
        let line = self.lines.iter().find(|line| of_it(line));
        let line = line.unwrap_or_else(|| panic!("no {check} in {:#?}", self.lines));
        line.split_once(' ').unwrap()
    }

    fn tells(&self, check: &str, state: &str, words: &[&str]) {
        let (found, rest) = self.of(check);
        assert_eq!(found, state, "{rest}");
        assert!(words.iter().all(|word| rest.contains(word)), "{words:?} in {rest}");
    }

    fn fails(&self, n: usize) {
        let n_failed = self.lines.iter().filter(|line| line.starts_with("FAIL ")).count();
        assert_eq!((self.code, n_failed), (Some(i32::from(n > 0)), n), "{:#?}", self.lines);
    }
}

fn n_entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

fn now() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMs(i64::try_from(since.as_millis()).unwrap())
}

#[tokio::test]
async fn a_fresh_folder_is_well_and_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    setup.learn().await.unwrap();
    let visit = Visit::to(&setup).await;
    visit.fails(0);
    assert_eq!(visit.lines.len(), CHECKS.len(), "{:#?}", visit.lines);
    visit.tells("settings", "ok", &["no file", "GUICHET__STORE__URL"]);
    visit.tells("city", "ok", &["Sainte-Aurore", "no fault"]);
    visit.tells("understanding", "ok", &["learnt from this package"]);
    visit.tells("models", "warn", &["use-m3 is absent", "guichet models fetch"]);
    visit.tells("store", "ok", &["the first start makes it"]);
    visit.tells("clock", "ok", &["America/"]);
    visit.tells("port", "ok", &["127.0.0.1:0 is free"]);
    let fresh = setup.with("CITY__CACHE_DIR", "cache");
    let visit = Visit::to(&fresh).await;
    visit.fails(0);
    visit.tells("understanding", "warn", &["nothing learnt", "guichet nlu train"]);
    assert_eq!(n_entries(folder.path()), 0, "a look makes nothing");
}

#[tokio::test]
async fn every_check_is_an_object_with_json() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap().in_city(&folder.path().join("nowhere"));
    let output = setup.command(&["doctor", "--json"]).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let found: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = found.iter().map(|check| check["check"].as_str().unwrap()).collect();
    assert_eq!(names, CHECKS);
    for check in &found {
        assert_eq!(check.as_object().unwrap().len(), 4, "{check}");
        assert!(check["found"].is_string(), "{check}");
        assert_eq!(check["mend"].is_null(), check["state"] == "ok", "{check}");
    }
    assert_eq!(found[1]["state"], "FAIL");
    assert!(found[1]["mend"].as_str().unwrap().contains("--city"), "{}", found[1]);
    let wrong = setup.command(&["doctor", "--jsno"]).output().await.unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}

#[tokio::test]
async fn settings_that_cannot_be_read_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let visit = Visit::to(&setup.clone().with("STORE__URLS", "x")).await;
    visit.fails(1);
    visit.tells("settings", "FAIL", &["urls", "did you mean \"url\"?", "docs/operations.md"]);
    let file = setup.folder.join("guichet.toml");
    std::fs::write(&file, "[store]\nurl = \"postgres://city:s3cret@db/guichet\n").unwrap();
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("settings", "FAIL", &["cannot be read"]);
    assert!(!visit.lines.concat().contains("s3cret"), "{:?}", visit.lines);
    std::fs::write(&file, "[worker]\nlease_s = 12\n").unwrap();
    let visit = Visit::to(&setup).await;
    visit.fails(0);
    visit.tells("settings", "ok", &["guichet.toml"]);
}

#[tokio::test]
async fn a_city_with_faults_is_sent_to_its_check() {
    let folder = tempfile::tempdir().unwrap();
    let broken = city::changed(folder.path(), "welcome.flow.yml", "steps:", "stpes:").unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap().in_city(&broken);
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("city", "FAIL", &["welcome.flow.yml:", "guichet flows check"]);
    visit.tells("understanding", "warn", &["mend the city first"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::sqlite(folder.path()).unwrap();
    let newer = folder.path().join("newer.db");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/newer.db");
    std::fs::copy(&committed, &newer).unwrap();
    setup.url = format!("sqlite:{}", newer.display());
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("store", "FAIL", &["version 9999", "install the newer program"]);
    assert_eq!(std::fs::read(&newer).unwrap(), std::fs::read(&committed).unwrap());
    std::fs::write(&newer, "not a database, but notes\n".repeat(99)).unwrap();
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("store", "FAIL", &["newer.db", "not a database", "names a database of guichet"]);
    setup.url = format!("sqlite:{}", newer.join("guichet.db").display());
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("store", "FAIL", &["newer.db is no folder", "store.url"]);
    setup.url = "mysql://city@db/guichet".to_owned();
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("store", "FAIL", &["sqlite: or postgres:", "postgres://user@host/database"]);
}

#[tokio::test]
async fn a_server_that_is_away_behind_or_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup =
        Setup::new(folder.path(), "postgres://city:s3cret@127.0.0.1:1/guichet").unwrap();
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("store", "FAIL", &["city@127.0.0.1:1/guichet", "see that it runs"]);
    assert!(!visit.lines.concat().contains("s3cret"), "{:?}", visit.lines);
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    setup.url = database.url();
    for _ in 0..2 {
        let visit = Visit::to(&setup).await;
        visit.fails(0);
        visit.tells("store", "warn", &["older than version", "guichet migrate will run"]);
    }
    bot_store_sql::migrate(&bot_store_sql::Settings::new(&setup.url), false).await.unwrap();
    let visit = Visit::to(&setup).await;
    visit.fails(0);
    visit.tells("store", "ok", &["up to date"]);
    visit.tells("jobs", "ok", &["0 wait, 0 were given up"]);
    visit.tells("clock", "ok", &[]);
}

#[tokio::test]
async fn work_that_lies_about_and_a_clock_that_is_behind() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let store = bot_store_sql::open(&bot_store_sql::Settings::new(&setup.url)).await.unwrap();
    let job = |n: u8| NewJob {
        id: JobId::from_parts(now(), &[n; bot_core::id::N_RANDOM_BYTES]),
        queue: Queue::Turn,
        lane: format!("lane {n}"),
        kind: "turn".to_owned(),
        payload: "{}".to_owned(),
        run_at: now().minus(Duration::from_mins(5)),
        trace: None,
    };
    let mut tx = store.begin().await.unwrap();
    tx.jobs().add(&job(1)).await.unwrap();
    let claimed = tx.jobs().claim(&[Queue::Turn], 1, now(), Duration::from_secs(9)).await.unwrap();
    let buried = tx.jobs().bury(claimed[0].new.id, claimed[0].attempt, "no luck", now()).await;
    assert!(buried.unwrap().is_done());
    tx.jobs().add(&job(2)).await.unwrap();
    let tomorrow = NewDeskEvent {
        conversation: None,
        kind: DeskKind::Agent,
        body: "{}".to_owned(),
        at: now().plus(Duration::from_hours(24)),
    };
    tx.desk().append(&tomorrow).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let visit = Visit::to(&setup).await;
    visit.fails(0);
    visit.tells("store", "ok", &["up to date"]);
    let told = ["1 wait, 1 were given up", "is a worker running?", "last_error"];
    visit.tells("jobs", "warn", &told);
    visit.tells("clock", "warn", &["before the newest row of the store"]);
    a_store_that_is_only_read(&setup).await;
}

/// What can be read but not written to is no store for a counter.
async fn a_store_that_is_only_read(setup: &Setup) {
    let mut setup = setup.clone();
    setup.url.push_str("?mode=ro");
    let visit = Visit::to(&setup).await;
    visit.fails(1);
    visit.tells("store", "FAIL", &["readonly", "take mode=ro out of store.url"]);
}

#[tokio::test]
async fn a_port_is_free_ours_or_another_programs() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::sqlite(folder.path()).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let visit = Visit::to(&setup.clone().with("SERVER__BIND", &address)).await;
    visit.fails(1);
    visit.tells("port", "FAIL", &["another program holds", &address, "server.bind"]);
    let visit = Visit::to(&setup.clone().with("SERVER__BIND", "here")).await;
    visit.fails(1);
    visit.tells("port", "FAIL", &["\"here\"", "as 127.0.0.1:8311"]);
    let (counter, url) = Counter::open(&setup).await.unwrap();
    let ours = url.strip_prefix("http://").unwrap();
    let visit = Visit::to(&setup.clone().with("SERVER__BIND", ours)).await;
    visit.fails(0);
    visit.tells("port", "ok", &["a counter is running", ours]);
    visit.tells("store", "ok", &["up to date"]);
    assert!(counter.stop().await.unwrap().0.success());
}
