//! What the stores say when the tables are newer, the database read-only, busy or away.

use bot_core::channel::Channel;
use bot_core::id::{ConversationId, IdentityId, ResidentId};
use bot_core::lang::Language;
use bot_core::time::UnixMs;
use bot_store::conversation_state::{ConversationState, Owner};
use bot_store::conversations::Conversation;
use bot_store::identities::Identity;
use bot_store::{Error, Store};
use bot_store_sql::cluster::{Cluster, Database, Disk};
use bot_store_sql::{Settings, examine, migrate, open};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

const NEWER: &str = "
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (9999, 'from the future', TRUE, '', 0)
";

fn file() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("guichet.db").display());
    (folder, url)
}

async fn database() -> (Arc<Cluster>, Database) {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    (cluster, database)
}

/// Runs a statement beside the store.
async fn beside(url: &str, sql: &'static str) {
    if url.starts_with("sqlite") {
        let options: SqliteConnectOptions = url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let options: PgConnectOptions = url.parse().unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// Keeps a conversation.
async fn fill(store: &dyn Store) -> Result<ConversationId, Error> {
    let identity = Identity {
        id: IdentityId(Uuid::from_u128(1)),
        resident: ResidentId(Uuid::from_u128(2)),
        channel: Channel::Web,
        address: "a".to_owned(),
        created: UnixMs(0),
    };
    let conversation = Conversation {
        id: ConversationId(Uuid::from_u128(3)),
        resident: identity.resident,
        identity: identity.id,
        channel: Channel::Web,
        lang: Language::Fr,
        state: ConversationState::Bot,
        owner: Owner::Bot,
        epoch: 1,
        queue: None,
        priority: 0,
        waiting_since: None,
        last_seq: 0,
        seen_seq: 0,
        release: String::new(),
        created: UnixMs(0),
        updated: UnixMs(0),
        closed: None,
        close_reason: None,
        previous: None,
    };
    let mut tx = store.begin().await?;
    tx.identities().upsert(&identity).await?;
    tx.conversations().insert(&conversation).await?;
    tx.commit().await?;
    Ok(conversation.id)
}

async fn newer_tables_are_refused(url: &str) {
    let settings = Settings::new(url);
    let planned = migrate(&settings, true).await.unwrap();
    assert!(!planned.is_empty());
    assert_eq!(migrate(&settings, true).await.unwrap(), planned);
    assert_eq!(migrate(&settings, false).await.unwrap(), planned);
    assert_eq!(migrate(&settings, false).await.unwrap(), []);
    beside(url, NEWER).await;
    let refused = open(&settings).await.err();
    let is_newer = matches!(refused, Some(Error::Newer { found: 9_999, .. }));
    assert!(is_newer, "{refused:?}");
    let seen = examine(&settings).await;
    assert!(matches!(seen, Err(Error::Newer { found: 9_999, .. })), "{seen:?}");
}

#[tokio::test]
async fn sqlite_refuses_newer_tables() {
    let (folder, url) = file();
    newer_tables_are_refused(&url).await;
    drop(folder);
}

#[tokio::test]
async fn postgres_refuses_newer_tables() {
    let (_cluster, database) = database().await;
    newer_tables_are_refused(&database.url()).await;
}

#[tokio::test]
async fn a_plan_makes_no_file() {
    let (folder, url) = file();
    migrate(&Settings::new(&url), true).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn several_that_open_at_once_all_succeed() {
    let (_folder, url) = file();
    let (_cluster, database) = database().await;
    for url in [url, database.url()] {
        let settings = Settings::new(&url);
        let opened: Vec<_> = (0..8)
            .map(|_| {
                let settings = settings.clone();
                tokio::spawn(async move { open(&settings).await.map(|_| ()) })
            })
            .collect();
        for task in opened {
            task.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn a_read_only_file_can_be_read() {
    let (_folder, url) = file();
    let store = open(&Settings::new(&url)).await.unwrap();
    let id = fill(store.as_ref()).await.unwrap();
    store.close().await;
    let store = open(&Settings::new(&format!("{url}?mode=ro"))).await.unwrap();
    let refused = fill(store.as_ref()).await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
    let mut tx = store.read().await.unwrap();
    assert!(tx.conversations().get(id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_read_only_server_says_so() {
    let (_cluster, database) = database().await;
    let settings = Settings::new(&database.url());
    migrate(&settings, false).await.unwrap();
    beside(
        &database.url(),
        "DO $$ BEGIN EXECUTE format(
            'ALTER DATABASE %I SET default_transaction_read_only = on', current_database()
        ); END $$",
    )
    .await;
    let store = open(&settings).await.unwrap();
    let refused = fill(store.as_ref()).await;
    assert!(matches!(refused, Err(Error::ReadOnly(_))), "{refused:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_a_fault() {
    let (folder, url) = file();
    let junk = "no database, ".repeat(1_000);
    std::fs::write(folder.path().join("guichet.db"), junk).unwrap();
    let refused = open(&Settings::new(&url)).await.err();
    assert!(matches!(refused, Some(Error::Fault(_))), "{refused:?}");
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_told() {
    let (folder, url) = file();
    std::fs::create_dir(folder.path().join("guichet.db")).unwrap();
    let refused = open(&Settings::new(&url)).await.err();
    assert!(matches!(refused, Some(Error::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_is_away_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().display().to_string().replace('/', "%2F");
    let settings = Settings::new(&format!("postgres://x@{socket}/x"));
    let refused = open(&settings).await.err();
    assert!(matches!(refused, Some(Error::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_database_that_is_missing_is_a_matter_of_settings() {
    let (_cluster, database) = database().await;
    let url = database.url().replace("guichet_test_", "nothing_");
    let refused = open(&Settings::new(&url)).await.err();
    assert!(matches!(refused, Some(Error::Settings(_))), "{refused:?}");
}

#[tokio::test]
async fn waits_on_the_server_have_bounds() {
    let (_cluster, database) = database().await;
    let mut settings = Settings::new(&database.url());
    settings.max_connections = 2;
    settings.acquire_timeout = Duration::from_millis(200);
    settings.busy_timeout = Duration::from_millis(100);
    let store = open(&settings).await.unwrap();
    let id = fill(store.as_ref()).await.unwrap();
    let mut first = store.begin().await.unwrap();
    assert!(first.conversations().lock(id).await.unwrap().is_some());
    let mut second = store.begin().await.unwrap();
    let third = store.begin().await.err();
    assert!(matches!(third, Some(Error::Busy(_))), "{third:?}");
    let locked = second.conversations().lock(id).await;
    assert!(matches!(locked, Err(Error::Busy(_))), "{locked:?}");
}

#[tokio::test]
async fn a_connection_that_is_cut_is_replaced() {
    let (_cluster, database) = database().await;
    let store = open(&Settings::new(&database.url())).await.unwrap();
    let id = fill(store.as_ref()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.conversations().lock(id).await.unwrap().is_some());
    beside(
        &database.url(),
        "SELECT pg_terminate_backend(pid)
        FROM pg_stat_activity
        WHERE datname = current_database()
        AND pid <> pg_backend_pid()",
    )
    .await;
    let cut = tx.conversations().lock(id).await;
    assert!(matches!(cut, Err(Error::Unavailable(_))), "{cut:?}");
    drop(tx);
    // Others in the pool were cut too: each is found out once, when it is next used.
    for _ in 0..20 {
        if let Ok(mut tx) = store.begin().await
            && tx.conversations().get(id).await.is_ok()
        {
            return;
        }
    }
    panic!("the store does not recover");
}
