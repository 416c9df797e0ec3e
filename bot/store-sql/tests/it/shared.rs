//! Several processes on one database: nothing lost, nothing twice.

use bot_core::chance::Chance;
use bot_core::channel::Channel;
use bot_core::lang::Language;
use bot_core::message::{Content, Inbound};
use bot_core::time::UnixMs;
use bot_store::jobs::Queue;
use bot_store::{Page, Store, Visit, receive};
use bot_store_sql::cluster::{Cluster, Disk};
use bot_store_sql::{Settings, open};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

const N_PROCESSES: u64 = 3;
const N_TASKS: u64 = 4;
const N_MESSAGES: u64 = 25;
const N_RESIDENTS: u64 = 5;
const NOON: UnixMs = UnixMs(1_777_896_000_000);

/// Numbers that never come twice, for ids.
struct Counted(AtomicU64);

impl Chance for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        bytes.fill(0);
        for (to, from) in bytes.iter_mut().rev().zip(n.to_le_bytes()) {
            *to = from;
        }
    }
}

/// Hands in messages of residents that all the others hand in too.
async fn hand_in(store: Arc<dyn Store>, process: u64, task: u64) -> Vec<(String, i64)> {
    // Each task has numbers of its own.
    let chance = Counted(AtomicU64::new((process * N_TASKS + task + 1) << 32));
    let mut places = Vec::new();
    for n in 0..N_MESSAGES {
        let inbound = Inbound {
            channel: Channel::Sms,
            address: format!("+1418555000{}", n % N_RESIDENTS),
            provider_id: format!("{process}-{task}-{n}"),
            conversation: None,
            lang: None,
            content: Content::text("allô"),
        };
        let visit = Visit {
            now: NOON,
            chance: &chance,
            burst: Duration::ZERO,
            release: "release",
            lang: Language::Fr,
        };
        let received = receive(store.as_ref(), &inbound, &visit).await.unwrap();
        assert!(received.novelty.is_fresh());
        places.push((received.conversation.to_string(), received.seq));
    }
    places
}

async fn many_processes_share(url: &str) {
    let mut stores = Vec::new();
    for _ in 0..N_PROCESSES {
        stores.push(open(&Settings::new(url)).await.unwrap());
    }
    let mut tasks = JoinSet::new();
    for (process, store) in (0..).zip(&stores) {
        for task in 0..N_TASKS {
            tasks.spawn(hand_in(Arc::clone(store), process, task));
        }
    }
    let places: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let n_messages = N_PROCESSES * N_TASKS * N_MESSAGES;
    assert_eq!(places.len() as u64, n_messages);
    let distinct: BTreeSet<_> = places.iter().collect();
    assert_eq!(distinct.len() as u64, n_messages);
    let conversations: BTreeSet<_> = places.iter().map(|(id, _)| id).collect();
    assert_eq!(conversations.len() as u64, N_RESIDENTS);
    for store in &stores {
        let mut tx = store.read().await.unwrap();
        let tally = tx.upkeep().tally(NOON).await.unwrap();
        assert_eq!((tally[0].n_inbox, tally[0].n_messages), (n_messages, n_messages));
        let dead = tx.upkeep().dead_jobs(Page::first(10)).await.unwrap();
        assert_eq!(dead, []);
    }
    claim_all(&stores).await;
    for store in stores {
        store.close().await;
    }
}

/// Lets every process claim until nothing is left: each lane's turn goes to one of them.
async fn claim_all(stores: &[Arc<dyn Store>]) {
    let mut tasks = JoinSet::new();
    for store in stores {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let mut lanes = Vec::new();
            loop {
                let mut tx = store.begin().await.unwrap();
                let lease = Duration::from_secs(30);
                let jobs = tx.jobs().claim(&[Queue::Turn], 1, NOON, lease).await;
                let jobs = jobs.unwrap();
                tx.commit().await.unwrap();
                if jobs.is_empty() {
                    return lanes;
                }
                lanes.extend(jobs.into_iter().map(|job| job.new.lane));
            }
        });
    }
    let lanes: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(lanes.len() as u64, N_RESIDENTS);
    assert_eq!(lanes.iter().collect::<BTreeSet<_>>().len(), lanes.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_share_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("guichet.db");
    many_processes_share(&format!("sqlite:{}", file.display())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_share_a_server() {
    let cluster = Cluster::start(Disk::Skipped).unwrap();
    let database = cluster.database().await.unwrap();
    many_processes_share(&database.url()).await;
}
