//! Copies of a store in use, and the way back: what holds, what is refused, what is left.

use bot_core::time::UnixMs;
use bot_store::Store;
use bot_store::desk::{DeskKind, NewDeskEvent};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tempfile::TempDir;

use super::*;
use crate::migrate::SQLITE;
use crate::open;

/// 4 May 2026, noon.
const NOON: UnixMs = UnixMs(1_777_896_000_000);
/// Rows of every sort, as the first version kept them.
const SAMPLE: &str = include_str!("../../tests/upgrade/sqlite/0001.sql");
/// A store that takes a moment to be copied: 48 MiB.
const FILL: &str = "
    WITH RECURSIVE photo (n) AS (
        SELECT 1
        UNION ALL
        SELECT n + 1
        FROM photo
        WHERE n < 48
    )
    INSERT INTO attachment (id, conversation, kind, media_type, sha256, n_bytes, at_ms, bytes)
    SELECT randomblob(16), NULL, 'photo', 'image/jpeg', randomblob(32), 1, 0, randomblob(1048576)
    FROM photo
";
/// Case numbers passed over.
const N_SKIPPED: u32 = 1_000;

/// A store with the sample in it, in a folder of its own.
struct Shelf {
    folder: TempDir,
    file: PathBuf,
    settings: Settings,
}

impl Shelf {
    async fn with_sample() -> Self {
        Self::with_steps(i64::MAX).await
    }

    /// Makes the store as the program of a version left it.
    async fn with_steps(version: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("guichet.db");
        let settings = Settings::new(&format!("sqlite:{}", file.display()));
        let mut connection = settings.sqlite().unwrap().connect().await.unwrap();
        let last = SQLITE.iter().map(|step| step.version).max().unwrap();
        SQLITE.run_to(version.min(last), &mut connection).await.unwrap();
        sqlx::raw_sql(SAMPLE).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Self { folder, file, settings }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn open(&self) -> Arc<dyn Store> {
        open(&self.settings).await.unwrap()
    }

    async fn backup(&self, name: &str) -> Result<Holdings> {
        backup(&self.settings, &self.path(name), Existing::Keep, &|_| {}).await
    }

    async fn restore(&self, name: &str) -> Result<Restored> {
        self.restore_at(name, How::ForGood, NOON).await
    }

    async fn restore_at(&self, name: &str, how: How, now: UnixMs) -> Result<Restored> {
        let wish = Wish { how, n_skipped_numbers: N_SKIPPED, now };
        restore(&self.settings, &self.path(name), wish, &|_| {}).await
    }

    /// Runs a statement beside the store, and gives the number in its first column.
    async fn ask(&self, sql: &'static str) -> i64 {
        let mut connection = self.settings.sqlite().unwrap().connect().await.unwrap();
        let row = sqlx::query(sql).fetch_optional(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        row.map_or(0, |row| row.get(0))
    }

    /// Lists the folder.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

async fn write(store: &dyn Store) -> bot_store::Result<()> {
    let event =
        NewDeskEvent { conversation: None, kind: DeskKind::Agent, body: "{}".to_owned(), at: NOON };
    let mut tx = store.begin().await?;
    tx.desk().append(&event).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_copy_is_whole_private_and_alone() {
    let shelf = Shelf::with_sample().await;
    let store = shelf.open().await;
    let holdings = shelf.backup("copy.db").await.unwrap();
    let copy = shelf.path("copy.db");
    let file = std::fs::metadata(&copy).unwrap();
    assert_eq!((file.permissions().mode() & 0o777, file.len()), (0o600, holdings.n_bytes));
    assert!(holdings.n_conversations > 0 && holdings.n_cases > 0 && holdings.n_messages > 0);
    assert_eq!(holdings.n_pending, 0);
    let refused = shelf.backup("copy.db").await;
    assert!(matches!(refused, Err(Failure::Exists(_))), "{refused:?}");
    write(store.as_ref()).await.unwrap();
    let replaced = backup(&shelf.settings, &copy, Existing::Replace, &|_| {}).await.unwrap();
    assert_eq!(replaced.n_cases, holdings.n_cases);
    store.close().await;
    assert_eq!(shelf.names(), ["copy.db", "guichet.db"]);
}

#[tokio::test]
async fn an_open_transaction_neither_stops_a_copy_nor_is_in_it() {
    let shelf = Shelf::with_sample().await;
    let store = shelf.open().await;
    let before = shelf.ask("SELECT COUNT(*) FROM desk_event").await;
    let mut tx = store.begin().await.unwrap();
    let event =
        NewDeskEvent { conversation: None, kind: DeskKind::Agent, body: "{}".to_owned(), at: NOON };
    tx.desk().append(&event).await.unwrap();
    shelf.backup("copy.db").await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    assert_eq!(shelf.ask("SELECT COUNT(*) FROM desk_event").await, before + 1);
    shelf.restore("copy.db").await.unwrap();
    assert_eq!(shelf.ask("SELECT COUNT(*) FROM desk_event").await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_go_on_while_a_copy_is_made() {
    let shelf = Shelf::with_sample().await;
    shelf.ask(FILL).await;
    let store = shelf.open().await;
    let (n_written, is_done) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let writer = tokio::spawn({
        let (n_written, is_done) = (Arc::clone(&n_written), Arc::clone(&is_done));
        let store = Arc::clone(&store);
        async move {
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::SeqCst) {
                let began = std::time::Instant::now();
                write(store.as_ref()).await.unwrap();
                longest = longest.max(began.elapsed());
                n_written.fetch_add(1, Ordering::SeqCst);
            }
            longest
        }
    });
    while n_written.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let (copied_from, checked_from) = (AtomicU64::new(u64::MAX), AtomicU64::new(0));
    let tell = |step| {
        let n = n_written.load(Ordering::SeqCst);
        match step {
            Step::Copying { .. } => copied_from.fetch_min(n, Ordering::SeqCst),
            Step::Checking => checked_from.swap(n, Ordering::SeqCst),
        };
    };
    backup(&shelf.settings, &shelf.path("copy.db"), Existing::Keep, &tell).await.unwrap();
    is_done.store(true, Ordering::SeqCst);
    let longest = writer.await.unwrap();
    store.close().await;
    let (from, until) = (copied_from.into_inner(), checked_from.into_inner());
    println!("{} commits while the copy was made, the longest {longest:?}", until - from);
    assert!(until > from, "nobody wrote while the copy was made");
    // It is one moment: none of what was committed after it began.
    let all = shelf.ask("SELECT COUNT(*) FROM desk_event").await;
    shelf.restore("copy.db").await.unwrap();
    let copied = shelf.ask("SELECT COUNT(*) FROM desk_event").await;
    assert!(copied < all, "{copied} of {all}");
}

#[tokio::test]
async fn what_cannot_be_copied() {
    let shelf = Shelf::with_sample().await;
    let own = Hold::try_take(&beside(&shelf.file, BACKUP), Use::Alone).unwrap();
    let twice = shelf.backup("copy.db").await;
    assert!(matches!(twice, Err(Failure::Twice(_))), "{twice:?}");
    drop(own);
    let itself = backup(&shelf.settings, &shelf.file, Existing::Replace, &|_| {}).await;
    assert!(matches!(itself, Err(Failure::Itself(_))), "{itself:?}");
    let nowhere = shelf.backup("nowhere/copy.db").await;
    assert!(matches!(nowhere, Err(Failure::File { .. })), "{nowhere:?}");
    let server = Settings::new("postgres://city@db/guichet");
    let server = backup(&server, &shelf.path("copy.db"), Existing::Keep, &|_| {}).await;
    assert!(matches!(server, Err(Failure::Server)), "{server:?}");
    let whole = std::fs::read(&shelf.file).unwrap();
    std::fs::write(&shelf.file, &whole[..whole.len() / 2]).unwrap();
    let damaged = shelf.backup("copy.db").await;
    assert!(matches!(damaged, Err(Failure::Damaged { .. })), "{damaged:?}");
    std::fs::remove_file(&shelf.file).unwrap();
    let missing = shelf.backup("copy.db").await;
    assert!(matches!(missing, Err(Failure::NoStore(_))), "{missing:?}");
    assert_eq!(shelf.names(), [""; 0], "no copy, no part, no new store");
}

#[tokio::test]
async fn a_restored_store_goes_on_and_the_old_one_is_kept() {
    const LAST_NUMBER: &str = "SELECT last_sequence FROM case_number WHERE year = 26";
    let shelf = Shelf::with_sample().await;
    shelf.ask("DELETE FROM case_number").await;
    shelf.ask("INSERT INTO case_number VALUES (25, 90), (26, 40)").await;
    std::fs::set_permissions(&shelf.file, PermissionsExt::from_mode(0o640)).unwrap();
    let copied = shelf.backup("copy.db").await.unwrap();
    // After the copy, many numbers were given.
    shelf.ask("UPDATE case_number SET last_sequence = 5000 WHERE year = 26").await;
    // A killed process leaves the index of its log.
    std::fs::write(shelf.path("guichet.db-shm"), vec![0; 32_768]).unwrap();
    let restored = shelf.restore("copy.db").await.unwrap();
    assert_eq!(restored.holdings, copied);
    let kept = shelf.path("guichet.db.before-restore-20260504T120000Z");
    assert_eq!(restored.replaced, Replaced::Kept(kept.clone()));
    assert_eq!(shelf.ask(LAST_NUMBER).await, 5_000);
    assert_eq!(shelf.ask("SELECT last_sequence FROM case_number WHERE year = 25").await, 90);
    let rights = std::fs::metadata(&shelf.file).unwrap().permissions().mode();
    assert_eq!(rights & 0o777, 0o640);
    let before: &[&str] = &["copy.db", "guichet.db", "guichet.db.before-restore-20260504T120000Z"];
    assert_eq!(shelf.names(), before);
    // Undone, a minute later: the numbers never go back.
    let later = NOON.plus(Duration::from_mins(1));
    let name = kept.file_name().unwrap().to_str().unwrap();
    shelf.restore_at(name, How::ForGood, later).await.unwrap();
    assert_eq!(shelf.ask(LAST_NUMBER).await, 6_000);
    let store = shelf.open().await;
    write(store.as_ref()).await.unwrap();
    store.close().await;
    let again = shelf.restore_at("copy.db", How::ForGood, later).await.unwrap();
    let second = shelf.path("guichet.db.before-restore-20260504T120100Z-2");
    assert_eq!(again.replaced, Replaced::Kept(second));
}

#[tokio::test]
async fn numbers_are_passed_over_where_the_old_store_is_gone() {
    const NUMBERS: &str = "
        SELECT SUM(last_sequence * CASE year WHEN 26 THEN 1 WHEN 27 THEN 100000 END)
        FROM case_number
    ";
    let shelf = Shelf::with_sample().await;
    shelf.ask("DELETE FROM case_number").await;
    shelf.ask("INSERT INTO case_number VALUES (26, 40)").await;
    let last_event = shelf.ask("SELECT seq FROM sqlite_sequence WHERE name = 'desk_event'").await;
    shelf.backup("copy.db").await.unwrap();
    std::fs::remove_file(&shelf.file).unwrap();
    // A log that was left behind is not taken for the new store's.
    std::fs::write(shelf.path("guichet.db-wal"), "stale").unwrap();
    let new_year = UnixMs(1_798_761_600_000);
    let restored = shelf.restore_at("copy.db", How::ForGood, new_year).await.unwrap();
    assert_eq!(restored.replaced, Replaced::Nothing);
    assert_eq!(shelf.ask(NUMBERS).await, 1_040 + 1_000 * 100_000);
    let event = shelf.ask("SELECT seq FROM sqlite_sequence WHERE name = 'desk_event'").await;
    assert!(last_event > 0 && event > last_event + 1_000_000, "{last_event}, then {event}");
    let stale = shelf.path("guichet.db.before-restore-20270101T000000Z-wal");
    assert_eq!(std::fs::read(stale).unwrap(), b"stale");
}

#[tokio::test]
async fn nobody_is_robbed_of_a_store_in_use() {
    let shelf = Shelf::with_sample().await;
    shelf.backup("copy.db").await.unwrap();
    let store = shelf.open().await;
    for how in [How::DryRun, How::ForGood] {
        let refused = shelf.restore_at("copy.db", how, NOON).await;
        assert!(matches!(refused, Err(Failure::InUse(_))), "{refused:?}");
    }
    write(store.as_ref()).await.unwrap();
    store.close().await;
    // Another program, which knows nothing of our lock.
    let options = SqliteConnectOptions::new().filename(&shelf.file);
    let mut other = options.connect().await.unwrap();
    sqlx::query("PRAGMA journal_mode = WAL").execute(&mut other).await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM job").execute(&mut other).await.unwrap();
    let refused = shelf.restore("copy.db").await;
    assert!(matches!(refused, Err(Failure::InUse(_))), "{refused:?}");
    other.close().await.unwrap();
    shelf.restore("copy.db").await.unwrap();
}

#[tokio::test]
async fn nobody_opens_a_store_that_is_being_replaced() {
    let shelf = Shelf::with_sample().await;
    let alone = Hold::try_take(&shelf.file, Use::Alone).unwrap();
    let mut settings = shelf.settings.clone();
    settings.busy_timeout = Duration::from_millis(50);
    let refused = open(&settings).await.err();
    assert!(matches!(refused, Some(bot_store::Error::Busy(_))), "{refused:?}");
    drop(alone);
    shelf.open().await.close().await;
}

#[tokio::test]
async fn what_is_no_copy_touches_nothing() {
    let shelf = Shelf::with_sample().await;
    shelf.backup("whole.db").await.unwrap();
    let whole = std::fs::read(shelf.path("whole.db")).unwrap();
    std::fs::write(shelf.path("notes.db"), "not a database, but notes\n".repeat(99)).unwrap();
    std::fs::write(shelf.path("empty.db"), "").unwrap();
    std::fs::write(shelf.path("half.db"), &whole[..whole.len() / 2]).unwrap();
    let mut spoilt = whole.clone();
    let end = spoilt.len();
    spoilt[end - 3 * 4096..].fill(0xff);
    std::fs::write(shelf.path("spoilt.db"), spoilt).unwrap();
    std::fs::write(shelf.path("logged.db"), &whole).unwrap();
    std::fs::write(shelf.path("logged.db-wal"), "newer rows").unwrap();
    other_program(&shelf.path("other.db")).await;
    std::fs::write(shelf.path("newer.db"), &whole).unwrap();
    from_the_future(&shelf.path("newer.db")).await;
    let (names, before) = (shelf.names(), std::fs::read(&shelf.file).unwrap());
    for how in [How::DryRun, How::ForGood] {
        for (name, words) in [
            ("nothing.db", "there is no file"),
            ("guichet.db", "is the store itself"),
            ("notes.db", "is not an SQLite database"),
            ("empty.db", "is not an SQLite database"),
            ("half.db", "is damaged"),
            ("spoilt.db", "is damaged"),
            ("logged.db", "is not whole without the log"),
            ("other.db", "is not a store of guichet"),
            ("newer.db", "version 9999"),
        ] {
            let told = shelf.restore_at(name, how, NOON).await.unwrap_err().to_string();
            assert!(told.contains(words) && told.contains(name), "{name}: {told}");
            assert_eq!(shelf.names(), names, "{name}");
            assert_eq!(std::fs::read(&shelf.file).unwrap(), before, "{name}");
        }
    }
}

/// Makes a database of another program that takes its steps as ours does.
async fn other_program(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let tables = "
        CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, checksum BLOB NOT NULL);
        INSERT INTO _sqlx_migrations VALUES (1, x'00'), (20260504120000, x'00');
    ";
    sqlx::raw_sql(tables).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn from_the_future(file: &Path) {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let step = "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', TRUE, '', 0)
    ";
    sqlx::raw_sql(step).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let shelf = Shelf::with_sample().await;
    let copied = shelf.backup("copy.db").await.unwrap();
    let (names, before) = (shelf.names(), std::fs::read(&shelf.file).unwrap());
    let restored = shelf.restore_at("copy.db", How::DryRun, NOON).await.unwrap();
    assert_eq!((restored.holdings, restored.replaced), (copied, Replaced::Nothing));
    assert_eq!((shelf.names(), std::fs::read(&shelf.file).unwrap()), (names, before));
}

#[tokio::test]
async fn a_copy_of_an_older_program_is_brought_up_to_date() {
    let shelf = Shelf::with_steps(1).await;
    let mut connection = shelf.settings.sqlite().unwrap().connect().await.unwrap();
    let into = shelf.path("old.db");
    let copy = sqlx::query("VACUUM INTO $1").bind(into.to_str().unwrap());
    copy.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let restored = shelf.restore("old.db").await.unwrap();
    assert_eq!(restored.holdings.n_pending, SQLITE.iter().count() - 1);
    let store = shelf.open().await;
    write(store.as_ref()).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_kept_as_it_was() {
    let shelf = Shelf::with_sample().await;
    shelf.backup("copy.db").await.unwrap();
    std::fs::write(&shelf.file, "all that is left\n".repeat(999)).unwrap();
    std::fs::write(shelf.path("guichet.db-wal"), "and its log").unwrap();
    let restored = shelf.restore("copy.db").await.unwrap();
    let kept = shelf.path("guichet.db.before-restore-20260504T120000Z");
    assert_eq!(restored.replaced, Replaced::Broken(kept.clone()));
    assert!(std::fs::read_to_string(&kept).unwrap().starts_with("all that is left"));
    assert_eq!(std::fs::read(beside(&kept, "-wal")).unwrap(), b"and its log");
    write(shelf.open().await.as_ref()).await.unwrap();
}

#[tokio::test]
async fn a_second_name_of_the_store_that_a_killed_restore_left_goes() {
    let shelf = Shelf::with_sample().await;
    shelf.backup("copy.db").await.unwrap();
    let left = shelf.path("guichet.db.before-restore-20260504T115959Z");
    std::fs::hard_link(&shelf.file, &left).unwrap();
    std::fs::write(shelf.path("guichet.db.restore.part"), "half").unwrap();
    let itself = shelf.restore(left.file_name().unwrap().to_str().unwrap()).await;
    assert!(matches!(itself, Err(Failure::Itself(_))), "{itself:?}");
    shelf.restore("copy.db").await.unwrap();
    let names: &[&str] = &["copy.db", "guichet.db", "guichet.db.before-restore-20260504T120000Z"];
    assert_eq!(shelf.names(), names);
}

#[tokio::test]
async fn a_link_to_the_store_stays_a_link() {
    let shelf = Shelf::with_sample().await;
    shelf.backup("copy.db").await.unwrap();
    let link = shelf.path("link.db");
    std::os::unix::fs::symlink(&shelf.file, &link).unwrap();
    let settings = Settings::new(&format!("sqlite:{}", link.display()));
    let store = shelf.open().await;
    let wish = Wish { how: How::ForGood, n_skipped_numbers: N_SKIPPED, now: NOON };
    let used = restore(&settings, &shelf.path("copy.db"), wish, &|_| {}).await;
    assert!(matches!(used, Err(Failure::InUse(_))), "{used:?}");
    store.close().await;
    let restored = restore(&settings, &shelf.path("copy.db"), wish, &|_| {}).await.unwrap();
    assert_eq!(restored.store, shelf.file.canonicalize().unwrap());
    assert!(link.is_symlink() && !shelf.file.is_symlink());
}
