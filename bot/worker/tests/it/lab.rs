//! A worker on the demo city; time passes only while everyone waits.

use bot_city::{Actions, Register};
use bot_core::id::ConversationId;
use bot_core::message::{Content, Inbound};
use bot_core::{Chance, Channel, Clock, Language, UnixMs};
use bot_store::messages::Message;
use bot_store::{MemoryStore, Opening, Visit, open_conversation, receive};
use bot_worker::{
    Learning, Metrics, Outside, Runner, Settings, Shell, Square, Town, lesson, package,
};
use nlu::FirstHead;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The demo city and what is learnt from it.
pub(crate) static TOWN: LazyLock<Arc<Town>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../flows/sainte-aurore");
    let city = flows::load(&package::read(&folder).unwrap()).city.unwrap();
    let head = FirstHead::train(&lesson::of_city(&city));
    Arc::new(Town::new(city, Arc::new(head)))
});

/// A Tuesday morning in May, city hall open.
const MORNING: UnixMs = UnixMs(1_778_594_400_000);
/// Messages read at once.
const PAGE: u32 = 500;

/// The paused time of the test's runtime, and by how much the clock was set otherwise.
struct TestClock {
    began: Instant,
    set_by_ms: AtomicI64,
}

impl TestClock {
    fn new() -> Self {
        Self { began: Instant::now(), set_by_ms: AtomicI64::new(0) }
    }
}

impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        let right = MORNING.plus(self.began.elapsed());
        UnixMs(right.0 + self.set_by_ms.load(Ordering::SeqCst))
    }
}

/// Chance that is the same each time.
#[derive(Default)]
struct Counted(AtomicU64);

impl Chance for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let len = chunk.len();
            chunk.copy_from_slice(&n[8 - len..]);
        }
    }
}

/// A worker at work, and one resident.
pub(crate) struct Lab {
    pub(crate) shell: Shell,
    pub(crate) talk: ConversationId,
    clock: Arc<TestClock>,
    settings: Settings,
    stop: CancellationToken,
    worker: JoinHandle<()>,
    n_sent: u32,
}

impl Lab {
    pub(crate) async fn new() -> Self {
        Self::with(Arc::new(Register)).await
    }

    pub(crate) async fn with(actions: Arc<dyn Actions>) -> Self {
        Self::of(actions, settings()).await
    }

    pub(crate) async fn learning(learning: Learning) -> Self {
        Self::all(Arc::new(Register), settings(), learning, Outside::default()).await
    }

    /// A worker that reaches outside so.
    pub(crate) async fn reaching(outside: Outside) -> Self {
        Self::all(Arc::new(Register), settings(), Learning::default(), outside).await
    }

    pub(crate) async fn of(actions: Arc<dyn Actions>, settings: Settings) -> Self {
        Self::all(actions, settings, Learning::default(), Outside::default()).await
    }

    async fn all(
        actions: Arc<dyn Actions>,
        settings: Settings,
        learning: Learning,
        outside: Outside,
    ) -> Self {
        let clock = Arc::new(TestClock::new());
        let shell = Shell {
            store: Arc::new(MemoryStore::new()),
            square: Arc::new(Square::of(Arc::clone(&TOWN))),
            actions,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            chance: Arc::new(Counted::default()),
            metrics: Arc::new(Metrics::default()),
            learning,
            outside: Arc::new(outside),
        };
        let stop = CancellationToken::new();
        let worker = tokio::spawn(Runner::new(shell.clone(), settings, stop.clone()).run());
        let opening =
            Opening { channel: Channel::Web, address: "visitor", lang: Some(Language::Fr) };
        let opened = open_conversation(shell.store.as_ref(), opening, &visit(&shell)).await;
        let talk = opened.unwrap().conversation.id;
        Self { shell, talk, clock, settings, stop, worker, n_sent: 0 }
    }

    /// Kills the worker in the middle of whatever it does.
    pub(crate) async fn kill(&mut self) {
        self.worker.abort();
        assert!((&mut self.worker).await.unwrap_err().is_cancelled());
    }

    /// Puts another worker to work.
    pub(crate) fn hire(&mut self) {
        let runner = Runner::new(self.shell.clone(), self.settings, self.stop.clone());
        self.worker = tokio::spawn(runner.run());
    }

    /// Says something, and lets time pass.
    pub(crate) async fn say(&mut self, words: &str, then: Duration) {
        self.send(Content::text(words), then).await;
    }

    /// Sends something, and lets time pass.
    pub(crate) async fn send(&mut self, content: Content, then: Duration) {
        self.n_sent += 1;
        let inbound = Inbound {
            channel: Channel::Web,
            address: "visitor".to_owned(),
            provider_id: self.n_sent.to_string(),
            conversation: Some(self.talk),
            lang: None,
            content,
        };
        let store = Arc::clone(&self.shell.store);
        receive(store.as_ref(), &inbound, &visit(&self.shell)).await.unwrap();
        self.wait(then).await;
    }

    /// Sets the clock by so much, forward or back.
    pub(crate) fn set_clock_by(&self, ms: i64) {
        self.clock.set_by_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Lets time pass; the worker works meanwhile.
    pub(crate) async fn wait(&self, span: Duration) {
        tokio::time::sleep_until(Instant::now() + span).await;
    }

    /// Lists every message of the conversation.
    pub(crate) async fn messages(&self) -> Vec<Message> {
        let mut tx = self.shell.store.read().await.unwrap();
        tx.messages().list_after(self.talk, 0, PAGE).await.unwrap()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Looks seldom, since months pass in these tests.
fn settings() -> Settings {
    let (poll, tick) = (Duration::from_mins(1), Duration::from_hours(1));
    Settings { poll, timer_tick: tick, upkeep_tick: tick, ..Settings::default() }
}

pub(crate) fn visit(shell: &Shell) -> Visit<'_> {
    Visit {
        now: shell.now(),
        chance: shell.chance.as_ref(),
        burst: Duration::from_millis(300),
        release: &TOWN.city.hash,
        lang: Language::Fr,
    }
}
