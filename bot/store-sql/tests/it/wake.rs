//! Rings between processes that share a PostgreSQL server.

use bot_core::id::ConversationId;
use bot_store::{Subscription, Topic};
use bot_store_sql::cluster::{Cluster, Disk};
use bot_store_sql::{Settings, open};
use sqlx::ConnectOptions as _;
use sqlx::postgres::PgConnectOptions;
use std::time::Duration;
use uuid::Uuid;

const LIMIT: Duration = Duration::from_secs(20);

async fn next(rings: &mut Subscription) -> Topic {
    let ring = tokio::time::timeout(LIMIT, rings.heard()).await;
    ring.expect("a ring in time").expect("an open store")
}

#[tokio::test]
async fn a_ring_reaches_other_processes_once() {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let settings = Settings::new(&database.url());
    let (here, there) = (open(&settings).await.unwrap(), open(&settings).await.unwrap());
    let (mut own, mut others) =
        (here.wake().subscribe(Topic::All), there.wake().subscribe(Topic::All));
    let id = ConversationId(Uuid::from_u128(7));
    for topic in [Topic::Jobs, Topic::Conversation(id), Topic::Desk] {
        here.wake().notify(topic);
        assert_eq!(next(&mut own).await, topic);
        assert_eq!(next(&mut others).await, topic);
    }
    // What was rung here is not heard here again: the next ring is the other's.
    there.wake().notify(Topic::Jobs);
    assert_eq!(next(&mut own).await, Topic::Jobs);
    here.close().await;
    there.close().await;
}

#[tokio::test]
async fn a_gap_rings_for_everything() {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    let settings = Settings::new(&database.url());
    let (here, there) = (open(&settings).await.unwrap(), open(&settings).await.unwrap());
    let mut rings = there.wake().subscribe(Topic::All);
    let options: PgConnectOptions = database.url().parse().unwrap();
    let mut admin = options.connect().await.unwrap();
    let cut = "
        SELECT pg_terminate_backend(pid)
        FROM pg_stat_activity
        WHERE datname = current_database()
        AND query LIKE 'LISTEN%'
    ";
    sqlx::query(cut).execute(&mut admin).await.unwrap();
    assert_eq!(next(&mut rings).await, Topic::All);
    // It listens again, some time after.
    let heard = async {
        loop {
            here.wake().notify(Topic::Jobs);
            let ring = tokio::time::timeout(Duration::from_millis(200), rings.heard()).await;
            if ring == Ok(Some(Topic::Jobs)) {
                return;
            }
        }
    };
    tokio::time::timeout(LIMIT, heard).await.expect("a ring");
}
