//! A call is over: nothing is left half-done.

use bot_store::Topic;
use bot_store::conversation_state::{CloseReason, Owner};
use bot_store::conversations::{Conversation, Move};
use bot_store::desk::{DeskKind, NewDeskEvent};
use serde_json::json;
use voice_calls::{Dialect, Request};

use crate::problem::Problem;
use crate::state::Web;

/// Keeps that a call has ended. The bot's conversation ends with it; one that waits for a person, or
/// has one, stays: they see that the caller is gone.
pub(super) async fn end(
    web: &Web,
    dialect: Dialect,
    request: &Request,
    outcome: &str,
    seconds: Option<u32>,
) -> Result<(), Problem> {
    let now = web.now();
    let mut tx = web.store.begin().await?;
    let Some(call) = tx.calls().find(dialect.name(), &request.call).await? else { return Ok(()) };
    let ended = tx.calls().end(call.new.id, outcome, seconds.map(i64::from), now).await?;
    if !ended.is_done() {
        return Ok(());
    }
    let conversation = match call.new.conversation {
        Some(id) => tx.conversations().lock(id).await?.filter(Conversation::is_open),
        None => None,
    };
    if let Some(conversation) = &conversation {
        if conversation.owner == Owner::Bot {
            let close = Move::Close(CloseReason::HungUp);
            let (id, epoch) = (conversation.id, conversation.epoch);
            if tx.conversations().set_state(id, epoch, close, now).await?.is_done() {
                tx.timers().clear(id).await?;
            }
        }
        let body = json!({ "call": "ended", "outcome": outcome, "seconds": seconds }).to_string();
        let kind = DeskKind::Conversation;
        let event = NewDeskEvent { conversation: Some(conversation.id), kind, body, at: now };
        tx.desk().append(&event).await?;
    }
    tx.commit().await?;
    if let Some(conversation) = conversation {
        web.store.wake().notify(Topic::Conversation(conversation.id));
        web.store.wake().notify(Topic::Desk);
    }
    Ok(())
}
