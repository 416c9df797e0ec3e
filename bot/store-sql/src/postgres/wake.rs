//! The bell across processes, by `LISTEN` and `NOTIFY`.
//!
//! A ring is sent after the commit, in a statement of its own: a transaction with a notification
//! pending takes a lock of the whole server when it commits. Never here: data.

use bot_store::wake::LocalWake;
use bot_store::{Subscription, Topic, Wake};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPoolOptions};
use sqlx::{ConnectOptions as _, Row as _};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const CHANNEL: &str = "guichet";
/// Rings that wait to be sent; more than that are one ring for everything.
const MAX_RINGS: usize = 1_024;
/// How long a lost connection is left alone before the next try.
const MIN_PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(10);

const NOTIFY: &str = "
    SELECT pg_notify($1, topic)
    FROM unnest($2::TEXT[]) AS topic
";
const WHO_AM_I: &str = "SELECT pg_backend_pid() AS pid";

/// The bell.
pub(super) struct PgWake {
    local: Arc<LocalWake>,
    rings: mpsc::Sender<Topic>,
    tasks: Mutex<JoinSet<()>>,
}

impl PgWake {
    /// Starts to listen, and to send what is rung here.
    pub(super) async fn start(options: PgConnectOptions) -> sqlx::Result<Self> {
        let local = Arc::new(LocalWake::new());
        let (rings, waiting) = mpsc::channel(MAX_RINGS);
        // Who sends for this process: its own rings need not be heard again.
        let own_pid = Arc::new(AtomicU32::new(0));
        let sender =
            Sender { options: options.clone(), own_pid: Arc::clone(&own_pid), connection: None };
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(send(sender, waiting));
        tasks.spawn(listen(listener, Arc::clone(&local), own_pid));
        Ok(Self { local, rings, tasks: Mutex::new(tasks) })
    }

    /// Stops listening and sending.
    pub(super) fn stop(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.abort_all();
    }
}

impl Wake for PgWake {
    fn notify(&self, topic: Topic) {
        self.local.notify(topic);
        // A full line of rings is dense enough: whoever hears one of them looks.
        self.rings.try_send(topic).ok();
    }

    fn subscribe(&self, wanted: Topic) -> Subscription {
        self.local.subscribe(wanted)
    }
}

/// Listens to the others, and rings for everything after a gap.
async fn listen(mut listener: PgListener, local: Arc<LocalWake>, own_pid: Arc<AtomicU32>) {
    let mut pause = MIN_PAUSE;
    loop {
        match listener.try_recv().await {
            Ok(Some(ring)) => {
                pause = MIN_PAUSE;
                if ring.process_id() != own_pid.load(Ordering::Relaxed) {
                    local.notify(from_payload(ring.payload()));
                }
            }
            Ok(None) => local.notify(Topic::All),
            Err(error) => {
                tracing::warn!(%error, "cannot listen to the database");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(MAX_PAUSE);
                local.notify(Topic::All);
            }
        }
    }
}

struct Sender {
    options: PgConnectOptions,
    own_pid: Arc<AtomicU32>,
    connection: Option<PgConnection>,
}

impl Sender {
    async fn send(&mut self, topics: &BTreeSet<Topic>) -> sqlx::Result<()> {
        let connection = match self.connection.take() {
            Some(connection) => self.connection.insert(connection),
            None => {
                let mut connection = self.options.connect().await?;
                let row = sqlx::query(WHO_AM_I).fetch_one(&mut connection).await?;
                let pid = u32::try_from(row.try_get::<i32, _>("pid")?).unwrap_or(0);
                self.own_pid.store(pid, Ordering::Relaxed);
                self.connection.insert(connection)
            }
        };
        let payloads: Vec<String> = topics.iter().copied().map(payload).collect();
        let query = sqlx::query(NOTIFY).bind(CHANNEL).bind(payloads);
        query.execute(connection).await?;
        Ok(())
    }
}

/// Sends the rings of this process, many at a time when there are many.
async fn send(mut sender: Sender, mut waiting: mpsc::Receiver<Topic>) {
    let mut pause = MIN_PAUSE;
    while let Some(first) = waiting.recv().await {
        let mut topics = BTreeSet::from([first]);
        while let Ok(topic) = waiting.try_recv() {
            topics.insert(topic);
        }
        while let Err(error) = sender.send(&topics).await {
            tracing::warn!(%error, "cannot ring other processes");
            sender.connection = None;
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(MAX_PAUSE);
            topics = BTreeSet::from([Topic::All]);
        }
        pause = MIN_PAUSE;
    }
}

fn payload(topic: Topic) -> String {
    match topic {
        Topic::Jobs => "jobs".to_owned(),
        Topic::Desk => "desk".to_owned(),
        Topic::All => "all".to_owned(),
        Topic::Conversation(id) => id.to_string(),
    }
}

fn from_payload(payload: &str) -> Topic {
    match payload {
        "jobs" => Topic::Jobs,
        "desk" => Topic::Desk,
        id => id.parse().map_or(Topic::All, Topic::Conversation),
    }
}
