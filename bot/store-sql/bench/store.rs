//! How many whole turns a second each store takes: a message received, its job claimed, and the
//! turn's transaction with all it usually writes.
//!
//! `cargo bench -p bot-store-sql`; PostgreSQL waits for the disk here, as it does in service.

use bot_core::chance::Chance;
use bot_core::channel::Channel;
use bot_core::event::Timer;
use bot_core::id::{ConversationId, JobId};
use bot_core::lang::Language;
use bot_core::message::{Author, Content, Inbound};
use bot_core::time::UnixMs;
use bot_store::desk::{DeskKind, NewDeskEvent};
use bot_store::jobs::{Job, NewJob, Queue};
use bot_store::log::Entry;
use bot_store::messages::NewMessage;
use bot_store::timers::TimerRow;
use bot_store::{MemoryStore, Result, Store, Swap, Visit, receive};
use bot_store_sql::cluster::{Cluster, Disk};
use bot_store_sql::{Settings, open};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const NOON: UnixMs = UnixMs(1_777_896_000_000);
const LEASE: Duration = Duration::from_secs(30);
/// Bytes of a usual session.
const N_SESSION_BYTES: usize = 3_000;
/// Residents who talk at the same time.
const N_RESIDENTS: u64 = 500;

/// Numbers that never come twice, for ids.
#[derive(Default)]
struct Counted(AtomicU64);

impl Chance for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        let word = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        bytes.fill(0);
        for (to, from) in bytes.iter_mut().zip(word) {
            *to = from;
        }
    }
}

struct Counter {
    store: Arc<dyn Store>,
    chance: Counted,
    n_turns: AtomicU64,
}

impl Counter {
    fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self { store, chance: Counted::default(), n_turns: AtomicU64::new(0) })
    }

    /// Receives a message and takes whatever turn is next.
    async fn turn(&self) -> Result<()> {
        let n = self.n_turns.fetch_add(1, Ordering::Relaxed);
        let now = UnixMs(NOON.0 + i64::try_from(n).unwrap_or(i64::MAX));
        let inbound = Inbound {
            channel: Channel::Sms,
            address: format!("+1418555{:04}", n % N_RESIDENTS),
            provider_id: n.to_string(),
            conversation: None,
            lang: None,
            content: Content::text("il y a un nid-de-poule devant chez nous"),
        };
        let visit = Visit {
            now,
            chance: &self.chance,
            burst: Duration::ZERO,
            release: "release",
            lang: Language::Fr,
        };
        receive(self.store.as_ref(), &inbound, &visit).await.expect("a message taken");
        let mut tx = self.store.begin().await?;
        let jobs = tx.jobs().claim(&[Queue::Turn], 1, now, LEASE).await?;
        tx.commit().await?;
        for job in jobs {
            self.answer(&job, now).await?;
        }
        Ok(())
    }

    /// Writes what a turn usually writes.
    async fn answer(&self, job: &Job, now: UnixMs) -> Result<()> {
        let id: ConversationId = job.new.lane.parse().expect("a conversation's lane");
        let mut tx = self.store.begin().await?;
        let unseen = tx.messages().unseen(id, 50).await?;
        let session = tx.sessions().find(id).await?;
        let revision = session.map_or(0, |session| session.revision);
        let body = format!("\"{}\"", "s".repeat(N_SESSION_BYTES));
        let saved = tx.sessions().save(id, revision, &body, now).await?;
        assert_eq!(saved, Swap::Done);
        let entry = Entry {
            event: "{\"at\":0,\"seed\":0,\"kind\":{}}".repeat(10),
            effects: "[{\"say\":{}}]".repeat(10),
            notes: "[]".to_owned(),
            revision: revision + 1,
            seq: unseen.last().map(|message| message.seq),
            at: now,
        };
        tx.log().append(id, &entry).await?;
        let reply = NewMessage {
            epoch: Some(1),
            key: Some(format!("{revision}-0")),
            ..NewMessage::words(id, Author::Bot, "Où est-ce, exactement?", Language::Fr, now)
        };
        let seq = tx.messages().append(&reply).await?.seq().unwrap_or(0);
        let seen = unseen.last().map_or(0, |message| message.seq);
        assert_eq!(tx.messages().mark_seen(id, seen).await?, Swap::Done);
        let timer = TimerRow {
            conversation: id,
            timer: Timer::Remind,
            token: 1,
            at: now.plus(Duration::from_mins(5)),
        };
        tx.timers().set(&timer).await?;
        let deliver = NewJob {
            id: JobId::new(now, &self.chance),
            queue: Queue::Deliver,
            lane: job.new.lane.clone(),
            kind: "say".to_owned(),
            payload: format!("{{\"seq\":{seq}}}"),
            run_at: now,
            trace: None,
        };
        tx.jobs().add(&deliver).await?;
        let done = tx.jobs().finish(job.new.id, job.attempt, now).await?;
        assert_eq!(done, Swap::Done);
        let event = NewDeskEvent {
            conversation: Some(id),
            kind: DeskKind::Message,
            body: format!("{{\"seq\":{seq}}}"),
            at: now,
        };
        tx.desk().append(&event).await?;
        tx.commit().await
    }
}

/// Takes a number of turns, some at a time; gives how long that took.
async fn run(counter: &Arc<Counter>, n_turns: u64, n_at_once: u64) -> Duration {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for task in 0..n_at_once {
        let counter = Arc::clone(counter);
        let n_own = n_turns / n_at_once + u64::from(task < n_turns % n_at_once);
        tasks.spawn(async move {
            for _ in 0..n_own {
                counter.turn().await.expect("a turn taken");
            }
        });
    }
    tasks.join_all().await;
    started.elapsed()
}

fn measure(c: &mut Criterion, runtime: &Runtime, name: &str, store: Arc<dyn Store>) {
    let counter = Counter::new(store);
    let mut group = c.benchmark_group("turns");
    group.throughput(Throughput::Elements(1));
    for n_at_once in [1, 4, 16] {
        group.bench_function(BenchmarkId::new(name, n_at_once), |bencher| {
            bencher.iter_custom(|n_turns| runtime.block_on(run(&counter, n_turns, n_at_once)));
        });
    }
    group.finish();
    runtime.block_on(counter.store.close());
}

fn stores(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on a disk");
    let file = folder.path().join("guichet.db");
    let settings = Settings::new(&format!("sqlite:{}", file.display()));
    let store = runtime.block_on(open(&settings)).expect("a store");
    measure(c, &runtime, "sqlite", store);
    let cluster = Cluster::start(Disk::Awaited).expect("a cluster");
    let database = runtime.block_on(cluster.database()).expect("a database");
    let settings = Settings { max_connections: 16, ..Settings::new(&database.url()) };
    let store = runtime.block_on(open(&settings)).expect("a store");
    measure(c, &runtime, "postgres", store);
    measure(c, &runtime, "memory", Arc::new(MemoryStore::new()));
}

criterion_group!(benches, stores);
criterion_main!(benches);
