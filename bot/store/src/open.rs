//! Opens conversations, and asks for their turns.
//!
//! Never here: what is said in them.

use bot_core::channel::Channel;
use bot_core::event::HandoffNews;
use bot_core::id::{ConversationId, IdentityId, JobId, ResidentId};
use bot_core::lang::Language;
use serde_json::{Value, json};
use std::time::Duration;

use crate::conversation_state::{ConversationState, Owner};
use crate::conversations::Conversation;
use crate::desk::{DeskKind, NewDeskEvent};
use crate::error::Result;
use crate::identities::Identity;
use crate::jobs::{NewJob, Queue};
use crate::receive::{HANDOFF_KIND, MAX_BURST_MS, TURN_KIND, Visit};
use crate::store::{Store, Tx};
use crate::wake::Topic;

/// Who opens a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The channel.
    pub channel: Channel,
    /// The resident's address on it.
    pub address: &'a str,
    /// The language they ask for, if any.
    pub lang: Option<Language>,
}

/// A conversation that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The conversation.
    pub conversation: Conversation,
    /// Whether it was opened now or was open before.
    pub is_new: bool,
}

/// Opens a conversation before any word, so that the counter can speak first; an address that has
/// an open one gets that.
///
/// # Errors
/// As the store's.
pub async fn open_conversation(
    store: &dyn Store,
    opening: Opening<'_>,
    visit: &Visit<'_>,
) -> Result<Opened> {
    let mut tx = store.begin().await?;
    let opened = find_or_open(tx.as_mut(), opening, visit).await?;
    if !opened.is_new {
        return Ok(opened);
    }
    add_turn(tx.as_mut(), opened.conversation.id, Duration::ZERO, None, visit).await?;
    tx.commit().await?;
    let id = opened.conversation.id;
    for topic in [Topic::Jobs, Topic::Conversation(id), Topic::Desk] {
        store.wake().notify(topic);
    }
    Ok(opened)
}

/// Finds the open conversation of an address, and locks it, or opens one, within a transaction.
///
/// # Errors
/// As the store's.
pub async fn find_or_open(
    tx: &mut dyn Tx,
    opening: Opening<'_>,
    visit: &Visit<'_>,
) -> Result<Opened> {
    let is_old = |conversation| Opened { conversation, is_new: false };
    let (channel, address) = (opening.channel, opening.address);
    if let Some(open) = tx.conversations().lock_open(channel, address).await? {
        return Ok(is_old(open));
    }
    let (identity, novelty) = tx.identities().upsert(&identity(opening, visit)).await?;
    if !novelty.is_fresh() {
        // Someone else may have opened it while this transaction waited for the identity.
        if let Some(open) = tx.conversations().lock_open(channel, address).await? {
            return Ok(is_old(open));
        }
    }
    let conversation = open_new(tx, &identity, opening, visit).await?;
    Ok(Opened { conversation, is_new: true })
}

async fn open_new(
    tx: &mut dyn Tx,
    identity: &Identity,
    opening: Opening<'_>,
    visit: &Visit<'_>,
) -> Result<Conversation> {
    let resident = tx.identities().resident(identity.resident).await?;
    let last_lang = resident.and_then(|resident| resident.lang);
    let previous = tx.conversations().latest(identity.id).await?;
    let conversation = Conversation {
        id: ConversationId::new(visit.now, visit.chance),
        resident: identity.resident,
        identity: identity.id,
        channel: identity.channel,
        lang: opening.lang.or(last_lang).unwrap_or(visit.lang),
        state: ConversationState::Bot,
        owner: Owner::Bot,
        epoch: 1,
        queue: None,
        priority: 0,
        waiting_since: None,
        last_seq: 0,
        seen_seq: 0,
        release: visit.release.to_owned(),
        created: visit.now,
        updated: visit.now,
        closed: None,
        close_reason: None,
        previous: previous.map(|previous| previous.id),
    };
    tx.conversations().insert(&conversation).await?;
    let event = NewDeskEvent {
        conversation: Some(conversation.id),
        kind: DeskKind::Opened,
        body: json!({ "channel": identity.channel, "lang": conversation.lang }).to_string(),
        at: visit.now,
    };
    tx.desk().append(&event).await?;
    Ok(conversation)
}

/// Adds a turn of a conversation, or lets one that is ready wait for this message too.
pub(crate) async fn add_turn(
    tx: &mut dyn Tx,
    conversation: ConversationId,
    wait: Duration,
    trace: Option<&str>,
    visit: &Visit<'_>,
) -> Result<()> {
    let payload = json!({ "conversation": conversation });
    let job = NewJob {
        run_at: visit.now.plus(wait),
        trace: trace.map(str::to_owned),
        ..turn_job(conversation, TURN_KIND, &payload, visit)
    };
    let burst = Duration::from_millis(MAX_BURST_MS);
    tx.jobs().add_unless_ready(&job, burst).await?;
    Ok(())
}

/// Adds a turn that tells a conversation's engine what became of its handoff. Ring
/// [`Topic::Jobs`] after the commit.
///
/// # Errors
/// As the store's.
pub async fn add_news(
    tx: &mut dyn Tx,
    conversation: ConversationId,
    news: HandoffNews,
    visit: &Visit<'_>,
) -> Result<()> {
    let payload = json!({ "conversation": conversation, "news": news });
    tx.jobs().add(&turn_job(conversation, HANDOFF_KIND, &payload, visit)).await
}

/// Makes a job of a conversation's lane that is due at once.
fn turn_job(
    conversation: ConversationId,
    kind: &str,
    payload: &Value,
    visit: &Visit<'_>,
) -> NewJob {
    NewJob {
        id: JobId::new(visit.now, visit.chance),
        queue: Queue::Turn,
        lane: conversation.to_string(),
        kind: kind.to_owned(),
        payload: payload.to_string(),
        run_at: visit.now,
        trace: None,
    }
}

fn identity(opening: Opening<'_>, visit: &Visit<'_>) -> Identity {
    Identity {
        id: IdentityId::new(visit.now, visit.chance),
        resident: ResidentId::new(visit.now, visit.chance),
        channel: opening.channel,
        address: opening.address.to_owned(),
        created: visit.now,
    }
}
