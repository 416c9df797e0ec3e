//! A look at a database tells what is wrong, and changes nothing.

use bot_core::time::UnixMs;
use bot_store::Error;
use bot_store_sql::cluster::{Cluster, Disk};
use bot_store_sql::{Exam, Settings, examine, migrate};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// The server of the tests has this machine's clock; a slow machine may take this long to answer.
const SAME_CLOCK: Duration = Duration::from_mins(1);

/// SQLite's usual size of a page.
const PAGE_BYTES: usize = 4096;
/// Where the file's head says how many there are.
const N_PAGES_AT: usize = 28;
const ROOT_OF_JOBS: &str = "SELECT rootpage FROM sqlite_master WHERE name = 'job'";

fn file() -> (TempDir, PathBuf, Settings) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new").join("guichet.db");
    let settings = Settings::new(&format!("sqlite:{}", file.display()));
    (folder, file, settings)
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn a_file_that_is_missing_stays_missing() {
    let (folder, _, settings) = file();
    assert_eq!(examine(&settings).await.unwrap(), None);
    assert_eq!(entries(folder.path()), 0);
}

#[tokio::test]
async fn an_empty_file_stays_empty_and_waits_for_every_step() {
    let (_folder, file, settings) = file();
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "").unwrap();
    let exam = examine(&settings).await.unwrap().unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
    assert!(!exam.pending.is_empty());
    assert_eq!(exam.pending, migrate(&settings, false).await.unwrap());
}

#[tokio::test]
async fn a_file_that_is_up_to_date_is_well() {
    let (_folder, file, settings) = file();
    migrate(&settings, false).await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let well = Exam { damage: Vec::new(), pending: Vec::new(), now: None };
    assert_eq!(examine(&settings).await.unwrap(), Some(well));
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(entries(file.parent().unwrap()), 1);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_damage() {
    let (_folder, file, settings) = file();
    migrate(&settings, false).await.unwrap();
    let mut connection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let page = sqlx::query(ROOT_OF_JOBS).fetch_one(&mut connection).await.unwrap();
    let page = usize::try_from(page.get::<i64, _>("rootpage")).unwrap();
    connection.close().await.unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[(page - 1) * PAGE_BYTES..page * PAGE_BYTES].fill(0xff);
    is_damaged(&settings, &file, &bytes, "malformed").await;
}

#[tokio::test]
async fn a_page_that_belongs_to_nothing_is_damage() {
    let (_folder, file, settings) = file();
    migrate(&settings, false).await.unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend([0; PAGE_BYTES]);
    let n_pages = u32::try_from(bytes.len() / PAGE_BYTES).unwrap();
    bytes[N_PAGES_AT..N_PAGES_AT + 4].copy_from_slice(&n_pages.to_be_bytes());
    is_damaged(&settings, &file, &bytes, "never used").await;
}

async fn is_damaged(settings: &Settings, file: &Path, bytes: &[u8], words: &str) {
    std::fs::write(file, bytes).unwrap();
    let exam = examine(settings).await.unwrap().unwrap();
    assert!(exam.damage.iter().any(|line| line.contains(words)), "{:?}", exam.damage);
    assert_eq!(exam.pending, []);
    assert_eq!(std::fs::read(file).unwrap(), bytes);
}

#[tokio::test]
async fn what_is_no_database_is_a_fault_and_stays_as_it_is() {
    let (_folder, file, settings) = file();
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let notes = "no database, ".repeat(1_000);
    std::fs::write(&file, &notes).unwrap();
    let refused = examine(&settings).await;
    assert!(matches!(refused, Err(Error::Fault(_))), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), notes);
}

#[tokio::test]
async fn a_server_tells_its_clock_and_takes_no_step() {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let settings = Settings::new(&database.url());
    let planned = migrate(&settings, true).await.unwrap();
    for _ in 0..2 {
        let exam = examine(&settings).await.unwrap().unwrap();
        assert_eq!((&exam.pending, exam.damage.len()), (&planned, 0));
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let now = UnixMs(i64::try_from(since.as_millis()).unwrap());
        let apart = now.since(exam.now.unwrap()).max(exam.now.unwrap().since(now));
        assert!(apart < SAME_CLOCK, "{apart:?}");
    }
    migrate(&settings, false).await.unwrap();
    assert_eq!(examine(&settings).await.unwrap().unwrap().pending, []);
}
