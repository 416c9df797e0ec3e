//! What the cases share: made-up time and chance, and short ways to common rows.

use bot_core::case::{Case, CaseState};
use bot_core::chance::Chance;
use bot_core::channel::Channel;
use bot_core::id::{CaseId, ConversationId, JobId};
use bot_core::lang::{Bilingual, Language};
use bot_core::message::{Content, Inbound};
use bot_core::place::{Place, PlaceKind, Point};
use bot_core::time::UnixMs;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

use super::Failure;
use crate::conversations::Conversation;
use crate::jobs::{NewJob, Queue};
use crate::open::{Opening, open_conversation};
use crate::receive::{ReceiveError, Received, Visit, receive};
use crate::store::{Store, Tx};

/// The time at which every case starts: 2026-05-04T12:00:00Z.
pub(crate) const NOON: UnixMs = UnixMs(1_777_896_000_000);
/// The hash of the made-up city package.
pub(crate) const RELEASE: &str = "release-1";
/// How long a message waits for the next.
pub(crate) const BURST: Duration = Duration::from_millis(800);
/// How long a worker has a job.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// Chance that is the same in every run.
#[derive(Debug, Default)]
pub(crate) struct Counted(AtomicU64);

impl Chance for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            // SplitMix64: https://prng.di.unimi.it/splitmix64.c
            let mut z = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let word = (z ^ (z >> 31)).to_le_bytes();
            for (to, from) in part.iter_mut().zip(word) {
                *to = from;
            }
        }
    }
}

/// A store under test.
pub(crate) struct Lab {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) chance: Counted,
}

impl Lab {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, chance: Counted::default() }
    }

    pub(crate) async fn begin(&self) -> crate::Result<Box<dyn Tx>> {
        self.store.begin().await
    }

    pub(crate) async fn read(&self) -> crate::Result<Box<dyn Tx>> {
        self.store.read().await
    }

    pub(crate) fn visit(&self, now: UnixMs) -> Visit<'_> {
        Visit { now, chance: &self.chance, burst: BURST, release: RELEASE, lang: Language::Fr }
    }

    /// Receives a message at noon.
    pub(crate) async fn receive(&self, inbound: &Inbound) -> Result<Received, ReceiveError> {
        receive(self.store.as_ref(), inbound, &self.visit(NOON)).await
    }

    /// Opens a web conversation.
    pub(crate) async fn open(&self, address: &str) -> crate::Result<Conversation> {
        self.open_at(address, NOON).await
    }

    /// Opens a web conversation at a time.
    pub(crate) async fn open_at(&self, address: &str, now: UnixMs) -> crate::Result<Conversation> {
        let opening = Opening { channel: Channel::Web, address, lang: None };
        let opened = open_conversation(self.store.as_ref(), opening, &self.visit(now)).await?;
        Ok(opened.conversation)
    }

    /// Gives a conversation as it is now.
    pub(crate) async fn conversation(&self, id: ConversationId) -> Result<Conversation, Failure> {
        let found = self.read().await?.conversations().get(id).await?;
        found.ok_or_else(|| "the conversation is gone".into())
    }

    /// Does the same thing several times at once.
    pub(crate) async fn crowd<T, R>(
        self: &Arc<Self>,
        n_tasks: usize,
        body: impl Fn(usize, Arc<Self>) -> R,
    ) -> Result<Vec<T>, Failure>
    where
        T: Send + 'static,
        R: Future<Output = Result<T, Failure>> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        for n in 0..n_tasks {
            tasks.spawn(body(n, Arc::clone(self)));
        }
        let mut results = Vec::new();
        while let Some(result) = tasks.join_next().await {
            results.push(result??);
        }
        Ok(results)
    }

    pub(crate) fn job(&self, lane: &str, kind: &str, run_at: UnixMs) -> NewJob {
        NewJob {
            id: JobId::new(NOON, &self.chance),
            queue: Queue::Turn,
            lane: lane.to_owned(),
            kind: kind.to_owned(),
            payload: "{}".to_owned(),
            run_at,
            trace: None,
        }
    }

    /// Adds a job that is due at noon.
    pub(crate) async fn add_job(&self, lane: &str, kind: &str) -> crate::Result<NewJob> {
        let job = self.job(lane, kind, NOON);
        let mut tx = self.begin().await?;
        tx.jobs().add(&job).await?;
        tx.commit().await?;
        Ok(job)
    }

    /// Makes a case with the next number, not yet filed.
    pub(crate) async fn draft(&self, tx: &mut dyn Tx, service: &str) -> crate::Result<Case> {
        let number = tx.cases().next_number(26).await?;
        Ok(Case {
            id: CaseId::new(NOON, &self.chance),
            number,
            service: service.to_owned(),
            service_version: 1,
            state: CaseState::New,
            place: Some(place(46.8139, -71.2080)),
            answers: BTreeMap::new(),
            description: "un trou".to_owned(),
            photos: Vec::new(),
            urgent: false,
            queue: "voirie".to_owned(),
            channel: Channel::Web,
            lang: Language::Fr,
            conversation: None,
            created: NOON,
            updated: NOON,
            expected: None,
            closed: None,
        })
    }

    /// Files a case at noon.
    pub(crate) async fn file(&self, service: &str) -> crate::Result<Case> {
        let mut tx = self.begin().await?;
        let case = self.draft(tx.as_mut(), service).await?;
        tx.cases().insert(&case, None).await?;
        tx.commit().await?;
        Ok(case)
    }
}

/// Gives a time some milliseconds after noon.
pub(crate) fn after(ms: u64) -> UnixMs {
    NOON.plus(Duration::from_millis(ms))
}

/// Gives a text message.
pub(crate) fn sms(address: &str, provider_id: &str, text: &str) -> Inbound {
    Inbound {
        channel: Channel::Sms,
        address: address.to_owned(),
        provider_id: provider_id.to_owned(),
        conversation: None,
        lang: None,
        content: Content::text(text),
    }
}

/// Gives a message of the web chat.
pub(crate) fn web(address: &str, id: ConversationId, provider_id: &str) -> Inbound {
    Inbound {
        channel: Channel::Web,
        conversation: Some(id),
        ..sms(address, provider_id, "bonjour")
    }
}

/// Gives a place.
pub(crate) fn place(lat: f64, lon: f64) -> Place {
    Place {
        kind: PlaceKind::Address,
        label: Bilingual::of("12, rue Cartier", "12 Rue Cartier"),
        number: Some(12),
        street: Some("rue-cartier".to_owned()),
        cross: None,
        sector: None,
        at: Point { lat, lon },
    }
}
