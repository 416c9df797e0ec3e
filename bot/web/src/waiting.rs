//! Waits for the counter's answer, a little while.
//!
//! Never here: what an answer says.

use bot_core::id::ConversationId;
use bot_store::Topic;
use std::time::Duration;
use tokio::time::Instant;

use crate::problem::Problem;
use crate::state::Web;

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// The counter's first words.
    Greeting,
    /// The answer to all that the resident has said.
    Answer,
    /// Words after this place in the conversation.
    News(i64),
}

/// Waits until it has come, or long enough. That it did not, or that the store is away, is no
/// failure: what was said is kept.
pub(crate) async fn wait_for(
    web: &Web,
    conversation: ConversationId,
    awaited: Awaited,
    limit: Duration,
) {
    let end = Instant::now() + limit;
    let mut rings = web.store.wake().subscribe(Topic::Conversation(conversation));
    while matches!(has_come(web, conversation, awaited).await, Ok(false)) {
        let look = end.min(Instant::now() + web.limits.slow_poll);
        let ring = tokio::time::timeout_at(look, rings.heard());
        let ring = tokio::select! {
            ring = ring => ring,
            () = web.closing.cancelled() => return,
        };
        if ring == Ok(None) || Instant::now() >= end {
            return;
        }
    }
}

async fn has_come(
    web: &Web,
    conversation: ConversationId,
    awaited: Awaited,
) -> Result<bool, Problem> {
    let mut tx = web.store.read().await?;
    let Some(row) = tx.conversations().get(conversation).await? else { return Ok(true) };
    if !row.is_open() {
        return Ok(true);
    }
    match awaited {
        Awaited::Greeting => Ok(row.last_seq > 0),
        Awaited::Answer => Ok(tx.messages().unseen(conversation, 1).await?.is_empty()),
        Awaited::News(seq) => Ok(row.last_seq > seq),
    }
}
