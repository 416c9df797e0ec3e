//! The one entry for every channel's message: stored before it is acknowledged.
//!
//! Never here: what a message means, or what a channel looks like.

use bot_core::chance::Chance;
use bot_core::id::ConversationId;
use bot_core::lang::Language;
use bot_core::message::Inbound;
use bot_core::text::MAX_MESSAGE_CHARS;
use bot_core::time::UnixMs;
use serde_json::json;
use std::time::Duration;

use crate::conversation_state::ConversationState;
use crate::conversations::{Conversation, Move};
use crate::desk::{DeskKind, NewDeskEvent};
use crate::error::{Error, cause};
use crate::inbox::{Arrival, InboxRow};
use crate::messages::{Appended, NewMessage};
use crate::open::{Opening, add_turn, find_or_open};
use crate::store::{Novelty, Store, Swap, Tx};
use crate::wake::Topic;

/// How long a burst of messages may put off its turn.
pub const MAX_BURST_MS: u64 = 5_000;
/// Resident's messages that may wait for the engine in one conversation.
pub const MAX_UNSEEN: u32 = 200;
/// Files that may come with one message.
pub const MAX_ATTACHMENTS: usize = 10;
/// Bytes of an address.
pub const MAX_ADDRESS_BYTES: usize = 320;
/// Bytes of a provider's id.
pub const MAX_PROVIDER_ID_BYTES: usize = 512;
/// Bytes of a choice's id.
pub const MAX_CHOICE_BYTES: usize = 256;
/// How often a message is tried when others are first.
pub const MAX_TRIES: u32 = 3;
/// The kind of the jobs that let the engine answer.
pub const TURN_KIND: &str = "turn";
/// The kind of the jobs that tell the engine what became of a handoff.
pub const HANDOFF_KIND: &str = "handoff";

/// The time, the chance and the house rules that a message meets.
#[derive(Clone, Copy)]
pub struct Visit<'a> {
    /// The time.
    pub now: UnixMs,
    /// The source of chance, for ids.
    pub chance: &'a dyn Chance,
    /// How long a message waits for the next one to join its turn.
    pub burst: Duration,
    /// The hash of the city package that new conversations are held with.
    pub release: &'a str,
    /// The language of residents who have shown none.
    pub lang: Language,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The conversation it went to.
    pub conversation: ConversationId,
    /// Its place there.
    pub seq: i64,
    /// Whether it came for the first time.
    pub novelty: Novelty,
}

/// Why a message was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReceiveError {
    /// This address has no such conversation.
    #[error("there is no such conversation")]
    NotFound,
    /// The conversation is closed: open another.
    #[error("the conversation is closed: open another")]
    Closed,
    /// The message itself cannot be taken.
    #[error("the message cannot be taken: {0}")]
    Refused(&'static str),
    /// Too many messages wait in this conversation: try again when they are answered.
    #[error("more than {MAX_UNSEEN} messages wait for an answer: try again later")]
    TooMany,
    /// The store has failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Takes a message: keeps it, puts it into its conversation, and asks for a turn, all at once.
///
/// A message that came before gets the same answer as then, and nothing is written.
/// The id of a message that names its conversation counts within that conversation only, since such
/// ids are made by the resident's own device.
///
/// # Errors
/// See [`ReceiveError`].
pub async fn receive(
    store: &dyn Store,
    inbound: &Inbound,
    visit: &Visit<'_>,
) -> Result<Received, ReceiveError> {
    check(inbound)?;
    let mut n_tries = 1;
    loop {
        match receive_once(store, inbound, visit).await {
            // Another was first, and nothing was written: what it wrote can be seen now.
            Err(ReceiveError::Store(Error::Conflict(_))) if n_tries < MAX_TRIES => n_tries += 1,
            outcome => return outcome,
        }
    }
}

async fn receive_once(
    store: &dyn Store,
    inbound: &Inbound,
    visit: &Visit<'_>,
) -> Result<Received, ReceiveError> {
    let mut tx = store.begin().await?;
    let received = take(tx.as_mut(), inbound, visit).await?;
    if received.novelty.is_fresh() {
        tx.commit().await?;
        let conversation = Topic::Conversation(received.conversation);
        for topic in [Topic::Jobs, conversation, Topic::Desk] {
            store.wake().notify(topic);
        }
    }
    Ok(received)
}

/// Puts a bound on what a channel may hand in.
fn check(inbound: &Inbound) -> Result<(), ReceiveError> {
    let content = &inbound.content;
    let choice_bytes = content.choice.as_ref().map_or(0, String::len);
    let refused = [
        (content.is_empty(), "it is empty"),
        (inbound.address.is_empty(), "its address is empty"),
        (inbound.address.len() > MAX_ADDRESS_BYTES, "its address is too long"),
        (inbound.provider_id.is_empty(), "its id is empty"),
        (inbound.provider_id.len() > MAX_PROVIDER_ID_BYTES, "its id is too long"),
        (
            has_nul(&inbound.address) || has_nul(&inbound.provider_id),
            "it has a character that cannot be stored",
        ),
        (choice_bytes > MAX_CHOICE_BYTES, "its choice is too long"),
        (content.text.chars().count() > MAX_MESSAGE_CHARS, "it is too long"),
        (content.attachments.len() > MAX_ATTACHMENTS, "it has too many files"),
    ];
    match refused.iter().find(|(is_wrong, _)| *is_wrong) {
        Some((_, why)) => Err(ReceiveError::Refused(why)),
        None => Ok(()),
    }
}

/// Finds the one character that PostgreSQL's text cannot hold.
fn has_nul(text: &str) -> bool {
    text.contains('\0')
}

async fn take(
    tx: &mut dyn Tx,
    inbound: &Inbound,
    visit: &Visit<'_>,
) -> Result<Received, ReceiveError> {
    let provider_id = inbox_id(inbound);
    let conversation = match inbound.conversation {
        Some(id) => match named(tx, id, inbound, &provider_id).await? {
            Place::Open(conversation) => conversation,
            Place::Repeat(received) => return Ok(received),
        },
        None => {
            let opening =
                Opening { channel: inbound.channel, address: &inbound.address, lang: inbound.lang };
            find_or_open(tx, opening, visit).await?.conversation
        }
    };
    let seq = conversation.last_seq + 1;
    let row = inbox_row(inbound, provider_id, conversation.id, seq, visit)?;
    if let Arrival::Repeat { conversation, seq } = tx.inbox().insert(&row).await? {
        return Ok(Received { conversation, seq, novelty: Novelty::Repeat });
    }
    check_unseen(tx, &conversation).await?;
    add(tx, inbound, &conversation, seq, visit).await?;
    Ok(Received { conversation: conversation.id, seq, novelty: Novelty::Fresh })
}

/// Where a message that names its conversation belongs.
enum Place {
    Open(Conversation),
    Repeat(Received),
}

/// Finds the conversation that a message names, if it is of the same address.
async fn named(
    tx: &mut dyn Tx,
    id: ConversationId,
    inbound: &Inbound,
    provider_id: &str,
) -> Result<Place, ReceiveError> {
    let conversation = tx.conversations().lock(id).await?;
    let conversation = conversation.ok_or(ReceiveError::NotFound)?;
    let identity = tx.identities().get(conversation.identity).await?;
    let is_theirs = identity.is_some_and(|identity| {
        identity.channel == inbound.channel && identity.address == inbound.address
    });
    if !is_theirs {
        return Err(ReceiveError::NotFound);
    }
    if conversation.is_open() {
        return Ok(Place::Open(conversation));
    }
    let earlier = tx.inbox().find(inbound.channel, provider_id).await?;
    let earlier = earlier.ok_or(ReceiveError::Closed)?;
    Ok(Place::Repeat(Received {
        conversation: earlier.conversation,
        seq: earlier.seq,
        novelty: Novelty::Repeat,
    }))
}

/// Refuses a message where too many wait already.
async fn check_unseen(tx: &mut dyn Tx, conversation: &Conversation) -> Result<(), ReceiveError> {
    // Mostly the two marks alone tell that there is room.
    if conversation.last_seq - conversation.seen_seq < i64::from(MAX_UNSEEN) {
        return Ok(());
    }
    let unseen = tx.messages().unseen(conversation.id, MAX_UNSEEN).await?;
    if unseen.len() < MAX_UNSEEN as usize { Ok(()) } else { Err(ReceiveError::TooMany) }
}

/// Puts the message into its conversation and asks for a turn.
async fn add(
    tx: &mut dyn Tx,
    inbound: &Inbound,
    conversation: &Conversation,
    seq: i64,
    visit: &Visit<'_>,
) -> Result<(), ReceiveError> {
    let id = conversation.id;
    for attachment in &inbound.content.attachments {
        if tx.attachments().bind(attachment.id, id).await? == Swap::Stale {
            return Err(ReceiveError::Refused("one of its files is unknown"));
        }
    }
    if conversation.state == ConversationState::Parked {
        let resumed = tx.conversations().set_state(id, conversation.epoch, Move::Resume, visit.now);
        expect_done(resumed.await?)?;
    }
    let lang = inbound.lang.unwrap_or(conversation.lang);
    let message = NewMessage::from_resident(id, &inbound.content, lang, visit.now);
    let appended = tx.messages().append(&message).await?;
    expect_done(if appended == Appended::Fresh(seq) { Swap::Done } else { Swap::Stale })?;
    add_turn(tx, id, visit.burst, None, visit).await?;
    let event = NewDeskEvent {
        conversation: Some(id),
        kind: DeskKind::Message,
        body: json!({ "seq": seq, "from": "resident" }).to_string(),
        at: visit.now,
    };
    tx.desk().append(&event).await?;
    Ok(())
}

/// Turns a lost race into a fault: the conversation is locked, so there can be none.
fn expect_done(swap: Swap) -> Result<(), Error> {
    match swap {
        Swap::Done => Ok(()),
        Swap::Stale => Err(Error::Fault(cause("a locked conversation has changed"))),
    }
}

fn inbox_id(inbound: &Inbound) -> String {
    match inbound.conversation {
        Some(conversation) => format!("{conversation}/{}", inbound.provider_id),
        None => inbound.provider_id.clone(),
    }
}

fn inbox_row(
    inbound: &Inbound,
    provider_id: String,
    conversation: ConversationId,
    seq: i64,
    visit: &Visit<'_>,
) -> Result<InboxRow, Error> {
    let body =
        serde_json::to_string(inbound).map_err(|why| Error::Fault(std::sync::Arc::new(why)))?;
    Ok(InboxRow { channel: inbound.channel, provider_id, conversation, seq, body, at: visit.now })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Counted;
    use crate::memory::MemoryStore;
    use crate::wake::Wake;
    use async_trait::async_trait;
    use bot_core::channel::Channel;
    use bot_core::message::Content;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// A store in which others are first a few times.
    struct Crowded {
        store: MemoryStore,
        n_begun: AtomicU32,
        n_conflicts: u32,
    }

    #[async_trait]
    impl Store for Crowded {
        async fn begin(&self) -> crate::Result<Box<dyn Tx>> {
            if self.n_begun.fetch_add(1, Ordering::SeqCst) < self.n_conflicts {
                return Err(Error::Conflict("another".to_owned()));
            }
            self.store.begin().await
        }

        async fn read(&self) -> crate::Result<Box<dyn Tx>> {
            self.store.read().await
        }

        fn wake(&self) -> &dyn Wake {
            self.store.wake()
        }

        async fn close(&self) {}
    }

    async fn receive_after(n_conflicts: u32) -> (Result<Received, ReceiveError>, u32) {
        let store = Crowded { store: MemoryStore::new(), n_begun: AtomicU32::new(0), n_conflicts };
        let chance = Counted::default();
        let visit = Visit {
            now: UnixMs(0),
            chance: &chance,
            burst: Duration::ZERO,
            release: "",
            lang: Language::Fr,
        };
        let inbound = Inbound {
            channel: Channel::Sms,
            address: "a".to_owned(),
            provider_id: "1".to_owned(),
            conversation: None,
            lang: None,
            content: Content::text("allô"),
        };
        let outcome = receive(&store, &inbound, &visit).await;
        (outcome, store.n_begun.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_lost_race_is_run_again_a_few_times() {
        let (outcome, n_begun) = receive_after(MAX_TRIES - 1).await;
        assert_eq!(outcome.unwrap().novelty, Novelty::Fresh);
        assert_eq!(n_begun, MAX_TRIES);
        let (outcome, n_begun) = receive_after(MAX_TRIES).await;
        let is_conflict = matches!(outcome, Err(ReceiveError::Store(Error::Conflict(_))));
        assert!(is_conflict, "{outcome:?}");
        assert_eq!(n_begun, MAX_TRIES);
    }
}
