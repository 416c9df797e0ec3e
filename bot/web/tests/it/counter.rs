//! A made-up counter that answers calls and text messages, and what is kept of them.

use bot_core::id::ConversationId;
use bot_core::message::Author;
use bot_core::slot::SlotKind;
use bot_store::conversation_state::Owner;
use bot_store::conversations::{Conversation, ConversationFilter, Order};
use bot_store::jobs::{JobState, Queue};
use bot_store::messages::NewMessage;
use bot_store::recordings::{Recording, RecordingFilter};
use bot_store::{Page, Store, Subscription, Topic};
use std::sync::Arc;
use tokio::task::JoinHandle;

use crate::door::Door;
use crate::faulty::FaultyStore;

/// What the made-up counter answers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Turn {
    pub(crate) words: &'static [&'static str],
    pub(crate) wants: Option<SlotKind>,
    /// The queue that the conversation goes to.
    pub(crate) queue: Option<&'static str>,
}

/// A counter that greets with the answer to nothing, and answers what is said.
pub(crate) struct Counter(JoinHandle<()>);

impl Drop for Counter {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Counter {
    pub(crate) fn at(door: &Door, answers: fn(&str) -> Turn) -> Self {
        let rings = door.store.wake().subscribe(Topic::All);
        Self(tokio::spawn(attend(Arc::clone(&door.store), rings, answers)))
    }
}

async fn attend(store: Arc<FaultyStore>, mut rings: Subscription, answers: fn(&str) -> Turn) {
    while let Some(topic) = rings.heard().await {
        let Topic::Conversation(id) = topic else { continue };
        if answer(store.as_ref(), id, answers).await {
            store.wake().notify(topic);
        }
    }
}

/// Answers what was said; tells whether anything was to be answered.
async fn answer(store: &FaultyStore, id: ConversationId, answers: fn(&str) -> Turn) -> bool {
    let mut tx = store.begin().await.unwrap();
    let row = tx.conversations().get(id).await.unwrap().unwrap();
    let unseen = tx.messages().unseen(id, 10).await.unwrap();
    let said = unseen.last().map(|last| last.new.content.text.clone());
    if said.is_none() && row.last_seq > 0 {
        return false;
    }
    let turn = answers(said.as_deref().unwrap_or_default());
    let lang = row.lang;
    for (n, words) in turn.words.iter().enumerate() {
        let mut message = NewMessage::words(id, Author::Bot, words, lang, row.updated);
        message.wants = turn.wants.filter(|_| n + 1 == turn.words.len());
        assert!(tx.messages().append(&message).await.unwrap().seq().is_some());
    }
    if let Some(last) = unseen.last() {
        assert!(tx.messages().mark_seen(id, last.seq).await.unwrap().is_done());
    }
    if let Some(queue) = turn.queue {
        let owner = Owner::Queue(queue.to_owned());
        let swap = tx.conversations().set_owner(id, row.epoch, &owner, row.updated).await;
        assert!(swap.unwrap().is_done());
    }
    tx.commit().await.unwrap();
    true
}

/// Lists every conversation, the newest first.
pub(crate) async fn conversations(door: &Door) -> Vec<Conversation> {
    let mut tx = door.store.read().await.unwrap();
    let all = ConversationFilter::default();
    tx.conversations().list(&all, Order::NewestFirst, Page::first(100)).await.unwrap()
}

/// Lists every recording, the newest first.
pub(crate) async fn recordings(door: &Door) -> Vec<Recording> {
    let mut tx = door.store.read().await.unwrap();
    tx.recordings().list(RecordingFilter::default(), Page::first(100)).await.unwrap()
}

/// Counts the jobs of a queue that wait.
pub(crate) async fn n_jobs(door: &Door, queue: Queue) -> u64 {
    let mut tx = door.store.read().await.unwrap();
    let counts = tx.upkeep().job_counts().await.unwrap();
    let of_queue = |count: &&bot_store::upkeep::JobCount| {
        count.queue == queue && count.state == JobState::Ready
    };
    counts.iter().filter(of_queue).map(|count| count.n_jobs).sum()
}

/// Lists what residents have said in all conversations, the newest conversation first.
pub(crate) async fn said(door: &Door) -> Vec<String> {
    let mut said = Vec::new();
    for conversation in conversations(door).await {
        let mut tx = door.store.read().await.unwrap();
        let all = tx.messages().list_after(conversation.id, 0, 1_000).await.unwrap();
        let own = all.into_iter().filter(|message| message.new.author == Author::Resident);
        said.extend(own.map(|message| message.new.content.text));
    }
    said
}
